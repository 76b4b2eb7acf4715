"""What the tables of users, views and communities share: indexes of strings and OIDs, and the columns of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from agent.mib.declaration import Access, Column, Index
from agent.mib.encoding import Oid
from agent.mib.syntax import Syntax, closed

ROW_STATUS = closed(active=1, notInService=2, notReady=3, createAndGo=4, createAndWait=5, destroy=6)
STORAGE_TYPE = closed(other=1, volatile=2, nonVolatile=3, permanent=4, readOnly=5)


def string_index(octets: bytes) -> tuple[int, ...]:
    """A string of variable length within an index (RFC 2578 7.7)."""
    return (len(octets), *octets)


def oid_index(oid: Oid) -> tuple[int, ...]:
    """An OID within an index (RFC 2578 7.7)."""
    return (len(oid), *oid)


def text_index(name: str, value: Callable[[Any], str]) -> Index:
    """An index that is a text of the row."""
    return Index(name, lambda row: string_index(value(row).encode()))


def number_index(name: str, value: Callable[[Any], int]) -> Index:
    """An index that is a number of the row."""
    return Index(name, lambda row: (value(row),))


def hidden(arc: int, name: str, syntax: Syntax, what: str) -> Column:
    """A column that stands in the index alone."""
    return Column(arc, name, syntax, what, access=Access.NOT_ACCESSIBLE)


def storage(arc: int, prefix: str) -> Iterable[Column]:
    """StorageType and, in the next arc, RowStatus: rows come from the configuration file, and nobody changes them."""
    return (
        Column(arc, f"{prefix}StorageType", STORAGE_TYPE, "Kept in the configuration.", value=lambda row: "readOnly"),
        Column(arc + 1, f"{prefix}Status", ROW_STATUS, "In force.", value=lambda row: "active"),
    )
