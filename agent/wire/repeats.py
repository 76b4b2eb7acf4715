"""SETs sent again: a manager that hears nothing repeats what it asked, and must not have it done twice.

net-snmp sends a v2c SET again under another request-id, a v3 one under the same. So what is under way is known by who
asks for what; what has been answered is known by its request-id as well, and only for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from agent.wire.later import Later

R = TypeVar("R")
REMEMBERED_S: Final = 5.0
"""How long the last SET of an asker that was done is known again: as long as managers usually repeat."""
WAITING: Final = 256
"""Repetitions of one SET that are answered, at most; further ones are as good as lost on the way."""
REMEMBERED: Final = 64
"""Askers whose last SET is remembered, at most."""


@dataclass(slots=True)
class _UnderWay(Generic[R]):
    what: Hashable
    request_id: bytes
    waiting: list[Later[R]] = field(default_factory=list)


class Repeats(Generic[R]):
    """Knows a SET again.

    Args:
        clock: seconds that never step.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._under_way: list[_UnderWay[R]] = []
        self._done: dict[Hashable, tuple[Hashable, bytes, R, float]] = {}

    def known(self, who: Hashable, what: Hashable, request_id: bytes) -> R | Later[R] | None:
        """The result of the same SET sent before, or what will be it; None for a new one.

        Of those under way the newest is meant, unless the request-id says another: who sets a value, then another,
        then the first again wants just that.
        """
        for place, one in enumerate(reversed(self._under_way)):
            if one.what == (who, what) and (place == 0 or one.request_id == request_id):
                later: Later[R] = Later()
                if len(one.waiting) < WAITING:
                    one.waiting.append(later)
                return later
        last = self._done.get(who)
        if last is not None and last[:2] == (what, request_id) and self._clock() - last[3] <= REMEMBERED_S:
            return last[2]
        return None

    def begun(self, who: Hashable, what: Hashable, request_id: bytes, result: Later[R]) -> Later[R]:
        """A SET whose result comes later; gives what its first asker waits for."""
        first: Later[R] = Later()
        one = _UnderWay[R]((who, what), request_id, [first])
        self._under_way.append(one)

        def end(value: R) -> None:
            self._under_way.remove(one)
            for each in one.waiting:
                each.give(value)

        result.then(end)
        return first

    def done(self, who: Hashable, what: Hashable, request_id: bytes, result: R) -> None:
        """A SET was done."""
        self._done.pop(who, None)
        self._done[who] = (what, request_id, result, self._clock())
        while len(self._done) > REMEMBERED:
            del self._done[next(iter(self._done))]

    def forget(self, who: Hashable) -> None:
        """An asker had another SET refused: what he had done before is no repetition any more."""
        self._done.pop(who, None)
