"""The store: every served cell, by column and owner, found by OID in two bisects.

Owners (a device's document, a device's status, the agent itself) bring their blocks in one swap; blocks of other
owners are not touched. Within one column the blocks of different owners never interleave, because the device is the
first index of every table, so a column is a sorted list of blocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from agent.mib.encoding import Oid, packed
from agent.wire.block import Block, position_after

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
        position = bisect_left(block.keys, suffix)
        if position < len(block.keys) and block.keys[position] == suffix:
            return block.varbind(position)
        return None

    def run(self, suffix: bytes, count: int, end: bytes | None) -> tuple[list[bytes], bytes]:
        block, first, stop = self._part(suffix, count, end)
        return block.run(first, stop), self.prefix + block.keys[stop - 1]

    def stretch(self, suffix: bytes, count: int, end: bytes | None, room: int) -> tuple[bytes, int, bytes]:
        block, first, stop = self._part(suffix, count, end)
        varbinds, stop = block.stretch(first, stop, room)
        return varbinds, stop - first, self.prefix + block.keys[max(stop - 1, first)]

    def _part(self, suffix: bytes, count: int, end: bytes | None) -> tuple[Block, int, int]:
        """A block, and from where to where in it the cells from this one on stand, at most so many, before `end`."""
        block = self.blocks[bisect_right(self.starts, suffix) - 1]
        first = bisect_left(block.keys, suffix)
        stop = min(first + count, len(block.keys))
        if end is not None:
            stop = bisect_left(block.keys, end, first, stop)
        return block, first, stop

    def next(self, suffix: bytes) -> Found | None:
        place = max(bisect_right(self.starts, suffix) - 1, 0)
        while place < len(self.blocks):
            block = self.blocks[place]
            position = position_after(block, suffix)
            if position < len(block.keys):
                return Found(self.prefix + block.keys[position], block.varbind(position))
            place += 1
        return None


class Store:
    """All cells. Swapping and reading happen in one thread; a swap is seen whole or not at all.

    Args:
        declared: OIDs of all columns and scalars there can be, which tells noSuchInstance from noSuchObject.
    """

    def __init__(self, declared: Iterable[Oid] = ()) -> None:
        self._declared = sorted(packed(oid) for oid in declared)
        self._columns: dict[bytes, _Column] = {}
        self._order: list[bytes] = []
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
        column = self._columns.get(prefix)
        if column is None:
            column = self._columns[prefix] = _Column(prefix)
            insort(self._order, prefix)
        column.put(block)

    def _drop(self, block: Block) -> None:
        prefix = packed(block.oid)
        column = self._columns[prefix]
        column.drop(block)
        if not column.blocks:
            del self._columns[prefix]
            del self._order[bisect_left(self._order, prefix)]

    def get(self, key: bytes) -> bytes | None:
        """The varbind of an instance, by packed OID."""
        place = bisect_right(self._order, key) - 1
        if place < 0 or not key.startswith(self._order[place]):
            return None
        prefix = self._order[place]
        return self._columns[prefix].get(key[len(prefix) :])

    def is_declared(self, key: bytes) -> bool:
        """Whether the OID is an instance, existing or not, of an object that is declared."""
        place = bisect_right(self._declared, key) - 1
        return place >= 0 and key.startswith(self._declared[place])

    def next(self, key: bytes) -> Found | None:
        """The first cell behind a packed OID, None at the end."""
        place = max(bisect_right(self._order, key) - 1, 0)
        while place < len(self._order):
            prefix = self._order[place]
            if key.startswith(prefix):
                found = self._columns[prefix].next(key[len(prefix) :])
            elif prefix > key:
                found = self._columns[prefix].next(b"")
            else:
                found = None
            if found is not None:
                return found
            place += 1
        return None

    def run(self, key: bytes, count: int, end: bytes) -> tuple[list[bytes], bytes]:
        """Cells of one column from one that there is: at most so many, none at or behind `end`; and the last one's key.

        There may be more behind them, of the same column too.
        """
        prefix = self._order[bisect_right(self._order, key) - 1]
        suffix_end = end[len(prefix) :] if end.startswith(prefix) else None
        return self._columns[prefix].run(key[len(prefix) :], count, suffix_end)

    def stretch(self, key: bytes, count: int, end: bytes, room: int) -> tuple[bytes, int, bytes]:
        """The same as they stand one behind the other, as far as they fit into so many octets; how many, last key."""
        prefix = self._order[bisect_right(self._order, key) - 1]
        suffix_end = end[len(prefix) :] if end.startswith(prefix) else None
        return self._columns[prefix].stretch(key[len(prefix) :], count, suffix_end, room)

    def next_column(self, key: bytes) -> Found | None:
        """The first cell of the columns behind the one that a packed OID lies in, None at the end."""
        place = bisect_right(self._order, key)
        return self._columns[self._order[place]].next(b"") if place < len(self._order) else None

    def __len__(self) -> int:
        return sum(len(block.keys) for blocks in self._owned.values() for block in blocks)
