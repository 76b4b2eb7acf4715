"""From the octets of a body to a JSON document."""

from __future__ import annotations

from typing import Final

from agent.errors import BadAnswer
from agent.model import strictjson
from agent.model.document import Json
from agent.model.strictjson import NotADocument

_SPACE: Final = b" \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def trimmed(body: bytes) -> bytes:
    """The body without the line breaks around it (it begins and ends with some)."""
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
    try:
        return strictjson.load(text)
    except NotADocument as problem:
        fault = str(problem)
        if problem.at is not None:
            fault = f"no JSON at octet {start + len(text[: problem.at].encode())} of {len(body)}: {problem}"
    raise BadAnswer(fault)
