"""The keeper of one device: its document, health, exchanges and what is served of them.

Each change makes new frozen blocks, which replace the old ones in one swap.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Protocol

from agent.config import DeviceSettings
from agent.errors import BadAnswer, CredentialsMissing, CredentialsRejected, DeviceError, HostError, SwitchedOff
from agent.mib.build import Cells, Memory, build, unread
from agent.mib.declaration import Feed
from agent.mib.facts import facts_of
from agent.mib.groups.device import slot_problems
from agent.mib.host.system import host_name
from agent.mib.host.view import root_row
from agent.mib.own import with_own_tables
from agent.mib.plan import Plan
from agent.mib.view import DeviceView, Drift, Marked, Marks
from agent.model import exchange as exchanges
from agent.model import health as healths
from agent.model.alarm.facts import Facts
from agent.model.cards import cards_in
from agent.model.document import Json, leaves, put
from agent.model.envelope import cut_to_slots, generation, slot_ids
from agent.model.exchange import Exchange, ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Given, Identities
from agent.model.pacing import REJECTIONS_BEFORE_PAUSE
from agent.model.place import Place
from agent.model.sharing import shared
from agent.model.slotchoice import SlotChoice
from agent.service.fetch import BRANCH, Due, Fetcher, Poll, without
from agent.service.hosts import NO_HOSTS, PART, HostPlans, Hosts, known_places, read_hosts
from agent.service.sink import ProposingSink
from agent.wire.block import Block, Made, remade
from agent.wire.shelf import host_owner
from agent.wire.vendorwords import NAME_FACT

log = logging.getLogger(__name__)


Blocks = Mapping[Feed, Sequence[Block]]


class Indexes(Protocol):
    """Where indexes are written down."""

    def given(self, scope: str) -> list[Given]:
        """All indexes given in a scope."""

    def keep(self, scope: str, given: Sequence[Given]) -> None:
        """Write indexes down."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for every device."""

    attributes: int
    http_max_count: int
    http_tracking: bool
    http_loss_percent: int = 100


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a device at one moment.

    Attributes:
        facts: the cells that alarm rules look at, as the document was last read.
        places: the contexts there are of it, by name.
        marks: since when things of it are as they are.
        made: the blocks last made of each feed; those of unchanged cells are used again.
        hosts: what was last shown of it as a host; likewise.
    """

    health: Health
    log: ExchangeLog
    root: Mapping[str, Json] = field(default_factory=dict)
    memory: Memory = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    due: Due = field(default_factory=Due)
    facts: Facts = field(default_factory=Facts)
    places: Mapping[str, Place] = field(default_factory=dict)
    marks: Marked = field(default_factory=dict)
    made: Mapping[Feed, Made] = field(default_factory=dict)
    hosts: Hosts = NO_HOSTS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a poll made of what was known, and the blocks to serve.

    Attributes:
        hosts: blocks by owner, for contexts of the device's own; empty where nothing was read anew.
    """

    known: Known
    error: DeviceError | None
    duration_s: float
    blocks: Blocks
    hosts: Mapping[str, Sequence[Block]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survey:
    """How a document fits the declarations.

    Attributes:
        found: object or table name, and the path it is read from.
        unmapped: REST paths of the leaves that no typed column serves.
        slot_problems: as lnbDeviceSlotProblems.
    """

    found: Mapping[str, str]
    unmapped: tuple[str, ...]
    slot_problems: str


def now() -> datetime:
    """The wall clock, UTC."""
    return datetime.now(timezone.utc)


Seen = Callable[[str, Facts, Health], None]
"""Told after each poll, and when a device is not asked: name, cells that alarm rules look at, health."""


def _unwatched(_name: str, _facts: Facts, _health: Health) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a keeper works with.

    Attributes:
        seen: who looks for alarms.
        clock: the wall clock, for time stamps.
        monotonic: seconds that never step, for durations and what is due.
        choices: slot ID to whether it is asked for, by device name, where that was chosen at run time.
        placed: told when the contexts of a device are other ones.
        uptime_ticks: sysUpTime.
        engine_id: of the SNMP engine that serves the blocks.
    """

    plans: HostPlans
    sink: ProposingSink
    indexes: Indexes
    limits: Limits
    clock: Callable[[], datetime] = now
    monotonic: Callable[[], float] = time.monotonic
    choices: Callable[[str], Mapping[str, bool]] = lambda name: {}
    seen: Seen = _unwatched
    placed: Callable[[], None] = lambda: None
    uptime_ticks: Callable[[], int] = lambda: 0
    engine_id: bytes = b""


class Keeper:
    """One device. `poll` and `aged` run in worker threads, everything else in the event loop's."""

    def __init__(self, index: int, settings: DeviceSettings, around: Surroundings) -> None:
        self.index = index
        self.settings = settings
        self._around = around
        self._identities = Identities(around.indexes.given(settings.name))
        self._unkept: list[Given] = []
        self._anew = False
        places = known_places(settings.name, index, self._identities)
        self.known = Known(_first_health(settings), _log_within(around.limits), places=places)
        self._sizes: dict[str, int] = {}
        self._hosts: frozenset[str] = frozenset()
        # A process that served the device before may have known more of it; that stays until the first poll.
        self.known, blocks = self._show(self.known, self._around.clock(), Feed.STATUS, Feed.EXCHANGES)
        for feed, ready in blocks.items():
            self._around.sink.propose(self.owner(feed), ready)

    def owner(self, feed: Feed) -> str:
        """Under which name the blocks of a feed are served."""
        return f"{self.settings.name}/{feed.value}"

    @property
    def owners(self) -> list[str]:
        """All names under which blocks of the device may be served."""
        return [*map(self.owner, Feed), *(host_owner(context, PART) for context in self.known.places)]

    @property
    def cells(self) -> int:
        """Cells served of the device."""
        return sum(self._sizes.values())

    def poll(self, fetcher: Fetcher) -> Outcome:
        """Ask the device and make blocks of what it says; changes nothing that is served."""
        before, due = self.known, self.known.due
        if self._anew:
            self._anew, due = False, Due(pause_until=due.pause_until)
        harvest = Poll(self.settings, fetcher, before.root, due, self._around.monotonic, self.slots.asks).run()
        moment = self._around.clock()
        if harvest.error is None:
            health = healths.succeeded(before.health, moment, harvest.duration_s)
        else:
            health = healths.failed(before.health, moment, harvest.error, self.settings.poll.down_after_s)
        if isinstance(harvest.error, CredentialsRejected) and health.rejections >= REJECTIONS_BEFORE_PAUSE:
            pause_s = self.settings.poll.rejected_pause_s
            text = f"{health.detail}; not asked again for {pause_s:g} s, or until the configuration changes"
            health = replace(health, detail=text)
        known = replace(before, root=shared(before.root, harvest.root), health=health, due=harvest.due)
        if harvest.changed or (health.state is DeviceState.DOWN) != (before.health.state is DeviceState.DOWN):
            known, blocks, hosts = self._read(known, moment)
            self._keep_indexes()
            return Outcome(known, harvest.error, harvest.duration_s, blocks, hosts)
        known, blocks = self._show(known, moment, Feed.STATUS)
        return Outcome(known, harvest.error, harvest.duration_s, blocks)

    def crashed(self, problem: Exception) -> Outcome:
        """What a poll makes of what was known when it ended in a fault of the agent's own: a failure like any other."""
        before, moment = self.known, self._around.clock()
        error = BadAnswer(f"the agent could not read the answer ({type(problem).__name__}); its log says more")
        health = healths.failed(before.health, moment, error, self.settings.poll.down_after_s)
        known = replace(before, health=health)
        if (health.state is DeviceState.DOWN) != (before.health.state is DeviceState.DOWN):
            known, blocks, hosts = self._read(known, moment)
            return Outcome(known, error, 0.0, blocks, hosts)
        known, blocks = self._show(known, moment, Feed.STATUS)
        return Outcome(known, error, 0.0, blocks)

    def accept(self, outcome: Outcome) -> None:
        """Serve what a poll brought."""
        before, places = self.known.health, self.known.places
        # The log went on in the loop's thread while the poll ran.
        self.known = replace(outcome.known, log=self.known.log)
        self._publish(outcome.blocks, outcome.hosts)
        if self.known.places != places:
            self._around.placed()
        self._report(before)
        self._around.seen(self.settings.name, self.known.facts, self.known.health)

    @property
    def slots(self) -> SlotChoice:
        """The slots that the device is asked for."""
        return SlotChoice(self.settings.slots, self._around.choices(self.settings.name))

    def slot_index(self, slot: str) -> int | None:
        """The index of a slot that has one."""
        return self._identities.known("slot", slot)

    @property
    def unread_parts(self) -> int:
        """How many cards and branches have a configuration that was not read yet, or is to be read anew."""
        if not self.settings.poll.configuration:
            return 0
        cards = [slot for slot in cards_in(self.known.root) or () if self.slots.asks(slot)]
        parts = [*cards, *(BRANCH + branch for branch in self.settings.branches)]
        return sum(part not in self.known.due.configuration for part in parts)

    def ask_anew(self) -> None:
        """Have the next poll read the inventory and every card's configuration, whenever they were read last."""
        self._anew = True

    def reread(self) -> None:
        """Read what is known anew, after other slots were chosen; rows of slots that are not asked for go."""
        self.adopt(self.known)
        self._keep_indexes()

    def hold(self, error: DeviceError) -> None:
        """Say why the device is not asked for now."""
        known = replace(self.known, health=healths.unpolled(self.known.health, error))
        self.known, blocks = self._show(known, self._around.clock(), Feed.STATUS)
        self._publish(blocks)
        self._around.seen(self.settings.name, self.known.facts, self.known.health)

    @property
    def plan(self) -> Plan:
        """The declarations with the paths of this device's overlays and API generation."""
        return self._around.plans(generation(self.known.root))

    def view(self) -> DeviceView:
        """The device as its document was last read."""
        return self._view(self.known, self._around.clock())

    def revised(self, answers: Mapping[str, Json]) -> Outcome:
        """The device with what it just said of objects of its configuration, by REST path; changes nothing yet.

        The configuration around them is due again: a device may change more than what was written. Runs in a worker
        thread while no poll runs.
        """
        root, due = self.known.root, self.known.due
        for path, node in answers.items():
            root, due = put(root, path, node), without(due, path)
        known, blocks, hosts = self._read(replace(self.known, root=root, due=due), self._around.clock())
        self._keep_indexes()
        return Outcome(known, None, 0.0, blocks, hosts)

    def rejected(self, error: CredentialsRejected) -> None:
        """The device refused the credentials outside a poll; that counts as much as in one."""
        known = replace(self.known, health=healths.rejected(self.known.health, error))
        self.known, blocks = self._show(known, self._around.clock(), Feed.STATUS)
        self._publish(blocks)

    @property
    def overdue(self) -> bool:
        """Whether the time has come at which a stale device becomes down."""
        health = self.known.health
        return healths.aged(health, self._around.clock(), self.settings.poll.down_after_s) is not health

    def aged(self) -> Outcome:
        """The device as it is once its time has come: its measured cells go. Changes nothing that is served."""
        before, moment = self.known, self._around.clock()
        health = healths.aged(before.health, moment, self.settings.poll.down_after_s)
        known, blocks, hosts = self._read(replace(before, health=health), moment)
        return Outcome(known, None, 0.0, blocks, hosts)

    def begun(self, exchange: Exchange) -> None:
        """An exchange left."""
        after = exchanges.begun(self.known.log, exchange, tracked=self._around.limits.http_tracking)
        self.known = replace(self.known, log=after)

    def ended(self, exchange: Exchange) -> None:
        """An exchange ended."""
        self.known = replace(self.known, log=exchanges.ended(self.known.log, exchange))

    def adopt(self, known: Known) -> None:
        """Go on with what another keeper of the same device knew; it is read anew with this one's settings.

        Rows of missing things end: what is no longer asked for is not missing.
        """
        log_now = _within(known.log, self._around.limits)
        known = replace(known, log=log_now, memory={}, hosts=replace(known.hosts, memories={}))
        self.known, blocks, hosts = self._read(known, self._around.clock())
        self._publish(blocks, hosts)
        self.show_exchanges()

    def retire(self) -> None:
        """Serve nothing of this device any more."""
        for owner in {*self.owners, *self._hosts}:
            self._around.sink.swap(owner, [])

    def renew(self, around: Surroundings) -> None:
        """Go on in other surroundings; only what they change is built anew."""
        before, self._around = self._around, around
        if (around.plans, around.limits.attributes) != (before.plans, before.limits.attributes):
            self.adopt(self.known)
        elif around.limits != before.limits:
            self.limit(around.limits)

    def limit(self, limits: Limits) -> None:
        """Other bounds from now on; surplus exchanges go at once."""
        self._around = replace(self._around, limits=limits)
        self.known = replace(self.known, log=_within(self.known.log, limits))
        self.show_exchanges()

    def show_exchanges(self) -> None:
        """Serve the exchange log as it is."""
        self.known, blocks = self._show(self.known, self._around.clock(), Feed.EXCHANGES)
        self._publish(blocks)

    def survey(self) -> Survey:
        """How the document fits the declarations, for `check`."""
        plan, view = self._around.plans(generation(self.known.root)), self._view(self.known, self._around.clock())
        build(plan, (Feed.STATUS, Feed.DOCUMENT), view, unread(self.known.memory))
        unmapped = tuple(
            leaf.path for leaf in leaves(view.root) if (id(leaf.container), leaf.key) not in view.notes.served
        )
        return Survey(dict(view.notes.found), unmapped, slot_problems(view))

    def _view(self, known: Known, moment: datetime) -> DeviceView:
        root, settings, slots = known.root, self.settings, self.slots.cut(slot_ids(known.root))
        if slots is not None and root:
            root, settings = cut_to_slots(root, slots), settings.model_copy(update={"slots": slots})
        return DeviceView(
            self.index,
            settings,
            root,
            known.health,
            self._identities,
            moment,
            known.log,
            drift=known.drift,
            attribute_limit=self._around.limits.attributes,
            uptime_ticks=self._around.uptime_ticks(),
            marks=Marks(known.marks),
            engine_id=self._around.engine_id,
        )

    def _show(self, known: Known, moment: datetime, *feeds: Feed) -> tuple[Known, Blocks]:
        """Blocks of tables that need no new reading of the document."""
        plan, view = self._around.plans(generation(known.root)), self._view(known, moment)
        return _made(known, {feed: build(plan, (feed,), view, known.memory)[0] for feed in feeds})

    def _read(self, known: Known, moment: datetime) -> tuple[Known, Blocks, Mapping[str, Sequence[Block]]]:
        """Blocks of everything in the document, and what is known after reading it."""
        plan = self._around.plans(generation(known.root))
        view = with_own_tables(self._view(known, moment), plan)
        # The status tables read the document too: their leaves are no leftovers, their drift counts.
        status, memory = build(plan, (Feed.STATUS,), view, known.memory)
        document, memory = build(plan, (Feed.DOCUMENT,), view, memory)
        leftovers, _ = build(plan, (Feed.LEFTOVERS,), view, memory)
        facts = facts_of(plan.module, document).with_cell(NAME_FACT, (0,), host_name(root_row(view)))
        drift = tuple(view.notes.drift.values())
        if drift != view.drift:
            status, _ = build(plan, (Feed.STATUS,), replace(view, drift=drift), memory)
        hosts = read_hosts(self._around.plans, generation(known.root), view, memory, known.hosts)
        places = hosts.places if known.root else known.places  # what is in a device that never answered is not gone
        known = replace(
            known, memory=memory, drift=drift, facts=facts, places=places, marks=view.marks.after, hosts=hosts
        )
        cells = {Feed.DOCUMENT: document, Feed.LEFTOVERS: leftovers, Feed.STATUS: status}
        known, blocks = _made(known, cells)
        return known, blocks, hosts.blocks

    def _publish(self, blocks: Blocks, hosts: Mapping[str, Sequence[Block]] | None = None) -> None:
        for feed, ready in blocks.items():
            self._serve(self.owner(feed), ready)
        if hosts and not self.known.root:
            for owner, ready in hosts.items():  # a process before this one may have served more of it
                self._around.sink.propose(owner, ready)
        elif hosts:
            for owner in self._hosts - hosts.keys():
                self._serve(owner, [])
            self._hosts = frozenset(hosts)
            for owner, ready in hosts.items():
                self._serve(owner, ready)

    def _serve(self, owner: str, blocks: Sequence[Block]) -> None:
        self._around.sink.swap(owner, blocks)
        self._sizes[owner] = sum(len(block.keys) for block in blocks)

    def _keep_indexes(self) -> None:
        self._unkept += self._identities.take_fresh()
        try:
            self._around.indexes.keep(self.settings.name, self._unkept)
        except HostError as problem:
            # They are served all the same, and written with the next ones.
            log.error("indexes-not-kept device=%s count=%d problem=%s", self.settings.name, len(self._unkept), problem)
        else:
            self._unkept = []

    def _report(self, before: Health) -> None:
        """One log line when a device's state or reason changes, none while it stays."""
        health = self.known.health
        if (health.state, health.reason) == (before.state, before.reason):
            return
        level = logging.INFO if health.state is DeviceState.UP else logging.WARNING
        log.log(
            level,
            "device-%s device=%s reason=%s detail=%r",
            health.state.value,
            self.settings.name,
            health.reason,
            health.detail,
        )


def _made(known: Known, cells: Mapping[Feed, Sequence[Cells]]) -> tuple[Known, Blocks]:
    """Blocks of cells, those of unchanged ones as they were, and what is known with them."""
    made = {feed: remade(columns, known.made.get(feed, Made())) for feed, columns in cells.items()}
    return replace(known, made={**known.made, **made}), {feed: one.blocks for feed, one in made.items()}


def _within(log: ExchangeLog, limits: Limits) -> ExchangeLog:
    return exchanges.bounded(log, limits.http_max_count, limits.http_loss_percent)


def _log_within(limits: Limits) -> ExchangeLog:
    return ExchangeLog(limits.http_max_count, loss_limit_percent=limits.http_loss_percent)


def _first_health(settings: DeviceSettings) -> Health:
    if not settings.enabled:
        return healths.unpolled(Health(), SwitchedOff("switched off in the configuration"))
    if settings.username is None:
        return healths.unpolled(Health(), CredentialsMissing("no username and password in the configuration"))
    return Health()
