"""PTPBASE-MIB from the instances of HPS cards."""

from __future__ import annotations

from typing import Any

from agent.mib.encoding import integer
from tests.mib.host.hosts import answers, host, slot

FIRST, SECOND = (0, 1, 1), (1, 1, 2)
"""Domain, ordinary clock and number of the first two instances."""


def instance(documents: dict[str, Any], slot_id: str, place: int) -> dict[str, Any]:
    found: dict[str, Any] = slot(documents, slot_id)["module"]["ptp-instances"][place]
    return found


def test_rfc8173_an_instance_is_found_by_domain_clock_type_and_the_number_it_has_in_our_own_tables() -> None:
    cells = host(answers())
    assert {FIRST, SECOND} <= cells["ptpbaseClockDefaultDSPriority1"].keys()
    assert cells["ptpbaseClockPortName"][(*FIRST, 1)] == b"io1/instance0"


def test_ieee1588_5_3_2_a_time_interval_is_nanoseconds_times_two_to_the_sixteenth_in_eight_octets() -> None:
    documents = answers()
    instance(documents, "io1", 0)["current-ds"]["offset-from-master"] = -3
    cells = host(documents)
    assert cells["ptpbaseClockCurrentDSOffsetFromMaster"][FIRST] == (-3 << 16).to_bytes(8, "big", signed=True)


def test_a_clock_class_that_the_mib_does_not_know_is_absent() -> None:
    documents = answers()
    instance(documents, "io1", 0)["default-ds"]["clock-quality"]["clock-class"] = 248
    before, after = host(answers()), host(documents)
    assert before["ptpbaseClockDefaultDSQualityClass"][FIRST] == integer(6)
    assert FIRST not in after["ptpbaseClockDefaultDSQualityClass"]
    assert after["ptpbaseClockRunningState"][FIRST] == integer(1)  # and it runs freely


def test_an_instance_that_says_no_domain_has_no_row() -> None:
    documents = answers()
    del instance(documents, "io1", 0)["default-ds"]["domain-number"]
    assert FIRST not in host(documents)["ptpbaseClockDefaultDSPriority1"]


def test_a_clock_of_two_ports_is_a_boundary_clock() -> None:
    documents = answers()
    instance(documents, "io1", 0)["default-ds"]["number-ports"] = 2
    cells = host(documents)
    assert (0, 2, 1) in cells["ptpbaseClockDefaultDSPriority1"]
    assert cells["ptpDomainClockPortsTotal"][0, 1] == integer(2)


def test_unicast_clients_are_associated_ports_by_address() -> None:
    documents = answers()
    clients = [{"object-id": f"c{last}", "addr": f"192.0.2.{last}"} for last in (9, 7)]
    instance(documents, "io1", 0)["unicast-clients"] = clients
    found = host(documents)["ptpbaseClockPortAssociateAddress"]
    assert {key: value for key, value in found.items() if key[:3] == FIRST} == {
        (*FIRST, 1, 1): bytes((192, 0, 2, 7)),
        (*FIRST, 1, 2): bytes((192, 0, 2, 9)),
    }


def test_the_profile_is_told_only_where_all_instances_have_the_same_kind() -> None:
    documents = answers()
    assert "ptpbaseSystemProfile" not in host(documents)
    for slot_id in ("io1", "io2"):
        for one in slot(documents, slot_id)["module"]["ptp-instances"]:
            one["general"]["profile"] = "telecom-g8275-1"
    assert host(documents)["ptpbaseSystemProfile"] == {(0,): integer(2)}


def test_the_context_of_an_instance_has_its_rows_alone_and_a_name_of_its_own() -> None:
    documents = answers()
    whole, child = host(documents), host(documents, "m3000/ptp2")
    assert set(child["ptpbaseClockDefaultDSPriority1"]) == {SECOND}
    assert set(child["ptpDomainClockPortsTotal"]) == {(1, 2)}
    assert {key[:3] for key in child["ptpbaseClockPortRunningState"]} == {SECOND}
    assert child["sysName"][0,].endswith(b"io1/instance1")
    assert child["sysName"] != whole["sysName"]


def test_a_device_that_shows_no_standard_view_has_its_system_group_alone() -> None:
    cells = host(answers(), host={"views": []})
    assert not [name for name in cells if name.startswith("ptp")]
    assert "sysName" in cells
