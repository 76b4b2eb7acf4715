"""Small integers for things with names: given once, kept for ever, never used for another thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """One index given to a thing: its sort ("slot", "ptp"), its name among its sort ("io1/0"), its index."""

    kind: str
    key: str
    index: int


class Identities:
    """The index map of one device (or of the agent itself).

    Asking for an unknown thing gives it the next index of its sort. What was given since the last `take_fresh` is to
    be written down before anything shows it.
    """

    def __init__(self, given: Iterable[Given] = ()) -> None:
        self._indexes: dict[str, dict[str, int]] = {}
        self._last: dict[str, int] = {}
        self._fresh: list[Given] = []
        for one in given:
            self._indexes.setdefault(one.kind, {})[one.key] = one.index
            self._last[one.kind] = max(self._last.get(one.kind, 0), one.index)

    def index(self, kind: str, key: str) -> int:
        """The index of a thing, from 1."""
        known = self._indexes.setdefault(kind, {})
        index = known.get(key)
        if index is None:
            index = self._last.get(kind, 0) + 1
            known[key] = index
            self._last[kind] = index
            self._fresh.append(Given(kind, key, index))
        return index

    def known(self, kind: str, key: str) -> int | None:
        """The index of a thing that has one; none is given."""
        return self._indexes.get(kind, {}).get(key)

    def all(self, kind: str) -> list[int]:
        """The indexes of all things of a sort, in the order they were given."""
        return list(self._indexes.get(kind, {}).values())

    def take_fresh(self) -> list[Given]:
        """What was given since this was last asked."""
        fresh, self._fresh = self._fresh, []
        return fresh
