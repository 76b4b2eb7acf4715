"""Interfaces and connections: what a device is wired of, from its clocks over cards and ports to PTPv2 instances.

An interface is where something goes in or out: antenna, clock, reference of the chassis, card, port, PTPv2 instance,
signal. A connection goes from one interface to another within the device, or from or to something outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from agent.mib.connection import Connection, connections
from agent.mib.declaration import Access, Column, Group, Index, Table
from agent.mib.groups.alarm import SEVERITY
from agent.mib.groups.common import DEVICE
from agent.mib.groups.signal import ASSIGNMENTS, DIRECTION, SIGNALS
from agent.mib.syntax import GAUGE, INDEX, TEXT, TRUTH, closed, enumeration, unsigned32
from agent.mib.view import DeviceView
from agent.mib.wiring import End, Part, ends
from agent.model.alarm.storm import worst
from agent.model.severity import Severity

PART = enumeration(*(one.value for one in Part))


def _held(view: DeviceView, sort: str, there: Iterable[str]) -> Iterator[str]:
    """Identities that were there less than the hold ago and are not now; what is no longer asked for is not missing."""
    there, prefix, ticks = set(there), f"{sort}/", view.uptime_ticks
    for identity in there:
        view.marks.since(prefix + identity, "present", ticks)
    if view.root.get("status") is None:
        return
    for name in view.marks.before:
        identity = name.removeprefix(prefix)
        if not name.startswith(prefix) or identity in there or not _is_asked_for(view, identity):
            continue
        known = view.marks.before[name]
        since = ticks if known[0] == "present" else known[1]
        if ticks - since < view.settings.poll.hold_missing_s * 100:
            view.marks.after[name] = ("missing", since)
            yield identity


_OF_SLOTS: Final = frozenset(
    part.value
    for part in (
        Part.RECEIVER, Part.CLOCK, Part.CARD, Part.CARD_PORT, Part.PTP_INTERFACE, Part.PTP_INSTANCE, Part.SIGNAL,
    )
)  # fmt: skip
"""Parts whose keys begin with a slot."""


def _is_asked_for(view: DeviceView, identity: str) -> bool:
    """Whether the slots of an interface, or of both ends of a connection, are among those that are asked for."""
    ends_of = [one.split("/") for one in identity.split(">")]
    slots = {one[1] for one in ends_of if len(one) > 1 and one[0] in _OF_SLOTS}
    return not view.settings.slots or slots <= view.settings.slots.keys()


def _end_rows(view: DeviceView) -> Iterator[End]:
    known = ends(view)
    yield from known.values()
    for identity in _held(view, "link", known):
        part, _, key = identity.partition("/")
        yield End(view, Part(part), key, key, "inout", present=False)


def _connection_rows(view: DeviceView) -> Iterator[Connection]:
    known = connections(view)
    yield from known.values()
    for identity in _held(view, "connection", known):
        source, _, destination = identity.partition(">")
        parts = tuple(one if one.partition("/")[0] in PART.labels else "" for one in (source, destination))
        outside = source if not parts[0] else destination if not parts[1] else ""
        yield Connection(view, parts[0], parts[1], outside, present=False)


def _index_of(view: DeviceView, identity: str) -> int:
    return view.identities.index("link", identity) if identity else 0


def _name_of(view: DeviceView, identity: str) -> str:
    end = ends(view).get(identity)
    return end.name if end else identity.partition("/")[2]


def _connection_name(row: Connection) -> str:
    names = [_name_of(row.view, one) if one else row.outside for one in (row.source, row.destination)]
    return " -> ".join(names)


def _connection_severity(row: Connection) -> Severity:
    """Its own, or the worse of its ends'; the end outside is not known and does not count."""
    known = ends(row.view)
    return row.severity or worst(known[one].severity for one in (row.source, row.destination) if one in known)


def _present(row: Any) -> str:
    return "present" if row.present else "missing"


def _while_present(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda row: value(row) if row.present else None


def _of_view(row: Any) -> Iterable[int]:
    return (row.view.index,)


_DEVICE: Final = Index(DEVICE.name, _of_view)
PRESENCE = enumeration("present", "missing")

INTERFACES = Table(
    3,
    "lnbLinkInterfaceTable",
    "Where something goes into a device or one of its parts, or comes out of it. An interface that is no longer there "
    "stays, missing, for the configured hold.",
    "One interface.",
    (_DEVICE, Index("lnbLinkIfIndex", lambda row: (row.index,))),
    (
        Column(1, "lnbLinkIfIndex", INDEX, "Number of the interface, given when it is first seen and kept for ever.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbLinkIfName", TEXT, "Name of the interface.", value=lambda row: row.name),
        Column(3, "lnbLinkIfPart", PART,
               "receiver: where a clock is given its reference, an antenna mostly. clock: the time of a clock module. "
               "reference: what the device follows, and gives to its cards. card: a card with ports, inputs or "
               "outputs. port: a LAN port of the device. cardPort: the network port of a card. bond: ports taken "
               "together. virtual: an interface with addresses. ptpInterface: the interface of a PTPv2 instance. "
               "ptpInstance: the instance. signal: an input or output of a card.",
               value=lambda row: row.part.value),
        Column(4, "lnbLinkIfDirection", DIRECTION, "Which way it goes, seen from what it is an interface of.",
               value=_while_present(lambda row: row.direction)),
        Column(5, "lnbLinkIfPresence", PRESENCE, "Whether the device has it now.", value=_present),
        Column(6, "lnbLinkIfState", TEXT, "How it is; absent where nothing says so.",
               value=_while_present(lambda row: row.state or None), measured=True),
        Column(7, "lnbLinkIfSeverity", SEVERITY,
               "How bad that is: the severity that the alarm type for this state has unless configured otherwise. "
               "indeterminate where nothing says how it is, or whether it should be otherwise.",
               value=_while_present(lambda row: row.severity), measured=True),
        Column(8, "lnbLinkIfSlotId", TEXT, "Slot of the module it belongs to; empty for the device's own.",
               value=_while_present(lambda row: row.slot)),
        Column(9, "lnbLinkIfNumber", unsigned32(), "ifIndex in the device's own context; 0 where it is no network "
               "interface.", value=_while_present(lambda row: row.number)),
        Column(10, "lnbLinkIfClients", GAUGE, "Unicast clients of a PTPv2 instance.", value=lambda row: row.clients,
               measured=True),
    ),
    source=_end_rows,
)  # fmt: skip

CONNECTIONS = Table(
    4,
    "lnbLinkTable",
    "What is connected to what: within a device from clock to card to port to PTPv2 instance, and with what is outside "
    "as far as the device tells of it. A connection that is no longer there stays, missing, for the configured hold.",
    "One connection.",
    (_DEVICE, Index("lnbLinkIndex", lambda row: (row.index,))),
    (
        Column(1, "lnbLinkIndex", INDEX, "Number of the connection, given to its two ends when it is first seen.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbLinkName", TEXT, "Names of both ends.", value=_connection_name),
        Column(3, "lnbLinkSource", unsigned32(), "lnbLinkIfIndex of the interface it begins at, 0 for outside.",
               value=lambda row: _index_of(row.view, row.source)),
        Column(4, "lnbLinkDestination", unsigned32(), "lnbLinkIfIndex of the interface it ends at, 0 for outside.",
               value=lambda row: _index_of(row.view, row.destination)),
        Column(5, "lnbLinkScope", closed(internal=1, external=2), "external: one end is outside of the device.",
               value=lambda row: "external" if row.outside else "internal"),
        Column(6, "lnbLinkOutside", TEXT, "What is outside; empty for an internal connection.",
               value=lambda row: row.outside),
        Column(7, "lnbLinkActive", TRUTH,
               "Whether it carries something now: the clock is the one followed, the card is synchronised, the port "
               "has link. Absent where nothing says so.", value=lambda row: row.is_active, measured=True),
        Column(8, "lnbLinkPresence", PRESENCE, "Whether it is there now.", value=_present),
        Column(9, "lnbLinkSeverity", SEVERITY,
               "The worse severity of its two ends; one outside does not count. Of a SyncMon node its own.",
               value=_while_present(_connection_severity), measured=True),
    ),
    source=_connection_rows,
)  # fmt: skip

GROUP = Group(
    25, "lnbLink", "Interfaces and connections of cards and chassis.", (SIGNALS, ASSIGNMENTS, INTERFACES, CONNECTIONS)
)
