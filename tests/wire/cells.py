"""Blocks for tests of the store."""

from __future__ import annotations

from agent.mib import encoding
from agent.mib.build import Cells
from agent.mib.encoding import Oid, packed
from agent.wire.block import FrozenBlock, make_blocks


def block(column: Oid, contents: dict[Oid, bytes], tag: int = encoding.OCTET_STRING) -> FrozenBlock:
    """A block of these cells, by index."""
    ordered = sorted(contents)
    made = Cells(column, tag, tuple(map(packed, ordered)), tuple(contents[index] for index in ordered))
    return next(make_blocks([made]))


def cells_of(column: Oid, keys: tuple[bytes, ...], content: bytes = b"x") -> Cells:
    """Cells of a column that all say the same."""
    return Cells(column, encoding.OCTET_STRING, keys, (content,) * len(keys))
