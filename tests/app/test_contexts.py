"""Contexts of devices, through the whole agent, by net-snmp."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from agent.config import Settings
from agent.config.secret import Secret
from agent.errors import HostError
from agent.sim import SimSpec
from tests.notify.receivers import Recorder
from tests.support.ports import free_ports
from tests.support.running import RunningAgent, Simulating, Starting, configured, device, pace, wait_for
from tests.support.tools import tool

ROOT = ".1.3.6.1.4.1.8072.9999.9999.5597.1"
DEVICE_NAMES = f"{ROOT}.2.1.1.2"
PASSPHRASE = "correct horse"
SNMP = {
    "communities": [{"name": "fleet"}, {"name": "second", "context": "two"}],
    "users": [{"name": "noc", "auth": {"passphrase": Secret(PASSPHRASE)}}],
}


def walked(agent: RunningAgent, *who: str, base: str = ".1.3.6.1", at: str = "") -> list[str]:
    place = at or f"127.0.0.1:{agent.port}"
    command = (tool("snmpbulkwalk"), *who, "-m", "", "-Onq", "-t", "2", "-r", "1", place, base)
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
        f"{ROOT}.20.",
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


def system_of(agent: RunningAgent, community: str, at: str = "") -> list[str]:
    command = (
        tool("snmpwalk"),
        "-v2c",
        "-c",
        community,
        "-Onvqt",
        "-m",
        "",
        at or f"127.0.0.1:{agent.port}",
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


def own_addresses(agent: RunningAgent) -> list[str]:
    """The addresses of devices, as net-snmp takes them."""
    return [f"udp6:[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in agent.app.addresses[1:]]


def names_at(agent: RunningAgent, at: str, *who: str) -> list[str]:
    lines = walked(agent, *(who or ("-v2c", "-c", "fleet")), base=DEVICE_NAMES, at=at)
    return [line.split()[-1].strip('"') for line in lines]


def walked_v1(agent: RunningAgent, at: str) -> list[str]:
    command = (tool("snmpwalk"), "-v1", "-c", "fleet", "-m", "", "-Oqv", at, DEVICE_NAMES)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [line.strip('"') for line in done.stdout.split()]


def test_a_device_with_an_address_of_its_own_is_a_host_there(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    ports = [simulate(SimSpec(clients=1)).port for _ in range(2)]
    once = pace(interval_s=3600)
    own = [["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"], []]
    devices = [
        device(port, name, poll=once, listen=listen)
        for port, name, listen in zip(ports, ("one", "two"), own, strict=True)
    ]
    agent = agent_on(configured(tmp_path, *devices, snmp=SNMP))
    agent.poll_now()
    agent.wait_up()
    v4, v6, anywhere = own_addresses(agent)
    anywhere = anywhere.replace("0.0.0.0", "127.0.0.2")
    signed = ("-v3", "-u", "noc", "-l", "authNoPriv", "-a", "SHA-256", "-A", PASSPHRASE)
    host = oids(walked(agent, "-v2c", "-c", "fleet@one"))

    assert len(host) > 500
    for at in (v4, v6, anywhere):
        assert oids(walked(agent, "-v2c", "-c", "fleet", at=at)) == host
        assert oids(walked(agent, *signed, at=at)) == host
    assert walked_v1(agent, v4) == ["one"]
    assert system_of(agent, "fleet", v4)[:2] == system_of(agent, "fleet@one")[:2]
    # Who names a context means it.
    assert names_at(agent, v4, "-v2c", "-c", "fleet@two") == ["two"]
    assert names_at(agent, v4, "-v2c", "-c", "second") == ["two"]
    assert names_at(agent, v4, *signed, "-n", "two") == ["two"]
    assert names_at(agent, "", "-v2c", "-c", "fleet") == ["one", "two"]


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_addresses_of_devices_come_move_and_go_by_reload(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    port = simulate(SimSpec(clients=1)).port
    first, second = free_ports(2)
    snmp = SNMP | {"communities": [{"name": "fleet"}]}

    def settings(**own: int) -> Settings:
        listen = {name: [f"127.0.0.1:{number}"] if number else [] for name, number in own.items()}
        return configured(tmp_path, *(device(port, name, listen=listen[name]) for name in own), snmp=snmp)

    agent = agent_on(settings(one=0))
    agent.wait_up()
    agent.call(lambda: agent.app.reload(settings(one=first)))
    assert names_at(agent, f"127.0.0.1:{first}") == ["one"]

    agent.call(lambda: agent.app.reload(settings(one=second, two=first)))
    agent.wait_up("two")
    assert names_at(agent, f"127.0.0.1:{first}") == ["two"]
    assert names_at(agent, f"127.0.0.1:{second}") == ["one"]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        theirs = stranger.getsockname()[1]
        with pytest.raises(HostError, match=f"127.0.0.1:{theirs}: .*; another program listens there"):
            agent.call(lambda: agent.app.reload(settings(one=theirs, two=second)))
    assert names_at(agent, f"127.0.0.1:{first}") == ["two"]
    assert names_at(agent, f"127.0.0.1:{second}") == ["one"]

    agent.call(lambda: agent.app.reload(settings(one=first)))
    assert names_at(agent, f"127.0.0.1:{first}") == ["one"]
    assert is_free(second)


def test_an_alarm_of_a_device_is_told_from_its_own_address_and_after_a_reload_from_another(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    port = simulate(SimSpec(clients=1)).port
    there = Recorder()
    rules = {"deviceUnreachable": {"failures": 1}}
    receivers = {"receivers": [{"name": "nms", "address": f"127.0.0.1:{there.port}", "community": "public"}]}

    def settings(own: str, port: int) -> Settings:
        one = device(port, "one", listen=[f"{own}:0"], alarms=rules)
        return configured(tmp_path, one, notifications=receivers, snmp=SNMP | {"communities": [{"name": "fleet"}]})

    def told_from(address: str) -> bool:
        there.read()
        return address in {host for host, _ in there.sources}

    try:
        agent = agent_on(settings("127.0.0.88", free_ports(1)[0]))
        wait_for(lambda: told_from("127.0.0.88"), "the alarm")
        assert there.sources[0][0] == "127.0.0.1", "a cold start is the agent's own"
        agent.call(lambda: agent.app.reload(settings("127.0.0.89", port)))
        wait_for(lambda: told_from("127.0.0.89"), "its end")
    finally:
        there.close()


def test_children_are_contexts_after_a_restart_while_their_device_does_not_answer(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SimSpec(clients=1))
    settings = configured(tmp_path, device(simulator.port, "one"), snmp=SNMP | {"communities": [{"name": "fleet"}]})
    first = agent_on(settings)
    first.wait_up()
    before = set(first.app.keepers["one"].known.places)
    assert "one/ptp1" in before
    first.stop()
    simulator.stop()
    again = agent_on(settings)
    again.wait_reason("unreachable", "one")
    assert set(again.app.keepers["one"].known.places) == before
    assert len(system_of(again, "fleet@one")) >= 6
