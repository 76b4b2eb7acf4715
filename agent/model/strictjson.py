"""JSON read strictly and within bounds: what a device sends, and what a file holds, may be anything."""

from __future__ import annotations

import json
import math
from typing import Final, NoReturn

from agent.model.document import Json

DEPTH_LIMIT: Final = 100
"""Levels of nesting; real answers have about ten. What reads them later is recursive."""

DIGITS_LIMIT: Final = 4300
"""Digits of a number; newer Pythons refuse more on their own, for converting them takes quadratic time."""


class NotADocument(ValueError):
    """A text that is no JSON object within bounds. Says why without quoting it.

    Attributes:
        at: character at which the syntax is broken, with its line and column; None where it is not the syntax.
    """

    def __init__(self, why: str, at: int | None = None, line: int = 0, column: int = 0) -> None:
        super().__init__(why)
        self.at = at
        self.line = line
        self.column = column


def load(text: str) -> dict[str, Json]:
    """The JSON object in a text.

    Raises:
        NotADocument: it holds none, or one that is nested too deeply or has numbers too large.
    """
    fault: NotADocument
    try:
        document = json.loads(text, parse_constant=_refused, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as problem:
        fault = NotADocument(problem.msg, problem.pos, problem.lineno, problem.colno)
    except RecursionError:
        fault = NotADocument("nested too deeply")
    except ValueError as problem:
        fault = NotADocument(str(problem))
    else:
        if not isinstance(document, dict):
            raise NotADocument("JSON, but not an object")
        if _is_deep(document):
            raise NotADocument(f"nested more than {DEPTH_LIMIT} levels deep")
        return document
    # Raised here, for a JSONDecodeError in its context would carry the whole text.
    raise fault


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
