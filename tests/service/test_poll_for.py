"""Polls that somebody asks for and waits for."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from agent.errors import RateLimited, SwitchedOff, TimedOut
from agent.service.fleet import PolledFleet, SlotChoices
from agent.service.keeper import Keeper
from agent.service.poller import Poller
from tests.service.conftest import Bench, Benching, Script
from tests.service.test_poller import SMALL, Gate, run, until
from tests.support.running import device, pace

SELDOM = pace(interval_s=300, configuration=False)


def keeper_of(bench: Benching, **changes: Any) -> Keeper:
    return bench(device(80, **{"poll": SELDOM, **changes})).keeper


def fleet_of(poller: Poller, keeper: Keeper) -> PolledFleet:
    class NoChoices:
        def slot_choices(self) -> dict[str, dict[str, bool]]:
            return {}

        def keep_slot_choice(self, device: str, slot: str, *, asked: bool | None) -> None:
            pass

    return PolledFleet(poller, lambda: {keeper.settings.name: keeper}, SlotChoices(NoChoices()))


def test_a_poll_that_is_asked_for_begins_at_once(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        result = await asyncio.wait_for(poller.poll_for("lts1", 5), 2)
        assert result.error is None
        assert keeper.known.health.polls == 1

    run([keeper], lambda *_: Script(SMALL), body)


def test_it_says_why_it_failed(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        result = await asyncio.wait_for(poller.poll_for("lts1", 5), 2)
        assert isinstance(result.error, TimedOut)

    run([keeper], lambda *_: Script({"status": TimedOut("late")}), body)


def test_one_asked_for_during_a_poll_is_another_poll(bench: Benching) -> None:
    keeper, gate = keeper_of(bench), Gate()

    async def body(poller: Poller) -> None:
        first = poller.poll_for("lts1", 1)
        await until(lambda: gate.waiting)
        second = poller.poll_for("lts1", 2)
        gate.open.set()
        await asyncio.wait_for(first, 2)
        assert not second.done()
        await asyncio.wait_for(second, 2)
        assert gate.total == 2

    run([keeper], lambda *_: gate, body)


def test_one_asked_for_at_the_very_end_of_another_is_not_forgotten(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        again: list[asyncio.Future[Any]] = []
        poller.poll_for("lts1", 1).add_done_callback(lambda _: again.append(poller.poll_for("lts1", 2)))
        await until(lambda: again)
        assert (await asyncio.wait_for(again[0], 2)).error is None

    run([keeper], lambda *_: Script(SMALL), body)


def test_a_device_is_left_alone_for_as_long_as_its_poll_took(bench: Benching) -> None:
    keeper = keeper_of(bench)

    class Slow(Script):
        def get(self, path: str, **options: Any) -> Any:
            time.sleep(0.2)
            return super().get(path, **options)

    async def body(poller: Poller) -> None:
        begin = time.monotonic()
        for message in range(3):
            await asyncio.wait_for(poller.poll_for("lts1", message), 5)
        assert time.monotonic() - begin > 0.95, "three polls, and a rest of 0.2 s behind two of them"

    run([keeper], lambda *_: Slow(SMALL), body)


def test_a_device_that_is_taken_away_ends_the_waiting(bench: Benching) -> None:
    keeper, gate = keeper_of(bench), Gate()

    async def body(poller: Poller) -> None:
        running = poller.poll_for("lts1", 1)
        await until(lambda: gate.waiting)
        waiting = poller.poll_for("lts1", 2)
        poller.drop("lts1")
        gate.open.set()
        for future in (running, waiting):
            with pytest.raises(SwitchedOff):
                await asyncio.wait_for(future, 2)

    run([keeper], lambda *_: gate, body)


def test_a_device_that_is_not_polled_is_refused(bench: Benching) -> None:
    keeper = keeper_of(bench, enabled=False)

    async def body(poller: Poller) -> None:
        with pytest.raises(SwitchedOff):
            poller.poll_for("lts1", 1)
        standing = fleet_of(poller, keeper).standing("lts1")
        assert standing is not None
        assert "switched off" in standing.obstacle

    run([keeper], lambda *_: Script(SMALL), body)


def test_a_device_that_asked_to_be_left_alone_is_left_alone(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        fleet = fleet_of(poller, keeper)
        assert (await fleet.poll("lts1", message=1)).error is not None
        standing = fleet.standing("lts1")
        assert standing is not None
        assert "left alone for another" in standing.obstacle

    run([keeper], lambda *_: Script({"status": RateLimited("429", 90.0)}), body)


def test_a_device_that_refused_its_password_twice_is_not_asked_by_command(bench: Benching, simulate: Any) -> None:
    simulator = simulate()
    simulator.faults.set("unauthorized")
    one: Bench = bench(device(simulator.port, poll=SELDOM))
    for _ in range(2):
        one.poll()

    async def body(poller: Poller) -> None:
        standing = fleet_of(poller, one.keeper).standing("lts1")
        assert standing is not None
        assert "not asked again for" in standing.obstacle

    run([one.keeper], lambda *_: Script(SMALL), body)


def test_rediscovery_reads_inventory_and_configurations_anew(bench: Benching, sound: Any) -> None:
    keeper = keeper_of(bench, poll=pace(interval_s=300, mode="subtrees", configuration_interval_s=600))
    script = Script(dict(sound))

    async def body(poller: Poller) -> None:
        await asyncio.wait_for(poller.poll_for("lts1", 1), 5)
        first = script.taken()
        await asyncio.wait_for(poller.poll_for("lts1", 2), 5)
        second = script.taken()
        await asyncio.wait_for(poller.poll_for("lts1", 3, anew=True), 5)
        third = script.taken()
        assert "status/chassis0" in first
        assert "status/chassis0" not in second
        assert not any(path.startswith("configuration/") for path in second)
        assert third == first

    run([keeper], lambda *_: script, body)
