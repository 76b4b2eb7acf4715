"""The composition root: every part of the agent, put together for one configuration."""

from __future__ import annotations

import logging
import platform
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import agent
from agent.config import DeviceSettings, Overlay, Settings, load_overlay
from agent.device.client import Client
from agent.errors import ConfigError
from agent.mib.build import build
from agent.mib.declaration import Access, Feed, Module
from agent.mib.groups.agent import AgentView
from agent.mib.module import northbound
from agent.mib.plan import Plan, check_overrides, make_plan
from agent.mib.standard import STANDARD, SelfView
from agent.model.family import FAMILIES, KINDS
from agent.model.identity import Identities
from agent.service.keeper import Keeper, Limits, Surroundings
from agent.service.poller import OpenSession, Poller
from agent.service.rejections import Rejections
from agent.service.state import StateStore
from agent.service.statelock import StateLock
from agent.service.written import FIELDS, configured, still_valid, with_values
from agent.snmp.engineid import start_engine
from agent.snmp.service import open_service
from agent.snmp.sockets import open_sockets
from agent.wire.block import Block, LiveBlock, make_blocks
from agent.wire.counters import Counters
from agent.wire.store import Store
from agent.wire.writing import Writable, Writer

log = logging.getLogger(__name__)

SERIAL_NUMBER = "snmpSetSerialNo"


def load_overlays(module: Module, paths: tuple[Path, ...]) -> tuple[Overlay, ...]:
    """Overlays read and checked against the declarations.

    Raises:
        ConfigError: naming the file, the object and what is allowed.
    """
    overlays = []
    for path in paths:
        overlay = load_overlay(path)
        check_overrides(module, overlay.paths, str(path))
        overlays.append(overlay)
    return tuple(overlays)


class Plans:
    """Plans by API generation, for devices with the same overlays."""

    def __init__(self, module: Module, overlays: tuple[Overlay, ...]) -> None:
        self._module = module
        self.overlays = overlays
        self._made: dict[int | None, Plan] = {}

    def __call__(self, generation: int | None) -> Plan:
        """The plan for a generation; a later overlay wins over an earlier one."""
        if generation not in self._made:
            paths: dict[str, tuple[str, ...]] = {}
            for overlay in self.overlays:
                if overlay.applies_to(generation):
                    paths.update(overlay.paths)
            self._made[generation] = make_plan(self._module, paths)
        return self._made[generation]


def check_startable(settings: Settings) -> None:
    """Refuse a configuration with which nobody could read anything.

    Raises:
        ConfigError: neither community nor user is configured, or a slot expects a family there is not.
    """
    known = {family.lower() for family in (*FAMILIES, *KINDS)}
    for device in settings.devices:
        for slot, expected in device.slots.items():
            if expected is not None and expected.lower() not in known:
                allowed = ", ".join((*FAMILIES, *KINDS))
                raise ConfigError(f"device {device.name}: slots.{slot}", f"no family {expected!r}; one of {allowed}")
    if not settings.snmp.communities and not settings.snmp.users:
        raise ConfigError("snmp", "no communities and no users: nobody could read anything; configure at least one")


class App:
    """The agent in one process and one event loop. Use `start` and `stop` once each.

    Args:
        settings: the configuration, already checked by `load_settings`.
        open_session: how a device is reached; the real client unless a test says otherwise.
    """

    def __init__(self, settings: Settings, open_session: OpenSession = Client) -> None:
        check_startable(settings)
        self.settings = settings
        self._configured = settings
        self._serial_number = random.randrange(2**31)
        self._open_session = open_session
        self.module = northbound(settings.root_oid)
        self._plans = _plans_by_overlays(self.module, settings)
        declared = [located.oid for module in (self.module, STANDARD) for located in module.objects.values()]
        self.store = Store(declared)
        self.counters = Counters()
        self._started = self._loaded = datetime.now(timezone.utc)
        self._started_s = time.monotonic()
        self._agent_plan = make_plan(self.module)

    async def start(self) -> None:
        """Open everything and begin to serve and poll.

        Raises:
            HostError: an address, the state directory or a library cannot be had.
        """
        async with AsyncExitStack() as undo:
            sockets = open_sockets(self.settings.snmp.listen)
            for opened in sockets:
                undo.callback(opened.close)
            self.addresses = [opened.getsockname()[:2] for opened in sockets]
            self._lock = StateLock(self.settings.state_dir)
            undo.callback(self._lock.release)
            self._state = StateStore(self.settings.state_dir / "state.db")
            undo.callback(self._state.close)
            written = still_valid(self._configured, self._state.written())
            self.settings = with_values(self._configured, written)
            self._identity = start_engine(self.settings.state_dir, self.settings.snmp.engine_id)
            self.keepers = {
                device.name: Keeper(index, device, self._surroundings(device.name)) for device, index in self._indexed()
            }
            writer = Writer(self._writables(), self._assign)
            self._snmp = open_service(self.settings.snmp, self._identity, self.store, self.counters, sockets, writer)
            undo.push_async_callback(self._snmp.close)
            self._serve_self()
            self._serve_agent()
            self.poller = Poller(
                self.keepers.values(),
                self._open_session,
                self.settings.max_parallel_polls,
                self._serve_agent,
                Rejections(self._state),
            )
            self.poller.start()
            undo.pop_all()
        log.info(
            "started version=%s devices=%d listen=%s engine_id=%s boots=%d",
            agent.__version__,
            len(self.keepers),
            ",".join(self.settings.snmp.listen),
            self._identity.engine_id.hex(),
            self._identity.boots,
        )

    async def stop(self) -> None:
        """Stop polling, then serving."""
        await self.poller.stop()
        await self._snmp.close()
        self._state.close()
        self._lock.release()
        log.info("stopped")

    def reload(self, settings: Settings) -> None:
        """Go on with another configuration: devices, users, views, limits. Sockets, snapshots and indexes stay.

        Raises:
            ConfigError: it cannot be gone on with; everything is as before.
        """
        check_startable(settings)
        _check_reloadable(self._configured, settings)
        plans = _plans_by_overlays(self.module, settings, self._plans.values())
        self._snmp.reload(settings.snmp)
        self._plans = plans
        self._configured = settings
        self.settings = with_values(settings, still_valid(settings, self._state.written()))
        self._loaded = datetime.now(timezone.utc)
        self._renew_keepers()
        self._serve_self()
        self._serve_agent()
        log.info("reloaded devices=%d", len(self.keepers))

    def _renew_keepers(self) -> None:
        """Keepers for the devices of the settings in force; what was known of a device is kept."""
        before, self.keepers = self.keepers, {}
        for name in before.keys() - {device.name for device in self.settings.devices}:
            self.poller.drop(name)
            before[name].retire()
        for device, index in self._indexed():
            old, around = before.get(device.name), self._surroundings(device.name)
            if old is not None and old.settings == device:
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
        return numbered

    def _surroundings(self, name: str) -> Surroundings:
        return Surroundings(self._plans[name], self.store, self._state, _limits(self.settings))

    def _writables(self) -> list[Writable]:
        located = [one for module in (self.module, STANDARD) for one in module.objects.values()]
        writable = [one for one in located if one.column.access is Access.READ_WRITE]
        return [
            Writable(one.oid, one.column, self._is_serial_number)
            if one.column.name == SERIAL_NUMBER
            else Writable(one.oid, one.column)
            for one in writable
        ]

    def _is_serial_number(self, value: int) -> bool:
        return value == self._serial_number

    def _assign(self, values: Mapping[str, Any], who: str) -> None:
        """What managers write takes effect here: on disk first, then everywhere at once."""
        settings_of = {name: value for name, value in values.items() if name in FIELDS}
        self._state.keep_written(
            {name: (value, configured(self._configured, name)) for name, value in settings_of.items()}
        )
        self.settings = with_values(self.settings, settings_of)
        if SERIAL_NUMBER in values:
            self._serial_number = (self._serial_number + 1) % 2**31
        for keeper in self.keepers.values():
            keeper.limit(_limits(self.settings))
        self._serve_self()
        self._serve_agent()
        log.info("written by=%s objects=%s", who, ",".join(values))

    def _serve_self(self) -> None:
        view = SelfView(
            settings=self.settings.snmp,
            description=f"LANTIME northbound SNMP agent {agent.__version__}, Python {platform.python_version()}",
            host_name=socket.gethostname(),
            object_id=self.module.root,
            engine_id=self._identity.engine_id,
            engine_boots=self._identity.boots,
            uptime_ticks=lambda: int((time.monotonic() - self._started_s) * 100),
            engine_time_s=self._snmp.engine_time_s,
            counts=self.counters,
            serial_number=lambda: self._serial_number,
            notifications=self.settings.notifications,
        )
        cells, _ = build(make_plan(STANDARD), (Feed.AGENT,), view, {})
        self.store.swap("self", [*make_blocks(cells), *live_blocks(STANDARD, view)])

    def _serve_agent(self) -> None:
        keepers = self.keepers.values()
        view = AgentView(
            version=agent.__version__,
            started=self._started,
            loaded=self._loaded,
            settings=self.settings,
            states=Counter(keeper.known.health.state for keeper in keepers),
            drift=sum(len(keeper.known.drift) for keeper in keepers),
            cells=len(self.store),
        )
        cells, _ = build(self._agent_plan, (Feed.AGENT,), view, {})
        self.store.swap("agent", list(make_blocks(cells)))


def live_blocks(module: Module, view: object) -> list[Block]:
    """Blocks of the scalars that are read when they are asked for."""

    def reader(located_name: str) -> Callable[[], bytes]:
        column = module.objects[located_name].column
        assert column.value is not None  # noqa: S101 - live columns are functions; declared so
        value = column.value
        return lambda: column.syntax.encode(value(view))

    return [
        LiveBlock(located.oid, located.column.syntax.tag, reader(name))
        for name, located in module.objects.items()
        if located.column.live
    ]


def _plans_by_overlays(module: Module, settings: Settings, known: Iterable[Plans] = ()) -> Mapping[str, Plans]:
    """Plans per device name; devices with the same overlays share theirs, and known ones are used on."""
    known = list(known)
    shared: dict[tuple[Path, ...], Plans] = {}
    by_name = {}
    for device in settings.devices:
        paths = (*settings.overlays, *device.overlays)
        if paths not in shared:
            fresh = Plans(module, load_overlays(module, paths))
            shared[paths] = next((plans for plans in known if plans.overlays == fresh.overlays), fresh)
        by_name[device.name] = shared[paths]
    return by_name


def _check_reloadable(before: Settings, after: Settings) -> None:
    """Refuse what only a restart can change.

    Raises:
        ConfigError: naming the key.
    """
    fixed = {
        "state_dir": (before.state_dir, after.state_dir),
        "root_oid": (before.root_oid, after.root_oid),
        "max_parallel_polls": (before.max_parallel_polls, after.max_parallel_polls),
        "snmp.listen": (before.snmp.listen, after.snmp.listen),
        "snmp.engine": (before.snmp.engine, after.snmp.engine),
        "snmp.engine_id": (before.snmp.engine_id, after.snmp.engine_id),
    }
    for key, (old, new) in fixed.items():
        if old != new:
            raise ConfigError(key, "cannot change while the agent runs; restart it")
    if before.snmp.engine == "pysnmp":
        raise ConfigError("snmp.engine", "the pysnmp path keeps its communities and users; restart the agent")


def _limits(settings: Settings) -> Limits:
    return Limits(settings.attributes.max_count, settings.http.max_count, settings.http.tracking)
