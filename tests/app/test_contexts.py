"""Contexts of devices, through the whole agent, by net-snmp."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from agent.config.secret import Secret
from agent.sim import SimSpec
from tests.support.running import RunningAgent, Simulating, Starting, configured, device, pace
from tests.support.tools import tool

ROOT = ".1.3.6.1.4.1.8072.9999.9999.5597.1"
DEVICE_NAMES = f"{ROOT}.2.1.1.2"
PASSPHRASE = "correct horse"
SNMP = {
    "communities": [{"name": "fleet"}, {"name": "second", "context": "two"}],
    "users": [{"name": "noc", "auth": {"passphrase": Secret(PASSPHRASE)}}],
}


def walked(agent: RunningAgent, *who: str, base: str = ".1.3.6.1") -> list[str]:
    command = (tool("snmpbulkwalk"), *who, "-m", "", "-Onq", "-t", "2", "-r", "1", f"127.0.0.1:{agent.port}", base)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    # What counts and runs differs from walk to walk; what a host shows beside our own tables is compared elsewhere.
    standard = (
        ".1.3.6.1.2.1.",
        ".1.3.6.1.4.1.5597.30.",
        ".1.3.6.1.4.1.2021.",
        ".1.3.6.1.6.",
        f"{ROOT}.17.",
        f"{ROOT}.18.",
        f"{ROOT}.19.",
        f"{ROOT}.22.",
        f"{ROOT}.1.",
    )
    return [line for line in done.stdout.splitlines() if line.startswith(".") and not line.startswith(standard)]


def oids(lines: Iterable[str]) -> set[str]:
    return {line.split()[0] for line in lines}


def test_each_device_is_a_context_in_which_it_is_alone(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    ports = [simulate(SimSpec(clients=1)).port for _ in range(2)]
    once = pace(interval_s=3600)  # one poll, so that walks can be compared
    devices = [device(port, name, poll=once) for port, name in zip(ports, ("one", "two"), strict=True)]
    agent = agent_on(configured(tmp_path, *devices, snmp=SNMP))
    agent.poll_now()
    agent.wait_up()
    whole = set(walked(agent, "-v2c", "-c", "fleet"))
    one = set(walked(agent, "-v2c", "-c", "fleet@one"))
    two = set(walked(agent, "-v2c", "-c", "second"))
    user = ("-v3", "-u", "noc", "-l", "authNoPriv", "-a", "SHA-256", "-A", PASSPHRASE, "-n", "two")

    assert len(one) > 500
    assert len(two) > 500
    assert not one & two
    assert oids(one | two) == oids(whole)
    assert oids(walked(agent, *user)) == oids(two)


def test_the_context_of_a_new_device_is_there_after_a_reload(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    port = simulate(SimSpec(clients=1)).port
    agent = agent_on(configured(tmp_path, device(port, "one"), snmp=SNMP | {"communities": [{"name": "fleet"}]}))
    agent.wait_up()
    before = agent.app.settings
    more = configured(tmp_path, device(port, "one"), device(port, "two"), snmp=SNMP | {"listen": before.snmp.listen})
    agent.call(lambda: agent.app.reload(more))
    agent.wait_up("two")
    assert len(walked(agent, "-v2c", "-c", "second", base=ROOT)) > 500
    contexts = walked(agent, "-v2c", "-c", "fleet@two", base=DEVICE_NAMES)
    assert [line.split()[-1] for line in contexts] == ['"two"']


SYS_DESCR, SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"


def system_of(agent: RunningAgent, community: str) -> list[str]:
    command = (
        tool("snmpwalk"),
        "-v2c",
        "-c",
        community,
        "-Onvqt",
        "-m",
        "",
        f"127.0.0.1:{agent.port}",
        "1.3.6.1.2.1.1",
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.splitlines()


def test_each_device_is_a_host_with_a_system_group_of_its_own_and_the_agents_time(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    port = simulate(SimSpec(clients=1)).port
    host = {"contact": "noc@example.net", "location": "rack 7"}
    agent = agent_on(
        configured(
            tmp_path,
            device(port, "one", host=host),
            snmp=SNMP | {"communities": [{"name": "fleet"}]},
        )
    )
    agent.wait_up()
    descr, kind, uptime, contact, name, location, *_ = system_of(agent, "fleet@one")
    assert descr.startswith('"Meinberg LANTIME ')
    assert kind == ".1.3.6.1.4.1.5597.30"
    assert int(uptime) >= 0
    assert (contact, location) == ('"noc@example.net"', '"rack 7"')
    assert name != system_of(agent, "fleet")[4]


def test_each_ptp_instance_and_syncmon_node_is_a_context_with_its_own_rows_and_the_same_name_after_a_restart(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    port = simulate(SimSpec(clients=1)).port
    agent = agent_on(configured(tmp_path, device(port, "one"), snmp=SNMP | {"communities": [{"name": "fleet"}]}))
    agent.wait_up()
    keeper = agent.app.keepers["one"]
    children = sorted(keeper.known.places.keys() - {"one"})
    assert [name for name in children if name.startswith("one/ptp")]
    wanted = children[0]
    prefix = ".".join(map(str, keeper.known.places[wanted].prefix))
    agent.call(agent.app.back.place)
    lines = walked(agent, "-v2c", "-c", f"fleet@{wanted}", base=ROOT)
    assert lines
    assert all(f".{prefix}" in line.split()[0] for line in lines)
    assert len(system_of(agent, f"fleet@{wanted}")) >= 6
