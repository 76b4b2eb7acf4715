"""Sensors of modules: temperatures, voltages, currents, power, PLL lock."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table
from agent.mib.groups.common import DEVICE, SLOTS, named
from agent.mib.syntax import INDEX, INTEGER32, TEXT, enumeration
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import ABSENT, Absent

TYPE = enumeration("celsius", "volts", "amperes", "watts", "truth")
_WORDS = (
    ("temp", "celsius"), ("xtal", "celsius"), ("cell", "celsius"), ("lamp", "celsius"), ("chassis", "celsius"),
    ("volt", "volts"), ("current", "amperes"), ("power", "watts"), ("lock", "truth"), ("pll", "truth"),
)  # fmt: skip
"""What a sensor measures, told from a word in its name."""

UNITS = {"celsius": "C", "volts": "V", "amperes": "A", "watts": "W"}


def sensor_type(row: Row) -> str:
    """What a row's sensor measures."""
    if isinstance(_raw(row), bool):
        return "truth"
    name = row.keys[-1].lower()
    return next((kind for word, kind in _WORDS if word in name), "other")


def _raw(row: Row) -> object:
    return row.node.get("value") if isinstance(row.node, dict) else row.node


def _is_sensor(row: Row) -> bool:
    return not isinstance(_raw(row), (dict, list))


def reading_of(row: Row) -> float | int | Absent:
    """The measured number; a temperature of exactly 0.0 is how the device writes no reading."""
    raw = _raw(row)
    value = int(raw) if isinstance(raw, bool) else reading.number(raw)
    if isinstance(value, Absent) or (value == 0 and sensor_type(row) == "celsius"):
        return ABSENT
    row.take("value" if isinstance(row.node, dict) else ".")
    return value


def _milli(row: Row) -> int | Absent:
    value = reading_of(row)
    if isinstance(value, Absent):
        return value
    return round(value if sensor_type(row) == "truth" else value * 1000)


def _text(row: Row) -> str | Absent:
    value = reading_of(row)
    kind = sensor_type(row)
    if isinstance(value, Absent):
        return value
    if kind == "truth":
        return "true" if value else "false"
    return f"{value:g} {UNITS.get(kind, '')}".strip()


SENSORS = Table(
    1,
    "lnbSensorTable",
    "Every sensor that a module reports.",
    "One sensor.",
    (DEVICE, named("lnbSensorIndex", "sensor")),
    (
        Column(1, "lnbSensorIndex", INDEX, "Number of the sensor, given when it is first seen and kept for ever.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbSensorSlotId", TEXT, "Slot of the module the sensor belongs to.",
               value=lambda row: row.keys[0]),
        Column(3, "lnbSensorName", TEXT, "Name of the sensor, such as temperature-1.",
               value=lambda row: row.keys[-1]),
        Column(4, "lnbSensorType", TYPE, "What it measures, told from its name.", value=sensor_type),
        Column(5, "lnbSensorValue", INTEGER32,
               "The value in thousandths of the unit that lnbSensorType names; for truth 1 or 0. Absent when there is "
               "no reading: the device writes 0.0 for a temperature it does not measure.",
               value=_milli, units="thousandths", measured=True),
        Column(6, "lnbSensorText", TEXT, "The value with its unit.", value=_text, measured=True),
    ),
    rows=(
        f"{SLOTS}.module.info.sensors[]",
        f"{SLOTS}.module.sensors[]",
        "status.chassis-xhe[].xhe-sys-status.temperature-sensors[]",
    ),
    every=True,
    when=_is_sensor,
)  # fmt: skip

GROUP = Group(4, "lnbSensors", "Sensors.", (SENSORS,))
