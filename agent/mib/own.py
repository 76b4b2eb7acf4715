"""Our own tables as other declarations see them: the rows they open, and the values in their columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from typing import Any, TypeVar

from agent.mib.build import open_rows
from agent.mib.plan import ColumnPlan, Plan
from agent.mib.syntax import WORDS
from agent.mib.view import DeviceView, Row
from agent.model.reading import ABSENT

T = TypeVar("T")


def with_own_tables(view: DeviceView, plan: Plan) -> DeviceView:
    """The view with `opened` and `said` as a plan has them, overlays included; nothing derived of it yet.

    What does not fit costs the cell of our own column; here it counts as absent, and is not noted once more.
    """
    columns = {column.column.name: column for parts in plan.parts.values() for part in parts for column in part.columns}

    @cache
    def opened(table: str) -> tuple[Row, ...]:
        return tuple(open_rows(plan, table, view))

    def said(row: Row, name: str) -> Any:
        return _value(columns[name], row)

    return replace(view, opened=opened, said=said, own_root=plan.module.root, derived={})


def once(derive: Callable[[DeviceView], T]) -> Callable[[DeviceView], T]:
    """A function of the view that is worked out once for each view, however many tables are made of it."""

    @wraps(derive)
    def derived(view: DeviceView) -> T:
        if derive not in view.derived:
            view.derived[derive] = derive(view)
        found: T = view.derived[derive]
        return found

    return derived


def _value(plan: ColumnPlan, row: Row) -> Any:
    try:
        return _read(plan, row)
    except (ValueError, TypeError, OverflowError, KeyError):
        return None


def _read(plan: ColumnPlan, row: Row) -> Any:
    column = plan.column
    if column.value is not None:
        value = column.value(row)
        return None if value is ABSENT else value
    for finder in plan.finders:
        place = finder(row)
        if place is None:
            continue
        raw = place[0][place[1]]
        if isinstance(raw, dict) or (isinstance(raw, list) and column.syntax is not WORDS):
            continue
        value = (column.read or column.syntax.read)(raw)
        return None if value is ABSENT else value
    return None
