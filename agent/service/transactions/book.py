"""The book of transactions and history: what there is, each change of it on disk before it counts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from agent.errors import HostError
from agent.model.alarm.facts import Instant
from agent.model.configuring import Fact, HistoryEntry, State, Transaction
from agent.model.configuring.candidate import resumed
from agent.model.configuring.happening import Step
from agent.service.transactions.journal import Change, Kept, Numbers

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0
"""How often writing is tried anew while the disk does not take it."""


class Keeping(Protocol):
    """Where transactions and history are kept."""

    def load(self) -> Kept:
        """What an earlier run kept; raises HostError."""

    def keep(self, change: Change) -> None:
        """Write a change down, all of it or nothing; raises HostError."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept, and what holds unless a manager says otherwise."""

    transactions: int = 50
    edits: int = 500
    history: int = 1000
    lease_s: float = 600
    confirm_s: float = 600


@dataclass(frozen=True, slots=True)
class Records:
    """What there is to be shown, the oldest first."""

    transactions: tuple[Transaction, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    bounds: Bounds = field(default_factory=Bounds)


class Book:
    """Transactions by number, and the history. Used in the event loop's thread.

    Attributes:
        transactions: by number.
    """

    def __init__(self, journal: Keeping, bounds: Bounds, now: Instant) -> None:
        """Go on with what was kept.

        Raises:
            HostError: it cannot be read.
        """
        self.bounds = bounds
        self._journal = journal
        kept = journal.load()
        self.transactions = {one.index: resumed(one, now) for one in kept.transactions}
        self._history = list(kept.history)
        self._serials = dict(kept.serials)
        self._numbers = replace(kept.numbers, last=max(kept.numbers.last, *self.transactions, 0))
        self._unkept: set[int] = set()
        self._unkept_entries: list[HistoryEntry] = []
        self._due_s = 0.0

    @property
    def last(self) -> int:
        """Number of the transaction opened last."""
        return self._numbers.last

    @property
    def serial(self) -> int:
        """Number of the newest history entry."""
        return self._numbers.serial

    def serial_of(self, device: str) -> int:
        """Number of the newest history entry that changed a device, 0 for none."""
        return self._serials.get(device, 0)

    def records(self) -> Records:
        """What there is to be shown."""
        transactions = tuple(self.transactions[index] for index in sorted(self.transactions))
        return Records(transactions, tuple(self._history), self._numbers, self.bounds)

    def take(self, stepped: Step, before: Transaction | None, now: Instant, *, in_any_case: bool = False) -> None:
        """Take a step: on disk first.

        Args:
            stepped: the step.
            before: the transaction as it was; None for a new one.
            now: this moment.
            in_any_case: whether it is taken though the disk does not take it; it is written as soon as it does.

        Raises:
            HostError: it could not be written, and is not taken; but its facts are in the history.
        """
        after, numbers = stepped.transaction, self._numbers
        entries = self._entered(stepped.facts, now)
        self._numbers = replace(_counted(self._numbers, before, after), last=max(self._numbers.last, after.index))
        try:
            self._write((after,), entries)
        except HostError as problem:
            log.error("transaction-not-kept number=%d state=%s problem=%s", after.index, after.state.value, problem)
            self._unkept_entries += entries
            self._due_s = now.seconds + RETRY_S
            if not in_any_case:
                self._numbers = replace(numbers, serial=self._numbers.serial)
                raise
            self._unkept.add(after.index)
        self.transactions[after.index] = after

    def record(self, facts: Iterable[Fact], now: Instant) -> None:
        """Put writes into the history that no transaction made. What the disk does not take is written later."""
        entries = self._entered(facts, now)
        try:
            self._write((), entries)
        except HostError as problem:
            log.error("history-not-kept problem=%s", problem)
            self._unkept_entries += entries
            self._due_s = now.seconds + RETRY_S

    def drop(self, index: int) -> bool:
        """Forget a transaction; False when that cannot be written down."""
        try:
            self._journal.keep(Change(self._numbers, gone=(index,)))
        except HostError as problem:
            log.error("transaction-not-dropped number=%d problem=%s", index, problem)
            return False
        self.transactions.pop(index, None)
        self._unkept.discard(index)
        return True

    def catch_up(self, now: Instant) -> None:
        """Write down what the disk did not take, now and then."""
        if not (self._unkept or self._unkept_entries) or now.seconds < self._due_s:
            return
        try:
            self._write((), ())
            log.warning("transactions-kept-again")
        except HostError:
            self._due_s = now.seconds + RETRY_S

    def surplus(self) -> list[int]:
        """Transactions that have ended and are too many, the oldest first."""
        ended = [index for index in sorted(self.transactions) if self.transactions[index].state.ended]
        return ended[: max(len(self.transactions) - self.bounds.transactions, 0)]

    def _entered(self, facts: Iterable[Fact], now: Instant) -> list[HistoryEntry]:
        """Facts numbered: they are in the history from here on, whether the disk takes them or not."""
        entries = []
        for fact in facts:
            serial = self._numbers.serial + 1
            self._numbers = replace(self._numbers, serial=serial)
            entries.append(HistoryEntry(serial, now.wall, fact))
            if fact.result.may_have_changed:
                self._serials[fact.device] = serial
            log.info(
                "config-written number=%d by=%s device=%s object=%s old=%r new=%r result=%s text=%r",
                serial, fact.who, fact.device, fact.target, fact.old, fact.new, fact.result.value, fact.detail,
            )  # fmt: skip
        self._history += entries
        return entries

    def _write(self, transactions: Iterable[Transaction], entries: Sequence[HistoryEntry]) -> None:
        """Write these, and whatever could not be written before."""
        surplus = max(len(self._history) - self.bounds.history, 0)
        dropped = tuple(entry.index for entry in self._history[:surplus])
        numbers = replace(self._numbers, bumped=self._numbers.bumped + surplus)
        rest = [self.transactions[index] for index in self._unkept if index in self.transactions]
        entries = (*self._unkept_entries, *entries)
        serials = {entry.fact.device: self._serials.get(entry.fact.device, 0) for entry in entries}
        self._journal.keep(Change(numbers, (*rest, *transactions), entries=entries, dropped=dropped, serials=serials))
        self._numbers = numbers
        del self._history[:surplus]
        self._unkept.clear()
        self._unkept_entries.clear()


_COUNTS: Final = {State.COMMITTED: "committed", State.ROLLED_BACK: "rolled_back", State.INCOMPLETE: "incomplete"}


def _counted(numbers: Numbers, before: Transaction | None, after: Transaction) -> Numbers:
    """The numbers with a transaction's new state counted; one that is incomplete again counts once."""
    name = _COUNTS.get(after.state)
    is_again = after.state is State.INCOMPLETE and after.attempts > 1
    if before is None or before.state is after.state or name is None or is_again:
        return numbers
    return replace(numbers, **{name: getattr(numbers, name) + 1})
