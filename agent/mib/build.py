"""From a view to cells: rows opened, values read, content octets made; what does not fit becomes drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from agent.mib.cell import Misfit, computed
from agent.mib.cells import Cells, Gaps, cells_of
from agent.mib.column import NO_CHANGE, Rows, read_column
from agent.mib.declaration import Column, Feed, Scalars, Table
from agent.mib.encoding import unpacked
from agent.mib.plan import Plan, TablePlan
from agent.mib.table import NEVER_READ, Memory, index_of, note_double, read_table, rows_kept, rows_opened, unread
from agent.mib.view import DeviceView, Row
from agent.model.document import Record
from agent.model.health import DeviceState

__all__ = ["Cells", "Memory", "build", "open_rows", "rows_of", "unread"]

_SCALAR: Final = b"\0\0\0\0"


def build(plan: Plan, feeds: Iterable[Feed], view: Any, memory: Memory) -> tuple[list[Cells], Memory]:
    """All cells of the tables that are built from these feeds, and the memory for the next build.

    With the memory of the build before only what changed is read; the cells are those of a build without (mib.table).
    """
    cells: list[Cells] = []
    remembered = dict(memory)
    for feed in feeds:
        for table in plan.parts[feed]:
            part = table.part
            if isinstance(part, Scalars):
                cells.extend(_cells(table, {_SCALAR: _scalar_row(feed, view)}, view))
            elif part.source is not None:
                cells.extend(_cells(table, _by_index(part, part.source(view), view), view))
            else:
                read = read_table(table, part, view, memory.get(part.name, NEVER_READ))
                remembered[part.name] = read
                cells.extend(one for column, one in read.cells() if _is_served(column, view))
    return cells, remembered


def open_rows(plan: Plan, name: str, view: DeviceView) -> list[Row]:
    """The rows of a table as its paths open them; of things that are missing there is none."""
    table = next(one for one in plan.parts[Feed.DOCUMENT] if one.part.name == name)
    assert isinstance(table.part, Table)  # noqa: S101 - scalars open no rows
    return rows_opened(table, table.part, view)


def rows_of(plan: TablePlan, view: Any, memory: Memory) -> list[Any]:
    """The rows of one table, in the order in which they are found."""
    assert isinstance(plan.part, Table)  # noqa: S101 - scalars have no rows
    if plan.part.source is not None:
        return list(plan.part.source(view))
    return rows_kept(plan, plan.part, view, memory.get(plan.part.name, NEVER_READ))


def _scalar_row(feed: Feed, view: Any) -> Any:
    """What scalars are read from: those of a document from its root, others from the view."""
    return Row(view, Record((), (view.root,))) if feed is Feed.DOCUMENT and isinstance(view, DeviceView) else view


def _by_index(table: Table, rows: Iterable[Any], view: Any) -> dict[bytes, Any]:
    """Rows by their packed index; of two with the same index the first stays."""
    found: dict[bytes, Any] = {}
    for row in rows:
        index = index_of(table, row)
        if index in found:
            place = "/".join(row.keys) if isinstance(row, Row) else ".".join(map(str, unpacked(index)))
            note_double(table, place, view)
        else:
            found[index] = row
    return found


def _cells(plan: TablePlan, rows: Mapping[bytes, Any], view: Any) -> Iterator[Cells]:
    """Cells of rows that are given, read anew each time."""
    order = tuple(sorted(rows))
    given, gaps = [rows[index] for index in order], Gaps()
    are_places = all(isinstance(row, Row) for row in given)
    for column in plan.columns:
        if column.column.live or not given:
            continue
        if are_places:
            fresh = Rows(given, order, (), (), NO_CHANGE, is_same=False)
            cells = read_column(column, fresh, None, view.notes, gaps).cells
        else:
            cells = cells_of(column.oid, column.column.syntax.tag, order, _computed(column.column, given), gaps)
        if cells is not None and _is_served(column.column, view):
            yield cells


def _computed(column: Column, rows: Iterable[Any]) -> list[bytes | None]:
    value_of = column.value
    assert value_of is not None  # noqa: S101 - paths lead from rows of a document only
    gone = column.measured
    made = [None if gone and not getattr(row, "present", True) else computed(column, value_of, row) for row in rows]
    return [None if isinstance(one, Misfit) else one for one in made]


def _is_served(column: Column, view: Any) -> bool:
    """Measured cells go when the device is down. They are read all the same, so that no leftover takes their place."""
    return not (column.measured and isinstance(view, DeviceView) and view.health.state is DeviceState.DOWN)
