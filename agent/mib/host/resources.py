"""HOST-RESOURCES-MIB (RFC 2790) and UCD-SNMP-MIB: the device's own computer.

A device tells of no load in percent: hrProcessorLoad is its load average over one minute, 1.00 as 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.groups.common import named
from agent.mib.groups.firmware import PACKAGE
from agent.mib.groups.service import SERVICE
from agent.mib.host.common import like
from agent.mib.interface import Interface, interfaces, operational
from agent.mib.syntax import (
    DATE_AND_TIME,
    GAUGE,
    INTEGER32,
    OBJECT_IDENTIFIER,
    OPAQUE_FLOAT,
    TIME_TICKS,
    closed,
    integer32,
    text,
)
from agent.mib.view import DeviceView, Row
from agent.model import reading
from agent.model.reading import Absent

HOST: Final[Oid] = (1, 3, 6, 1, 2, 1, 25)
UCD: Final[Oid] = (1, 3, 6, 1, 4, 1, 2021)
NULL: Final[Oid] = (0, 0)
RAM: Final[Oid] = (*HOST, 2, 1, 2)
FIXED_DISK: Final[Oid] = (*HOST, 2, 1, 4)
RAM_DISK: Final[Oid] = (*HOST, 2, 1, 8)
PROCESSOR: Final[Oid] = (*HOST, 3, 1, 3)
NETWORK: Final[Oid] = (*HOST, 3, 1, 4)
FILE_SYSTEM_UNKNOWN: Final[Oid] = (*HOST, 3, 9, 2)
SHARED_MEMORY: Final = "/dev/shm"  # noqa: S108 - a name in the document
UNIT: Final = 1024
"""Octets in the unit of all sizes; the device gives KiB."""

INDEX = integer32(1)
SIZE = integer32(0)
DEVICE_STATUS = closed(unknown=1, running=2, warning=3, testing=4, down=5)
RUN_STATUS = closed(running=1, runnable=2, notRunnable=3, invalid=4)
SOFTWARE = closed(unknown=1, operatingSystem=2, deviceDriver=3, application=4)


def _system(row: Row, name: str) -> Any:
    """A value of lnbSystemTable."""
    view = row.view
    return next((view.said(one, name) for one in view.opened("lnbSystemTable")), None)


def _uptime(row: Row) -> int | None:
    value = next((one.find("uptime") for one in row.view.opened("lnbSystemTable")), None)
    seconds = reading.number(value)
    return round(seconds * 100) if isinstance(seconds, (int, float)) else None


SYSTEM = Scalars(
    1,
    "hrSystem",
    (
        Column(1, "hrSystemUptime", TIME_TICKS, "Since the device was started.", value=_uptime, measured=True),
        Column(2, "hrSystemDate", DATE_AND_TIME, "The device's time when it was asked.",
               value=lambda row: _system(row, "lnbSystemTime"), measured=True),
        Column(6, "hrSystemProcesses", GAUGE, "All tasks.", value=lambda row: _system(row, "lnbSystemTasks"),
               measured=True),
    ),
    feed=Feed.DOCUMENT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Storage:
    """A file system, or the memory; sizes in KiB."""

    view: DeviceView
    key: str
    name: str
    kind: Oid
    size: int | None
    used: int | None
    mount: str = ""

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index("hrstorage", self.key)


def _storage(view: DeviceView) -> Iterator[Storage]:
    for row in view.opened("lnbSystemTable"):
        total, free = view.said(row, "lnbSystemMemoryTotal"), view.said(row, "lnbSystemMemoryFree")
        if total is not None:
            yield Storage(view, "memory", "Physical memory", RAM, total, None if free is None else total - free)
    yield from _file_systems(view)


def _file_systems(view: DeviceView) -> Iterator[Storage]:
    for row in view.opened("lnbStorageTable"):
        mount = str(view.said(row, "lnbStorageMountPoint") or "")
        name = mount or str(view.said(row, "lnbStorageName") or row.keys[0])
        kind = RAM_DISK if mount == SHARED_MEMORY else FIXED_DISK
        size, used = view.said(row, "lnbStorageSize"), view.said(row, "lnbStorageUsed")
        yield Storage(view, f"fs/{row.keys[0]}", name, kind, size, used, mount)


def _number(row: Storage) -> Iterable[int]:
    return (row.index,)


STORAGE = Table(
    3,
    "hrStorageTable",
    "Memory and file systems.",
    "One of them.",
    (Index("hrStorageIndex", _number),),
    (
        Column(1, "hrStorageIndex", INDEX, "Kept for ever.", value=lambda row: row.index),
        Column(2, "hrStorageType", OBJECT_IDENTIFIER, "Kind of storage.", value=lambda row: row.kind),
        Column(3, "hrStorageDescr", text(255), "Where it is mounted.", value=lambda row: row.name),
        Column(4, "hrStorageAllocationUnits", INDEX, "KiB.", value=lambda _: UNIT, units="Bytes"),
        Column(5, "hrStorageSize", SIZE, "Size in units.", value=lambda row: row.size),
        Column(6, "hrStorageUsed", SIZE, "Used of it.", value=lambda row: row.used, measured=True),
    ),
    source=_storage,
)
MEMORY_SIZE = Scalars(
    2,
    "hrStorage",
    (
        Column(2, "hrMemorySize", SIZE, "Memory.", value=lambda row: _system(row, "lnbSystemMemoryTotal"),
               units="KBytes"),
    ),
    feed=Feed.DOCUMENT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The processor, or a network port."""

    view: DeviceView
    key: str
    kind: Oid
    description: str
    status: str
    interface: Interface | None = None

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index("hrdevice", self.key)


_STATUS: Final = {"up": "running", "down": "down"}


def _processors(view: DeviceView) -> Iterator[Part]:
    """The CPU: its module where there is one, and in any case the computer that tells of its load."""
    models = [
        str(view.said(module, "lnbModuleModel") or "CPU")
        for module in view.opened("lnbModuleTable")
        if view.said(module, "lnbModuleFamily") == "cpu"
    ]
    if view.opened("lnbSystemTable"):
        yield Part(view, "cpu", PROCESSOR, models[0] if models else "CPU", "running")


def _parts(view: DeviceView) -> Iterator[Part]:
    yield from _processors(view)
    states = operational(view)
    for identity, one in interfaces(view).items():
        if one.kind.is_physical and states[identity].value != "notPresent":
            status = _STATUS.get(states[identity].value, "unknown")
            yield Part(view, f"if/{identity}", NETWORK, f"network interface {one.name}", status, one)


def _part_number(row: Part) -> Iterable[int]:
    return (row.index,)


def _load(row: Part) -> int | None:
    view = row.view
    load = next((view.said(one, "lnbSystemLoad1") for one in view.opened("lnbSystemTable")), None)
    return None if load is None else min(load, 100)


_DEVICE_INDEX: Final = (Index("hrDeviceIndex", _part_number),)
DEVICES = Table(
    2,
    "hrDeviceTable",
    "Processor and network ports.",
    "One of them.",
    _DEVICE_INDEX,
    (
        Column(1, "hrDeviceIndex", INDEX, "Kept for ever.", value=lambda row: row.index),
        Column(2, "hrDeviceType", OBJECT_IDENTIFIER, "Kind of device.", value=lambda row: row.kind),
        Column(3, "hrDeviceDescr", text(64), "What it is.", value=lambda row: row.description),
        Column(4, "hrDeviceID", OBJECT_IDENTIFIER, "None is registered.", value=lambda _: NULL),
        Column(5, "hrDeviceStatus", DEVICE_STATUS, "down: a port without link.", value=lambda row: row.status,
               measured=True),
    ),
    source=_parts,
)  # fmt: skip
PROCESSORS = Table(
    3,
    "hrProcessorTable",
    "The processor.",
    "One processor.",
    _DEVICE_INDEX,
    (
        Column(1, "hrProcessorFrwID", OBJECT_IDENTIFIER, "None is registered.", value=lambda _: NULL),
        Column(2, "hrProcessorLoad", integer32(0, 100), "Load average over one minute, 1.00 and more as 100.",
               value=_load, measured=True),
    ),
    source=_processors,
)  # fmt: skip
NETWORKS = Table(
    4,
    "hrNetworkTable",
    "Network ports.",
    "One port.",
    _DEVICE_INDEX,
    (Column(1, "hrNetworkIfIndex", SIZE, "Its ifIndex.", value=lambda row: row.interface.index),),
    source=lambda view: (one for one in _parts(view) if one.interface is not None),
)


def _file_system_number(row: Storage) -> Iterable[int]:
    return (row.view.identities.index("hrfs", row.key),)


FILE_SYSTEMS = Table(
    8,
    "hrFSTable",
    "File systems.",
    "One file system.",
    (Index("hrFSIndex", _file_system_number),),
    (
        Column(1, "hrFSIndex", INDEX, "Kept for ever.", value=lambda row: row.view.identities.index("hrfs", row.key)),
        Column(2, "hrFSMountPoint", text(128), "Where it is mounted.", value=lambda row: row.mount),
        Column(3, "hrFSRemoteMountPoint", text(128), "Empty: it is the device's own.", value=lambda _: ""),
        Column(4, "hrFSType", OBJECT_IDENTIFIER, "The device does not say it.", value=lambda _: FILE_SYSTEM_UNKNOWN),
        Column(7, "hrFSStorageIndex", SIZE, "Its row in hrStorageTable.", value=lambda row: row.index),
    ),
    source=_file_systems,
)


def _run_status(raw: Any) -> Any:
    runs = reading.truth(raw)
    return runs if isinstance(runs, Absent) else "running" if runs else "notRunnable"


RUNNING = Table(
    2,
    "hrSWRunTable",
    "Services.",
    "One service.",
    (named("hrSWRunIndex", "service"),),
    (
        Column(1, "hrSWRunIndex", INDEX, "As lnbServiceIndex.", value=lambda row: _one(SERVICE, row)),
        like(2, "hrSWRunName", text(64), "lnbServiceName"),
        Column(6, "hrSWRunType", SOFTWARE, "All are programs.", value=lambda _: "application"),
        Column(7, "hrSWRunStatus", RUN_STATUS, "notRunnable: it does not run.", ("running",),
               read=_run_status,
               follows="lnbServiceRunning"),
    ),
    rows=("@lnbServiceTable",),
)  # fmt: skip


def _one(index: Index, row: Row) -> int:
    """The only part of an index."""
    return next(iter(index.parts(row)))


def _package(row: Row) -> str:
    """Name and version of a package, as far as it has one."""
    version = str(row.find("version") or "")
    return f"{row.keys[-1]} {version}" if version[:1].isdigit() else row.keys[-1]


INSTALLED = Table(
    3,
    "hrSWInstalledTable",
    "Packages of the firmware.",
    "One package.",
    (named("hrSWInstalledIndex", "package"),),
    (
        Column(1, "hrSWInstalledIndex", INDEX, "As lnbFirmwarePackageIndex.", value=lambda row: _one(PACKAGE, row)),
        Column(2, "hrSWInstalledName", text(64), "Name and version.", value=_package),
        Column(3, "hrSWInstalledID", OBJECT_IDENTIFIER, "None is registered.", value=lambda _: NULL),
        Column(4, "hrSWInstalledType", SOFTWARE, "The device does not say it.", value=lambda _: "unknown"),
    ),
    rows=("@lnbFirmwarePackageTable",),
)

MEMORY = Scalars(
    4,
    "memory",
    (
        Column(5, "memTotalReal", INTEGER32, "Memory.", value=lambda row: _system(row, "lnbSystemMemoryTotal"),
               units="kB"),
        Column(6, "memAvailReal", INTEGER32, "Memory that is free.",
               value=lambda row: _system(row, "lnbSystemMemoryFree"), units="kB", measured=True),
        Column(11, "memTotalFree", INTEGER32, "The same; the device tells of no swap space.",
               value=lambda row: _system(row, "lnbSystemMemoryFree"), units="kB", measured=True),
    ),
    feed=Feed.DOCUMENT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """A load average: over so many minutes, in hundredths."""

    number: int
    minutes: int
    hundredths: int


def _loads(view: DeviceView) -> Iterator[Load]:
    for row in view.opened("lnbSystemTable"):
        for number, minutes in enumerate((1, 5, 15), 1):
            value = view.said(row, f"lnbSystemLoad{minutes}")
            if value is not None:
                yield Load(number, minutes, value)


LOADS = Table(
    10,
    "laTable",
    "Load averages.",
    "One load average.",
    (Index("laIndex", lambda row: (row.number,)),),
    (
        Column(1, "laIndex", integer32(0), "1, 2, 3.", value=lambda row: row.number),
        Column(2, "laNames", text(255), "Over how many minutes.", value=lambda row: f"Load-{row.minutes}"),
        Column(3, "laLoad", text(255), "As text.", value=lambda row: f"{row.hundredths / 100:.2f}", measured=True),
        Column(5, "laLoadInt", INTEGER32, "In hundredths.", value=lambda row: row.hundredths, measured=True),
        Column(6, "laLoadFloat", OPAQUE_FLOAT, "As a float.", value=lambda row: row.hundredths / 100, measured=True),
    ),
    source=_loads,
)

GROUPS: Final = (
    Group(1, "host", "RFC 2790.", (SYSTEM, MEMORY_SIZE), oid=HOST),
    Group(2, "hrStorage", "RFC 2790.", (STORAGE,), oid=(*HOST, 2)),
    Group(3, "hrDevice", "RFC 2790.", (DEVICES, PROCESSORS, NETWORKS, FILE_SYSTEMS), oid=(*HOST, 3)),
    Group(4, "hrSWRun", "RFC 2790.", (RUNNING,), oid=(*HOST, 4)),
    Group(6, "hrSWInstalled", "RFC 2790.", (INSTALLED,), oid=(*HOST, 6)),
    Group(2021, "ucdavis", "UCD-SNMP-MIB.", (MEMORY, LOADS), oid=UCD),
)
