"""Counters of all fronts, in memory that they share: each counts for itself, and serves what all have counted.

The memory belongs to the parent, so that nothing is lost of a front that dies but what it had not written down yet.
A value that was told to anybody stands there: what any front tells later is no less.
"""

from __future__ import annotations

import mmap
from dataclasses import fields

from agent.wire.counters import Counters

_NAMES = tuple(field.name for field in fields(Counters))
_OCTETS = 8


class Tally:
    """The memory, a row for each front. Made before the fronts are forked."""

    def __init__(self, fronts: int = 1) -> None:
        self._memory = mmap.mmap(-1, fronts * len(_NAMES) * _OCTETS)
        self._cells = memoryview(self._memory).cast("Q")

    def share(self, front: int = 0) -> Share:
        """What one front counts in, from 0; it goes on where the one before it stopped."""
        return Share(self._cells, front)


class Share:
    """One front's row, and the others' to read.

    Attributes:
        counters: what this front counts in; the row follows.
    """

    def __init__(self, cells: memoryview, front: int) -> None:
        self._cells = cells
        self._begin = front * len(_NAMES)
        self.counters = Counters(*cells[self._begin : self._begin + len(_NAMES)])

    def keep(self) -> None:
        """Write down what was counted."""
        for at, name in enumerate(_NAMES, self._begin):
            self._cells[at] = getattr(self.counters, name)

    def total(self) -> Counters:
        """What all fronts have counted: this one up to now, the others up to when they last wrote it down."""
        self.keep()
        return Counters(*(sum(self._cells[at :: len(_NAMES)]) for at in range(len(_NAMES))))
