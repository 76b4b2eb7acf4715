"""The inter-application bus: every command to the agent is a message with a handler, wherever it comes from.

A message is written down before it is worked on. Work on one device is done one message at a time, in order of
arrival; so is the agent's own. `submit` may be called from any thread, handlers run in the event loop's.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Protocol

from pydantic import ValidationError

from agent.config import InterAppSettings, first_problem
from agent.model.message import Direction, Entry, Event, Handler, Mailbox, Message, Reason, ReplyState
from agent.model.rest import Rest
from agent.service.handlers import HANDLERS, Content, HandlerSpec, Reach
from agent.service.lanes import Lanes, Ticket
from agent.service.ledger import Keeping, Ledger, Observer
from agent.service.letter import TYPE_LIMIT, Letter, Redact, drafted, reply_to

log = logging.getLogger(__name__)

WATCH_S = 0.5
"""How often deadlines, ages and stalls are looked at."""
SHOW_DELAY_S = 0.01
"""Changes within this time are shown together; it is shorter than the way of a notification about them."""
SHOW_REST, SHOW_REST_MAX_S = 9, 1.0
"""What was shown rests so many times as long as that took, up to so many seconds: a burst must not hold up the work."""
TIMEOUT_MIN_S = 1.0
"""The shortest deadline that a sender may set."""


class Replies(Protocol):
    """Delivers replies to return addresses."""

    def allows(self, address: str) -> bool:
        """Whether replies may go there."""

    async def deliver(self, address: str, reply: Mapping[str, Any]) -> bool:
        """Deliver a reply, with a bounded number of tries; whether it was taken."""


def now() -> datetime:
    """The wall clock, UTC."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True, slots=True)
class Office:
    """What a bus works with.

    Attributes:
        store: where messages are written down.
        redact: takes the secrets out of a JSON text.
        replies: delivers replies; None when there is no way to.
        specs: the message types.
        monotonic: seconds that never step, for deadlines; `clock` is for time stamps.
    """

    store: Keeping
    redact: Redact
    replies: Replies | None = None
    specs: Mapping[str, HandlerSpec] = field(default_factory=lambda: HANDLERS)
    clock: Callable[[], datetime] = now
    monotonic: Callable[[], float] = time.monotonic


class Bus:
    """All messages of this agent.

    Args:
        reach: what handlers act on.
        settings: bounds.
        office: what it works with.
        last: the index given last by an earlier run; `entries` are its rows.

    Attributes:
        shown: is called in the loop's thread when what the tables show has changed.
    """

    def __init__(
        self, reach: Reach, settings: InterAppSettings, office: Office, last: int = 0, entries: Iterable[Entry] = ()
    ) -> None:
        self.settings = settings
        self.shown: Callable[[], None] = lambda: None
        self._office = office
        self._ledger = Ledger(
            Mailbox(settings.max_count, settings.keep_minutes, last, entries), office.store, office.clock
        )
        self._ledger.on_change = self._changed
        self._ledger.on_end = self._on_end
        reach = replace(reach, attach_found_cards=settings.attach_found_cards)
        self._lanes = Lanes(self._ledger, reach, self.submit, office.redact, office.monotonic)
        self._errands: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread = 0
        self._show_planned = False
        self._rest = Rest(SHOW_REST, SHOW_REST_MAX_S)

    @property
    def specs(self) -> Mapping[str, HandlerSpec]:
        """The message types."""
        return self._office.specs

    @property
    def observers(self) -> list[Observer]:
        """Who is told of every event, in the thread where it happens; to be added to before `start`."""
        return self._ledger.observers

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox, for its bounds, counts and single rows; use `entries` and `open` to go through rows."""
        return self._ledger.mailbox

    def open(self) -> tuple[Entry, ...]:
        """The rows that have not ended, the oldest first; from any thread."""
        return self._ledger.open()

    @property
    def is_full(self) -> bool:
        """Whether no more work is taken; from any thread."""
        with self._ledger.lock:
            return self._ledger.mailbox.is_full

    def entries(self) -> tuple[Entry, ...]:
        """All rows, the oldest first; from any thread."""
        with self._ledger.lock:
            return self._ledger.mailbox.entries

    def find(self, guid: str) -> Entry | None:
        """The newest row with a GUID; from any thread."""
        with self._ledger.lock:
            return self._ledger.mailbox.find(guid)

    async def start(self) -> None:
        """Begin to work; what was open when an earlier run ended has failed."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        earlier = [entry for entry in self.entries() if not self._lanes.knows(entry.index)]
        for entry in earlier:
            if not entry.message.state.ended:
                self._ledger.fail(entry.index, Reason.RESTARTED, "the agent was restarted before this was done")
            elif entry.message.reply is ReplyState.PENDING:
                self._send_reply(entry)
        self._watching = self._loop.create_task(self._watch())
        self._lanes.wake_all()
        self._changed()

    async def stop(self) -> None:
        """Work no more; what is open then has failed at the next start."""
        errands = [self._watching, *self._errands]
        for errand in errands:
            errand.cancel()
        await asyncio.gather(*errands, return_exceptions=True)
        await self._lanes.stop()
        self._loop = None

    def submit(self, letter: Letter) -> Message:
        """Take a message, and have it done when its turn comes; returns it as it then stands.

        What cannot be taken (unknown type, bad content, no room) is returned as a failed message, which the table
        shows too; its index is 0 when there was no room even for that. Called in the loop's thread, immediate
        handlers are done before this returns.
        """
        spec = self.specs.get(letter.type)
        if spec is None or (spec.internal and letter.direction is not Direction.OUTBOUND):
            known = ", ".join(name for name, one in self.specs.items() if not one.internal)
            text = f"no message type {letter.type[:TYPE_LIMIT]!r}; types are {known}"
            return self.reject(letter, Reason.UNKNOWN_TYPE, text)
        try:
            content = spec.content.model_validate(dict(letter.content))
        except ValidationError as problems:
            return self.reject(letter, Reason.BAD_CONTENT, _explained(problems, spec))
        problem = self._problem_of(letter)
        if problem:
            return self.reject(replace(letter, return_address=""), Reason.BAD_CONTENT, problem)
        return self._admit(letter, spec, content)

    def reject(self, letter: Letter, reason: Reason, text: str) -> Message:
        """Show a message that is not taken as a failed row; its sender is told at once, so it gets no reply."""
        letter = replace(letter, return_address="")
        message = self._drafted(letter, self.specs.get(letter.type))
        return self._ledger.reject(message, Handler(_handler_name(letter.type)), reason, text)

    def cancel(self, index: int, who: str) -> bool:
        """Cancel a message that is still waiting; False when it is not."""
        return self._ledger.fail(index, Reason.CANCELLED, f"cancelled by {who}", only_waiting=True)

    def purge(self, index: int) -> bool:
        """Drop a row that has ended; False when it has not."""
        return self._ledger.purge(index)

    def configure(self, settings: InterAppSettings) -> None:
        """Other bounds from now on; surplus rows that have ended go at once."""
        self.settings = settings
        self._lanes.reach = replace(self._lanes.reach, attach_found_cards=settings.attach_found_cards)
        self._ledger.bound(settings.max_count, settings.keep_minutes)

    def tell(self, event: Event) -> None:
        """Tell every observer of an event that is not the bus's own."""
        self._ledger.tell(event)

    def look(self) -> None:
        """End what waited beyond its deadline, tell of stalls, drop what is too old; done twice a second."""
        self._lanes.look(self.settings.stalled_after_s)
        self._ledger.expire()

    def _problem_of(self, letter: Letter) -> str:
        """What is wrong with a letter beside its content; "" for nothing."""
        longest, replies = self.settings.timeout_max_s, self._office.replies
        if letter.timeout_s is not None and not TIMEOUT_MIN_S <= letter.timeout_s <= longest:
            return f"timeout: {TIMEOUT_MIN_S:g} to {longest:g} seconds"
        if letter.return_address and (replies is None or not replies.allows(letter.return_address)):
            return "return address: the configuration allows no replies to it (web.return_urls)"
        return ""

    def _timeout_s(self, letter: Letter) -> float:
        asked_s = letter.timeout_s or self.settings.timeout_s
        return min(max(asked_s, TIMEOUT_MIN_S), self.settings.timeout_max_s)

    def _drafted(self, letter: Letter, spec: HandlerSpec | None, target: str = "") -> Message:
        return drafted(letter, self._office.clock(), self._timeout_s(letter), self._office.redact, spec, target)

    def _admit(self, letter: Letter, spec: HandlerSpec, content: Content) -> Message:
        message = self._drafted(letter, spec, content.target)
        arrived_s = self._office.monotonic()
        with self._ledger.lock:
            known = self.mailbox.find(letter.guid) if letter.guid else None
            full = self.mailbox.is_full
            if known is None and not full:
                entry = self.mailbox.admit(message, Handler(_handler_name(spec.type)))
                ticket = Ticket(entry.index, spec, content, arrived_s, arrived_s + self._timeout_s(letter))
                self._lanes.add(ticket)
        if known is not None:
            return self._again(letter, message, known.message)
        if full:
            return self._full(letter)
        log.info(
            "message-received index=%d guid=%s type=%s source=%r target=%s",
            entry.index, message.guid, spec.type, letter.source, content.target,
        )  # fmt: skip
        self._ledger.keep(entry)
        ticket.ready = True
        self._call(self._lanes.wake, ticket.lane)
        self._changed()
        latest = self._ledger.get(entry.index)
        return latest.message if latest else entry.message

    def _again(self, letter: Letter, message: Message, known: Message) -> Message:
        """The same letter with the same GUID is the same message; another letter needs a GUID of its own."""
        if (known.type, known.request) == (message.type, message.request):
            return known
        return self.reject(replace(letter, guid=""), Reason.BAD_CONTENT, "guid: another message has it")

    def _full(self, letter: Letter) -> Message:
        self._ledger.tell_full()
        waiting, maximum = len(self.open()), self.mailbox.maximum
        return self.reject(letter, Reason.QUEUE_FULL, f"{waiting} messages are open, of {maximum} there may be in all")

    def _on_end(self, entry: Entry) -> None:
        self._lanes.closed(entry.index)
        if entry.message.reply is ReplyState.PENDING:
            self._call(self._send_reply, entry)

    def _send_reply(self, entry: Entry) -> None:
        if self._loop is not None:
            task = self._loop.create_task(self._reply(entry))
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)

    async def _reply(self, entry: Entry) -> None:
        address, replies = entry.message.return_address, self._office.replies
        delivered = False
        try:
            if replies is not None and replies.allows(address):
                delivered = await replies.deliver(address, reply_to(entry))
        except Exception:
            log.exception("reply-crashed index=%d", entry.index)
        await asyncio.to_thread(self._ledger.replied, entry.index, delivered=delivered)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await asyncio.to_thread(self.look)
            except Exception:
                log.exception("bus-watch-crashed")

    def _call(self, function: Callable[..., None], *args: Any) -> None:
        """Call a function in the loop's thread: at once when this is it."""
        loop = self._loop
        if loop is None:
            return
        if threading.get_ident() == self._loop_thread:
            function(*args)
            return
        try:
            loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            log.info("bus-stopped: the rest is found at the next start")

    def _changed(self) -> None:
        self._call(self._plan_show)

    def _plan_show(self) -> None:
        if not self._show_planned and self._loop is not None:
            self._show_planned = True
            self._loop.call_later(max(SHOW_DELAY_S, self._rest.left_s(time.monotonic())), self._show)

    def _show(self) -> None:
        self._show_planned = False
        began_s = time.monotonic()
        self.shown()
        self._rest.begin(began_s, time.monotonic())


def _handler_name(kind: str) -> str:
    return f"{kind[:TYPE_LIMIT]}Handler"


def _explained(problems: ValidationError, spec: HandlerSpec) -> str:
    """What is wrong with a content: where, and what is allowed there."""
    first = problems.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in ("content", *first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown key; known here: {', '.join(spec.content.model_fields) or 'none'}"
    return f"{place}: {first_problem(problems)}"
