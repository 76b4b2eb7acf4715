"""What the groups of a host share: values that our own columns have already."""

from __future__ import annotations

from typing import Any

from agent.mib.declaration import Column
from agent.mib.module import northbound
from agent.mib.syntax import Reader, Syntax
from agent.model.reading import ABSENT


def like(arc: int, name: str, syntax: Syntax, own: str, read: Reader | None = None, *, units: str = "") -> Column:
    """A column read from where one of our own is read, overlays of that one included.

    The row must be opened where our own column's row is. `own` is the name of our own column; `read` says how the raw
    value is understood, when neither our column nor the syntax does.
    """
    column = northbound().objects[own].column
    return Column(
        arc, name, syntax, f"As {own}.", column.paths, column.value, read or _reader(column, syntax),
        units=units, follows=own, measured=column.measured,
    )  # fmt: skip


def _reader(column: Column, syntax: Syntax) -> Reader | None:
    return column.read if column.syntax.kind == syntax.kind else None


def by_number(own: str, theirs: Syntax) -> Reader:
    """Reads as our own enumeration does, and gives the label that has the same number in theirs; else nothing."""
    syntax = northbound().objects[own].column.syntax
    labels = {number: label for label, number in theirs.labels.items()}

    def read(raw: Any) -> Any:
        word = syntax.read(raw)
        return labels.get(syntax.labels[word], ABSENT) if isinstance(word, str) else ABSENT

    return read


def by_label(own: str, theirs: Syntax) -> Reader:
    """Reads as our own enumeration does, and gives the same label where theirs has it; else nothing."""
    syntax = northbound().objects[own].column.syntax

    def read(raw: Any) -> Any:
        word = syntax.read(raw)
        return word if word in theirs.labels else ABSENT

    return read
