"""Firmware: what runs, what is installed, how the last update went, and the packages in it."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import DATE_AND_TIME, INDEX, PERCENT, TEXT, TRUTH, enumeration
from agent.mib.view import Row

FIRMWARE_TYPE = enumeration("compressed", "standard")
VERSION = named("lnbFirmwareVersionIndex", "firmware")
PACKAGE = named("lnbFirmwarePackageIndex", "package")


def _is(row: Row, member: str) -> bool | None:
    """Whether the row's firmware is the one that runs, or the one selected; None when the device names none."""
    chosen = row.find(f"^.status.system.firmware.{member}")
    return row.keys[-1] == chosen if isinstance(chosen, str) and chosen else None


STATE = Table(
    1,
    "lnbFirmwareTable",
    "The firmware of each device and the state of its update.",
    "The firmware of one device.",
    (DEVICE,),
    (
        Column(1, "lnbFirmwareRunning", TEXT, "Firmware that is running.", ("running",)),
        Column(2, "lnbFirmwareSelected", TEXT, "Firmware that will run after the next start.", ("selected",)),
        Column(3, "lnbFirmwareImage", TEXT, "Image that the running firmware was installed from.", ("fwimage",)),
        Column(
            4,
            "lnbFirmwareUpdating",
            TRUTH,
            "Whether a firmware update is in progress.",
            ("update.update-in-progress",),
        ),
        Column(
            5,
            "lnbFirmwareUpdateProgress",
            PERCENT,
            "Progress of the firmware update (the unit is inferred).",
            ("update.update-progress",),
            units="percent",
            measured=True,
        ),
        Column(
            6,
            "lnbFirmwareUpdateOk",
            TRUTH,
            "Whether the last update succeeded. False also when there has been none; see lnbFirmwareUpdateStarted.",
            ("update.last-update-successful",),
        ),
        Column(
            7,
            "lnbFirmwareUpdateStarted",
            DATE_AND_TIME,
            "When the last update began, UTC. Absent when there has been none.",
            ("update.last-update-started",),
        ),
        Column(
            8,
            "lnbFirmwareUpdateEnded",
            DATE_AND_TIME,
            "When the last update ended, UTC. Absent when there has been none.",
            ("update.last-update-ended",),
        ),
        Column(
            9,
            "lnbFirmwareUpdateError",
            TEXT,
            "Why the last update failed, in the device's words. Absent when it did not.",
            ("update.last-update-error",),
        ),
    ),
    rows=("status.system.firmware",),
)

VERSIONS = Table(
    2,
    "lnbFirmwareVersionTable",
    "The firmware versions installed on each device.",
    "One installed firmware version.",
    (DEVICE, VERSION),
    (
        Column(
            1,
            "lnbFirmwareVersionIndex",
            INDEX,
            "Number of the firmware, given when its name is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2,
            "lnbFirmwareVersionName",
            TEXT,
            "Name of the firmware, such as fw_7.06.014-light; osv is the one the device was delivered with (inferred).",
            ("object-id",),
        ),
        Column(3, "lnbFirmwareVersion", TEXT, "Version of the firmware.", ("version",)),
        *described(4, "lnbFirmwareVersionType", FIRMWARE_TYPE, "How the firmware is stored (inferred).", "type"),
        Column(
            6,
            "lnbFirmwareVersionRunning",
            TRUTH,
            "Whether this is the firmware that is running.",
            value=lambda row: _is(row, "running"),
        ),
        Column(
            7,
            "lnbFirmwareVersionSelected",
            TRUTH,
            "Whether this is the firmware that will run after the next start.",
            value=lambda row: _is(row, "selected"),
        ),
    ),
    rows=("status.system.firmware.firmware[]",),
)

PACKAGES = Table(
    3,
    "lnbFirmwarePackageTable",
    "The software packages in the firmware of each device.",
    "One software package.",
    (DEVICE, PACKAGE),
    (
        Column(
            1,
            "lnbFirmwarePackageIndex",
            INDEX,
            "Number of the package, given when its name is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbFirmwarePackageName", TEXT, "Name of the package, such as ntp.", ("object-id",)),
        Column(
            3,
            "lnbFirmwarePackageVersion",
            TEXT,
            "Version of the package, or what the device writes in its place.",
            ("version",),
        ),
    ),
    rows=("status.system.firmware.packages[]",),
)

GROUP = Group(
    14,
    "lnbFirmware",
    "Firmware, its update, the versions installed and the packages.",
    (STATE, VERSIONS, PACKAGES),
)
