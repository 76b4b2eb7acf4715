"""SETs of several fronts: one is under way at a time, and the others wait for their turn.

Each front lets one through at a time already; this is between them, and between one that died and the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from agent.wire.later import Later
from agent.wire.writing import RESOURCE_UNAVAILABLE, WAITING_SETS, Assignment, Result

Assign = Callable[[Sequence[Assignment], str], "Result | Later[Result]"]


class Turns:
    """Has SETs carried out one after the other, in the order they came.

    Args:
        assign: carries one out.
    """

    def __init__(self, assign: Assign) -> None:
        self._assign = assign
        self._is_under_way = False
        self._waiting: deque[tuple[Later[Result], Sequence[Assignment], str]] = deque()

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Carry one out as soon as it is its turn; resourceUnavailable when too many wait."""
        if not self._is_under_way:
            return self._begin(wanted, who)
        if len(self._waiting) >= WAITING_SETS:
            return Result(RESOURCE_UNAVAILABLE, wanted[0].position)
        result: Later[Result] = Later()
        self._waiting.append((result, wanted, who))
        return result

    def _begin(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        result = self._assign(wanted, who)
        if not isinstance(result, Later):
            return result
        self._is_under_way = True
        return result.map(self._end)

    def _end(self, result: Result) -> Result:
        self._is_under_way = False
        while self._waiting and not self._is_under_way:
            waiting, wanted, who = self._waiting.popleft()
            outcome = self._begin(wanted, who)
            if isinstance(outcome, Later):
                outcome.then(waiting.give)
            else:
                waiting.give(outcome)
        return result
