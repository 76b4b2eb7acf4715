"""From the octets of a body to a JSON document."""

from __future__ import annotations

import json
import math
from typing import Final, NoReturn

from agent.errors import BadAnswer
from agent.model.document import Json

DEPTH_LIMIT: Final = 100
"""Levels of nesting; real answers have about ten. What reads them later is recursive."""

DIGITS_LIMIT: Final = 4300
"""Digits of a number; newer Pythons refuse more on their own, for converting them takes quadratic time."""

_SPACE: Final = b" \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def trimmed(body: bytes) -> bytes:
    """The body without the line breaks around it (REST facts 1.2: it begins and ends with some)."""
    return body.strip(_SPACE).removeprefix(_BYTE_ORDER_MARK).lstrip(_SPACE)


def parsed(body: bytes) -> dict[str, Json]:
    """The JSON object in a body. Octets that are no UTF-8 become U+FFFD: they spoil one text, not the answer.

    Raises:
        BadAnswer: saying where and why it is not one; without quoting it.
    """
    inner = trimmed(body)
    if not inner:
        raise BadAnswer("the body is empty")
    start = body.index(inner)
    text = inner.decode("utf-8", "replace")
    fault = ""
    document: Json = None
    try:
        document = json.loads(text, parse_constant=_refused, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as problem:
        octet = start + len(text[: problem.pos].encode())
        fault = f"no JSON at octet {octet} of {len(body)}: {problem.msg}"
    except RecursionError:
        fault = "nested too deeply"
    except ValueError as problem:
        fault = str(problem)
    if fault:  # raised here, for a JSONDecodeError in its context would carry the whole body
        raise BadAnswer(fault)
    if not isinstance(document, dict):
        raise BadAnswer("JSON, but not an object")
    if _is_deep(document):
        raise BadAnswer(f"nested more than {DEPTH_LIMIT} levels deep")
    return document


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number (RFC 8259 6)")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_LIMIT:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _is_deep(document: Json) -> bool:
    level = [document]
    for _ in range(DEPTH_LIMIT):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True
