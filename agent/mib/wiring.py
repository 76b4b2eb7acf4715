"""The interfaces of a device in the widest sense: wherever something goes into it or one of its parts, or comes out.

Antenna, clock, reference of the chassis, card, port, PTPv2 instance, signal. Nothing is asked of the device anew: all
follows from what our own tables have, so it is as true as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from agent.mib.interface import Kind, Oper, interfaces, is_bonded, is_enabled, operational
from agent.mib.own import once
from agent.mib.view import DeviceView, Row
from agent.model.alarm.catalogue import BY_NAME
from agent.model.severity import Severity


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


PART_OF: Final = {
    Kind.PORT: Part.PORT, Kind.CARD: Part.CARD_PORT, Kind.BOND: Part.BOND, Kind.VIRTUAL: Part.VIRTUAL,
    Kind.VLAN: Part.VIRTUAL, Kind.PTP: Part.PTP_INTERFACE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class End:
    """An interface.

    Attributes:
        key: its name among those of its part; both are its identity, of sort "link".
        direction: in, out or inout, seen from what it is an interface of.
        state: how it is in the words of our own tables, "" where they say nothing.
        severity: how bad that is.
        slot: of the card or clock, "" for the device itself.
        number: ifIndex, 0 where it is no network interface.
        clients: unicast clients of a PTPv2 instance.
        present: whether the document read last has it.
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


def severity_of(alarm: str) -> Severity:
    """How bad a condition is, as its alarm type has it unless configured otherwise."""
    return BY_NAME[alarm].severity


def _of_clock(state: object) -> Severity:
    alarms = {"notSynchronized": "clockNotSynchronized", "holdover": "clockHoldover"}
    if state in alarms:
        return severity_of(alarms[str(state)])
    return Severity.CLEARED if state == "synchronized" else Severity.INDETERMINATE


def clock_rows(view: DeviceView) -> Iterator[Row]:
    """The modules that receive or keep time."""
    yield from view.opened("lnbClockTable")


def is_receiver(view: DeviceView, row: Row) -> bool:
    """Whether one of them receives it, so that it is a reference clock."""
    return view.said(row, "lnbClockReceiver") is not None


def _clocks(view: DeviceView) -> Iterator[End]:
    for row in clock_rows(view):
        slot = row.keys[0]
        if not is_receiver(view, row):
            continue
        yield _receiver(view, row, slot)
        state = view.said(row, "lnbClockState")
        yield End(view, Part.CLOCK, slot, f"{slot} clock", "out", str(state or ""), _of_clock(state), slot)


def _receiver(view: DeviceView, row: Row, slot: str) -> End:
    connected, short = view.said(row, "lnbClockAntennaConnected"), view.said(row, "lnbClockAntennaShortCircuit")
    kind = view.said(row, "lnbClockReceiver")
    if short:
        state, severity = "shortCircuit", severity_of("antennaFault")
    elif connected is not None:
        state = "connected" if connected else "notConnected"
        severity = Severity.CLEARED if connected else severity_of("antennaFault")
    else:
        state = str(view.said(row, "lnbClockReceiverState") or _received(view, slot))
        severity = _of_clock(state)
    return End(view, Part.RECEIVER, slot, f"{slot} {kind} receiver", "in", state, severity, slot)


def _received(view: DeviceView, slot: str) -> str:
    """State of a long-wave receiver, which tells of itself in other words."""
    for row in view.opened("lnbLongWaveTable"):
        if row.keys[0] == slot:
            free = view.said(row, "lnbLongWaveFreeRunning")
            return "" if free is None else "notSynchronized" if free else "synchronized"
    return ""


def _reference(view: DeviceView) -> Iterator[End]:
    for row in view.opened("lnbSyncTable"):
        state, name = view.said(row, "lnbSyncClockState"), view.said(row, "lnbSyncReference")
        if state is not None or name is not None:
            shown = f"reference {name}" if name else "reference"
            yield End(view, Part.REFERENCE, "system", shown, "inout", str(state or ""), _of_clock(state))


def slots_of_cards(view: DeviceView, *directions: str) -> list[str]:
    """Slots of PTP cards and of cards with signals in these directions; clocks are not among them."""
    clocks = {row.keys[0] for row in clock_rows(view) if is_receiver(view, row)}
    slots = [row.keys[0] for row in view.opened("lnbHpsTable")]
    signals = view.opened("lnbSignalTable")
    slots += [row.keys[0] for row in signals if view.said(row, "lnbSignalDirection") in directions]
    return [slot for slot in dict.fromkeys(slots) if slot not in clocks]


def _cards(view: DeviceView) -> Iterator[End]:
    states = {row.keys[0]: view.said(row, "lnbClockState") for row in clock_rows(view)}
    models = {row.keys[0]: view.said(row, "lnbModuleModel") for row in view.opened("lnbModuleTable")}
    for slot in slots_of_cards(view, "in", "out", "inout"):
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
            view, PART_OF[one.kind], one.key, one.name, "inout", state.value, _of_network(state, is_used=expected),
            one.slot, one.index,
        )  # fmt: skip


def _of_network(state: Oper, *, is_used: bool) -> Severity:
    if state is Oper.UNKNOWN:
        return Severity.INDETERMINATE
    if state in (Oper.DOWN, Oper.LOWER_LAYER_DOWN) and is_used:
        return severity_of("networkLinkDown")
    return Severity.CLEARED


def instance_key(row: Row) -> str:
    """Slot and name of the PTPv2 instance that a row is about."""
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
            severity = severity_of("networkLinkDown")
        elif enabled and state == "faulty":
            severity = severity_of("ptpPortUnexpected")
        key, alias = instance_key(row), view.said(row, "lnbPtpAlias")
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
