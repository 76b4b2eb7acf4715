"""What packs show of the MIB: views of columns that share an index, and scalars, each named here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.errors import DeclarationError
from agent.mib.declaration import Access, Column, Located, Module, Table
from agent.mib.groups.common import DEVICE


@dataclass(frozen=True, slots=True)
class Selection:
    """Names of columns that share an index, of one table or several.

    Attributes:
        labels: text columns that say which row it is.
        columns: what is read; the first stands in every row of the view.
    """

    name: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]


SELECTIONS = (
    Selection(
        "device",
        ("lnbDeviceName",),
        (
            "lnbDeviceState", "lnbDeviceReason", "lnbDeviceRestState", "lnbDeviceCredentialState", "lnbDeviceModel",
            "lnbDeviceSerial", "lnbDeviceFirmware", "lnbDevicePollDuration", "lnbDeviceFailures", "lnbDeviceDrift",
            "lnbSystemUptime", "lnbSystemLoad1", "lnbSystemMemoryFreePercent",
            "lnbSyncReference", "lnbSyncReferenceType", "lnbSyncClockState", "lnbSyncOscillatorState",
            "lnbSyncAntenna", "lnbSyncQuality", "lnbSyncHoldoverElapsed", "lnbSyncLeapAnnounced",
            "lnbNtpSystemStratum", "lnbNtpSystemLeapState", "lnbNtpSystemRootDispersion", "lnbNtpSystemJitter",
        ),
    ),
    Selection(
        "slot",
        ("lnbSlotId",),
        ("lnbSlotState", "lnbSlotType", "lnbSlotModel", "lnbModuleFamily", "lnbModuleState", "lnbModulePowerAvailable"),
    ),
    Selection("sensor", ("lnbSensorSlotId", "lnbSensorName"), ("lnbSensorType", "lnbSensorValue")),
    Selection(
        "clock",
        ("lnbClockSlotId",),
        (
            "lnbClockState", "lnbClockOscillatorState", "lnbClockUse", "lnbClockReferenceType",
            "lnbClockReceiverState", "lnbClockAntennaConnected", "lnbClockAntennaShortCircuit", "lnbClockQuality",
        ),
    ),
    Selection("gnss", ("lnbClockSlotId",), ("lnbGnssSatellitesGood", "lnbGnssSatellitesInView", "lnbGnssMode")),
    Selection(
        "ptp",
        ("lnbPtpSlotId", "lnbPtpName"),
        (
            "lnbPtpPresence", "lnbPtpEnabled", "lnbPtpProfile", "lnbPtpRole", "lnbPtpUtilization", "lnbPtpClients",
            "lnbPtpLink", "lnbPtpPortState", "lnbPtpDomainNumber", "lnbPtpClockClass", "lnbPtpOffset",
            "lnbPtpMeanPathDelay", "lnbPtpStepsRemoved", "lnbPtpGmIdentity", "lnbPtpGmClockClass",
            "lnbPtpAnnounceTimeouts",
        ),
    ),
    Selection(
        "ntp-peer",
        ("lnbNtpPeerName",),
        (
            "lnbNtpPeerSelection", "lnbNtpPeerReachable", "lnbNtpPeerStratum", "lnbNtpPeerOffset", "lnbNtpPeerDelay",
            "lnbNtpPeerReach",
        ),
    ),
    Selection(
        "syncmon-node", ("lnbSyncmonNodeName",), ("lnbSyncmonNodeState", "lnbSyncmonNodeStatus", "lnbSyncmonNodeOffset")
    ),
    Selection("port", ("lnbNetPortName",), ("lnbNetPortLink", "lnbNetPortSpeed")),
    Selection("storage", ("lnbStorageName",), ("lnbStorageUsedPercent",)),
    Selection(
        "alarm",
        ("lnbAlarmDeviceName", "lnbAlarmType", "lnbAlarmResourceText"),
        ("lnbAlarmSeverity", "lnbAlarmAcknowledged", "lnbAlarmText"),
    ),
    Selection("alarm-type", ("lnbAlarmTypeName",), ("lnbAlarmTypeActive",)),
    Selection(
        "receiver",
        ("lnbReceiverName",),
        ("lnbReceiverState", "lnbReceiverSent", "lnbReceiverDropped", "lnbReceiverQueue"),
    ),
)  # fmt: skip

SCALARS = (
    "lnbAgentDevices", "lnbAgentDevicesUp", "lnbAgentDevicesStale", "lnbAgentDevicesDown", "lnbAgentDrift",
    "lnbAlarmLastSequence", "lnbAlarmActive", "lnbAlarmActiveCritical", "lnbAlarmActiveMajor", "lnbAlarmActiveMinor",
    "lnbAlarmActiveWarning", "lnbAlarmActiveIndeterminate",
)  # fmt: skip
"""What is said of the agent as a whole."""

DEVICE_NAME = "lnbDeviceName"
"""Says which device the first index of a table means."""


@dataclass(frozen=True, slots=True)
class View:
    """A selection found in the declarations.

    Attributes:
        index: names of the index objects, the same for all its columns.
    """

    name: str
    index: tuple[str, ...]
    labels: tuple[Located, ...]
    columns: tuple[Located, ...]

    @property
    def is_of_devices(self) -> bool:
        """Whether its rows are a device's, so that the context of a device has its own."""
        return self.index[0] == DEVICE.name


def views(module: Module) -> tuple[View, ...]:
    """What packs show of a module.

    Raises:
        DeclarationError: a name is not declared, cannot be read, or has another index than its selection.
    """
    for name in (*SCALARS, DEVICE_NAME):
        _found(module, name)
    return tuple(_view(module, selection) for selection in SELECTIONS)


def _view(module: Module, selection: Selection) -> View:
    labels = tuple(_found(module, name) for name in selection.labels)
    columns = tuple(_found(module, name) for name in selection.columns)
    index = _index(columns[0])
    for located in (*labels, *columns):
        if _index(located) != index:
            raise DeclarationError(f"packs: {located.column.name} has another index than {columns[0].column.name}")
    return View(selection.name, index, labels, columns)


def _found(module: Module, name: str) -> Located:
    located = module.objects.get(name)
    if located is None or located.column.access is Access.NOT_ACCESSIBLE:
        raise DeclarationError(f"packs: {name} is no readable object of {module.name}")
    return located


def _index(located: Located) -> tuple[str, ...]:
    if not isinstance(located.part, Table):
        raise DeclarationError(f"packs: {located.column.name} stands in no table")
    return tuple(index.name for index in located.part.index)


def title(column: Column) -> str:
    """A column's name in words: "Ptp port state" of lnbPtpPortState."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column.name.removeprefix("lnb"))
    return words[0] + words[1:].lower()


def is_text(column: Column) -> bool:
    """Whether its values are text rather than numbers."""
    return column.syntax.kind == "text"


def is_counter(column: Column) -> bool:
    """Whether only the change of its values says something."""
    return column.syntax.smi.startswith("Counter")


def described(column: Column) -> str:
    """Its description with the unit, on one line."""
    unit = f" In {column.units}." if column.units else ""
    return " ".join(column.description.split()) + unit
