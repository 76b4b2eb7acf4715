"""IF-MIB and EtherLike-MIB from ports, virtual interfaces, bonds, cards and PTPv2 instances."""

from __future__ import annotations

from typing import Any

from agent.mib.encoding import integer
from tests.mib.host.hosts import Cells, Watched, answers, host, instance_of, labelled, numbers, slot, texts_in


def network(documents: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = documents["status"]["data"]["network"]
    return found


def port(documents: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in network(documents)["ports"] if one["object-id"] == name)
    return found


def index(cells: Cells, name: str) -> int:
    return instance_of(cells, "ifName", name)[0]


def stack(cells: Cells) -> set[tuple[int, ...]]:
    return set(cells["ifStackStatus"])


def test_ports_cards_virtual_interfaces_and_those_of_ptp_instances_are_rows() -> None:
    cells = host(answers())
    names = set(texts_in(cells, "ifName").values())
    assert {"lan0", "lan1", "io1", "io2", "lan0:0", "lan1:1", "io1:0", "io1:1"} <= names
    assert numbers(cells, "ifNumber") == {(0,): len(names)}
    assert len(cells["ifIndex"]) == len(names)


def test_a_device_that_was_never_read_has_no_number_of_interfaces() -> None:
    cells = Watched().lose(1000)
    assert "sysName" in cells
    assert "ifNumber" not in cells


def test_kinds_are_those_of_iana_and_only_ports_have_a_connector() -> None:
    cells = host(answers())
    kinds, plugs = labelled(cells, "ifType"), labelled(cells, "ifConnectorPresent")
    lan, card, virtual = ((index(cells, name),) for name in ("lan0", "io1", "lan0:0"))
    assert (kinds[lan], kinds[card], kinds[virtual]) == ("ethernetCsmacd", "ethernetCsmacd", "propVirtual")
    assert (plugs[lan], plugs[card], plugs[virtual]) == ("true", "true", "false")


def test_rfc2863_3_1_1_each_layer_stands_on_the_one_below_and_the_ends_are_zero() -> None:
    cells = host(answers())
    lan, virtual, card, ptp = (index(cells, name) for name in ("lan0", "lan0:0", "io1", "io1:0"))
    assert {(virtual, lan), (ptp, card), (0, virtual), (lan, 0)} <= stack(cells)
    assert (0, lan) not in stack(cells)


def test_speed_is_in_bits_and_megabits_and_saturates_at_the_largest_gauge() -> None:
    documents = answers()
    port(documents, "lan0")["speed"] = "10000"
    cells = host(documents)
    assert numbers(cells, "ifHighSpeed")[index(cells, "lan0"),] == 10_000
    assert cells["ifSpeed"][index(cells, "lan0"),] == b"\x00\xff\xff\xff\xff"


def test_a_port_without_link_is_down_and_what_stands_on_it_has_its_lower_layer_down() -> None:
    documents = answers()
    port(documents, "lan0").update(link=False, operstate=False, speed="-", duplex="-")
    slot(documents, "io1")["module"]["network"].update(link=False, speed="-")
    for one in slot(documents, "io1")["module"]["ptp-instances"]:
        one["general"]["port-linkup"] = False
    cells = host(documents)
    states = {name: labelled(cells, "ifOperStatus")[index(cells, name),] for name in ("lan0", "lan0:0", "io1", "io1:0")}
    assert states == {"lan0": "down", "lan0:0": "lowerLayerDown", "io1": "down", "io1:0": "lowerLayerDown"}
    assert numbers(cells, "ifSpeed")[index(cells, "lan0"),] == 0
    assert labelled(cells, "dot3StatsDuplexStatus")[index(cells, "lan0"),] == "unknown"


def test_a_port_that_the_unit_does_not_have_is_not_present_and_counts_nothing() -> None:
    cells = host(answers("api20-m3000"))
    there, absent = (index(cells, "lan0"),), (index(cells, "lan2"),)
    assert labelled(cells, "ifOperStatus")[absent] == "notPresent"
    assert labelled(cells, "ifAdminStatus")[absent] == "down"
    assert there in cells["ifHCInOctets"]
    for name in ("ifHCInOctets", "ifInOctets", "ifSpeed", "ifPhysAddress", "dot3StatsIndex"):
        assert absent not in cells[name]


def test_counters_are_absent_where_the_generation_has_none() -> None:
    cells = host(answers("api10-m3000"))
    assert "ifInOctets" not in cells
    assert "ifHCInOctets" not in cells


def test_counters_of_32_bits_are_the_low_bits_of_those_of_64() -> None:
    documents = answers("api20-m3000")
    port(documents, "lan0")["statistics"].update({"rx-bytes": 2**32 + 5, "rx-packets": 100, "multicast": 30})
    cells = host(documents)
    lan = (index(cells, "lan0"),)
    assert (cells["ifInOctets"][lan], cells["ifHCInOctets"][lan]) == (integer(5), integer(2**32 + 5))
    assert numbers(cells, "ifHCInUcastPkts")[lan] == 70
    assert numbers(cells, "ifHCInMulticastPkts")[lan] == 30


def bonded(documents: dict[str, Any], *names: str) -> None:
    network(documents)["interfaces"] += [{"object-id": f"vif{9 + at}", "ifname": name} for at, name in enumerate(names)]
    for name in ("lan0", "lan1"):
        port(documents, name)["bonding-slave"].update({"state": "active", "ad-aggregator-id": "1"})


def test_a_bond_stands_on_its_ports_and_is_up_while_one_of_them_is() -> None:
    documents = answers("api20-m3000")
    bonded(documents, "bond0:0")
    port(documents, "lan0").update(link=False, operstate=False)
    cells = host(documents)
    bond, lan0, lan1, virtual = (index(cells, name) for name in ("bond0", "lan0", "lan1", "bond0:0"))
    assert {(bond, lan0), (bond, lan1), (virtual, bond)} <= stack(cells)
    assert labelled(cells, "ifType")[bond,] == "ieee8023adLag"
    assert labelled(cells, "ifOperStatus")[bond,] == "up"


def test_of_several_bonds_none_is_said_to_stand_on_a_port() -> None:
    documents = answers("api20-m3000")
    bonded(documents, "bond0:0", "bond1:0")
    cells = host(documents)
    bond = index(cells, "bond0")
    assert (bond, 0) in stack(cells)
    assert labelled(cells, "ifOperStatus")[bond,] == "unknown"


def test_an_interface_with_a_vlan_tag_is_one_of_its_port() -> None:
    documents = answers()
    network(documents)["interfaces"].append({"object-id": "vif7", "ifname": "lan0.100:0"})
    cells = host(documents)
    tagged = index(cells, "lan0.100:0")
    assert labelled(cells, "ifType")[tagged,] == "l2vlan"
    assert (tagged, index(cells, "lan0")) in stack(cells)


def test_the_vlan_of_a_card_is_an_interface_on_its_port_and_has_its_address() -> None:
    documents = answers()
    slot(documents, "io1")["module"]["network"]["vlan-id"] = 100
    cells = host(documents)
    tagged = index(cells, "io1.100")
    assert labelled(cells, "ifType")[tagged,] == "l2vlan"
    assert (tagged, index(cells, "io1")) in stack(cells)
    assert numbers(cells, "ipAdEntIfIndex")[192, 0, 2, 100] == tagged
    assert "io2.0" not in texts_in(cells, "ifName").values()


def test_a_cards_port_that_the_device_lists_among_its_own_is_one_interface() -> None:
    documents = answers()
    mac = slot(documents, "io1")["module"]["network"]["mac-address"]
    listed = {**port(documents, "lan0"), "object-id": "lan5", "slot-name": "io1", "port-id": 0, "mac-address": mac}
    network(documents)["ports"].append(listed)
    cells = host(documents)
    assert "io1" not in texts_in(cells, "ifName").values()
    assert (index(cells, "io1:0"), index(cells, "lan5")) in stack(cells)


def test_of_several_ports_of_a_card_an_instance_stands_on_the_one_it_is_assigned_to() -> None:
    documents = answers()
    for number in (1, 2):
        port_of_card = {**port(documents, "lan0"), "object-id": f"lan{4 + number}", "slot-name": "io1"}
        network(documents)["ports"].append(port_of_card | {"port-id": number})
    cells = host(documents)
    assert (index(cells, "io1:0"), index(cells, "lan5")) in stack(cells)
    assert (index(cells, "io1:1"), index(cells, "lan6")) in stack(cells)


def test_an_instance_whose_interface_the_configuration_does_not_name_has_none() -> None:
    documents = answers()
    del documents["configuration/chassis0/slots/io1/module"]
    names = set(texts_in(host(documents), "ifName").values())
    assert "io1" in names
    assert not {"io1:0", "io1:1"} & names


def test_a_disabled_instance_is_administratively_down() -> None:
    documents = answers()
    slot(documents, "io1")["module"]["ptp-instances"][0]["general"]["enabled"] = False
    cells = host(documents)
    instance = (index(cells, "io1:0"),)
    assert labelled(cells, "ifAdminStatus")[instance] == "down"
    assert labelled(cells, "ifOperStatus")[instance] == "down"


def test_times_of_change_are_sysuptime_and_zero_for_what_was_so_from_the_beginning() -> None:
    documents, device = answers(), Watched()
    first = device.read(documents)
    lan = (index(first, "lan0"),)
    assert numbers(first, "ifLastChange")[lan] == 0
    assert numbers(first, "ifTableLastChange") == {(0,): 0}

    port(documents, "lan0").update(link=False, operstate=False)
    network(documents)["interfaces"].append({"object-id": "vif7", "ifname": "lan1:7"})
    second = device.read(documents, seconds=60)
    assert numbers(second, "ifLastChange")[lan] == 6000
    assert numbers(second, "ifTableLastChange") == numbers(second, "ifStackLastChange") == {(0,): 6000}

    third = device.read(documents, seconds=60)
    assert numbers(third, "ifLastChange")[lan] == 6000
    assert numbers(third, "ifTableLastChange") == {(0,): 6000}


def test_counters_that_begin_anew_say_when() -> None:
    documents, device = answers("api20-m3000"), Watched()
    lan = (index(device.read(documents), "lan0"),)
    port(documents, "lan0")["statistics"]["rx-bytes"] = 7
    assert numbers(device.read(documents, seconds=30), "ifCounterDiscontinuityTime")[lan] == 3000
    port(documents, "lan0")["statistics"]["rx-bytes"] = 9
    assert numbers(device.read(documents, seconds=30), "ifCounterDiscontinuityTime")[lan] == 3000


def test_of_a_device_that_is_down_names_stay_and_states_and_counters_go() -> None:
    device = Watched()
    device.read(answers("api20-m3000"))
    cells = device.lose(3600)
    assert "lan0" in texts_in(cells, "ifName").values()
    assert not {"ifOperStatus", "ifHCInOctets", "ifSpeed"} & cells.keys()


def test_an_index_stays_with_its_interface_whatever_comes_before_it() -> None:
    documents, device = answers(), Watched()
    before = index(device.read(documents), "lan1")
    network(documents)["ports"] = network(documents)["ports"][1:]
    assert index(device.read(documents, seconds=30), "lan1") == before
