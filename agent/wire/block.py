"""Blocks: the cells of one column of one device as finished varbinds, encoded once when the snapshot is built."""

from __future__ import annotations

import operator
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Protocol

from agent.mib import encoding
from agent.mib.cells import Cells
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


@dataclass(frozen=True, slots=True)
class Made:
    """The blocks of an owner, and the cells they were made of; a column's blocks stand together."""

    cells: tuple[Cells, ...] = ()
    blocks: tuple[FrozenBlock, ...] = ()


def make_blocks(cells: Iterable[Cells]) -> Iterator[FrozenBlock]:
    """Blocks of cells, in the cells' order; columns that share their keys share their encoded suffixes."""
    pieces: list[_Piece] = []
    keys: tuple[bytes, ...] | None = None
    for column in cells:
        if column.keys is not keys:
            keys, pieces = column.keys, _pieces(column.keys)
        for piece in pieces:
            yield _block(column, piece, column.contents[piece.place])


def remade(cells: Iterable[Cells], before: Made) -> Made:
    """Blocks of cells; of what is as it was before, the blocks of before."""
    columns, blocks = tuple(cells), list[FrozenBlock]()
    pieces: dict[int, list[_Piece]] = {}  # by the keys' id: the cells keep them alive
    known = _Known(before)
    for column in columns:
        old, old_blocks = known.of(column.oid)
        if old is column or old == column:
            blocks += old_blocks
            continue
        parts = pieces.get(id(column.keys))
        if parts is None:
            parts = pieces[id(column.keys)] = _pieces(column.keys)
        if old is None:
            blocks += [_block(column, piece, column.contents[piece.place]) for piece in parts]
        else:
            blocks += _remade(column, parts, old, old_blocks)
    if len(blocks) == len(before.blocks) and all(map(operator.is_, blocks, before.blocks)):
        return Made(columns, before.blocks)
    return Made(columns, tuple(blocks))


class _Known:
    """Finds a column among those of before; mostly they follow each other as they did."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self._next = self._next_block = 0
        self._others: dict[Oid, tuple[int, int]] = {}

    def of(self, oid: Oid) -> tuple[Cells | None, Sequence[FrozenBlock]]:
        """The cells and the blocks that a column had; None for none."""
        cells = self._made.cells
        if self._next >= len(cells) or cells[self._next].oid != oid:
            self._others = self._others or self._places()
            if oid not in self._others:
                return None, ()
            self._next, self._next_block = self._others[oid]
        found, first = cells[self._next], self._next_block
        self._next, self._next_block = self._next + 1, first + _count(found)
        return found, self._made.blocks[first : self._next_block]

    def _places(self) -> dict[Oid, tuple[int, int]]:
        places, block = {}, 0
        for number, cells in enumerate(self._made.cells):
            places[cells.oid] = number, block
            block += _count(cells)
        return places


def _count(cells: Cells) -> int:
    """Blocks that are made of a column."""
    return (len(cells.keys) + PIECE - 1) // PIECE or 1


def _remade(
    column: Cells, pieces: list[_Piece], cells_before: Cells, blocks_before: Sequence[FrozenBlock]
) -> Iterator[FrozenBlock]:
    for number, piece in enumerate(pieces):
        contents = column.contents[piece.place]
        if number < len(blocks_before) and blocks_before[number].keys == piece.keys:
            piece.keys = blocks_before[number].keys  # so that columns go on sharing them
            if cells_before.contents[piece.place] == contents and cells_before.tag == column.tag:
                yield blocks_before[number]
                continue
        yield _block(column, piece, contents)


class _Piece:
    """A part of a column's keys: where it stands in it, the keys, and their encoded suffixes once they are needed."""

    __slots__ = ("_suffixes", "keys", "place")

    def __init__(self, place: slice, keys: tuple[bytes, ...]) -> None:
        self.place = place
        self.keys = keys
        self._suffixes: list[bytes] | None = None

    @property
    def suffixes(self) -> list[bytes]:
        """The keys as sub-identifiers."""
        if self._suffixes is None:
            self._suffixes = [encoding.suffix(key) for key in self.keys]
        return self._suffixes


def _pieces(keys: tuple[bytes, ...]) -> list[_Piece]:
    if len(keys) <= PIECE:
        return [_Piece(slice(0, PIECE), keys)]
    return [_Piece(slice(start, start + PIECE), keys[start : start + PIECE]) for start in range(0, len(keys), PIECE)]


_SHORT: Final = 128
"""Lengths from here on have more than one octet."""

_SEQUENCE: Final = [bytes((0x30, size)) for size in range(_SHORT)]
_NAME: Final = [bytes((encoding.OBJECT_IDENTIFIER, size)) for size in range(_SHORT)]


@lru_cache(maxsize=256)
def _tagged(tag: int) -> list[bytes]:
    """Tag and short lengths of values."""
    return [bytes((tag, size)) for size in range(_SHORT)]


def _block(column: Cells, piece: _Piece, contents: Sequence[bytes]) -> FrozenBlock:
    prefix, tagged = encoding.oid(column.oid), _tagged(column.tag)
    varbinds, offsets, end = [], [0], 0
    for suffix, content in zip(piece.suffixes, contents, strict=True):
        name = prefix + suffix
        room = len(name) + len(content) + 4
        if room < _SHORT:
            varbind = _SEQUENCE[room] + _NAME[len(name)] + name + tagged[len(content)] + content
        else:
            varbind = _long(name, column.tag, content)
        varbinds.append(varbind)
        end += len(varbind)
        offsets.append(end)
    return FrozenBlock(column.oid, piece.keys, b"".join(varbinds), _offsets(offsets))


def _offsets(offsets: list[int]) -> array[int]:
    """Where varbinds begin; blocks of one cell of a size share theirs."""
    return _of_one(offsets[1]) if len(offsets) == 2 else array("I", offsets)


def offsets_of(octets: bytes) -> array[int]:
    """The same from the octets of such an array."""
    offsets = array("I")
    offsets.frombytes(octets)
    return _of_one(offsets[1]) if len(offsets) == 2 else offsets


@lru_cache(maxsize=512)
def _of_one(size: int) -> array[int]:
    return array("I", (0, size))


def _long(name: bytes, tag: int, content: bytes) -> bytes:
    return encoding.tlv(0x30, encoding.tlv(encoding.OBJECT_IDENTIFIER, name) + encoding.tlv(tag, content))
