"""The network interfaces of a device, from its ports up to its PTPv2 instances, and what stands on what.

Ports of the device and of its cards, bonds of ports, the interfaces on them that have addresses, and the interfaces of
PTPv2 instances, as far as the documents name them. How they are connected follows from names alone: `lan0:0` stands
on port lan0, `bond0:0` on a bond. The document does not say which of several bonds a port is in, so ports are below a
bond only where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from agent.mib.own import once
from agent.mib.view import DeviceView, Row

SORT: Final = "interface"
"""Sort of identity: interfaces of all kinds share one numbering."""
_TAGGED: Final = re.compile(r"(?P<port>.+)\.(?P<vlan>\d{1,4})")
"""Linux's name of an interface with a VLAN tag."""


class Kind(str, Enum):
    """What an interface is."""

    PORT = "port"
    CARD = "card"
    BOND = "bond"
    VIRTUAL = "virtual"
    VLAN = "vlan"
    PTP = "ptp"

    @property
    def is_physical(self) -> bool:
        """Whether it has a connector."""
        return self in (Kind.PORT, Kind.CARD)


class Oper(str, Enum):
    """Operational state, in the words of IF-MIB."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    NOT_PRESENT = "notPresent"
    LOWER_LAYER_DOWN = "lowerLayerDown"


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface.

    Attributes:
        key: its name among those of its kind; kind and key are its identity.
        name: what a person calls it.
        row: where our own table of its kind has it; None of a bond, which the document only implies.
        below: identities of the interfaces it stands on.
        slot: of the card that carries it, "" where that is not said.
        statistics: where its counters are.
    """

    view: DeviceView
    kind: Kind
    key: str
    name: str
    row: Row | None
    below: tuple[str, ...] = ()
    slot: str = ""
    statistics: Row | None = None

    @property
    def identity(self) -> str:
        """Kind and key, by which its index is known."""
        return f"{self.kind.value}/{self.key}"

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index(SORT, self.identity)

    def said(self, name: str) -> object:
        """The value of a column of our own table of its kind."""
        return None if self.row is None else self.view.said(self.row, name)

    def counted(self, name: str) -> int | None:
        """The value of a column of lnbNetPortStatsTable."""
        value = None if self.statistics is None else self.view.said(self.statistics, name)
        return value if isinstance(value, int) else None


Interfaces = Mapping[str, Interface]
"""Interfaces by identity, each behind those it stands on."""


@once
def interfaces(view: DeviceView) -> Interfaces:
    """All interfaces of a device."""
    found: dict[str, Interface] = {}
    for gather in (_ports, _cards, _card_vlans, _bonds, _virtual, _of_instances):
        for one in gather(view, found):
            found.setdefault(one.identity, one)
    return found


def _ports(view: DeviceView, _known: Interfaces) -> Iterator[Interface]:
    statistics = {row.keys[0]: row for row in view.opened("lnbNetPortStatsTable")}
    for row in view.opened("lnbNetPortTable"):
        slot = str(view.said(row, "lnbNetPortSlotName") or "")
        name, exists = row.keys[0], view.said(row, "lnbNetPortAvailable") is not False
        yield Interface(
            view, Kind.PORT, name, name, row, slot=slot, statistics=statistics.get(name) if exists else None
        )


def _cards(view: DeviceView, known: Interfaces) -> Iterator[Interface]:
    """Ports that cards tell of themselves, unless the device lists the card's port among its own."""
    listed = {one.slot for one in known.values()}
    for row in view.opened("lnbHpsTable"):
        slot = row.keys[0]
        told = any(view.said(row, name) is not None for name in ("lnbHpsLink", "lnbHpsMacAddress"))
        if told and slot not in listed:
            yield Interface(view, Kind.CARD, slot, slot, row, slot=slot)


def _card_vlans(view: DeviceView, known: Interfaces) -> Iterator[Interface]:
    """The VLAN that a card is in; cards write 0 for none."""
    for row in view.opened("lnbHpsTable"):
        slot, vlan = row.keys[0], view.said(row, "lnbHpsVlanId")
        port = f"{Kind.CARD.value}/{slot}"
        if port in known and vlan:
            name = f"{slot}.{vlan}"
            yield Interface(view, Kind.VLAN, name, name, row, below=(port,), slot=slot)


def _base(row: Row, view: DeviceView) -> str:
    return str(view.said(row, "lnbNetInterfacePort") or "")


def _bonds(view: DeviceView, known: Interfaces) -> Iterator[Interface]:
    ports = {one.key for one in known.values() if one.kind is Kind.PORT}
    names = {_untagged(_base(row, view)) for row in view.opened("lnbNetInterfaceTable")}
    bonds = sorted(name for name in names - ports if name.startswith("bond"))
    members = tuple(one.identity for one in known.values() if is_bonded(one)) if len(bonds) == 1 else ()
    for name in bonds:
        yield Interface(view, Kind.BOND, name, name, None, below=members)


def is_bonded(port: Interface) -> bool:
    """Whether a port is in a bond."""
    role = port.said("lnbNetPortBond") if port.kind is Kind.PORT else None
    return role not in (None, "standalone", "other")


def _untagged(name: str) -> str:
    found = _TAGGED.fullmatch(name)
    return found["port"] if found else name


def _virtual(view: DeviceView, known: Interfaces) -> Iterator[Interface]:
    for row in view.opened("lnbNetInterfaceTable"):
        base = _base(row, view)
        port = _untagged(base)
        below = tuple(one for one in (f"{Kind.PORT.value}/{port}", f"{Kind.BOND.value}/{port}") if one in known)
        name = str(view.said(row, "lnbNetInterfaceName") or row.keys[0])
        slot = known[below[0]].slot if below else ""
        yield Interface(
            view, Kind.VIRTUAL if port == base else Kind.VLAN, row.keys[0], name, row, below=below, slot=slot
        )


def _of_instances(view: DeviceView, known: Interfaces) -> Iterator[Interface]:
    """Of PTPv2 instances, where the card's configuration names one."""
    configured = {row.keys[:2]: row for row in view.opened("lnbPtpConfigTable")}
    for row in view.opened("lnbPtpInstanceTable"):
        settings = configured.get(row.keys[:2])
        label = settings and view.said(settings, "lnbPtpConfigInterface")
        port = port_of_instance(view, row, known)
        if label:
            below = (port.identity,) if port else ()
            yield Interface(view, Kind.PTP, "/".join(row.keys[:2]), str(label), row, below=below, slot=row.keys[0])


def port_of_instance(view: DeviceView, row: Row, known: Interfaces) -> Interface | None:
    """The port that a PTPv2 instance uses: the only one of its card, or the one its configuration assigns."""
    ports = [one for one in known.values() if one.slot == row.keys[0] and one.kind.is_physical]
    if len(ports) == 1:
        return ports[0]
    assigned = [
        view.said(one, "lnbLinkAssignedPort")
        for one in view.opened("lnbLinkAssignmentTable")
        if one.keys[:2] == row.keys[:2]
    ]
    chosen = [one for one in ports if assigned and one.said("lnbNetPortNumber") == assigned[0] is not None]
    return chosen[0] if len(chosen) == 1 else None


@once
def operational(view: DeviceView) -> Mapping[str, Oper]:
    """Operational state of every interface, by identity."""
    found: dict[str, Oper] = {}
    for identity, one in interfaces(view).items():
        found[identity] = _oper(one, [found[below] for below in one.below if below in found])
    return found


_LINK: Final = {Kind.PORT: ("lnbNetPortOperational", "lnbNetPortLink"), Kind.CARD: ("lnbHpsLink",)}


def _oper(one: Interface, below: list[Oper]) -> Oper:
    if one.kind.is_physical:
        if one.kind is Kind.PORT and one.said("lnbNetPortAvailable") is False:
            return Oper.NOT_PRESENT
        told = [value for value in map(one.said, _LINK[one.kind]) if value is not None]
        return (Oper.UP if told[0] else Oper.DOWN) if told else Oper.UNKNOWN
    if one.kind is Kind.PTP:
        if one.said("lnbPtpEnabled") is False:
            return Oper.DOWN
        link = one.said("lnbPtpLink")
        if link is not None:
            return Oper.UP if link else Oper.LOWER_LAYER_DOWN
    if Oper.UP in below:
        return Oper.UP
    return Oper.LOWER_LAYER_DOWN if below and Oper.UNKNOWN not in below else Oper.UNKNOWN


def is_enabled(one: Interface) -> bool:
    """Whether it is meant to be up, as far as that is said; a port that does not exist is not."""
    if one.kind is Kind.PTP:
        return one.said("lnbPtpEnabled") is not False
    return operational(one.view)[one.identity] is not Oper.NOT_PRESENT
