"""Lanes: messages in order of arrival, one at a time per device, one at a time for the agent itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from agent.model.message import (
    Direction,
    Message,
    MessageStalled,
    MessageState,
    Phase,
    Reason,
    StallEnded,
)
from agent.model.message import handler as handlers
from agent.service.handlers import Content, HandlerSpec, Reach
from agent.service.job import Outcome, worked
from agent.service.ledger import Ledger
from agent.service.letter import Letter, Redact, content_of

log = logging.getLogger(__name__)

NOW = ":now"
"""The lane of immediate handlers; no device has such a name."""


@dataclass(slots=True)
class Ticket:
    """What is kept of a message while it is open; times are monotonic seconds.

    Attributes:
        ready: written down, so that it may be begun.
    """

    index: int
    spec: HandlerSpec
    content: Content
    arrived_s: float
    due_s: float
    ready: bool = False
    started_s: float | None = None
    stalled: bool = False

    @property
    def lane(self) -> str:
        """The device's name, "" for work of the agent's own."""
        return NOW if self.spec.immediate else self.content.lane


class Lanes:
    """Works messages off. `add` and `look` may be called from any thread, the rest in the loop's."""

    def __init__(
        self,
        ledger: Ledger,
        reach: Reach,
        submit: Callable[[Letter], Message],
        redact: Redact,
        monotonic: Callable[[], float],
    ) -> None:
        self.reach = reach
        self.submit = submit
        self.ledger = ledger
        self.monotonic = monotonic
        self._redact = redact
        self._tickets: dict[int, Ticket] = {}
        self._queues: dict[str, deque[int]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def add(self, ticket: Ticket) -> None:
        """Put a message at the end of its lane; with the ledger's lock held, so that order is order of arrival."""
        self._tickets[ticket.index] = ticket
        self._queues.setdefault(ticket.lane, deque()).append(ticket.index)

    def knows(self, index: int) -> bool:
        """Whether a message is in a lane."""
        return index in self._tickets

    def wake_all(self) -> None:
        """Work on what there is."""
        for lane in list(self._queues):
            self.wake(lane)

    def wake(self, lane: str) -> None:
        """Work on a lane's messages."""
        if lane == NOW:
            while (ticket := self._take(lane)) is not None:
                self._do_now(ticket)
        elif lane not in self._tasks:
            self._tasks[lane] = asyncio.get_running_loop().create_task(self._run(lane))

    async def stop(self) -> None:
        """Work no more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def look(self, stalled_after_s: float) -> None:
        """End what waited beyond its deadline, and tell of what takes far too long."""
        now_s = self.monotonic()
        for ticket in list(self._tickets.values()):
            if ticket.started_s is None and now_s >= ticket.due_s:
                text = "its turn did not come before its deadline"
                self.ledger.fail(ticket.index, Reason.TIMEOUT, text, only_waiting=True)
                continue
            lasting_s = now_s - (ticket.arrived_s if ticket.started_s is None else ticket.started_s)
            entry = self.ledger.get(ticket.index)
            if not ticket.stalled and entry is not None and lasting_s > stalled_after_s:
                ticket.stalled = True
                log.warning("message-stalled index=%d type=%s for_s=%.0f", ticket.index, ticket.spec.type, lasting_s)
                self.ledger.tell(MessageStalled(self.ledger.clock(), entry.message, lasting_s))

    def closed(self, index: int) -> None:
        """Forget a message that ended without being begun; one that was begun is worked on to its end."""
        ticket = self._tickets.get(index)
        if ticket is not None and ticket.started_s is None:
            self._forget(ticket)

    async def _run(self, lane: str) -> None:
        try:
            while (ticket := self._take(lane)) is not None:
                try:
                    await self._do(ticket)
                except Exception as problem:
                    self._crashed(ticket, problem)
        finally:
            del self._tasks[lane]

    def _take(self, lane: str) -> Ticket | None:
        """The next message of a lane; None when there is none, or when it is still being written down."""
        with self.ledger.lock:
            queue = self._queues.get(lane, deque())
            while queue:
                ticket = self._tickets.get(queue[0])
                if ticket is not None and not ticket.ready:
                    return None
                queue.popleft()
                if ticket is not None and self.ledger.state(ticket.index) is MessageState.WAITING:
                    return ticket
            self._queues.pop(lane, None)
            return None

    async def _do(self, ticket: Ticket) -> None:
        if not await asyncio.to_thread(self._begin, ticket):
            return
        work = asyncio.get_running_loop().create_task(self._work(ticket))
        try:
            await asyncio.wait({work}, timeout=max(ticket.due_s - self.monotonic(), 0))
            if not work.done():
                await asyncio.to_thread(self.ledger.fail, ticket.index, Reason.TIMEOUT, "not done before its deadline")
                # The device may still be at it, so the next message waits until this one's work has ended.
                await asyncio.wait({work})
        finally:
            work.cancel()
        await asyncio.to_thread(self._end, ticket, work.result())

    def _do_now(self, ticket: Ticket) -> None:
        try:
            if self._begin(ticket):
                self._end(ticket, _run_now(self._work(ticket)))
        except Exception as problem:
            self._crashed(ticket, problem)

    def _crashed(self, ticket: Ticket, problem: Exception) -> None:
        """A fault in the bus itself costs one message, never the lane."""
        log.error("lane-crashed lane=%r message=%d", ticket.lane, ticket.index, exc_info=problem)
        self._forget(ticket)
        text = f"a fault of the agent ({type(problem).__name__}); its log says more"
        self.ledger.fail(ticket.index, Reason.INTERNAL, text)

    def _begin(self, ticket: Ticket) -> bool:
        ticket.started_s = self.monotonic()
        begun = self.ledger.begin(ticket.index)
        entry = self.ledger.get(ticket.index)
        if entry is not None:
            self._end_stall(ticket, entry.message)
        if not begun:
            self._forget(ticket)
        return begun

    async def _work(self, ticket: Ticket) -> Outcome:
        job = LaneJob(self, ticket)
        return await worked(ticket.spec.work(ticket.content, self.reach, job), job.enter, job.judge)

    def _end(self, ticket: Ticket, outcome: Outcome) -> None:
        """What a handler came to becomes its message's end; a message that had ended stays as it was."""
        state = self.ledger.state(ticket.index)
        self._forget(ticket)
        if state is not MessageState.PROCESSING:
            self.ledger.note_late(ticket.index, outcome.text or outcome.reason.value)
        elif outcome.reason is Reason.NONE:
            self.ledger.succeed(ticket.index, outcome.text, content_of(outcome.response, self._redact))
        else:
            self.ledger.fail(ticket.index, outcome.reason, outcome.text)

    def _forget(self, ticket: Ticket) -> None:
        self._tickets.pop(ticket.index, None)
        entry = self.ledger.get(ticket.index)
        if entry is not None:
            self._end_stall(ticket, entry.message)

    def _end_stall(self, ticket: Ticket, message: Message) -> None:
        if ticket.stalled:
            ticket.stalled = False
            self.ledger.tell(StallEnded(self.ledger.clock(), message))


class LaneJob:
    """One message being worked on, as its handler sees it."""

    def __init__(self, lanes: Lanes, ticket: Ticket) -> None:
        self._lanes = lanes
        self._ledger = lanes.ledger
        self._ticket = ticket
        entry = lanes.ledger.get(ticket.index)
        if entry is None:
            raise LookupError(f"there is no message {ticket.index}")
        self.message = entry.message

    @property
    def left_s(self) -> float:
        """Seconds until the message's deadline."""
        return self._ticket.due_s - self._lanes.monotonic()

    def enter(self, phase: Phase) -> None:
        """Go into a phase."""
        at = self._ledger.clock()
        self._ledger.change_handler(self._ticket.index, lambda handler: handlers.entered(handler, phase, at))

    def judge(self, *, valid: bool) -> None:
        """Note whether the request is valid."""
        self._ledger.change_handler(self._ticket.index, lambda handler: handlers.judged(handler, valid=valid))

    def caused(self, first: int, last: int) -> None:
        """Note the HTTP exchanges that were caused."""
        if first:
            self._ledger.change_handler(self._ticket.index, lambda handler: handlers.asked(handler, first, last))

    def follow(self, kind: str, content: Mapping[str, Any]) -> Message:
        """Send another message because of this one."""
        call = self.message.call_guid or self.message.guid
        return self._lanes.submit(Letter(kind, content, call_guid=call, direction=Direction.OUTBOUND))


def _run_now(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What a coroutine comes to that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as ended:
        outcome: Outcome = ended.value
        return outcome
    work.close()
    return Outcome(Reason.INTERNAL, "an immediate handler waited")
