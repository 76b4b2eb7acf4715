"""The logical entities of a device: what in it has a context of its own, and its NTP daemon."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.encoding import Oid
from agent.mib.host.view import ChildView
from agent.mib.interface import interfaces, port_of_instance
from agent.mib.own import once
from agent.mib.view import DeviceView
from agent.model.place import PTP

SORT: Final = "logical"
PTPBASE: Final[Oid] = (1, 3, 6, 1, 2, 1, 241)
NTP: Final[Oid] = (1, 3, 6, 1, 2, 1, 197)
SYNCMON_ARC: Final = 9
"""Our own group of SyncMon nodes."""
UDP_IPV4: Final[Oid] = (1, 3, 6, 1, 6, 1, 1)
"""snmpUDPDomain (RFC 3417)."""
UDP_IPV6: Final[Oid] = (1, 3, 6, 1, 2, 1, 100, 1, 2)
"""transportDomainUdpIpv6 (RFC 3419)."""


@dataclass(frozen=True, slots=True)
class Logical:
    """One logical entity.

    Attributes:
        mib: the MIB that tells most of it.
        context: where it is served, at each of this agent's addresses.
        physical: identities of the physical entities it runs on.
        transport: domain and address of the device's own at this agent; the context is one at it (RFC 6933).
    """

    view: DeviceView
    key: str
    description: str
    mib: Oid
    context: str
    physical: tuple[str, ...] = ()
    transport: tuple[Oid, bytes] | None = None

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index(SORT, self.key)


@once
def logical(view: DeviceView) -> tuple[Logical, ...]:
    """All logical entities; children that are missing stay as long as their contexts do."""
    return (*_daemon(view), *(_child(view, child) for child in view.exported))


def _daemon(view: DeviceView) -> Iterator[Logical]:
    """The NTP daemon is told of in the device's own context."""
    if view.opened("lnbNtpSystemTable"):
        cpus = tuple(
            f"module/{row.keys[0]}" for row in view.opened("lnbSlotTable") if view.said(row, "lnbSlotType") == "cpu"
        )
        yield Logical(view, "ntp", "NTP daemon", NTP, view.settings.name, cpus, own_address(view.settings))


def _child(view: DeviceView, child: ChildView) -> Logical:
    key = f"{child.place.sort}/{child.name}"
    description = f"{child.kind} {child.name}"
    address = own_address(view.settings)
    if child.place.sort != PTP:
        return Logical(view, key, description, (*view.own_root, 1, SYNCMON_ARC), child.context, transport=address)
    physical = [f"module/{child.row.keys[0]}"]
    port = port_of_instance(view, child.row, interfaces(view)) if child.row.present else None
    if port is not None:
        physical.append(f"port/{port.identity}")
    return Logical(view, key, description, PTPBASE, child.context, tuple(physical), address)


def own_address(settings: Any) -> tuple[Oid, bytes] | None:
    """Domain and address of the first address of its own that a device has, unless that stands for all addresses."""
    for text in getattr(settings, "listen", ()):
        host, _, port = text.rpartition(":")
        ip = ipaddress.ip_address(host.strip("[]").partition("%")[0])
        if not ip.is_unspecified:
            domain = UDP_IPV4 if ip.version == 4 else UDP_IPV6
            return domain, ip.packed + int(port).to_bytes(2, "big")
    return None
