"""The advisory lock of SETs (RFC 3418, snmpSetSerialNo): who names it must know its value, and raises it.

It is in the back, so that there is one, however many fronts take SETs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from agent.mib.encoding import Oid
from agent.wire.writing import INCONSISTENT_VALUE, Assignment

SERIAL_NUMBER: Final = "snmpSetSerialNo"


class SpinLock:
    """A TestAndIncr (RFC 2579).

    Args:
        first: a value that the lock did not have lately, at random for example.
        on_change: is called when it has another value.
    """

    names = (SERIAL_NUMBER,)

    def __init__(self, first: int, on_change: Callable[[], None]) -> None:
        self.value = first % 2**31
        self._on_change = on_change

    def check(self, name: str, instance: Oid, value: Any) -> int:
        """InconsistentValue for any value but its own."""
        return 0 if value == self.value else INCONSISTENT_VALUE

    def assign(self, wanted: Sequence[Assignment], who: str) -> None:
        """The next value; behind the largest comes zero."""
        self.value = (self.value + 1) % 2**31
        self._on_change()
