"""LAN ports, statistics, interfaces, addresses, clusters."""

from __future__ import annotations

from typing import Any

from reading_cells import Reader, read, row

from agent.mib.groups.network import GROUP
from agent.model.health import DeviceState

COUNTERS = {
    "rx-packets": "RxPackets", "rx-bytes": "RxBytes", "rx-dropped": "RxDropped", "rx-compressed": "RxCompressed",
    "rx-nohandler": "RxNoHandler", "rx-errors": "RxErrors", "rx-crc-errors": "RxCrcErrors",
    "rx-fifo-errors": "RxFifoErrors", "rx-frame-errors": "RxFrameErrors", "rx-length-errors": "RxLengthErrors",
    "rx-missed-errors": "RxMissedErrors", "rx-over-errors": "RxOverErrors", "tx-packets": "TxPackets",
    "tx-bytes": "TxBytes", "tx-dropped": "TxDropped", "tx-compressed": "TxCompressed", "tx-errors": "TxErrors",
    "tx-aborted-errors": "TxAbortedErrors", "tx-carrier-errors": "TxCarrierErrors",
    "tx-fifo-errors": "TxFifoErrors", "tx-heartbeat-errors": "TxHeartbeatErrors",
    "tx-window-errors": "TxWindowErrors", "multicast": "Multicast", "collisions": "Collisions",
    "gro-flush-timeout": "GroFlushTimeout", "mtu": "Mtu",
}  # fmt: skip


def port(**members: Any) -> dict[str, Any]:
    """A port of API V10 with link."""
    base = {
        "object-id": "lan0",
        "duplex": "full",
        "operstate": True,
        "speed": "100",
        "mac-address": "02:00:5e:10:00:01",
        "link": True,
        "slot-id": 7,
        "slot-name": "cpu",
        "port-id": 0,
        "card-name": "c15g2",
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def bonding(**members: Any) -> dict[str, Any]:
    """The bonding member of a V20 port in no bond."""
    base = {
        "ad-actor-oper-port-state": "N/A",
        "ad-aggregator-id": "N/A",
        "ad-partner-oper-port-state": "N/A",
        "link-failure-count": "-",
        "mii-status": True,
        "perm-hwaddr": "02:00:5e:10:00:01",
        "queue-id": "-",
        "state": "standalone",
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def absent_port() -> dict[str, Any]:
    """A port that V20 lists although the unit has none."""
    return port(
        object_id="lan2",
        duplex="-",
        operstate=False,
        speed="-",
        mac_address="00:00:00:00:00:00",
        link=False,
        slot_id=-1,
        slot_name="",
        port_id=-1,
        card_name="unknown",
        port_available=False,
        statistics=dict.fromkeys(COUNTERS, 0),
        bonding_slave=bonding(link_failure_count="", mii_status=False, perm_hwaddr="00:00:00:00:00:00"),
    )


def ports(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"network": {"ports": list(listed)}}


def test_port_with_link() -> None:
    assert row(read(GROUP, ports(port())), 1) == {
        "lnbNetPortName": "lan0",
        "lnbNetPortLink": True,
        "lnbNetPortOperational": True,
        "lnbNetPortDuplex": "full",
        "lnbNetPortDuplexText": "full",
        "lnbNetPortSpeed": 100,
        "lnbNetPortMac": "02:00:5e:10:00:01",
        "lnbNetPortSlotNumber": 7,
        "lnbNetPortSlotName": "cpu",
        "lnbNetPortNumber": 0,
        "lnbNetPortCard": "c15g2",
    }


def test_port_without_link_has_no_speed_and_no_duplex() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read(ports(port(link=False, operstate=False, speed="-", duplex="-"))), 1)
    assert cells["lnbNetPortLink"] is False
    assert not {"lnbNetPortSpeed", "lnbNetPortDuplex", "lnbNetPortDuplexText"} & set(cells)
    assert not reader.drift


def test_unknown_duplex_word_reads_other_and_keeps_its_text() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read(ports(port(duplex="quarter-way"))), 1)
    assert (cells["lnbNetPortDuplex"], cells["lnbNetPortDuplexText"]) == ("other", "quarter-way")
    assert "lnbNetPortDuplex" in reader.drift


def test_port_that_v20_lists_but_does_not_exist() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read(ports(absent_port())), 1)
    assert not reader.drift
    for name in ("Mac", "SlotNumber", "SlotName", "Number", "Speed", "BondMac", "BondFailures"):
        assert f"lnbNetPort{name}" not in cells
    assert cells["lnbNetPortAvailable"] is False
    assert cells["lnbNetPortCard"] == "unknown"
    assert cells["lnbNetPortRxPackets"] == 0


def test_bonded_port() -> None:
    bond = bonding(
        ad_actor_oper_port_state="61", ad_aggregator_id=2, ad_partner_oper_port_state=63, link_failure_count="4",
        queue_id="0", state="backup",
    )  # fmt: skip
    cells = row(read(GROUP, ports(port(port_available=True, bonding_slave=bond))), 1)
    assert {name.removeprefix("lnbNetPortBond"): value for name, value in cells.items() if "Bond" in name} == {
        "": "backup",
        "Text": "backup",
        "Mii": True,
        "Failures": 4,
        "Mac": "02:00:5e:10:00:01",
        "Queue": 0,
        "Aggregator": 2,
        "ActorState": 61,
        "PartnerState": 63,
    }


def test_statistics_of_v20_are_64_bits_wide() -> None:
    numbers = {name: 2**33 + place for place, name in enumerate(COUNTERS)}
    numbers |= {"gro-flush-timeout": 20_000, "mtu": 1500}
    cells = row(read(GROUP, ports(port(statistics=numbers))), 1)
    assert {name: cells[f"lnbNetPort{column}"] for name, column in COUNTERS.items()} == numbers


def test_v10_has_no_statistics_rows() -> None:
    assert "lnbNetPortRxPackets" not in read(GROUP, ports(port()))


def test_counters_go_when_the_device_is_down_and_the_identity_stays() -> None:
    status = ports(port(statistics=dict.fromkeys(COUNTERS, 5), bonding_slave=bonding(link_failure_count="1")))
    cells = Reader(GROUP).read(status, DeviceState.DOWN)
    assert cells["lnbNetPortName"] == {(1,): "lan0"}
    assert not {"lnbNetPortRxBytes", "lnbNetPortBondFailures"} & set(cells)


def test_ports_keep_their_index_whatever_their_order() -> None:
    reader = Reader(GROUP)
    first, second = port(), port(object_id="lan1")
    assert reader.read(ports(first, second))["lnbNetPortName"] == {(1,): "lan0", (2,): "lan1"}
    assert reader.read(ports(second))["lnbNetPortName"] == {(2,): "lan1"}
    assert reader.read(ports(second, first))["lnbNetPortName"] == {(1,): "lan0", (2,): "lan1"}


INTERFACES: dict[str, Any] = {
    "network": {
        "interfaces": [
            {
                "object-id": "vif0",
                "ifname": "lan0:0",
                "addresses": [
                    {
                        "object-id": "ipv4-dhcp",
                        "iftype": "dhcp",
                        "addresstype": "ipv4",
                        "subnet": "255.255.255.0",
                        "address": "192.0.2.123",
                    },
                    {
                        "object-id": "ipv6-slaac",
                        "iftype": "router-advertised",
                        "addresstype": "ipv6",
                        "subnet": 64,
                        "address": "2001:db8::123",
                    },
                ],
            },
            {"object-id": "vif1", "ifname": "lan1:1"},
        ]
    }
}


def test_interfaces_and_addresses() -> None:
    reader = Reader(GROUP)
    cells = reader.read(INTERFACES)
    assert cells["lnbNetInterfaceId"] == {(1,): "vif0", (2,): "vif1"}
    assert cells["lnbNetInterfaceName"] == {(1,): "lan0:0", (2,): "lan1:1"}
    assert cells["lnbNetInterfacePort"] == {(1,): "lan0", (2,): "lan1"}
    assert row(cells, 1, 1) == {
        "lnbNetAddressId": "ipv4-dhcp",
        "lnbNetAddressOrigin": "dhcp",
        "lnbNetAddressOriginText": "dhcp",
        "lnbNetAddressFamily": "ipv4",
        "lnbNetAddressFamilyText": "ipv4",
        "lnbNetAddressIp": "192.0.2.123",
        "lnbNetAddressSubnet": "255.255.255.0",
    }
    second = row(cells, 1, 2)
    assert (second["lnbNetAddressOrigin"], second["lnbNetAddressOriginText"]) == ("other", "router-advertised")
    assert (second["lnbNetAddressFamily"], second["lnbNetAddressSubnet"]) == ("ipv6", "64")
    assert not list(reader.unserved("network"))


def _cluster(**members: Any) -> dict[str, Any]:
    base = {
        "enabled": False,
        "timestamp": "",
        "cluster-ip": "",
        "communication-ip": "",
        "port-state": "",
        "master-serial": "",
        "master-ip": "",
        "master-priority": 0,
        "clock-class": "",
        "clock-status": "",
        "ntp-status": "unknown",
        "reconfig-state": "currently-none",
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def test_clusters_of_v20() -> None:
    working = _cluster(
        enabled=True, timestamp="2026-02-11T22:04:59", cluster_ip="192.0.2.50", communication_ip="192.0.2.51",
        port_state="master", master_serial="030000000001", master_ip="192.0.2.51", master_priority=3,
        clock_class="gps", clock_status="fine", ntp_status="synced", reconfig_state="currently-none",
    )  # fmt: skip
    interface = {"object-id": "vif0", "ifname": "bond0", "cluster": {"ipv4": working, "ipv6": _cluster()}}
    reader = Reader(GROUP)
    cells = reader.read({"network": {"interfaces": [interface]}})
    assert not reader.drift
    assert cells["lnbNetInterfacePort"] == {(1,): "bond0"}
    assert {name.removeprefix("lnbNetCluster"): value for name, value in row(cells, 1, 1).items()} == {
        "Family": "ipv4",
        "Enabled": True,
        "Timestamp": "2026-02-11T22:04:59",
        "Ip": "192.0.2.50",
        "CommunicationIp": "192.0.2.51",
        "PortState": "master",
        "PortStateText": "master",
        "MasterSerial": "030000000001",
        "MasterIp": "192.0.2.51",
        "MasterPriority": 3,
        "ClockClass": "gps",
        "ClockClassText": "gps",
        "ClockStatus": "fine",
        "NtpStatus": "synced",
        "Reconfiguration": "currentlyNone",
        "ReconfigurationText": "currently-none",
    }
    assert {name.removeprefix("lnbNetCluster"): value for name, value in row(cells, 1, 2).items()} == {
        "Family": "ipv6",
        "Enabled": False,
        "MasterPriority": 0,
        "NtpStatus": "unknown",
        "Reconfiguration": "currentlyNone",
        "ReconfigurationText": "currently-none",
    }


def test_raw_cluster_codes() -> None:
    cluster = _cluster(port_state=3, clock_class=4)
    interface = {"object-id": "vif0", "ifname": "lan0:0", "cluster": {"ipv4": cluster}}
    cells = row(read(GROUP, {"network": {"interfaces": [interface]}}), 1, 1)
    assert (cells["lnbNetClusterPortState"], cells["lnbNetClusterPortStateText"]) == ("listening", "3")
    assert (cells["lnbNetClusterClockClass"], cells["lnbNetClusterClockClassText"]) == ("pzf", "4")


def test_every_leaf_of_the_v20_shape_is_served() -> None:
    v20 = port(port_available=True, statistics=dict.fromkeys(COUNTERS, 1), bonding_slave=bonding())
    interface = {"object-id": "vif0", "ifname": "lan0:0", "cluster": {"ipv4": _cluster(), "ipv6": _cluster()}}
    reader = Reader(GROUP)
    reader.read({"network": {"ports": [v20, absent_port()], "interfaces": [interface]}})
    silent = {"", "-", "N/A", -1, "00:00:00:00:00:00"}
    assert [path for path, value in reader.unserved("network") if value not in silent] == []


def test_a_field_that_cannot_be_read_costs_one_cell() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read(ports(port(speed="fast", mac_address="nonsense", slot_id=None, link="maybe"))), 1)
    assert not {"lnbNetPortSpeed", "lnbNetPortMac", "lnbNetPortSlotNumber", "lnbNetPortLink"} & set(cells)
    assert cells["lnbNetPortName"] == "lan0"
    assert set(reader.drift) == {"lnbNetPortSpeed", "lnbNetPortMac", "lnbNetPortLink"}
