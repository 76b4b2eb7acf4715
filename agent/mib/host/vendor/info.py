"""B.0.0: versions and serial numbers."""

from __future__ import annotations

import re
from typing import Any

from agent import __version__
from agent.mib.declaration import Column, Feed, Scalars
from agent.mib.host.vendor.common import DISPLAY, STATUS, fixed, group
from agent.mib.syntax import COUNTER64
from agent.model import reading
from agent.model.reading import ABSENT, Absent

CPU = "status.chassis0.slots[slot-type=cpu].module.info"
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def version(raw: Any) -> str | Absent:
    """Digits and dots alone, out of fw_7.06.014-light for instance: there are managers that calculate with it."""
    text = reading.text(raw)
    found = None if isinstance(text, Absent) else _VERSION.search(text)
    return found[0] if found else ABSENT


GROUP = group(
    "mbgLtNgInfo",
    (*STATUS, 0),
    Scalars(
        0,
        "mbgLtNgInfoScalars",
        (
            Column(1, "mbgLtNgSnmpSubagentVersion", DISPLAY, "The software that answers: this agent.",
                   value=fixed(f"lantime-agent {__version__}")),
            Column(2, "mbgLtNgFirmwareVersion", DISPLAY, "Firmware of the device: digits and dots alone.",
                   (f"{CPU}.software-revision", "system-information.version", "status.system.firmware.running"),
                   read=version),
            Column(3, "mbgLtNgSerialNumber", DISPLAY, "Serial number of the device.",
                   ("system-information.serial-number", "status.chassis0.serial-number")),
            Column(4, "mbgLtNgSubagentTimeticks", COUNTER64, "Seconds since this agent began, when it last read the "
                   "device.", value=lambda row: row.view.uptime_ticks // 100, units="seconds"),
            Column(5, "mbgLtNgCpuSerialNumber", DISPLAY, "Serial number of the CPU module.", (f"{CPU}.serial-number",)),
        ),
        feed=Feed.DOCUMENT,
    ),
)  # fmt: skip
