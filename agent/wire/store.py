"""The store: every served cell, by column and owner, found by OID in two bisects.

Owners (a device's document, a device's status, the agent itself) bring their blocks in one swap; blocks of other
owners are not touched. Within one column the blocks of different owners never interleave, because the device is the
first index of every table, so a column is a sorted list of blocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agent.mib.encoding import Oid, packed
from agent.wire.block import Block
from agent.wire.view import View

Owner = str


class Found(NamedTuple):
    """A cell found."""

    key: bytes
    varbind: bytes


@dataclass(slots=True)
class _Column:
    """The blocks of one column, sorted by their first key."""

    prefix: bytes
    starts: list[bytes] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def put(self, block: Block) -> None:
        place = bisect_left(self.starts, block.keys[0])
        self.starts.insert(place, block.keys[0])
        self.blocks.insert(place, block)

    def drop(self, block: Block) -> None:
        place = bisect_left(self.starts, block.keys[0])
        del self.starts[place], self.blocks[place]

    def get(self, suffix: bytes) -> bytes | None:
        place = bisect_right(self.starts, suffix) - 1
        if place < 0:
            return None
        block = self.blocks[place]
        keys = block.keys
        position = bisect_left(keys, suffix)
        return block.varbind(position) if position < len(keys) and keys[position] == suffix else None

    def next(self, suffix: bytes) -> Found | None:
        place = max(bisect_right(self.starts, suffix) - 1, 0)
        block = self.blocks[place]
        position = bisect_right(block.keys, suffix)
        if position == len(block.keys):
            if place + 1 == len(self.blocks):
                return None
            block, position = self.blocks[place + 1], 0
        return Found(self.prefix + block.keys[position], block.varbind(position))

    def part(self, suffix: bytes, count: int, end: bytes | None) -> tuple[Block, int, int]:
        """A block, and from where to where in it the cells from this one on stand, at most so many, before `end`."""
        block = self.blocks[bisect_right(self.starts, suffix) - 1]
        first = bisect_left(block.keys, suffix)
        stop = min(first + count, len(block.keys))
        if end is not None:
            stop = bisect_left(block.keys, end, first, stop)
        return block, first, stop


class Store:
    """All cells. Swapping and reading happen in one thread; a swap is seen whole or not at all.

    Args:
        declared: OIDs of all columns and scalars there can be, which tells noSuchInstance from noSuchObject.
    """

    def __init__(self, declared: Iterable[Oid] = ()) -> None:
        self._declared = sorted(packed(oid) for oid in declared)
        self._prefixes: list[bytes] = []
        self._columns: list[_Column] = []
        self._owned: dict[Owner, list[Block]] = {}

    def swap(self, owner: Owner, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had; a block that stays is not touched."""
        before = self._owned.pop(owner, ())
        after = [block for block in blocks if block.keys]
        staying = {id(block) for block in before} & {id(block) for block in after}
        for block in before:
            if id(block) not in staying:
                self._drop(block)
        for block in after:
            if id(block) not in staying:
                self._put(block)
        if after:
            self._owned[owner] = after

    def propose(self, owner: Owner, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks where it has none."""
        if owner not in self._owned:
            self.swap(owner, blocks)

    def blocks_of(self, owner: Owner) -> Sequence[Block]:
        """The blocks of an owner."""
        return self._owned.get(owner, ())

    @property
    def owners(self) -> list[Owner]:
        """All who have blocks here."""
        return list(self._owned)

    def _put(self, block: Block) -> None:
        prefix = packed(block.oid)
        place = bisect_left(self._prefixes, prefix)
        if place == len(self._prefixes) or self._prefixes[place] != prefix:
            self._prefixes.insert(place, prefix)
            self._columns.insert(place, _Column(prefix))
        self._columns[place].put(block)

    def _drop(self, block: Block) -> None:
        place = bisect_left(self._prefixes, packed(block.oid))
        self._columns[place].drop(block)
        if not self._columns[place].blocks:
            del self._prefixes[place], self._columns[place]

    def get(self, key: bytes) -> bytes | None:
        """The varbind of an instance, by packed OID."""
        place = bisect_right(self._prefixes, key) - 1
        if place < 0:
            return None
        prefix = self._prefixes[place]
        return self._columns[place].get(key[len(prefix) :]) if key.startswith(prefix) else None

    def is_declared(self, key: bytes) -> bool:
        """Whether the OID is an instance, existing or not, of an object that is declared."""
        place = bisect_right(self._declared, key) - 1
        return place >= 0 and key.startswith(self._declared[place])

    def next(self, key: bytes) -> Found | None:
        """The first cell behind a packed OID, None at the end."""
        place = bisect_right(self._prefixes, key)
        if place and key.startswith(self._prefixes[place - 1]):
            column = self._columns[place - 1]
            found = column.next(key[len(column.prefix) :])
            if found is not None:
                return found
        return self._columns[place].next(b"") if place < len(self._columns) else None

    def run(self, key: bytes, count: int, end: bytes) -> tuple[list[bytes], bytes]:
        """Cells of one column from one that there is: at most so many, none at or behind `end`; and the last one's key.

        There may be more behind them, of the same column too.
        """
        prefix, block, first, stop = self._part(key, count, end)
        return block.run(first, stop), prefix + block.keys[stop - 1]

    def stretch(self, key: bytes, count: int, end: bytes, room: int) -> tuple[bytes, int, bytes]:
        """The same as they stand one behind the other, as far as they fit into so many octets; how many, last key."""
        prefix, block, first, stop = self._part(key, count, end)
        varbinds, stop = block.stretch(first, stop, room)
        return varbinds, stop - first, prefix + block.keys[max(stop - 1, first)]

    def first_of(self, view: View, key: bytes, count: int) -> Found:
        """Of so many cells of one column, from one that there is, the first in view, or else the last."""
        prefix, block, first, stop = self._part(key, count, b"")
        position = first
        while position + 1 < stop and prefix + block.keys[position] not in view:
            position += 1
        return Found(prefix + block.keys[position], block.varbind(position))

    def _part(self, key: bytes, count: int, end: bytes) -> tuple[bytes, Block, int, int]:
        column = self._columns[bisect_right(self._prefixes, key) - 1]
        size = len(column.prefix)
        return column.prefix, *column.part(key[size:], count, end[size:] if end.startswith(column.prefix) else None)

    def next_column(self, key: bytes) -> Found | None:
        """The first cell of the columns behind the one that a packed OID lies in, None at the end."""
        place = bisect_right(self._prefixes, key)
        return self._columns[place].next(b"") if place < len(self._columns) else None

    def __len__(self) -> int:
        return sum(len(block.keys) for blocks in self._owned.values() for block in blocks)
