"""A value that is not there yet: the answer to a SET while another process carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Later(Generic[T]):
    """A value that is given once, and used once, in whichever order. Given and used in one thread."""

    __slots__ = ("_given", "_use")

    def __init__(self) -> None:
        self._given: list[T] = []
        self._use: Callable[[T], None] | None = None

    def give(self, value: T) -> None:
        """The value is there. Given again, it is ignored."""
        if self._given:
            return
        self._given.append(value)
        if self._use is not None:
            self._use(value)

    def then(self, use: Callable[[T], None]) -> None:
        """Use the value when it is there, at once if it is."""
        self._use = use
        if self._given:
            use(self._given[0])

    def map(self, change: Callable[[T], U]) -> Later[U]:
        """What becomes of the value."""
        changed: Later[U] = Later()
        self.then(lambda value: changed.give(change(value)))
        return changed


def mapped(value: T | Later[T], change: Callable[[T], U]) -> U | Later[U]:
    """The change of a value, now or later."""
    return value.map(change) if isinstance(value, Later) else change(value)


Answer = bytes | Later["bytes | None"] | None
"""A datagram to send, now or later, or nothing."""
