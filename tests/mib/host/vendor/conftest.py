"""An agent with a simulated M3000, and one without PTP, as hosts that managers ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sim import SimSpec, Simulator
from tests.mib.host.vendor.asking import Client
from tests.support.running import RunningAgent, configured, device, pace

COMMUNITY = "nms"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent that has read its devices."""
    folder: Path = tmp_path_factory.mktemp("state")
    simulators = [Simulator(SimSpec(clients=1)), Simulator(SimSpec(clients=1, hps_cards=0, generation=10))]
    for simulator in simulators:
        simulator.start()
    devices = [
        device(simulator.port, name, poll=pace(interval_s=3600))
        for simulator, name in zip(simulators, ("m3000", "plain"), strict=True)
    ]
    running = RunningAgent(configured(folder, *devices, snmp={"communities": [{"name": COMMUNITY}]})).start()
    try:
        running.poll_now()
        running.wait_up()
        yield running
    finally:
        running.stop()
        for simulator in simulators:
            simulator.stop()


@pytest.fixture
def m3000(agent: RunningAgent) -> Client:
    """A device with two clocks, three power supplies and HPS cards."""
    return Client(agent.port, f"{COMMUNITY}@m3000")


@pytest.fixture
def plain(agent: RunningAgent) -> Client:
    """A device without PTP."""
    return Client(agent.port, f"{COMMUNITY}@plain")
