"""Work that is done over and over, and rests in proportion to how long it took."""

from __future__ import annotations


class Rest:
    """When a piece of work may be done again.

    Args:
        times: how many times as long as the work took it rests.
        longest_s: the longest rest.
    """

    def __init__(self, times: float, longest_s: float) -> None:
        self._times = times
        self._longest_s = longest_s
        self._over_s = float("-inf")

    def left_s(self, now_s: float) -> float:
        """How long it still rests, 0 when it may be done."""
        return max(self._over_s - now_s, 0.0)

    def begin(self, began_s: float, ended_s: float) -> None:
        """The work was done from then to then; now it rests."""
        self._over_s = ended_s + min(self._times * (ended_s - began_s), self._longest_s)
