"""The advisory lock of SETs (RFC 3418, snmpSetSerialNo): who names it must know its value, and raises it.

It is in the back, so that there is one, however many fronts take SETs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from agent.wire.later import Later, mapped
from agent.wire.writing import INCONSISTENT_VALUE, Assignment, Result

SERIAL_NUMBER: Final = "snmpSetSerialNo"

Assign = Callable[[Sequence[Assignment], str], "Result | Later[Result]"]


class SpinLock:
    """A TestAndIncr (RFC 2579). SETs come one at a time: the next when the one before has its result.

    Args:
        first: a value that the lock did not have lately, at random for example.
        on_change: is called when it has another value.
    """

    def __init__(self, first: int, on_change: Callable[[], None]) -> None:
        self.value = first % 2**31
        self._on_change = on_change

    def guard(self, assign: Assign, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Have a SET carried out that names the lock's value, or not the lock; success raises a lock that was named."""
        named = [each for each in wanted if each.name == SERIAL_NUMBER]
        for each in named:
            if each.value != self.value:
                return Result(INCONSISTENT_VALUE, each.position)
        others = [each for each in wanted if each.name != SERIAL_NUMBER]
        result = assign(others, who) if others else Result(0, 0)
        return mapped(result, self._raised) if named else result

    def _raised(self, result: Result) -> Result:
        if not result.status:
            self.value = (self.value + 1) % 2**31
            self._on_change()
        return result
