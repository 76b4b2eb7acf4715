"""What came of a fault: what was decided on, what arrived, what is missing, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.noc import Heard


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault, as the receiver saw it.

    Attributes:
        fault: what was done.
        decided: numbers of the notifications decided on.
        arrived: numbers that arrived, repeats of the resync apart.
        superseded, dropped: what the agent says of the receiver.
        active: alarms in the agent's table.
        told: alarms that are active as far as the receiver was told.
        again: notifications that arrived more than once, or once more in a resync.
        known_after_s: from the fault's end (or the alarm, where nothing ended) until the receiver knew what there was
            to know.
        note: what else there is to say.
    """

    fault: str
    decided: frozenset[int]
    arrived: frozenset[int]
    superseded: int
    dropped: int
    active: frozenset[int]
    told: frozenset[int]
    again: int
    known_after_s: float
    note: str = ""

    @property
    def missing(self) -> frozenset[int]:
        """Numbers that did not arrive."""
        return self.decided - self.arrived

    @property
    def lost(self) -> int:
        """Notifications that are missing without a newer one in their place."""
        return max(len(self.missing) - self.superseded, 0) + self.dropped

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost, and the receiver knows what is active."""
        return not self.lost and self.active == self.told


def repeated(heard: list[Heard]) -> int:
    """How many notifications say what was said before."""
    numbered = [one.sequence for one in heard if one.sequence]
    return len(numbered) - len(set(numbered))


def contradictions(heard: list[Heard]) -> list[int]:
    """Numbers that were used for two different notifications."""
    first: dict[int, dict[str, str]] = {}
    found = []
    for one in heard:
        if one.is_repeat or not one.sequence:
            continue
        told = {name: value for name, value in one.values.items() if name.startswith("lnb")}
        if first.setdefault(one.sequence, told) != told:
            found.append(one.sequence)
    return found
