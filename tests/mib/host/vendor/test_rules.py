"""What managers that know a LANTIME count on: a test for each rule."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from agent.mib import encoding
from agent.mib.declaration import Table
from agent.model.health import DeviceState
from agent.model.identity import Identities
from tests.mib.host.vendor.cells import MODULE, PREFIX, document, slot, vendor_cells

NAMED = {name.removeprefix(PREFIX): located for name, located in MODULE.objects.items()}


def tag(name: str) -> int:
    return NAMED[name].column.syntax.tag


@pytest.mark.parametrize("name", ["RefclockIndex", "PtpIndex", "SysPsIndex", "EthPortLinkIndex", "RefclockGpsIndex"])
def test_index_columns_are_served_and_hold_the_index(name: str) -> None:
    cells = vendor_cells(document())
    assert cells[name]
    assert all(index == (value,) for index, value in cells[name].items())


def test_the_index_of_a_cluster_is_served() -> None:
    root = document()
    root["status"]["network"]["interfaces"][0]["cluster"]["ipv4"] |= {"enabled": True, "port-state": "master"}
    cells = vendor_cells(root)
    assert cells["ClusterIndex"] == {(1,): 1}
    assert cells["NumberOfClusters"] == {(0,): 1}
    assert cells["ClusterPortState"] == {(1,): 1}
    assert cells["ClusterReconfigurationState"] == {(1,): 1}
    assert cells["ClusterIsFalseticker"] == {(1,): 1}


@pytest.mark.parametrize(
    "name",
    ["SysTempCelsius", "RefclockStatusA", "RefclockMaxStatusA", "RefclockStatusB", "RefclockMaxStatusB"],
)
def test_figures_are_gauges_on_the_wire(name: str) -> None:
    assert tag(name) == encoding.UNSIGNED32
    assert vendor_cells(document())[name]


@pytest.mark.parametrize(
    "name", ["RefclockState", "RefclockSubstate", "NtpCurrentState", "NtpStratum", "SysPsStatus", "PtpPortState"]
)
def test_states_and_the_stratum_are_integers_on_the_wire(name: str) -> None:
    assert tag(name) == encoding.INTEGER
    assert vendor_cells(document())[name]


@pytest.mark.parametrize(
    ("seconds", "said"), [(-4e-06, "-0.004"), (0.000123456, "0.123"), (1.5, "1500.000"), ("0.002", "2.000")]
)
def test_the_offset_of_ntp_is_a_bare_number_of_milliseconds(seconds: Any, said: str) -> None:
    root = document()
    association(root, "ref_1")["offset"] = seconds
    assert vendor_cells(root)["NtpRefclockOffset"][(0,)] == said


def association(root: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in root["status"]["ntp"] if one["object-id"] == name)


def test_the_offset_of_ntp_is_not_available_only_when_nothing_is_followed() -> None:
    root = document()
    association(root, "ref_1")["status-peer-selection"] = "reject"
    cells = vendor_cells(root)
    assert cells["NtpRefclockOffset"][(0,)] == "n/a"
    assert cells["NtpMrsServer"][(0,)] == "n/a"


def test_another_server_that_is_followed_is_named_with_its_offset() -> None:
    root = document()
    association(root, "ref_1")["status-peer-selection"] = "reject"
    association(root, "ref_2")["status-peer-selection"] = "sys-peer"
    cells = vendor_cells(root)
    assert cells["NtpMrsServer"][(0,)] == "ntp-2.example.net"
    assert float(cells["NtpMrsOffset"][(0,)]) * 1000 == pytest.approx(float(cells["NtpRefclockOffset"][(0,)]), abs=1e-3)


@pytest.mark.parametrize(
    ("written", "served"), [("7.10.008", "7.10.008"), ("fw_7.06.014-light", "7.06.014"), ("V6.24.013", "6.24.013")]
)
def test_the_firmware_is_digits_and_dots(written: str, served: str) -> None:
    root = document()
    slot(root, "cpu")["module"]["info"]["software-revision"] = written
    assert vendor_cells(root)["FirmwareVersion"] == {(0,): served}


def test_empty_bays_slots_and_absent_ports_have_no_row() -> None:
    root = document()
    assert "module" in slot(root, "pwr4")
    assert {port["object-id"] for port in root["status"]["network"]["ports"]} > {"lan0", "lan1", "lan2"}
    cells = vendor_cells(root)
    assert cells["SysPsStatus"] == {(1,): 2, (2,): 2, (3,): 1}
    assert cells["SysNumberOfPowerSupplies"] == {(0,): 3}
    assert cells["EthPortLinkState"] == {(1,): 1, (2,): 1}
    del slot(root, "clk2")["module"]
    cells = vendor_cells(root)
    assert set(cells["RefclockState"]) == {(1,)}
    assert cells["NumberOfRefclocks"] == {(0,): 1}
    assert not [name for name in cells if name.startswith("SysFan")]


KNOWN_SUBSTATES = {-1, 0, *range(1, 7), *range(50, 53), 100, 101, *range(149, 171)}


@pytest.mark.parametrize("reference", ["gps", "gnss-receiver", "ptp", "ntp", "10mhz-freqin", "quantum", "", None, 7])
def test_a_substate_is_always_one_that_the_mib_knows(reference: Any) -> None:
    root = document()
    root["status"]["system"]["sync-status"]["ref-type"] = reference
    for name, node in (("clk1", {"gns": {"receiver": {"tracking": "perhaps"}}}), ("clk2", {"dcf77": {}})):
        module = slot(root, name)["module"]
        assert vendor_cells(root)["RefclockSubstate"][(int(name[-1]),)] in KNOWN_SUBSTATES
        slot(root, name)["module"] = {"info": module["info"], "sync-status": module["sync-status"], **node}
    assert set(vendor_cells(root)["RefclockSubstate"].values()) <= KNOWN_SUBSTATES


@pytest.mark.parametrize(
    ("receiver", "substate"),
    [
        ({"antenna": {"connected": True, "short-circuit": True}}, 6),
        ({"antenna": {"connected": False, "short-circuit": False}}, 3),
        ({"receiver": {"synchronized": True}}, 1),
        ({"receiver": {"synchronized": False, "tracking": True}}, 2),
        ({"receiver": {"warm-boot": True}}, 4),
        ({"receiver": {"cold-boot": True}}, 5),
        ({}, 0),
    ],
)
def test_the_substate_of_a_satellite_clock_says_what_its_receiver_does(receiver: dict[str, Any], substate: int) -> None:
    root = document()
    slot(root, "clk1")["module"]["gns"] = receiver
    assert vendor_cells(root)["RefclockSubstate"][(1,)] == substate


@pytest.mark.parametrize(
    ("flags", "substate"),
    [({"syncd": True, "freer": False}, 52), ({"syncd": True, "freer": True}, 51), ({"syncd": False}, 50), (None, 0)],
)
def test_the_substate_of_a_long_wave_clock_says_whether_it_is_synchronized(
    flags: dict[str, Any] | None, substate: int
) -> None:
    root = document()
    root["status"]["system"]["sync-status"]["ref-type"] = "dcf77-pzf-receiver"
    slot(root, "clk1")["module"] = {
        "info": {"model": "pzf511"}, "sync-status": {"clock-idx": "selected"},
        "dcf77": {"pcps": flags, "correlation": 56, "field-strength": 40},
    }  # fmt: skip
    cells = vendor_cells(root)
    assert cells["RefclockSubstate"][(1,)] == substate
    assert cells["RefclockType"][(1,)] == 13
    figures = [cells[f"Refclock{name}"][(1,)] for name in ("StatusA", "MaxStatusA", "StatusB", "MaxStatusB")]
    assert figures == [56, 100, 40, 100]


def test_a_clock_that_follows_another_source_says_which() -> None:
    root = document()
    root["status"]["system"]["sync-status"]["ref-type"] = "ptp"
    cells = vendor_cells(root)
    assert cells["RefclockSubstate"] == {(1,): 156, (2,): 1}
    ((index, followed),) = cells["RefclockXmrSyncTo"].items()
    assert (followed, index) == ("ptp", (3, *b"ptp"))
    assert cells["RefclockXmrPriority1"] == {index: "gnss-receiver"}


@pytest.mark.parametrize(
    ("model", "number"), [("pzf511", 13), ("GRC180", 44), ("gns181-uc", 85), ("bpe8XXX", 112), ("gns999", 0)]
)
def test_the_type_of_a_clock_is_a_number_of_the_mib(model: str, number: int) -> None:
    root = document()
    slot(root, "clk1")["module"]["info"]["model"] = model
    assert vendor_cells(root)["RefclockType"][(1,)] == number


@pytest.mark.parametrize(
    ("state", "number"),
    [("synchronized", 1), ("not-synchronized", 2), ("holdover", 2), ("strange", 2), ("unknown", 0), (3, 1), (None, 0)],
)
def test_the_state_of_a_clock_is_never_missing(state: Any, number: int) -> None:
    root = document()
    slot(root, "clk1")["module"]["sync-status"]["clock-status"]["clock"] = state
    assert vendor_cells(root)["RefclockState"][(1,)] == number


def test_every_column_of_a_clock_is_there_however_little_it_says() -> None:
    root = document()
    slot(root, "clk1")["module"] = {"info": {"model": "unheard-of"}}
    cells = vendor_cells(root)
    (table,) = (part for _, part in MODULE.parts.values() if part.name == f"{PREFIX}RefclockTable")
    assert isinstance(table, Table)
    assert all((1,) in cells[column.name.removeprefix(PREFIX)] for column in table.columns)


@pytest.mark.parametrize(
    ("date", "said"), [("", "not announced"), ("never", "not announced"), ("2027-06-30", "2027-06-30")]
)
def test_a_leap_second_that_is_not_announced_is_said_in_words(date: str, said: str) -> None:
    root = document()
    root["status"]["system"]["sync-status"] |= {"leapsecond-date": date, "leapsecond-announced": bool(date)}
    cells = vendor_cells(root)
    assert set(cells["RefclockLeapSecondDate"].values()) == {said}
    assert set(cells["RefclockAdditionalInfo"].values()) == {1 if date else 0}


NTP = sorted(name for name in NAMED if name.startswith("Ntp"))


@pytest.mark.parametrize("missing", ["ntp", "services", "system"])
def test_every_scalar_of_ntp_is_there_whatever_the_device_leaves_out(missing: str) -> None:
    root = document()
    del root["status"][missing]
    cells = vendor_cells(root)
    assert len(NTP) == 15
    assert [name for name in NTP if (0,) not in cells.get(name, {})] == []


@pytest.mark.parametrize(
    ("changes", "state"),
    [({}, 2), ({"stratum": 16}, 1), ({"leap": 3}, 1), ({"leap": "11"}, 1), ({"stratum": None}, 0)],
)
def test_the_state_of_ntp_follows_from_its_variables(changes: dict[str, Any], state: int) -> None:
    root = document()
    association(root, "sys").update(changes)
    assert vendor_cells(root)["NtpCurrentState"] == {(0,): state}


def test_ntp_that_does_not_run_has_no_state() -> None:
    root = document()
    root["status"]["services"]["network"]["ntp"]["running"] = False
    assert vendor_cells(root)["NtpCurrentState"] == {(0,): 0}


def test_without_ptp_there_is_one_row_that_is_disabled_and_not_available() -> None:
    cells = vendor_cells(document(hps_cards=0))
    assert cells["PtpNumberOfModules"] == {(0,): 0}
    ptp = {name: column for name, column in cells.items() if NAMED[name].part.name == f"{PREFIX}PtpTable"}
    assert ptp == {"PtpIndex": {(1,): 1}, "PtpPortState": {(1,): 3}, "PtpAvail": {(1,): 0}}


def test_an_instance_has_the_same_row_whatever_comes_before_it_in_the_list() -> None:
    identities = Identities()
    root = document()
    before = vendor_cells(root, identities=identities)["PtpDomain"]
    module = slot(root, "io1")["module"]
    module["ptp-instances"].reverse()
    assert vendor_cells(root, identities=identities)["PtpDomain"] == before
    del module["ptp-instances"][1]
    after = vendor_cells(root, identities=identities)
    assert after["PtpDomain"] == {(2,): before[(2,)]}
    assert after["PtpAvail"] == {(2,): 1}


def test_an_instance_that_does_not_say_its_state_has_none() -> None:
    root = document()
    del slot(root, "io1")["module"]["ptp-instances"][0]["port-ds"]
    assert set(vendor_cells(root)["PtpPortState"]) == {(2,)}


@pytest.mark.parametrize("name", ["OffsetFromGM", "PathDelay", "DelayAsymmetry"])
def test_times_of_ptp_are_bare_numbers(name: str) -> None:
    for said in vendor_cells(document())[f"Ptp{name}"].values():
        assert str(int(said)) == said


def test_ptp_follows_an_overlay_of_our_own_column() -> None:
    root = document()
    for number, instance in enumerate(slot(root, "io1")["module"]["ptp-instances"]):
        instance["elsewhere"] = {"state": "passive" if number else "master"}
    overlay = {"lnbPtpPortState": ("elsewhere.state",)}
    assert vendor_cells(root, overlay=overlay)["PtpPortState"] == {(1,): 6, (2,): 7}


def test_values_stay_within_the_bounds_of_the_mib() -> None:
    root = document()
    slot(root, "clk1")["module"]["satellites"] |= {"good-satellites": 4711, "satellites-in-view": 4712}
    association(root, "sys")["stratum"] = 99
    cells = vendor_cells(root)
    assert cells["RefclockStatusA"][(1,)] == cells["RefclockMaxStatusA"][(1,)] == 100
    assert cells["NtpStratum"][(0,)] <= 16


def test_of_a_device_that_is_down_only_what_it_is_stays() -> None:
    cells = vendor_cells(document(), DeviceState.DOWN)
    roots = {NAMED[name].oid[:9] for name in cells}
    assert roots == {(1, 3, 6, 1, 4, 1, 5597, 30, 0), (1, 3, 6, 1, 4, 1, 5597, 30, 1)}
    assert {NAMED[name].oid[9] for name in cells if NAMED[name].oid[8] == 0} == {0}
    assert cells["SerialNumber"]


def test_of_a_device_that_was_never_read_nothing_is_claimed() -> None:
    cells = vendor_cells({}, DeviceState.NEVER)
    assert set(cells) == {"SubagentTimeticks"}


@pytest.mark.parametrize("generation", [8, 10, 20])
def test_all_generations_fill_what_managers_ask_for(generation: int) -> None:
    cells = vendor_cells(document(generation))
    wanted = {"FirmwareVersion", "SerialNumber", "RefclockState", "RefclockSubstate", "NtpCurrentState",
              "NtpRefclockOffset", "SysPsStatus", "SysTempCelsius", "EthPortLinkState", "PtpPortState"}  # fmt: skip
    assert wanted <= set(cells)


def test_raw_codes_of_ptp_mean_the_same_as_words() -> None:
    root = document()
    words = vendor_cells(root)["PtpPortState"]
    for instance, code in zip(slot(root, "io1")["module"]["ptp-instances"], words.values(), strict=True):
        instance["port-ds"]["port-state"] = code
    assert vendor_cells(root)["PtpPortState"] == words


WILD: tuple[Any, ...] = ({}, [], [{"object-id": 7}], "strange", "", 1.5e300, True, None, -1)


def leaves(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the leaves of a document are, and the objects and lists above them."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(leaf for key, child in children for leaf in leaves(child, (*path, key)))]


def test_whatever_a_device_writes_there_is_an_answer_and_clocks_and_ntp_have_no_gap() -> None:
    sound = document(clients=0)
    status = sound["status"]
    status["network"]["interfaces"][0]["cluster"]["ipv4"]["enabled"] = True
    for gone in ("system-storage", "syncteam", "services"):
        status.pop(gone, None)
    status["chassis0"]["slots"] = [slot(sound, name) for name in ("pwr1", "cpu", "clk1", "io1")]
    slot(sound, "clk1")["module"].pop("supported-string-types", None)
    places = [path for path in leaves(status) if path]
    chosen = random.Random(5).sample(places, min(len(places), 250))
    for number, path in enumerate(chosen):
        root = copy.deepcopy(sound)
        node = root["status"]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = WILD[number % len(WILD)]
        cells = vendor_cells(root)
        assert [name for name in NTP if (0,) not in cells.get(name, {})] == [], (path, node[path[-1]])
        for index in cells.get("RefclockIndex", {}):
            gaps = [name for name in CLOCK if index not in cells.get(name, {})]
            assert gaps == [], (path, node[path[-1]])
        assert set(cells.get("RefclockSubstate", {}).values()) <= KNOWN_SUBSTATES


CLOCK = [name for name, located in NAMED.items() if located.part.name == f"{PREFIX}RefclockTable"]
