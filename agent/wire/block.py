"""Blocks: the cells of one column of one device as finished varbinds, encoded once when the snapshot is built."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from agent.mib import encoding
from agent.mib.build import Cells
from agent.mib.declaration import Column, Module
from agent.mib.encoding import Oid


class Block(Protocol):
    """Sorted cells of one column: packed index suffixes, and a finished varbind for each."""

    @property
    def oid(self) -> Oid:
        """The column's OID, without instance."""

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The packed index suffixes, sorted."""

    def varbind(self, position: int) -> bytes:
        """The whole VarBind of a cell: SEQUENCE { name, value }."""

    def run(self, first: int, stop: int) -> list[bytes]:
        """The VarBinds of the cells from a position up to another."""

    def stretch(self, first: int, stop: int, room: int) -> tuple[bytes, int]:
        """The same as they stand one behind the other, as far as they fit into so many octets; and up to which."""


@dataclass(frozen=True, slots=True)
class FrozenBlock:
    """A block that never changes: one contiguous buffer of varbinds, and where each begins."""

    oid: Oid
    keys: tuple[bytes, ...]
    varbinds: bytes
    offsets: array[int]

    def varbind(self, position: int) -> bytes:
        """The whole VarBind of a cell."""
        return self.varbinds[self.offsets[position] : self.offsets[position + 1]]

    def run(self, first: int, stop: int) -> list[bytes]:
        """The VarBinds of the cells from a position up to another."""
        varbinds = self.varbinds
        return [varbinds[start:end] for start, end in pairwise(self.offsets[first : stop + 1])]

    def stretch(self, first: int, stop: int, room: int) -> tuple[bytes, int]:
        """The same as they stand one behind the other, as far as they fit into so many octets; and up to which."""
        offsets = self.offsets
        start = offsets[first]
        if offsets[stop] - start > room:
            stop = max(bisect_right(offsets, start + room, first, stop) - 1, first)
        return self.varbinds[start : offsets[stop]], stop


@dataclass(frozen=True, slots=True)
class LiveBlock:
    """A scalar that is read when it is asked for (sysUpTime, the agent's own counters).

    Attributes:
        read: content octets of the value now.
    """

    oid: Oid
    tag: int
    read: Callable[[], bytes]
    keys: tuple[bytes, ...] = (b"\0\0\0\0",)

    def varbind(self, position: int) -> bytes:
        """The VarBind with the value of this moment."""
        name = encoding.tlv(encoding.OBJECT_IDENTIFIER, encoding.oid(self.oid) + b"\0")
        return encoding.tlv(0x30, name + encoding.tlv(self.tag, self.read()))

    def run(self, first: int, stop: int) -> list[bytes]:
        """The VarBind, if its position is asked for."""
        return [self.varbind(position) for position in range(first, stop)]

    def stretch(self, first: int, stop: int, room: int) -> tuple[bytes, int]:
        """The VarBind, if its position is asked for and it fits."""
        varbinds = b"".join(self.run(first, stop))
        return (varbinds, stop) if len(varbinds) <= room else (b"", first)


PIECE: Final = 4096
"""Cells of a block at most: longer columns are several blocks, so that none is long in the making or on its way."""


def live_blocks(module: Module, view: object) -> list[Block]:
    """Blocks of a module's scalars that are read when they are asked for."""

    def reader(column: Column) -> Callable[[], bytes]:
        value = column.value
        assert value is not None  # noqa: S101 - live columns are functions; declared so
        return lambda: column.syntax.encode(value(view))

    return [
        LiveBlock(located.oid, located.column.syntax.tag, reader(located.column))
        for located in module.objects.values()
        if located.column.live
    ]


def make_blocks(cells: Iterable[Cells]) -> Iterator[FrozenBlock]:
    """Blocks of cells, in the cells' order; columns that share their keys share their encoded suffixes."""
    keys: tuple[bytes, ...] | None = None
    pieces: list[tuple[slice, tuple[bytes, ...], list[bytes]]] = []
    for column in cells:
        if column.keys is not keys:
            keys = column.keys
            pieces = list(_pieces(keys))
        for place, piece, suffixes in pieces:
            yield _block(Cells(column.oid, column.tag, piece, column.contents[place]), suffixes)


def _pieces(keys: tuple[bytes, ...]) -> Iterator[tuple[slice, tuple[bytes, ...], list[bytes]]]:
    """Parts of keys: where they stand, the keys, and their encoded suffixes."""
    for start in range(0, len(keys) or 1, PIECE):
        place = slice(start, start + PIECE)
        piece = keys if len(keys) <= PIECE else keys[place]
        yield place, piece, [encoding.sub_identifiers(encoding.unpacked(key)) for key in piece]


def _block(column: Cells, suffixes: list[bytes]) -> FrozenBlock:
    prefix = encoding.oid(column.oid)
    tag = bytes((column.tag,))
    length = encoding.length
    parts: list[bytes] = []
    offsets = array("I", [0])
    end = 0
    for suffix, content in zip(suffixes, column.contents, strict=True):
        name = prefix + suffix
        body = b"".join((b"\x06", length(len(name)), name, tag, length(len(content)), content))
        head = length(len(body))
        parts += (b"\x30", head, body)
        end += 1 + len(head) + len(body)
        offsets.append(end)
    return FrozenBlock(column.oid, column.keys, b"".join(parts), offsets)
