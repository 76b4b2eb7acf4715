"""B.0.4: frequency of the power line, from a card that measures it (FDM). All paths are inferred."""

from __future__ import annotations

from typing import Final

from agent.mib.declaration import Column, Feed, Scalars
from agent.mib.host.vendor.common import STATUS, slots, states
from agent.mib.syntax import integer32, unsigned32
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import Absent

_NOMINAL: Final = {50: 50_000, 60: 60_000}


def _measured(row: Row) -> Row | None:
    """The first card that measures."""
    return next((slot for slot in slots(row) if isinstance(slot.find("module.fdm"), dict)), None)


def _frequency(row: Row) -> int | None:
    card = _measured(row)
    value = reading.milli(card.find("module.fdm.freq")) if card else None
    return None if isinstance(value, Absent) else value


def _nominal(row: Row) -> int | None:
    card = _measured(row)
    said = str(card.find("module.fdm.line-freq")).lower() if card else ""
    return _NOMINAL.get(int(said.removesuffix("hz"))) if said.removesuffix("hz").isdigit() else None


def _deviation(row: Row) -> int | None:
    frequency, nominal = _frequency(row), _nominal(row)
    return None if frequency is None or nominal is None else frequency - nominal


GROUP = states(
    "mbgLtNgFdm",
    (*STATUS, 4),
    Scalars(
        0,
        "mbgLtNgFdmScalars",
        (
            Column(1, "mbgLtNgFdmFreq", unsigned32(45_000, 65_000), "Frequency of the power line.", value=_frequency,
                   units="millihertz"),
            Column(2, "mbgLtNgFdmFreqDev", integer32(-15_000, 15_000), "Its deviation from the nominal one.",
                   value=_deviation, units="millihertz"),
            Column(3, "mbgLtNgFdmNomFreq", unsigned32(0, 60_000), "Nominal frequency.", value=_nominal,
                   units="millihertz"),
        ),
        feed=Feed.DOCUMENT,
    ),
)  # fmt: skip
