"""A keeper with a store, indexes and clocks of the test's own, driven poll by poll."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from agent.app import Plans
from agent.config import DeviceSettings
from agent.device.client import Client
from agent.errors import DeviceError, NotFound
from agent.model.document import Json
from agent.model.exchange import Exchange, Purpose
from agent.service.keeper import Keeper, Limits, Outcome, Surroundings
from agent.service.state import StateStore
from agent.sim import SimSpec, Simulator, build_configuration, build_status
from agent.sim.documents import NodeNotFoundError
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from tests.support.cells import MODULE, octets_of, stored
from tests.support.running import simulate as simulate  # a fixture

NOW = datetime(2026, 3, 22, 20, 26, 47, tzinfo=timezone.utc)
Answers = dict[str, Any]


class Clock:
    """Wall and monotonic time that go on when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Script:
    """A device that answers by path: a document, an error to raise, or a function that gives either.

    A path that is not in the script is not found. Each request takes `cost_s` of the clock's time.
    """

    def __init__(self, answers: Answers, clock: Clock | None = None, cost_s: float = 0.0) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.deadlines: list[float] = []
        self.slots: list[str] = []
        self.cost_s = cost_s
        self._clock = clock
        self._busy = False

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Json:
        assert not self._busy, "two requests in flight"
        self._busy = True
        try:
            self.asked.append(path)
            self.deadlines.append(deadline_s)
            self.slots.append(slot)
            if self._clock:
                self._clock.seconds += self.cost_s
            answer = self.answers.get(path, NotFound(f"/api/{path}: 404"))
            answer = answer() if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer
        finally:
            self._busy = False

    def close(self) -> None:
        pass

    def taken(self) -> list[str]:
        """What was asked since this was last called."""
        asked, self.asked, self.deadlines = self.asked, [], []
        return asked


def answers_of(spec: SimSpec, now: datetime = NOW) -> Answers:
    """Whole status, its parts and card configurations of a healthy simulated device, by path."""
    status = build_status(spec, now)
    answers: Answers = {"status": status}
    for name, branch in status["data"].items():
        answers[f"status/{name}"] = {"data": branch}
    for slot in status["data"]["chassis0"]["slots"]:
        name = slot["slot-id"]
        if "module" in slot:
            answers[f"status/chassis0/slots/{name}/module"] = {"data": slot["module"]}
            try:
                answers[f"configuration/chassis0/slots/{name}/module"] = build_configuration(spec, name, now)
            except NodeNotFoundError:
                continue
    return answers


class Bench:
    """One keeper and what surrounds it."""

    def __init__(
        self, settings: DeviceSettings, state: Any, *, http_max_count: int = 25, tracking: bool = True
    ) -> None:
        self.clock = Clock()
        self.store = Store(located.oid for located in MODULE.objects.values())
        self.settings = settings
        limits = Limits(50_000, http_max_count, tracking)
        plans = Plans(MODULE, ())
        around = Surroundings(plans, Shelf(self.store), state, limits, self.clock.now, self.clock.monotonic)
        self.keeper = Keeper(1, settings, around)
        self._numbers = itertools.count(1)
        self.client: Client | None = None

    # A recorder, as the client wants one.
    def number(self) -> int:
        return next(self._numbers)

    def begun(self, exchange: Exchange) -> None:
        self.keeper.begun(exchange)

    def ended(self, exchange: Exchange) -> None:
        self.keeper.ended(exchange)

    def poll(self, fetcher: Any = None, *, after_s: float = 0.0) -> Outcome:
        """One poll, by the real client unless another fetcher is given."""
        self.clock.seconds += after_s
        if fetcher is None:
            self.client = self.client or Client(self.settings, self)
            fetcher = self.client
        outcome = self.keeper.poll(fetcher)
        self.keeper.accept(outcome)
        self.keeper.show_exchanges()
        return outcome

    def cells(self) -> dict[str, dict[tuple[int, ...], Any]]:
        return stored(self.store)

    def octets(self, *, without: tuple[str, ...] = ()) -> dict[tuple[int, ...], bytes]:
        """All cells as octets, some tables left out."""
        bases = [MODULE.parts[table][0] for table in without]
        return {
            oid: content
            for oid, content in octets_of(self.store).items()
            if not any(oid[: len(base)] == base for base in bases)
        }

    def device(self, column: str) -> Any:
        """A cell of lnbDeviceTable."""
        return self.cells().get(column, {}).get((1,))

    def close(self) -> None:
        if self.client:
            self.client.close()


class Indexes:
    """Indexes in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Any]] = {}

    def given(self, scope: str) -> list[Any]:
        return list(self.kept.get(scope, ()))

    def keep(self, scope: str, given: Any) -> None:
        self.kept.setdefault(scope, []).extend(given)


Benching = Callable[..., Bench]


@pytest.fixture(autouse=True)
def databases_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close after each test what it opened: a life that ends in the middle is what many of them are about."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    yield
    for connection in opened:
        connection.close()


@pytest.fixture
def bench() -> Iterator[Benching]:
    """Makes benches; their clients are closed after the test."""
    made: list[Bench] = []

    def make(settings: DeviceSettings, state: Any = None, **options: Any) -> Bench:
        made.append(Bench(settings, Indexes() if state is None else state, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="package")
def sound() -> Mapping[str, Any]:
    """Answers of a healthy device of generation 10; not to be changed."""
    return answers_of(SimSpec())


@pytest.fixture
def state_at(tmp_path: Path) -> Iterator[Callable[[], StateStore]]:
    """Opens the same state database, as one process after the other would."""
    opened: list[StateStore] = []

    def reopen() -> StateStore:
        for one in opened:
            one.close()
        opened.append(StateStore(tmp_path / "state" / "state.db"))
        return opened[-1]

    yield reopen
    for one in opened:
        one.close()


@pytest.fixture
def still() -> Iterator[Callable[..., Simulator]]:
    """Simulated devices whose clock stands still, so that two answers are the same octet for octet."""
    started: list[Simulator] = []

    def start(spec: SimSpec | None = None) -> Simulator:
        simulator = Simulator(spec or SimSpec(), clock=lambda: NOW)
        simulator.start()
        started.append(simulator)
        return simulator

    yield start
    for simulator in started:
        simulator.stop()


def failing(error: DeviceError) -> Script:
    """A device of which every request ends with an error."""
    return Script({"status": error})
