"""Storms: when too much happens at once, one notification says so, and single ones are held back until it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from agent.model.alarm.facts import Instant
from agent.model.alarm.table import Transition
from agent.model.severity import Severity

ALL_TYPES: Final = "all"
"""Name of the storm that is about all alarm types together."""

_ORDER: Final = (
    Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING, Severity.INDETERMINATE, Severity.CLEARED,
)  # fmt: skip


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of some severities, INDETERMINATE of none."""
    return min(severities, key=_ORDER.index, default=Severity.INDETERMINATE)


@dataclass(frozen=True, slots=True)
class StormLimits:
    """When a storm begins and ends.

    Attributes:
        count: transitions of one type, `total_count` of all types, that are no storm yet within `within_s` seconds.
        quiet_s: seconds without a transition after which it is over.
    """

    count: int = 50
    total_count: int = 200
    within_s: float = 10
    quiet_s: float = 60


@dataclass(frozen=True, slots=True)
class Storm:
    """One storm.

    Attributes:
        alarm_type: name of the type, ALL_TYPES for all together.
        severity: the worst seen so far.
        held_back: transitions of which no notification was sent.
        last_s: when the last was seen, monotonic.
    """

    alarm_type: str
    severity: Severity
    held_back: int
    last_s: float


@dataclass(frozen=True, slots=True)
class Started:
    """A storm began."""

    storm: Storm


@dataclass(frozen=True, slots=True)
class Ended:
    """A storm is over."""

    storm: Storm


Told = Transition | Started | Ended
"""What managers are told of."""

Recent = tuple[tuple[float, Severity], ...]


@dataclass(frozen=True, slots=True)
class Weather:
    """Storms now, and what happened lately: by alarm type, time and severity of the latest transitions."""

    storms: Mapping[str, Storm] = field(default_factory=dict)
    recent: Mapping[str, Recent] = field(default_factory=dict)


def weathered(
    weather: Weather, transitions: Iterable[Transition], now: Instant, limits: StormLimits
) -> tuple[Weather, tuple[Told, ...]]:
    """What managers are told of these transitions; call it without any, too, so that storms end."""
    storms, recent = dict(weather.storms), dict(weather.recent)
    told: list[Told] = []
    for transition in transitions:
        severity, alarm_type = transition.alarm.severity, transition.alarm.alarm_type
        held_back = False
        for name, count in ((ALL_TYPES, limits.total_count), (alarm_type, limits.count)):
            lately = (*recent.get(name, ()), (now.seconds, severity))[-(count + 1) :]
            recent[name] = lately
            if name in storms:
                storms[name] = _gone_on(storms[name], severity, now, counts=not held_back)
                held_back = True
            elif not held_back and len(lately) > count and lately[0][0] > now.seconds - limits.within_s:
                storms[name] = Storm(name, worst(one for _, one in lately), 1, now.seconds)
                told.append(Started(storms[name]))
                held_back = True
        if not held_back:
            told.append(transition)
    for storm in [one for one in storms.values() if one.last_s + limits.quiet_s <= now.seconds]:
        del storms[storm.alarm_type]
        told.append(Ended(storm))
    oldest = now.seconds - limits.within_s
    recent = {name: lately for name, lately in recent.items() if lately[-1][0] > oldest}
    return Weather(storms, recent), tuple(told)


def _gone_on(storm: Storm, severity: Severity, now: Instant, *, counts: bool) -> Storm:
    return replace(
        storm, severity=worst((storm.severity, severity)), held_back=storm.held_back + counts, last_s=now.seconds
    )
