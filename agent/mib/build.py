"""From a view to cells: rows opened, values read, content octets made; what does not fit becomes drift."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.mib.declaration import Column, Feed, Scalars, Table
from agent.mib.encoding import Oid, packed, unpacked
from agent.mib.plan import ColumnPlan, Plan, TablePlan
from agent.mib.syntax import WORDS
from agent.mib.view import DeviceView, Row
from agent.model.document import MISSING, Each, Path, Record, find, records
from agent.model.health import DeviceState
from agent.model.reading import ABSENT, OutOfRange, Unreadable, label


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column for one device: sorted packed index suffixes and content octets beside them."""

    oid: Oid
    tag: int
    keys: tuple[bytes, ...]
    contents: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A row's record remembered, and since when its thing is missing."""

    record: Record
    missing_since: datetime | None = None


Memory = Mapping[str, Mapping[tuple[str, ...], Kept]]
"""Table name, row keys: what tables that keep missing things remember from one document to the next."""


def build(plan: Plan, feeds: Iterable[Feed], view: Any, memory: Memory) -> tuple[list[Cells], Memory]:
    """All cells of the tables that are built from these feeds, and the memory for the next build."""
    cells: list[Cells] = []
    remembered = dict(memory)
    for feed in feeds:
        for table in plan.parts[feed]:
            if isinstance(table.part, Scalars):
                cells.extend(_columns(table, view, [(b"\0\0\0\0", _scalar_row(feed, view))]))
                continue
            rows = _rows(table, table.part, view, memory.get(table.part.name, {}))
            if table.part.keep:
                remembered[table.part.name] = _remember(rows, view, memory.get(table.part.name, {}))
            cells.extend(_columns(table, view, _sorted(table.part, rows, view)))
    return cells, remembered


def open_rows(plan: Plan, name: str, view: DeviceView) -> list[Row]:
    """The rows of a table as its paths open them; of things that are missing there is none."""
    table = next(one for one in plan.parts[Feed.DOCUMENT] if one.part.name == name)
    assert isinstance(table.part, Table)  # noqa: S101 - scalars open no rows
    return [row for row in _rows(table, table.part, view, {}) if row.present]


def _scalar_row(feed: Feed, view: Any) -> Any:
    """What scalars are read from: those of a document from its root, others from the view."""
    return Row(view, Record((), (view.root,))) if feed is Feed.DOCUMENT and isinstance(view, DeviceView) else view


def rows_of(plan: TablePlan, view: Any, memory: Memory) -> list[Any]:
    """The rows of one table, in the order in which they are found."""
    assert isinstance(plan.part, Table)  # noqa: S101 - scalars have no rows
    return _rows(plan, plan.part, view, memory.get(plan.part.name, {}))


def _rows(plan: TablePlan, table: Table, view: Any, known: Mapping[tuple[str, ...], Kept]) -> list[Any]:
    if table.source is not None:
        return list(table.source(view))
    rows = [Row(view, record) for record in _records(plan, table, view)]
    if table.when is not None:
        rows = [row for row in rows if table.when(row)]
    if table.keep:
        seen = {row.keys for row in rows}
        rows += [Row(view, kept.record, present=False) for keys, kept in known.items() if keys not in seen]
        hold_s = view.settings.poll.hold_missing_s
        rows = [row for row in rows if row.present or _missing_s(known[row.keys], view.now) < hold_s]
    return rows


def _records(plan: TablePlan, table: Table, view: DeviceView) -> Iterator[Record]:
    for path in plan.rows:
        opened = False
        for record in records(view.root, path):
            if not opened:
                view.notes.found.setdefault(table.name, path.text)
            opened = True
            yield record
        if opened and not table.every:
            return
        if not opened:
            _note_no_list(path, table, view)


def _note_no_list(path: Path, table: Table, view: DeviceView) -> None:
    """Where elements belong and a plain value stands, that is a mismatch and not an empty table."""
    above = tuple(itertools.takewhile(lambda step: not isinstance(step, Each), path.steps))
    raw = find(view.root, above) if above else view.root
    if raw is not MISSING and raw is not None and not isinstance(raw, (dict, list)):
        view.notes.mismatch(table.name, path.text, raw, "a value where a list or object belongs")


def _missing_s(kept: Kept, now: datetime) -> float:
    return (now - kept.missing_since).total_seconds() if kept.missing_since else 0.0


def _remember(rows: list[Row], view: DeviceView, known: Mapping[tuple[str, ...], Kept]) -> dict[tuple[str, ...], Kept]:
    memory = {}
    for row in rows:
        before = known.get(row.keys)
        since = None if row.present else before.missing_since if before and before.missing_since else view.now
        memory[row.keys] = Kept(row.record, since)
    return memory


def _sorted(table: Table, rows: list[Any], view: Any) -> list[tuple[bytes, Any]]:
    """Rows with their packed index, in OID order; of two with the same index the first stays."""
    keyed: dict[bytes, Any] = {}
    for row in rows:
        key = packed([part for index in table.index for part in index.parts(row)])
        if key in keyed:
            place = "/".join(row.keys) if isinstance(row, Row) else ".".join(map(str, unpacked(key)))
            view.notes.mismatch(table.name, place, place, "a second element of the same name")
            continue
        keyed[key] = row
    return sorted(keyed.items())


def _columns(plan: TablePlan, view: Any, rows: list[tuple[bytes, Any]]) -> Iterator[Cells]:
    all_keys = tuple(key for key, _ in rows)
    measured = not isinstance(view, DeviceView) or view.health.state is not DeviceState.DOWN
    for column in plan.columns:
        if column.column.live:
            continue
        contents = [_content(column, row) for _, row in rows]
        if column.column.measured and not measured:
            continue  # read all the same, so that no leftover takes the place of a cell that went
        if None not in contents:
            if contents:
                yield Cells(column.oid, column.column.syntax.tag, all_keys, tuple(contents))  # type: ignore[arg-type]
            continue
        pairs = [(key, content) for key, content in zip(all_keys, contents, strict=True) if content is not None]
        if pairs:
            keys, present = zip(*pairs, strict=True)
            yield Cells(column.oid, column.column.syntax.tag, keys, present)


def _content(plan: ColumnPlan, row: Any) -> bytes | None:
    column = plan.column
    if column.measured and not getattr(row, "present", True):
        return None
    if column.value is not None:
        return _computed(column, column.value, row)
    content = _read(plan, column, row)
    return _computed(column, column.otherwise, row) if content is None and column.otherwise is not None else content


def _computed(column: Column, value_of: Callable[[Any], Any], row: Any) -> bytes | None:
    try:
        value = value_of(row)
        return None if value is None or value is ABSENT else column.syntax.encode(value)
    except OutOfRange:
        return None
    except _MISFIT as problem:
        if isinstance(row, Row):
            said = "/".join(row.keys) if isinstance(row.node, (dict, list)) else row.node
            row.view.notes.mismatch(column.name, _where(row, "computed"), said, str(problem))
        return None


_MISFIT = (Unreadable, ValueError, TypeError, OverflowError, KeyError)
"""What reading an unexpected value can raise; each costs one cell."""


def _read(plan: ColumnPlan, column: Column, row: Row) -> bytes | None:
    notes = row.view.notes
    wrong_kind: tuple[Path, Any] | None = None
    for finder, path in zip(plan.finders, plan.paths, strict=True):
        place = finder(row)
        if place is None:
            continue
        raw = place[0][place[1]]
        if isinstance(raw, dict) or (isinstance(raw, list) and column.syntax is not WORDS):
            # What is in an object or list has paths of its own; it is no value, and another path may lead to one.
            wrong_kind = wrong_kind or (path, raw)
            continue
        notes.found.setdefault(column.name, path.text)
        try:
            value = (column.read or column.syntax.read)(raw)
            if value is ABSENT:
                return None
            content = column.syntax.encode(value)
        except OutOfRange as problem:
            if column.units != "nanoseconds":
                notes.mismatch(column.name, _where(row, path.text), raw, str(problem))
            return None
        except _MISFIT as problem:
            notes.mismatch(column.name, _where(row, path.text), raw, str(problem))
            return None
        if value == "other" and column.syntax.labels and label(raw) != "other":
            notes.mismatch(column.name, _where(row, path.text), raw, "a word this MIB does not know, served as other")
        notes.served.add((id(place[0]), place[1]))
        return content
    if wrong_kind is not None:
        path, raw = wrong_kind
        notes.mismatch(column.name, _where(row, path.text), raw, "an object or list where a value belongs")
    return None


def _where(row: Row, path: str) -> str:
    return f"{'/'.join(row.keys)}: {path}" if row.keys else path
