"""Settings of alarms: one section per rule, made from the alarm types' declarations; log, storms, heartbeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model

from agent.config.base import Model
from agent.model.alarm.catalogue import BY_NAME, TYPES
from agent.model.alarm.kind import AlarmType, RuleSettings, Threshold
from agent.model.alarm.step import Patience
from agent.model.alarm.storm import StormLimits
from agent.model.severity import Severity

SeverityName = Literal["indeterminate", "critical", "major", "minor", "warning"]
Seconds = Annotated[float, Field(ge=0, le=2_592_000)]


class AlarmRule(Model):
    """What every rule has; its thresholds are further fields."""

    enabled: bool = True
    severity: SeverityName = "indeterminate"
    raise_after_s: Seconds = 0
    clear_after_s: Seconds = 0

    def of(self, kind: AlarmType) -> RuleSettings:
        """The settings as rules take them."""
        return RuleSettings(
            enabled=self.enabled,
            severity=Severity[self.severity.upper()],
            raise_after_s=self.raise_after_s,
            clear_after_s=self.clear_after_s,
            thresholds={one.name: getattr(self, one.name) for one in kind.thresholds},
        )


class _AlarmRules(Model):
    """A section per alarm type."""

    def rule(self, name: str) -> RuleSettings:
        """The settings of one rule, by the name of its alarm type."""
        section: AlarmRule = getattr(self, name)
        return section.of(BY_NAME[name])


def _one_of(words: tuple[str, ...]) -> Any:
    return Literal[words]


def _bounds(threshold: Threshold) -> Any:
    if isinstance(threshold.default, tuple):
        return tuple[_one_of(threshold.words), ...] if threshold.words else tuple[str, ...]  # type: ignore[misc]
    kind = type(threshold.default)
    return Annotated[kind, Field(ge=threshold.low, le=threshold.high)]


def _section(kind: AlarmType) -> type[AlarmRule]:
    fields: dict[str, Any] = {
        "severity": (SeverityName, kind.severity.name.lower()),
        "raise_after_s": (Seconds, kind.raise_after_s),
        "clear_after_s": (Seconds, kind.clear_after_s),
        **{one.name: (_bounds(one), one.default) for one in kind.thresholds},
    }
    return create_model(f"{kind.name}Rule", __base__=AlarmRule, **fields)


if TYPE_CHECKING:
    AlarmRules = _AlarmRules
else:
    AlarmRules = create_model(
        "AlarmRules",
        __base__=_AlarmRules,
        **{kind.name: (section, section()) for kind, section in ((one, _section(one)) for one in TYPES)},
    )


class StormSettings(Model):
    """When single notifications are held back."""

    count: Annotated[int, Field(ge=5, le=10_000)] = 50
    total_count: Annotated[int, Field(ge=5, le=100_000)] = 200
    within_s: Annotated[float, Field(ge=1, le=3600)] = 10
    quiet_s: Annotated[float, Field(ge=1, le=3600)] = 60


class FlappingSettings(Model):
    """When an alarm that comes and goes is held."""

    count: Annotated[int, Field(ge=2, le=100)] = 5
    within_s: Annotated[float, Field(ge=1, le=86_400)] = 600
    hold_s: Annotated[float, Field(ge=0, le=86_400)] = 600


class AlarmSettings(Model):
    """Alarms and what is kept of them."""

    heartbeat_s: Annotated[float, Field(ge=0, le=86_400)] = 300
    log_max_count: Annotated[int, Field(ge=1, le=10_000)] = 1000
    log_keep_minutes: Annotated[int, Field(ge=0, le=525_600)] = 1440
    vanished_after_s: Seconds = 300
    storm: StormSettings = StormSettings()
    flapping: FlappingSettings = FlappingSettings()
    rules: AlarmRules = AlarmRules()

    @property
    def patience(self) -> Patience:
        """How long the alarm table waits, whatever the rule."""
        flapping = self.flapping
        return Patience(self.vanished_after_s, flapping.count, flapping.within_s, flapping.hold_s)

    @property
    def storm_limits(self) -> StormLimits:
        """When a storm begins and ends."""
        return StormLimits(**self.storm.model_dump())
