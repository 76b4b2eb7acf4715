"""The message types for the documentation, printed from the registry.

`python -m agent.service.handlers.reference docs/interapp.md` prints them anew between the marks in that page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from agent.service.handlers import HANDLERS, HandlerSpec

BEGIN: Final = "<!-- message types, printed by `python -m agent.service.handlers.reference docs/interapp.md` -->"
END: Final = "<!-- end of message types -->"


def print_types() -> str:
    """All message types as Markdown."""
    lines = ["| type | content | what it does |", "|---|---|---|"]
    lines += [line for spec in HANDLERS.values() for line in _lines(spec)]
    return "\n".join(lines)


def _lines(spec: HandlerSpec) -> Iterator[str]:
    sender = " Sent by the agent's own parts only." if spec.internal else ""
    yield f"| `{spec.type}` | {_content(spec.schema)} | {spec.description}{sender} |"


def _content(schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    members = [
        f"`{name}` ({_kind(member)}{'' if name in required else ', may be left out'}): {member['description']}"
        for name, member in schema.get("properties", {}).items()
    ]
    return "<br>".join(members) or "none"


def _kind(member: dict[str, Any]) -> str:
    shape = next((one for one in member.get("anyOf", [member]) if one.get("type") != "null"), member)
    words = {"string": "text", "boolean": "true or false", "integer": "number"}
    bounds = f" {shape['minimum']}..{shape['maximum']}" if "maximum" in shape and "minimum" in shape else ""
    return f"{words.get(shape['type'], shape['type'])}{bounds}"


def with_types(page: str) -> str:
    """A page with the message types between its marks.

    Raises:
        ValueError: it has no marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{print_types()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_types(path.read_text(encoding="utf-8")), encoding="utf-8")
