"""From a device over HTTP to a notice: simulated LANTIME, real client, keeper, watcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.service.keeper import Keeper
from agent.sim import Simulator
from tests.service.conftest import Bench, Benching
from tests.service.test_keeper import PACE
from tests.support.running import device
from tests.support.watching import Watch


@pytest.fixture
def simulator(still: Callable[..., Simulator]) -> Simulator:
    return still()


@pytest.fixture
def polled(simulator: Simulator, bench: Benching, tmp_path: Path) -> tuple[Bench, Watch]:
    """A device polled twice, and the watcher its keeper tells."""
    made, watch = bench(device(simulator.port, poll=PACE)), Watch(tmp_path / "alarms")
    keeper: Keeper = made.keeper
    keeper.renew(replace(keeper._around, seen=watch.watcher.device_read))
    for _ in range(2):
        assert made.poll().error is None
        watch.tick()
    return made, watch


def test_a_fault_of_the_device_is_a_notice_after_the_next_poll_and_its_end_is_one(
    simulator: Simulator, polled: tuple[Bench, Watch]
) -> None:
    made, watch = polled
    simulator.faults.set("antenna-fault")
    made.poll()
    assert {("lnbAntennaFault", "", False), ("lnbAntennaFault", "clk1", False)} <= set(watch.tick())
    simulator.faults.clear()
    made.poll()
    assert {("lnbAntennaFault", "", True), ("lnbAntennaFault", "clk1", True)} <= set(watch.tick())


def test_a_device_whose_rest_api_is_switched_off_says_so(simulator: Simulator, polled: tuple[Bench, Watch]) -> None:
    made, watch = polled
    simulator.faults.set("rest-disabled")
    made.poll()
    assert watch.tick() == [("lnbRestApiDisabled", "", False)]
    simulator.faults.clear()
    made.poll()
    assert watch.tick() == [("lnbRestApiDisabled", "", True)]


def test_refused_credentials_are_told_once(simulator: Simulator, polled: tuple[Bench, Watch]) -> None:
    made, watch = polled
    simulator.faults.set("unauthorized")
    made.poll()
    assert watch.tick() == [("lnbCredentialsRejected", "", False)]
    made.poll()
    assert watch.tick() == []


def test_a_device_that_fails_three_times_is_unreachable_and_keeps_its_other_alarms(
    simulator: Simulator, polled: tuple[Bench, Watch]
) -> None:
    made, watch = polled
    before = {alarm.index for alarm in watch.watcher.view().alarms}
    simulator.faults.set("server-error")
    told = []
    for _ in range(4):
        made.poll()
        told += watch.tick()
    assert told == [("lnbDeviceUnreachable", "", False)]
    assert before < {alarm.index for alarm in watch.watcher.view().alarms}
