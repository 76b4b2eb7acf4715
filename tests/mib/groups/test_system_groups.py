"""Services, storage, firmware and notification events."""

from __future__ import annotations

from typing import Any

import pytest
from reading_cells import Reader, read, row

from agent.mib.groups import event, firmware, service, storage
from agent.model.health import DeviceState


def test_services_of_both_groups_are_told_apart() -> None:
    reader = Reader(service.GROUP)
    cells = reader.read(
        {
            "services": {
                "network": {"ntp": {"running": True}, "telnet": {"running": False}},
                "global": {"serial_console": {"running": True}, "ntp": {"running": False}},
            }
        }
    )
    assert cells["lnbServiceName"] == {(1,): "ntp", (2,): "telnet", (3,): "serial_console", (4,): "ntp"}
    assert cells["lnbServiceGroup"] == {(1,): "network", (2,): "network", (3,): "global", (4,): "global"}
    assert cells["lnbServiceRunning"] == {(1,): True, (2,): False, (3,): True, (4,): False}
    assert not list(reader.unserved("services"))


def test_a_new_group_of_services_reads_other() -> None:
    cells = row(read(service.GROUP, {"services": {"cloud": {"x": {"running": 1}}}}), 1)
    assert cells == {
        "lnbServiceName": "x",
        "lnbServiceGroup": "other",
        "lnbServiceGroupText": "cloud",
        "lnbServiceRunning": True,
    }


def file_system(**members: Any) -> dict[str, Any]:
    base = {"object-id": "dev_sda5", "size": 390952, "used": 341064, "available": 49888, "used-percent": 88}
    return base | {"mountpoint": "/mnt/flash"} | {name.replace("_", "-"): value for name, value in members.items()}


def test_storage() -> None:
    reader = Reader(storage.GROUP)
    cells = row(reader.read({"system": {"storage": [file_system()]}}), 1)
    assert cells == {
        "lnbStorageName": "dev_sda5",
        "lnbStorageMountPoint": "/mnt/flash",
        "lnbStorageSize": 390952,
        "lnbStorageSizeText": "382 MiB",
        "lnbStorageUsed": 341064,
        "lnbStorageUsedText": "333 MiB",
        "lnbStorageAvailable": 49888,
        "lnbStorageAvailableText": "48.7 MiB",
        "lnbStorageUsedPercent": 88,
    }
    assert not list(reader.unserved("system"))


def test_a_file_system_named_none_has_a_name() -> None:
    cells = read(storage.GROUP, {"system": {"storage": [file_system(object_id="none", mountpoint="/dev/shm")]}})
    assert cells["lnbStorageName"] == {(1,): "none"}


def test_sizes_that_say_nothing_or_do_not_fit_are_absent() -> None:
    reader = Reader(storage.GROUP)
    cells = row(reader.read({"system": {"storage": [file_system(size=2**32, used="-", used_percent=101)]}}), 1)
    assert cells["lnbStorageSizeText"] == "4 TiB"
    assert not {"lnbStorageSize", "lnbStorageUsed", "lnbStorageUsedText", "lnbStorageUsedPercent"} & set(cells)
    assert set(reader.drift) == {"lnbStorageSize", "lnbStorageUsedPercent"}


def test_used_space_goes_when_the_device_is_down() -> None:
    cells = Reader(storage.GROUP).read({"system": {"storage": [file_system()]}}, DeviceState.DOWN)
    assert set(cells) == {"lnbStorageName", "lnbStorageMountPoint", "lnbStorageSize", "lnbStorageSizeText"}


FIRMWARE: dict[str, Any] = {
    "running": "fw_7.10.008",
    "selected": "fw_7.10.007",
    "fwimage": "firmware-7.10.008-x32",
    "firmware": [
        {"object-id": "fw_7.10.007", "version": "7.10.7", "type": "Compressed"},
        {"object-id": "fw_7.10.008", "version": "7.10.8", "type": "Compressed"},
        {"object-id": "osv", "version": "6.24.26", "type": "Standard"},
    ],
    "update": {
        "update-in-progress": False,
        "update-progress": 0,
        "last-update-successful": True,
        "last-update-started": "2026-02-10T07:20:13",
        "last-update-ended": "2026-02-10T07:22:17",
        "last-update-error": "none",
    },
    "packages": [
        {"object-id": "data", "version": "no version information"},
        {"object-id": "ntp", "version": "7.6.13"},
    ],
}


def test_firmware() -> None:
    reader = Reader(firmware.GROUP)
    cells = reader.read({"system": {"firmware": FIRMWARE}})
    assert row(cells) == {
        "lnbFirmwareRunning": "fw_7.10.008",
        "lnbFirmwareSelected": "fw_7.10.007",
        "lnbFirmwareImage": "firmware-7.10.008-x32",
        "lnbFirmwareUpdating": False,
        "lnbFirmwareUpdateProgress": 0,
        "lnbFirmwareUpdateOk": True,
        "lnbFirmwareUpdateStarted": "2026-02-10T07:20:13",
        "lnbFirmwareUpdateEnded": "2026-02-10T07:22:17",
    }
    assert cells["lnbFirmwareVersionName"] == {(1,): "fw_7.10.007", (2,): "fw_7.10.008", (3,): "osv"}
    assert cells["lnbFirmwareVersion"] == {(1,): "7.10.7", (2,): "7.10.8", (3,): "6.24.26"}
    assert cells["lnbFirmwareVersionType"] == {(1,): "compressed", (2,): "compressed", (3,): "standard"}
    assert cells["lnbFirmwareVersionTypeText"][(3,)] == "Standard"
    assert cells["lnbFirmwareVersionRunning"] == {(1,): False, (2,): True, (3,): False}
    assert cells["lnbFirmwareVersionSelected"] == {(1,): True, (2,): False, (3,): False}
    assert cells["lnbFirmwarePackageName"] == {(1,): "data", (2,): "ntp"}
    assert cells["lnbFirmwarePackageVersion"] == {(1,): "no version information", (2,): "7.6.13"}
    assert list(reader.unserved("system")) == [("/system/firmware/update/last-update-error", "none")]
    assert not reader.drift


def test_firmware_that_was_never_updated() -> None:
    update = FIRMWARE["update"] | {
        "last-update-successful": False,
        "last-update-started": "never",
        "last-update-ended": "never",
        "last-update-error": "this file is for another CPU",
    }
    reader = Reader(firmware.GROUP)
    cells = row(reader.read({"system": {"firmware": FIRMWARE | {"update": update}}}))
    assert not {"lnbFirmwareUpdateStarted", "lnbFirmwareUpdateEnded"} & set(cells)
    assert cells["lnbFirmwareUpdateError"] == "this file is for another CPU"
    assert not reader.drift


def test_firmware_without_a_running_one_says_nothing_of_it() -> None:
    cells = read(firmware.GROUP, {"system": {"firmware": {"firmware": FIRMWARE["firmware"]}}})
    assert not {"lnbFirmwareVersionRunning", "lnbFirmwareVersionSelected", "lnbFirmwareRunning"} & set(cells)
    assert len(cells["lnbFirmwareVersionName"]) == 3


def events(*names: str, **members: Any) -> dict[str, Any]:
    base = {"type": "info", "triggered": 0, "last-triggered": "never"}
    base |= {name.replace("_", "-"): value for name, value in members.items()}
    return {"notification": {"events": [{"object-id": name} | base for name in names]}}


def test_event() -> None:
    reader = Reader(event.GROUP)
    status = events("ntp-not-sync", type="error", triggered=1, last_triggered="2026-03-22T20:22:20")
    assert row(reader.read(status), 1) == {
        "lnbEventName": "ntp-not-sync",
        "lnbEventKey": "ntp-not-sync",
        "lnbEventType": "error",
        "lnbEventTypeText": "error",
        "lnbEventTriggered": True,
        "lnbEventLastTriggered": "2026-03-22T20:22:20",
    }
    assert not list(reader.unserved("notification"))


def test_event_that_never_was_triggered_has_no_time() -> None:
    reader = Reader(event.GROUP)
    cells = row(reader.read(events("system-reboot", type="action")), 1)
    assert cells["lnbEventTriggered"] is False
    assert cells["lnbEventType"] == "action"
    assert "lnbEventLastTriggered" not in cells
    assert not reader.drift


@pytest.mark.parametrize(
    ("v10", "v20"),
    [
        ("leap-second-announced", "leapsecond-announced"),
        ("faillock:-user-banned", "faillock-user-banned"),
        ("ntp-sync", "ntp-sync"),
    ],
)
def test_a_renamed_event_keeps_its_key_and_its_index(v10: str, v20: str) -> None:
    reader = Reader(event.GROUP)
    before = reader.read(events("normal-operation", v10))
    after = reader.read(events("normal-operation", v20))
    assert before["lnbEventName"] == {(1,): "normal-operation", (2,): v10}
    assert after["lnbEventName"] == {(1,): "normal-operation", (2,): v20}
    assert before["lnbEventKey"] == after["lnbEventKey"] == {(1,): "normal-operation", (2,): v20}


def test_an_event_of_unknown_type_reads_other() -> None:
    cells = row(read(event.GROUP, events("x", type="catastrophe")), 1)
    assert (cells["lnbEventType"], cells["lnbEventTypeText"]) == ("other", "catastrophe")
