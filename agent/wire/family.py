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
    """A family as it is matched.

    Attributes:
        numbers: the sub-identifiers it wants, None for any.
        mask: the packed subtree's length in ones, cleared where any will do; `value` is the packed subtree under it.
    """

    numbers: tuple[int | None, ...]
    mask: int
    value: int
    included: bool

    def matches(self, key: bytes) -> bool:
        """Whether a packed OID lies in the family."""
        size = 4 * len(self.numbers)
        return len(key) >= size and int.from_bytes(key[:size], "big") & self.mask == self.value

    def takes(self, depth: int, number: int) -> bool:
        """Whether it may have this sub-identifier at a depth."""
        return self.numbers[depth] in (None, number)

    def may_begin(self, numbers: Oid) -> bool:
        """Whether OIDs in the family may begin with these sub-identifiers, which are no more than it wants."""
        return all(self.takes(depth, number) for depth, number in enumerate(numbers))

    def next_match(self, least: Oid) -> Oid | None:
        """The smallest OID from this one on that lies in the family, None when there is none."""
        rising = None  # the last wildcard before the mismatch that can still go up
        for place, (wanted, number) in enumerate(zip(self.numbers, least, strict=False)):
            if wanted is None:
                rising = place if number < _LARGEST else rising
            elif wanted > number:
                return (*least[:place], *self._from(place))
            elif wanted < number:
                if rising is None:
                    return None
                return (*least[:rising], least[rising] + 1, *self._from(rising + 1))
        return (*least, *self._from(len(least)))

    def _from(self, place: int) -> Oid:
        """The smallest sub-identifiers from a place on."""
        return tuple([number or 0 for number in self.numbers[place:]])


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
        numbers = tuple(number if self.counts(place) else None for place, number in enumerate(self.subtree))
        mask = b"".join(bytes(4) if number is None else b"\xff" * 4 for number in numbers)
        value = packed([number or 0 for number in numbers])
        return Pattern(numbers, int.from_bytes(mask, "big"), int.from_bytes(value, "big"), self.included)


def in_order(families: Iterable[Family]) -> list[Family]:
    """Families as they decide, the first that matches; what is both included and excluded is excluded."""
    return sorted(families, key=lambda family: (len(family.subtree), family.subtree, not family.included), reverse=True)


def decides(patterns: Sequence[Pattern], key: bytes) -> bool:
    """Whether the first pattern that matches a packed OID includes it."""
    for pattern in patterns:
        if pattern.matches(key):
            return pattern.included
    return False


def alike(patterns: Sequence[Pattern], key: bytes) -> int:
    """How many sub-identifiers of a packed OID decide on it: on all OIDs that begin with them it is decided alike."""
    place = next(place for place, pattern in enumerate(patterns) if pattern.matches(key))
    depth = len(patterns[place].numbers)
    beginning = unpacked(key[: 4 * depth])
    longer = [len(pattern.numbers) for pattern in patterns[:place] if pattern.may_begin(beginning)]
    return max([depth, *longer])


def first_in_view(patterns: Sequence[Pattern], key: bytes) -> bytes | None:
    """The smallest OID from this one on that patterns in their order include, packed; None when there is none."""
    least = unpacked(key)
    matches = [found for pattern in patterns if pattern.included and (found := pattern.next_match(least)) is not None]
    if not matches:
        return None
    candidate = packed(min(matches))
    if decides(patterns, candidate):
        return candidate
    # An excluded family lies over it: look through all that families can tell apart.
    found = _first(patterns, 0, min(matches), included=False)
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
        ended = [pattern for pattern in going_on if len(pattern.numbers) == depth + 1]
        longer = [pattern for pattern in going_on if len(pattern.numbers) > depth + 1]
        rest = least[1:] if least and number == least[0] else ()
        found = _first(longer, depth + 1, rest, included=ended[0].included if ended else included)
        if found is not None:
            return (number, *found)
    return None


def _candidates(patterns: Sequence[Pattern], depth: int, least: int) -> list[int]:
    """The sub-identifiers worth trying: the least, those that patterns name, and one that stands for all others."""
    named = {number for pattern in patterns if (number := pattern.numbers[depth]) is not None and number > least}
    other = least + 1
    while other in named:
        other += 1
    return sorted({least, *named} | ({other} if other <= _LARGEST else set()))
