"""The alarms that are active, and what changes about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from agent.model.alarm.facts import Key, Site
from agent.model.alarm.finding import Finding, Identity
from agent.model.severity import Severity

LARGEST_NUMBER: Final = 2**32 - 1


def following(number: int) -> int:
    """The number after this one; after the largest comes 1, as in NOTIFICATION-LOG-MIB."""
    return 1 if number >= LARGEST_NUMBER else number + 1


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, active or just cleared.

    Attributes:
        index: its number, strictly rising from alarm to alarm, kept over restarts.
        severity: the last it had; being cleared is said apart from it.
        changed: when it was last raised, changed, acknowledged or cleared.
        count: how often it happened, for what happens once.
        flapping: raised so often that its clear is held back.
        sequence: number of the latest notification about it, 0 when none was sent.
        repeat: whether that notification said again what was said before.
        ends_s: monotonic time at which a thing that happened once is over; None for what lasts.
    """

    index: int
    site: Site
    resource: str
    alarm_type: str
    severity: Severity
    text: str
    value: str
    raised: datetime
    changed: datetime
    object_name: str = ""
    key: Key = ()
    count: int = 1
    cleared: bool = False
    acknowledged: bool = False
    flapping: bool = False
    sequence: int = 0
    repeat: bool = False
    lasts_s: float | None = None
    ends_s: float | None = None

    @property
    def identity(self) -> Identity:
        """Device, resource and alarm type."""
        return (self.site.name, self.resource, self.alarm_type)


class News(Enum):
    """What happened to an alarm."""

    RAISE = "raise"
    CHANGE = "change"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing that happened to an alarm, and the alarm after it."""

    news: News
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Waiting:
    """A condition that has not lasted long enough to raise, or to clear: since and until when, monotonic."""

    finding: Finding
    since_s: float
    due_s: float


@dataclass(frozen=True, slots=True)
class AlarmTable:
    """All alarms at one moment.

    Attributes:
        last_index: number of the alarm raised last.
        sequence: number of the notification sent last.
        raising: conditions that have not lasted long enough yet; `clearing` their opposites.
        unseen_s: since when resources of active alarms are no longer there.
        raised_s: when each alarm was raised lately, for flapping.
    """

    active: Mapping[Identity, Alarm] = field(default_factory=dict)
    last_index: int = 0
    sequence: int = 0
    raising: Mapping[Identity, Waiting] = field(default_factory=dict)
    clearing: Mapping[Identity, Waiting] = field(default_factory=dict)
    unseen_s: Mapping[Identity, float] = field(default_factory=dict)
    raised_s: Mapping[Identity, tuple[float, ...]] = field(default_factory=dict)

    def by_index(self, index: int) -> Alarm | None:
        """The active alarm of a number."""
        return next((alarm for alarm in self.active.values() if alarm.index == index), None)
