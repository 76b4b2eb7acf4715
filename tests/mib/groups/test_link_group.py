"""Interfaces and connections of a device, from its clocks to its PTPv2 instances."""

from __future__ import annotations

import itertools
from typing import Any

from tests.mib.host.hosts import Cells, Watched, answers, cells_of, host, labelled, numbers, shelf, slot, texts_in


def by_name(cells: Cells, name: str) -> tuple[int, ...]:
    return next(key for key, text in texts_in(cells, "lnbLinkIfName").items() if text == name)


def severity(cells: Cells, name: str) -> str:
    return labelled(cells, "lnbLinkIfSeverity")[by_name(cells, name)]


def links(cells: Cells) -> dict[str, tuple[int, ...]]:
    return {text: key for key, text in texts_in(cells, "lnbLinkName").items()}


def active(cells: Cells, name: str) -> str | None:
    return labelled(cells, "lnbLinkActive").get(links(cells)[name])


def instance(documents: dict[str, Any], place: int) -> dict[str, Any]:
    found: dict[str, Any] = slot(documents, "io1")["module"]["ptp-instances"][place]
    return found


def test_the_way_of_time_leads_from_receiver_over_clock_reference_card_and_port_to_the_instance() -> None:
    cells = host(answers())
    way = [
        "clk1 gns receiver", "clk1 clock", "reference clk1-gns", "io1 hps100", "io1", "io1:0",
        "io1/instance0 (IO1 PTP 1)",
    ]  # fmt: skip
    for source, destination in itertools.pairwise(way):
        key = links(cells)[f"{source} -> {destination}"]
        assert numbers(cells, "lnbLinkSource")[key] == by_name(cells, source)[1]
        assert numbers(cells, "lnbLinkDestination")[key] == by_name(cells, destination)[1]
        assert labelled(cells, "lnbLinkScope")[key] == "internal"
        assert active(cells, f"{source} -> {destination}") == "true"


def test_every_end_of_a_connection_is_an_interface_there_is() -> None:
    cells = host(answers("api20-m3000"))
    known = {key[1] for key in cells["lnbLinkIfName"]} | {0}
    ends = [*numbers(cells, "lnbLinkSource").values(), *numbers(cells, "lnbLinkDestination").values()]
    assert set(ends) <= known


def test_of_two_clocks_the_one_that_is_followed_is_active() -> None:
    documents = answers()
    for name, use in (("clk1", "not-selected"), ("clk2", "selected")):
        slot(documents, name)["module"]["sync-status"]["clock-idx"] = use
    cells = host(documents)
    assert active(cells, "clk1 clock -> reference clk1-gns") == "false"
    assert active(cells, "clk2 clock -> reference clk1-gns") == "true"


def test_where_no_clock_says_that_it_is_followed_the_name_of_the_reference_says_it() -> None:
    documents = answers("api8-m1000s")
    for one in documents["status"]["data"]["chassis0"]["slots"]:
        one.get("module", {}).get("sync-status", {}).pop("clock-idx", None)
    documents["status"]["data"]["system"]["sync-status"]["reference"] = "clk1 gps"
    cells = host(documents)
    assert [name for name in links(cells) if name.startswith("clk1 clock -> ")] == ["clk1 clock -> reference clk1 gps"]
    assert active(cells, "clk1 clock -> reference clk1 gps") == "true"


def test_interfaces_of_the_network_have_the_number_they_have_in_the_devices_own_context() -> None:
    cells = host(answers())
    names = texts_in(cells, "ifName")
    own = texts_in(cells, "lnbLinkIfName")
    found = {own[key]: number for key, number in numbers(cells, "lnbLinkIfNumber").items() if number}
    assert found == {name: key[0] for key, name in names.items()}


def test_severity_is_that_of_the_alarm_for_the_state() -> None:
    documents = answers()
    slot(documents, "clk1")["module"]["gns"]["antenna"]["connected"] = False
    slot(documents, "clk1")["module"]["sync-status"]["clock-status"]["clock"] = "holdover"
    documents["status"]["data"]["network"]["ports"][0].update(link=False, operstate=False)
    instance(documents, 0)["general"]["port-linkup"] = False
    cells = host(documents)
    assert severity(cells, "clk1 gns receiver") == "major"
    assert severity(cells, "clk1 clock") == "minor"
    assert severity(cells, "clk2 clock") == "cleared"
    assert severity(cells, "lan0") == "major"
    assert severity(cells, "io1/instance0 (IO1 PTP 1)") == "major"


def test_a_connection_is_as_bad_as_the_worse_of_its_ends() -> None:
    documents = answers()
    slot(documents, "clk1")["module"]["gns"]["antenna"]["connected"] = False
    slot(documents, "clk1")["module"]["sync-status"]["clock-status"]["clock"] = "holdover"
    cells = host(documents)
    found = labelled(cells, "lnbLinkSeverity")
    assert found[links(cells)["clk1 gns receiver -> clk1 clock"]] == "major"
    assert found[links(cells)["clk1 clock -> reference clk1-gns"]] == "minor"


def test_a_port_without_link_that_nothing_uses_is_no_fault() -> None:
    documents = answers()
    network = documents["status"]["data"]["network"]
    network["ports"][1].update(link=False, operstate=False)
    assert severity(host(documents), "lan1") == "major"
    network["interfaces"] = [one for one in network["interfaces"] if not one["ifname"].startswith("lan1")]
    assert severity(host(documents), "lan1") == "cleared"


def test_a_disabled_instance_is_no_fault() -> None:
    documents = answers()
    instance(documents, 0)["general"].update({"enabled": False, "port-linkup": False})
    cells = host(documents)
    assert severity(cells, "io1:0") == "cleared"
    assert severity(cells, "io1/instance0 (IO1 PTP 1)") == "cleared"


def test_the_master_that_an_instance_follows_is_outside() -> None:
    documents = answers()
    instance(documents, 1)["port-ds"]["port-state"] = "slave"
    instance(documents, 1)["parent-ds"]["parent-port-identity"] = {"clock-identity": "0200aabb", "port-number": 3}
    cells = host(documents)
    key = links(cells)["PTP clock 0200aabb port 3 -> io1/instance1 (IO1 PTP 2)"]
    assert labelled(cells, "lnbLinkScope")[key] == "external"
    assert numbers(cells, "lnbLinkSource")[key] == 0
    assert texts_in(cells, "lnbLinkOutside")[key] == "PTP clock 0200aabb port 3"


def test_a_master_follows_nobody() -> None:
    documents = answers()
    for place in (0, 1):
        instance(documents, place)["port-ds"]["port-state"] = "master"
    assert not [name for name in links(host(documents)) if name.startswith("PTP clock")]


def test_syncmon_nodes_are_outside_and_as_bad_as_the_device_says() -> None:
    documents = answers()
    node = documents["status"]["data"]["syncmon"]["nodes"][0]
    name = f"reference clk1-gns -> SyncMon node {node['object-id']}"
    node["status"] = "alert"
    cells = host(documents)
    assert labelled(cells, "lnbLinkSeverity")[links(cells)[name]] == "minor"
    assert active(cells, name) == "true"


def test_signals_have_a_direction_and_lead_into_their_card_or_out_of_it() -> None:
    cells = host(answers())
    assert active(cells, "io3 lno180 -> io3/output0 (10mhz)") == "true"
    assert active(cells, "mri1/input0 (10mhz) -> mri1 mri") == "true"
    assert active(cells, "mri1/input1 (pps) -> mri1 mri") == "false"
    directions = labelled(cells, "lnbLinkIfDirection")
    assert directions[by_name(cells, "io3/output0 (10mhz)")] == "out"
    assert directions[by_name(cells, "mri1/input0 (10mhz)")] == "in"
    assert directions[by_name(cells, "io13/port0 (word-clock)")] == "out"


def test_a_list_of_signals_may_also_be_an_object_by_name() -> None:
    documents = answers()
    module = slot(documents, "io3")["module"]
    module["outputs"] = {one.pop("object-id"): one for one in module["outputs"]}
    assert labelled(host(documents), "lnbSignalDirection") == labelled(host(answers()), "lnbSignalDirection")


def test_what_is_gone_stays_missing_for_the_hold_and_comes_back_under_its_number() -> None:
    documents, device = answers(), Watched(poll={"hold_missing_s": 600})
    first = device.read(documents)
    card, way = by_name(first, "io1 hps100"), links(first)["io1 hps100 -> io1"]
    module = slot(documents, "io1").pop("module")
    pulled = device.read(documents, seconds=60)
    assert labelled(pulled, "lnbLinkIfPresence")[card] == "missing"
    assert labelled(pulled, "lnbLinkPresence")[way] == "missing"
    assert card not in pulled["lnbLinkIfSeverity"]
    assert way not in pulled["lnbLinkActive"]

    assert card in device.read(documents, seconds=500)["lnbLinkIfName"]
    assert card not in device.read(documents, seconds=100)["lnbLinkIfName"]

    slot(documents, "io1")["module"] = module
    back = device.read(documents, seconds=60)
    assert labelled(back, "lnbLinkIfPresence")[card] == "present"
    assert texts_in(back, "lnbLinkIfName")[card] == "io1 hps100"


def test_what_is_no_longer_asked_for_is_not_missing() -> None:
    documents, device = answers(), Watched()
    card = by_name(device.read(documents), "io1 hps100")
    device.keeper.settings = device.settings.model_copy(update={"slots": {"clk1": None, "io2": None}})
    device.keeper.reread()
    cells = cells_of(device.shelf)
    assert card not in cells["lnbLinkIfName"]
    assert "io2 hps100" in texts_in(cells, "lnbLinkIfName").values()


def test_of_a_device_that_is_down_the_wiring_stays_and_its_state_goes() -> None:
    device = Watched()
    up = device.read(answers())
    down = device.lose(3600)
    assert down["lnbLinkName"] == up["lnbLinkName"]
    assert not {"lnbLinkSeverity", "lnbLinkActive", "lnbLinkIfState", "lnbLinkIfSeverity"} & down.keys()


def test_the_default_context_has_the_same_rows() -> None:
    served = shelf(answers())
    whole, own = cells_of(served, ""), cells_of(served, "m3000")
    assert {key[0] for key in whole["lnbLinkName"]} == {1}
    for name in ("lnbLinkName", "lnbLinkIfName", "lnbSignalType", "lnbLinkAssignedPort"):
        assert whole[name] == own[name]
