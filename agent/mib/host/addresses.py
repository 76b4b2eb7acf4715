"""IP-MIB (RFC 4293): the addresses of a device and its cards, and the older table that many managers read."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from agent.mib.declaration import Column, Group, Index, Table
from agent.mib.encoding import Oid
from agent.mib.interface import Interface, Kind, interfaces
from agent.mib.own import once
from agent.mib.standard.rows import hidden
from agent.mib.syntax import IP_ADDRESS, OBJECT_IDENTIFIER, TIME_TICKS, closed, integer32, octets, unsigned32
from agent.mib.view import DeviceView

IP: Final[Oid] = (1, 3, 6, 1, 2, 1, 4)
NULL: Final[Oid] = (0, 0)
INTERFACE_INDEX = integer32(1)
ADDRESS_TYPE = closed(unknown=0, ipv4=1, ipv6=2, ipv4z=3, ipv6z=4, dns=16)
UNICAST = closed(unicast=1, anycast=2, broadcast=3)
ORIGIN = closed(other=1, manual=2, dhcp=4, linklayer=5, random=6)
PREFIX_ORIGIN = closed(other=1, manual=2, wellknown=3, dhcp=4, routeradv=5)
_ORIGINS: Final = {"static": "manual", "dhcp": "dhcp"}
_IPV6_ORIGINS: Final = {"static": "manual", "dhcp": "dhcp", "ra": "linklayer"}
_NO_ADDRESS: Final = {4: "0.0.0.0", 6: "::"}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an interface.

    Attributes:
        prefix_length: bits of its network, None where that is not said.
        origin: label of ipAddressOrigin.
    """

    interface: Interface
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    prefix_length: int | None
    origin: str | None

    @property
    def index(self) -> tuple[int, ...]:
        """Type and address with its length, as the index of IP-MIB's tables has them."""
        return (1 if self.ip.version == 4 else 2, len(self.ip.packed), *self.ip.packed)

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
        """The network it is in."""
        if self.prefix_length is None:
            return None
        return ipaddress.ip_network((self.ip, self.prefix_length), strict=False)


@once
def addresses(view: DeviceView) -> tuple[Address, ...]:
    """All addresses; of one that is told twice the first counts."""
    found: dict[object, Address] = {}
    for one in (*_of_device(view), *_of_cards(view)):
        found.setdefault(one.ip, one)
    return tuple(found.values())


def _of_device(view: DeviceView) -> Iterator[Address]:
    known = interfaces(view)
    by_key = {one.key: one for one in known.values() if one.kind in (Kind.VIRTUAL, Kind.VLAN)}
    for row in view.opened("lnbNetAddressTable"):
        interface = by_key.get(row.keys[0])
        if interface is not None:
            origin = _ORIGINS.get(str(view.said(row, "lnbNetAddressOrigin")))
            said = view.said(row, "lnbNetAddressIp"), view.said(row, "lnbNetAddressSubnet")
            yield from _address(interface, *said, origin)


def _of_cards(view: DeviceView) -> Iterator[Address]:
    """A card has its addresses in its VLAN, or else on its port."""
    known = interfaces(view)
    tagged = {below for one in known.values() if one.kind is Kind.VLAN for below in one.below}
    for identity, one in known.items():
        of_card = one.kind is Kind.CARD or (one.kind is Kind.VLAN and one.below and one.below[0].startswith("card/"))
        if not of_card or identity in tagged:
            continue
        origin = {True: "dhcp", False: "manual"}.get(bool(one.said("lnbHpsDhcp")))
        if one.said("lnbHpsDhcp") is None:
            origin = None
        yield from _address(one, one.said("lnbHpsIpv4Address"), one.said("lnbHpsIpv4Netmask"), origin)
        origin = _IPV6_ORIGINS.get(str(one.said("lnbHpsIpv6Mode")))
        yield from _address(one, one.said("lnbHpsIpv6Address"), None, origin)


def _address(interface: Interface, text: object, mask: object, origin: str | None) -> Iterator[Address]:
    """The address that some text is, if any: devices write 0.0.0.0 for none, and may write a prefix behind it."""
    written, _, prefix = str(text or "").partition("/")
    try:
        ip = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return
    if not ip.is_unspecified:
        yield Address(interface, ip, _length(ip.version, prefix or str(mask or "")), origin)


def _length(version: int, mask: str) -> int | None:
    """Length of a prefix from a mask or a number."""
    try:
        return ipaddress.ip_network(f"{_NO_ADDRESS[version]}/{mask}").prefixlen if mask else None
    except ValueError:
        return None


def _prefix(row: Address) -> Oid:
    """The row of ipAddressPrefixTable that the address is in."""
    network = row.network
    if network is None:
        return NULL
    return (*IP, 32, 1, 5, *_prefix_index(row))


def _prefix_index(row: Address) -> tuple[int, ...]:
    network = row.network
    assert network is not None  # noqa: S101 - asked by the callers
    packed = network.network_address.packed
    return (row.interface.index, row.index[0], len(packed), *packed, network.prefixlen)


def _since(row: Address) -> int:
    state = (row.interface.identity, row.prefix_length, row.origin)
    return row.interface.view.marks.since(f"ip/{row.ip}", state, row.interface.view.uptime_ticks)


def _prefixes(view: DeviceView) -> Iterable[Address]:
    """One address of each prefix of each interface."""
    found: dict[tuple[int, ...], Address] = {}
    for one in addresses(view):
        if one.network is not None:
            found.setdefault(_prefix_index(one), one)
    return found.values()


def _prefix_origin(row: Address) -> str | None:
    return row.origin if row.origin in PREFIX_ORIGIN.labels else None


def _ipv4(view: DeviceView) -> Iterator[Address]:
    return (one for one in addresses(view) if one.ip.version == 4)


OLD_TABLE = Table(
    20,
    "ipAddrTable",
    "IPv4 addresses.",
    "One address.",
    (Index("ipAdEntAddr", lambda row: row.ip.packed),),
    (
        Column(1, "ipAdEntAddr", IP_ADDRESS, "The address.", value=lambda row: str(row.ip)),
        Column(2, "ipAdEntIfIndex", INTERFACE_INDEX, "Its interface.", value=lambda row: row.interface.index),
        Column(3, "ipAdEntNetMask", IP_ADDRESS, "Mask of its network.",
               value=lambda row: row.network and str(row.network.netmask)),
    ),
    source=_ipv4,
)  # fmt: skip
PREFIXES = Table(
    32,
    "ipAddressPrefixTable",
    "Networks that addresses are in.",
    "One network on one interface.",
    (
        Index("ipAddressPrefixIfIndex", lambda row: _prefix_index(row)[:1]),
        Index("ipAddressPrefixType", lambda row: _prefix_index(row)[1:2]),
        Index("ipAddressPrefixPrefix", lambda row: _prefix_index(row)[2:-1]),
        Index("ipAddressPrefixLength", lambda row: _prefix_index(row)[-1:]),
    ),
    (
        hidden(1, "ipAddressPrefixIfIndex", INTERFACE_INDEX, "Interface."),
        hidden(2, "ipAddressPrefixType", ADDRESS_TYPE, "Type of the address."),
        hidden(3, "ipAddressPrefixPrefix", octets(255), "Address of the network."),
        hidden(4, "ipAddressPrefixLength", unsigned32(0, 2040), "Bits of it."),
        Column(5, "ipAddressPrefixOrigin", PREFIX_ORIGIN, "Where it comes from.", value=_prefix_origin),
    ),
    source=_prefixes,
)
TABLE = Table(
    34,
    "ipAddressTable",
    "Addresses of interfaces.",
    "One address.",
    (
        Index("ipAddressAddrType", lambda row: row.index[:1]),
        Index("ipAddressAddr", lambda row: row.index[1:]),
    ),
    (
        hidden(1, "ipAddressAddrType", ADDRESS_TYPE, "Type of the address."),
        hidden(2, "ipAddressAddr", octets(255), "The address."),
        Column(3, "ipAddressIfIndex", INTERFACE_INDEX, "Its interface.", value=lambda row: row.interface.index),
        Column(4, "ipAddressType", UNICAST, "Kind of address.", value=lambda _: "unicast"),
        Column(5, "ipAddressPrefix", OBJECT_IDENTIFIER, "Its network; zero where that is not said.", value=_prefix),
        Column(6, "ipAddressOrigin", ORIGIN, "Where it comes from.", value=lambda row: row.origin),
        Column(9, "ipAddressLastChanged", TIME_TICKS, "When it last changed.", value=_since),
    ),
    source=addresses,
)  # fmt: skip

GROUPS: Final = (Group(4, "ip", "RFC 4293.", (OLD_TABLE, PREFIXES, TABLE), oid=IP),)
