"""A table whose rows are places in the document: its rows opened, its columns read, nothing read twice.

What a table was read from is remembered. A row is not read again while its node is the very object it was
(model.sharing) under the same names: its cells, its drift and which leaves it serves are taken over. Of a row whose
node is another one, the cells are taken over whose paths begin with a member that is the very object it was. What
looked beyond the rows' own nodes (`Row.looked`, a path with `^`) is read again for every row.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from agent.config import DeviceSettings
from agent.mib.cells import Cells, Gaps
from agent.mib.column import NO_CHANGE, ColumnRead, Rows, read_column, serve_again
from agent.mib.declaration import Column, Table
from agent.mib.encoding import packed
from agent.mib.plan import WHOLE, TablePlan
from agent.mib.view import DeviceView, Row
from agent.model.document import MISSING, Each, Json, Path, Record, find, opened
from agent.model.identity import Identities

Names = tuple[str, ...]
"""The element names that lead to a row."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row's record remembered, and since when its thing is missing."""

    record: Record
    missing_since: datetime | None = None


class TableRead(NamedTuple):
    """One table as it was read.

    Attributes:
        nodes: of all records in document order, whether their rows count or not.
        names: of the same records.
        indexes: packed indexes of their rows, None where the row does not count.
        looked: whether anything beyond the rows' own nodes was looked at for that.
        order: the packed indexes of the rows there are, sorted.
        numbers: of these rows' records; -1 for a row that the document has no more.
    """

    plan: TablePlan
    settings: DeviceSettings
    identities: Identities
    nodes: Sequence[Json]
    names: Sequence[Names]
    indexes: Sequence[bytes | None]
    looked: bool
    order: tuple[bytes, ...]
    numbers: Sequence[int]
    columns: tuple[ColumnRead, ...]

    def fits(self, plan: TablePlan, view: DeviceView) -> bool:
        """Whether reading the same nodes would bring the same again."""
        is_same = self.plan is plan and self.identities is view.identities
        return is_same and (self.settings is view.settings or self.settings == view.settings)

    def is_of(self, records: Sequence[Record]) -> bool:
        """Whether its rows are those of these records, and nothing else made them."""
        if self.looked or len(records) != len(self.nodes):
            return False
        return all(
            record.chain[-1] is node and record.keys == names
            for record, node, names in zip(records, self.nodes, self.names, strict=True)
        )

    def kept(self, records: Sequence[Record]) -> dict[Names, Kept]:
        """What is to be remembered of the rows that count, when all are there."""
        counted = zip(records, self.indexes, strict=True)
        return {record.keys: Kept(record) for record, index in counted if index is not None}

    def places(self, records: Sequence[Record]) -> list[int]:
        """Which of its records each of these is by its names; -1 for none."""
        if len(records) == len(self.names) and all(map(_is_named, records, self.names)):
            return list(range(len(records)))
        by_names = {names: number for number, names in enumerate(self.names)}
        return [by_names.get(record.keys, -1) for record in records]

    def changes(self, place: int, node: Json) -> frozenset[str] | None:
        """The members that differ in the node of one of its records, WHOLE among them; None for not comparable."""
        old = self.nodes[place]
        if old is node:
            return NO_CHANGE
        if type(old) is not dict or type(node) is not dict:
            return None
        heads = [head for head in self.plan.heads if old.get(head, _NOBODY) is not node.get(head, _NOBODY)]
        return frozenset((WHOLE, *heads))


def _is_named(record: Record, names: Names) -> bool:
    return record.keys == names


_NOBODY: Final = object()
"""In the place of a node, or member, that none of the next document may be taken for."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of a table: the rows of one that keeps missing things, and what was read."""

    kept: Mapping[Names, Kept] = field(default_factory=dict)
    read: TableRead | None = None

    @property
    def misses(self) -> bool:
        """Whether the document has not all of the things that are remembered."""
        return any(one.missing_since is not None for one in self.kept.values())

    def cells(self) -> Iterator[tuple[Column, Cells]]:
        """The cells read, with their columns."""
        if self.read is not None:
            for plan, column in zip(self.read.plan.columns, self.read.columns, strict=True):
                if column.cells is not None:
                    yield plan.column, column.cells


Memory = Mapping[str, Remembered]
"""Table name to what is remembered from one document to the next."""

NEVER_READ: Final = Remembered()


def unread(memory: Memory) -> Memory:
    """The memory of missing things alone: everything will be read anew."""
    return {name: Remembered(table.kept) for name, table in memory.items()}


def index_of(table: Table, row: Any) -> bytes:
    """The packed index of a row."""
    return packed([part for index in table.index for part in index.parts(row)])


def note_double(table: Table, place: str, view: Any) -> None:
    """Of two rows with the same index the first is served."""
    view.notes.mismatch(table.name, place, place, "a second element of the same name")


def read_table(plan: TablePlan, table: Table, view: DeviceView, before: Remembered) -> Remembered:
    """A table read, with what can be taken over of how it was read before."""
    known = before.read if before.read is not None and before.read.fits(plan, view) else None
    records = _records(plan, table, view)
    if known is not None and not before.misses and known.is_of(records):
        rows = [Row(view, records[number]) for number in known.numbers]
        kept = known.kept(records) if table.keep else {}
        return Remembered(kept, _read_again(known, rows, view))
    found = _Rows(table, view, known)
    found.open(records)
    kept = found.keep(before.kept) if table.keep else {}
    if not found.rows and not records:
        return NEVER_READ
    return Remembered(kept, found.read(plan))


def rows_opened(plan: TablePlan, table: Table, view: DeviceView) -> list[Row]:
    """The rows of a table as its paths open them; of things that are missing there is none."""
    rows = [Row(view, record) for record in _records(plan, table, view)]
    return rows if table.when is None else [row for row in rows if table.when(row)]


def rows_kept(plan: TablePlan, table: Table, view: DeviceView, before: Remembered) -> list[Row]:
    """The same, with the rows of things that are missing."""
    found = _Rows(table, view, None)
    found.open(_records(plan, table, view))
    if table.keep:
        found.keep(before.kept)
    return [one.row for _, one in found.rows]


def _read_again(known: TableRead, rows: Sequence[Row], view: DeviceView) -> TableRead:
    """A table whose rows are all as they were: only columns that looked beyond them are read."""
    columns, gaps = list(known.columns), Gaps()
    found = Rows(rows, known.order, (), (), NO_CHANGE, is_same=True)
    for number, (plan, column) in enumerate(zip(known.plan.columns, known.columns, strict=True)):
        if column.looked:
            columns[number] = read_column(plan, found, column, view.notes, gaps)
        else:
            serve_again(plan, rows, column, view.notes)
    return known._replace(columns=tuple(columns))


def _records(plan: TablePlan, table: Table, view: DeviceView) -> list[Record]:
    records: list[Record] = []
    for path, how in zip(plan.rows, plan.openings, strict=True):
        found = opened(view.root, how, view.records)
        if not found:
            _note_no_list(path, table, view)
            continue
        view.notes.found.setdefault(table.name, path.text)
        if not table.every:
            return found
        records = records + found
    return records


def _note_no_list(path: Path, table: Table, view: DeviceView) -> None:
    """Where elements belong and a plain value stands, that is a mismatch and not an empty table."""
    above = tuple(itertools.takewhile(lambda step: not isinstance(step, Each), path.steps))
    raw = find(view.root, above) if above else view.root
    if raw is not MISSING and raw is not None and not isinstance(raw, (dict, list)):
        view.notes.mismatch(table.name, path.text, raw, "a value where a list or object belongs")


class _Found(NamedTuple):
    """A row that counts.

    Attributes:
        place: in the order before; -1 for a row that is new.
        changes: the members of its node that differ since.
        number: of its record; -1 for one that the document has no more.
    """

    row: Row
    place: int
    changes: frozenset[str]
    number: int


class _Rows:
    """The rows of a table, as they are found.

    Attributes:
        rows: those that count, with their packed indexes.
    """

    def __init__(self, table: Table, view: DeviceView, known: TableRead | None) -> None:
        self.rows: list[tuple[bytes, _Found]] = []
        self._table = table
        self._view = view
        self._known = known
        self._looked = known is not None and known.looked
        self._nodes: list[Json] = []
        self._names: list[Names] = []
        self._indexes: list[bytes | None] = []

    def open(self, records: Sequence[Record]) -> None:
        """Take the records of the document."""
        self._nodes = [record.chain[-1] for record in records]
        self._names = [record.keys for record in records]
        known, places = self._known, [-1] * len(records)
        order: dict[bytes, int] = {}
        if known is not None:
            places = known.places(records)
            order = {index: place for place, index in enumerate(known.order)}
        for number, (record, at) in enumerate(zip(records, places, strict=True)):
            row, place, changes = Row(self._view, record), -1, None
            if known is not None and at >= 0:
                changes = known.changes(at, row.node)
            if changes is NO_CHANGE and known is not None and not self._looked:
                index = known.indexes[at]
            else:
                index = self._index(row)
            self._indexes.append(index)
            if index is None:
                continue
            if changes is not None and known is not None:
                place = order.get(known.indexes[at] or b"", -1)
            self.rows.append((index, _Found(row, place, changes or NO_CHANGE, number)))

    def _index(self, row: Row) -> bytes | None:
        table = self._table
        index = None if table.when is not None and not table.when(row) else index_of(table, row)
        self._looked = self._looked or row.looked
        return index

    def keep(self, known: Mapping[Names, Kept]) -> dict[Names, Kept]:
        """Add what is missing, as long as its hold lasts; what is to be remembered of all."""
        view = self._view
        kept = {found.row.keys: Kept(found.row.own) for _, found in self.rows}
        present = set(kept)
        for names, one in known.items():
            since = one.missing_since or view.now
            if names not in present and (view.now - since).total_seconds() < view.settings.poll.hold_missing_s:
                row = Row(view, one.record, present=False)
                self.rows.append((index_of(self._table, row), _Found(row, -1, NO_CHANGE, -1)))
                kept[names] = Kept(one.record, since)
        return kept

    def read(self, plan: TablePlan) -> TableRead:
        """Read the columns, the rows in the order of their indexes; of two with the same index the first stays."""
        first: dict[bytes, _Found] = {}
        for index, found in self.rows:
            if index not in first:
                first[index] = found
                continue
            note_double(self._table, "/".join(found.row.keys), self._view)
            if found.number >= 0:
                self._nodes[found.number] = _NOBODY
        view, known, order = self._view, self._known, tuple(sorted(first))
        if known is not None and known.order == order:
            order = known.order
        rows, places, changes, numbers = zip(*map(first.__getitem__, order), strict=True) if order else ((),) * 4
        is_same = known is not None and known.order is order and places == tuple(range(len(order)))
        found_rows, gaps = Rows(rows, order, places, changes, NO_CHANGE.union(*changes), is_same), Gaps()
        before = known.columns if known is not None else itertools.repeat(None)
        columns = tuple(
            read_column(column, found_rows, read, view.notes, gaps)
            for column, read in zip(plan.columns, before)  # noqa: B905 - the latter may go on for ever
        )
        nodes, names, indexes = tuple(self._nodes), tuple(self._names), tuple(self._indexes)
        return TableRead(
            plan, view.settings, view.identities, nodes, names, indexes, self._looked, order, numbers, columns
        )
