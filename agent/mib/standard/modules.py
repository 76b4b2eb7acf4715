"""sysORTable (RFC 3418): the MIB modules that an agent, or a host it shows, implements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Column, Feed, Table
from agent.mib.encoding import Oid
from agent.mib.standard.rows import hidden, number_index
from agent.mib.syntax import OBJECT_IDENTIFIER, TEXT, TIME_TICKS, integer32

Modules = Iterable[tuple[Oid, str]]
"""Each module, and what it is."""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module by its place in the list."""

    number: int
    oid: Oid
    what: str


def module_table(whose: str, modules: Callable[[Any], Modules], feed: Feed) -> Table:
    """The table of the modules that a view has."""

    def rows(view: Any) -> Iterator[ModuleRow]:
        for number, (oid, what) in enumerate(modules(view), 1):
            yield ModuleRow(number, oid, what)

    return Table(
        9,
        "sysORTable",
        f"MIB modules this {whose} implements.",
        "One module.",
        (number_index("sysORIndex", lambda row: int(row.number)),),
        (
            hidden(1, "sysORIndex", integer32(1), "Place in the list."),
            Column(2, "sysORID", OBJECT_IDENTIFIER, "The module.", value=lambda row: row.oid),
            Column(3, "sysORDescr", TEXT, "What it is.", value=lambda row: row.what),
            Column(4, "sysORUpTime", TIME_TICKS, "When it was added.", value=lambda row: 0),
        ),
        feed=feed,
        source=rows,
    )
