"""Every fault a simulated device can have, on a running agent: it answers, says why, and the device comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.sim import SimSpec, Simulator
from agent.sim.catalogue import CATALOGUE, Scope
from tests.support.cells import Cells, stored
from tests.support.running import FAST, RunningAgent, configured, device, pace, wait_for

Effect = Callable[[Cells], Any]


@dataclass(frozen=True)
class Case:
    """A fault, the reason that is served of it, and what else is seen."""

    fault: str
    reason: str = "none"
    options: dict[str, Any] = field(default_factory=dict)
    effect: Effect = lambda cells: True
    state: str = "stale"

    def __str__(self) -> str:
        return "-".join([self.fault, *map(str, self.options.values())])[:40]


def having(name: str, value: Any) -> Effect:
    """Some cell of the object has the value."""
    return lambda cells: value in cells.get(name, {}).values()


CASES = [
    Case("unauthorized", "credentialsRejected", effect=having("lnbDeviceCredentialState", "rejected")),
    Case("rate-limited", "rateLimited"),
    Case("rate-limited", "rateLimited", {"retry_after": "0"}, effect=having("lnbHttpStatus", "Too Many Requests")),
    Case("rest-disabled", "restDisabled", effect=having("lnbDeviceRestState", "disabled")),
    Case("server-error", "serverError", effect=having("lnbHttpStatusCode", 500)),
    Case("server-error", "serverError", {"status": 503}),
    Case("server-error", "credentialsRejected", {"status": 403}),
    Case("hang", "timedOut", effect=having("lnbHttpState", "timedOut")),
    Case("wrong-content-type", "restDisabled"),
    Case("not-json", "badAnswer"),
    Case("huge", "tooLarge", {"size": 3_000_000}, effect=having("lnbHttpState", "aborted")),
    Case("huge", "tooLarge", {"size": 3_000_000, "chunked": True}),
    Case("empty", "badAnswer"),
    Case("slow-drip", "timedOut"),
    Case("slow-headers", "timedOut"),
    Case("truncated", "badAnswer"),
    Case("truncated", "badAnswer", {"mismatch": True}),
    Case("reset", "unreachable"),
    Case("delay", "timedOut", {"seconds": 0.6}),
    Case("delay", "none", {"seconds": 0.05}),
    Case("bad-fields", effect=lambda cells: max(cells["lnbDeviceDrift"].values()) > 2),
    Case("reboot", "serverError", {"seconds": 0.6}),
    Case("reboot", "unreachable", {"seconds": 0.6, "mode": "refuse"}),
    Case("clock-jump", effect=lambda cells: cells["lnbSystemTime"]),
    Case("clock-unsync", effect=having("lnbSyncClockState", "notSynchronized")),
    Case("clock-unsync", options={"state": "holdover"}, effect=having("lnbSyncClockStateText", "holdover")),
    Case("antenna-fault", effect=having("lnbSyncAntenna", "disconnected")),
    Case("link-down", effect=having("lnbEventTriggered", "true")),
    Case("link-down", options={"port": "io1"}, effect=having("lnbPtpPortState", "faulty")),
    Case("psu-lost", effect=having("lnbEventTriggered", "true")),
    Case("event", effect=having("lnbEventTriggered", "true")),
    Case("card-pulled", effect=having("lnbModuleState", "missing")),
    Case("card-replaced", options={"slot": "io3"}, effect=lambda cells: "io3" in cells["lnbPtpSlotId"].values()),
    Case("card-replugged", options={"seconds": 0.3}),
    Case("ptp-port-state", effect=having("lnbPtpPortState", "passive")),
    Case("grandmaster-change"),
    Case("slots-reordered"),
]


def test_every_fault_is_tried() -> None:
    of_writes = {name for name, kind in CATALOGUE.items() if kind.scope in (Scope.WRITE, Scope.EFFECT)}
    assert {case.fault for case in CASES} == set(CATALOGUE) - of_writes


@dataclass(frozen=True)
class Running:
    agent: RunningAgent
    simulator: Simulator


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One device and one agent for all faults, so that each begins where the one before left them."""
    poll = pace(**FAST | {"interval_s": 0.05, "backoff_max_s": 0.05, "rejected_pause_s": 0.1})
    folder: Path = tmp_path_factory.mktemp("state")
    with Simulator(SimSpec(generation=10, hps_cards=1, clients=1)) as simulator:
        agent = RunningAgent(configured(folder, device(simulator.port, poll=poll)))
        agent.start()
        try:
            yield Running(agent, simulator)
        finally:
            agent.stop()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_served_as_what_it_is_and_passes(case: Case, running: Running) -> None:
    agent, simulator = running.agent, running.simulator
    simulator.faults.clear()
    agent.wait_up()
    polls = agent.keeper().known.health.polls
    simulator.faults.set(case.fault, **case.options)
    seen = wait_for(lambda: polled_with(agent, case, polls), f"{case} to be served")
    assert seen["lnbDeviceState"] == {(1,): "up" if case.reason == "none" else case.state}
    assert seen["lnbDeviceName"] == {(1,): "lts1"}
    assert seen["lnbSlotId"], "the last good document stays"
    simulator.faults.clear()
    agent.wait_up()
    assert agent.get("lnbDeviceState", 1) == "up"
    assert agent.get("lnbDeviceReason", 1) == "none"
    assert agent.get("lnbDeviceCredentialState", 1) == "accepted"
    assert agent.get("lnbDeviceRestState", 1) == "ok"


def polled_with(agent: RunningAgent, case: Case, polls: int) -> Cells | None:
    """The cells once a poll made under the fault is served with the reason and all that belongs to it."""
    if agent.get("lnbDeviceReason", 1) != case.reason or agent.keeper().known.health.polls <= polls + 1:
        return None
    cells = agent.call(lambda: stored(agent.app.store))
    return cells if case.effect(cells) and cells["lnbDeviceReason"] == {(1,): case.reason} else None
