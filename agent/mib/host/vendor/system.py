"""B.0.5: power supplies and temperature. The REST API tells nothing of fans, so they have no rows and no number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Index, Scalars, Table
from agent.mib.groups.chassis import has_module
from agent.mib.groups.common import SLOTS
from agent.mib.host.common import like
from agent.mib.host.vendor.common import STATUS, ending, of_device, slots, states, words
from agent.mib.syntax import UNSIGNED32
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import ABSENT, Absent

SUPPLY_STATE: Final = words(notAvailable=0, down=1, up=2)
_CPU_SENSORS: Final = "status.chassis0.slots[slot-type=cpu].module.info.sensors"


def _number(row: Row) -> int | None:
    """Number in the name of a supply's slot; an empty bay has none, since 0 would be read as a fault."""
    return ending(row, r"pwr(\d{1,3})") if has_module(row) else None


def _index(row: Row) -> Iterable[int]:
    return (_number(row) or 0,)


def _supply(raw: Any) -> str | Absent:
    value = reading.truth(raw)
    return value if isinstance(value, Absent) else "up" if value else "down"


def _supplies(row: Row) -> int | None:
    return sum(_number(slot) is not None for slot in slots(row)) if of_device(row, "status.chassis0") else None


def _celsius(raw: Any) -> int | Absent:
    """Whole degrees; 0.0 is how the device writes no reading."""
    value = reading.integer(raw)
    return ABSENT if isinstance(value, Absent) or value <= 0 else value


SUPPLIES = Table(
    2,
    "mbgLtNgSysPsTable",
    "The power supplies that are plugged.",
    "One power supply.",
    (Index("mbgLtNgSysPsIndex", _index),),
    (
        Column(1, "mbgLtNgSysPsIndex", UNSIGNED32, "Number in the name of the slot.", value=_number),
        like(2, "mbgLtNgSysPsStatus", SUPPLY_STATE, "lnbModulePowerAvailable", _supply),
    ),
    rows=(SLOTS,),
    when=lambda row: _number(row) is not None,
    row_name="mbgLtNgSysPsTableEntry",
)

GROUPS = (
    states(
        "mbgLtNgSysPs",
        (*STATUS, 5, 0),
        Scalars(
            0,
            "mbgLtNgSysPsScalars",
            (
                Column(1, "mbgLtNgSysNumberOfPowerSupplies", UNSIGNED32, "Power supplies that are plugged.",
                       value=_supplies),
            ),
            feed=Feed.DOCUMENT,
        ),
        SUPPLIES,
    ),
    states(
        "mbgLtNgSysTemp",
        (*STATUS, 5, 2),
        Scalars(
            0,
            "mbgLtNgSysTempScalars",
            (
                Column(1, "mbgLtNgSysTempCelsius", UNSIGNED32, "Temperature of the CPU module.",
                       (f"{_CPU_SENSORS}.temperature-1", f"{_CPU_SENSORS}.temperature-1.value"), read=_celsius,
                       units="degrees Celsius"),
            ),
            feed=Feed.DOCUMENT,
        ),
    ),
)  # fmt: skip
