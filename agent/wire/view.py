"""MIB views as ranges of packed OIDs (RFC 3415): a cell is in view when its OID lies in one of the ranges."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from agent.mib.encoding import Oid, packed

_END = b"\xff" * 4
"""Behind every sub-identifier of a key of legal length."""


@dataclass(frozen=True, slots=True)
class View:
    """The ranges [start, end) that are visible, sorted and disjoint. No ranges: nothing is visible."""

    starts: tuple[bytes, ...] = ()
    ends: tuple[bytes, ...] = ()

    def __contains__(self, key: bytes) -> bool:
        place = bisect_right(self.starts, key) - 1
        return place >= 0 and key < self.ends[place]

    def reach(self, key: bytes) -> bytes:
        """The first key behind one in view of which that is not sure without asking."""
        return self.ends[bisect_right(self.starts, key) - 1]

    def resume(self, key: bytes) -> bytes | None:
        """The start of the first range behind a key that is not in view, None when there is none."""
        place = bisect_right(self.starts, key)
        return self.starts[place] if place < len(self.starts) else None


NOTHING = View()


def make_view(include: Iterable[Oid], exclude: Iterable[Oid]) -> View:
    """The view of subtrees included and excluded; of subtrees that contain an OID the longest decides (RFC 3415 5)."""
    families = {packed(oid): True for oid in include} | {packed(oid): False for oid in exclude}
    edges = sorted({edge for subtree in families for edge in (subtree, _behind(subtree))})
    starts: list[bytes] = []
    ends: list[bytes] = []
    for start, end in itertools.pairwise(edges):
        if not _included(families, start):
            continue
        if ends and ends[-1] == start:
            ends[-1] = end
        else:
            starts.append(start)
            ends.append(end)
    return View(tuple(starts), tuple(ends))


def _behind(subtree: bytes) -> bytes:
    """The first key behind all of a subtree."""
    risen = subtree
    while risen[-4:] == _END:
        risen = risen[:-4]  # the largest sub-identifier has no next one: the one before it rises
    if not risen:
        return subtree + _END * 129
    return (int.from_bytes(risen, "big") + 1).to_bytes(len(risen), "big")


def _included(families: dict[bytes, bool], key: bytes) -> bool:
    """Whether the longest subtree that contains a key is an included one."""
    containing = [subtree for subtree in families if key.startswith(subtree)]
    return bool(containing) and families[max(containing, key=len)]
