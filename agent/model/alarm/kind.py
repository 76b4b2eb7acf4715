"""An alarm type, declared once: its rule, its settings, and the texts that MIB, configuration and docs print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from agent.model.alarm.facts import Scene
from agent.model.alarm.finding import Sight
from agent.model.severity import Severity

ThresholdValue = int | float | tuple[str, ...]


class Source(Enum):
    """What an alarm type is looked for in: a good poll's cells, the device's health, or events within the agent."""

    CELLS = "cells"
    HEALTH = "health"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One configurable figure, or list of words, of a rule.

    Attributes:
        low: smallest value allowed; `high` the largest.
        words: the words a list may hold; any when empty.
    """

    name: str
    default: ThresholdValue
    meaning: str
    low: float = 0
    high: float = 1e9
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """How one rule is set for one device."""

    enabled: bool
    severity: Severity
    raise_after_s: float
    clear_after_s: float
    thresholds: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A threshold that is a figure."""
        return float(self.thresholds[name])

    def words(self, name: str) -> tuple[str, ...]:
        """A threshold that is a list of words."""
        return tuple(self.thresholds[name])


Rule = Callable[[Scene, RuleSettings], Iterable[Sight]]


def _no_rule(_scene: Scene, _settings: RuleSettings) -> Iterable[Sight]:
    return ()


@dataclass(frozen=True, slots=True)
class AlarmType:
    """One alarm type.

    Attributes:
        arc: number of the type and of its notification below `<root>.0`; given once, then locked.
        name: as the configuration and lnbAlarmType say it; the notification is `lnb` and the name.
        severity: unless configured otherwise; INDETERMINATE where the device says it case by case.
        text: what is wrong, as the alarm says it by default.
        reads: MIB objects the rule looks at; nothing else is kept for it.
        once: something that happened; `clear_after_s` is then how long its alarm stays.
    """

    arc: int
    name: str
    severity: Severity
    text: str
    cause: str
    remedy: str
    rule: Rule = _no_rule
    source: Source = Source.CELLS
    reads: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    raise_after_s: float = 0
    clear_after_s: float = 0
    once: bool = False

    @property
    def notification(self) -> str:
        """Name of its notification type."""
        return f"lnb{self.name[0].upper()}{self.name[1:]}"

    @property
    def defaults(self) -> RuleSettings:
        """Its settings when nothing is configured."""
        thresholds = {one.name: one.default for one in self.thresholds}
        return RuleSettings(
            enabled=True,
            severity=self.severity,
            raise_after_s=self.raise_after_s,
            clear_after_s=self.clear_after_s,
            thresholds=thresholds,
        )
