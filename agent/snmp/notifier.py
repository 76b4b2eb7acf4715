"""The notification originator (RFC 3413 3.3): every notification to every receiver, each in its own way and pace."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

from agent.errors import HostError
from agent.model.delivery import DeliveryRow, DeliveryState, Tally
from agent.snmp.outlet import Outlet, Supply
from agent.snmp.target import LocalEngine, Target
from agent.snmp.throttle import Throttle
from agent.wire.notice import Notice

log = logging.getLogger(__name__)

WRITE_EVERY_S = 0.2
"""What receivers have and are owed is written down together so often: a kill costs repetitions, never a loss."""
_DRAIN_STEP_S = 0.02
_RETRY_S = 5
_RESOLVERS = 4


class Deliveries(Protocol):
    """What receivers have and what they are owed, remembered over restarts."""

    def keep(self, settled: Mapping[str, int], owed: Iterable[Notice], done: Iterable[int]) -> None:
        """Write down what changed, all of it or nothing.

        Args:
            settled: per receiver the sequence number up to which nothing is owed any more.
            owed: notifications that some receiver is owed from now on.
            done: sequence numbers of those that nobody is owed any more.

        Raises:
            HostError: it could not be written down.
        """

    def last(self, receiver: str) -> int | None:
        """The sequence number up to which nothing is owed to a receiver, None for a new one."""

    def owed(self) -> Iterable[Notice]:
        """What receivers were owed when it was last kept, in order."""


class Notifier:
    """Sends notifications to the receivers there are. Made anywhere; used within one event loop.

    Args:
        engine: this agent's own SNMP engine.
        supply: what the agent is asked for; its `on_progress` is called as well.
        kept: where what receivers have and are owed is remembered.
    """

    def __init__(self, engine: LocalEngine, supply: Supply, kept: Deliveries) -> None:
        self._engine = engine
        self._supply = replace(supply, on_progress=self._progressed)
        self._on_progress = supply.on_progress
        self._kept = kept
        self._targets: tuple[Target, ...] = ()
        self._outlets: dict[str, Outlet] = {}
        self._last_sequence = 0
        self._settled: dict[str, int] = {}
        self._owed: dict[int, Notice] = {}
        self._writing: asyncio.Task[None] | None = None
        self._is_behind = False
        self._stopping = asyncio.Event()
        self._throttle = Throttle()
        self._resolver = ThreadPoolExecutor(_RESOLVERS, "look-up")

    async def start(
        self,
        targets: Iterable[Target],
        last_sequence: int = 0,
        since: Callable[[int], Iterable[Notice]] = lambda sequence: (),
    ) -> None:
        """Open the ways to the receivers, and go on with what they were owed when the agent ended.

        What cannot be opened is tried again, and shown until then. A receiver that is new is owed nothing.

        Args:
            targets: the receivers.
            last_sequence: the number of the last notification that was decided on. A receiver whose records do not
                reach so far (the agent was killed in between) is sent every active alarm once.
            since: the notifications that were decided on behind a number, as far as they are still known.
        """
        self._last_sequence = last_sequence
        self.reload(targets)
        try:
            owed = tuple(self._kept.owed())
        except HostError as problem:
            log.error("deliveries-not-read: %s", problem)
            owed = ()
        settled = [outlet.settled() for outlet in self._outlets.values()]
        decided = {notice.sequence: notice for notice in since(min(settled))} if settled else {}
        owed = tuple(dict(sorted((decided | {notice.sequence: notice for notice in owed}).items())).values())
        self._owed = {notice.sequence: notice for notice in owed}
        for outlet in self._outlets.values():
            reached = outlet.settled()
            missed = [notice for notice in owed if notice.sequence > reached]
            for notice in missed:
                outlet.offer(notice)
            if last_sequence > max([reached, *(notice.sequence for notice in missed)]):
                outlet.owe_resync()
        await self._write()  # from here on new receivers are known ones, whatever happens

    def reload(self, targets: Iterable[Target]) -> None:
        """Go on with other receivers; those that did not change notice nothing, what waits for the others moves on."""
        before, self._outlets = self._outlets, {}
        self._targets = tuple(targets)
        for target in self._targets:
            name = target.settings.name
            old = before.get(name)
            if old is not None and old.target == target:
                self._outlets[name] = before.pop(name)
            elif target.settings.enabled:
                before.pop(name, None)
                self._outlets[name] = self._opened(target, old)
        for name, old in before.items():
            log.info("receiver name=%s closed waiting=%d", name, old.row().waiting)
            old.close()
        self._progressed()

    def _opened(self, target: Target, before: Outlet | None) -> Outlet:
        name = target.settings.name
        if before is None:
            return Outlet(target, self._engine, self._supply, self._resolver, self._settled_before(name))
        before.close()
        fresh = Outlet(target, self._engine, self._supply, self._resolver, before.settled(), before.row().tally)
        fresh.adopt(before)
        return fresh

    def _settled_before(self, name: str) -> int:
        """What is known of a receiver from before; a new one is owed nothing up to now."""
        try:
            settled = self._kept.last(name)
        except HostError as problem:
            log.error("deliveries-not-read receiver=%s: %s", name, problem)
            settled = None
        return self._last_sequence if settled is None else settled

    def send(self, notice: Notice) -> None:
        """Deliver a notification to every receiver it is for; returns at once and never raises for a receiver."""
        self._last_sequence = max(notice.sequence, self._last_sequence)
        for outlet in self._outlets.values():
            outlet.offer(notice)
        self._progressed()

    def send_to(self, receiver: str, notice: Notice) -> None:
        """Deliver a notification to one receiver alone.

        Raises:
            LookupError: there is none of that name, or it is switched off.
        """
        if receiver not in self._outlets:
            raise LookupError(f"no receiver {receiver!r}")
        self._outlets[receiver].offer(notice)
        self._progressed()

    @property
    def receivers(self) -> int:
        """How many receivers are sent to."""
        return len(self._outlets)

    def deliveries(self) -> tuple[DeliveryRow, ...]:
        """How delivery fares to every receiver there is, in the order of the configuration."""
        return tuple(self._row(target) for target in self._targets)

    def _row(self, target: Target) -> DeliveryRow:
        settings = target.settings
        outlet = self._outlets.get(settings.name)
        if outlet is not None:
            row = outlet.row()
            return replace(row, tally=replace(row.tally))
        return DeliveryRow(
            settings.name,
            settings.address,
            settings.version,
            settings.kind,
            DeliveryState.DISABLED,
            Tally(),
            0,
            settings.queue_limit,
        )

    async def stop(self, drain_s: float = 0.0) -> None:
        """Wait until what can be delivered is, for so long at most, then close everything."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + drain_s
        while loop.time() < ends and not all(outlet.is_idle for outlet in self._outlets.values()):
            await asyncio.sleep(_DRAIN_STEP_S)
        for outlet in self._outlets.values():
            outlet.close()
        self._stopping.set()
        if self._writing:
            await self._writing
        await self._write()
        self._outlets = {}
        self._resolver.shutdown(wait=False, cancel_futures=True)

    def _progressed(self) -> None:
        self._on_progress()
        self._is_behind = True
        if self._writing is None and not self._stopping.is_set():
            self._writing = asyncio.get_running_loop().create_task(self._keep_up())

    async def _keep_up(self) -> None:
        """Write what changes, one write at a time, until nothing changes any more."""
        pause_s = WRITE_EVERY_S
        while self._is_behind and not self._stopping.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            self._is_behind = False
            pause_s = WRITE_EVERY_S
            if not await self._write():
                self._is_behind, pause_s = True, _RETRY_S
        self._writing = None

    async def _write(self) -> bool:
        """Write down what is settled and what is owed, beside the loop: the disk may be slow, or full."""
        outlets = self._outlets.values()
        owed = {notice.sequence: notice for outlet in outlets for notice in outlet.outstanding() if notice.sequence}
        settled = {outlet.name: outlet.settled() for outlet in outlets}
        fresh = {name: one for name, one in settled.items() if self._settled.get(name) != one}
        added = [notice for sequence, notice in owed.items() if sequence not in self._owed]
        done = [sequence for sequence in self._owed if sequence not in owed]
        if not (fresh or added or done):
            return True
        try:
            await asyncio.to_thread(self._kept.keep, fresh, added, done)
        except HostError as problem:
            held_back = self._throttle.admits()
            if held_back is not None:
                log.error("deliveries-not-kept held_back=%d: %s", held_back, problem)
            return False
        self._settled.update(fresh)
        self._owed = owed
        return True
