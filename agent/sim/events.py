"""The `notification` branch: one row per event that can occur on the device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from agent.sim.moment import Moment, stamp
from agent.sim.shape import JsonObject
from agent.sim.spec import SimSpec


@dataclass(frozen=True)
class Event:
    """One kind of event. `after` is when a healthy device triggered it, in seconds after its start."""

    name: str
    kind: str
    triggered: int = 0
    after: int | None = None


NORMAL_OPERATION = Event("normal-operation", "info", 1, 95)

# Order and types as a V10 device lists them.
_COMMON = (
    NORMAL_OPERATION,
    Event("ntp-not-sync", "error", 0, 60),
    Event("ntp-sync", "info", 1, 90),
    Event("ntp-stopped", "critical"),
    Event("ntp-offset-limit-exceeded", "error"),
    Event("ntp-offset-limit-ok", "info"),
    Event("system-reboot", "action", 0, 0),
    Event("refclock-1-not-responding", "critical"),
    Event("refclock-1-not-sync", "error", 0, 30),
    Event("refclock-1-sync", "info", 1, 70),
    Event("antenna-faulty", "error"),
    Event("antenna-reconnect", "info"),
    Event("device-configuration-changed", "action"),
    Event("leap-second-announced", "info"),
    Event("sync-monitor", "action"),
    Event("sync-monitor-alert", "error", 0, 400),
    Event("sync-monitor-ok", "info", 1, 520),
    Event("network-link-down", "error"),
    Event("network-link-up", "info", 1, 12),
    Event("low-system-resources", "warning"),
    Event("sufficient-system-resources", "info"),
    Event("https-certificate-expired", "error"),
    Event("https-certificate-expire-warning", "warning"),
    Event("self-signed-https-certificate-in-use", "warning", 1, 7),
    Event("cluster-master-changed", "info"),
    Event("cluster-falseticker-detected", "warning"),
    Event("cluster-falseticker-cleared", "info"),
    Event("faillock:-user-banned", "action"),
)

# A modular chassis has more rows; these names are inferred from the trap texts.
_MODULAR = (
    Event("refclock-2-not-responding", "critical"),
    Event("refclock-2-not-sync", "error", 0, 30),
    Event("refclock-2-sync", "info", 1, 84),
    Event("power-supply-failure", "error"),
    Event("power-supply-up", "info", 1, 5),
    Event("fan-failure", "error"),
    Event("fan-ok", "info", 1, 5),
    Event("ptp-link-down", "error"),
    Event("ptp-link-up", "info", 1, 40),
    Event("ptp-state-changed", "action", 0, 45),
    Event("ptp-error", "error"),
    Event("ims-error", "error"),
    Event("ims-ok", "info", 1, 20),
)

_ADDED_IN_V20 = (
    Event("antenna-short-circuit", "error"),
    Event("oscillator-adjusted", "info", 1, 900),
    Event("oscillator-not-adjusted", "warning", 0, 30),
    Event("auto-update-avail", "info"),
    Event("auto-update-installed", "info"),
    Event("auto-update-failed", "error"),
)

# V20 unified the spelling of leap second and dropped the colon.
_RENAMED_IN_V20 = {
    "leap-second-announced": "leapsecond-announced",
    "faillock:-user-banned": "faillock-user-banned",
}


def event_kinds(spec: SimSpec) -> list[Event]:
    """The events the device of this spec can raise."""
    kinds = [*_COMMON, *_MODULAR]
    if spec.is_v20:
        kinds = [Event(event_name(spec, e.name), e.kind, e.triggered, e.after) for e in kinds]
        kinds += _ADDED_IN_V20
    return kinds


def event_name(spec: SimSpec, name: str) -> str:
    """The spelling of an event in the generation of this spec."""
    return _RENAMED_IN_V20.get(name, name) if spec.is_v20 else name


def notification_branch(moment: Moment) -> JsonObject:
    """`/api/status/notification`."""
    marks = {event_name(moment.spec, name): mark for name, mark in moment.conditions.events.items()}
    rows = []
    for event in event_kinds(moment.spec):
        triggered, last = event.triggered, "never"
        if event.after is not None:
            last = stamp(moment.booted + timedelta(seconds=event.after))
        mark = marks.get(event.name)
        if mark:
            triggered, last = mark.triggered, stamp(mark.last) if mark.last else last
        rows.append({"object-id": event.name, "type": event.kind, "triggered": triggered, "last-triggered": last})
    # The device takes normal operation back while some error stands.
    if any(row["triggered"] and row["type"] in ("error", "critical") for row in rows):
        rows[0]["triggered"] = 0
    return {"events": rows}
