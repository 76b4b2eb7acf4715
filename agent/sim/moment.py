"""One moment of the simulated device: what it is, what is wrong with it, and what time it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.sim.shape import Node
from agent.sim.spec import SimSpec

# Long against a poll interval, so that two polls see neighbouring values; no common factor.
WANDER_PERIODS = (97.0, 613.0, 4703.0)


@dataclass(frozen=True)
class EventMark:
    """What became of one notification event; `last` is None if it has not been triggered anew."""

    triggered: int
    last: datetime | None


@dataclass(frozen=True)
class Conditions:
    """Everything that differs from the healthy device. The default is the healthy device."""

    booted: datetime | None = None
    unsync_since: datetime | None = None
    clock_state: str = "synchronized"
    antenna: str = ""
    links_down: frozenset[str] = frozenset()
    lost_supplies: frozenset[str] = frozenset()
    pulled: frozenset[str] = frozenset()
    replaced: Mapping[str, str] = field(default_factory=dict)
    card_starts: Mapping[str, datetime] = field(default_factory=dict)
    port_states: Mapping[tuple[str, int], str] = field(default_factory=dict)
    grandmasters: Mapping[tuple[str, int], int] = field(default_factory=dict)
    slots_reordered: bool = False
    events: Mapping[str, EventMark] = field(default_factory=dict)
    configured: Mapping[str, Node] = field(default_factory=dict)
    configured_at: Mapping[str, datetime] = field(default_factory=dict)
    pending_changes: int = 0


@dataclass(frozen=True)
class Moment:
    """A device at a given time: the only thing the document builders depend on."""

    spec: SimSpec
    now: datetime
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def booted(self) -> datetime:
        """Start of the device: that of the spec until it is rebooted."""
        return self.conditions.booted or self.spec.booted

    @property
    def uptime(self) -> float:
        """Seconds since the start of the device."""
        return max(0.0, (self.now - self.booted).total_seconds())

    def card_uptime(self, slot: str) -> float:
        """Seconds since the card started: later than the device if it was plugged in afterwards."""
        started = max(self.booted, self.conditions.card_starts.get(slot, self.booted))
        return max(0.0, (self.now - started).total_seconds())

    def setting(self, path: str, default: Node) -> Node:
        """The configured value at a path below the configuration; the default unless it was written."""
        return self.conditions.configured.get(path, default)

    def module_setting(self, slot: str, path: str, default: Node) -> Node:
        """The same for a path below the module in a slot."""
        return self.setting(f"chassis0/slots/{slot}/module/{path}", default)

    @property
    def hostname(self) -> str:
        """The host name: that of the spec until another one is configured."""
        return str(self.setting("system/hostname", self.spec.hostname))

    def wander(self, name: str, amplitude: float) -> float:
        """A value within ± amplitude that moves slowly and depends on seed, name and time only."""
        seconds = self.now.timestamp()
        total = 0.0
        for index, period in enumerate(WANDER_PERIODS):
            phase = self.spec.number(f"{name}/{index}") % 1000 / 1000
            total += math.sin(2 * math.pi * (seconds / period + phase))
        return amplitude * total / len(WANDER_PERIODS)

    def temperature(self, name: str, base: float = 42.0) -> float:
        """A card temperature in °C, resolved to half a degree as the sensors do."""
        centre = base + self.spec.number(name) % 8
        return round(2 * (centre + self.wander(name, 2.0))) / 2


def stamp(time: datetime) -> str:
    """The time as the device writes it: seconds, no zone, UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")
