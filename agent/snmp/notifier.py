"""The notification originator (RFC 3413 3.3): every notification to every receiver, each in its own way and pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
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
"""What receivers acknowledged is written down together so often: a kill costs repetitions, never a loss."""
_DRAIN_STEP_S = 0.02
_RESOLVERS = 4


class Acknowledgements(Protocol):
    """What receivers have, remembered over restarts."""

    def keep(self, receiver: str, sequence: int) -> None:
        """Nothing up to this sequence number is owed to the receiver any more.

        Raises:
            HostError: it could not be written down.
        """

    def last(self, receiver: str) -> int | None:
        """What was kept last, None for a receiver that is new."""


class Notifier:
    """Sends notifications to the receivers there are. Made anywhere; used within one event loop.

    Args:
        engine: this agent's own SNMP engine.
        supply: what the agent is asked for; its `on_progress` is called as well.
        acknowledgements: where what receivers have is remembered.
    """

    def __init__(self, engine: LocalEngine, supply: Supply, acknowledgements: Acknowledgements) -> None:
        self._engine = engine
        self._supply = replace(supply, on_progress=self._progressed)
        self._on_progress = supply.on_progress
        self._acknowledgements = acknowledgements
        self._targets: tuple[Target, ...] = ()
        self._outlets: dict[str, Outlet] = {}
        self._kept: dict[str, int] = {}
        self._writing: asyncio.Task[None] | None = None
        self._throttle = Throttle()
        self._resolver = ThreadPoolExecutor(_RESOLVERS, "look-up")

    async def start(self, targets: Iterable[Target]) -> None:
        """Open the ways to the receivers. What cannot be opened is tried again, and shown until then."""
        self.reload(targets)

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

    def _opened(self, target: Target, before: Outlet | None) -> Outlet:
        name = target.settings.name
        if before is None:
            return Outlet(target, self._engine, self._supply, self._resolver, self._last(name))
        before.close()
        fresh = Outlet(target, self._engine, self._supply, self._resolver, before.settled(), before.row().tally)
        fresh.adopt(before)
        return fresh

    def _last(self, name: str) -> int | None:
        try:
            return self._acknowledgements.last(name)
        except HostError as problem:
            log.error("acknowledgements-not-read receiver=%s: %s", name, problem)
            return None

    def resume(self, notices: Iterable[Notice]) -> None:
        """Offer notifications of an earlier run, in order: each receiver gets what it was still owed then.

        A receiver that is new is owed nothing. To be called after `start` and before the first `send`.
        """
        owed_above = {name: outlet.settled() for name, outlet in self._outlets.items()}
        for notice in notices:
            for name, outlet in self._outlets.items():
                settled = owed_above[name]
                if settled is not None and notice.sequence > settled:
                    outlet.offer(notice)

    def owed_above(self) -> int | None:
        """The lowest sequence number that some receiver has settled; what is above has to be given to `resume`."""
        known = [settled for outlet in self._outlets.values() if (settled := outlet.settled()) is not None]
        return min(known, default=None)

    def send(self, notice: Notice) -> None:
        """Deliver a notification to every receiver it is for; returns at once and never raises for a receiver."""
        for outlet in self._outlets.values():
            outlet.offer(notice)
        self._progressed()

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
        if self._writing:
            await self._writing
        await self._write()
        self._outlets = {}
        self._resolver.shutdown(wait=False, cancel_futures=True)

    def _progressed(self) -> None:
        self._on_progress()
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_soon())

    async def _write_soon(self) -> None:
        try:
            await asyncio.sleep(WRITE_EVERY_S)
        finally:
            self._writing = None
        await self._write()

    async def _write(self) -> None:
        """Write down what is settled, beside the loop: the disk may be slow, or full."""
        settled = {name: outlet.settled() for name, outlet in self._outlets.items()}
        fresh = {name: one for name, one in settled.items() if one is not None and self._kept.get(name) != one}
        for name, sequence in fresh.items():
            try:
                await asyncio.to_thread(self._acknowledgements.keep, name, sequence)
            except HostError as problem:
                held_back = self._throttle.admits()
                if held_back is not None:
                    log.error("acknowledgements-not-kept held_back=%d: %s", held_back, problem)
                return
            self._kept[name] = sequence
