"""Cells as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table as Grid

from agent.mib.render import Names, ReadCell, dotted, value


def grid(title: str, cells: Iterable[ReadCell], names: Names, columns: Sequence[str] = ()) -> Grid:
    """Cells of one MIB table as a grid: a row per instance, a column per object.

    Args:
        title: above the grid.
        cells: of one table.
        names: of the objects.
        columns: the objects to show, in order; all by default.
    """
    rows: dict[tuple[int, ...], dict[str, str]] = {}
    seen: dict[str, None] = {}
    for cell in cells:
        found = names.object_at(cell.oid)
        if found is None:
            continue
        located, instance = found
        name = located.column.name
        seen.setdefault(name)
        rows.setdefault(instance, {})[name] = value(cell, located)
    shown = [name for name in columns if name in seen] or list(seen)
    made = Grid(title=title, title_justify="left", header_style="bold")
    made.add_column("index")
    for name in shown:
        made.add_column(_heading(name), overflow="fold")
    for instance in sorted(rows):
        made.add_row(dotted(instance), *(rows[instance].get(name, "") for name in shown))
    return made


def _heading(name: str) -> str:
    return name.removeprefix("lnb")


def console() -> Console:
    """A console; where no terminal is, lines are wide rather than folded."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(width=160, highlight=False)
