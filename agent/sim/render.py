"""JSON text as the device sends it: two blanks per level, line breaks around the body."""

from __future__ import annotations

import json

from agent.sim.shape import JsonObject, Node

_WORDS = {True: "true", False: "false", None: "null"}


def render(document: JsonObject, *, long_floats: bool = False) -> bytes:
    """The body of an answer.

    The body begins and ends with a line break, so a reader has to trim it.
    V10 prints floats with 17 digits (0.00011999999999999999), V20 the shortest text.
    """
    float_format = ".17g" if long_floats else ""
    return f"\n{_text(document, chr(10), float_format)}\n".encode()


def _text(value: Node, margin: str, float_format: str) -> str:
    """The text of one node; `margin` is the line break plus indentation of the enclosing node."""
    if isinstance(value, str):
        return json.dumps(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, float):
        return _float_text(value, float_format)
    inner = margin + "  "
    if isinstance(value, dict):
        members = [f'{inner}"{key}": {_text(item, inner, float_format)}' for key, item in value.items()]
        return "{" + ",".join(members) + margin + "}" if members else "{}"
    if isinstance(value, list):
        items = [inner + _text(item, inner, float_format) for item in value]
        return "[" + ",".join(items) + margin + "]" if items else "[]"
    return str(value)


def _float_text(value: float, float_format: str) -> str:
    """A float that still looks like one (50.0, not 50) and has no padded exponent (6e-6)."""
    text = format(value, float_format) if float_format else repr(value)
    if "e" in text:
        return text.replace("e-0", "e-").replace("e+0", "e+")
    return text if "." in text else text + ".0"
