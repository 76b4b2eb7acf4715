"""Signals of cards, and where PTPv2 instances are put: what the wiring of a device is told from."""

from __future__ import annotations

from typing import Final

from agent.mib.declaration import Access, Column, Table
from agent.mib.groups.common import DEVICE, PTP, SLOTS, named
from agent.mib.syntax import INDEX, INTEGER32, TEXT, TRUTH, closed, unsigned32
from agent.mib.view import Row
from agent.model import reading

SIGNAL_LISTS: Final = {"inputs": "in", "outputs": "out", "ports": ""}
"""Members of a module that list its signals, and which way these go where the list's name says it."""


def _direction(row: Row) -> str | None:
    """Which way a signal goes: as it says itself, or as the list says that it stands in."""
    said = str(row.find("direction") or "").lower()
    if said:
        return {"input": "in", "output": "out", "in": "in", "out": "out", "both": "inout", "inout": "inout"}.get(said)
    slot = row.record.chain[1] if len(row.record.chain) > 1 else None
    module = slot.get("module") if isinstance(slot, dict) else None
    for name, direction in SIGNAL_LISTS.items():
        listed = module.get(name) if isinstance(module, dict) else None
        elements = listed.values() if isinstance(listed, dict) else listed if isinstance(listed, list) else ()
        if any(one is row.node for one in elements):
            return direction or None
    return None


DIRECTION = closed(**{"in": 1, "out": 2, "inout": 3})

SIGNALS = Table(
    1,
    "lnbSignalTable",
    "Signals that go into cards and come out of them: inputs, outputs and ports other than network ports. No public "
    "document shows them: the paths of rows and columns are inferred and can be replaced in an overlay.",
    "One signal of one card.",
    (DEVICE, named("lnbSignalIndex", "signal", 2)),
    (
        Column(1, "lnbSignalIndex", INDEX, "Number of the signal, given when its slot and name are first seen.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbSignalSlotId", TEXT, "Slot of the card.", value=lambda row: row.keys[0]),
        Column(3, "lnbSignalName", TEXT, "Name of the signal on its card, such as output0.",
               value=lambda row: row.keys[1]),
        Column(4, "lnbSignalDirection", DIRECTION, "Which way it goes, seen from the card.", value=_direction),
        Column(5, "lnbSignalType", TEXT, "Kind of signal as the card writes it, such as pps or 10mhz.", ("type",)),
        Column(6, "lnbSignalMode", TEXT, "When an output is on, as the card writes it, such as if-sync.", ("mode",)),
        Column(7, "lnbSignalState", TEXT, "Whether it is on, as the card writes it.", ("state",)),
        Column(8, "lnbSignalPresent", TRUTH, "Whether there is a signal.", ("signal", "signal-present")),
        Column(9, "lnbSignalSelected", TRUTH, "Whether the card uses this input.", ("selected",)),
        Column(10, "lnbSignalFormat", TEXT, "Format of a video or time-code signal.", ("format",)),
        Column(11, "lnbSignalQuality", INTEGER32, "Quality of the signal (the unit is not publicly known).",
               ("quality",), measured=True),
        Column(12, "lnbSignalQualityLevel", TEXT, "Quality level received, such as prc.", ("quality-level",)),
        Column(13, "lnbSignalOffset", INTEGER32, "Offset of the signal from the card's own time (unit inferred).",
               ("offset",), read=reading.nanoseconds, units="nanoseconds", measured=True),
        Column(14, "lnbSignalLevel", INTEGER32, "Level of the signal in hundredths of what the card writes (its unit "
               "is not publicly known).", ("level",), read=reading.centi, measured=True),
    ),
    rows=tuple(f"{SLOTS}.module.{name}[]" for name in SIGNAL_LISTS),
    every=True,
    when=lambda row: isinstance(row.node, dict),
)  # fmt: skip

ASSIGNMENTS = Table(
    2,
    "lnbLinkAssignmentTable",
    "Where each PTPv2 instance is put, from the card's configuration (paths inferred); its interface is in "
    "lnbPtpConfigInterface.",
    "One instance.",
    (DEVICE, PTP),
    (
        Column(1, "lnbLinkAssignedPort", unsigned32(0, 65535),
               "Port the instance is assigned to, as the card numbers it.", ("assigned-port-id",)),
        Column(2, "lnbLinkAssignedTimestamper", unsigned32(0, 65535), "Number of the timestamper it uses, from 0.",
               ("tstamper-idx",)),
    ),
    rows=("@lnbPtpConfigTable",),
)  # fmt: skip
