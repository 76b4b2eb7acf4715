"""The values of a device's configuration that are objects and may be written, as its document has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.mib.build import Memory, rows_of
from agent.mib.declaration import Table
from agent.mib.encoding import Oid
from agent.mib.place import written_at
from agent.mib.plan import Plan
from agent.mib.view import DeviceView, Row
from agent.model.document import MISSING, Json, Member, Missing, find


@dataclass(frozen=True, slots=True)
class Configured:
    """One value: the cell that stands for it, its REST path below /api, and what the device said last."""

    name: str
    instance: Oid
    path: str
    value: Json

    @property
    def cell(self) -> str:
        """The cell, as the MIB names it."""
        return ".".join([self.name, *map(str, self.instance)])


def configured_in(plan: Plan, view: DeviceView, memory: Memory) -> Iterator[Configured]:
    """All of them, table by table."""
    for plans in plan.parts.values():
        for table in plans:
            columns = [column for column in table.columns if column.column.writes is not None]
            part = table.part
            if not columns or not isinstance(part, Table):
                continue
            for row in rows_of(table, view, memory):
                if not isinstance(row, Row) or not row.present:
                    continue
                instance = tuple(number for index in part.index for number in index.parts(row))
                for column in columns:
                    names = written_at(table, column, row)
                    value = MISSING if names is None else find(view.root, tuple(Member(name) for name in names))
                    if names is not None and not isinstance(value, Missing):
                        yield Configured(column.column.name, instance, "/".join(names), value)
