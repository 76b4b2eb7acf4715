"""One cell: what a raw value, or a function of the row, makes in a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.declaration import Column
from agent.model.reading import ABSENT, OutOfRange, Unreadable, label

MISFIT: Final = (Unreadable, ValueError, TypeError, OverflowError, KeyError)
"""What reading an unexpected value can raise; each costs one cell."""

_REMEMBERED: Final = 256
"""Words that a column with an enumeration remembers; devices say few, and the same ones again and again."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A raw value that does not fit its column: why, and what is served all the same."""

    problem: str
    content: bytes | None = None


Content = Callable[[Any], "bytes | Misfit | None"]
"""Raw value to content octets; None where it says nothing."""


def content_of(column: Column) -> Content:
    """How raw values become the contents of a column."""
    content = _content_of(column)
    return _remembering(content) if column.syntax.labels else content


def _content_of(column: Column) -> Content:
    read, encode = column.read or column.syntax.read, column.syntax.encode
    in_text_too, worded = column.units == "nanoseconds", bool(column.syntax.labels)

    def content(raw: Any) -> bytes | Misfit | None:
        try:
            value = read(raw)
            if value is ABSENT:
                return None
            octets = encode(value)
        except OutOfRange as problem:
            return None if in_text_too else Misfit(str(problem))
        except MISFIT as problem:
            return Misfit(str(problem))
        if worded and value == "other" and label(raw) != "other":
            return Misfit("a word this MIB does not know, served as other", octets)
        return octets

    return content


def _remembering(content: Content) -> Content:
    known: dict[str | bool, bytes | Misfit | None] = {}

    def remembered(raw: Any) -> bytes | Misfit | None:
        if type(raw) is not str and type(raw) is not bool:
            return content(raw)
        if raw in known:
            return known[raw]
        made = content(raw)
        if len(known) < _REMEMBERED:
            known[raw] = made
        return made

    return remembered


def computed(column: Column, value_of: Callable[[Any], Any], row: Any) -> bytes | Misfit | None:
    """What a function of the row makes."""
    try:
        value = value_of(row)
        return None if value is None or value is ABSENT else column.syntax.encode(value)
    except OutOfRange:
        return None
    except MISFIT as problem:
        return Misfit(str(problem))
