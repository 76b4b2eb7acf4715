"""IP-MIB from the addresses of interfaces and cards."""

from __future__ import annotations

from typing import Any

from tests.mib.host.hosts import answers, host, instance_of, labelled, numbers, slot

LAN = (1, 4, 192, 0, 2, 10)
CARD = (192, 0, 2, 100)


def addresses(documents: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = documents["status"]["data"]["network"]["interfaces"][0]["addresses"]
    return found


def test_an_address_belongs_to_its_interface_in_both_tables() -> None:
    cells = host(answers())
    lan, card = instance_of(cells, "ifName", "lan0:0")[0], instance_of(cells, "ifName", "io1")[0]
    assert numbers(cells, "ipAddressIfIndex")[LAN] == numbers(cells, "ipAdEntIfIndex")[LAN[2:]] == lan
    assert numbers(cells, "ipAdEntIfIndex")[CARD] == card
    assert cells["ipAdEntNetMask"][LAN[2:]] == bytes((255, 255, 255, 0))
    assert cells["ipAdEntAddr"][CARD] == bytes(CARD)


def test_ipv6_addresses_are_in_the_newer_table_alone() -> None:
    cells = host(answers())
    ipv6 = [key for key in cells["ipAddressIfIndex"] if key[0] == 2]
    assert ipv6
    assert all(key[1] == 16 and len(key) == 18 for key in ipv6)
    assert {len(key) for key in cells["ipAdEntAddr"]} == {4}


def test_the_prefix_of_an_address_is_a_row_there_is() -> None:
    cells = host(answers())
    lan = instance_of(cells, "ifName", "lan0:0")[0]
    row = (lan, 1, 4, 192, 0, 2, 0, 24)
    assert row in cells["ipAddressPrefixOrigin"]
    pointer = (1, 3, 6, 1, 2, 1, 4, 32, 1, 5, *row)
    # 192 needs two octets in base 128, what is below 128 is its own octet.
    written = b"".join(bytes((0x80 | one >> 7, one & 0x7F)) if one > 127 else bytes((one,)) for one in pointer[2:])
    assert cells["ipAddressPrefix"][LAN] == bytes((43,)) + written


def test_an_address_whose_prefix_is_not_said_points_nowhere() -> None:
    cells = host(answers())
    card = next(key for key in cells["ipAddressPrefix"] if key[0] == 2 and key[-1] == 100)
    assert cells["ipAddressPrefix"][card] == b"\x00"


def test_what_is_no_address_is_no_row() -> None:
    documents = answers()
    addresses(documents)[0]["address"] = "none"
    slot(documents, "io1")["module"]["network"]["ipv4-address"] = "0.0.0.0"
    cells = host(documents)
    assert LAN[2:] not in cells["ipAdEntAddr"]
    assert CARD not in cells["ipAdEntAddr"]


def test_origin_is_as_the_device_says_and_absent_where_its_word_is_not_known() -> None:
    documents = answers()
    assert labelled(host(documents), "ipAddressOrigin")[LAN] == "manual"
    addresses(documents)[0]["iftype"] = "dhcp"
    assert labelled(host(documents), "ipAddressOrigin")[LAN] == "dhcp"
    addresses(documents)[0]["iftype"] = "by-pigeon"
    assert LAN not in labelled(host(documents), "ipAddressOrigin")
