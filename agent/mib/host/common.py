"""What the groups of a host share: values that our own columns have already."""

from __future__ import annotations

from agent.mib.declaration import Column
from agent.mib.module import northbound
from agent.mib.syntax import Reader, Syntax


def like(arc: int, name: str, syntax: Syntax, own: str, read: Reader | None = None, *, units: str = "") -> Column:
    """A column read from where one of our own is read, overlays of that one included.

    The row must be opened where our own column's row is.

    `own` is the name of our own column; `read` says how the raw value is understood, when neither our column nor the
    syntax does.
    """
    column = northbound().objects[own].column
    return Column(
        arc, name, syntax, f"As {own}.", column.paths, column.value, read or _reader(column, syntax),
        units=units, follows=own, measured=column.measured,
    )  # fmt: skip


def _reader(column: Column, syntax: Syntax) -> Reader | None:
    return column.read if column.syntax.kind == syntax.kind else None
