"""Everything but answering: devices, polls, state on disk, and what is to be served of them."""

from __future__ import annotations

import logging
import platform
import secrets
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final, Protocol

import agent
from agent.app.alarming import DRAIN_S, Alarming
from agent.app.alarming import Around as AlarmsAround
from agent.app.control import front_name
from agent.app.plans import check_reloadable, check_startable, plans_by_device
from agent.config import DeviceSettings, Settings
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.groups.agent import AgentView
from agent.mib.module import northbound
from agent.mib.plan import make_plan
from agent.mib.standard import STANDARD, SelfView
from agent.model.alarm.events import ProcessDied
from agent.model.identity import Identities
from agent.model.place import DEVICE, Place
from agent.model.rest import Rest
from agent.service.assigner import Assigner
from agent.service.interapp import OWNER as MESSAGES
from agent.service.interapp import Around, InterApp, MessageFiles
from agent.service.keeper import Keeper, Limits, Surroundings
from agent.service.paced import Paced
from agent.service.poller import OpenSession, Poller
from agent.service.rejections import Rejections
from agent.service.spinlock import SpinLock
from agent.service.state import STATE_FILE, StateStore
from agent.service.transactions.controls import TransactionControls
from agent.service.transactions.journal import Journal
from agent.service.transactions.side import OWNER as TRANSACTIONS
from agent.service.written import FIELDS, WrittenSettings, configured, still_valid, with_values
from agent.snmp.engineid import EngineIdentity
from agent.wire.block import Block, make_blocks
from agent.wire.context import make_contexts
from agent.wire.crypto import check_crypto
from agent.wire.later import Later
from agent.wire.policy import Policy, make_policy, without_settings
from agent.wire.view import EVERYTHING, View, intersection, make_view
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)

PLACES_REST: Final = 20
PLACES_REST_MAX_S: Final = 5.0
AGENT_REST: Final = 20
AGENT_REST_MAX_S: Final = 1.0
"""What is made of all devices after each poll of one rests so many times as long as it took."""
AUTHENTICATION_FAILED = {"event": "authenticationFailed"}
"""What the front tells when a message failed authentication."""


class Answering(Protocol):
    """The answering side, in this process or another."""

    @property
    def restarts(self) -> int:
        """How often the process that answers died; always 0 where it is this one."""

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Have an owner's blocks served in the place of the ones it had."""

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """The same, unless something of the owner's is served already."""

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on."""

    def open(self, owners: Sequence[str]) -> None:
        """Everything has been given: answer, and forget what others than these owners gave."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a back came to be started.

    Attributes:
        restarts: how often a back of this agent died before.
    """

    identity: EngineIdentity
    started: datetime
    restarts: int = 0


class Back:
    """The agent without its sockets. Made, started and stopped in one event loop.

    Args:
        settings: the configuration, already checked by `load_settings`.
        open_session: how a device is reached.
    """

    def __init__(self, settings: Settings, start: Start, answering: Answering, open_session: OpenSession) -> None:
        check_startable(settings)
        check_crypto(settings.snmp)
        self.settings = settings
        self.module = northbound(settings.root_oid)
        self._configured = settings
        self._start = start
        self._answering = answering
        self._open_session = open_session
        self._plans = plans_by_device(self.module, settings)
        self._agent_plan, self._self_plan = make_plan(self.module), make_plan(STANDARD)
        self._loaded = datetime.now(timezone.utc)
        self._indexes: dict[str, int] = {}
        self._serial_number = SpinLock(secrets.randbits(31), self._serve_self)
        self.keepers: dict[str, Keeper] = {}
        self._places_shown = Paced(self.place, Rest(PLACES_REST, PLACES_REST_MAX_S))
        self._agent_shown = Paced(self._serve_agent, Rest(AGENT_REST, AGENT_REST_MAX_S))

    async def start(self) -> None:
        """Begin to poll, to work and to be served.

        Raises:
            HostError: the state directory or a socket cannot be had.
        """
        async with AsyncExitStack() as undo:
            self._state = StateStore(self.settings.state_dir / STATE_FILE)
            undo.callback(self._state.close)
            self._files = MessageFiles(self.settings.state_dir)
            undo.callback(self._files.store.close)
            self.settings = with_values(self._configured, still_valid(self._configured, self._state.written()))
            numbered = self._indexed()
            self._policy = self._make_policy()
            self.alarming = Alarming(self.settings, self._indexes, self._policy.access, self._around_alarms())
            self.keepers = {
                device.name: Keeper(index, device, self._surroundings(device.name)) for device, index in numbered
            }
            self._policy = self._make_policy()
            self.poller = Poller(
                self.keepers.values(),
                self._open_session,
                self.settings.max_parallel_polls,
                self._agent_shown.want,
                Rejections(self._state),
            )
            self.interapp = InterApp(self.settings, self._files, self.poller, self._around_bus())
            controls = self.interapp.controls
            plain = WrittenSettings(FIELDS.keys() - controls.names, self._take_settings)
            self._assigner = Assigner([plain, *self.interapp.owners])
            await self.alarming.start(is_cold=not self._start.restarts)
            undo.push_async_callback(self.alarming.stop)
            self.poller.start()
            undo.push_async_callback(self.poller.stop)
            await self.interapp.start()
            self._show_all()
            undo.pop_all()
        if self._start.restarts:
            self.alarming.happened(ProcessDied("back", self._start.restarts))
        log.info("started version=%s devices=%d", agent.__version__, len(self.keepers))

    async def stop(self, drain_s: float = DRAIN_S) -> None:
        """Stop working, then polling, then notifying; informs have so long to be acknowledged."""
        self._places_shown.stop()
        self._agent_shown.stop()
        await self.interapp.stop()
        await self.poller.stop()
        await self.alarming.stop(drain_s)
        self._state.close()
        log.info("stopped")

    def reload(self, settings: Settings) -> None:
        """Go on with another configuration: devices, users, views, limits. Sockets, snapshots and indexes stay.

        Raises:
            ConfigError: it cannot be gone on with; everything is as before.
        """
        check_startable(settings)
        check_reloadable(self._configured, settings)
        check_crypto(settings.snmp)
        plans = plans_by_device(self.module, settings, self._plans.values())
        self._plans = plans
        self._configured = settings
        self.settings = with_values(settings, still_valid(settings, self._state.written()))
        self._loaded = datetime.now(timezone.utc)
        self._renew_keepers()
        self._policy = self._make_policy()
        self.interapp.configure(self.settings)
        self.alarming.reload(self.settings, self._indexes, self._policy.access)
        self._show_all()
        log.info("reloaded devices=%d", len(self.keepers))

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Carry out a SET whose values fit their objects: whose they are checks first, then all is taken."""
        return self._serial_number.guard(self._assigner.assign, wanted, who)

    def _take_settings(self, values: Mapping[str, Any], who: str) -> None:
        """Settings by object name take effect here: on disk first, then everywhere at once."""
        self._state.keep_written({name: (value, configured(self._configured, name)) for name, value in values.items()})
        self.settings = with_values(self.settings, values)
        for keeper in self.keepers.values():
            keeper.limit(_limits(self.settings))
        self._serve_self()
        self._serve_agent()
        self.interapp.configure(self.settings)
        self.alarming.configure(self.settings, self._indexes)

    def _renew_keepers(self) -> None:
        """Keepers for the devices of the settings in force; what was known of a device is kept."""
        before, self.keepers = self.keepers, {}
        for name in before.keys() - {device.name for device in self.settings.devices}:
            self.poller.drop(name)
            before[name].retire()
        for device, index in self._indexed():
            old, around = before.get(device.name), self._surroundings(device.name)
            if old is not None and _is_asked_alike(old.settings, device):
                old.settings = device
                old.renew(around)
                self.keepers[device.name] = old
                continue
            if old is not None:
                old.retire()
            keeper = Keeper(index, device, around)
            if old is not None and old.settings.base_url == device.base_url:
                keeper.adopt(old.known)
            self.keepers[device.name] = keeper
            self.poller.put(keeper)

    def _indexed(self) -> list[tuple[DeviceSettings, int]]:
        """The configured devices with their indexes."""
        indexes = Identities(self._state.given(""))
        numbered = [(device, indexes.index("device", device.name)) for device in self.settings.devices]
        self._state.keep("", indexes.take_fresh())
        self._indexes = {device.name: index for device, index in numbered}
        return numbered

    def _make_policy(self) -> Policy:
        contexts = make_contexts(self.module, self._places())
        insecure = EVERYTHING if self.settings.writing.allow_insecure else self._insecure_writes()
        return make_policy(self.settings.snmp, self._start.identity.engine_id, contexts, insecure)

    def _insecure_writes(self) -> View:
        """What may be written at less than authPriv: no value of a device, nor a transaction: it keeps others out."""
        transactions = [self.module.objects[name].oid for name in TransactionControls.names]
        return intersection(without_settings(self.module), make_view([(0,), (1,), (2,)], transactions))

    def _places(self) -> dict[str, Place]:
        """What has a context of its own."""
        places = {name: Place(DEVICE, (index,)) for name, index in self._indexes.items()}
        for keeper in self.keepers.values():
            places.update(keeper.known.places)
        return places

    def _placed(self) -> None:
        """Contexts came or went."""
        self._places_shown.want()

    def place(self) -> None:
        """Make the contexts known that there are now."""
        self._policy = self._make_policy()
        self._answering.obey(self._policy)
        self._serve_self()

    def _around_alarms(self) -> AlarmsAround:
        start = self._start
        salts = start.identity.salts(None, self._configured.snmp.fronts, start.restarts)
        return AlarmsAround(
            self.module, self._agent_plan, start.identity, self._state, self._answering, self._agent_shown.want, salts
        )

    def _around_bus(self) -> Around:
        return Around(
            lambda: self.keepers, self._take_settings, self._answering, self._agent_plan,
            alarms=self.alarming, check_alarm=self.alarming.watcher.check, observer=self.alarming.observe,
            journal=Journal(self._state), happened=self.alarming.happened,
        )  # fmt: skip

    def on_front_event(self, event: Any) -> None:
        """The front tells of something: a message that failed authentication."""
        if event == AUTHENTICATION_FAILED:
            self.alarming.authentication_failed()

    def on_front_restart(self, front: int, restarts: int) -> None:
        """A new front of this number, from 0, is there because the one before it died."""
        self.alarming.happened(ProcessDied(front_name(front, self._configured.snmp.fronts), restarts))

    def _surroundings(self, name: str) -> Surroundings:
        limits, choices = _limits(self.settings), self._files.choices.of
        seen, identity = self.alarming.device_read, self._start.identity
        return Surroundings(
            self._plans[name], self._answering, self._state, limits,
            seen=seen, choices=choices, placed=self._placed, uptime_ticks=identity.uptime_ticks,
            engine_id=identity.engine_id,
        )  # fmt: skip

    def _show_all(self) -> None:
        """Have everything served that is not a poll's to bring."""
        self._answering.obey(self._policy)
        self._serve_self()
        self._serve_agent()
        owners = [owner for keeper in self.keepers.values() for owner in keeper.owners]
        self._answering.open(["self", "agent", MESSAGES, TRANSACTIONS, *self.alarming.owners, *owners])

    def _serve_self(self) -> None:
        identity = self._start.identity
        view = SelfView(
            settings=self.settings.snmp,
            description=f"LANTIME northbound SNMP agent {agent.__version__}, Python {platform.python_version()}",
            host_name=socket.gethostname(),
            object_id=self.module.root,
            engine_id=identity.engine_id,
            engine_boots=identity.boots,
            contexts=("", *self._places()),
            notifications=self.settings.notifications,
            serial_number=self._serial_number.value,
        )
        self._serve("self", self._self_plan, view)

    def _serve_agent(self) -> None:
        keepers = self.keepers.values()
        view = AgentView(
            version=agent.__version__,
            started=self._start.started,
            loaded=self._loaded,
            settings=self.settings,
            states=Counter(keeper.known.health.state for keeper in keepers),
            drift=sum(len(keeper.known.drift) for keeper in keepers),
            cells=sum(keeper.cells for keeper in keepers),
            front_restarts=self._answering.restarts,
            back_restarts=self._start.restarts,
            receivers=self.alarming.receivers(),
        )
        self._serve("agent", self._agent_plan, view)

    def _serve(self, owner: str, plan: Any, view: object) -> None:
        cells, _ = build(plan, (Feed.AGENT,), view, {})
        self._answering.swap(owner, list(make_blocks(cells)))


def _is_asked_alike(one: DeviceSettings, other: DeviceSettings) -> bool:
    """Whether two settings of a device differ in nothing but its alarm rules, which no keeper looks at."""
    return one.model_copy(update={"alarms": other.alarms}) == other


def _limits(settings: Settings) -> Limits:
    http = settings.http
    return Limits(settings.attributes.max_count, http.max_count, http.tracking, http.data_loss_limit_percent)
