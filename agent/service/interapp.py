"""The inter-application side put together: state on disk, bus, endpoint, what polls tell, what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from agent.config import Settings
from agent.device.redact import Redactor
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.groups.interapp import BusView, SlotCommandRow
from agent.mib.plan import Plan
from agent.model.alarm.events import Event as AlarmEvent
from agent.model.message import Entry, Event, Message, Reason
from agent.model.rest import Rest
from agent.service.assigner import Settable
from agent.service.bus import Bus, Office
from agent.service.busview import bus_view, slot_rows
from agent.service.configurator import DeviceConfigurator
from agent.service.controls import NOT_WRITABLE, CheckAlarm, Controls
from agent.service.fleet import PolledFleet, SlotChoices
from agent.service.handlers import Alarms, Assign, Reach
from agent.service.keeper import Keeper, Outcome
from agent.service.letter import Letter
from agent.service.messagestate import MessageStore
from agent.service.poller import Poller
from agent.service.pollwatch import PollWatch
from agent.service.settingscontrols import SettingsControls
from agent.service.sink import Sink
from agent.service.state import STATE_FILE
from agent.service.transactions.book import Keeping
from agent.service.transactions.reading import LocalReading
from agent.service.transactions.side import TransactionSide
from agent.web.endpoint import Mail
from agent.web.envelope import Envelope
from agent.web.replies import HttpReplies
from agent.web.server import Server
from agent.wire.block import Block, make_blocks

OWNER = "messages"
"""Owner of the blocks in the store."""
SHOW_REST: Final = 3
SHOW_REST_MAX_S: Final = 1.0
"""The tables that were built rest so many times as long as that took, up to so many seconds: a thousand devices that
come up one after the other must not hold up all else."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the inter-application side works with.

    Attributes:
        keepers: the devices' keepers as they are now.
        assign: writes settings.
        sink: where blocks are served from.
        plan: plan of the module, without overlays.
        alarms: the watcher of alarms, if there is one.
        check_alarm: whether an object of the alarms may be written.
        observer: is told of every event.
        journal: where transactions are kept; without one there are none.
        happened: is told of what concerns alarms in transactions.
    """

    keepers: Callable[[], Mapping[str, Keeper]]
    assign: Assign
    sink: Sink
    plan: Plan
    alarms: Alarms | None = None
    check_alarm: CheckAlarm = lambda *_: NOT_WRITABLE
    observer: Callable[[Event], None] = lambda event: None
    journal: Keeping | None = None
    happened: Callable[[AlarmEvent], None] = lambda event: None


class MessageFiles:
    """What the state directory holds of messages and slot choices; made before the keepers."""

    def __init__(self, state_dir: Path) -> None:
        """Open it.

        Raises:
            HostError: it cannot be used.
        """
        self.store = MessageStore(state_dir / STATE_FILE)
        self.choices = SlotChoices(self.store)


class InterApp:
    """Bus and endpoint. Made, started and stopped in the event loop's thread.

    Attributes:
        bus: takes messages.
        controls: takes SETs.
        configurator: writes the devices' configuration.
        settings_controls: takes SETs of the devices' configuration.
        owners: who takes SETs, in the order in which they are asked.
        transacting: transactions over it; None without a journal.
    """

    def __init__(self, settings: Settings, files: MessageFiles, poller: Poller, around: Around) -> None:
        self._around = around
        self._files = files
        loaded = files.store.load()
        fleet = PolledFleet(poller, around.keepers, files.choices)
        self.configurator = DeviceConfigurator(around.plan.module, around.keepers, poller, fleet.standing)
        self.transacting = self._transacting(settings)
        reach = Reach(fleet, around.assign, around.alarms, configurator=self.configurator)
        if self.transacting is not None:
            transactions = self.transacting.transactions
            reach = replace(reach, transactions=transactions, wrote=transactions.wrote)
        office = Office(files.store, Redactor(None).body, HttpReplies(settings.web.return_urls))
        self.bus = Bus(reach, settings.interapp, office, loaded.last, loaded.entries)
        self.bus.observers.append(around.observer)
        self.bus.shown = self._refresh
        self._refreshing: asyncio.Task[None] | None = None
        self._stale = False
        self._made = self._served = 0
        self._slots: Mapping[int, tuple[SlotCommandRow, ...]] = {}
        self._rest = Rest(SHOW_REST, SHOW_REST_MAX_S)
        self.controls = Controls(self.bus, around.assign, self.view, around.check_alarm)
        self.settings_controls = SettingsControls(self.bus, self.configurator, around.plan.module, settings.writing)
        self.bus.observers.append(self.settings_controls.observe)
        self.owners: list[Settable] = [self.controls, self.settings_controls]
        if self.transacting is not None:
            self.settings_controls.guard = self.transacting.transactions.held
            self.owners.insert(1, self.transacting.controls(self.bus))
        self.watch = PollWatch(self.bus.submit, self.bus.tell)
        self._poller = poller
        poller.on_outcome.append(self._polled)
        reading = LocalReading(around.keepers, self.transacting.transactions) if self.transacting else None
        self.server = Server(settings.web, settings.state_dir, BusMail(self.bus), reading)

    async def start(self) -> None:
        """Begin to work and to listen.

        Raises:
            HostError: a socket cannot be had; nothing is left open.
        """
        await self.bus.start()
        try:
            await self.server.start()
        except BaseException:
            await self.bus.stop()
            raise
        self.show()
        if self.transacting is not None:
            await self.transacting.start(self._around.sink)

    async def stop(self) -> None:
        """Listen and work no more; to be called before the poller is stopped."""
        self._poller.on_outcome.remove(self._polled)
        await self.server.stop()
        await self.bus.stop()
        if self.transacting is not None:
            await self.transacting.stop()
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])
        self._files.store.close()

    def configure(self, settings: Settings) -> None:
        """Other bounds from now on."""
        self.bus.configure(settings.interapp)
        self.settings_controls.configure(settings.writing)
        if self.transacting is not None:
            self.transacting.configure(settings.transactions)
        self.show()
        self.watch.keep(self._around.keepers())

    def _transacting(self, settings: Settings) -> TransactionSide | None:
        around = self._around
        if around.journal is None:
            return None
        return TransactionSide(settings.transactions, around.journal, self.configurator, around.plan, around.happened)

    def view(self) -> BusView:
        """What the tables show now."""
        return bus_view(self.bus, self._around.keepers().values())

    def show(self) -> None:
        """Serve the bus as it is, at once."""
        number, view = self._next(), self.view()
        self._serve(number, view, self._blocks(view))

    def _refresh(self) -> None:
        """Serve the bus as it is as soon as its blocks are built; thousands of rows take a while, so not here."""
        self._stale = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().create_task(self._refreshed())

    async def _refreshed(self) -> None:
        while self._stale:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(self._rest.left_s(loop.time()))
            began_s, self._stale = loop.time(), False
            number, view = self._next(), self.view()
            self._serve(number, view, await asyncio.to_thread(self._blocks, view))
            self._rest.begin(began_s, loop.time())

    def _next(self) -> int:
        self._made += 1
        return self._made

    def _blocks(self, view: BusView) -> list[Block]:
        cells, _ = build(self._around.plan, (Feed.MESSAGES,), view, {})
        return list(make_blocks(cells))

    def _serve(self, number: int, view: BusView, blocks: list[Block]) -> None:
        if number > self._served:  # else something newer was served while these were built
            self._served = number
            self._slots = {
                device: tuple(rows) for device, rows in groupby(view.slots, key=lambda row: row.device_index)
            }
            self._around.sink.swap(OWNER, blocks)

    def _polled(self, keeper: Keeper, outcome: Outcome) -> None:
        self.watch.look(keeper, outcome)
        if slot_rows([keeper]) != self._slots.get(keeper.index, ()):
            self._refresh()


class BusMail(Mail):
    """The bus as the endpoint sees it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def post(self, envelope: Envelope) -> Message:
        """Take a message; one that is not taken comes back failed."""
        return self._bus.submit(
            Letter(
                envelope.type,
                envelope.content,
                source=_source(envelope.source),
                guid=envelope.guid or "",
                call_guid=envelope.call_guid or "",
                return_address=envelope.return_url or "",
                timeout_s=envelope.timeout_s,
                sent=envelope.sent,
            )
        )

    def refuse(self, kind: str, text: str) -> Message:
        """Show that something was posted that is no message."""
        return self._bus.reject(Letter(kind, source="web"), Reason.BAD_CONTENT, text)

    def find(self, guid: str) -> Entry | None:
        """The newest row with a GUID."""
        return self._bus.find(guid)

    def entries(self) -> Sequence[Entry]:
        """All rows, the oldest first."""
        return self._bus.entries()

    def cancel(self, index: int) -> bool:
        """Cancel a message that is still waiting."""
        return self._bus.cancel(index, "web")

    def purge(self, index: int) -> bool:
        """Drop a row that has ended."""
        return self._bus.purge(index)

    def types(self) -> list[dict[str, Any]]:
        """The message types: type, description, schema."""
        return [
            {"type": spec.type, "description": spec.description, "content": spec.schema}
            for spec in self._bus.specs.values()
            if not spec.internal
        ]


def _source(said: str) -> str:
    return f"web:{said}" if said else "web"
