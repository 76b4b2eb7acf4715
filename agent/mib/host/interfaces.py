"""IF-MIB (RFC 2863) and EtherLike-MIB (RFC 3635): the network interfaces of a device and its cards.

Counters are those of the device's ports (API generation V20 and later); cards tell none of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.interface import Interface, Kind, interfaces, is_enabled, operational
from agent.mib.standard.rows import hidden
from agent.mib.syntax import (
    COUNTER32,
    COUNTER64,
    GAUGE,
    INTEGER32,
    PHYS_ADDRESS,
    TIME_TICKS,
    TRUTH,
    Syntax,
    closed,
    integer32,
    text,
)
from agent.mib.view import DeviceView, Row

IF_MIB: Final[Oid] = (1, 3, 6, 1, 2, 1, 2)
IF_EXTENSIONS: Final[Oid] = (1, 3, 6, 1, 2, 1, 31)
ETHER_LIKE: Final[Oid] = (1, 3, 6, 1, 2, 1, 10, 7)
GAUGE_LIMIT: Final = 2**32 - 1

IF_TYPE = closed(ethernetCsmacd=6, propVirtual=53, l2vlan=135, ieee8023adLag=161)
ADMIN = closed(up=1, down=2, testing=3)
OPER = closed(up=1, down=2, testing=3, unknown=4, dormant=5, notPresent=6, lowerLayerDown=7)
TRAPS = closed(enabled=1, disabled=2)
DUPLEX = closed(unknown=1, halfDuplex=2, fullDuplex=3)
ROW_STATUS = closed(active=1, notInService=2, notReady=3)
INTERFACE_INDEX = integer32(1)
INDEX_OR_ZERO = integer32(0)


def _rows(view: DeviceView) -> Iterator[Interface]:
    yield from interfaces(view).values()


def _number(row: Interface) -> Iterable[int]:
    return (row.index,)


def _type(row: Interface) -> str:
    if row.kind is Kind.VLAN:
        return "l2vlan"
    if row.kind is Kind.BOND:
        ports = (interfaces(row.view)[one] for one in row.below)
        aggregated = any(one.said("lnbNetPortBondAggregator") is not None for one in ports)
        return "ieee8023adLag" if aggregated else "propVirtual"
    return "ethernetCsmacd" if row.kind.is_physical else "propVirtual"


def _oper(row: Interface) -> str:
    return operational(row.view)[row.identity].value


def megabits(row: Interface) -> int | None:
    """Speed in Mbit/s; 0 without link, None where it is not said."""
    if not row.kind.is_physical:
        return None
    said = row.said("lnbNetPortSpeed" if row.kind is Kind.PORT else "lnbHpsSpeed")
    if isinstance(said, int):
        return said
    return 0 if _oper(row) == "down" else None


def _speed(row: Interface) -> int | None:
    speed = megabits(row)
    return None if speed is None else min(speed * 1_000_000, GAUGE_LIMIT)


def _mac(row: Interface) -> Any:
    names = {Kind.PORT: "lnbNetPortMac", Kind.CARD: "lnbHpsMacAddress"}
    return row.said(names[row.kind]) if row.kind in names else None


def _mtu(row: Interface) -> int | None:
    """The device writes 0 where it does not know."""
    return row.counted("lnbNetPortMtu") or None


def _description(row: Interface) -> str:
    if row.kind is Kind.PTP:
        return f"{row.name} (PTPv2 {row.key})"
    model = row.said("lnbHpsModel") if row.kind is Kind.CARD else None
    return f"{row.name} ({model})" if model else row.name


def _alias(row: Interface) -> str:
    return str((row.kind is Kind.PTP and row.said("lnbPtpAlias")) or "")


def _since(row: Interface) -> int:
    return row.view.marks.since(f"if/{row.identity}", _oper(row), row.view.uptime_ticks)


def _discontinuity(row: Interface) -> int | None:
    """When counters last began anew: the device was started, so that they are smaller than they were."""
    octets, marks, name = row.counted("lnbNetPortRxBytes"), row.view.marks, f"counters/{row.identity}"
    if octets is None:
        return None
    before = marks.before.get(name)
    since = 0 if before is None else row.view.uptime_ticks if octets < before[0] else before[1]
    marks.after[name] = (octets, since)
    return since


def _of(name: str) -> Callable[[Interface], int | None]:
    return lambda row: row.counted(name)


def _unicast(row: Interface) -> int | None:
    """Packets received but those counted as multicast; the device tells no broadcasts apart."""
    packets, multicast = row.counted("lnbNetPortRxPackets"), row.counted("lnbNetPortMulticast")
    return None if packets is None or multicast is None else max(packets - multicast, 0)


def _counter(arc: int, name: str, syntax: Syntax, what: str, value: Callable[[Interface], int | None]) -> Column:
    return Column(arc, name, syntax, what, value=value, measured=True)


_IF_INDEX = Index("ifIndex", _number)
DISPLAY = text(255)

IF_TABLE = Table(
    2,
    "ifTable",
    "Network interfaces.",
    "One interface.",
    (_IF_INDEX,),
    (
        Column(1, "ifIndex", INTERFACE_INDEX, "Kept for ever.", value=lambda row: row.index),
        Column(2, "ifDescr", DISPLAY, "Name, and the card's model.", value=_description),
        Column(3, "ifType", IF_TYPE, "Kind of interface.", value=_type),
        Column(4, "ifMtu", INTEGER32, "Largest packet; absent where the device writes 0.", value=_mtu),
        Column(5, "ifSpeed", GAUGE, "Speed; 0 without link.", value=_speed, measured=True),
        Column(6, "ifPhysAddress", PHYS_ADDRESS, "MAC address.", value=_mac),
        Column(7, "ifAdminStatus", ADMIN, "down where the port does not exist or the instance is disabled.",
               value=lambda row: "up" if is_enabled(row) else "down"),
        Column(8, "ifOperStatus", OPER, "From the port's link, and of what stands on others from theirs.",
               value=_oper, measured=True),
        Column(9, "ifLastChange", TIME_TICKS, "When ifOperStatus last changed.", value=_since),
        _counter(10, "ifInOctets", COUNTER32, "Octets received.", _of("lnbNetPortRxBytes")),
        _counter(11, "ifInUcastPkts", COUNTER32, "Packets received, multicast apart.", _unicast),
        _counter(12, "ifInNUcastPkts", COUNTER32, "Multicast packets received.", _of("lnbNetPortMulticast")),
        _counter(13, "ifInDiscards", COUNTER32, "Packets received and dropped.", _of("lnbNetPortRxDropped")),
        _counter(14, "ifInErrors", COUNTER32, "Bad packets received.", _of("lnbNetPortRxErrors")),
        _counter(16, "ifOutOctets", COUNTER32, "Octets sent.", _of("lnbNetPortTxBytes")),
        _counter(17, "ifOutUcastPkts", COUNTER32, "Packets sent.", _of("lnbNetPortTxPackets")),
        _counter(19, "ifOutDiscards", COUNTER32, "Packets not sent.", _of("lnbNetPortTxDropped")),
        _counter(20, "ifOutErrors", COUNTER32, "Packets that could not be sent.", _of("lnbNetPortTxErrors")),
    ),
    source=_rows,
)  # fmt: skip

IF_X_TABLE = Table(
    1,
    "ifXTable",
    "Network interfaces, more of them.",
    "One interface.",
    (_IF_INDEX,),
    (
        Column(1, "ifName", DISPLAY, "Name.", value=lambda row: row.name),
        _counter(2, "ifInMulticastPkts", COUNTER32, "Multicast packets received.", _of("lnbNetPortMulticast")),
        _counter(6, "ifHCInOctets", COUNTER64, "Octets received.", _of("lnbNetPortRxBytes")),
        _counter(7, "ifHCInUcastPkts", COUNTER64, "Packets received, multicast apart.", _unicast),
        _counter(8, "ifHCInMulticastPkts", COUNTER64, "Multicast packets received.", _of("lnbNetPortMulticast")),
        _counter(10, "ifHCOutOctets", COUNTER64, "Octets sent.", _of("lnbNetPortTxBytes")),
        _counter(11, "ifHCOutUcastPkts", COUNTER64, "Packets sent.", _of("lnbNetPortTxPackets")),
        Column(14, "ifLinkUpDownTrapEnable", TRAPS, "Alarms tell of links, not linkUp and linkDown.",
               value=lambda row: "disabled"),
        Column(15, "ifHighSpeed", GAUGE, "Speed.", value=megabits, units="megabits per second", measured=True),
        Column(17, "ifConnectorPresent", TRUTH, "Whether it is a port.", value=lambda row: row.kind.is_physical),
        Column(18, "ifAlias", text(64), "Name an operator gave the PTPv2 instance.", value=_alias),
        Column(19, "ifCounterDiscontinuityTime", TIME_TICKS, "When counters last began anew.", value=_discontinuity),
    ),
    source=_rows,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """One interface on another; 0 for none."""

    higher: int
    lower: int


def _stack(view: DeviceView) -> Iterator[Layer]:
    """What stands on what, with the ends that RFC 2863 3.1.1 wants: 0 above the top, 0 below the bottom."""
    known = interfaces(view)
    beneath = set(itertools.chain.from_iterable(one.below for one in known.values()))
    for identity, one in known.items():
        lower = [known[each].index for each in one.below if each in known] or [0]
        yield from (Layer(one.index, each) for each in lower)
        if identity not in beneath:
            yield Layer(0, one.index)


STACK = Table(
    2,
    "ifStackTable",
    "Which interface stands on which.",
    "One of them on another.",
    (Index("ifStackHigherLayer", lambda row: (row.higher,)), Index("ifStackLowerLayer", lambda row: (row.lower,))),
    (
        hidden(1, "ifStackHigherLayer", INDEX_OR_ZERO, "The upper one."),
        hidden(2, "ifStackLowerLayer", INDEX_OR_ZERO, "The lower one."),
        Column(3, "ifStackStatus", ROW_STATUS, "Always active.", value=lambda _: "active"),
    ),
    source=_stack,
)


def _table_changed(row: Row) -> int:
    there = tuple(sorted(interfaces(row.view)))
    return row.view.marks.since("ifTable", there, row.view.uptime_ticks)


def _stack_changed(row: Row) -> int:
    there = tuple(sorted((one.higher, one.lower) for one in _stack(row.view)))
    return row.view.marks.since("ifStackTable", there, row.view.uptime_ticks)


def _number_of_interfaces(row: Row) -> int | None:
    """None of a device that was never read, which is not to have none."""
    return len(interfaces(row.view)) if row.view.root else None


NUMBER = Scalars(
    0,
    "interfaces",
    (Column(1, "ifNumber", INTEGER32, "Interfaces there are.", value=_number_of_interfaces),),
    feed=Feed.DOCUMENT,
)
CHANGES = Scalars(
    0,
    "ifMIBObjects",
    (
        Column(5, "ifTableLastChange", TIME_TICKS, "When interfaces last came or went.", value=_table_changed),
        Column(6, "ifStackLastChange", TIME_TICKS, "When ifStackTable last changed.", value=_stack_changed),
    ),
    feed=Feed.DOCUMENT,
)


def _ethernet(view: DeviceView) -> Iterator[Interface]:
    """Ports that exist; a card tells nothing of its Ethernet."""
    for one in interfaces(view).values():
        if one.kind is Kind.PORT and one.said("lnbNetPortAvailable") is not False:
            yield one


def _duplex(row: Interface) -> str:
    return {"full": "fullDuplex", "half": "halfDuplex"}.get(str(row.said("lnbNetPortDuplex")), "unknown")


DOT3 = Table(
    2,
    "dot3StatsTable",
    "Ethernet ports.",
    "One port.",
    (Index("dot3StatsIndex", _number),),
    (
        Column(1, "dot3StatsIndex", INTERFACE_INDEX, "As ifIndex.", value=lambda row: row.index),
        _counter(2, "dot3StatsAlignmentErrors", COUNTER32, "Alignment errors.", _of("lnbNetPortRxFrameErrors")),
        _counter(3, "dot3StatsFCSErrors", COUNTER32, "Wrong checksums.", _of("lnbNetPortRxCrcErrors")),
        _counter(8, "dot3StatsLateCollisions", COUNTER32, "Late collisions.", _of("lnbNetPortTxWindowErrors")),
        _counter(11, "dot3StatsCarrierSenseErrors", COUNTER32, "Carrier lost.", _of("lnbNetPortTxCarrierErrors")),
        Column(19, "dot3StatsDuplexStatus", DUPLEX, "Duplex mode in use.", value=_duplex, measured=True),
    ),
    source=_ethernet,
)

GROUPS: Final = (
    Group(2, "interfaces", "RFC 2863.", (NUMBER, IF_TABLE), oid=IF_MIB),
    Group(31, "ifMIBObjects", "RFC 2863.", (CHANGES, IF_X_TABLE, STACK), oid=(*IF_EXTENSIONS, 1)),
    Group(7, "dot3", "RFC 3635.", (DOT3,), oid=ETHER_LIKE),
)
