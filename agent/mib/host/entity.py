"""ENTITY-MIB (RFC 6933), ENTITY-SENSOR-MIB (RFC 3433) and ENTITY-STATE-MIB (RFC 4268): what a device is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.host.interfaces import IF_MIB
from agent.mib.host.logical import Logical, logical
from agent.mib.host.physical import CHASSIS, Entity, entities
from agent.mib.own import once
from agent.mib.standard.rows import hidden
from agent.mib.syntax import (
    DATE_AND_TIME,
    OBJECT_IDENTIFIER,
    TEXT,
    TIME_TICKS,
    TRUTH,
    closed,
    integer32,
    octets,
    text,
    unsigned32,
)
from agent.mib.view import DeviceView, Row
from agent.mib.wiring import End, Part, ends
from agent.model.health import DeviceState
from agent.model.severity import Severity

ENTITY: Final[Oid] = (1, 3, 6, 1, 2, 1, 47)
SENSOR: Final[Oid] = (1, 3, 6, 1, 2, 1, 99)
STATE: Final[Oid] = (1, 3, 6, 1, 2, 1, 131)
NULL: Final[Oid] = (0, 0)
UNKNOWN_TIME: Final = bytes(8)
"""A DateAndTime that is not known (RFC 6933, entPhysicalMfgDate)."""
MANUFACTURER: Final = "Meinberg"

PHYSICAL_INDEX = integer32(1)
INDEX_OR_ZERO = integer32(0)
CLASS = closed(
    other=1, unknown=2, chassis=3, backplane=4, container=5, powerSupply=6, fan=7, sensor=8, module=9, port=10,
    stack=11, cpu=12, energyObject=13, battery=14, storageDrive=15,
)  # fmt: skip
SENSOR_TYPE = closed(
    other=1, unknown=2, voltsAC=3, voltsDC=4, amperes=5, watts=6, hertz=7, celsius=8, percentRH=9, rpm=10, cmm=11,
    truthvalue=12,
)  # fmt: skip
SCALE = closed(units=9)
SENSOR_STATUS = closed(ok=1, unavailable=2, nonoperational=3)
ADMIN = closed(unknown=1, locked=2, shuttingDown=3, unlocked=4)
OPER = closed(unknown=1, disabled=2, enabled=3, testing=4)
USAGE = closed(unknown=1, idle=2, active=3, busy=4)
STANDBY = closed(unknown=1, hotStandby=2, coldStandby=3, providingService=4)
VALUE_LIMIT: Final = 1_000_000_000


def _rows(view: DeviceView) -> Iterable[Entity]:
    return entities(view).values()


def _number(row: Entity) -> Iterable[int]:
    return (row.index,)


def _container(row: Entity) -> int:
    within = entities(row.view).get(row.within)
    return within.index if within else 0


_INDEX = Index("entPhysicalIndex", _number)


def _maker(row: Entity) -> str:
    return MANUFACTURER if row.kind in ("chassis", "module", "powerSupply", "cpu") else ""


PHYSICAL = Table(
    1,
    "entPhysicalTable",
    "Chassis, slots, modules, ports and sensors. What is not known of an entity is empty, as RFC 6933 wants.",
    "One entity.",
    (_INDEX,),
    (
        hidden(1, "entPhysicalIndex", PHYSICAL_INDEX, "Kept for ever."),
        Column(2, "entPhysicalDescr", TEXT, "What it is.", value=lambda row: row.description),
        Column(3, "entPhysicalVendorType", OBJECT_IDENTIFIER, "None is registered.", value=lambda _: NULL),
        Column(4, "entPhysicalContainedIn", INDEX_OR_ZERO, "What contains it.", value=_container),
        Column(5, "entPhysicalClass", CLASS, "Kind of entity.", value=lambda row: row.kind),
        Column(6, "entPhysicalParentRelPos", integer32(-1), "Place among its like.", value=lambda row: row.position),
        Column(7, "entPhysicalName", TEXT, "Name.", value=lambda row: row.name),
        Column(8, "entPhysicalHardwareRev", TEXT, "Hardware revision.", value=lambda row: row.hardware),
        Column(9, "entPhysicalFirmwareRev", TEXT, "Revision of a card's program.", value=lambda row: row.firmware),
        Column(10, "entPhysicalSoftwareRev", TEXT, "Revision of the device's software.",
               value=lambda row: row.software),
        Column(11, "entPhysicalSerialNum", text(32), "Serial number.", value=lambda row: row.serial),
        Column(12, "entPhysicalMfgName", TEXT, "Maker.", value=_maker),
        Column(13, "entPhysicalModelName", TEXT, "Model.", value=lambda row: row.model),
        Column(14, "entPhysicalAlias", text(32), "None is set.", value=lambda _: ""),
        Column(15, "entPhysicalAssetID", text(32), "None is set.", value=lambda _: ""),
        Column(16, "entPhysicalIsFRU", TRUTH, "Whether it is a module in a slot.",
               value=lambda row: row.is_replaceable),
        Column(17, "entPhysicalMfgDate", octets(11), "Not known.", value=lambda _: UNKNOWN_TIME),
        Column(18, "entPhysicalUris", octets(255), "None is known.", value=lambda _: b""),
        Column(19, "entPhysicalUUID", octets(16), "None is known.", value=lambda _: b""),
    ),
    source=_rows,
)  # fmt: skip


def _logical_number(row: Logical) -> Iterable[int]:
    return (row.index,)


LOGICAL = Table(
    1,
    "entLogicalTable",
    "What in the device has a context of its own, and its NTP daemon.",
    "One logical entity.",
    (Index("entLogicalIndex", _logical_number),),
    (
        hidden(1, "entLogicalIndex", PHYSICAL_INDEX, "Kept for ever."),
        Column(2, "entLogicalDescr", TEXT, "What it is.", value=lambda row: row.description),
        Column(3, "entLogicalType", OBJECT_IDENTIFIER, "The MIB that tells most of it.", value=lambda row: row.mib),
        Column(5, "entLogicalTAddress", octets(255), "The device's own address at this agent; absent for none.",
               value=lambda row: row.transport and row.transport[1]),
        Column(6, "entLogicalTDomain", OBJECT_IDENTIFIER, "Kind of that address.",
               value=lambda row: row.transport and row.transport[0]),
        Column(7, "entLogicalContextEngineID", octets(32), "Engine that serves its context.",
               value=lambda row: row.view.engine_id),
        Column(8, "entLogicalContextName", TEXT, "Context it is served in.", value=lambda row: row.context),
    ),
    source=logical,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities that belong together, by their numbers."""

    first: int
    second: int


def _mappings(view: DeviceView) -> Iterator[Pair]:
    known = entities(view)
    for one in logical(view):
        for key in one.physical:
            if key in known:
                yield Pair(one.index, known[key].index)


def _contained(view: DeviceView) -> Iterator[Pair]:
    for one in entities(view).values():
        within = entities(view).get(one.within)
        if within is not None:
            yield Pair(within.index, one.index)


def _first(row: Pair) -> Iterable[int]:
    return (row.first,)


def _second(row: Pair) -> Iterable[int]:
    return (row.second,)


MAPPING = Table(
    1,
    "entLPMappingTable",
    "What logical entities run on.",
    "One logical entity and one physical.",
    (Index("entLogicalIndex", _first), Index("entLPPhysicalIndex", _second)),
    (Column(1, "entLPPhysicalIndex", PHYSICAL_INDEX, "Entity it runs on.", value=lambda row: row.second),),
    source=_mappings,
)
ALIASES = Table(
    2,
    "entAliasMappingTable",
    "Which interface a port is.",
    "One port.",
    (_INDEX, Index("entAliasLogicalIndexOrZero", lambda _: (0,))),
    (
        hidden(1, "entAliasLogicalIndexOrZero", INDEX_OR_ZERO, "0: for all logical entities."),
        Column(2, "entAliasMappingIdentifier", OBJECT_IDENTIFIER, "ifIndex of the interface.",
               value=lambda row: (*IF_MIB, 2, 1, 1, row.interface)),
    ),
    source=lambda view: (one for one in entities(view).values() if one.interface),
)  # fmt: skip
CONTAINS = Table(
    3,
    "entPhysicalContainsTable",
    "What contains what.",
    "One entity within another.",
    (Index("entPhysicalIndex", _first), Index("entPhysicalChildIndex", _second)),
    (Column(1, "entPhysicalChildIndex", PHYSICAL_INDEX, "The one within.", value=lambda row: row.second),),
    source=_contained,
)


def _changed(row: Row) -> int:
    """When one of the tables last changed in what is no state."""
    view = row.view
    physical = tuple(
        (one.key, one.within, one.position, one.description, one.model, one.serial, one.software, one.firmware)
        for one in entities(view).values()
    )
    contexts = tuple(sorted((one.context, one.description) for one in logical(view)))
    return view.marks.since("entities", (physical, contexts), view.uptime_ticks)


GENERAL = Scalars(
    4,
    "entityGeneral",
    (Column(1, "entLastChangeTime", TIME_TICKS, "When what there is last changed.", value=_changed),),
    feed=Feed.DOCUMENT,
)


def _sensors(view: DeviceView) -> Iterator[Entity]:
    return (one for one in entities(view).values() if one.gauge is not None)


def _reading(row: Entity) -> int | None:
    """The value as an integer; true is 1 and false 2."""
    gauge = row.gauge
    if gauge is None or gauge.thousandths is None:
        return None
    if gauge.kind == "truthvalue":
        return 1 if gauge.thousandths else 2
    value = round(gauge.thousandths * 10**gauge.precision / 1000)
    return value if abs(value) <= VALUE_LIMIT else None


def _status(row: Entity) -> str:
    is_down = row.view.health.state is DeviceState.DOWN
    return "unavailable" if is_down or _reading(row) is None else "ok"


def _read_at(row: Entity) -> int | None:
    """SysUpTime at the last good poll."""
    view, polled = row.view, row.view.health.last_success
    if polled is None or _reading(row) is None:
        return None
    return max(view.uptime_ticks - round((view.now - polled).total_seconds() * 100), 0)


SENSORS = Table(
    1,
    "entPhySensorTable",
    "Sensors, and what modules measure beside.",
    "One sensor.",
    (_INDEX,),
    (
        Column(1, "entPhySensorType", SENSOR_TYPE, "What it measures.", value=lambda row: row.gauge.kind),
        Column(2, "entPhySensorScale", SCALE, "Always units.", value=lambda _: "units"),
        Column(3, "entPhySensorPrecision", integer32(-8, 9), "Decimals in the value; it never changes.",
               value=lambda row: row.gauge.precision),
        Column(4, "entPhySensorValue", integer32(-VALUE_LIMIT, VALUE_LIMIT), "The value.", value=_reading,
               measured=True),
        Column(5, "entPhySensorOperStatus", SENSOR_STATUS, "unavailable without a reading.", value=_status),
        Column(6, "entPhySensorUnitsDisplay", TEXT, "The unit in words.", value=lambda row: row.gauge.units),
        Column(7, "entPhySensorValueTimeStamp", TIME_TICKS, "When the device was asked.", value=_read_at,
               measured=True),
        Column(8, "entPhySensorValueUpdateRate", unsigned32(), "Interval between polls.", units="milliseconds",
               value=lambda row: round(row.view.settings.poll.interval_s * 1000)),
    ),
    source=_sensors,
)  # fmt: skip


def _said(row: Entity, name: str) -> Any:
    return None if row.row is None else row.view.said(row.row, name)


def _operational(row: Entity) -> str:
    if row.kind in ("module", "cpu", "powerSupply"):
        return "disabled" if _said(row, "lnbModuleState") == "noPower" else "enabled"
    if row.kind == "sensor":
        return "unknown" if _reading(row) is None else "enabled"
    if row.interface:
        end = _end(row)
        return {"up": "enabled", "down": "disabled"}.get(end.state if end else "", "unknown")
    return "enabled" if row.kind == "chassis" else "unknown"


@once
def _ends_by_number(view: DeviceView) -> dict[int, End]:
    """Network interfaces of our own link tables by ifIndex."""
    return {end.number: end for end in ends(view).values() if end.number}


def _end(row: Entity) -> End | None:
    """The interface of our own link tables that a port or module is."""
    if row.interface:
        return _ends_by_number(row.view).get(row.interface)
    if row.kind != "module":
        return None
    known = ends(row.view)
    return known.get(f"{Part.CLOCK.value}/{row.slot}") or known.get(f"{Part.CARD.value}/{row.slot}")


@once
def _uses(view: DeviceView) -> dict[str, str]:
    """Whether the device follows a clock module, by slot, as far as the clock says so."""
    said = {row.keys[0]: view.said(row, "lnbClockUse") for row in view.opened("lnbClockTable")}
    return {
        slot: use
        for slot, use in said.items()
        if use in ("selected", "notSelected") and f"{Part.CLOCK.value}/{slot}" in ends(view)
    }


def _use(row: Entity) -> str | None:
    return _uses(row.view).get(row.slot) if row.kind == "module" else None


def _usage(row: Entity) -> str:
    use = _use(row)
    if use is not None:
        return "active" if use == "selected" else "idle"
    if row.kind == "container":
        # A slot has room for one module.
        return "busy" if f"module/{row.slot}" in entities(row.view) else "idle"
    return "unknown"


def _is_clock_slot(row: Entity) -> bool:
    slot = entities(row.view).get(f"slot/{row.slot}")
    return slot is not None and _said(slot, "lnbSlotType") == "clk"


def _standby(row: Entity) -> str:
    use = _use(row)
    if use == "selected":
        return "providingService"
    return "hotStandby" if use is not None and _is_clock_slot(row) else "unknown"


_BITS: Final = {Severity.CRITICAL: 2, Severity.MAJOR: 3, Severity.MINOR: 4, Severity.WARNING: 5}
"""EntityAlarmStatus."""
_EVENTS: Final = {"critical": Severity.CRITICAL, "error": Severity.MAJOR, "warning": Severity.WARNING}


def _severities(row: Entity) -> Iterator[Severity]:
    """What is wrong with an entity; with the chassis what the device itself says is."""
    if row.key == CHASSIS:
        for event in row.view.opened("lnbEventTable"):
            if row.view.said(event, "lnbEventTriggered"):
                yield _EVENTS.get(str(row.view.said(event, "lnbEventType")), Severity.CLEARED)
        return
    if row.kind in ("module", "cpu", "powerSupply") and _said(row, "lnbModuleState") in ("noPower", "otherCard"):
        yield Severity.MAJOR
    end = _end(row)
    if end is not None:
        yield end.severity


def _alarms(row: Entity) -> bytes:
    bits = {_BITS[one] for one in _severities(row) if one in _BITS}
    return bytes((sum(0x80 >> bit for bit in bits),))


def _state_changed(row: Entity) -> Any:
    """When the state last changed, or when the agent began."""
    view = row.view
    state = (_operational(row), _usage(row), _alarms(row), _standby(row))
    since = view.marks.since(f"entity/{row.key}", state, view.uptime_ticks)
    return view.now - timedelta(seconds=(view.uptime_ticks - since) / 100)


STATES = Table(
    1,
    "entStateTable",
    "State of each entity.",
    "One entity.",
    (_INDEX,),
    (
        Column(1, "entStateLastChanged", DATE_AND_TIME, "When it last changed.", value=_state_changed),
        Column(2, "entStateAdmin", ADMIN, "The device tells of none.", value=lambda _: "unknown"),
        Column(3, "entStateOper", OPER, "disabled: a supply without mains, a port without link.", value=_operational,
               measured=True),
        Column(4, "entStateUsage", USAGE, "active: the clock that is followed. busy: a slot with a module.",
               value=_usage, measured=True),
        Column(5, "entStateAlarm", octets(1), "What is wrong with it, as bits.", value=_alarms, measured=True),
        Column(6, "entStateStandby", STANDBY, "hotStandby: a clock in a clock slot that is not followed.",
               value=_standby, measured=True),
    ),
    source=_rows,
)  # fmt: skip

GROUPS: Final = (
    Group(1, "entityPhysical", "RFC 6933.", (PHYSICAL,), oid=(*ENTITY, 1, 1)),
    Group(2, "entityLogical", "RFC 6933.", (LOGICAL,), oid=(*ENTITY, 1, 2)),
    Group(3, "entityMapping", "RFC 6933.", (MAPPING, ALIASES, CONTAINS), oid=(*ENTITY, 1, 3)),
    Group(4, "entityGeneral", "RFC 6933.", (GENERAL,), oid=(*ENTITY, 1)),
    Group(5, "entitySensorObjects", "RFC 3433.", (SENSORS,), oid=(*SENSOR, 1)),
    Group(6, "entityStateObjects", "RFC 4268.", (STATES,), oid=(*STATE, 1)),
)
