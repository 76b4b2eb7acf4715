"""Polls by schedule: one job per device, run in worker threads, each telling when the next one is due."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Generic, Protocol, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from agent.config import DeviceSettings
from agent.errors import AccessDenied, CredentialsRejected, DeviceError, RateLimited, ServerError, SwitchedOff
from agent.model.exchange import Exchange
from agent.model.pacing import REJECTIONS_BEFORE_PAUSE, Pace, first_delay_s, next_delay_s, retry_after_s
from agent.service.fetch import Session as DeviceSession
from agent.service.keeper import Keeper, Outcome

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 5
CLOCK_STEP_S = 2.0
"""A wall clock that moved this much against the monotonic one was set; the jobs' times are then set anew."""
_SHOW_DELAY_S = 0.05
"""Exchanges that begin and end within this time are shown together."""


class Session(DeviceSession, Protocol):
    """A session to a device that can be closed."""

    def close(self) -> None:
        """Close its connection."""


class ExchangeListener(Protocol):
    """What a session tells of its exchanges, from the thread it is used in."""

    def number(self) -> int:
        """The next exchange number."""

    def begun(self, exchange: Exchange) -> None:
        """An exchange left."""

    def ended(self, exchange: Exchange) -> None:
        """An exchange ended."""


class Holds(Protocol):
    """Remembers refused credentials."""

    def held_s(self, settings: DeviceSettings) -> float:
        """Seconds for which a device is not to be asked yet."""

    def hold(self, settings: DeviceSettings) -> None:
        """Note that a device refused these credentials just now."""


OpenSession = Callable[[DeviceSettings, ExchangeListener], Session]


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll that was asked for came to.

    Attributes:
        first: number of its first exchange, 0 for none; `last` of the last.
    """

    error: DeviceError | None
    first: int
    last: int


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lent(Generic[T]):
    """What came of work that had a device for itself.

    Attributes:
        first: number of its first exchange, 0 for none; `last` of the last.
    """

    value: T
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Request:
    """A poll that somebody waits for."""

    message: int
    anew: bool
    result: asyncio.Future[PollResult]

    def refuse(self, error: DeviceError) -> None:
        if not self.result.done():
            self.result.set_exception(error)


class _Listener:
    """Brings exchanges from worker threads into the event loop's thread.

    Attributes:
        message: index of the inter-application message that caused the poll under way, 0 for none.
        first: number of the first exchange of the poll under way, 0 before it; `last` of the last so far.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, keeper: Keeper, numbers: Iterable[int]) -> None:
        self._loop = loop
        self._keeper = keeper
        self._numbers = iter(numbers)
        self._planned = False
        self.begin(0)

    def begin(self, message: int) -> None:
        """A poll begins."""
        self.message, self.first, self.last = message, 0, 0

    def number(self) -> int:
        self.last = next(self._numbers)
        self.first = self.first or self.last
        return self.last

    def begun(self, exchange: Exchange) -> None:
        self._tell(self._keeper.begun, exchange)

    def ended(self, exchange: Exchange) -> None:
        self._tell(self._keeper.ended, exchange)

    def _tell(self, note: Callable[[Exchange], None], exchange: Exchange) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, note, replace(exchange, message=self.message))

    def _take(self, note: Callable[[Exchange], None], exchange: Exchange) -> None:
        note(exchange)
        if not self._planned:
            self._planned = True
            self._loop.call_later(_SHOW_DELAY_S, self._show)

    def _show(self) -> None:
        self._planned = False
        self._keeper.show_exchanges()


class Poller:
    """Polls a fleet until it is stopped. Made, started and stopped in one event loop."""

    def __init__(
        self,
        keepers: Iterable[Keeper],
        open_session: OpenSession,
        max_parallel: int,
        after_poll: Callable[[], None] = lambda: None,
        holds: Holds | None = None,
    ) -> None:
        self._holds = holds
        self._loop = asyncio.get_running_loop()
        self._keepers = {keeper.settings.name: keeper for keeper in keepers}
        self._after_poll = after_poll
        self._threads = ThreadPoolExecutor(max_parallel, thread_name_prefix="poll")
        self._scheduler = AsyncIOScheduler(
            event_loop=self._loop,
            timezone=timezone.utc,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._open_session = open_session
        self._numbers = itertools.count(1)
        self._sessions: dict[str, Session] = {}
        self._listeners: dict[str, _Listener] = {}
        self._requests: dict[str, list[_Request]] = {}
        self._quiet_until_s: dict[str, float] = {}
        self._rested_s: dict[str, float] = {}
        self.on_outcome: list[Callable[[Keeper, Outcome], None]] = []
        for keeper in self._keepers.values():
            self._open(keeper)
        self._running: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._due_s: dict[str, float] = {}
        self._stopping = asyncio.Event()
        self._clock_lead_s = time.time() - time.monotonic()

    def start(self) -> None:
        """Plan every device's first poll, spread over its interval, and begin."""
        for name in self._sessions:
            phase_s = first_delay_s(name, min(self._keepers[name].settings.poll.interval_s, 30))
            self._plan(name, max(phase_s, self._held_s(self._keepers[name])))
        self._scheduler.start()
        self._housekeeping = self._loop.create_task(self._keep_house())

    def put(self, keeper: Keeper) -> None:
        """Poll this keeper's device from now on, in the place of an older keeper of the same name."""
        name = keeper.settings.name
        self.drop(name)
        self._keepers[name] = keeper
        self._open(keeper)
        if name in self._sessions:
            self._plan(name, self._held_s(keeper))

    def _held_s(self, keeper: Keeper) -> float:
        """How long a device is left alone that refused the same credentials before the agent was restarted."""
        held_s = self._holds.held_s(keeper.settings) if self._holds else 0.0
        if held_s:
            until = f"not asked for {held_s:.0f} s, or until the configuration changes"
            keeper.hold(CredentialsRejected(f"refused before the agent was started; {until}"))
        return held_s

    def drop(self, name: str) -> None:
        """Poll a device no more; a poll that runs is let end, and what it brings is thrown away."""
        self._keepers.pop(name, None)
        session = self._sessions.pop(name, None)
        self._listeners.pop(name, None)
        self._quiet_until_s.pop(name, None)
        self._rested_s.pop(name, None)
        if session is not None and name not in self._running and not self._lock(name).locked():
            session.close()
        if self._scheduler.get_job(name):
            self._scheduler.remove_job(name)
        self._due_s.pop(name, None)
        self._refuse(name, SwitchedOff("the device is not polled any more, or with other settings"))

    def _open(self, keeper: Keeper) -> None:
        if _is_polled(keeper.settings):
            listener = self._listeners[keeper.settings.name] = _Listener(self._loop, keeper, self._numbers)
            self._sessions[keeper.settings.name] = self._open_session(keeper.settings, listener)

    def poll_now(self) -> None:
        """Plan a poll of every device at once."""
        for name in self._sessions:
            self._plan(name, 0)

    def polls(self, name: str) -> bool:
        """Whether a device is polled at all."""
        return name in self._sessions

    def quiet_s(self, name: str) -> float:
        """Seconds for which a device asked to be left alone (Retry-After), 0 when it did not."""
        return max(self._quiet_until_s.get(name, 0.0) - time.monotonic(), 0.0)

    def poll_for(self, name: str, message: int, *, anew: bool = False) -> asyncio.Future[PollResult]:
        """Poll a device at once, or after the poll under way; the future has what that poll came to.

        A device is left alone for as long as its last poll took, whoever asks for the next one.

        Args:
            name: the device.
            message: index of the message that asks for it; the poll's exchanges carry it.
            anew: inventory and cards' configurations are due again.

        Raises:
            SwitchedOff: the device is not polled.
        """
        if name not in self._sessions:
            raise SwitchedOff("the device is not polled")
        request = _Request(message, anew, self._loop.create_future())
        self._requests.setdefault(name, []).append(request)
        if name not in self._running:
            self._plan(name, self._rest_s(name))
        return request.result

    async def lend(self, name: str, message: int, work: Callable[[Session, Keeper], T]) -> Lent[T]:
        """Have work done in a worker thread with a device's session, while nobody else asks the device.

        A poll under way ends first, and the next one waits.

        Args:
            name: the device.
            message: index of the message that asks for it; the exchanges carry it.
            work: is given the session and the device's keeper.

        Raises:
            DeviceError: the device is not polled, or asked to be left alone; or what `work` raises.
        """
        if name not in self._sessions:
            raise SwitchedOff("the device is not polled")
        async with self._lock(name):
            session, listener, keeper = self._sessions.get(name), self._listeners.get(name), self._keepers.get(name)
            if session is None or listener is None or keeper is None or self._stopping.is_set():
                raise SwitchedOff("the device is not polled any more, or with other settings")
            if self.quiet_s(name):
                raise RateLimited(f"it asked to be left alone for another {self.quiet_s(name):.0f} s", None)
            listener.begin(message)
            try:
                value = await self._loop.run_in_executor(self._threads, work, session, keeper)
            finally:
                first, last = listener.first, listener.last
                listener.begin(0)
                if self._sessions.get(name) is not session:
                    session.close()
        return Lent(value, first, last)

    def answered(self, name: str, error: DeviceError) -> None:
        """What a device answered outside a poll counts as much as in one: refused credentials, a wish for rest."""
        keeper = self._keepers.get(name)
        if keeper is None:
            return
        if isinstance(error, CredentialsRejected) and not isinstance(error, AccessDenied):
            keeper.rejected(error)
            if self._holds and keeper.known.health.rejections >= REJECTIONS_BEFORE_PAUSE:
                self._holds.hold(keeper.settings)
                self._plan_later(name, keeper.settings.poll.rejected_pause_s)
        elif isinstance(error, (RateLimited, ServerError)) and retry_after_s(error):
            self._quiet_until_s[name] = time.monotonic() + retry_after_s(error)
            self._plan_later(name, retry_after_s(error))

    def poll_soon(self, name: str) -> None:
        """Plan a device's next poll as early as it may be asked again."""
        if name in self._sessions and name not in self._running:
            self._plan(name, max(self._rest_s(name), self.quiet_s(name)))

    def _plan_later(self, name: str, delay_s: float) -> None:
        """Put off the next poll."""
        if name in self._sessions and name not in self._running:
            self._plan(name, max(delay_s, self._due_s.get(name, 0.0) - time.monotonic()))

    def _lock(self, name: str) -> asyncio.Lock:
        """Who holds it has the device for himself."""
        return self._locks.setdefault(name, asyncio.Lock())

    def _rest_s(self, name: str) -> float:
        return max(self._rested_s.get(name, 0.0) - time.monotonic(), 0.0)

    def _refuse(self, name: str, error: DeviceError) -> None:
        for request in self._requests.pop(name, ()):
            request.refuse(error)

    async def stop(self) -> None:
        """Start no more polls, let the running ones end, close the sessions."""
        self._stopping.set()
        self._housekeeping.cancel()
        self._scheduler.pause()
        # Polls that still wait for a thread are given up.
        await self._loop.run_in_executor(None, functools.partial(self._threads.shutdown, cancel_futures=True))
        self._scheduler.shutdown(wait=False)
        for session in self._sessions.values():
            session.close()
        await asyncio.sleep(0)

    def _plan(self, name: str, delay_s: float) -> None:
        self._due_s[name] = time.monotonic() + delay_s
        when = datetime.now(timezone.utc) + timedelta(seconds=delay_s)
        self._scheduler.add_job(
            self._poll, DateTrigger(when), args=(name,), id=name, replace_existing=True, misfire_grace_time=None
        )

    async def _poll(self, name: str) -> None:
        if self._stopping.is_set() or name in self._running:
            return
        self._running.add(name)
        async with self._lock(name):
            await self._poll_alone(name)

    async def _poll_alone(self, name: str) -> None:
        """One poll, while nobody else asks the device; it may have been dropped while this waited for its turn."""
        if name not in self._sessions or self._stopping.is_set():
            self._running.discard(name)
            return
        keeper, session = self._keepers[name], self._sessions[name]
        delay_s = keeper.settings.poll.interval_s
        self._due_s.pop(name, None)
        began_s = time.monotonic()
        requests, listener = self._requests.pop(name, []), self._listeners[name]
        listener.begin(requests[0].message if requests else 0)
        if any(request.anew for request in requests):
            keeper.ask_anew()
        try:
            outcome = await self._outcome(keeper, session)
            if self._keepers.get(name) is keeper:
                keeper.accept(outcome)
                delay_s = _next_delay_s(keeper, outcome)
                self._quiet_until_s[name] = time.monotonic() + retry_after_s(outcome.error)
                self._rested_s[name] = 2 * time.monotonic() - began_s
                self._note_rejection(keeper, outcome)
                self._after_poll()
                _answer(requests, PollResult(outcome.error, listener.first, listener.last))
                for told in self.on_outcome:
                    told(keeper, outcome)
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
            return
        except Exception:
            log.exception("poll-crashed device=%s", name)
        finally:
            self._running.discard(name)
            for request in requests:
                request.refuse(SwitchedOff("the poll was given up: the device's settings changed, or the agent stops"))
            if self._sessions.get(name) is not session:
                session.close()
        if name in self._sessions:
            # Not before this job has ended: one that comes due while it still counts as running is dropped for good.
            again_s = delay_s if self._keepers.get(name) is keeper else 0
            self._loop.call_soon(self._plan_next, name, again_s)

    def _plan_next(self, name: str, delay_s: float) -> None:
        """Plan the poll after one that ended: sooner than usual when somebody has asked for it meanwhile."""
        if name in self._sessions:
            self._plan(name, self._rest_s(name) if name in self._requests else delay_s)

    def _note_rejection(self, keeper: Keeper, outcome: Outcome) -> None:
        if (
            self._holds
            and isinstance(outcome.error, CredentialsRejected)
            and keeper.known.health.rejections >= REJECTIONS_BEFORE_PAUSE
        ):
            self._holds.hold(keeper.settings)

    async def _outcome(self, keeper: Keeper, session: Session) -> Outcome:
        try:
            return await self._loop.run_in_executor(self._threads, keeper.poll, session)
        except Exception as problem:
            # A fault of the agent's own must not end the polling of a device; its last blocks stay and become stale.
            log.exception("poll-crashed device=%s", keeper.settings.name)
            return keeper.crashed(problem)

    async def _keep_house(self) -> None:
        # By the loop's clock: jobs of the scheduler wait for the wall clock, however far that was set back.
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            try:
                await self._housekeep()
            except Exception:
                log.exception("housekeeping-crashed")

    async def _housekeep(self) -> None:
        for keeper in list(self._keepers.values()):
            if keeper.overdue:
                await self._age(keeper)
        self._after_poll()
        lead_s = time.time() - time.monotonic()
        if abs(lead_s - self._clock_lead_s) > CLOCK_STEP_S:
            log.warning("clock-stepped by_s=%.1f: poll times are set anew", lead_s - self._clock_lead_s)
            for name, due_s in dict(self._due_s).items():
                self._plan(name, max(due_s - time.monotonic(), 0))
        self._clock_lead_s = lead_s

    async def _age(self, keeper: Keeper) -> None:
        before = keeper.known.health
        outcome = await self._loop.run_in_executor(None, keeper.aged)
        if keeper.known.health is before and self._keepers.get(keeper.settings.name) is keeper:
            # Else a poll has ended meanwhile, and knows better, or the device is another's now.
            keeper.accept(outcome)


def _answer(requests: list[_Request], result: PollResult) -> None:
    for request in requests:
        if not request.result.done():
            request.result.set_result(result)


def _is_polled(settings: DeviceSettings) -> bool:
    return settings.enabled and settings.username is not None


def _next_delay_s(keeper: Keeper, outcome: Outcome) -> float:
    poll = keeper.settings.poll
    pace = Pace(poll.interval_s, poll.backoff_max_s, poll.rejected_pause_s)
    return next_delay_s(pace, keeper.known.health, outcome.error, outcome.duration_s, random.random())
