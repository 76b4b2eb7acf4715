"""The table that every peer serves: ten columns of short texts, so many rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.mib.build import Cells
from agent.mib.encoding import OCTET_STRING, Oid, packed
from agent.wire.block import FrozenBlock, make_blocks

COLUMNS = 10
ROWS = 1000
ENTRY: Oid = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 5597, 1, 99, 1, 1)
"""In the arc that net-snmp keeps for experiments."""


def value(column: int, row: int, rows: int = ROWS) -> bytes:
    """The text of a cell, seven digits; columns and rows count from 1."""
    return b"%07d" % ((column - 1) * rows + row)


def cells(rows: int = ROWS) -> Iterator[tuple[Oid, bytes]]:
    """All cells by name, in order."""
    for column in range(1, COLUMNS + 1):
        for row in range(1, rows + 1):
            yield (*ENTRY, column, row), value(column, row, rows)


def blocks(rows: int = ROWS) -> list[FrozenBlock]:
    """The table as the agent serves it."""
    if not rows:
        return []
    keys = tuple(packed((row,)) for row in range(1, rows + 1))
    columns = (
        Cells((*ENTRY, column), OCTET_STRING, keys, tuple(value(column, row, rows) for row in range(1, rows + 1)))
        for column in range(1, COLUMNS + 1)
    )
    return list(make_blocks(columns))
