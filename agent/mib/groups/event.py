"""Notification events: what the device can report, and when it last did."""

from __future__ import annotations

from collections.abc import Iterable

from agent.mib.declaration import Access, Column, Group, Index, Table, described
from agent.mib.groups.common import DEVICE
from agent.mib.syntax import DATE_AND_TIME, INDEX, TEXT, TRUTH, enumeration
from agent.mib.view import Row

EVENT_TYPE = enumeration("info", "warning", "error", "critical", "action")


def event_key(name: str) -> str:
    """An event's name as all API generations have it: V10 and V20 spell some differently."""
    return name.strip().lower().replace(":", "").replace("leap-second", "leapsecond")


def _index(row: Row) -> Iterable[int]:
    return (row.identities.index("event", event_key(row.keys[-1])),)


EVENT = Index("lnbEventIndex", _index)

EVENTS = Table(
    1,
    "lnbEventTable",
    "The notification events that can occur on each device. Many come in pairs of a bad and a good one, such as "
    "ntp-not-sync and ntp-sync: when one is triggered the other is not.",
    "One notification event.",
    (DEVICE, EVENT),
    (
        Column(
            1,
            "lnbEventIndex",
            INDEX,
            "Number of the event, given when its key is first seen and kept for ever, also when a firmware update "
            "changes the spelling of its name.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbEventName", TEXT, "Name of the event as the device writes it.", ("object-id",)),
        Column(
            3,
            "lnbEventKey",
            TEXT,
            "Name of the event in a spelling that is the same for all API generations: without colons, with "
            "leapsecond in one word. Match events by this object.",
            value=lambda row: event_key(row.keys[-1]),
        ),
        *described(
            4,
            "lnbEventType",
            EVENT_TYPE,
            "Severity of the event; action is something that was done or happened, without severity.",
            "type",
        ),
        Column(
            6,
            "lnbEventTriggered",
            TRUTH,
            "Whether the event is triggered. Of a pair of events it tells the current state.",
            ("triggered",),
        ),
        Column(
            7,
            "lnbEventLastTriggered",
            DATE_AND_TIME,
            "When the event was last triggered, UTC. Absent when it never was.",
            ("last-triggered",),
        ),
    ),
    rows=("status.notification.events[]",),
)

GROUP = Group(15, "lnbEvent", "Notification events of the devices.", (EVENTS,))
