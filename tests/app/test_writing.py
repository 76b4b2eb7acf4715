"""What managers may write: by net-snmp, over real UDP, through the whole agent."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import Settings
from agent.sim import SimSpec, Simulator
from tests.support.running import FAST, Starting, configured, device, pace, wait_for
from tests.support.tools import tool

ROOT = "1.3.6.1.4.1.8072.9999.9999.5597.1"
TRACKING, MAX_COUNT = f"{ROOT}.17.1.1.0", f"{ROOT}.17.1.2.0"
SESSION_URI = f"{ROOT}.17.3.1.3"
CONTACT, LOCATION = "1.3.6.1.2.1.1.4.0", "1.3.6.1.2.1.1.6.0"
SERIAL = "1.3.6.1.6.3.1.1.6.1.0"
COMMUNITIES = {
    "communities": [
        {"name": "reader"},
        {"name": "writer", "write_view": "default"},
        {"name": "partly", "write_view": "contact"},
    ],
    "views": {"contact": {"include": ["1.3.6.1.2.1.1.4"]}},
    "contact": "as configured",
}


def asked(program: str, address: str, community: str, *arguments: str) -> str:
    """What net-snmp prints; its complaint where the agent refuses."""
    command = (tool(program), "-v2c", "-c", community, "-Oqv", "-t", "2", "-r", "1", address, *arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip() or done.stderr.strip()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(SimSpec(clients=1)) as running:
        yield running


def settings_for(state_dir: Path, simulator: Simulator, **snmp: Any) -> Settings:
    return configured(
        state_dir, device(simulator.port, poll=pace(**FAST | {"interval_s": 0.2})), snmp={**COMMUNITIES, **snmp}
    )


def test_a_community_without_a_write_view_may_set_nothing(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(settings_for(tmp_path, simulator))
    address = f"127.0.0.1:{running.port}"

    refused = asked("snmpset", address, "reader", CONTACT, "s", "somebody")

    assert "noAccess" in refused
    assert asked("snmpget", address, "reader", CONTACT) == '"as configured"'


def test_what_is_written_is_served_at_once_and_holds_over_a_restart(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    settings = settings_for(tmp_path, simulator)
    running = agent_on(settings)
    address = f"127.0.0.1:{running.port}"
    assert asked("snmpset", address, "writer", CONTACT, "s", "somebody", LOCATION, "s", "rack 7") == (
        '"somebody"\n"rack 7"'
    )
    assert asked("snmpget", address, "reader", CONTACT) == '"somebody"'
    running.stop()

    running = agent_on(settings)
    address = f"127.0.0.1:{running.port}"
    assert asked("snmpget", address, "reader", CONTACT, LOCATION) == '"somebody"\n"rack 7"'
    running.stop()

    edited = settings_for(tmp_path, simulator, contact="configured anew")
    running = agent_on(edited)
    address = f"127.0.0.1:{running.port}"
    assert asked("snmpget", address, "reader", CONTACT, LOCATION) == '"configured anew"\n"rack 7"'


def test_one_bad_varbind_is_named_and_nothing_is_written(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(settings_for(tmp_path, simulator))
    address = f"127.0.0.1:{running.port}"

    refused = asked("snmpset", address, "writer", CONTACT, "s", "a", MAX_COUNT, "u", "0", LOCATION, "s", "b")

    assert "wrongValue" in refused
    assert MAX_COUNT.partition("8072")[2] in refused
    assert asked("snmpget", address, "reader", CONTACT) == '"as configured"'
    assert "wrongType" in asked("snmpset", address, "writer", MAX_COUNT, "i", "5")
    assert "wrongLength" in asked("snmpset", address, "writer", CONTACT, "s", "x" * 256)
    assert "notWritable" in asked("snmpset", address, "writer", "1.3.6.1.2.1.1.1.0", "s", "x")
    assert "noCreation" in asked("snmpset", address, "writer", f"{MAX_COUNT[:-2]}.7", "u", "5")
    assert "noAccess" in asked("snmpset", address, "partly", LOCATION, "s", "x")


def test_a_set_that_names_the_serial_number_must_know_it(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(settings_for(tmp_path, simulator))
    address = f"127.0.0.1:{running.port}"
    number = int(asked("snmpget", address, "writer", SERIAL))

    assert "inconsistentValue" in asked("snmpset", address, "writer", SERIAL, "i", str(number + 1), CONTACT, "s", "x")
    assert asked("snmpset", address, "writer", SERIAL, "i", str(number), CONTACT, "s", "y").endswith('"y"')
    assert int(asked("snmpget", address, "writer", SERIAL)) == (number + 1) % 2**31


def test_lowering_the_maximum_drops_the_oldest_sessions_in_the_same_set(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(settings_for(tmp_path, simulator))
    address = f"127.0.0.1:{running.port}"
    rows = lambda: asked("snmpwalk", address, "reader", SESSION_URI).splitlines()  # noqa: E731
    wait_for(lambda: len(rows()) >= 10, "sessions")

    asked("snmpset", address, "writer", TRACKING, "i", "2", MAX_COUNT, "u", "3")

    assert len(rows()) == 3
    assert int(asked("snmpget", address, "reader", f"{ROOT}.17.2.1.7.1")) >= 7, "dropped ones are counted"
    asked("snmpset", address, "writer", MAX_COUNT, "u", "10000")
    assert len(rows()) <= 3, "nothing comes back, and nothing is tracked now"
