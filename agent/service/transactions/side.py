"""The transactions' side put together: journal, messages that have them go on, and what is served of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

from agent.config import TransactionSettings
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.groups.transaction import TransactionView
from agent.mib.plan import Plan
from agent.model.alarm import events as alarms
from agent.model.alarm.facts import Instant
from agent.model.message import Direction, MessageState
from agent.model.rest import Rest
from agent.service.bus import Bus
from agent.service.handlers.configuring import Configurator
from agent.service.letter import Letter
from agent.service.sink import Sink
from agent.service.transactions.book import Bounds, Keeping
from agent.service.transactions.controls import TransactionControls
from agent.service.transactions.office import Desk, Transactions
from agent.service.transactions.shown import view_of
from agent.wire.block import Block, make_blocks

OWNER: Final = "transactions"
"""Owner of the blocks in the store."""
SHOW_DELAY_S: Final = 0.01
SHOW_REST: Final = 9
SHOW_REST_MAX_S: Final = 1.0
"""As the bus shows its rows: what happens together is shown together, and thousands of rows do not hold up the work."""


class TransactionSide:
    """Transactions with what surrounds them. Made, started and stopped in the event loop's thread.

    Attributes:
        transactions: all of them, and the history.
    """

    def __init__(
        self,
        settings: TransactionSettings,
        journal: Keeping,
        configurator: Configurator,
        plan: Plan,
        happened: Callable[[alarms.Event], None],
    ) -> None:
        """Go on with what was kept.

        Raises:
            HostError: it cannot be read.
        """
        self._plan = plan
        self._bus: Bus | None = None
        self._sink: Sink | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._showing: asyncio.Task[None] | None = None
        self._is_stale = False
        self._made = self._served = 0
        self._rest = Rest(SHOW_REST, SHOW_REST_MAX_S)
        desk = Desk(configurator, plan.module, instant, happened, self._remind)
        self.transactions = Transactions(journal, desk, bounds_of(settings))
        self.transactions.shown = self._plan_show
        self.transactions.settled = self.show

    def controls(self, bus: Bus) -> TransactionControls:
        """The owner of the writable objects, whose commands become messages of a bus."""
        self._bus = bus
        return TransactionControls(bus, self.transactions, instant, self.show)

    async def start(self, sink: Sink) -> None:
        """Serve what there is, and go on with what an earlier run left under way; once the bus has started."""
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self.show()
        await self.transactions.start()

    async def stop(self) -> None:
        """Carry on nothing more."""
        await self.transactions.stop()
        self._loop = None
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)

    def configure(self, settings: TransactionSettings) -> None:
        """Other bounds from now on."""
        self.transactions.bounds = bounds_of(settings)
        self.show()

    def show(self) -> None:
        """Serve the transactions as they are, at once."""
        number = self._next()
        self._serve(number, self._blocks(self._view()))

    def _next(self) -> int:
        self._made += 1
        return self._made

    def _serve(self, number: int, blocks: list[Block]) -> None:
        if self._sink is not None and number > self._served:  # else something newer was served meanwhile
            self._served = number
            self._sink.swap(OWNER, blocks)

    def _view(self) -> TransactionView:
        return view_of(self.transactions.records(), self._plan.module, self.transactions.next_index)

    def _blocks(self, view: TransactionView) -> list[Block]:
        cells, _ = build(self._plan, (Feed.TRANSACTIONS,), view, {})
        return list(make_blocks(cells))

    def _remind(self, index: int) -> bool:
        """Have a transaction go on by a message of the agent's own."""
        if self._bus is None:
            return False
        letter = Letter("rollbackConfig", {"transaction": index}, direction=Direction.OUTBOUND)
        return self._bus.submit(letter).state is not MessageState.FAILED

    def _plan_show(self) -> None:
        self._is_stale = True
        if self._loop is not None and (self._showing is None or self._showing.done()):
            self._showing = self._loop.create_task(self._show_in_turn())

    async def _show_in_turn(self) -> None:
        """Serve what has changed as soon as its blocks are built; thousands of rows take a while, so not here."""
        while self._is_stale:
            await asyncio.sleep(max(SHOW_DELAY_S, self._rest.left_s(time.monotonic())))
            self._is_stale = False
            began_s = time.monotonic()
            number, view = self._next(), self._view()
            self._serve(number, await asyncio.to_thread(self._blocks, view))
            self._rest.begin(began_s, time.monotonic())


def instant() -> Instant:
    """This moment, by both clocks."""
    return Instant(datetime.now(timezone.utc), time.monotonic())


def bounds_of(settings: TransactionSettings) -> Bounds:
    """The bounds that settings stand for."""
    return Bounds(
        settings.max_count, settings.max_edits, settings.history_max_count, settings.lease_s, settings.confirm_s
    )
