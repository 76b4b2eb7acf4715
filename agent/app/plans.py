"""Plans for the devices of a configuration, and what is checked before anything is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from agent.config import Overlay, Settings, load_overlay
from agent.errors import ConfigError
from agent.mib.declaration import Module
from agent.mib.host import CHILD, host_modules
from agent.mib.plan import Plan, check_overrides, check_writes, make_plan
from agent.model.family import FAMILIES, KINDS


def load_overlays(module: Module, paths: tuple[Path, ...]) -> tuple[Overlay, ...]:
    """Overlays read and checked against the declarations.

    Raises:
        ConfigError: naming the file, the object and what is allowed.
    """
    overlays = []
    for path in paths:
        overlay = load_overlay(path)
        check_overrides(module, overlay.paths, str(path))
        check_writes(module, overlay.writes, str(path))
        overlays.append(overlay)
    return tuple(overlays)


class Plans:
    """Plans by API generation, for devices with the same overlays."""

    def __init__(self, module: Module, overlays: tuple[Overlay, ...]) -> None:
        self._module = module
        self.overlays = overlays
        self._made: dict[int | None, Plan] = {}
        self._hosts: dict[tuple[int | None, tuple[str, ...]], tuple[Plan, ...]] = {}
        self._children: Plan | None = None

    def __call__(self, generation: int | None) -> Plan:
        """The plan for a generation; a later overlay wins over an earlier one."""
        if generation not in self._made:
            self._made[generation] = make_plan(self._module, self._paths(generation), writes=self._writes(generation))
        return self._made[generation]

    def hosts(self, generation: int | None, views: tuple[str, ...]) -> tuple[Plan, ...]:
        """The plans of a device's own context, in which it shows these views."""
        key = generation, views
        if key not in self._hosts:
            paths = self._paths(generation)
            self._hosts[key] = tuple(make_plan(module, paths, self._module) for module in host_modules(views))
        return self._hosts[key]

    def children(self) -> Plan:
        """The plan of what a child of a device shows as a host."""
        self._children = self._children or make_plan(CHILD)
        return self._children

    def _paths(self, generation: int | None) -> dict[str, tuple[str, ...]]:
        paths: dict[str, tuple[str, ...]] = {}
        for overlay in self.overlays:
            if overlay.applies_to(generation):
                paths.update(overlay.paths)
        return paths

    def _writes(self, generation: int | None) -> dict[str, tuple[str, ...]]:
        writes: dict[str, tuple[str, ...]] = {}
        for overlay in self.overlays:
            if overlay.applies_to(generation):
                writes.update(overlay.writes)
        return writes


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


def plans_by_device(module: Module, settings: Settings, known: Iterable[Plans] = ()) -> Mapping[str, Plans]:
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


def check_reloadable(before: Settings, after: Settings) -> None:
    """Refuse what only a restart can change.

    Raises:
        ConfigError: naming the key.
    """
    fixed = {
        "state_dir": (before.state_dir, after.state_dir),
        "web": (before.web, after.web),
        "root_oid": (before.root_oid, after.root_oid),
        "max_parallel_polls": (before.max_parallel_polls, after.max_parallel_polls),
        "writing.deadline_s": (before.writing.deadline_s, after.writing.deadline_s),
        "snmp.listen": (before.snmp.listen, after.snmp.listen),
        "snmp.fronts": (before.snmp.fronts, after.snmp.fronts),
        "snmp.engine": (before.snmp.engine, after.snmp.engine),
        "snmp.engine_id": (before.snmp.engine_id, after.snmp.engine_id),
    }
    for key, (old, new) in fixed.items():
        if old != new:
            raise ConfigError(key, "cannot change while the agent runs; restart it")
    if before.snmp.engine == "pysnmp":
        raise ConfigError("snmp.engine", "the pysnmp path keeps its communities and users; restart the agent")
