"""Alarms and notifications as two standards have them: ALARM-MIB (RFC 3877) and NOTIFICATION-LOG-MIB (RFC 3014).

Both have named lists: one for each device, and the one without a name for the agent itself. The default context has
all of them, a device's context its own. All of it is about the same alarms and the same log as our own group alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from agent.mib import encoding
from agent.mib.declaration import Column, Feed, Group, Index, Module, Notification, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.groups.alarm import ALARM_OBJECTS, AlarmView, LogEntry
from agent.mib.module import northbound
from agent.mib.standard.rows import hidden, string_index
from agent.mib.syntax import (
    COUNTER32,
    COUNTER64,
    DATE_AND_TIME,
    GAUGE,
    INTEGER32,
    OBJECT_IDENTIFIER,
    TEXT,
    TIME_TICKS,
    UNSIGNED32,
    closed,
    octets,
    text,
    unsigned32,
)  # fmt: skip
from agent.model.alarm.catalogue import BY_NAME
from agent.model.alarm.table import Alarm

ALARM_BASE: Final[Oid] = (1, 3, 6, 1, 2, 1, 118)
LOG_BASE: Final[Oid] = (1, 3, 6, 1, 2, 1, 92)
NOWHERE: Final[Oid] = (0, 0)
CLEAR, ACTIVE = 1, 2
"""States of an alarm in alarmModelTable: a notification of one type says both, by lnbAlarmCleared."""
FIRST_OBJECT: Final = 3
"""Place of a notification's first object among its varbinds, behind sysUpTime and snmpTrapOID."""

NUMBER = unsigned32(1)
NAME = text(32)
ENGINE_ID = octets(32)
ADDRESS_TYPE = closed(unknown=0, ipv4=1, ipv6=2, ipv4z=3, ipv6z=4, dns=16)
VALUE_TYPE = closed(
    counter32=1, unsigned32=2, timeTicks=3, integer32=4, ipAddress=5, octetString=6, objectId=7, counter64=8, opaque=9
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log.

    Attributes:
        ticks: sysUpTime when it was put there, 0 when that was before the agent began.
        variables: name, BER tag and content octets of its objects, in order.
    """

    name: str
    entry: LogEntry
    ticks: int
    oid: Oid
    variables: tuple[tuple[Oid, int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """One object of an entry, by its place from 1."""

    entry: Entry
    number: int
    oid: Oid
    tag: int
    content: bytes


@dataclass(frozen=True, slots=True)
class ListView:
    """One named list at one moment.

    Attributes:
        name: the device's, "" of the agent itself.
        oids: OID of each notification type by its name.
        sequences: of the entries.
    """

    name: str
    whole: AlarmView
    engine_id: bytes
    oids: Callable[[str], Oid]
    alarms: tuple[Alarm, ...] = ()
    entries: tuple[Entry, ...] = ()
    sequences: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Listed:
    """An alarm in its list."""

    alarm: Alarm
    view: ListView


@dataclass(frozen=True, slots=True)
class WholeView:
    """What is not of one list.

    Attributes:
        changed_ticks: sysUpTime when an alarm was last raised or cleared.
        logged: entries put into the log since the agent began.
    """

    whole: AlarmView
    module: Module
    changed_ticks: int = 0
    logged: int = 0


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One state of one alarm type."""

    notification: Notification
    state: int
    oid: Oid


def _text(value: str) -> tuple[int, ...]:
    """A text as an index."""
    return string_index(value.encode())


def _date(moment: datetime) -> tuple[int, ...]:
    """A DateAndTime as an index."""
    return string_index(encoding.date_and_time(moment))


def _list_name(row: Any) -> Iterable[int]:
    return _text(row.view.name)


_VIEW_NAME: Final = Index("alarmListName", _list_name)


# ALARM-MIB


def _models(view: WholeView) -> Iterator[ModelRow]:
    for notification in view.module.notifications:
        if notification.objects == ALARM_OBJECTS:
            oid = view.module.notification_oid(notification)
            yield from (ModelRow(notification, state, oid) for state in (CLEAR, ACTIVE))


MODEL = Table(
    2,
    "alarmModelTable",
    "The alarm types, in the list without a name.",
    "One state of one alarm type.",
    (
        Index("alarmListName", lambda row: _text("")),
        Index("alarmModelIndex", lambda row: (row.notification.arc,)),
        Index("alarmModelState", lambda row: (row.state,)),
    ),
    (
        hidden(1, "alarmModelIndex", NUMBER, "Last arc of the notification."),
        hidden(2, "alarmModelState", NUMBER, "1 clear, 2 active."),
        Column(3, "alarmModelNotificationId", OBJECT_IDENTIFIER, "The notification.", value=lambda row: row.oid),
        Column(4, "alarmModelVarbindIndex", UNSIGNED32, "Place of lnbAlarmCleared among its varbinds.",
               value=lambda row: FIRST_OBJECT + ALARM_OBJECTS.index("lnbAlarmCleared")),
        Column(5, "alarmModelVarbindValue", INTEGER32, "What lnbAlarmCleared reads in this state.",
               value=lambda row: 1 if row.state == CLEAR else 2),
        Column(6, "alarmModelDescription", TEXT, "What the type is.", value=lambda row: row.notification.description),
        Column(7, "alarmModelSpecificPointer", OBJECT_IDENTIFIER, "Nothing more is known of the type.",
               value=lambda row: NOWHERE),
        Column(8, "alarmModelVarbindSubtree", OBJECT_IDENTIFIER, "Instances of lnbAlarmResource name the resource.",
               value=lambda row: northbound().objects["lnbAlarmResource"].oid),
        Column(9, "alarmModelResourcePrefix", OBJECT_IDENTIFIER, "Resources are told as they are.",
               value=lambda row: NOWHERE),
        Column(10, "alarmModelRowStatus", closed(active=1), "Types are declared, not made by managers.",
               value=lambda row: "active"),
    ),
    feed=Feed.ALARMS,
    source=_models,
)  # fmt: skip
MODEL_SCALARS = Scalars(
    0,
    "alarmModelScalars",
    (Column(1, "alarmModelLastChanged", TIME_TICKS, "Types never change.", value=lambda view: 0),),
    feed=Feed.ALARMS,
)


ACTIVE_SCALARS = Scalars(
    0,
    "alarmActiveScalars",
    (
        Column(
            1,
            "alarmActiveLastChanged",
            TIME_TICKS,
            "When an alarm was last raised or cleared.",
            value=lambda view: view.changed_ticks,
        ),
        Column(5, "alarmActiveOverflow", COUNTER32, "No alarm is ever left out.", value=lambda view: 0),
    ),
    feed=Feed.ALARMS,
)


def _active(view: ListView) -> Iterator[Listed]:
    return (Listed(alarm, view) for alarm in view.alarms)


def _resource(row: Listed) -> Oid:
    alarm = row.alarm
    return row.view.whole.locate(alarm.object_name, alarm.key) if alarm.object_name else NOWHERE


def _model_pointer(list_state: int, notification: str) -> Oid | None:
    """The row of alarmModelTable for a state of an alarm type, by the name of its notification."""
    arc = next((one.arc for one in northbound().notifications if one.name == notification), None)
    return None if arc is None else (*ALARM_BASE, 1, 1, 2, 1, 3, *_text(""), arc, list_state)


def notification_of(alarm: Alarm) -> str:
    """Name of the notification type of an alarm."""
    return BY_NAME[alarm.alarm_type].notification


def _log_pointer(row: Listed) -> Oid:
    """The row of nlmLogTable for the latest notification about an alarm, while it is in the log."""
    sequence = row.alarm.sequence
    if sequence in row.view.sequences:
        return (*LOG_BASE, 1, 3, 1, 1, 2, *_text(row.view.name), sequence)
    return NOWHERE


def _our_row(row: Listed) -> Oid:
    return row.view.whole.locate("lnbAlarmSequence", (row.alarm.site.index, row.alarm.index))


ACTIVES = Table(
    2,
    "alarmActiveTable",
    "The active alarms.",
    "One active alarm.",
    (
        _VIEW_NAME,
        Index("alarmActiveDateAndTime", lambda row: _date(row.alarm.raised)),
        Index("alarmActiveIndex", lambda row: (row.alarm.index,)),
    ),
    (
        hidden(1, "alarmListName", NAME, "The device, nothing for the agent itself."),
        hidden(2, "alarmActiveDateAndTime", DATE_AND_TIME, "When it was raised."),
        hidden(3, "alarmActiveIndex", NUMBER, "lnbAlarmIndex."),
        Column(4, "alarmActiveEngineID", ENGINE_ID, "This agent's engine.", value=lambda row: row.view.engine_id),
        Column(5, "alarmActiveEngineAddressType", ADDRESS_TYPE, "An agent has many addresses.",
               value=lambda row: "unknown"),
        Column(6, "alarmActiveEngineAddress", octets(255), "None.", value=lambda row: b""),
        Column(7, "alarmActiveContextName", NAME, "Context of the device.", value=lambda row: row.view.name),
        Column(8, "alarmActiveVariables", UNSIGNED32, "The log has what was told of it.", value=lambda row: 0),
        Column(9, "alarmActiveNotificationID", OBJECT_IDENTIFIER, "Its notification.",
               value=lambda row: row.view.oids(notification_of(row.alarm))),
        Column(10, "alarmActiveResourceId", OBJECT_IDENTIFIER, "As lnbAlarmResource.", value=_resource),
        Column(11, "alarmActiveDescription", TEXT, "As lnbAlarmText.", value=lambda row: row.alarm.text),
        Column(12, "alarmActiveLogPointer", OBJECT_IDENTIFIER, "The latest entry about it in the log.",
               value=_log_pointer),
        Column(13, "alarmActiveModelPointer", OBJECT_IDENTIFIER, "Its type.",
               value=lambda row: _model_pointer(ACTIVE, notification_of(row.alarm)) or NOWHERE),
        Column(14, "alarmActiveSpecificPointer", OBJECT_IDENTIFIER, "Its row in lnbAlarmTable.", value=_our_row),
    ),
    feed=Feed.ALARMS,
    source=_active,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Itself:
    """A list as a row."""

    view: ListView


def _itself(view: ListView) -> Iterator[Itself]:
    yield Itself(view)


def _last(view: ListView, *, cleared: bool) -> int:
    """SysUpTime of the latest entry that told of a raise, or of a clear."""
    return max((one.ticks for one in view.entries if one.entry.alarm_index and one.entry.cleared is cleared), default=0)


STATISTICS = Table(
    4,
    "alarmActiveStatsTable",
    "How many alarms are active.",
    "One list.",
    (_VIEW_NAME,),
    (
        Column(1, "alarmActiveStatsActiveCurrent", GAUGE, "Active alarms.", value=lambda row: len(row.view.alarms)),
        Column(3, "alarmActiveStatsLastRaise", TIME_TICKS, "When one was last raised, as far as the log goes.",
               value=lambda row: _last(row.view, cleared=False)),
        Column(4, "alarmActiveStatsLastClear", TIME_TICKS, "When one was last cleared, as far as the log goes.",
               value=lambda row: _last(row.view, cleared=True)),
    ),
    feed=Feed.ALARMS,
    source=_itself,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleared:
    """The end of an alarm, as the log has it."""

    entry: Entry
    view: ListView


def _clears(view: ListView) -> Iterator[Cleared]:
    return (Cleared(one, view) for one in view.entries if one.entry.cleared and one.entry.alarm_index)


CLEARS = Table(
    2,
    "alarmClearTable",
    "Alarms that are over, as far as the log goes.",
    "One alarm that is over.",
    (
        _VIEW_NAME,
        Index("alarmClearDateAndTime", lambda row: _date(row.entry.entry.sent)),
        Index("alarmClearIndex", lambda row: (row.entry.entry.alarm_index,)),
    ),
    (
        hidden(1, "alarmClearIndex", NUMBER, "lnbAlarmIndex it had."),
        hidden(2, "alarmClearDateAndTime", DATE_AND_TIME, "When it was over."),
        Column(3, "alarmClearEngineID", ENGINE_ID, "This agent's engine.", value=lambda row: row.view.engine_id),
        Column(4, "alarmClearEngineAddressType", ADDRESS_TYPE, "An agent has many addresses.",
               value=lambda row: "unknown"),
        Column(5, "alarmClearEngineAddress", octets(255), "None.", value=lambda row: b""),
        Column(6, "alarmClearContextName", NAME, "Context of the device.", value=lambda row: row.view.name),
        Column(7, "alarmClearNotificationID", OBJECT_IDENTIFIER, "The notification that said so.",
               value=lambda row: row.entry.oid),
        Column(9, "alarmClearLogIndex", UNSIGNED32, "Its entry in the log.",
               value=lambda row: row.entry.entry.sequence),
        Column(10, "alarmClearModelPointer", OBJECT_IDENTIFIER, "Its type.",
               value=lambda row: _model_pointer(CLEAR, row.entry.entry.notification) or NOWHERE),
    ),
    feed=Feed.ALARMS,
    source=_clears,
)  # fmt: skip
CLEAR_SCALARS = Scalars(
    0,
    "alarmClearScalars",
    (Column(1, "alarmClearMaximum", UNSIGNED32, "As many as the log has entries.",
            value=lambda view: view.whole.settings.log_max_count),),
    feed=Feed.ALARMS,
)  # fmt: skip


# NOTIFICATION-LOG-MIB

CONFIGURATION = Scalars(
    1,
    "nlmConfig",
    (
        Column(1, "nlmConfigGlobalEntryLimit", UNSIGNED32, "As lnbNotifyLogMaxCount.",
               value=lambda view: view.whole.settings.log_max_count),
        Column(2, "nlmConfigGlobalAgeOut", UNSIGNED32, "As lnbNotifyLogKeepMinutes.",
               value=lambda view: view.whole.settings.log_keep_minutes),
    ),
    feed=Feed.ALARMS,
)  # fmt: skip
GLOBAL_STATISTICS = Scalars(
    2,
    "nlmStats",
    (
        Column(1, "nlmStatsGlobalNotificationsLogged", COUNTER32, "Entries put into the log since the agent began.",
               value=lambda view: view.logged),
        Column(2, "nlmStatsGlobalNotificationsBumped", COUNTER32, "As lnbNotifyLogBumped.",
               value=lambda view: view.whole.bumped),
    ),
    feed=Feed.ALARMS,
)  # fmt: skip


def _entries(view: ListView) -> Iterable[Entry]:
    return view.entries


_LOG_NAME: Final = Index("nlmLogName", lambda row: _text(row.name))
LOG = Table(
    1,
    "nlmLogTable",
    "The notifications that were decided on.",
    "One notification.",
    (_LOG_NAME, Index("nlmLogIndex", lambda row: (row.entry.sequence,))),
    (
        hidden(1, "nlmLogIndex", NUMBER, "Its sequence number."),
        Column(2, "nlmLogTime", TIME_TICKS, "When it was decided on; 0 when that was before the agent began.",
               value=lambda row: row.ticks),
        Column(3, "nlmLogDateAndTime", DATE_AND_TIME, "When it was decided on.", value=lambda row: row.entry.sent),
        Column(8, "nlmLogContextName", TEXT, "Context of the device.", value=lambda row: row.name),
        Column(9, "nlmLogNotificationID", OBJECT_IDENTIFIER, "Its type.", value=lambda row: row.oid),
    ),
    feed=Feed.ALARMS,
    source=_entries,
)  # fmt: skip


def _variables(view: ListView) -> Iterator[Variable]:
    for one in view.entries:
        for number, (oid, tag, content) in enumerate(one.variables, 1):
            yield Variable(one, number, oid, tag, content)


_KINDS: Final = {
    encoding.COUNTER32: "counter32", encoding.UNSIGNED32: "unsigned32", encoding.TIME_TICKS: "timeTicks",
    encoding.INTEGER: "integer32", encoding.OCTET_STRING: "octetString", encoding.OBJECT_IDENTIFIER: "objectId",
    encoding.COUNTER64: "counter64",
}  # fmt: skip
"""Kind of each BER tag that our own notifications carry."""


def _value(arc: int, name: str, syntax: Any) -> Column:
    """The value of a variable, in the column of its type: its octets are finished already."""
    finished = octets(65_535)
    ready = type(syntax)(syntax.smi, syntax.tag, finished.read, finished.encode, kind=syntax.kind)
    return Column(
        arc, name, ready, "Value.", value=lambda row: row.content if row.tag == syntax.tag else None
    )  # fmt: skip


LOG_VARIABLES = Table(
    2,
    "nlmLogVariableTable",
    "What the notifications carried.",
    "One object of one notification.",
    (
        Index("nlmLogName", lambda row: _text(row.entry.name)),
        Index("nlmLogIndex", lambda row: (row.entry.entry.sequence,)),
        Index("nlmLogVariableIndex", lambda row: (row.number,)),
    ),
    (
        hidden(1, "nlmLogVariableIndex", NUMBER, "Place among the objects."),
        Column(2, "nlmLogVariableID", OBJECT_IDENTIFIER, "The object.", value=lambda row: row.oid),
        Column(3, "nlmLogVariableValueType", VALUE_TYPE, "Type of its value.", value=lambda row: _KINDS.get(row.tag)),
        _value(4, "nlmLogVariableCounter32Val", COUNTER32),
        _value(5, "nlmLogVariableUnsigned32Val", UNSIGNED32),
        _value(6, "nlmLogVariableTimeTicksVal", TIME_TICKS),
        _value(7, "nlmLogVariableInteger32Val", INTEGER32),
        _value(8, "nlmLogVariableOctetStringVal", octets(65_535)),
        _value(10, "nlmLogVariableOidVal", OBJECT_IDENTIFIER),
        _value(11, "nlmLogVariableCounter64Val", COUNTER64),
    ),
    feed=Feed.ALARMS,
    source=_variables,
)  # fmt: skip

_RFC3877, _RFC3014 = "RFC 3877.", "RFC 3014."
WHOLE: Final = Module(
    "lists",
    (1, 3, 6, 1),
    (
        Group(1, "alarmModel", _RFC3877, (MODEL_SCALARS, MODEL), oid=(*ALARM_BASE, 1, 1)),
        Group(2, "alarmActiveWhole", _RFC3877, (ACTIVE_SCALARS,), oid=(*ALARM_BASE, 1, 2)),
        Group(3, "alarmClearWhole", _RFC3877, (CLEAR_SCALARS,), oid=(*ALARM_BASE, 1, 3)),
        Group(4, "nlmWhole", _RFC3014, (CONFIGURATION, GLOBAL_STATISTICS), oid=(*LOG_BASE, 1)),
    ),
)
"""What is not of one list."""
LISTS: Final = Module(
    "list",
    (1, 3, 6, 1),
    (
        Group(2, "alarmActive", _RFC3877, (ACTIVES, STATISTICS), oid=(*ALARM_BASE, 1, 2)),
        Group(3, "alarmClear", _RFC3877, (CLEARS,), oid=(*ALARM_BASE, 1, 3)),
    ),
)
"""What each list has."""
LOGS: Final = Module("log", (1, 3, 6, 1), (Group(4, "nlmLog", _RFC3014, (LOG, LOG_VARIABLES), oid=(*LOG_BASE, 1, 3)),))
"""What the log of each list has."""
