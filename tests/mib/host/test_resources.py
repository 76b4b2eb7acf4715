"""HOST-RESOURCES-MIB and UCD-SNMP-MIB from the device's own computer."""

from __future__ import annotations

import struct
from typing import Any

from tests.mib.host.hosts import Watched, answers, host, instance_of, labelled, numbers, texts_in

FIXED_DISK = bytes((43, 6, 1, 2, 1, 25, 2, 1, 4))
RAM = bytes((43, 6, 1, 2, 1, 25, 2, 1, 2))


def system(documents: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = documents["status"]["data"]["system"]
    return found


def test_uptime_is_the_devices_own_in_hundredths() -> None:
    documents = answers()
    system(documents)["uptime"] = 960935.94
    assert numbers(host(documents), "hrSystemUptime") == {(0,): 96_093_594}


def test_processes_and_loads_come_from_one_text() -> None:
    documents = answers()
    system(documents)["cpuload"] = "0.48 1.66 0.57 2/99 25157"
    cells = host(documents)
    assert numbers(cells, "hrSystemProcesses") == {(0,): 99}
    assert texts_in(cells, "laLoad") == {(1,): "0.48", (2,): "1.66", (3,): "0.57"}
    assert numbers(cells, "laLoadInt") == {(1,): 48, (2,): 166, (3,): 57}
    assert cells["laLoadFloat"][1,] == b"\x9f\x78\x04" + struct.pack(">f", 0.48)
    assert list(numbers(cells, "hrProcessorLoad").values()) == [48]


def test_a_load_above_one_is_a_processor_at_a_hundred_percent() -> None:
    documents = answers()
    system(documents)["cpuload"] = "3.20 1.66 0.57 2/99 25157"
    assert list(numbers(host(documents), "hrProcessorLoad").values()) == [100]


def test_memory_is_storage_and_both_readers_see_it() -> None:
    documents = answers()
    system(documents)["memory"] = "99052 kB total memory, 56816 kB free (57 %)"
    cells = host(documents)
    memory = instance_of(cells, "hrStorageDescr", "Physical memory")
    assert cells["hrStorageType"][memory] == RAM
    sizes = [numbers(cells, f"hrStorage{one}")[memory] for one in ("Size", "Used", "AllocationUnits")]
    assert sizes == [99_052, 99_052 - 56_816, 1024]
    assert numbers(cells, "hrMemorySize") == numbers(cells, "memTotalReal") == {(0,): 99_052}
    assert numbers(cells, "memAvailReal") == {(0,): 56_816}


def test_file_systems_are_disks_by_mount_point_and_the_two_tables_refer_to_each_other() -> None:
    cells = host(answers())
    root = instance_of(cells, "hrStorageDescr", "/")
    assert cells["hrStorageType"][root] == FIXED_DISK
    mounted = instance_of(cells, "hrFSMountPoint", "/")
    assert numbers(cells, "hrFSStorageIndex")[mounted] == root[0]


def test_shared_memory_is_no_fixed_disk() -> None:
    documents = answers()
    system(documents)["storage"].append({"object-id": "none", "size": 100, "used": 4, "mountpoint": "/dev/shm"})
    cells = host(documents)
    assert cells["hrStorageType"][instance_of(cells, "hrStorageDescr", "/dev/shm")] == FIXED_DISK[:-1] + b"\x08"


def test_network_ports_are_devices_that_run_while_they_have_link() -> None:
    documents = answers()
    documents["status"]["data"]["network"]["ports"][1].update(link=False, operstate=False)
    cells = host(documents)
    status, interfaces = labelled(cells, "hrDeviceStatus"), numbers(cells, "hrNetworkIfIndex")
    by_name = {name: instance_of(cells, "hrDeviceDescr", f"network interface {name}") for name in ("lan0", "lan1")}
    assert (status[by_name["lan0"]], status[by_name["lan1"]]) == ("running", "down")
    assert interfaces[by_name["lan0"]] == instance_of(cells, "ifName", "lan0")[0]


def test_services_run_or_not_and_packages_have_versions() -> None:
    cells = host(answers())
    ssh, telnet = (instance_of(cells, "hrSWRunName", name) for name in ("ssh", "telnet"))
    states = labelled(cells, "hrSWRunStatus")
    assert (states[ssh], states[telnet]) == ("running", "notRunnable")
    assert any(name.startswith("ntp ") for name in texts_in(cells, "hrSWInstalledName").values())


def test_what_cannot_be_read_is_absent() -> None:
    documents = answers()
    system(documents).update(cpuload="busy", memory="plenty", uptime="long")
    cells = host(documents)
    assert not {"laLoad", "memTotalReal", "hrSystemUptime", "hrSystemProcesses", "hrProcessorLoad"} & cells.keys()


def test_of_a_device_that_is_down_sizes_stay_and_what_is_measured_goes() -> None:
    device = Watched()
    device.read(answers())
    cells = device.lose(3600)
    assert "hrStorageSize" in cells
    assert not {"hrStorageUsed", "hrSystemUptime", "laLoadInt", "memAvailReal"} & cells.keys()
