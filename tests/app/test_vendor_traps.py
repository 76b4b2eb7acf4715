"""A fault of a simulated device, told to a receiver that knows the vendor's notifications alone."""

from __future__ import annotations

from pathlib import Path

from agent.sim import SimSpec
from tests.notify.receivers import Trapd, until
from tests.support.running import Simulating, Starting, configured, device

B3 = ".1.3.6.1.4.1.5597.30.3"
OURS = "OID: .1.3.6.1.4.1.8072.9999.9999.5597.0."
"""How the types of our own notifications begin."""


def test_a_lost_power_supply_is_told_with_the_devices_own_name_and_so_is_its_return(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SimSpec(clients=1))
    there = Trapd(tmp_path)
    there.start()
    receiver = {"name": "nms", "address": f"127.0.0.1:{there.port}", "community": "public", "dialect": "vendor"}
    state = tmp_path / "state"
    try:
        agent = agent_on(configured(state, device(simulator.port, "one"), notifications={"receivers": [receiver]}))
        agent.wait_up()
        until(lambda: agent.app.back.alarming.watcher.view().sequence, "the first look")
        simulator.faults.set("psu-lost", slot="pwr1")
        until(lambda: [line for line in there.lines() if f"{B3}.0.12\t" in line], there.text())
        simulator.faults.clear()
        until(lambda: [line for line in there.lines() if f"{B3}.0.16\t" in line], there.text())
        lines = [line for line in there.lines() if f"{B3}.0.1" in line]
        assert all('1.3.6.1.2.1.1.5.0 = STRING: "lantime-1.example.net"' in line for line in lines)
        assert not [line for line in there.lines() if OURS in line]
    finally:
        there.stop()
