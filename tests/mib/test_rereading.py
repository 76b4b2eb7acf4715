"""What is taken over from one document to the next is what reading everything anew would bring."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.app import Plans
from agent.config import DeviceSettings
from agent.mib.build import Cells, Memory, build, unread
from agent.mib.declaration import Feed
from agent.mib.facts import facts_of
from agent.mib.module import northbound
from agent.mib.own import with_own_tables
from agent.mib.plan import Plan, make_plan
from agent.mib.view import DeviceView, Marks
from agent.model.alarm.facts import Facts
from agent.model.document import leaves
from agent.model.envelope import cut_to_slots
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities
from agent.model.sharing import shared
from agent.service.hosts import NO_HOSTS, Hosts, read_hosts
from agent.wire.block import FrozenBlock, Made, make_blocks, remade
from tests.support.devices import NOW, simulated
from tests.support.mutation import mutate

MODULE = northbound()
OVERLAY = {
    "lnbNtpPeerStratum": ("^.status.ntp.sys.stratum", "stratum"),
    "lnbClockState": ("module.sync-status.osc-type",),
    "lnbSlotType": ("slot-position", "slot-type"),
}
PLANS = (make_plan(MODULE), make_plan(MODULE, OVERLAY))
HOSTS = Plans(MODULE, ())
SETTINGS = DeviceSettings.model_validate(
    {"name": "test", "address": "192.0.2.1", "poll": {"hold_missing_s": 45}, "slots": []}
)
STEPS = 6
DOCUMENTS = [simulated(8), simulated(10), simulated(20)]


@dataclass(frozen=True)
class Moment:
    """All but the document that a reading depends on."""

    now: datetime
    state: DeviceState = DeviceState.UP
    plan: Plan = PLANS[0]
    slots: Mapping[str, str | None] | None = None
    attribute_limit: int = 50_000


@dataclass
class Brought:
    """All that a reading brings."""

    cells: Mapping[Feed, list[Cells]]
    drift: list[Any]
    served: set[str]
    facts: Facts
    kept: dict[str, list[Any]]
    hosts: Mapping[str, Sequence[FrozenBlock]]
    marks: dict[str, Any]


@dataclass
class Subject:
    """One device, read again and again."""

    takes_over: bool
    identities: Identities = field(default_factory=Identities)
    memory: Memory = field(default_factory=dict)
    hosts: Hosts = NO_HOSTS
    marks: dict[str, Any] = field(default_factory=dict)
    root: Any = None

    def read(self, root: dict[str, Any], moment: Moment) -> Brought:
        """Read a document, as the keeper does."""
        if self.takes_over:
            root = shared(self.root, root)
        else:
            self.memory = unread(self.memory)
            self.hosts = Hosts(places=self.hosts.places)
        self.root = root
        config = SETTINGS
        if moment.slots is not None and root:
            root, config = cut_to_slots(root, moment.slots), SETTINGS.model_copy(update={"slots": moment.slots})
        health = Health(state=moment.state, polls=1)
        marks = Marks(self.marks)
        self.view = DeviceView(
            7, config, root, health, self.identities, moment.now, ExchangeLog(1),
            attribute_limit=moment.attribute_limit, uptime_ticks=int(moment.now.timestamp()), marks=marks,
        )  # fmt: skip
        self.view = with_own_tables(self.view, moment.plan)
        cells: dict[Feed, list[Cells]] = {}
        memory = self.memory
        for feed in (Feed.STATUS, Feed.DOCUMENT, Feed.LEFTOVERS):
            cells[feed], memory = build(moment.plan, (feed,), self.view, memory)
        self.memory = memory
        self.hosts = read_hosts(HOSTS, 10, self.view, memory, self.hosts)
        self.marks = marks.after
        served = self.view.notes.served
        return Brought(
            cells,
            list(self.view.notes.drift.values()),
            {leaf.path for leaf in leaves(root) if (id(leaf.container), leaf.key) in served},
            facts_of(MODULE, cells[Feed.DOCUMENT]),
            {
                name: [(keys, kept.record.keys, repr(kept.record.node), kept.missing_since)
                       for keys, kept in table.kept.items()]
                for name, table in memory.items() if table.kept
            },
            self.hosts.blocks,
            dict(marks.after),
        )  # fmt: skip


def moments(chance: random.Random) -> Moment:
    """Some moment; most are like the ones before."""
    return Moment(
        NOW + timedelta(seconds=chance.choice([0, 10, 30, 60, 90])),
        chance.choice([DeviceState.UP, DeviceState.UP, DeviceState.DOWN]),
        chance.choice([PLANS[0], PLANS[0], PLANS[0], PLANS[1]]),
        chance.choice([None, None, None, {"io1": "HPS", "clk1": None, "zz9": None}, {"io1": "GPS"}]),
        chance.choice([50_000, 50_000, 20]),
    )


def assert_same(one: Brought, other: Brought) -> None:
    for feed, cells in other.cells.items():
        assert one.cells[feed] == cells
    assert one.drift == other.drift
    assert one.served == other.served
    assert one.facts == other.facts
    assert one.kept == other.kept
    assert one.marks == other.marks
    assert one.hosts == other.hosts


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_reading_what_changed_brings_what_reading_everything_brings(seed: int) -> None:
    chance = random.Random(seed)
    root = chance.choice(DOCUMENTS)
    reader, judge = Subject(takes_over=True), Subject(takes_over=False)
    made: dict[Feed, Made] = {}
    seen = [root]
    for _ in range(STEPS):
        moment = moments(chance)
        root = chance.choice(seen) if chance.random() < 0.2 else mutate(root, chance, chance.choice([0, 1, 1, 3, 20]))
        seen.append(root)
        brought = reader.read(copy.deepcopy(root), moment)
        assert_same(brought, judge.read(copy.deepcopy(root), moment))
        assert json.dumps(reader.root) == json.dumps(root)
        made = {feed: remade(cells, made.get(feed, Made())) for feed, cells in brought.cells.items()}
        for feed, cells in brought.cells.items():
            assert list(made[feed].blocks) == list(make_blocks(cells))
    assert reader.identities.take_fresh() == judge.identities.take_fresh()
