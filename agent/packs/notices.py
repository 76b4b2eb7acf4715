"""What packs for receivers know of the notifications: those about alarms, those about the agent, their varbinds."""

from __future__ import annotations

from collections.abc import Iterator

from agent.errors import DeclarationError
from agent.mib.declaration import Module, Notification
from agent.mib.groups.alarm import ALARM_OBJECTS
from agent.model.alarm.catalogue import TYPES
from agent.model.alarm.kind import AlarmType
from agent.model.severity import Severity

SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING, Severity.INDETERMINATE)
"""What an active alarm can have, the worst first."""


def of_alarms(module: Module) -> Iterator[tuple[Notification, AlarmType]]:
    """The notifications about alarms with their types, by arc."""
    kinds = {kind.notification: kind for kind in TYPES}
    for notification in sorted(module.notifications, key=lambda one: one.arc):
        if notification.name in kinds:
            yield notification, kinds[notification.name]


def of_agent(module: Module) -> Iterator[Notification]:
    """The others, by arc."""
    about_alarms = {notification.name for notification, _ in of_alarms(module)}
    return (one for one in sorted(module.notifications, key=lambda one: one.arc) if one.name not in about_alarms)


def place(name: str) -> int:
    """Where an object stands among the varbinds of a notification about an alarm, from 1.

    Raises:
        DeclarationError: it is not among them.
    """
    if name not in ALARM_OBJECTS:
        raise DeclarationError(f"packs: notifications do not carry {name}")
    return ALARM_OBJECTS.index(name) + 1
