"""View tree families with masks (RFC 3415 5): which of them decides on an OID, and where the next visible OID is.

A sub-identifier whose bit in the mask is 0 is a wildcard. The longest family that matches decides; of several of one
length the one whose subtree is lexicographically greatest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.mib.encoding import Oid, packed, unpacked

_LARGEST = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A family as it is matched: packed, the sub-identifiers that do not count cleared in value and mask."""

    size: int
    mask: int
    value: int
    included: bool

    def matches(self, key: bytes) -> bool:
        """Whether a packed OID lies in the family."""
        return len(key) >= self.size and int.from_bytes(key[: self.size], "big") & self.mask == self.value

    def number(self, depth: int) -> int | None:
        """The sub-identifier it wants at a depth, None for any."""
        shift = 8 * self.size - 32 * (depth + 1)
        return self.value >> shift & _LARGEST if self.mask >> shift & 1 else None

    def takes(self, depth: int, number: int) -> bool:
        """Whether it may have this sub-identifier at a depth."""
        return self.number(depth) in (None, number)


@dataclass(frozen=True, slots=True)
class Family:
    """One family: a subtree included or excluded.

    Attributes:
        mask: bits of the sub-identifiers that count, the first one highest; missing ones are 1.
    """

    subtree: Oid
    included: bool
    mask: bytes = b""

    def counts(self, place: int) -> bool:
        """Whether the sub-identifier at a place must be the subtree's."""
        octet, bit = divmod(place, 8)
        return octet >= len(self.mask) or bool(self.mask[octet] << bit & 0x80)

    @property
    def has_wildcard(self) -> bool:
        """Whether any sub-identifier does not count."""
        return not all(map(self.counts, range(len(self.subtree))))

    @property
    def fixed(self) -> Oid:
        """The subtree before its first wildcard."""
        ends = (place for place in range(len(self.subtree)) if not self.counts(place))
        return self.subtree[: next(ends, len(self.subtree))]

    @property
    def pattern(self) -> Pattern:
        """The family as it is matched."""
        mask = value = 0
        for place, number in enumerate(self.subtree):
            counts = self.counts(place)
            mask, value = mask << 32 | (_LARGEST if counts else 0), value << 32 | (number if counts else 0)
        return Pattern(4 * len(self.subtree), mask, value, self.included)


def in_order(families: Iterable[Family]) -> list[Family]:
    """Families as they decide, the first that matches; what is both included and excluded is excluded."""
    return sorted(families, key=lambda family: (len(family.subtree), family.subtree, not family.included), reverse=True)


def decides(patterns: Sequence[Pattern], key: bytes) -> bool:
    """Whether the first pattern that matches a packed OID includes it."""
    for pattern in patterns:
        if pattern.matches(key):
            return pattern.included
    return False


def first_in_view(patterns: Sequence[Pattern], key: bytes) -> bytes | None:
    """The smallest OID from this one on that patterns in their order include, packed; None when there is none."""
    found = _first(patterns, 0, unpacked(key), included=False)
    return None if found is None else packed(found)


def _first(patterns: Sequence[Pattern], depth: int, least: Oid, *, included: bool) -> Oid | None:
    """The smallest rest of an OID, not below the least one.

    Args:
        patterns: those that match the OID so far and go on, in their order.
        depth: how many sub-identifiers there are so far.
        least: what the rest must not be below.
        included: what the longest pattern that ended says.
    """
    if included and (not least or not patterns):
        return least
    if not included and not any(pattern.included for pattern in patterns):
        return None
    for number in _candidates(patterns, depth, least[0] if least else 0):
        going_on = [pattern for pattern in patterns if pattern.takes(depth, number)]
        ended = [pattern for pattern in going_on if pattern.size == 4 * (depth + 1)]
        longer = [pattern for pattern in going_on if pattern.size > 4 * (depth + 1)]
        rest = least[1:] if least and number == least[0] else ()
        found = _first(longer, depth + 1, rest, included=ended[0].included if ended else included)
        if found is not None:
            return (number, *found)
    return None


def _candidates(patterns: Sequence[Pattern], depth: int, least: int) -> list[int]:
    """The sub-identifiers worth trying: the least, those that patterns name, and one that stands for all others."""
    named = {number for pattern in patterns if (number := pattern.number(depth)) is not None and number > least}
    other = least + 1
    while other in named:
        other += 1
    return sorted({least, *named} | ({other} if other <= _LARGEST else set()))
