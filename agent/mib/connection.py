"""The connections of a device: from clock to card to port to PTPv2 instance, and with what is outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.mib.interface import Interface, Kind, Oper, interfaces, operational, port_of_instance
from agent.mib.own import once
from agent.mib.view import DeviceView
from agent.mib.wiring import PART_OF, clock_rows, ends, instance_key, is_receiver, severity_of, slots_of_cards
from agent.model.severity import Severity


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


@once
def connections(view: DeviceView) -> dict[str, Connection]:
    """All connections there are now, by identity."""
    found: dict[str, Connection] = {}
    known = ends(view)
    for gather in (_of_references, _of_cards, _of_signals, _of_layers, _of_ptp, _of_parents, _of_nodes):
        for one in gather(view):
            if all(end in known for end in (one.source, one.destination) if end):
                found.setdefault(one.identity, one)
    return found


def _followed(view: DeviceView) -> set[str]:
    """Slots of the clocks the device follows: those that say so, or else the one its reference is named after."""
    selected = {row.keys[0] for row in clock_rows(view) if view.said(row, "lnbClockUse") == "selected"}
    if selected:
        return selected
    names = [str(view.said(row, "lnbSyncReference") or "") for row in view.opened("lnbSyncTable")]
    return {name.replace(" ", "-").partition("-")[0] for name in names if name}


def _of_references(view: DeviceView) -> Iterator[Connection]:
    """From each receiver to its clock, and from each clock to the reference of the chassis."""
    followed = _followed(view)
    for row in clock_rows(view):
        slot = row.keys[0]
        if is_receiver(view, row):
            state = view.said(row, "lnbClockState")
            yield Connection(view, f"receiver/{slot}", f"clock/{slot}", is_active=_is_synchronized(state))
            if view.said(row, "lnbClockUse") is not None or slot in followed:
                yield Connection(view, f"clock/{slot}", "reference/system", is_active=slot in followed)


def _is_synchronized(state: object) -> bool | None:
    return None if state in (None, "other", "unknown", "notAvailable") else state == "synchronized"


def _of_cards(view: DeviceView) -> Iterator[Connection]:
    """From the reference to cards that give out time, and from these to their ports."""
    states = {row.keys[0]: view.said(row, "lnbClockState") for row in clock_rows(view)}
    for slot in slots_of_cards(view, "out"):
        yield Connection(view, "reference/system", f"card/{slot}", is_active=_is_synchronized(states.get(slot)))
    network = operational(view)
    served = {row.keys[0] for row in view.opened("lnbHpsTable")}
    for identity, one in interfaces(view).items():
        if one.kind.is_physical and one.slot in served:
            up = {Oper.UP: True, Oper.DOWN: False}.get(network[identity])
            yield Connection(view, f"card/{one.slot}", _end_of(one), is_active=up)


def _of_signals(view: DeviceView) -> Iterator[Connection]:
    """From inputs to their cards or clocks, and from these to their outputs."""
    known = ends(view)
    for row in view.opened("lnbSignalTable"):
        signal = f"signal/{'/'.join(row.keys[:2])}"
        owner = next((one for part in ("clock", "card") if (one := f"{part}/{row.keys[0]}") in known), "")
        direction = view.said(row, "lnbSignalDirection")
        if owner and direction in ("in", "out"):
            on = {"on": True, "off": False}.get(str(view.said(row, "lnbSignalState")).lower())
            chosen = view.said(row, "lnbSignalSelected")
            both = (signal, owner) if direction == "in" else (owner, signal)
            yield Connection(view, *both, is_active=chosen if direction == "in" else on)


def _end_of(one: Interface) -> str:
    return f"{PART_OF[one.kind].value}/{one.key}"


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
        one = known.get(f"{Kind.PTP.value}/{instance_key(row)}") or port_of_instance(view, row, known)
        if one is not None:
            up = {Oper.UP: True, Oper.DOWN: False, Oper.LOWER_LAYER_DOWN: False}.get(network[one.identity])
            yield Connection(view, _end_of(one), f"ptpInstance/{instance_key(row)}", is_active=up)


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
            yield Connection(view, "", f"ptpInstance/{instance_key(row)}", outside, is_active=True)


def _of_nodes(view: DeviceView) -> Iterator[Connection]:
    """To nodes outside, which the device monitors."""
    for row in view.opened("lnbSyncmonNodeTable"):
        status = view.said(row, "lnbSyncmonNodeStatus")
        told = status not in (None, "other")
        severity = Severity.CLEARED if status == "ok" else severity_of("syncmonNodeAlert") if told else None
        reached = status != "notReachable" if told else None
        yield Connection(view, "reference/system", "", f"SyncMon node {row.keys[0]}", reached, severity)
