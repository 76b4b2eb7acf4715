"""The ledger: the mailbox with its steps, each written down and told of. May be used from several threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Protocol

from agent.errors import HostError
from agent.model.message import (
    Content,
    Entry,
    Event,
    Handler,
    Mailbox,
    MailboxFree,
    MailboxFull,
    Message,
    MessageFailed,
    MessageState,
    MessageSucceeded,
    Reason,
)
from agent.model.message import handler as handlers
from agent.model.message import message as messages

log = logging.getLogger(__name__)

Observer = Callable[[Event], None]


class Keeping(Protocol):
    """Where messages are written down."""

    def keep(self, entries: Iterable[Entry], last: int, dropped: Iterable[int] = ()) -> None:
        """Write rows down, and take dropped ones out; raises HostError."""


class Ledger:
    """The rows of all messages, from arrival to end.

    Attributes:
        lock: held while the mailbox is read or changed.
        observers: are told of every event, in the thread where it happens.
        on_change: is called when a row has changed.
        on_end: is called with every row that has ended.
    """

    def __init__(self, mailbox: Mailbox, store: Keeping, clock: Callable[[], datetime]) -> None:
        self.mailbox = mailbox
        self.lock = threading.RLock()
        self.observers: list[Observer] = []
        self.on_change: Callable[[], None] = lambda: None
        self.on_end: Callable[[Entry], None] = lambda entry: None
        self.clock = clock
        self._store = store
        self._told_full = False
        self._writing = threading.Lock()
        self._tickets = count(1)
        self._unwritten: dict[int, int] = {}
        self._undropped: set[int] = set()

    def get(self, index: int) -> Entry | None:
        """A row."""
        with self.lock:
            return self.mailbox.get(index)

    def open(self) -> tuple[Entry, ...]:
        """The rows that have not ended, the oldest first."""
        with self.lock:
            return self.mailbox.open

    def state(self, index: int) -> MessageState | None:
        """A row's state, None when there is no such row."""
        entry = self.get(index)
        return None if entry is None else entry.message.state

    def reject(self, message: Message, handler: Handler, reason: Reason, text: str) -> Message:
        """Show a message that is not taken as a failed row; where there is no room even for that, its index is 0."""
        at = self.clock()
        with self.lock:
            entry = self.mailbox.reject(message, handler, at, reason, text)
        if entry is None:
            log.warning(
                "message-rejected type=%r source=%r reason=%s text=%r", message.type, message.source, reason.value, text
            )
            ended = messages.failed(message, at, reason, text)
            self.tell(MessageFailed(at, ended))
            self.on_change()
            return ended
        self._ended(entry)
        return entry.message

    def tell_full(self) -> None:
        """Tell that newcomers are rejected, once until there is room again."""
        if not self._told_full:
            self._told_full = True
            self.tell(MailboxFull(self.clock(), len(self.open()), self.mailbox.maximum))

    def begin(self, index: int) -> bool:
        """Start a message's handler, once that is written down; False when it is not to be worked on."""
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is None or entry.message.state is not MessageState.WAITING:
                return False
            entry = self.mailbox.put(replace(entry, message=messages.begun(entry.message, self.clock())))
        if not self.keep(entry):
            return False
        self.on_change()
        return True

    def succeed(self, index: int, text: str, response: Content) -> None:
        """End a message as done."""
        at = self.clock()
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is None or entry.message.state is not MessageState.PROCESSING:
                return
            ended = messages.succeeded(entry.message, at, response)
            entry = self.mailbox.put(Entry(ended, handlers.finished(entry.handler, at, text)))
        self._ended(entry)

    def fail(self, index: int, reason: Reason, text: str, *, only_waiting: bool = False) -> bool:
        """End a message as failed; False when it has ended, or is no longer waiting where only that may be failed."""
        at = self.clock()
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is None or entry.message.state.ended:
                return False
            if only_waiting and entry.message.state is not MessageState.WAITING:
                return False
            ended = messages.failed(entry.message, at, reason, text)
            entry = self.mailbox.put(Entry(ended, handlers.finished(entry.handler, at, text, aborted=True)))
        self._ended(entry)
        return True

    def change_handler(self, index: int, step: Callable[[Handler], Handler]) -> None:
        """The next state of a message's handler, as long as the message has not ended."""
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is None or entry.message.state.ended:
                return
            self.mailbox.put(replace(entry, handler=step(entry.handler)))
        self.on_change()

    def note_late(self, index: int, text: str) -> None:
        """Note what came of a handler whose message had ended before."""
        log.warning("message-late index=%d text=%r", index, text)
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is not None:
                self.mailbox.put(replace(entry, handler=handlers.noted(entry.handler, f"ended late: {text}")))
        self.on_change()

    def replied(self, index: int, *, delivered: bool) -> None:
        """Note what became of a reply."""
        with self.lock:
            entry = self.mailbox.get(index)
            if entry is None:
                return
            message = messages.replied(entry.message, delivered=delivered)
            entry = self.mailbox.put(replace(entry, message=message))
        self.keep_if_possible(entry)
        self.on_change()

    def purge(self, index: int) -> bool:
        """Drop a row that has ended; False when there is none such."""
        with self.lock:
            purged = self.mailbox.purge(index)
        if purged:
            self.keep_if_possible()
            self.on_change()
        return purged

    def bound(self, maximum: int, keep_minutes: int) -> None:
        """Other bounds from now on; surplus rows that have ended go at once."""
        with self.lock:
            self.mailbox.keep_minutes = keep_minutes
            self.mailbox.resize(maximum)
        self.keep_if_possible()
        self.expire()
        self.on_change()

    def expire(self) -> None:
        """Drop what is too old, and tell when there is room again."""
        with self.lock:
            expired = self.mailbox.expire(self.clock())
            free = self._told_full and not self.mailbox.is_full
            if free:
                self._told_full = False
        if expired:
            self.keep_if_possible()
            self.on_change()
        if free:
            self.tell(MailboxFree(self.clock()))

    def tell(self, event: Event) -> None:
        """Tell every observer of an event."""
        for observer in self.observers:
            try:
                observer(event)
            except Exception:
                log.exception("observer-crashed event=%s", type(event).__name__)

    def keep(self, entry: Entry) -> bool:
        """Write a row down; one that cannot be has failed, and False is returned."""
        try:
            self._write(entry)
        except HostError as problem:
            text = f"not done, since it cannot be written down: {problem}"
            self.fail(entry.index, Reason.INTERNAL, text)
            return False
        return True

    def keep_if_possible(self, *entries: Entry) -> None:
        """Write rows down whose work is over; a failure is logged."""
        try:
            self._write(*entries)
        except HostError as problem:
            indexes = ",".join(str(entry.index) for entry in entries)
            log.error("message-not-kept index=%s problem=%s", indexes, problem)

    def _write(self, *entries: Entry) -> None:
        """Write rows as they are now, and whatever could not be written before.

        Who waits for its turn while another writes finds its rows written with the others': a burst from many
        threads costs few commits.
        """
        with self.lock:
            ticket = next(self._tickets)
            self._unwritten.update((entry.index, ticket) for entry in entries)
        with self._writing:
            with self.lock:
                if entries and not any(entry.index in self._unwritten for entry in entries):
                    return
                self._undropped.update(self.mailbox.take_dropped())
                taken = dict(self._unwritten)
                rows = [row for index in taken if (row := self.mailbox.get(index)) is not None]
                dropped, last = tuple(self._undropped), self.mailbox.last
            self._store.keep(rows, last, dropped)
            with self.lock:
                for index, then in taken.items():
                    if self._unwritten[index] == then:  # else it has changed since
                        del self._unwritten[index]
                self._undropped.difference_update(dropped)

    def _ended(self, entry: Entry) -> None:
        """A message has ended: it is written down, logged, told of, and answered."""
        message = entry.message
        self.keep_if_possible(entry)
        log.log(
            logging.INFO if message.state is MessageState.SUCCEEDED else logging.WARNING,
            "message-%s index=%d guid=%s type=%r reason=%s text=%r",
            message.state.value, message.index, message.guid, message.type, message.reason.value, message.error_text,
        )  # fmt: skip
        if message.state is MessageState.FAILED and message.reason is not Reason.CANCELLED:
            self.tell(MessageFailed(self.clock(), message))
        elif message.state is MessageState.SUCCEEDED:
            self.tell(MessageSucceeded(self.clock(), message))
        self.on_end(entry)
        self.on_change()
