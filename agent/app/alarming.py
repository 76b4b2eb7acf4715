"""Alarms and notifications put together: what is seen becomes alarms, and these become notifications."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from agent.config import Settings
from agent.mib.build import build
from agent.mib.declaration import Feed, Module
from agent.mib.groups.receiver import ReceiverRow
from agent.mib.plan import Plan
from agent.model.alarm import events as alarms
from agent.model.alarm.facts import Facts, Instant
from agent.model.health import Health
from agent.model.identity import Identities
from agent.model.message import (
    DataLossCrossed,
    Event,
    MailboxFree,
    MailboxFull,
    MessageFailed,
    MessageStalled,
    MessageSucceeded,
    StallEnded,
)
from agent.model.rest import Rest
from agent.service.alarmlists import AlarmLists
from agent.service.alarmstate import AlarmStore
from agent.service.deliverystate import KeptDeliveries
from agent.service.sink import Sink
from agent.service.state import StateStore
from agent.service.watched import watched
from agent.service.watcher import Surroundings, Watcher
from agent.snmp.engineid import EngineIdentity
from agent.snmp.notifier import Notifier
from agent.snmp.outlet import Supply
from agent.snmp.target import LocalEngine, Target, make_targets
from agent.wire.access import Access, Level, Model, Refusal
from agent.wire.announce import Pace, authentication_failure, cold_start
from agent.wire.block import make_blocks
from agent.wire.view import NOTHING, View

log = logging.getLogger(__name__)

OWNER: Final = "alarms"
"""Owner of the blocks in the store."""
TICK_S: Final = 1.0
SOON_S: Final = 0.02
"""What happens within this time is worked off together, in one step and one write."""
SHOW_REST: Final = 9
SHOW_REST_MAX_S: Final = 2.0
"""The table that was served anew rests so many times as long as that took, up to so many seconds: thousands of alarms
must not hold up all else, and a few are shown at once."""
QUICK_S: Final = 0.005
"""What takes longer to be served than this is sent first."""
DRAIN_S: Final = 3.0
"""Time informs have to be acknowledged when the agent stops."""
AUTHENTICATION_FAILURE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Around:
    """What the alarms work with.

    Attributes:
        plan: plan of the module, without overlays.
        on_delivery: how delivery fares to a receiver has changed, at most once a second.
        salts: for the privacy of traps.
    """

    module: Module
    plan: Plan
    identity: EngineIdentity
    state: StateStore
    sink: Sink
    on_delivery: Callable[[], None]
    salts: Iterator[int]


class Alarming:
    """Watcher and notifier. Made, started and stopped in the event loop's thread, as is everything but `observe`."""

    def __init__(self, settings: Settings, indexes: Mapping[str, int], access: Access, around: Around) -> None:
        """Go on with what was kept.

        Raises:
            HostError: what was kept cannot be read.
        """
        self._settings = settings
        self._access = access
        self._hosts = _hosts(settings)
        self._around = around
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._shown = -1
        self._receiver_indexes: dict[str, int] = {}
        self._rest = Rest(SHOW_REST, SHOW_REST_MAX_S)
        self._show_s = 0.0
        self._delivered = self._is_stopping = False
        self._pace = Pace(AUTHENTICATION_FAILURE_S)
        self._ticking: asyncio.Task[None] | None = None
        state = around.state
        surroundings = Surroundings(
            around.module,
            AlarmStore(state, settings.state_dir),
            self._send,
            around.identity.uptime_ticks,
            lambda: self._settings.snmp.system_name or socket.gethostname(),
        )
        set_aside = str(state.set_aside or "")
        self._watcher = Watcher(surroundings, watched(settings, indexes), instant(), set_aside=set_aside)
        identity = around.identity
        age = timedelta(seconds=time.monotonic() - identity.started_s)
        self._lists = AlarmLists(around.module, identity.engine_id, instant().wall - age, self._ticks_at, around.sink)
        supply = Supply(self._watcher.active_notices, self._watcher.heartbeat, self._progressed, self._hosts_of)
        engine = LocalEngine(identity, identity.time_s, around.salts)
        self._notifier = Notifier(engine, supply, KeptDeliveries(state))

    async def start(self, *, is_cold: bool) -> None:
        """Begin to send, with what receivers are still owed; a cold start is told to them."""
        await self._notifier.start(self._targets(), self._watcher.sequence, self._watcher.since)
        if is_cold:
            self._notifier.send(cold_start(self._around.module.root, self._around.identity.uptime_ticks()))
        self.show()
        self._ticking = self._loop.create_task(self._tick())

    async def stop(self, drain_s: float = DRAIN_S) -> None:
        """Work off what is there, give informs a moment, and stop."""
        self._is_stopping = True
        self._wake.set()
        if self._ticking is not None:
            await self._ticking
        self._watcher.tick(instant())
        await self._notifier.stop(drain_s)

    def reload(self, settings: Settings, indexes: Mapping[str, int], access: Access) -> None:
        """Other rules, devices and receivers from now on; alarms, and what receivers are owed, stay."""
        self._settings, self._access, self._hosts = settings, access, _hosts(settings)
        self._watcher.reconfigure(watched(settings, indexes), instant())
        self._notifier.reload(self._targets())
        self._wake.set()

    def configure(self, settings: Settings, indexes: Mapping[str, int]) -> None:
        """Other bounds from now on."""
        self._settings = settings
        self._watcher.reconfigure(watched(settings, indexes), instant())
        self._wake.set()

    def device_read(self, name: str, facts: Facts, health: Health) -> None:
        """A poll of a device ended, or it was decided not to poll it."""
        self._watcher.device_read(name, facts, health)
        self._wake.set()

    def observe(self, event: Event) -> None:
        """Something happened in the inter-application bus; told in any thread."""
        happened = _of_bus(event)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.happened, happened)

    def happened(self, event: alarms.Event) -> None:
        """Something happened within the agent."""
        self._watcher.happened(event)
        self._wake.set()

    def authentication_failed(self) -> None:
        """Somebody used a wrong community, user or key."""
        if self._settings.notifications.enable_authen_traps and self._pace.admits(time.monotonic()):
            ticks = self._around.identity.uptime_ticks()
            self._notifier.send(authentication_failure(self._around.module.root, ticks))

    # What the bus asks for

    def acknowledge(self, index: int, who: str) -> None:
        """Note that somebody has seen an active alarm.

        Raises:
            LookupError: no alarm of that index is active.
        """
        self._watcher.acknowledge(index, who)
        self._wake.set()

    def resync(self) -> int:
        """Send every active alarm again, bracketed; how many that are."""
        count = self._watcher.resync()
        self._wake.set()
        return count

    def test(self, receiver: str | None, text: str = "") -> int:
        """Send a test notification to one receiver, or to all; how many that are.

        Raises:
            LookupError: there is no such receiver.
        """
        if receiver is None:
            self._watcher.test(text)
            self._wake.set()
            return self._notifier.receivers
        self._notifier.send_to(receiver, self._watcher.test_notice(text))
        return 1

    # What managers write

    @property
    def watcher(self) -> Watcher:
        """What decides on alarms."""
        return self._watcher

    @property
    def owners(self) -> list[str]:
        """All names under which blocks are served."""
        return [OWNER, *self._lists.owners]

    def _ticks_at(self, moment: datetime) -> int:
        """SysUpTime at a time that is not long ago."""
        ago = datetime.now(timezone.utc) - moment
        return max(self._around.identity.uptime_ticks() - int(ago.total_seconds() * 100), 0)

    def receivers(self) -> tuple[ReceiverRow, ...]:
        """How delivery fares to each receiver."""
        return tuple(ReceiverRow(self._receiver_indexes[row.name], row) for row in self._notifier.deliveries())

    def show(self) -> None:
        """Serve the alarms as they are, if they have changed."""
        if self._watcher.version == self._shown:
            return
        self._shown = self._watcher.version
        view = self._watcher.view()
        cells, _ = build(self._around.plan, (Feed.ALARMS,), view, {})
        self._around.sink.swap(OWNER, list(make_blocks(cells)))
        self._lists.show(view, self._watcher.logged)

    def _show_in_turn(self) -> None:
        """Serve the alarms as they are, unless that was done too short a while ago."""
        began_s = self._loop.time()
        if not self._rest.left_s(began_s):
            self.show()
            ended_s = self._loop.time()
            self._rest.begin(began_s, ended_s)
            self._show_s = ended_s - began_s

    def _patience_s(self) -> float:
        """How long there is nothing to do unless something happens."""
        return TICK_S if self._watcher.version == self._shown else min(self._rest.left_s(self._loop.time()), TICK_S)

    def _targets(self) -> tuple[Target, ...]:
        """The receivers as configured now; each has its index from here on."""
        settings = self._settings
        indexes = Identities(self._around.state.given(""))
        names = [one.name for one in settings.notifications.receivers]
        self._receiver_indexes = {name: indexes.index("receiver", name) for name in names}
        self._around.state.keep("", indexes.take_fresh())
        devices = [device.name for device in settings.devices]
        return make_targets(settings.notifications, settings.snmp.users, self._access.views, self._view_of, devices)

    def _view_of(self, user: str, level: Level, context: str) -> View:
        view = self._access.notify_view(Model.USM, user, level, context)
        return NOTHING if isinstance(view, Refusal) else view

    def _hosts_of(self, device: str) -> tuple[str, ...]:
        return self._hosts.get(device, ())

    def _send(self, notice: Any) -> None:
        self._notifier.send(notice)

    def _progressed(self) -> None:
        self._delivered = True

    async def _tick(self) -> None:
        while not self._is_stopping:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._patience_s())
                await asyncio.sleep(SOON_S)
            self._wake.clear()
            try:
                self._watcher.tick(instant())
                if self._show_s > QUICK_S:  # else the row is there for who hears of it and acknowledges it at once
                    await asyncio.sleep(0)  # what was decided is sent before it is shown
                self._show_in_turn()
                if self._delivered:
                    self._delivered = False
                    self._around.on_delivery()
            except Exception:
                # One that cannot be worked off must not end all alarms.
                log.exception("alarms-crashed")


def _hosts(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The own addresses of devices that have some."""
    return {device.name: device.own_hosts for device in settings.devices if device.listen}


def instant() -> Instant:
    """This moment, by both clocks."""
    return Instant(datetime.now(timezone.utc), time.monotonic())


def _of_bus(event: Event) -> alarms.Event:
    """What an event of the bus is to the alarms."""
    if isinstance(event, DataLossCrossed):
        return alarms.DataLossCrossed(event.device, event.permille, event.over)
    if isinstance(event, MailboxFull):
        return alarms.MailboxFull(event.open)
    if isinstance(event, MailboxFree):
        return alarms.MailboxFree()
    message = event.message
    device = message.target.partition("/")[0]
    if isinstance(event, MessageFailed):
        return alarms.MessageFailed(message.index, message.type, device, message.reason.value, message.error_text)
    if isinstance(event, MessageStalled):
        return alarms.MessageStalled(message.index, message.type, device, event.seconds)
    if isinstance(event, StallEnded):
        return alarms.StallEnded(message.index, message.type, device)
    assert isinstance(event, MessageSucceeded)  # noqa: S101 - the last of them
    return alarms.MessageSucceeded(message.type, device)
