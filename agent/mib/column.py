"""A column of a table whose rows are places in the document: each cell found and read, or taken over as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from agent.mib.cell import Misfit, computed
from agent.mib.cells import Cells, Gaps, cells_of
from agent.mib.plan import ColumnPlan
from agent.mib.syntax import WORDS
from agent.mib.view import Drift, Notes, Row, mismatch
from agent.model.document import Path

NO_PATH: Final = 255
"""In the place of a path's number where a cell was served from none."""
LOOKED: Final = 254
"""The same, where the function that made it looked beyond its row's node."""

NO_CHANGE: Final[frozenset[str]] = frozenset()

NO_DRIFT: Final[Mapping[int, Drift]] = {}


class ColumnRead(NamedTuple):
    """One column as it was read; cells by the row's place in the table's order.

    Attributes:
        contents: None for an absent cell.
        hits: number of the path that each cell was served from.
        misfits: drift, by place.
        looked: whether anything beyond the rows' own nodes was looked at.
        cells: those that are not absent, None for none.
    """

    contents: Sequence[bytes | None]
    hits: bytes
    misfits: Mapping[int, Drift]
    looked: bool
    cells: Cells | None


@lru_cache(maxsize=1024)
def _absent(rows: int) -> ColumnRead:
    """A column without a cell: most are, of most tables."""
    return ColumnRead((None,) * rows, bytes((NO_PATH,)) * rows, NO_DRIFT, False, None)  # noqa: FBT003


_Cell = tuple["bytes | None", int, "Drift | None"]
"""Contents, number of the path it was served from, and drift."""

_NOTHING: Final[_Cell] = (None, NO_PATH, None)


class Rows(NamedTuple):
    """The rows of a table, in the order of their indexes.

    Attributes:
        order: their packed indexes.
        places: where each was when the table was read before; -1 for nowhere.
        changes: the members of its node that differ since.
        touched: the members that differ in any of the nodes.
        is_same: whether the same rows were in the same order.
    """

    rows: Sequence[Row]
    order: tuple[bytes, ...]
    places: Sequence[int]
    changes: Sequence[frozenset[str]]
    touched: frozenset[str]
    is_same: bool


def read_column(plan: ColumnPlan, rows: Rows, known: ColumnRead | None, notes: Notes, gaps: Gaps) -> ColumnRead:
    """Read a column; `known` is what it was when it was read before."""
    if plan.column.live or not rows.rows:
        return _absent(0)
    read = _compute if plan.column.value is not None else _find if plan.column.otherwise is None else _find_or_compute
    if known is None or known.looked:
        made = [read(plan, row, notes) for row in rows.rows]
    elif rows.is_same and plan.heads.isdisjoint(rows.touched):
        serve_again(plan, rows.rows, known, notes)
        return known
    else:
        heads = plan.heads
        made = [
            _taken(plan, row, notes, known, place)
            if place >= 0 and heads.isdisjoint(changed)
            else read(plan, row, notes)
            for row, place, changed in zip(rows.rows, rows.places, rows.changes, strict=True)
        ]
    contents, hits, drifts = zip(*made, strict=True)
    cells = cells_of(plan.oid, plan.column.syntax.tag, rows.order, contents, gaps)
    looked = plan.looks_up or LOOKED in hits
    misfits = NO_DRIFT
    if any(drifts):
        misfits = {place: drift for place, drift in enumerate(drifts) if drift is not None}
        for drift in misfits.values():
            notes.count(drift)
    elif cells is None and not looked:
        return _absent(len(contents))
    if known is not None and cells == known.cells:
        cells = known.cells
    if cells is not None and len(cells.contents) == len(contents):
        contents = cells.contents
    return ColumnRead(contents, bytes(hits), misfits, looked, cells)


def serve_again(plan: ColumnPlan, rows: Sequence[Row], known: ColumnRead, notes: Notes) -> None:
    """Note what a column brought to light, when all rows are as they were."""
    if known.cells is not None and plan.finders:
        finders, serve = plan.finders, notes.served.add
        for row, hit in zip(rows, known.hits, strict=True):
            if hit < LOOKED and (place := finders[hit](row)) is not None:
                serve(place)
    for drift in known.misfits.values():
        notes.count(drift)


def _taken(plan: ColumnPlan, row: Row, notes: Notes, known: ColumnRead, place: int) -> _Cell:
    """A cell as it was."""
    hit = known.hits[place]
    if hit < LOOKED and (found := plan.finders[hit](row)) is not None and row.present:
        notes.served.add(found)
    return known.contents[place], hit, known.misfits.get(place)


def _compute(plan: ColumnPlan, row: Row, _: Notes) -> _Cell:
    """A cell that a function of the row makes."""
    column = plan.column
    assert column.value is not None  # noqa: S101 - told apart by who calls
    if column.measured and not row.present:
        return _NOTHING
    row.looked = False
    made = computed(column, column.value, row)
    hit = LOOKED if row.looked else NO_PATH
    if isinstance(made, Misfit):
        said = "/".join(row.keys) if isinstance(row.node, (dict, list)) else row.node
        return None, hit, _drift(plan, row, "computed", said, made.problem)
    return made, hit, None


def _find_or_compute(plan: ColumnPlan, row: Row, notes: Notes) -> _Cell:
    """A cell that stands in the document, or else is made by a function of the row."""
    cell = _find(plan, row, notes)
    otherwise = plan.column.otherwise
    if cell[0] is not None or otherwise is None or (plan.column.measured and not row.present):
        return cell
    row.looked = False
    made = computed(plan.column, otherwise, row)
    return None if isinstance(made, Misfit) else made, LOOKED if row.looked else NO_PATH, cell[2]


def _find(plan: ColumnPlan, row: Row, notes: Notes) -> _Cell:
    """A cell that stands in the document: of alternative paths the first that leads to a value."""
    if plan.column.measured and not row.present:
        return _NOTHING
    wrong_kind: tuple[Path, Any] | None = None
    number = -1
    for finder in plan.finders:
        number += 1
        found = finder(row)
        if found is None:
            continue
        raw = found[0][found[1]]
        if isinstance(raw, dict) or (isinstance(raw, list) and plan.column.syntax is not WORDS):
            # What is in an object or list has paths of its own; it is no value, and another path may lead to one.
            wrong_kind = wrong_kind or (plan.paths[number], raw)
            continue
        if plan.column.name not in notes.found:
            notes.found[plan.column.name] = plan.paths[number].text
        content, drift = plan.content(raw), None
        if isinstance(content, Misfit):
            drift = _drift(plan, row, plan.paths[number].text, raw, content.problem)
            content = content.content
        if content is None:
            return (None, NO_PATH, drift) if drift is not None else _NOTHING
        if row.present:
            notes.served.add(found)
        return content, number, drift
    if wrong_kind is None:
        return _NOTHING
    path, raw = wrong_kind
    return None, NO_PATH, _drift(plan, row, path.text, raw, "an object or list where a value belongs")


def _drift(plan: ColumnPlan, row: Row, path: str, raw: Any, problem: str) -> Drift:
    return mismatch(plan.column.name, f"{'/'.join(row.keys)}: {path}" if row.keys else path, raw, problem)
