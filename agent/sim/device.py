"""What the simulated device remembers: when it and its cards started, and which events there were."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from agent.sim.catalogue import Fault
from agent.sim.chassis import slots
from agent.sim.events import NORMAL_OPERATION, event_kinds, event_name
from agent.sim.moment import Conditions, EventMark, Moment
from agent.sim.spec import SimSpec
from agent.sim.store import Store

# A machine whose clock is far from the default start of the spec gets a device that is this old.
_USUAL_AGE = timedelta(days=11)
_GREATEST_AGE = timedelta(days=480)

# Events that begin and end with a fault: those triggered by it and those triggered by its end.
_PAIRS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "clock-unsync": (("ntp-not-sync", "refclock-1-not-sync"), ("ntp-sync", "refclock-1-sync")),
    "antenna-fault": (("antenna-faulty",), ("antenna-reconnect",)),
    "link-down": (("network-link-down",), ("network-link-up",)),
    "psu-lost": (("power-supply-failure",), ("power-supply-up",)),
    "card-pulled": (("ims-error",), ("ims-ok",)),
}
_PTP_LINK = (("ptp-link-down",), ("ptp-link-up",))
# Events of type "action" happen: the captures show their time, but never `triggered`.
_HAPPENINGS = {"ptp-port-state": "ptp-state-changed", "grandmaster-change": "ptp-state-changed"}
_RESTARTING_CARD = ("card-pulled", "card-replaced")
REBOOT_MODES = ("unavailable", "refuse")
LOSSES = ("close", "hang")


class Device:
    """The memory of one device; faults act on it as they begin and end."""

    def __init__(self, spec: SimSpec, clock: Callable[[], datetime]) -> None:
        self.spec = spec
        self._clock = clock
        self._booted = spec.booted
        if not timedelta() <= clock() - spec.booted <= _GREATEST_AGE:
            self._booted = clock() - _USUAL_AGE
        self._up_from = time.monotonic()
        self._card_starts: dict[str, datetime] = {}
        self._marks: dict[str, EventMark] = {}
        self._grandmasters: dict[tuple[str, int], int] = {}
        self.store = Store(clock)
        self._lock = threading.RLock()

    @property
    def is_down(self) -> bool:
        """Whether a reboot is still going on."""
        return time.monotonic() < self._up_from

    def begin(self, fault: Fault) -> None:
        """A fault has been set.

        Raises:
            ValueError: it names something this device does not have.
        """
        self._check(fault)
        name = fault.kind.name
        with self._lock:
            if name == "reboot":
                self._reboot(fault.number("seconds"))
            elif name == "event":
                self._mark(fault.text("event"), fault.integer("triggered"), fault.since)
            elif name == "grandmaster-change":
                place = _place(fault)
                self._grandmasters[place] = self._grandmasters.get(place, 0) + 1
            elif name == "card-replugged":
                self._card_starts[fault.text("slot")] = fault.since + timedelta(seconds=fault.number("seconds"))
                self._mark("ims-ok", 1, fault.since)
            elif name in _RESTARTING_CARD:
                self._card_starts[fault.text("slot")] = fault.since
            if name in _HAPPENINGS:
                self._mark(_HAPPENINGS[name], 0, fault.since)
            bad, good = _pair(fault)
            self._flip(bad, good, fault.since)

    def end(self, fault: Fault) -> None:
        """A fault has been cleared or is used up."""
        now = self._clock()
        with self._lock:
            if fault.kind.name == "event":
                self._mark(fault.text("event"), 0, None)
            if fault.kind.name in _RESTARTING_CARD:
                self._card_starts[fault.text("slot")] = now
            if fault.kind.name in _HAPPENINGS:
                self._mark(_HAPPENINGS[fault.kind.name], 0, now)
            bad, good = _pair(fault)
            self._flip(good, bad, now)
            if bad:
                self._mark(NORMAL_OPERATION.name, 1, now)

    def record_lockout(self) -> None:
        """Note that an account was locked."""
        with self._lock:
            self._mark("faillock:-user-banned", 0, self._clock())

    def moment(self, faults: Iterable[Fault]) -> Moment:
        """The device now, under these faults."""
        faults = list(faults)
        jump = sum(fault.number("seconds") for fault in faults if fault.kind.name == "clock-jump")
        now = self._clock()
        with self._lock:
            conditions = self._conditions(faults, now)
        return Moment(self.spec, now + timedelta(seconds=jump), conditions)

    def _conditions(self, faults: list[Fault], now: datetime) -> Conditions:
        def named(name: str) -> list[Fault]:
            return [fault for fault in faults if fault.kind.name == name]

        unsync = named("clock-unsync")
        antenna = named("antenna-fault")
        pulled = {fault.text("slot") for fault in named("card-pulled")}
        pulled |= {slot for slot, start in self._card_starts.items() if now < start}
        changed_at = self.store.changed()
        changed = [_place(fault) for fault in named("grandmaster-change")]
        return Conditions(
            booted=self._booted,
            unsync_since=unsync[0].since if unsync else None,
            clock_state=unsync[0].text("state") if unsync else "synchronized",
            antenna=antenna[0].text("state") if antenna else "",
            links_down=frozenset(fault.text("port") for fault in named("link-down")),
            lost_supplies=frozenset(fault.text("slot") for fault in named("psu-lost")),
            pulled=frozenset(pulled),
            replaced={fault.text("slot"): fault.text("model") for fault in named("card-replaced")},
            card_starts=dict(self._card_starts),
            port_states={_place(fault): fault.text("state") for fault in named("ptp-port-state")},
            grandmasters={place: self._grandmasters[place] for place in changed},
            slots_reordered=bool(named("slots-reordered")),
            events=self._events(changed_at),
            configured=self.store.running(),
            configured_at=changed_at,
            pending_changes=len(self.store.pending()),
        )

    def _check(self, fault: Fault) -> None:
        """Refuse a fault that could have no effect."""
        parameters = fault.parameters
        known = {slot.name for slot in slots(self.spec)}
        if "slot" in parameters and fault.text("slot") not in known:
            raise ValueError(f"there is no slot {fault.text('slot')!r}; there are {sorted(known)}")
        if "event" in parameters:
            names = [event.name for event in event_kinds(self.spec)]
            if event_name(self.spec, fault.text("event")) not in names:
                raise ValueError(f"there is no event {fault.text('event')!r}; there are {names}")
        if fault.kind.name == "reboot" and fault.text("mode") not in REBOOT_MODES:
            raise ValueError(f"mode of reboot must be one of {REBOOT_MODES}")
        if fault.kind.name == "answer-lost" and fault.text("how") not in LOSSES:
            raise ValueError(f"how of answer-lost must be one of {LOSSES}")
        bounds = fault.items("range") if "range" in parameters else []
        if bounds and (len(bounds) != 2 or not all(type(bound) in (int, float) for bound in bounds)):
            raise ValueError("range of value-adjusted must be [low, high]")

    def _reboot(self, seconds: float) -> None:
        self._up_from = time.monotonic() + seconds
        self._booted = self._clock() + timedelta(seconds=seconds)
        self._card_starts.clear()
        self._mark("system-reboot", 0, self._clock())
        # That a restart loses what was only staged is inferred.
        self.store.discard(all_of_it=True)

    def _events(self, changed_at: Mapping[str, datetime]) -> dict[str, EventMark]:
        marks = dict(self._marks)
        if changed_at:
            marks["device-configuration-changed"] = EventMark(0, max(changed_at.values()))
        return marks

    def _flip(self, triggered: Iterable[str], untriggered: Iterable[str], when: datetime) -> None:
        for name in triggered:
            self._mark(name, 1, when)
        for name in untriggered:
            self._mark(name, 0, None)

    def _mark(self, name: str, triggered: int, when: datetime | None) -> None:
        """Note the state of an event; one that is only taken back keeps its time."""
        earlier = self._marks.get(name)
        self._marks[name] = EventMark(triggered, when or (earlier.last if earlier else None))


def _place(fault: Fault) -> tuple[str, int]:
    return fault.text("slot"), fault.integer("instance")


def _pair(fault: Fault) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if fault.kind.name == "link-down" and not fault.text("port").startswith("lan"):
        return _PTP_LINK
    return _PAIRS.get(fault.kind.name, ((), ()))
