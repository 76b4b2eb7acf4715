"""Notices made: what was decided on about alarms, as notifications with finished varbinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from agent.mib import encoding
from agent.mib.declaration import Column, Module, Notification
from agent.mib.encoding import Oid
from agent.mib.groups.alarm import AlarmRow, AlarmView, LogEntry, alarm_instance
from agent.model.alarm.catalogue import BY_NAME
from agent.model.alarm.facts import Key
from agent.model.alarm.storm import worst
from agent.model.alarm.table import Alarm
from agent.model.severity import Severity
from agent.wire.notice import Notice, Wording

_SCALAR: Final[Key] = (0,)


def identity_text(alarm: Alarm) -> str:
    """An alarm's identity as one text: device, resource and type."""
    return "|".join(alarm.identity)


@dataclass(frozen=True, slots=True)
class _Carried:
    """One object of a notification: its encoded OID without instance, and its declaration."""

    oid: bytes
    column: Column


class Notices:
    """Makes the notices of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._oids = {one.name: module.notification_oid(one) for one in module.notifications}
        self._carried = {one.name: tuple(map(self._object, one.objects)) for one in module.notifications}

    def _object(self, name: str) -> _Carried:
        located = self._module.objects[name]
        return _Carried(encoding.oid(located.oid), located.column)

    def locate(self, name: str, key: Key) -> Oid:
        """The OID of an object's instance; 0.0 for an object the module does not have."""
        located = self._module.objects.get(name)
        return (*located.oid, *key) if located else (0, 0)

    def of_alarm(self, alarm: Alarm, view: AlarmView, uptime_ticks: int, other: Wording | None = None) -> Notice:
        """The notice about an alarm as it is now: raised, changed, cleared or repeated alike; `other` as in Notice."""
        name = BY_NAME[alarm.alarm_type].notification
        return Notice(
            oid=self._oids[name],
            varbinds=self._varbinds(name, AlarmRow(alarm, view), alarm_instance(alarm)),
            uptime_ticks=uptime_ticks,
            sequence=0 if alarm.repeat else alarm.sequence,
            device=alarm.site.name,
            alarm_type=alarm.alarm_type,
            identity=identity_text(alarm),
            severity=alarm.severity,
            cleared=alarm.cleared,
            other=other,
        )

    def of_agent(
        self,
        notification: Notification,
        view: AlarmView,
        uptime_ticks: int,
        *,
        numbered: bool = True,
        other: Wording | None = None,
    ) -> Notice:
        """A notice about no alarm; its varbinds are scalars of the view."""
        severity = worst(storm.severity for storm in view.storms.values())
        return Notice(
            oid=self._oids[notification.name],
            varbinds=self._varbinds(notification.name, view, _SCALAR),
            uptime_ticks=uptime_ticks,
            sequence=view.sequence if numbered else 0,
            severity=severity,
            other=other,
        )

    def _varbinds(self, name: str, row: Any, instance: Sequence[int]) -> tuple[bytes, ...]:
        suffix = encoding.sub_identifiers(instance)
        varbinds = []
        for carried in self._carried[name]:
            column = carried.column
            value = column.value(row) if column.value else None
            content = column.syntax.encode(value)
            oid = encoding.tlv(encoding.OBJECT_IDENTIFIER, carried.oid + suffix)
            varbinds.append(encoding.tlv(0x30, oid + encoding.tlv(column.syntax.tag, content)))
        return tuple(varbinds)


def logged_alarm(alarm: Alarm, sent: datetime) -> LogEntry:
    """The log entry of a notice about an alarm."""
    return LogEntry(
        sequence=alarm.sequence,
        sent=sent,
        notification=BY_NAME[alarm.alarm_type].notification,
        device=alarm.site.name,
        alarm_index=alarm.index,
        severity=alarm.severity,
        cleared=alarm.cleared,
        resource=alarm.resource,
        text=alarm.text,
        value=alarm.value,
    )


def logged_agent(notification: Notification, sequence: int, sent: datetime, text: str, value: str = "") -> LogEntry:
    """The log entry of a notice about no alarm."""
    return LogEntry(sequence, sent, notification.name, severity=Severity.INDETERMINATE, text=text, value=value)
