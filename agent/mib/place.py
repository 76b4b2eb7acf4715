"""Where a cell's value stands on the device: from a row and a column to the REST path that is written."""

from __future__ import annotations

from collections.abc import Sequence

from agent.mib.build import Memory, rows_of
from agent.mib.encoding import Oid
from agent.mib.plan import ColumnPlan, TablePlan
from agent.mib.view import DeviceView, Row
from agent.model.document import Each, Json, KeyOf, Member, Path, Step, Up, element_name, locate

Mark = tuple[tuple[str, ...], Json]
"""Names from the root, and the node they lead to."""


def row_at(plan: TablePlan, view: DeviceView, memory: Memory, instance: Oid) -> Row | None:
    """The row with an index, None where there is none."""
    for row in rows_of(plan, view, memory):
        if isinstance(row, Row) and _index(plan, row) == instance:
            return row
    return None


def _index(plan: TablePlan, row: Row) -> Oid:
    return tuple(part for index in getattr(plan.part, "index", ()) for part in index.parts(row))


def written_at(plan: TablePlan, column: ColumnPlan, row: Row) -> tuple[str, ...] | None:
    """Names from the document's root to the value of a row's cell, None where the device has no such place.

    An overlay's write path needs the object that holds the value alone; the value itself may be new to it.
    """
    for row_path in plan.rows:
        marks = _marks(row.view.root, row_path, row.keys)
        if marks is None or marks[-1][1] is not row.node:
            continue
        for path in column.writes or column.paths:
            names = _names(marks, path, row.keys, may_be_new=bool(column.writes))
            if names is not None:
                return names
    return None


def _marks(root: Json, path: Path, keys: Sequence[str]) -> list[Mark] | None:
    """The root, each element that opens a row level, and the row's own node, as in Record.chain."""
    marks: list[Mark] = [((), root)]
    names: tuple[str, ...] = ()
    node, left = root, list(keys)
    for step in path.steps:
        found = _entered(node, Member(left.pop(0)) if isinstance(step, Each) else step)
        if found is None:
            return None
        names, node = (*names, found[0]), found[1]
        if isinstance(step, Each):
            marks.append((names, node))
    if path.steps and not isinstance(path.steps[-1], Each):
        marks.append((names, node))
    return marks


def _names(marks: list[Mark], path: Path, keys: Sequence[str], *, may_be_new: bool) -> tuple[str, ...] | None:
    steps = list(path.steps)
    here = len(marks) - 1
    while steps and isinstance(steps[0], Up):
        steps.pop(0)
        here -= 1
    if here < 0 or not steps:
        return None
    names, node = marks[here]
    for place, step in enumerate(steps, 1):
        if isinstance(step, KeyOf):
            if step.number >= len(keys):
                return None
            step = Member(keys[step.number])
        is_last = place == len(steps)
        if is_last and not (isinstance(node, dict) and isinstance(step, Member)):
            return None  # what is posted is an object, and an object's member is what changes
        found = _entered(node, step)
        if found is None:
            return (*names, step.name) if is_last and may_be_new and isinstance(step, Member) else None
        names, node = (*names, found[0]), found[1]
    return None if isinstance(node, (dict, list)) else names


def _entered(node: Json, step: Step) -> tuple[str, Json] | None:
    place = locate(node, (step,))
    if place is None:
        return None
    container, key = place
    inner = container[key]
    return (element_name(inner, key) if isinstance(container, list) else str(key)), inner
