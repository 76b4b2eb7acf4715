"""Cells of a walk by object name, in plain Python values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agent.mib.declaration import Module
from agent.mib.module import northbound
from agent.mib.render import Names, ReadCell
from agent.mib.standard import STANDARD
from agent.offline import walk_store
from agent.wire.store import Store

MODULE: Module = northbound("1.3.6.1.4.1.8072.9999.9999.5597")
NAMES = Names((MODULE, STANDARD))
OBJECTS = MODULE.objects

Index = tuple[int, ...]
Cells = Mapping[str, Mapping[Index, Any]]
"""Object name to instance to value."""


def plain(name: str, tag: int, content: bytes) -> Any:
    """Text, enumeration label, truth or number; DateAndTime and other octets as they are."""
    located = NAMES.named(name)
    assert located is not None
    syntax = located.column.syntax
    if tag == 0x04:
        return content.decode() if syntax.kind == "text" else content
    if tag == 0x06:
        return content
    number = int.from_bytes(content, "big", signed=True)
    if syntax.labels:
        return {code: label for label, code in syntax.labels.items()}[number]
    return number


def by_name(cells: Iterable[ReadCell]) -> dict[str, dict[Index, Any]]:
    """Read cells by object name and instance."""
    found: dict[str, dict[Index, Any]] = {}
    for cell in cells:
        located = NAMES.object_at(cell.oid)
        assert located is not None, cell.oid
        name = located[0].column.name
        assert located[1] not in found.get(name, {}), f"{name}.{located[1]} is served twice"
        found.setdefault(name, {})[located[1]] = plain(name, cell.tag, cell.content)
    return found


def stored(store: Store) -> dict[str, dict[Index, Any]]:
    """All cells of this agent's own MIB in a store."""
    return by_name(walk_store(store, MODULE.root))


def octets_of(store: Store) -> dict[tuple[int, ...], bytes]:
    """All cells in a store as OID and content octets."""
    return {cell.oid: bytes((cell.tag,)) + cell.content for cell in walk_store(store, (1,))}


def table_of(name: str) -> str:
    """The table an object stands in."""
    return OBJECTS[name].part.name


def row(cells: Cells, table: str, *index: int) -> dict[str, Any]:
    """Column name to value of one row."""
    return {
        name: column[index]
        for name, column in cells.items()
        if name in OBJECTS and table_of(name) == table and index in column
    }


def rows(cells: Cells, table: str) -> set[Index]:
    """The instances of a table's rows."""
    return {index for name, column in cells.items() if name in OBJECTS and table_of(name) == table for index in column}


def where(cells: Cells, name: str, value: Any) -> Index:
    """The one instance at which an object has a value."""
    (found,) = [index for index, held in cells[name].items() if held == value]
    return found
