"""MIB views as ranges of packed OIDs (RFC 3415): a cell is in view when its OID lies in one of the ranges.

Where a family has a mask, the ranges only say where to look at all; families decide there (agent.wire.family).
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from agent.mib.encoding import Oid, packed
from agent.wire.family import Family, Pattern, alike, decides, first_in_view, in_order

_END = b"\xff" * 4
"""Behind every sub-identifier of a key of legal length."""

Ranges = tuple[tuple[bytes, ...], tuple[bytes, ...]]
"""Starts and ends."""


@dataclass(frozen=True, slots=True)
class View:
    """The ranges [start, end) that are visible, sorted and disjoint. No ranges: nothing is visible.

    Attributes:
        LOOK_AHEAD: where `resume` led to nothing, so many cells are looked at one by one before it is asked again.
    """

    LOOK_AHEAD: ClassVar[int] = 0
    starts: tuple[bytes, ...] = ()
    ends: tuple[bytes, ...] = ()

    def __contains__(self, key: bytes) -> bool:
        place = bisect_right(self.starts, key) - 1
        return place >= 0 and key < self.ends[place]

    def reach(self, key: bytes) -> bytes:
        """The first key behind one in view of which that is not sure without asking."""
        return self.ends[bisect_right(self.starts, key) - 1]

    def resume(self, key: bytes) -> bytes | None:
        """The first key in view behind one that is not, None when there is none."""
        place = bisect_right(self.starts, key)
        return self.starts[place] if place < len(self.starts) else None


@dataclass(frozen=True, slots=True)
class MaskedView(View):
    """Ranges, in which families with masks decide.

    Attributes:
        patterns: the first that matches must include a key.
    """

    LOOK_AHEAD: ClassVar[int] = 32
    patterns: tuple[Pattern, ...] = ()

    def __contains__(self, key: bytes) -> bool:
        return View.__contains__(self, key) and decides(self.patterns, key)

    def reach(self, key: bytes) -> bytes:
        """The first key behind one in view of which that is not sure without asking."""
        size = 4 * alike(self.patterns, key)
        if len(key) < size:
            return key + bytes(4)
        return min(View.reach(self, key), _behind(key[:size]))

    def resume(self, key: bytes) -> bytes | None:
        """The first key in view behind one that is not, None when there is none. Passes a range with every step."""
        here: bytes | None = key
        while here is not None and here not in self:
            in_range = View.__contains__(self, here)
            here = first_in_view(self.patterns, here) if in_range else View.resume(self, here)
        return here


NOTHING: Final = View()
EVERYTHING: Final = View((b"",), (_END * 258,))


def make_view(include: Iterable[Oid], exclude: Iterable[Oid]) -> View:
    """The view of subtrees included and excluded; of subtrees that contain an OID the longest decides (RFC 3415 5)."""
    included = [Family(oid, included=True) for oid in include]
    return view_of([*included, *(Family(oid, included=False) for oid in exclude)])


def view_of(families: Iterable[Family]) -> View:
    """The view of families; of those that match an OID the longest decides, of several the greatest (RFC 3415 5)."""
    families = list(families)
    if any(family.has_wildcard for family in families):
        layer = tuple(family.pattern for family in in_order(families))
        reach = _ranges({packed(family.fixed): True for family in families if family.included})
        return MaskedView(*reach, layer)
    including = {packed(family.subtree): True for family in families if family.included}
    return View(*_ranges(including | {packed(family.subtree): False for family in families if not family.included}))


def intersection(one: View, other: View) -> View:
    """What is in both views, of which only one may have masks: what two masks leave cannot be stepped through."""
    if isinstance(one, MaskedView) and isinstance(other, MaskedView):
        raise ValueError("views that both have masks are not intersected")
    starts: list[bytes] = []
    ends: list[bytes] = []
    left = right = 0
    while left < len(one.starts) and right < len(other.starts):
        start = max(one.starts[left], other.starts[right])
        end = min(one.ends[left], other.ends[right])
        if start < end:
            starts.append(start)
            ends.append(end)
        if one.ends[left] < other.ends[right]:
            left += 1
        else:
            right += 1
    ranges = tuple(starts), tuple(ends)
    masked = next((view for view in (one, other) if isinstance(view, MaskedView)), None)
    return MaskedView(*ranges, masked.patterns) if masked else View(*ranges)


def _ranges(subtrees: dict[bytes, bool]) -> Ranges:
    """The ranges of packed subtrees, of which the longest that contains a key says whether it is in view."""
    edges = sorted({edge for subtree in subtrees for edge in (subtree, _behind(subtree))})
    starts: list[bytes] = []
    ends: list[bytes] = []
    for start, end in itertools.pairwise(edges):
        if not _included(subtrees, start):
            continue
        if ends and ends[-1] == start:
            ends[-1] = end
        else:
            starts.append(start)
            ends.append(end)
    return tuple(starts), tuple(ends)


def _behind(subtree: bytes) -> bytes:
    """The first key behind all of a subtree."""
    risen = subtree
    while risen[-4:] == _END:
        risen = risen[:-4]  # the largest sub-identifier has no next one: the one before it rises
    if not risen:
        return subtree + _END * 129
    return (int.from_bytes(risen, "big") + 1).to_bytes(len(risen), "big")


def _included(subtrees: dict[bytes, bool], key: bytes) -> bool:
    """Whether the longest subtree that contains a key is an included one."""
    for size in range(len(key), -1, -4):
        if key[:size] in subtrees:
            return subtrees[key[:size]]
    return False
