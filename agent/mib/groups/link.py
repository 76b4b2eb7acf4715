"""Interfaces and connections: what a device is wired of, from its clocks over cards and ports to PTPv2 instances.

An interface is where something goes in or out: antenna, clock, reference of the chassis, card, port, PTPv2 instance,
signal. A connection goes from one interface to another within the device, or from or to something outside of it.
Nothing here is asked of the device anew: all follows from what other tables have, so it is as true as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from agent.mib.declaration import Access, Column, Group, Index, Table
from agent.mib.groups.alarm import SEVERITY
from agent.mib.groups.common import DEVICE, PTP, SLOTS, named
from agent.mib.interface import Interface, Kind, Oper, interfaces, is_bonded, is_enabled, operational, port_of_instance
from agent.mib.own import once
from agent.mib.syntax import GAUGE, INDEX, INTEGER32, TEXT, TRUTH, closed, enumeration, unsigned32
from agent.mib.view import DeviceView, Row
from agent.model import reading
from agent.model.alarm.catalogue import BY_NAME
from agent.model.alarm.storm import worst
from agent.model.severity import Severity

SIGNAL_LISTS: Final = {"inputs": "in", "outputs": "out", "ports": ""}
"""Members of a module that list its signals, and which way these go where the list's name says it."""


def _direction(row: Row) -> str | None:
    """Which way a signal goes: as it says itself, or as the list says that it stands in."""
    said = str(row.find("direction") or "").lower()
    if said:
        return {"input": "in", "output": "out", "in": "in", "out": "out", "both": "inout", "inout": "inout"}.get(said)
    slot = row.record.chain[1] if len(row.record.chain) > 1 else None
    module = slot.get("module") if isinstance(slot, dict) else None
    for name, direction in SIGNAL_LISTS.items():
        listed = module.get(name) if isinstance(module, dict) else None
        elements = listed.values() if isinstance(listed, dict) else listed if isinstance(listed, list) else ()
        if any(one is row.node for one in elements):
            return direction or None
    return None


DIRECTION = closed(**{"in": 1, "out": 2, "inout": 3})

SIGNALS = Table(
    1,
    "lnbSignalTable",
    "Signals that go into cards and come out of them: inputs, outputs and ports other than network ports. No public "
    "document shows them: the paths of rows and columns are inferred and can be replaced in an overlay.",
    "One signal of one card.",
    (DEVICE, named("lnbSignalIndex", "signal", 2)),
    (
        Column(1, "lnbSignalIndex", INDEX, "Number of the signal, given when its slot and name are first seen.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbSignalSlotId", TEXT, "Slot of the card.", value=lambda row: row.keys[0]),
        Column(3, "lnbSignalName", TEXT, "Name of the signal on its card, such as output0.",
               value=lambda row: row.keys[1]),
        Column(4, "lnbSignalDirection", DIRECTION, "Which way it goes, seen from the card.", value=_direction),
        Column(5, "lnbSignalType", TEXT, "Kind of signal as the card writes it, such as pps or 10mhz.", ("type",)),
        Column(6, "lnbSignalMode", TEXT, "When an output is on, as the card writes it, such as if-sync.", ("mode",)),
        Column(7, "lnbSignalState", TEXT, "Whether it is on, as the card writes it.", ("state",)),
        Column(8, "lnbSignalPresent", TRUTH, "Whether there is a signal.", ("signal", "signal-present")),
        Column(9, "lnbSignalSelected", TRUTH, "Whether the card uses this input.", ("selected",)),
        Column(10, "lnbSignalFormat", TEXT, "Format of a video or time-code signal.", ("format",)),
        Column(11, "lnbSignalQuality", INTEGER32, "Quality of the signal (the unit is not publicly known).",
               ("quality",), measured=True),
        Column(12, "lnbSignalQualityLevel", TEXT, "Quality level received, such as prc.", ("quality-level",)),
        Column(13, "lnbSignalOffset", INTEGER32, "Offset of the signal from the card's own time (unit inferred).",
               ("offset",), read=reading.nanoseconds, units="nanoseconds", measured=True),
        Column(14, "lnbSignalLevel", INTEGER32, "Level of the signal in hundredths of what the card writes (its unit "
               "is not publicly known).", ("level",), read=reading.centi, measured=True),
    ),
    rows=tuple(f"{SLOTS}.module.{name}[]" for name in SIGNAL_LISTS),
    every=True,
    when=lambda row: isinstance(row.node, dict),
)  # fmt: skip

ASSIGNMENTS = Table(
    2,
    "lnbLinkAssignmentTable",
    "Where each PTPv2 instance is put, from the card's configuration (paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        Column(1, "lnbLinkAssignedInterface", TEXT, "Label of the interface the instance uses.", ("intf-label",)),
        Column(2, "lnbLinkAssignedPort", unsigned32(0, 65535),
               "Port the instance is assigned to, as the card numbers it.", ("assigned-port-id",)),
        Column(3, "lnbLinkAssignedTimestamper", unsigned32(0, 65535), "Number of the timestamper it uses, from 0.",
               ("tstamper-idx",)),
    ),
    rows=("@lnbPtpConfigTable",),
)  # fmt: skip


class Part(str, Enum):
    """What an interface is, in the words of the MIB."""

    RECEIVER = "receiver"
    CLOCK = "clock"
    REFERENCE = "reference"
    CARD = "card"
    PORT = "port"
    CARD_PORT = "cardPort"
    BOND = "bond"
    VIRTUAL = "virtual"
    PTP_INTERFACE = "ptpInterface"
    PTP_INSTANCE = "ptpInstance"
    SIGNAL = "signal"


PART = enumeration(*(one.value for one in Part))
_PART_OF: Final = {
    Kind.PORT: Part.PORT, Kind.CARD: Part.CARD_PORT, Kind.BOND: Part.BOND, Kind.VIRTUAL: Part.VIRTUAL,
    Kind.VLAN: Part.VIRTUAL, Kind.PTP: Part.PTP_INTERFACE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class End:
    """An interface.

    Attributes:
        key: its name among those of its part; both are its identity, of sort "link".
        state: how it is in the device's own words, "" where it says nothing.
        severity: how bad that is.
        slot: of the card or clock, "" for the device itself.
        table, row: the row of our own that it stands for, as name and index behind the device's.
        number: ifIndex, where it is a network interface.
        present: whether the device has it now; if not, the document read last is without it.
    """

    view: DeviceView
    part: Part
    key: str
    name: str
    direction: str
    state: str = ""
    severity: Severity = Severity.INDETERMINATE
    slot: str = ""
    number: int = 0
    clients: int | None = None
    present: bool = True

    @property
    def identity(self) -> str:
        """Part and key."""
        return f"{self.part.value}/{self.key}"

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index("link", self.identity)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection.

    Attributes:
        source, destination: identities of interfaces, "" for what is outside.
        outside: what is there, where one end is outside.
        is_active: whether time or traffic goes over it now, as far as is known; None where that is not said.
        severity: of itself, where it has one that is not its ends'.
    """

    view: DeviceView
    source: str
    destination: str
    outside: str = ""
    is_active: bool | None = None
    severity: Severity | None = None
    present: bool = True

    @property
    def identity(self) -> str:
        """Both ends."""
        return f"{self.source or self.outside}>{self.destination or self.outside}"

    @property
    def index(self) -> int:
        """The number it was given when it was first seen."""
        return self.view.identities.index("connection", self.identity)


def _severity(alarm: str) -> Severity:
    """How bad a condition is, as its alarm type has it unless configured otherwise."""
    return BY_NAME[alarm].severity


def _of_clock(state: object) -> Severity:
    alarms = {"notSynchronized": "clockNotSynchronized", "holdover": "clockHoldover"}
    if state in alarms:
        return _severity(alarms[str(state)])
    return Severity.CLEARED if state == "synchronized" else Severity.INDETERMINATE


def _clock_rows(view: DeviceView) -> Iterator[Row]:
    yield from view.opened("lnbClockTable")


def _is_receiver(view: DeviceView, row: Row) -> bool:
    return view.said(row, "lnbClockReceiver") is not None


def _clocks(view: DeviceView) -> Iterator[End]:
    for row in _clock_rows(view):
        slot = row.keys[0]
        if not _is_receiver(view, row):
            continue
        yield _receiver(view, row, slot)
        state = view.said(row, "lnbClockState")
        yield End(view, Part.CLOCK, slot, f"{slot} clock", "out", str(state or ""), _of_clock(state), slot)


def _receiver(view: DeviceView, row: Row, slot: str) -> End:
    connected, short = view.said(row, "lnbClockAntennaConnected"), view.said(row, "lnbClockAntennaShortCircuit")
    kind = view.said(row, "lnbClockReceiver")
    if short:
        state, severity = "shortCircuit", _severity("antennaFault")
    elif connected is not None:
        state = "connected" if connected else "notConnected"
        severity = Severity.CLEARED if connected else _severity("antennaFault")
    else:
        state = str(view.said(row, "lnbClockReceiverState") or "")
        severity = Severity.CLEARED if state == "synchronized" else Severity.INDETERMINATE
    return End(view, Part.RECEIVER, slot, f"{slot} {kind} receiver", "in", state, severity, slot)


def _reference(view: DeviceView) -> Iterator[End]:
    for row in view.opened("lnbSyncTable"):
        state, name = view.said(row, "lnbSyncClockState"), view.said(row, "lnbSyncReference")
        if state is not None or name is not None:
            shown = f"reference {name}" if name else "reference"
            yield End(view, Part.REFERENCE, "system", shown, "inout", str(state or ""), _of_clock(state))


def _fed_slots(view: DeviceView) -> Iterator[str]:
    """Slots whose cards give out time that is not their own: PTP cards, and cards with outputs."""
    clocks = {row.keys[0] for row in _clock_rows(view) if _is_receiver(view, row)}
    slots = [row.keys[0] for row in view.opened("lnbHpsTable")]
    slots += [row.keys[0] for row in view.opened("lnbSignalTable") if view.said(row, "lnbSignalDirection") == "out"]
    yield from (slot for slot in dict.fromkeys(slots) if slot not in clocks)


def _cards(view: DeviceView) -> Iterator[End]:
    states = {row.keys[0]: view.said(row, "lnbClockState") for row in _clock_rows(view)}
    models = {row.keys[0]: view.said(row, "lnbModuleModel") for row in view.opened("lnbModuleTable")}
    for slot in _fed_slots(view):
        name = f"{slot} {models.get(slot) or 'card'}"
        state = states.get(slot)
        yield End(view, Part.CARD, slot, name, "inout", str(state or ""), _of_clock(state), slot)


def _networks(view: DeviceView) -> Iterator[End]:
    states, known = operational(view), interfaces(view)
    used = {below for one in known.values() for below in one.below}
    for identity, one in known.items():
        state = states[identity]
        expected = is_enabled(one) and (one.kind is not Kind.PORT or identity in used or is_bonded(one))
        yield End(
            view, _PART_OF[one.kind], one.key, one.name, "inout", state.value, _of_network(state, is_used=expected),
            one.slot, one.index,
        )  # fmt: skip


def _of_network(state: Oper, *, is_used: bool) -> Severity:
    if state is Oper.UNKNOWN:
        return Severity.INDETERMINATE
    if state in (Oper.DOWN, Oper.LOWER_LAYER_DOWN) and is_used:
        return _severity("networkLinkDown")
    return Severity.CLEARED


def _instance_key(row: Row) -> str:
    return "/".join(row.keys[:2])


def _port_state(view: DeviceView, row: Row) -> str:
    for port in view.opened("lnbPtpPortTable"):
        if port.keys[:2] == row.keys[:2]:
            return str(view.said(port, "lnbPtpPortState") or "")
    return ""


def _instances(view: DeviceView) -> Iterator[End]:
    for row in view.opened("lnbPtpInstanceTable"):
        state = _port_state(view, row)
        enabled, clients = view.said(row, "lnbPtpEnabled") is not False, view.said(row, "lnbPtpClients")
        severity = Severity.CLEARED if state and state != "other" else Severity.INDETERMINATE
        if enabled and view.said(row, "lnbPtpLink") is False:
            severity = _severity("networkLinkDown")
        elif enabled and state == "faulty":
            severity = _severity("ptpPortUnexpected")
        key, alias = _instance_key(row), view.said(row, "lnbPtpAlias")
        name = f"{key} ({alias})" if alias else key
        yield End(
            view, Part.PTP_INSTANCE, key, name, "inout", state, severity, row.keys[0],
            clients=clients if isinstance(clients, int) else None,
        )  # fmt: skip


def _signals(view: DeviceView) -> Iterator[End]:
    """Signals; whether one that is absent should be there is not known, so that is no fault."""
    for row in view.opened("lnbSignalTable"):
        direction = view.said(row, "lnbSignalDirection")
        kind, state, there = (view.said(row, f"lnbSignal{one}") for one in ("Type", "State", "Present"))
        shown = str(state or {True: "signal", False: "no signal"}.get(there, ""))
        fine = there is True or str(state).lower() in ("on", "true", "enabled", "ok")
        key = "/".join(row.keys[:2])
        name = f"{key} ({kind})" if kind else key
        severity = Severity.CLEARED if fine else Severity.INDETERMINATE
        yield End(view, Part.SIGNAL, key, name, str(direction or "inout"), shown, severity, row.keys[0])


@once
def ends(view: DeviceView) -> dict[str, End]:
    """All interfaces there are now, by identity."""
    found: dict[str, End] = {}
    for gather in (_clocks, _reference, _cards, _networks, _instances, _signals):
        for one in gather(view):
            found.setdefault(one.identity, one)
    return found


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


@once
def connections(view: DeviceView) -> dict[str, Connection]:
    """All connections there are now, by identity."""
    found: dict[str, Connection] = {}
    known = ends(view)
    for gather in (_of_references, _of_cards, _of_layers, _of_ptp, _of_parents, _of_nodes):
        for one in gather(view):
            if all(end in known for end in (one.source, one.destination) if end):
                found.setdefault(one.identity, one)
    return found


def _followed(view: DeviceView) -> set[str]:
    """Slots of the clocks the device follows: those that say so, or else the one its reference is named after."""
    selected = {row.keys[0] for row in _clock_rows(view) if view.said(row, "lnbClockUse") == "selected"}
    if selected:
        return selected
    names = [str(view.said(row, "lnbSyncReference") or "") for row in view.opened("lnbSyncTable")]
    return {name.replace(" ", "-").partition("-")[0] for name in names if name}


def _of_references(view: DeviceView) -> Iterator[Connection]:
    """From each receiver to its clock, and from each clock to the reference of the chassis."""
    followed = _followed(view)
    for row in _clock_rows(view):
        slot = row.keys[0]
        if _is_receiver(view, row):
            state = view.said(row, "lnbClockState")
            yield Connection(view, f"receiver/{slot}", f"clock/{slot}", is_active=_is_synchronized(state))
            if view.said(row, "lnbClockUse") is not None or slot in followed:
                yield Connection(view, f"clock/{slot}", "reference/system", is_active=slot in followed)


def _is_synchronized(state: object) -> bool | None:
    return None if state in (None, "other", "unknown", "notAvailable") else state == "synchronized"


def _of_cards(view: DeviceView) -> Iterator[Connection]:
    """From the reference to cards that give out time, and from these to their ports and outputs."""
    states = {row.keys[0]: view.said(row, "lnbClockState") for row in _clock_rows(view)}
    for slot in _fed_slots(view):
        yield Connection(view, "reference/system", f"card/{slot}", is_active=_is_synchronized(states.get(slot)))
    network = operational(view)
    served = {row.keys[0] for row in view.opened("lnbHpsTable")}
    for identity, one in interfaces(view).items():
        if one.kind.is_physical and one.slot in served:
            up = {Oper.UP: True, Oper.DOWN: False}.get(network[identity])
            yield Connection(view, f"card/{one.slot}", _end_of(one), is_active=up)
    for end in ends(view).values():
        if end.part is Part.SIGNAL and end.direction == "out":
            on = {"on": True, "off": False}.get(end.state)
            yield Connection(view, f"card/{end.slot}", end.identity, is_active=on)


def _end_of(one: Interface) -> str:
    return f"{_PART_OF[one.kind].value}/{one.key}"


def _of_layers(view: DeviceView) -> Iterator[Connection]:
    """From each port to the bond or interface upon it."""
    known, network = interfaces(view), operational(view)
    for identity, one in known.items():
        for below in one.below:
            up = {Oper.UP: True, Oper.DOWN: False, Oper.LOWER_LAYER_DOWN: False}.get(network[identity])
            yield Connection(view, _end_of(known[below]), _end_of(one), is_active=up)


def _of_ptp(view: DeviceView) -> Iterator[Connection]:
    """From each PTPv2 instance's interface, or else its port, to the instance."""
    known, network = interfaces(view), operational(view)
    for row in view.opened("lnbPtpInstanceTable"):
        one = known.get(f"{Kind.PTP.value}/{_instance_key(row)}") or port_of_instance(view, row, known)
        if one is not None:
            up = {Oper.UP: True, Oper.DOWN: False, Oper.LOWER_LAYER_DOWN: False}.get(network[one.identity])
            yield Connection(view, _end_of(one), f"ptpInstance/{_instance_key(row)}", is_active=up)


def _of_parents(view: DeviceView) -> Iterator[Connection]:
    """From the master that a PTPv2 instance follows, which is outside."""
    following = {
        row.keys[:2] for row in view.opened("lnbPtpPortTable")
        if view.said(row, "lnbPtpPortState") in ("slave", "uncalibrated")
    }  # fmt: skip
    for row in view.opened("lnbPtpParentTable"):
        identity, port = view.said(row, "lnbPtpParentIdentity"), view.said(row, "lnbPtpParentPort")
        if row.keys[:2] in following and identity:
            outside = f"PTP clock {identity}" + ("" if port is None else f" port {port}")
            yield Connection(view, "", f"ptpInstance/{_instance_key(row)}", outside, is_active=True)


def _of_nodes(view: DeviceView) -> Iterator[Connection]:
    """To nodes outside, which the device monitors."""
    for row in view.opened("lnbSyncmonNodeTable"):
        status = view.said(row, "lnbSyncmonNodeStatus")
        told = status not in (None, "other")
        severity = Severity.CLEARED if status == "ok" else _severity("syncmonNodeAlert") if told else None
        reached = status != "notReachable" if told else None
        yield Connection(view, "reference/system", "", f"SyncMon node {row.keys[0]}", reached, severity)


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
               "reference: what the device follows, and gives to its cards. card: a card that gives out time. port: a "
               "LAN port of the device. cardPort: the network port of a card. bond: ports taken together. virtual: an "
               "interface with addresses. ptpInterface: the interface of a PTPv2 instance. ptpInstance: the "
               "instance. signal: an input or output of a card.",
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
