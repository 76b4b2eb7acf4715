"""Polls by schedule: one job per device, pace, pauses, crashes, clock steps, and the end."""

from __future__ import annotations

import asyncio
import datetime as real
import itertools
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import apscheduler.schedulers.base
import pytest

from agent.config import DeviceSettings
from agent.device.client import Client
from agent.errors import DeviceError, RateLimited, TimedOut
from agent.model.health import DeviceState
from agent.service import poller as poller_module
from agent.service.keeper import Keeper, Outcome
from agent.service.poller import Poller
from agent.sim import SimSpec, Simulator
from tests.service.conftest import Benching, Script
from tests.support.cells import stored
from tests.support.running import FAST, device, pace

SMALL: dict[str, Any] = {"status": {"data": {"system": {"uptime": 1}}}}
QUICK = pace(interval_s=0.02, backoff_max_s=0.02, configuration=False)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("poll")]
    assert not left


async def until(condition: Callable[[], Any], seconds: float = 8.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "not in time"
        await asyncio.sleep(0.005)


def run(
    keepers: list[Keeper],
    open_session: Any,
    body: Callable[[Poller], Awaitable[None]],
    *,
    max_parallel: int = 4,
    started: Callable[[Poller], None] = lambda poller: None,
) -> float:
    """Run a poller around a test's body; how long its stop took."""

    async def main() -> float:
        poller = Poller(keepers, open_session, max_parallel)
        started(poller)
        poller.start()
        try:
            await body(poller)
        finally:
            begin = time.monotonic()
            await poller.stop()
            took = time.monotonic() - begin
        return took

    return asyncio.run(main())


def planned(poller: Poller) -> list[float]:
    """The delays a poller plans from now on; it keeps them no longer than a moment."""
    delays: list[float] = []
    plan = poller._plan

    def noted(name: str, delay_s: float) -> None:
        delays.append(delay_s)
        plan(name, min(delay_s, 0.01))

    poller._plan = noted  # type: ignore[method-assign]
    return delays


class Gate:
    """A device that holds every request until it is let go; knows how many wait at once."""

    lock = threading.Lock()

    def __init__(self) -> None:
        self.open = threading.Event()
        self.waiting = self.most = self.total = 0
        self.closed = 0

    def get(self, path: str, **options: Any) -> Any:
        with self.lock:
            self.waiting += 1
            self.total += 1
            self.most = max(self.most, self.waiting)
        try:
            if not self.open.wait(5):
                raise TimedOut("never let go")
            return SMALL["status"]
        finally:
            with self.lock:
                self.waiting -= 1

    def close(self) -> None:
        self.closed += 1


def fleet(bench: Benching, count: int, **changes: Any) -> list[Keeper]:
    return [bench(device(80, f"lts{n}", **{"poll": QUICK, **changes})).keeper for n in range(count)]


def test_one_job_per_polled_device_and_phases_spread(bench: Benching) -> None:
    keepers = fleet(bench, 20, poll=pace(interval_s=300))
    keepers.append(bench(device(80, "off", enabled=False)).keeper)
    keepers.append(bench(device(80, "unknown", username=None, password=None)).keeper)
    opened: list[str] = []

    def open_session(settings: DeviceSettings, listener: Any) -> Any:
        opened.append(settings.name)
        return Script(SMALL)

    async def body(poller: Poller) -> None:
        jobs = poller._scheduler.get_jobs()
        assert sorted(job.id for job in jobs) == sorted(opened) == sorted(f"lts{n}" for n in range(20))
        now = real.datetime.now(real.timezone.utc)
        phases = sorted((job.next_run_time - now).total_seconds() for job in jobs)
        assert -0.1 < phases[0] < 6
        assert 24 < phases[-1] < 30
        assert max(later - sooner for sooner, later in itertools.pairwise(phases)) < 8

    run(keepers, open_session, body)


def test_delays_follow_interval_and_jitter(bench: Benching) -> None:
    (keeper,) = fleet(bench, 1, poll=pace(interval_s=100, configuration=False))

    async def body(poller: Poller) -> None:
        await until(lambda: len(noted) > 30)

    noted: list[float] = []

    def started(poller: Poller) -> None:
        nonlocal noted
        noted = planned(poller)

    run([keeper], lambda *_: Script(SMALL), body, started=started)
    assert all(89 <= delay <= 110 for delay in noted[1:])
    assert max(noted[1:]) - min(noted[1:]) > 5


def test_back_off_grows_to_its_limit_and_resets(bench: Benching) -> None:
    (keeper,) = fleet(bench, 1, poll=pace(interval_s=30, configuration=False))
    answers: dict[str, Any] = {"status": TimedOut("late")}
    noted: list[float] = []

    def started(poller: Poller) -> None:
        nonlocal noted
        noted = planned(poller)

    async def body(poller: Poller) -> None:
        await until(lambda: len(noted) > 7)
        answers.update(SMALL)
        await until(lambda: keeper.known.health.state is DeviceState.UP)
        answers["status"] = TimedOut("late")
        await until(lambda: keeper.known.health.failures > 0)

    run([keeper], lambda *_: Script(answers), body, started=started)
    for delay, wanted in zip(noted[1:7], (30, 60, 120, 240, 300, 300), strict=True):
        assert wanted * 0.9 <= delay <= wanted * 1.1
    assert 27 <= noted[-1] <= 33


@pytest.mark.parametrize(
    ("error", "low", "high"),
    [(RateLimited("429", 1000), 1000, 1000), (RateLimited("429", 1), 27, 33), (RateLimited("429", 1e9), 3600, 3600)],
)
def test_retry_after_is_honoured(error: DeviceError, low: float, high: float, bench: Benching) -> None:
    (keeper,) = fleet(bench, 1, poll=pace(interval_s=30, configuration=False))
    noted: list[float] = []

    def started(poller: Poller) -> None:
        nonlocal noted
        noted = planned(poller)

    async def body(poller: Poller) -> None:
        await until(lambda: len(noted) > 1)

    run([keeper], lambda *_: Script({"status": error}), body, started=started)
    assert low <= noted[1] <= high


def test_two_rejections_and_the_device_is_left_alone(bench: Benching, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(SimSpec(generation=8))
    simulator.faults.set("unauthorized")
    keeper = bench(device(simulator.port, poll=QUICK)).keeper

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: keeper.known.health.rejections == 2)
        await until(lambda: "lts1" in poller._due_s)
        assert 3590 < poller._due_s["lts1"] - time.monotonic() <= 3600
        await asyncio.sleep(0.2)  # ten intervals
        assert len(simulator.requests) == 2
        simulator.faults.clear()
        poller.poll_now()
        await until(lambda: keeper.known.health.state is DeviceState.UP)
        assert keeper.known.health.rejections == 0

    run([keeper], Client, body)
    assert not simulator.accounts.is_locked


def test_a_poll_that_crashes_is_logged_and_polling_goes_on(bench: Benching, caplog: pytest.LogCaptureFixture) -> None:
    crashing, healthy = fleet(bench, 2)
    answers: dict[str, Any] = {"status": ZeroDivisionError("a bug")}
    scripts = {"lts0": Script(answers), "lts1": Script(dict(SMALL))}

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: crashing.known.health.failures > 2)
        assert crashing.known.health.reason == "badAnswer"
        assert "ZeroDivisionError" in crashing.known.health.detail
        await until(lambda: healthy.known.health.polls > 2)
        answers.update(SMALL)
        await until(lambda: crashing.known.health.state is DeviceState.UP)

    with caplog.at_level(logging.ERROR):
        run([crashing, healthy], lambda settings, _: scripts[settings.name], body)
    assert "poll-crashed device=lts0" in caplog.text
    assert "a bug" in caplog.text
    assert "device=lts1" not in caplog.text


def test_whatever_comes_after_a_poll_may_crash_too(bench: Benching, caplog: pytest.LogCaptureFixture) -> None:
    (keeper,) = fleet(bench, 1)

    async def main() -> None:
        def broken() -> None:
            raise ZeroDivisionError("a bug")

        poller = Poller([keeper], lambda *_: Script(dict(SMALL)), 2, broken)
        poller.start()
        poller.poll_now()
        await until(lambda: keeper.known.health.polls > 2)
        await poller.stop()

    asyncio.run(main())
    assert "poll-crashed" in caplog.text


def test_a_busy_event_loop_loses_no_poll(bench: Benching) -> None:
    """A poll that comes due before the job that planned it has ended is made all the same."""
    (keeper,) = fleet(bench, 1)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        poller = Poller([keeper], lambda *_: Script(dict(SMALL)), 2, lambda: loop.call_soon(time.sleep, 0.05) and None)
        poller.start()
        poller.poll_now()
        await until(lambda: keeper.known.health.polls > 4)
        await poller.stop()

    asyncio.run(main())


def test_one_request_in_flight_however_often_a_poll_is_asked_for(bench: Benching) -> None:
    (keeper,) = fleet(bench, 1)
    gate = Gate()

    async def body(poller: Poller) -> None:
        for _ in range(5):
            poller.poll_now()
            await asyncio.sleep(0.01)
        await until(lambda: gate.waiting == 1)
        gate.open.set()
        await until(lambda: gate.total > 3)

    run([keeper], lambda *_: gate, body)
    assert gate.most == 1
    assert gate.closed == 1


def test_no_more_threads_than_allowed(bench: Benching) -> None:
    keepers = fleet(bench, 9)
    gate = Gate()

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: gate.waiting == 3)
        assert len([thread for thread in threading.enumerate() if thread.name.startswith("poll")]) == 3
        gate.open.set()
        await until(lambda: all(keeper.known.health.polls for keeper in keepers))

    run(keepers, lambda *_: gate, body, max_parallel=3)
    assert gate.most == 3
    assert gate.closed == 9


class SteppedDatetime(real.datetime):
    """A wall clock that can be set."""

    offset = real.timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return real.datetime.now(tz) + cls.offset


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_stepped_wall_clock_stops_no_polls(
    hours: int, bench: Benching, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (keeper,) = fleet(bench, 1, poll=pace(interval_s=0.4, configuration=False))
    monkeypatch.setattr(SteppedDatetime, "offset", real.timedelta())
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SteppedDatetime)
    monkeypatch.setattr(poller_module, "datetime", SteppedDatetime)
    monkeypatch.setattr(poller_module, "HOUSEKEEPING_S", 0.05)
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + SteppedDatetime.offset.total_seconds())

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: keeper.known.health.polls == 1 and "lts0" in poller._due_s)
        SteppedDatetime.offset = real.timedelta(hours=hours)
        await until(lambda: "clock-stepped" in caplog.text)
        (job,) = poller._scheduler.get_jobs()
        assert (job.next_run_time - SteppedDatetime.now(real.timezone.utc)).total_seconds() < 1
        await until(lambda: keeper.known.health.polls > 2)

    with caplog.at_level(logging.WARNING, logger="agent.service.poller"):
        run([keeper], lambda *_: Script(dict(SMALL)), body)


def test_housekeeping_takes_stale_devices_down_and_survives_a_crash(
    bench: Benching, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(poller_module, "HOUSEKEEPING_S", 0.01)
    made = bench(device(80, poll=pace(interval_s=300, down_after_s=90, configuration=False)))
    made.poll(Script(dict(SMALL)))
    made.poll(Script({"status": TimedOut("late")}))
    aged, threads = made.keeper.aged, []

    def crashing_at_first() -> Outcome:
        threads.append(threading.current_thread())
        if len(threads) == 1:
            raise ZeroDivisionError("a bug")
        return aged()

    monkeypatch.setattr(made.keeper, "aged", crashing_at_first)

    async def body(poller: Poller) -> None:
        await asyncio.sleep(0.05)
        assert not threads
        made.clock.seconds = 90
        await until(lambda: made.keeper.known.health.state is DeviceState.DOWN)

    run([made.keeper], lambda *_: Script(dict(SMALL)), body)
    assert "housekeeping-crashed" in caplog.text
    assert threading.main_thread() not in threads, "reading a large document would hold up every GET"


def test_stop_during_hanging_polls_ends_within_one_deadline(
    bench: Benching, simulate: Callable[..., Simulator], caplog: pytest.LogCaptureFixture
) -> None:
    """Polls that wait for a thread are given up, however many they are."""
    simulator = simulate(SimSpec(generation=8))
    simulator.faults.set("hang")
    patience = pace(**FAST | {"deadline_s": 1.0, "read_timeout_s": 5.0})
    keepers = [bench(device(simulator.port, f"lts{n}", poll=patience)).keeper for n in range(6)]

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: simulator.requests)

    took = run(keepers, Client, body, max_parallel=1)
    assert took < 1.5
    assert len(simulator.requests) == 1
    assert sum(keeper.known.health.polls for keeper in keepers) == 1
    assert "Traceback" not in caplog.text


def test_a_hanging_request_is_listed_while_it_hangs(bench: Benching, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(SimSpec(generation=8))
    simulator.faults.set("hang")
    made = bench(device(simulator.port, poll=pace(**FAST | {"deadline_s": 2.0, "read_timeout_s": 5.0})))

    def states() -> list[str]:
        return list(stored(made.store).get("lnbHttpState", {}).values())

    async def body(poller: Poller) -> None:
        poller.poll_now()
        await until(lambda: states() == ["pending"])
        simulator.faults.clear()
        await until(lambda: states()[:1] != ["pending"])

    run([made.keeper], Client, body)
