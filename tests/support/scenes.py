"""A simulated device as alarm rules see it: its documents built with the real declarations, faults switched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from agent.config import AlarmRules, DeviceSettings
from agent.mib.build import Memory, build
from agent.mib.declaration import Feed
from agent.mib.facts import facts_of
from agent.mib.module import northbound
from agent.mib.plan import Plan, make_plan
from agent.mib.view import DeviceView
from agent.model.alarm.catalogue import look_at
from agent.model.alarm.facts import Facts, Instant, Scene, Site
from agent.model.alarm.finding import Condition, Look
from agent.model.alarm.step import Patience, step
from agent.model.alarm.table import AlarmTable, Transition
from agent.model.document import graft
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities
from agent.sim import SimSpec
from agent.sim.device import Device
from agent.sim.documents import answer
from agent.sim.faults import Faults

START = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
SITE = Site("lts1", 7, "192.0.2.1")
PLAN = make_plan(northbound())
UP = Health(state=DeviceState.UP, polls=1)


@dataclass
class Scenery:
    """One device in time: each `poll` is one good poll, and what the rules make of it."""

    generation: int = 10
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    plan: Plan = PLAN
    slots: Mapping[str, str | None] = field(default_factory=dict)
    spec: SimSpec | None = None

    def __post_init__(self) -> None:
        self.now = START
        self.seconds = 1000.0
        spec = self.spec or SimSpec(generation=self.generation, hps_cards=2, instances=2, clients=3)
        self.device = Device(spec, lambda: self.now)
        self.faults = Faults(lambda: self.now, (self.device,))
        self.table = AlarmTable()
        self.health = UP
        self.edit = lambda root: root
        self._identities = Identities()
        self._memory: Memory = {}
        self._before: Facts | None = None
        self.settings = DeviceSettings(
            name=SITE.name, address=SITE.address, alarms=AlarmRules.model_validate(self.rules), slots=dict(self.slots)
        )

    def facts(self) -> Facts:
        """The cells that the device's present document makes."""
        moment = self.device.moment(self.faults.active())
        root = self.edit(graft({}, "status", answer(moment, ["status"])))
        view = DeviceView(
            SITE.index, self.settings, root, self.health, self._identities, self.now, ExchangeLog(limit=1)
        )
        cells, self._memory = build(self.plan, (Feed.DOCUMENT,), view, self._memory)
        return facts_of(self.plan.module, cells)

    def look(self) -> Look:
        """What the rules see; the device's next look compares with this one."""
        facts = self.facts()
        look = look_at(Scene(SITE, self.health, facts, self._before), self.settings.alarms.rule)
        if self.health.state is DeviceState.UP:
            self._before = facts
        return look

    def poll(self, after_s: float = 30) -> list[Transition]:
        """Let time go by, poll once, and step."""
        self.now += timedelta(seconds=after_s)
        self.seconds += after_s
        self.table, transitions = step(self.table, [self.look()], self.instant, self.patience)
        return list(transitions)

    @property
    def instant(self) -> Instant:
        return Instant(self.now, self.seconds)

    def active(self, alarm_type: str) -> dict[str, str]:
        """Resource to text of the active alarms of a type."""
        return {one.resource: one.text for one in self.table.active.values() if one.alarm_type == alarm_type}

    def changes(self, alarm_type: str, transitions: list[Transition]) -> list[tuple[str, str]]:
        """What happened, and to which resource, among transitions of a type."""
        return [(one.news.value, one.alarm.resource) for one in transitions if one.alarm.alarm_type == alarm_type]


def calm(**options: Any) -> Scenery:
    """A device polled twice, so that everything that is the case from the start is raised already."""
    scenery = Scenery(**options)
    scenery.poll()
    scenery.poll()
    return scenery


def findings(look: Look, alarm_type: str) -> dict[str, Condition]:
    """Resource to condition of the findings of one type."""
    return {one.resource: one.condition for one in look.findings if one.alarm_type == alarm_type}
