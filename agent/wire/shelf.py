"""The stores of all contexts: one that they share, and one of its own for each that is shown as a host.

Who owns blocks says where they go: `host_owner(context, part)` into that context's own store, everybody else into the
shared one. Blocks of one owner are replaced in one swap, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agent.mib.encoding import Oid
from agent.wire.answer import Source, following
from agent.wire.block import Block
from agent.wire.store import Found, Owner, Store
from agent.wire.view import View, make_view

HOST_SIGN: Final = "@"
PART_SIGN: Final = "#"

_MIB_2: Final = (1, 3, 6, 1, 2, 1)
_OF_ALL: Final = ((*_MIB_2, 1, 3), (*_MIB_2, 11), (*_MIB_2, 118, 1, 1))
"""sysUpTime and the snmp group, since one engine answers in all contexts; the types of alarms there are."""
SHARED: Final = make_view([(0,), (1,), (2,), *_OF_ALL], [_MIB_2])
"""What a host shows of the shared store; the rest of mib-2 there is the agent's own (its system group, its alarms)."""


def host_owner(context: str, part: str) -> Owner:
    """The owner of a part of what a context shows as a host."""
    return f"{HOST_SIGN}{context}{PART_SIGN}{part}"


def context_of(owner: Owner) -> str | None:
    """The context that an owner's blocks are for alone, None for everybody."""
    return owner[len(HOST_SIGN) :].rpartition(PART_SIGN)[0] if owner.startswith(HOST_SIGN) else None


class Stack:
    """A host as one source: its own store, and what of the shared one it shows. No object stands in both."""

    __slots__ = ("_declared", "_own", "_shared")

    def __init__(self, shared: Store, own: Store, declared: Store) -> None:
        self._shared = shared
        self._own = own
        self._declared = declared

    def get(self, key: bytes) -> bytes | None:
        """The varbind of an instance."""
        varbind = self._own.get(key)
        return self._shared.get(key) if varbind is None and key in SHARED else varbind

    def next(self, key: bytes) -> Found | None:
        """The first cell behind a key."""
        return _first(self._own.next(key), following(self._shared, SHARED, key))

    def run(self, key: bytes, count: int, end: bytes) -> tuple[list[bytes], bytes]:
        """Cells of one column from one that there is, as `Store.run`."""
        if self._own.get(key) is not None:
            return self._own.run(key, count, end)
        return self._shared.run(key, count, min(end, SHARED.reach(key)))

    def stretch(self, key: bytes, count: int, end: bytes, room: int) -> tuple[bytes, int, bytes]:
        """The same as they stand one behind the other, as `Store.stretch`."""
        if self._own.get(key) is not None:
            return self._own.stretch(key, count, end, room)
        return self._shared.stretch(key, count, min(end, SHARED.reach(key)), room)

    def first_of(self, view: View, key: bytes, count: int) -> Found:
        """Of so many cells of one column, from one that there is, the first in view, or else the last."""
        return (self._shared if self._own.get(key) is None else self._own).first_of(view, key, count)

    def next_column(self, key: bytes) -> Found | None:
        """The first cell behind all of the column that a key lies in."""
        theirs = self._shared.next_column(key)
        if theirs is not None and theirs.key not in SHARED:
            theirs = following(self._shared, SHARED, theirs.key)
        return _first(self._own.next_column(key), theirs)

    def is_declared(self, key: bytes) -> bool:
        """Whether the object is declared, the instance existing or not."""
        return self._declared.is_declared(key) or (key in SHARED and self._shared.is_declared(key))


def _first(one: Found | None, other: Found | None) -> Found | None:
    if one is None or (other is not None and other.key < one.key):
        return other
    return one


class Shelf:
    """All stores, swapped and read in one thread.

    Args:
        shared: what all contexts are cut from.
        declared: OIDs of all objects that a host can have.
    """

    def __init__(self, shared: Store, declared: Iterable[Oid] = ()) -> None:
        self.shared = shared
        self._declared = Store(declared)
        self._unread = Stack(shared, Store(), self._declared)
        self._hosts: dict[str, Store] = {}
        self._sources: dict[str, Source] = {}

    def source(self, context: str) -> Source:
        """Where the cells of a context come from; one that was not read yet has no objects of the agent's instead."""
        return self._sources.get(context, self._unread) if context else self.shared

    def swap(self, owner: Owner, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""
        context = context_of(owner)
        if context is None:
            self.shared.swap(owner, blocks)
            return
        store = self._hosts.get(context)
        if store is None:
            store = self._hosts[context] = Store()
            self._sources[context] = Stack(self.shared, store, self._declared)
        store.swap(owner, blocks)
        if not store.owners:
            del self._hosts[context], self._sources[context]

    def propose(self, owner: Owner, blocks: Sequence[Block]) -> None:
        """The same, unless something of the owner's is served already."""
        if not self.blocks_of(owner):
            self.swap(owner, blocks)

    def blocks_of(self, owner: Owner) -> Sequence[Block]:
        """The blocks of an owner."""
        context = context_of(owner)
        store = self.shared if context is None else self._hosts.get(context)
        return () if store is None else store.blocks_of(owner)

    @property
    def owners(self) -> list[Owner]:
        """All who have blocks here."""
        return [*self.shared.owners, *(owner for store in self._hosts.values() for owner in store.owners)]

    def __len__(self) -> int:
        return len(self.shared) + sum(map(len, self._hosts.values()))
