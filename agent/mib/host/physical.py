"""The physical entities of a device: chassis, slots, modules in them, and their ports, signals and sensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.interface import Kind, interfaces
from agent.mib.own import once
from agent.mib.view import DeviceView, Row

SORT: Final = "entity"
"""Sort of identity: entities of all classes share one numbering."""
CHASSIS: Final = "chassis"


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a sensor measures.

    Attributes:
        kind: label of EntitySensorDataType.
        precision: decimals carried in the value; it never changes, as managers remember it.
        units: what a person calls the unit.
        thousandths: the value times 1000, None for no reading.
    """

    kind: str
    precision: int
    units: str
    thousandths: float | None


@dataclass(frozen=True, slots=True)
class Entity:
    """One physical entity.

    Attributes:
        key: its identity.
        within: identity of what contains it, "" for nothing.
        position: place among those of the same kind in it, -1 for none.
        slot: the slot it belongs to, "" for none.
        interface: ifIndex of a port, 0 for none.
        module: the row of a module in our own table; `gauge` of a sensor.
    """

    view: DeviceView
    key: str
    kind: str
    name: str
    description: str
    within: str = ""
    position: int = -1
    slot: str = ""
    hardware: str = ""
    firmware: str = ""
    software: str = ""
    serial: str = ""
    model: str = ""
    interface: int = 0
    is_replaceable: bool = False
    row: Row | None = None
    gauge: Gauge | None = None

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index(SORT, self.key)


Entities = dict[str, Entity]


@once
def entities(view: DeviceView) -> Entities:
    """All entities by identity, each behind what contains it."""
    found: Entities = {}
    for gather in (_chassis, _slots, _modules, _ports, _signals, _sensors, _other_sensors):
        for one in list(gather(view, found)):
            found.setdefault(one.key, one)
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _chassis(view: DeviceView, _known: Entities) -> Iterator[Entity]:
    for row in view.opened("lnbChassisTable"):
        model = _text(view.said(row, "lnbChassisModel"))
        yield Entity(
            view, CHASSIS, "chassis", "chassis0", f"Meinberg LANTIME {model}".strip(),
            hardware=_text(view.said(row, "lnbChassisBackplane")),
            software=_text(view.said(row, "lnbChassisFirmwareImage")).removeprefix("fw_"),
            serial=_text(view.said(row, "lnbChassisSerial")), model=model, row=row,
        )  # fmt: skip


def _column(position: str, order: int) -> int:
    """The second number of a slot's position, its column; else its order in the list."""
    parts = position.split(",")
    return int(parts[1]) if len(parts) == 3 and parts[1].strip().isdigit() else order


def _slots(view: DeviceView, known: Entities) -> Iterator[Entity]:
    if CHASSIS not in known:
        return
    for order, row in enumerate(view.opened("lnbSlotTable")):
        slot, kind = row.keys[0], _text(view.said(row, "lnbSlotType"))
        position = _column(_text(view.said(row, "lnbSlotPosition")), order)
        description = f"{slot} slot" + (f" ({kind})" if kind and kind != "other" else "")
        yield Entity(view, f"slot/{slot}", "container", slot, description, CHASSIS, position, slot, row=row)


_CLASSES: Final = {"pwr": "powerSupply", "cpu": "cpu"}


def _modules(view: DeviceView, known: Entities) -> Iterator[Entity]:
    types = {one.slot: view.said(one.row, "lnbSlotType") for one in known.values() if one.row is not None and one.slot}
    for row in view.opened("lnbModuleTable"):
        slot = row.keys[0]
        if f"slot/{slot}" not in known:
            continue
        model = _text(view.said(row, "lnbModuleModel"))
        kind = _CLASSES.get(str(types.get(slot)), "module")
        revision = _text(view.said(row, "lnbModuleSoftware"))
        # A receiver's or card's own program is its firmware; the CPU module runs the device's software.
        image = _text(view.said(row, "lnbModuleFirmwareImage"))
        firmware, software = (image, revision) if kind == "cpu" else (revision, "")
        yield Entity(
            view, f"module/{slot}", kind, f"{slot} {model}".strip(), f"{slot} {model or 'module'}", f"slot/{slot}", 1,
            slot, _text(view.said(row, "lnbModuleHardware")), firmware, software,
            _text(view.said(row, "lnbModuleSerial")), model, is_replaceable=True, row=row,
        )  # fmt: skip


def _within(slot: str, known: Entities) -> str:
    """The module in a slot, or else the chassis."""
    return next((key for key in (f"module/{slot}", CHASSIS) if key in known), "")


def _ports(view: DeviceView, known: Entities) -> Iterator[Entity]:
    """Network ports that exist, in the module that carries them."""
    for order, one in enumerate(interfaces(view).values()):
        if not one.kind.is_physical or (one.kind is Kind.PORT and one.said("lnbNetPortAvailable") is False):
            continue
        card = one.said("lnbNetPortCard") if one.kind is Kind.PORT else None
        number = one.said("lnbNetPortNumber") if one.kind is Kind.PORT else 0
        yield Entity(
            view, f"port/{one.identity}", "port", one.name if one.kind is Kind.PORT else f"{one.name} port",
            f"{one.name} Ethernet port", _within(one.slot, known), number if isinstance(number, int) else order,
            one.slot, hardware=_text(card), interface=one.index, row=one.row,
        )  # fmt: skip


def _signals(view: DeviceView, known: Entities) -> Iterator[Entity]:
    """Inputs and outputs of cards."""
    places: dict[str, int] = {}
    for row in view.opened("lnbSignalTable"):
        slot, name = row.keys[:2]
        places[slot] = places.get(slot, -1) + 1
        kind = _text(view.said(row, "lnbSignalType"))
        yield Entity(
            view, f"signal/{slot}/{name}", "port", f"{slot} {name}", f"{slot} {name} {kind}".strip(),
            _within(slot, known), places[slot], slot, row=row,
        )  # fmt: skip


_GAUGES: Final = {
    "celsius": ("celsius", 1, "degrees Celsius"), "volts": ("voltsDC", 3, "volts"),
    "amperes": ("amperes", 3, "amperes"), "watts": ("watts", 3, "watts"), "truth": ("truthvalue", 0, "true or false"),
}  # fmt: skip


def _sensors(view: DeviceView, known: Entities) -> Iterator[Entity]:
    """The sensors that modules report, and those of an external oscillator where one is there at all."""
    places: dict[str, int] = {}
    for row in view.opened("lnbSensorTable"):
        slot, name = row.keys[0], row.keys[-1]
        value, word = view.said(row, "lnbSensorValue"), str(view.said(row, "lnbSensorType"))
        if _is_external(row) and value is None:
            # The document lists an external oscillator also where none is fitted; then it gives no reading.
            continue
        kind, precision, units = _GAUGES.get(word, ("other", 3, ""))
        thousandths = None if value is None else float(value) * (1000 if word == "truth" else 1)
        places[slot] = places.get(slot, -1) + 1
        yield Entity(
            view, f"sensor/{slot}/{name}", "sensor", f"{slot} {name}", f"{slot} {name}", _within(slot, known),
            places[slot], slot, row=row, gauge=Gauge(kind, precision, units, thousandths),
        )  # fmt: skip


def _is_external(row: Row) -> bool:
    element = row.record.chain[1] if len(row.record.chain) > 1 else None
    return isinstance(element, dict) and "xhe-sys-status" in element


@dataclass(frozen=True, slots=True)
class Derived:
    """A value of our own tables that is a sensor in the words of ENTITY-SENSOR-MIB.

    Attributes:
        scale: the value in thousandths of the unit, per one of the column's.
    """

    name: str
    table: str
    column: str
    kind: str
    units: str = ""
    scale: float = 1000
    precision: int = 0


DERIVED: Final = (
    Derived("power capacity", "lnbModuleTable", "lnbModulePowerCapacity", "watts", "watts", 1, 1),
    Derived("power available", "lnbModuleTable", "lnbModulePowerAvailable", "truthvalue", "true or false"),
    Derived("satellites good", "lnbGnssTable", "lnbGnssSatellitesGood", "other", "satellites"),
    Derived("satellites in view", "lnbGnssTable", "lnbGnssSatellitesInView", "other", "satellites"),
    Derived("PDOP", "lnbGnssTable", "lnbGnssPdop", "other", "", 10, 2),
    Derived("TDOP", "lnbGnssTable", "lnbGnssTdop", "other", "", 10, 2),
    Derived("correlation", "lnbLongWaveTable", "lnbLongWaveCorrelation", "other", "percent"),
    Derived("field strength", "lnbLongWaveTable", "lnbLongWaveFieldStrength", "other", "percent"),
    Derived("synchronized", "lnbLongWaveTable", "lnbLongWaveSynchronized", "truthvalue", "true or false"),
    Derived("antenna connected", "lnbClockTable", "lnbClockAntennaConnected", "truthvalue", "true or false"),
    Derived("antenna short circuit", "lnbClockTable", "lnbClockAntennaShortCircuit", "truthvalue", "true or false"),
    Derived("synchronized", "lnbClockTable", "lnbClockReceiverSynchronized", "truthvalue", "true or false"),
)
"""What modules tell beside their sensors."""
_FIRST_DERIVED: Final = 100
"""Position of the first of them in its module, behind those of the sensors."""


def _other_sensors(view: DeviceView, known: Entities) -> Iterator[Entity]:
    for place, one in enumerate(DERIVED, _FIRST_DERIVED):
        for row in view.opened(one.table):
            value, slot = view.said(row, one.column), row.keys[0]
            if value is None or f"module/{slot}" not in known:
                continue
            name = f"{slot} {one.name}"
            gauge = Gauge(one.kind, one.precision, one.units, float(value) * one.scale)
            yield Entity(
                view, f"value/{slot}/{one.name}", "sensor", name, name, f"module/{slot}", place, slot, row=row,
                gauge=gauge,
            )  # fmt: skip
