"""PTPBASE-MIB (RFC 8173): the PTPv2 instances of HPS cards, by domain, clock type and instance.

An instance's number is that of lnbPtpInstanceIndex, so it stays over replug and restart. The MIB has room for 255.
Nothing is known of transparent clocks here, so their tables are absent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.mib.build import Cells
from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid, packed
from agent.mib.groups.common import PTP
from agent.mib.groups.ptp import INSTANCES, PORT_STATE, PROFILE, PROTOCOL, ROLE, client_key
from agent.mib.host.common import by_label, by_number, like
from agent.mib.standard.rows import hidden
from agent.mib.syntax import (
    COUNTER64,
    GAUGE,
    INTEGER32,
    OBJECT_IDENTIFIER,
    TRUTH,
    UNSIGNED32,
    closed,
    exact_octets,
    integer32,
    octets,
    text,
    unsigned32,
)  # fmt: skip
from agent.mib.view import DeviceView, Row
from agent.model import reading
from agent.model.reading import ABSENT, Unreadable

BASE: Final[Oid] = (1, 3, 6, 1, 2, 1, 241)
_TRANSPORTS: Final = {
    "udpIpv4": 1, "udpIpv6": 2, "ieee8023": 3, "deviceNet": 4, "controlNet": 5, "profinet": 6,
}  # fmt: skip
"""Last number of the identities of transports; the sixth is IEC 61158 (Profinet)."""

_TRANSPORT_OF: Final = {4: 1, 16: 2, 6: 3, 8: 3}
"""Transport of a client's address, by how many octets it has: IPv4, IPv6, Ethernet."""

DOMAIN = unsigned32(0, 255)
INSTANCE = unsigned32(0, 255)
PORT_NUMBER = unsigned32(0, 65535)
INTERVAL = integer32(-128, 127)
CLOCK_TYPE = closed(ordinaryClock=1, boundaryClock=2, transparentClock=3, boundaryNode=4)
CLOCK_CLASS = closed(
    clockclass6=6, clockclass7=7, clockclass13=13, clockclass14=14, clockclass52=52, clockclass58=58
)  # fmt: skip
ACCURACY = closed(
    nanoSecond25=32, nanoSecond100=33, nanoSecond250=34, microSec1=35, microSec2dot5=36, microSec10=37, microSec25=38,
    microSec100=39, microSec250=40, milliSec1=41, milliSec2dot5=42, milliSec10=43, milliSec25=44, milliSec100=45,
    milliSec250=46, second1=47, second10=48, secondGreater10=49, unknown=254,
)  # fmt: skip
TIME_SOURCE = closed(
    atomicClock=16, gps=32, terrestrialRadio=48, ptp=64, ntp=80, handSet=96, other=144, internalOscillator=160
)  # fmt: skip
MECHANISM = closed(e2e=1, p2p=2, disabled=254)
STATE = closed(freerun=1, holdover=2, acquiring=3, frequencyLocked=4, phaseAligned=5)
PORT_STATES = closed(
    initializing=1, faulty=2, disabled=3, listening=4, preMaster=5, master=6, passive=7, uncalibrated=8, slave=9
)  # fmt: skip
PORT_ROLE = closed(master=1, slave=2)
TX_MODE = closed(unicast=1, multicast=2, multicastmix=3)
PROFILE_TYPE = closed(default=1, telecom=2, vendorspecific=3)
IDENTITY = exact_octets(8)
NAME = text(64)


def _identity(raw: Any) -> Any:
    """The eight octets of a clock identity written in hexadecimal."""
    digits = "".join(character for character in str(raw or "") if character not in ":-. ").removeprefix("0x")
    if not digits:
        return ABSENT
    try:
        identity = bytes.fromhex(digits)
    except ValueError:
        identity = b""
    if len(identity) != 8:
        raise Unreadable("not the eight octets of a clock identity")
    return identity


def _interval(raw: Any) -> Any:
    """A TimeInterval of IEEE 1588 5.3.2: nanoseconds times 2^16, eight octets."""
    value = reading.nanoseconds(raw)
    return (value << 16).to_bytes(8, "big", signed=True) if isinstance(value, int) else ABSENT


def _clock_class(raw: Any) -> Any:
    """One of the classes that the MIB knows; a clock that runs freely (187, 248) has none there."""
    value = reading.integer(raw)
    word = f"clockclass{value}"
    return word if word in CLOCK_CLASS.labels else ABSENT


def _word(row: Row, path: str, syntax: Any) -> str:
    """The label that our own enumeration has for what stands at a path, "" for none."""
    word = syntax.read(row.find(path))
    return word if isinstance(word, str) else ""


def domain_of(row: Row) -> int | None:
    """The domain an instance is in, where it says so."""
    value = row.find("default-ds.domain-number")
    try:
        number = reading.integer(value)
    except Unreadable:
        return None
    return number if isinstance(number, int) and 0 <= number <= 255 else None


def _ports(row: Row) -> int:
    """Ports an instance has: one unless it says otherwise."""
    try:
        ports = reading.integer(row.find("default-ds.number-ports"))
    except Unreadable:
        return 1
    return ports if isinstance(ports, int) and ports > 0 else 1


def _clock_type(row: Row) -> int:
    """A clock of one port is ordinary, of more a boundary clock (IEEE 1588 3.1)."""
    return CLOCK_TYPE.labels["ordinaryClock" if _ports(row) == 1 else "boundaryClock"]


def _number(row: Row) -> int:
    (number,) = PTP.parts(row)
    return number


def _port_number(row: Row) -> int:
    try:
        number = reading.integer(row.find("port-ds.port-identity.port-number"))
    except Unreadable:
        return 1
    return number if isinstance(number, int) and 0 <= number <= 65535 else 1


def has_place(row: Row) -> bool:
    """Whether the MIB has a place for an instance: its domain is known, and its number fits."""
    return domain_of(row) is not None and _number(row) <= 255


def place(row: Row) -> Oid:
    """Domain, clock type and number: the first indexes of the rows about an instance."""
    return (domain_of(row) or 0, _clock_type(row), _number(row))


def _indexes(word: str, instance: str) -> tuple[Index, ...]:
    return (
        Index(f"{word}DomainIndex", lambda row: place(row)[:1]),
        Index(f"{word}ClockTypeIndex", lambda row: place(row)[1:2]),
        Index(f"{word}{instance}", lambda row: place(row)[2:]),
    )


def _index_columns(word: str, instance: str) -> tuple[Column, ...]:
    return (
        hidden(1, f"{word}DomainIndex", DOMAIN, "Domain."),
        hidden(2, f"{word}ClockTypeIndex", CLOCK_TYPE, "Type of clock."),
        hidden(3, f"{word}{instance}", INSTANCE, "Instance."),
    )


def _clock_table(arc: int, word: str, columns: tuple[Column, ...]) -> Table:
    """A table with a row for each instance."""
    names = _indexes(word, "InstanceIndex")
    return Table(
        arc, f"{word}Table", "PTPv2 instances.", "One instance.", names,
        (*_index_columns(word, "InstanceIndex"), *columns), rows=(INSTANCES,), when=has_place,
    )  # fmt: skip


def _port_table(arc: int, word: str, port: str, columns: tuple[Column, ...]) -> Table:
    """A table with a row for the port of each instance."""
    return Table(
        arc, f"{word}Table", "Ports of PTPv2 instances.", "The port of one instance.",
        (*_indexes(word, "ClockInstanceIndex"), Index(f"{word}{port}", lambda row: (_port_number(row),))),
        (
            *_index_columns(word, "ClockInstanceIndex"),
            hidden(4, f"{word}{port}", PORT_NUMBER, "Port."),
            *columns,
        ),
        rows=(INSTANCES,), when=has_place,
    )  # fmt: skip


def _name(arc: int, word: str) -> Column:
    return Column(arc, f"{word}Name", NAME, "Slot and instance.", value=lambda row: "/".join(row.keys))


CURRENT = _clock_table(
    1,
    "ptpbaseClockCurrentDS",
    (
        like(4, "ptpbaseClockCurrentDSStepsRemoved", UNSIGNED32, "lnbPtpStepsRemoved"),
        like(5, "ptpbaseClockCurrentDSOffsetFromMaster", octets(255), "lnbPtpOffset", _interval),
        like(6, "ptpbaseClockCurrentDSMeanPathDelay", octets(255), "lnbPtpMeanPathDelay", _interval),
    ),
)


def _port_identity(clock: str, port: str) -> Callable[[Row], bytes | None]:
    """A PortIdentity of IEEE 1588 5.3.5: the clock's eight octets, the port's two."""

    def value(row: Row) -> bytes | None:
        identity, number = _identity(row.find(clock)), reading.integer(row.find(port))
        if not isinstance(identity, bytes) or not isinstance(number, int):
            return None
        return identity + number.to_bytes(2, "big")

    return value


PARENT = _clock_table(
    2,
    "ptpbaseClockParentDS",
    (
        Column(4, "ptpbaseClockParentDSParentPortIdentity", octets(256), "Port identity of the parent.",
               value=_port_identity("parent-ds.parent-port-identity.clock-identity",
                                    "parent-ds.parent-port-identity.port-number")),
        like(5, "ptpbaseClockParentDSParentStats", TRUTH, "lnbPtpParentStats"),
        like(6, "ptpbaseClockParentDSOffset", INTERVAL, "lnbPtpParentVariance"),
        like(7, "ptpbaseClockParentDSClockPhChRate", INTEGER32, "lnbPtpParentPhaseChangeRate"),
        like(8, "ptpbaseClockParentDSGMClockIdentity", IDENTITY, "lnbPtpGmIdentity", _identity),
        like(9, "ptpbaseClockParentDSGMClockPriority1", UNSIGNED32, "lnbPtpGmPriority1"),
        like(10, "ptpbaseClockParentDSGMClockPriority2", UNSIGNED32, "lnbPtpGmPriority2"),
        like(11, "ptpbaseClockParentDSGMClockQualityClass", CLOCK_CLASS, "lnbPtpGmClockClass", _clock_class),
        like(12, "ptpbaseClockParentDSGMClockQualityAccuracy", ACCURACY, "lnbPtpGmClockAccuracy",
             by_number("lnbPtpGmClockAccuracy", ACCURACY)),
        like(13, "ptpbaseClockParentDSGMClockQualityOffset", UNSIGNED32, "lnbPtpGmClockVariance"),
    ),
)  # fmt: skip

DEFAULT = _clock_table(
    3,
    "ptpbaseClockDefaultDS",
    (
        like(4, "ptpbaseClockDefaultDSTwoStepFlag", TRUTH, "lnbPtpTwoStep"),
        like(5, "ptpbaseClockDefaultDSClockIdentity", IDENTITY, "lnbPtpClockIdentity", _identity),
        like(6, "ptpbaseClockDefaultDSPriority1", UNSIGNED32, "lnbPtpPriority1"),
        like(7, "ptpbaseClockDefaultDSPriority2", UNSIGNED32, "lnbPtpPriority2"),
        like(8, "ptpbaseClockDefaultDSSlaveOnly", TRUTH, "lnbPtpSlaveOnly"),
        like(9, "ptpbaseClockDefaultDSQualityClass", CLOCK_CLASS, "lnbPtpClockClass", _clock_class),
        like(10, "ptpbaseClockDefaultDSQualityAccuracy", ACCURACY, "lnbPtpClockAccuracy",
             by_number("lnbPtpClockAccuracy", ACCURACY)),
        like(11, "ptpbaseClockDefaultDSQualityOffset", INTEGER32, "lnbPtpClockVariance"),
    ),
)  # fmt: skip


def _state(row: Row) -> str | None:
    """How the clock runs: a slave by its port's state, a master by its clock class (IEEE 1588 7.6.2.4)."""
    state = _word(row, "port-ds.port-state", PORT_STATE)
    if state == "slave":
        return "phaseAligned"
    if state in {"uncalibrated", "listening"}:
        return "acquiring"
    if state not in {"master", "passive"}:
        return None
    clock_class = reading.integer(row.find("default-ds.clock-quality.clock-class"))
    by_class = {6: "phaseAligned", 13: "phaseAligned", 7: "holdover", 14: "holdover"}
    free = {52, 58, 187, 193, 248}
    return "freerun" if clock_class in free else by_class.get(clock_class) if isinstance(clock_class, int) else None


def _packets(arc: int, name: str, what: str, direction: str) -> Column:
    return Column(arc, name, COUNTER64, what, (f"packet-counters.{direction}.all",), measured=True)


RUNNING = _clock_table(
    4,
    "ptpbaseClockRunning",
    (
        Column(4, "ptpbaseClockRunningState", STATE, "How the clock runs.", value=_state, measured=True),
        _packets(5, "ptpbaseClockRunningPacketsSent", "Messages sent.", "tx"),
        _packets(6, "ptpbaseClockRunningPacketsReceived", "Messages received.", "rx"),
    ),
)

TIME = _clock_table(
    5,
    "ptpbaseClockTimePropertiesDS",
    (
        like(4, "ptpbaseClockTimePropertiesDSCurrentUTCOffsetValid", TRUTH, "lnbPtpUtcOffsetValid"),
        like(5, "ptpbaseClockTimePropertiesDSCurrentUTCOffset", INTEGER32, "lnbPtpUtcOffset"),
        like(6, "ptpbaseClockTimePropertiesDSLeap59", TRUTH, "lnbPtpLeap59"),
        like(7, "ptpbaseClockTimePropertiesDSLeap61", TRUTH, "lnbPtpLeap61"),
        like(8, "ptpbaseClockTimePropertiesDSTimeTraceable", TRUTH, "lnbPtpTimeTraceable"),
        like(9, "ptpbaseClockTimePropertiesDSFreqTraceable", TRUTH, "lnbPtpFrequencyTraceable"),
        like(10, "ptpbaseClockTimePropertiesDSPTPTimescale", TRUTH, "lnbPtpTimescale"),
        like(11, "ptpbaseClockTimePropertiesDSSource", TIME_SOURCE, "lnbPtpTimeSource",
             by_number("lnbPtpTimeSource", TIME_SOURCE)),
    ),
)  # fmt: skip


def _role(row: Row) -> str | None:
    state = _word(row, "port-ds.port-state", PORT_STATE)
    return {"master": "master", "passive": "master", "preMaster": "master", "slave": "slave",
            "uncalibrated": "slave"}.get(state)  # fmt: skip


def _mode(row: Row) -> str | None:
    role = _word(row, "general.role", ROLE) or _word(row, "role", ROLE)
    if role.startswith("multicast"):
        return "multicast"
    return {"unicastSlave": "unicast", "unicastMaster": "unicast", "ucMcMaster": "multicastmix"}.get(role)


def _transport(row: Row) -> Oid | None:
    word = _word(row, "general.protocol", PROTOCOL) or _word(row, "protocol", PROTOCOL)
    return (*BASE, 1, 2, 12, _TRANSPORTS[word]) if word in _TRANSPORTS else None


PORT = _port_table(
    7,
    "ptpbaseClockPort",
    "TablePortNumberIndex",
    (
        _name(5, "ptpbaseClockPort"),
        Column(6, "ptpbaseClockPortRole", PORT_ROLE, "Master or slave.", value=_role, measured=True),
        like(7, "ptpbaseClockPortSyncTwoStep", TRUTH, "lnbPtpTwoStep"),
        like(10, "ptpbaseClockPortNumOfAssociatedPorts", GAUGE, "lnbPtpClients"),
    ),
)
PORT_DS = _port_table(
    8,
    "ptpbaseClockPortDS",
    "PortNumberIndex",
    (
        _name(5, "ptpbaseClockPortDS"),
        Column(6, "ptpbaseClockPortDSPortIdentity", octets(256), "Port identity.",
               value=_port_identity("port-ds.port-identity.clock-identity", "port-ds.port-identity.port-number")),
        like(7, "ptpbaseClockPortDSlogAnnouncementInterval", INTERVAL, "lnbPtpAnnounceInterval"),
        like(8, "ptpbaseClockPortDSAnnounceRctTimeout", INTEGER32, "lnbPtpAnnounceTimeout"),
        like(9, "ptpbaseClockPortDSlogSyncInterval", INTERVAL, "lnbPtpSyncInterval"),
        like(10, "ptpbaseClockPortDSMinDelayReqInterval", INTEGER32, "lnbPtpDelayReqInterval"),
        like(11, "ptpbaseClockPortDSPeerDelayReqInterval", INTEGER32, "lnbPtpPdelayReqInterval"),
        like(12, "ptpbaseClockPortDSDelayMech", MECHANISM, "lnbPtpDelayMechanism",
             by_label("lnbPtpDelayMechanism", MECHANISM)),
        like(13, "ptpbaseClockPortDSPeerMeanPathDelay", octets(255), "lnbPtpPeerPathDelay", _interval),
        like(15, "ptpbaseClockPortDSPTPVersion", UNSIGNED32, "lnbPtpVersion"),
    ),
)  # fmt: skip
PORT_RUNNING = _port_table(
    9,
    "ptpbaseClockPortRunning",
    "PortNumberIndex",
    (
        _name(5, "ptpbaseClockPortRunning"),
        like(6, "ptpbaseClockPortRunningState", PORT_STATES, "lnbPtpPortState",
             by_number("lnbPtpPortState", PORT_STATES)),
        Column(7, "ptpbaseClockPortRunningRole", PORT_ROLE, "Master or slave.", value=_role, measured=True),
        Column(9, "ptpbaseClockPortRunningTransport", OBJECT_IDENTIFIER, "Transport.", value=_transport),
        Column(11, "ptpbaseClockPortRunningTxMode", TX_MODE, "How it sends.", value=_mode),
        Column(12, "ptpbaseClockPortRunningRxMode", TX_MODE, "How it receives.", value=_mode),
        _packets(13, "ptpbaseClockPortRunningPacketsReceived", "Messages received.", "rx"),
        _packets(14, "ptpbaseClockPortRunningPacketsSent", "Messages sent.", "tx"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockKind:
    """A type of clock, and how many domains have one."""

    number: int
    domains: int


def _instances(view: DeviceView) -> Iterator[Row]:
    for row in view.opened("lnbPtpInstanceTable"):
        if has_place(row):
            yield row


def _kinds(view: DeviceView) -> Iterator[ClockKind]:
    kinds = Counter(kind for _, kind in {place(row)[:2] for row in _instances(view)})
    for number, domains in kinds.items():
        yield ClockKind(number, domains)


SYSTEM = Table(
    1,
    "ptpbaseSystemTable",
    "Domains that PTPv2 instances are in.",
    "One instance in its domain.",
    (Index("ptpDomainIndex", lambda row: place(row)[:1]), Index("ptpInstanceIndex", lambda row: place(row)[2:])),
    (
        hidden(1, "ptpDomainIndex", DOMAIN, "Domain."),
        hidden(2, "ptpInstanceIndex", INSTANCE, "Instance."),
        Column(3, "ptpDomainClockPortsTotal", GAUGE, "Ports there.", value=_ports),
    ),
    rows=(INSTANCES,),
    when=has_place,
)
SYSTEM_DOMAINS = Table(
    2,
    "ptpbaseSystemDomainTable",
    "Types of clocks.",
    "One type of clock.",
    (Index("ptpbaseSystemDomainClockTypeIndex", lambda row: (row.number,)),),
    (
        hidden(1, "ptpbaseSystemDomainClockTypeIndex", CLOCK_TYPE, "Type of clock."),
        Column(2, "ptpbaseSystemDomainTotals", UNSIGNED32, "Domains with such a clock.",
               value=lambda row: row.domains),
    ),
    source=_kinds,
)  # fmt: skip


def _profile(row: Row) -> str | None:
    """The one profile of all instances, as far as they agree."""
    words = {
        _word(one, "general.profile", PROFILE) or _word(one, "profile", PROFILE) for one in _instances(row.view)
    } - {""}
    kinds = {
        "default" if word.startswith("default") else "telecom" if word.startswith("telecom") else "vendorspecific"
        for word in words
    }
    return kinds.pop() if len(kinds) == 1 else None


SYSTEM_PROFILE = Scalars(
    0,
    "ptpbaseSystemProfiles",
    (Column(3, "ptpbaseSystemProfile", PROFILE_TYPE, "Profile of all instances, where it is one.", value=_profile),),
    feed=Feed.DOCUMENT,
)


@dataclass(frozen=True, slots=True)
class Associate:
    """A unicast client of an instance; its number is its place among them by address."""

    port: Oid
    number: int
    transport: int
    address: bytes


def _associates(view: DeviceView) -> Iterator[Associate]:
    ports = {row.keys: (*place(row), _port_number(row)) for row in _instances(view)}
    addresses: dict[tuple[str, ...], set[bytes]] = {}
    for client in view.opened("lnbPtpClientTable"):
        address = client_key(client)
        if client.keys[:2] in ports and len(address) in _TRANSPORT_OF:
            addresses.setdefault(client.keys[:2], set()).add(address)
    for keys, found in addresses.items():
        for number, address in enumerate(sorted(found), 1):
            yield Associate(ports[keys], number, _TRANSPORT_OF[len(address)], address)


_ASSOCIATE = "ptpClockPortCurrent"
ASSOCIATES = Table(
    11,
    "ptpbaseClockPortAssociateTable",
    "Unicast clients of PTPv2 instances.",
    "One client.",
    (
        Index(f"{_ASSOCIATE}DomainIndex", lambda row: row.port[:1]),
        Index(f"{_ASSOCIATE}ClockTypeIndex", lambda row: row.port[1:2]),
        Index(f"{_ASSOCIATE}ClockInstanceIndex", lambda row: row.port[2:3]),
        Index(f"{_ASSOCIATE}PortNumberIndex", lambda row: row.port[3:]),
        Index("ptpbaseClockPortAssociatePortIndex", lambda row: (row.number,)),
    ),
    (
        *_index_columns(_ASSOCIATE, "ClockInstanceIndex"),
        hidden(4, f"{_ASSOCIATE}PortNumberIndex", PORT_NUMBER, "Port."),
        hidden(5, "ptpbaseClockPortAssociatePortIndex", unsigned32(1, 65535), "Place of the client by its address."),
        Column(6, "ptpbaseClockPortAssociateAddressType", OBJECT_IDENTIFIER, "Transport of the address.",
               value=lambda row: (*BASE, 1, 2, 12, row.transport)),
        Column(7, "ptpbaseClockPortAssociateAddress", octets(255), "Address.", value=lambda row: row.address),
    ),
    source=_associates,
)  # fmt: skip


def of_instance(cells: Iterable[Cells], row: Row) -> Iterator[Cells]:
    """Of a device's cells those of PTPBASE-MIB that are about one instance."""
    if not has_place(row):
        return
    domain, kind, number = place(row)
    whole, system = packed((domain, kind, number)), packed((domain, number))
    for column in cells:
        if column.oid[: len(BASE)] != BASE:
            continue
        prefix = system if column.oid[: len(BASE) + 3] == (*BASE, 1, 1, 1) else whole
        first = stop = bisect_left(column.keys, prefix)
        while stop < len(column.keys) and column.keys[stop].startswith(prefix):
            stop += 1
        if stop > first:
            yield Cells(column.oid, column.tag, column.keys[first:stop], column.contents[first:stop])


_WHAT: Final = "RFC 8173."
GROUPS: Final = (
    Group(1, "ptpbaseSystem", _WHAT, (SYSTEM, SYSTEM_DOMAINS, SYSTEM_PROFILE), oid=(*BASE, 1, 1)),
    Group(2, "ptpbaseClock", _WHAT,
          (CURRENT, PARENT, DEFAULT, RUNNING, TIME, PORT, PORT_DS, PORT_RUNNING, ASSOCIATES), oid=(*BASE, 1, 2)),
)  # fmt: skip
