"""The mailbox: all messages that are known, with their handlers, bounded in number and age.

Only what has ended is dropped, the oldest first. A tenth of the rows (one at least) is never given to open work, so
that a rejection can be shown even when no more work is taken. Not for several threads at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.model.message.handler import Handler, finished
from agent.model.message.message import IllegalStep, Message, MessageState, Reason, check_step, failed


@dataclass(frozen=True, slots=True)
class Entry:
    """A message and its handler."""

    message: Message
    handler: Handler

    @property
    def index(self) -> int:
        """The message's index."""
        return self.message.index


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened since the agent started.

    Attributes:
        received: messages that arrived, rejected ones too.
        timed_out: of the failed ones, those whose deadline passed.
        rejected: of the failed ones, those that were never taken (unknown type, bad content, no room).
        evicted: rows dropped to keep the maximum.
        expired: rows dropped for their age.
    """

    received: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    rejected: int = 0
    evicted: int = 0
    expired: int = 0


def work_limit(maximum: int) -> int:
    """How many messages may be open at once in a mailbox of so many rows."""
    return maximum if maximum < 2 else maximum - max(maximum // 10, 1)


class Mailbox:
    """Messages by index.

    Attributes:
        maximum: rows kept; never without a limit.
        keep_minutes: what ended longer ago than this is dropped; 0 for no limit of age.
        last: the index given last.
        dropped: indexes of rows dropped since `take_dropped` was last called.
    """

    def __init__(self, maximum: int, keep_minutes: int = 0, last: int = 0, entries: Iterable[Entry] = ()) -> None:
        self._entries = {entry.index: entry for entry in sorted(entries, key=lambda entry: entry.index)}
        self.last = max([last, *self._entries])
        self.keep_minutes = keep_minutes
        self.counts = Counts()
        self.last_activity: datetime | None = None
        self._dropped: list[int] = []
        self.resize(maximum)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rows, the oldest first."""
        return tuple(self._entries.values())

    @property
    def open(self) -> tuple[Entry, ...]:
        """The rows that have not ended, the oldest first."""
        return tuple(entry for entry in self._entries.values() if not entry.message.state.ended)

    def count(self, state: MessageState) -> int:
        """How many rows are in a state."""
        return sum(entry.message.state is state for entry in self._entries.values())

    def get(self, index: int) -> Entry | None:
        """A row."""
        return self._entries.get(index)

    def find(self, guid: str) -> Entry | None:
        """The newest row with a GUID."""
        return next((entry for entry in reversed(self._entries.values()) if entry.message.guid == guid), None)

    @property
    def is_full(self) -> bool:
        """Whether no more work is taken."""
        return len(self.open) >= work_limit(self.maximum)

    def admit(self, message: Message, handler: Handler) -> Entry:
        """Take a message to be worked on, under the next index.

        Raises:
            IllegalStep: the mailbox is full; ask `is_full` first.
        """
        if self.is_full:
            raise IllegalStep("the mailbox is full")
        return self._take(message, handler)

    def reject(self, message: Message, handler: Handler, at: datetime, reason: Reason, text: str) -> Entry | None:
        """Show a message that is not taken, as a failed row; None when there is no room even for that."""
        counts = self.counts
        self.counts = replace(counts, rejected=counts.rejected + 1)
        ended = failed(message, at, reason, text)
        if len(self.open) >= self.maximum:
            self.counts = replace(self.counts, received=counts.received + 1, failed=counts.failed + 1)
            return None
        entry = self._take(ended, finished(handler, at, text, aborted=True))
        self.counts = replace(self.counts, failed=self.counts.failed + 1)
        return entry

    def put(self, entry: Entry) -> Entry:
        """A row's next state.

        Raises:
            IllegalStep: the row is not there, or the state table has no such step.
        """
        before = self._entries.get(entry.index)
        if before is None:
            raise IllegalStep(f"there is no message {entry.index}")
        check_step(before.message, entry.message)
        self._entries[entry.index] = entry
        if entry.message.state is not before.message.state:
            self._count(entry.message)
            self.last_activity = entry.message.completed or entry.message.started
            self._make_room(0)  # what is open may be more than a maximum that was lowered; now this one has ended
        return entry

    def purge(self, index: int) -> bool:
        """Drop a row that has ended; False when there is none such."""
        entry = self._entries.get(index)
        if entry is None or not entry.message.state.ended:
            return False
        self._drop(index)
        return True

    def resize(self, maximum: int) -> None:
        """Another maximum; surplus rows that have ended go at once.

        Raises:
            ValueError: less than one.
        """
        if maximum < 1:
            raise ValueError("a mailbox has room for one message at least")
        self.maximum = maximum
        self._make_room(0)

    def expire(self, now: datetime) -> int:
        """Drop what ended too long ago; how many that were."""
        if not self.keep_minutes:
            return 0
        since = now - timedelta(minutes=self.keep_minutes)
        old = [
            entry.index
            for entry in self._entries.values()
            if entry.message.completed is not None and entry.message.completed < since
        ]
        for index in old:
            self._drop(index)
        self.counts = replace(self.counts, expired=self.counts.expired + len(old))
        return len(old)

    def take_dropped(self) -> list[int]:
        """Indexes of the rows dropped since this was last asked."""
        dropped, self._dropped = self._dropped, []
        return dropped

    def _take(self, message: Message, handler: Handler) -> Entry:
        self._make_room(1)
        self.last += 1
        entry = Entry(replace(message, index=self.last), handler)
        self._entries[self.last] = entry
        self.counts = replace(self.counts, received=self.counts.received + 1)
        self.last_activity = message.received
        return entry

    def _make_room(self, wanted: int) -> None:
        surplus = len(self._entries) + wanted - self.maximum
        if surplus <= 0:
            return
        ended = [entry.index for entry in self._entries.values() if entry.message.state.ended][:surplus]
        for index in ended:
            self._drop(index)
        self.counts = replace(self.counts, evicted=self.counts.evicted + len(ended))

    def _drop(self, index: int) -> None:
        del self._entries[index]
        self._dropped.append(index)

    def _count(self, message: Message) -> None:
        counts = self.counts
        if message.state is MessageState.SUCCEEDED:
            self.counts = replace(counts, succeeded=counts.succeeded + 1)
        elif message.state is MessageState.FAILED:
            late = message.reason is Reason.TIMEOUT
            self.counts = replace(counts, failed=counts.failed + 1, timed_out=counts.timed_out + late)
