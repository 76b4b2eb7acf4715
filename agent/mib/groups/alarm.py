"""Alarms: those that are active, the notifications that were sent, the alarm types, and what controls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.config import AlarmSettings
from agent.mib import encoding
from agent.mib.declaration import Access, Column, Feed, Group, Index, Notification, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.syntax import (
    COUNTER32,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    OBJECT_IDENTIFIER,
    TEXT,
    TRUTH,
    UNSIGNED32,
    Syntax,
    text,
    unsigned32,
)
from agent.model import reading
from agent.model.alarm.catalogue import TYPES
from agent.model.alarm.facts import Key
from agent.model.alarm.kind import AlarmType, RuleSettings
from agent.model.alarm.storm import Storm, worst
from agent.model.alarm.table import Alarm
from agent.model.severity import Severity


def _severity_syntax() -> Syntax:
    labels = {one.name.lower(): int(one) for one in Severity}
    listed = ", ".join(f"{word}({number})" for word, number in labels.items())
    return Syntax(
        f"INTEGER {{ {listed} }}", encoding.INTEGER, reading.word, lambda value: encoding.integer(int(value)),
        labels=labels, kind="enumeration",
    )  # fmt: skip


SEVERITY = _severity_syntax()
"""Perceived severity, numbered as ItuPerceivedSeverity of ITU-ALARM-TC-MIB."""

RESOURCE_LIMIT, VALUE_LIMIT, ADDRESS_LIMIT = 128, 64, 64


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One notification as it was sent.

    Attributes:
        notification: name of its type.
        alarm_index: the alarm it was about, 0 for none.
    """

    sequence: int
    sent: datetime
    notification: str
    device: str = ""
    alarm_index: int = 0
    severity: Severity = Severity.INDETERMINATE
    cleared: bool = False
    resource: str = ""
    text: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Everything about alarms at one moment.

    Attributes:
        locate: the OID of an object's instance, by name and index.
        rules: the settings of a rule that hold for devices without their own.
        sequence: number of the notification sent last.
        bumped: log entries dropped to keep the limit of their number.
        storm: in a notification the storm it is about, else all storms together.
    """

    settings: AlarmSettings
    rules: Callable[[str], RuleSettings]
    locate: Callable[[str, Key], Oid]
    alarms: tuple[Alarm, ...] = ()
    log: tuple[LogEntry, ...] = ()
    sequence: int = 0
    bumped: int = 0
    changed: datetime | None = None
    storms: Mapping[str, Storm] = field(default_factory=dict)
    resyncing: bool = False
    test_text: str = ""

    def active(self, *severities: Severity) -> int:
        """Active alarms of some severities, of all without any."""
        return sum(not severities or alarm.severity in severities for alarm in self.alarms)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm in its view."""

    alarm: Alarm
    view: AlarmView


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One alarm type with its settings, and how many alarms of it are active."""

    kind: AlarmType
    settings: RuleSettings
    active: int


def _alarms(view: AlarmView) -> Iterator[AlarmRow]:
    return (AlarmRow(alarm, view) for alarm in view.alarms)


def _types(view: AlarmView) -> Iterator[TypeRow]:
    active = Counter(alarm.alarm_type for alarm in view.alarms)
    return (TypeRow(kind, view.rules(kind.name), active[kind.name]) for kind in TYPES)


def _log(view: AlarmView) -> Iterable[LogEntry]:
    return view.log


def alarm_instance(alarm: Alarm) -> Key:
    """Index of an alarm's row: its device (0 for the agent), its number."""
    return (alarm.site.index, alarm.index)


def _resource(row: AlarmRow) -> Oid:
    return row.view.locate(row.alarm.object_name, row.alarm.key) if row.alarm.object_name else (0, 0)


def _thresholds(row: TypeRow) -> str:
    shown = []
    for name, value in row.settings.thresholds.items():
        words = " ".join(value) if isinstance(value, tuple) else f"{value:.12g}"
        shown.append(f"{name}: {words}")
    return ", ".join(shown)


def _storm_types(view: AlarmView) -> str:
    return ", ".join(view.storms)


CONTROL = Scalars(
    1,
    "lnbAlarmControl",
    (
        Column(1, "lnbAlarmLastSequence", UNSIGNED32,
               "Sequence number of the notification sent last; rises by one with each numbered notification, also over "
               "restarts of the agent. One that is missing can be read in lnbNotifyLogTable.",
               value=lambda view: view.sequence),
        Column(2, "lnbAlarmActive", GAUGE, "Active alarms.", value=lambda view: view.active()),
        Column(3, "lnbAlarmActiveCritical", GAUGE, "Active alarms of severity critical.",
               value=lambda view: view.active(Severity.CRITICAL)),
        Column(4, "lnbAlarmActiveMajor", GAUGE, "Active alarms of severity major.",
               value=lambda view: view.active(Severity.MAJOR)),
        Column(5, "lnbAlarmActiveMinor", GAUGE, "Active alarms of severity minor.",
               value=lambda view: view.active(Severity.MINOR)),
        Column(6, "lnbAlarmActiveWarning", GAUGE, "Active alarms of severity warning.",
               value=lambda view: view.active(Severity.WARNING)),
        Column(7, "lnbAlarmActiveIndeterminate", GAUGE, "Active alarms of severity indeterminate.",
               value=lambda view: view.active(Severity.INDETERMINATE)),
        Column(8, "lnbAlarmLastChange", DATE_AND_TIME,
               "When an alarm was last raised, changed or cleared. Absent while none ever was.",
               value=lambda view: view.changed),
        Column(9, "lnbAlarmResync", TRUTH,
               "Set to true to be sent every active alarm once more, between lnbResyncStarted and lnbResyncEnded; it "
               "reads false again when they are on their way. An alarm a manager knows of that is not among them is "
               "over. Refused (inconsistentValue) during a storm: a resync follows it anyway.",
               value=lambda view: view.resyncing, access=Access.READ_WRITE),
        Column(10, "lnbAlarmTest", text(VALUE_LIMIT),
               "Set to a text to have lnbTest sent with it to every receiver. Reads the text set last.",
               value=lambda view: view.test_text, access=Access.READ_WRITE),
        Column(11, "lnbAlarmHeartbeatInterval", unsigned32(0, 86_400),
               "Configured interval between heartbeats; 0 for none.",
               value=lambda view: round(view.settings.heartbeat_s), units="seconds"),
        Column(12, "lnbNotifyLogMaxCount", unsigned32(1, 10_000),
               "Entries kept in lnbNotifyLogTable; when there are more the oldest go, at once when this is lowered. "
               "What is written holds over restarts until the configuration says something else.",
               value=lambda view: view.settings.log_max_count, access=Access.READ_WRITE),
        Column(13, "lnbNotifyLogKeepMinutes", unsigned32(0, 525_600),
               "Age at which entries of lnbNotifyLogTable go, 0 for none. What is written holds over restarts until "
               "the configuration says something else.",
               value=lambda view: view.settings.log_keep_minutes, units="minutes", access=Access.READ_WRITE),
        Column(14, "lnbNotifyLogEntries", GAUGE, "Entries in lnbNotifyLogTable.", value=lambda view: len(view.log)),
        Column(15, "lnbNotifyLogBumped", COUNTER32,
               "Entries dropped to keep lnbNotifyLogMaxCount; those that went by age do not count.",
               value=lambda view: view.bumped),
        Column(16, "lnbStormType", TEXT,
               "Alarm types of which single notifications are held back now, all for every type; empty when there is "
               "no storm. In lnbStormStarted and lnbStormEnded the type that the storm is about.",
               value=_storm_types),
        Column(17, "lnbStormSeverity", SEVERITY, "Worst severity seen in the storm; cleared when there is none.",
               value=lambda view: worst(one.severity for one in view.storms.values()) if view.storms
               else Severity.CLEARED),
        Column(18, "lnbStormHeldBack", GAUGE, "Notifications held back in the storm so far.",
               value=lambda view: sum(one.held_back for one in view.storms.values())),
    ),
    feed=Feed.ALARMS,
)  # fmt: skip

ALARMS = Table(
    2,
    "lnbAlarmTable",
    "The active alarms. One row is one alarm type about one resource, from raise to clear; what changes meanwhile "
    "changes the row. Rows outlive restarts of the agent.",
    "One active alarm, by its device and its number.",
    (
        Index("lnbAlarmDevice", lambda row: (row.alarm.site.index,)),
        Index("lnbAlarmIndex", lambda row: (row.alarm.index,)),
    ),
    (
        Column(1, "lnbAlarmDevice", UNSIGNED32,
               "lnbDeviceIndex of the device the alarm is about; 0 for the agent itself.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbAlarmIndex", INDEX, "Number of the alarm, rising from alarm to alarm and never used again.",
               access=Access.NOT_ACCESSIBLE),
        Column(3, "lnbAlarmSequence", UNSIGNED32,
               "Sequence number of the latest notification about the alarm; 0 when none was sent (storm).",
               value=lambda row: row.alarm.sequence),
        Column(4, "lnbAlarmNumber", INDEX, "lnbAlarmIndex as a value, for notifications.",
               value=lambda row: row.alarm.index),
        Column(5, "lnbAlarmType", text(32), "Name of the alarm type, as in lnbAlarmTypeTable and the configuration.",
               value=lambda row: row.alarm.alarm_type),
        Column(6, "lnbAlarmSeverity", SEVERITY,
               "Perceived severity, numbered as in ITU-ALARM-TC-MIB. The severity an alarm had stays when it is "
               "cleared; lnbAlarmCleared says that.", value=lambda row: row.alarm.severity),
        Column(7, "lnbAlarmCleared", TRUTH,
               "Whether the alarm is over: true in the notification that says so, false in every row of the table.",
               value=lambda row: row.alarm.cleared),
        Column(8, "lnbAlarmResource", OBJECT_IDENTIFIER,
               "Instance of the object that the alarm was found in; 0.0 for none.", value=_resource),
        Column(9, "lnbAlarmResourceText", text(RESOURCE_LIMIT),
               "The resource within its device, such as io1/instance0; empty for the device itself. Device, resource "
               "and type together are what makes an alarm the same alarm.", value=lambda row: row.alarm.resource),
        Column(10, "lnbAlarmText", TEXT, "What is wrong.", value=lambda row: row.alarm.text),
        Column(11, "lnbAlarmValue", text(VALUE_LIMIT),
               "The value looked at, when it was last looked at. A value alone that changes is no change of the alarm.",
               value=lambda row: row.alarm.value),
        Column(12, "lnbAlarmRaised", DATE_AND_TIME, "When the alarm was raised.", value=lambda row: row.alarm.raised),
        Column(13, "lnbAlarmChanged", DATE_AND_TIME,
               "When it was last raised, changed, acknowledged or cleared.", value=lambda row: row.alarm.changed),
        Column(14, "lnbAlarmDeviceName", text(32), "Name of the device; empty for the agent itself.",
               value=lambda row: row.alarm.site.name),
        Column(15, "lnbAlarmDeviceAddress", text(ADDRESS_LIMIT), "Host name or address of the device.",
               value=lambda row: row.alarm.site.address),
        Column(16, "lnbAlarmRepeat", TRUTH,
               "Whether a notification says again what was said before (resync, receiver that came back). In the "
               "table: whether the latest one did.", value=lambda row: row.alarm.repeat),
        Column(17, "lnbAlarmAcknowledged", TRUTH,
               "Whether an operator knows of the alarm. Set to true to acknowledge it; an alarm about something that "
               "happened once is over with that. A change of the alarm makes it false again.",
               value=lambda row: row.alarm.acknowledged, access=Access.READ_WRITE),
        Column(18, "lnbAlarmCount", GAUGE, "How often it happened, for what happens once; else 1.",
               value=lambda row: row.alarm.count),
        Column(19, "lnbAlarmFlapping", TRUTH,
               "Whether the alarm came and went so often that its clear is held back for a while.",
               value=lambda row: row.alarm.flapping),
    ),
    feed=Feed.ALARMS,
    source=_alarms,
)  # fmt: skip

LOG = Table(
    3,
    "lnbNotifyLogTable",
    "The notifications that were decided on, by their sequence number; heartbeats and repeats are not in it. Its first "
    "index is not the device: a manager that misses a number reads that row.",
    "One notification.",
    (Index("lnbNotifyLogIndex", lambda entry: (entry.sequence,)),),
    (
        Column(1, "lnbNotifyLogIndex", INDEX, "Sequence number of the notification.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbNotifyLogTime", DATE_AND_TIME, "When it was decided on.", value=lambda entry: entry.sent),
        Column(3, "lnbNotifyLogName", text(32), "Name of the notification type.",
               value=lambda entry: entry.notification),
        Column(4, "lnbNotifyLogDeviceName", text(32), "Name of the device; empty for the agent itself.",
               value=lambda entry: entry.device),
        Column(5, "lnbNotifyLogAlarm", UNSIGNED32, "Number of the alarm it was about, 0 for none.",
               value=lambda entry: entry.alarm_index),
        Column(6, "lnbNotifyLogSeverity", SEVERITY, "Severity it carried.", value=lambda entry: entry.severity),
        Column(7, "lnbNotifyLogCleared", TRUTH, "Whether it said that the alarm is over.",
               value=lambda entry: entry.cleared),
        Column(8, "lnbNotifyLogResourceText", text(RESOURCE_LIMIT), "Resource it named.",
               value=lambda entry: entry.resource),
        Column(9, "lnbNotifyLogText", TEXT, "Text it carried.", value=lambda entry: entry.text),
        Column(10, "lnbNotifyLogValue", text(VALUE_LIMIT), "Value it carried.", value=lambda entry: entry.value),
    ),
    feed=Feed.ALARMS,
    source=_log,
)  # fmt: skip

TYPE_TABLE = Table(
    4,
    "lnbAlarmTypeTable",
    "The alarm types this agent knows, with the settings of their rules for devices without settings of their own.",
    "One alarm type, by the number of its notification.",
    (Index("lnbAlarmTypeIndex", lambda row: (row.kind.arc,)),),
    (
        Column(1, "lnbAlarmTypeIndex", INDEX, "Number of the type: the last arc of its notification.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbAlarmTypeName", text(32), "Name of the type.", value=lambda row: row.kind.name),
        Column(3, "lnbAlarmTypeText", TEXT, "What an alarm of the type says, unless the case says more.",
               value=lambda row: row.kind.text),
        Column(4, "lnbAlarmTypeEnabled", TRUTH, "Whether the rule is on.", value=lambda row: row.settings.enabled),
        Column(5, "lnbAlarmTypeSeverity", SEVERITY,
               "Severity of its alarms; indeterminate where it differs from case to case.",
               value=lambda row: row.settings.severity),
        Column(6, "lnbAlarmTypeRaiseAfter", GAUGE, "How long its condition must last.",
               value=lambda row: round(row.settings.raise_after_s), units="seconds"),
        Column(7, "lnbAlarmTypeClearAfter", GAUGE,
               "How long its condition must be over; for what happens once, how long its alarm stays.",
               value=lambda row: round(row.settings.clear_after_s), units="seconds"),
        Column(8, "lnbAlarmTypeOnce", TRUTH, "Whether it is about something that happens and does not last.",
               value=lambda row: row.kind.once),
        Column(9, "lnbAlarmTypeThresholds", TEXT, "The rule's thresholds as they are named in the configuration.",
               value=_thresholds),
        Column(10, "lnbAlarmTypeActive", GAUGE, "Active alarms of the type.", value=lambda row: row.active),
    ),
    feed=Feed.ALARMS,
    source=_types,
)  # fmt: skip

GROUP = Group(19, "lnbAlarms", "Alarms and notifications.", (CONTROL, ALARMS, LOG, TYPE_TABLE))

ALARM_OBJECTS = (
    "lnbAlarmSequence", "lnbAlarmNumber", "lnbAlarmType", "lnbAlarmSeverity", "lnbAlarmCleared", "lnbAlarmResource",
    "lnbAlarmResourceText", "lnbAlarmText", "lnbAlarmValue", "lnbAlarmRaised", "lnbAlarmChanged", "lnbAlarmDeviceName",
    "lnbAlarmDeviceAddress", "lnbAlarmRepeat",
)  # fmt: skip
"""What every notification about an alarm carries: raise, change, clear and repeat alike."""

STORM_STARTED = Notification(
    101, "lnbStormStarted",
    "Too many alarms of one type, or of all, change at once: single notifications about them are held back until "
    "lnbStormEnded.",
    ("lnbAlarmLastSequence", "lnbStormType", "lnbStormSeverity", "lnbStormHeldBack"),
    "More transitions than configured (alarms.storm) within the configured time.",
    "Read lnbAlarmTable for what is the case; look for the common cause of so many alarms.",
)  # fmt: skip
STORM_ENDED = Notification(
    102, "lnbStormEnded",
    "A storm is over. When no other goes on, every active alarm follows once, between lnbResyncStarted and "
    "lnbResyncEnded.",
    STORM_STARTED.objects,
    "No transition for the configured quiet time.",
    "None. Alarms that are not repeated in the resync are over.",
)  # fmt: skip
RESYNC_STARTED = Notification(
    103, "lnbResyncStarted",
    "Every active alarm follows, marked as repeat, until lnbResyncEnded.",
    ("lnbAlarmLastSequence", "lnbAlarmActive"),
    "A storm ended, or a manager asked for it by setting lnbAlarmResync.",
    "None. An alarm that is known to the manager and not repeated by lnbResyncEnded is over.",
)  # fmt: skip
RESYNC_ENDED = Notification(
    104, "lnbResyncEnded", "All active alarms have been repeated.", RESYNC_STARTED.objects,
    "As lnbResyncStarted.", "None.",
)  # fmt: skip
HEARTBEAT = Notification(
    105, "lnbHeartbeat",
    "The agent is alive. Not numbered: a manager that has seen every number up to lnbAlarmLastSequence misses nothing.",
    ("lnbAlarmLastSequence", "lnbAlarmActive", "lnbAlarmHeartbeatInterval"),
    "Sent at the configured interval.",
    "When it does not come, look for the agent and the way between.",
)  # fmt: skip
READY = Notification(
    106, "lnbReady",
    "The agent has started, and every device has been asked once: what lnbAlarmTable says is the present.",
    ("lnbAlarmLastSequence", "lnbAlarmActive"),
    "Start of the agent; follows coldStart.",
    "None. A manager may read lnbAlarmTable now.",
)  # fmt: skip
TEST = Notification(
    107, "lnbTest", "A test, asked for by a manager or an operator.", ("lnbAlarmLastSequence", "lnbAlarmTest"),
    "lnbAlarmTest was set, or the command for it given.", "None.",
)  # fmt: skip


def _of_type(kind: AlarmType) -> Notification:
    """The notification type of an alarm type."""
    what = f"{kind.text}. Sent when an alarm of type {kind.name} is raised, changes, is cleared or is repeated."
    return Notification(kind.arc, kind.notification, what, ALARM_OBJECTS, kind.cause, kind.remedy)


NOTIFICATIONS = (
    *(_of_type(kind) for kind in TYPES),
    STORM_STARTED, STORM_ENDED, RESYNC_STARTED, RESYNC_ENDED, HEARTBEAT, READY, TEST,
)  # fmt: skip
