"""The whole agent over real UDP against simulated devices over real HTTP."""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.app import App
from agent.config import Settings
from agent.device.client import Client
from agent.errors import ConfigError, HostError
from agent.mib.declaration import Table
from agent.service.poller import Session
from agent.sim import SimSpec
from tests.support.cells import MODULE, rows, stored, table_of
from tests.support.ports import free_port
from tests.support.running import (
    COMMUNITY,
    FAST,
    RunningAgent,
    Simulating,
    Starting,
    configured,
    device,
    get,
    pace,
    wait_for,
)
from tests.support.tools import tool

SLOW = pace(**FAST | {"interval_s": 30, "read_timeout_s": 4, "deadline_s": 4})


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Whatever a test starts ends with it."""
    before = set(threading.enumerate())
    yield
    names = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not [name for name in names if name.startswith(("poll", "agent"))]


@pytest.fixture
def pair(agent_on: Starting, simulate: Simulating, tmp_path: Path) -> RunningAgent:
    """An agent with a device of generation 10 and one of generation 20, both polled."""
    old = device(simulate(SimSpec(hps_cards=1)).port, "old", poll=SLOW)
    new = device(simulate(SimSpec(generation=20, hps_cards=1, seed=2)).port, "new", poll=SLOW)
    agent = agent_on(configured(tmp_path, old, new))
    agent.poll_now()
    agent.wait_up("old", "new")
    return agent


def is_by_device(name: str) -> bool:
    part = MODULE.parts[name][1]
    return isinstance(part, Table) and part.index[0].name == "lnbDeviceIndex"


def test_two_devices_in_every_table(pair: RunningAgent) -> None:
    cells = pair.walk()
    assert cells["lnbDeviceName"] == {(1,): "old", (2,): "new"}
    assert cells["lnbDeviceApiVersion"] == {(1,): "10.21.016", (2,): "20.05.013"}
    assert set(cells["lnbDeviceState"].values()) == {"up"}
    assert cells["lnbAgentDevicesUp"] == {(0,): 2}
    by_table: dict[str, set[int]] = {}
    for name, column in cells.items():
        by_table.setdefault(table_of(name), set()).update(index[0] for index in column)
    tables = {name: devices for name, devices in by_table.items() if is_by_device(name)}
    assert len(tables) > 25
    not_in_v10 = {"lnbNetPortStatsTable", "lnbNetClusterTable", "lnbDriftTable"}
    assert {name for name, devices in tables.items() if devices != {1, 2}} <= not_in_v10
    serials = set(cells["lnbDeviceSerial"].values())
    assert len(serials) == 2


def test_net_snmp_reads_the_same(pair: RunningAgent) -> None:
    command = [tool("snmpbulkwalk"), "-v2c", "-c", COMMUNITY, "-On", "-t", "2", f"127.0.0.1:{pair.port}"]
    column = MODULE.objects["lnbDeviceName"].oid
    said = subprocess.run([*command, "." + ".".join(map(str, column))], capture_output=True, text=True, check=True)
    assert [line.partition(" = ")[2] for line in said.stdout.splitlines()] == ['STRING: "old"', 'STRING: "new"']
    root = "." + ".".join(map(str, (*MODULE.root, 1)))
    whole = subprocess.run([*command, root], capture_output=True, check=True)
    cells = sum(line.startswith(b".1.3.6.1") for line in whole.stdout.splitlines())
    assert cells == sum(len(column) for column in pair.call(lambda: stored(pair.app.store)).values())


def test_while_one_device_hangs_the_other_goes_on_and_every_get_is_answered(
    agent_on: Starting, simulate: Simulating, tmp_path: Path
) -> None:
    hanging, healthy = simulate(SimSpec(generation=8)), simulate(SimSpec(generation=8))
    patient = pace(**FAST | {"read_timeout_s": 4, "deadline_s": 4})
    agent = agent_on(
        configured(tmp_path, device(hanging.port, "hanging", poll=patient), device(healthy.port, "healthy"))
    )
    agent.poll_now()
    agent.wait_up()
    hanging.faults.set("hang")
    asked = len(hanging.requests)
    agent.poll_now()
    wait_for(lambda: len(hanging.requests) > asked)
    polls = agent.keeper("healthy").known.health.polls
    oid = (*MODULE.objects["lnbSystemUptime"].oid, 1)
    took = []
    for _ in range(200):
        began = time.monotonic()
        assert get(agent.port, oid)[0] == 0x42
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 0.05
    assert agent.keeper("hanging").known.health.state.value == "up", "the poll still hangs"
    assert "pending" in agent.walk("lnbHttpSessionTable")["lnbHttpState"].values()
    wait_for(lambda: agent.keeper("healthy").known.health.polls > polls + 1)
    agent.wait_reason("timedOut", "hanging")
    assert agent.get("lnbDeviceState", 1) == "stale"
    assert agent.get("lnbDeviceState", 2) == "up"
    assert agent.get("lnbSystemUptime", 1) is not None
    hanging.faults.clear()
    agent.wait_up()


def test_a_device_without_credentials_is_not_asked_and_says_so(
    agent_on: Starting, simulate: Simulating, tmp_path: Path
) -> None:
    silent, other = simulate(SimSpec(generation=8)), simulate(SimSpec(generation=8))
    agent = agent_on(
        configured(tmp_path, device(silent.port, "silent", username=None, password=None), device(other.port, "other"))
    )
    agent.poll_now()
    agent.wait_up("other")
    assert agent.get("lnbDeviceState", 1) == "neverPolled"
    assert agent.get("lnbDeviceReason", 1) == "credentialsMissing"
    assert agent.get("lnbDeviceCredentialState", 1) == "missing"
    assert agent.get("lnbAgentDevicesNeverPolled", 0) == 1
    assert not silent.requests


def test_a_restart_keeps_indexes_and_engine_id(agent_on: Starting, simulate: Simulating, tmp_path: Path) -> None:
    first, second = (device(simulate(SimSpec(generation=8)).port, name, poll=SLOW) for name in ("first", "second"))
    names = ("lnbDeviceName", "lnbSlotId", "lnbPtpName", "lnbLedName", "lnbAttributePath")

    def run(*devices: Any) -> tuple[dict[str, Any], Any, int]:
        agent = agent_on(configured(tmp_path, *devices))
        agent.poll_now()
        agent.wait_up()
        served = agent.call(lambda: stored(agent.app.store))
        cells = {name: served[name] for name in names}
        engine = get(agent.port, (1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0))
        boots = get(agent.port, (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0))
        agent.stop()
        return cells, engine, int.from_bytes(boots[1], "big")

    before, engine, boots = run(first, second)
    after, engine_after, boots_after = run(second, first)
    assert after == before
    assert engine_after == engine
    assert len(engine[1]) >= 5
    assert boots_after == boots + 1
    third = device(simulate(SimSpec(generation=8)).port, "third", poll=SLOW)
    assert run(third, second)[0]["lnbDeviceName"] == {(2,): "second", (3,): "third"}


def test_nobody_who_could_read_is_no_configuration_to_start_with(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no communities and no users"):
        App(Settings(state_dir=tmp_path, snmp={"listen": ["127.0.0.1:0"]}))


def test_a_port_in_use_leaves_nothing_open(agent_on: Starting, tmp_path: Path) -> None:
    threads = threading.active_count()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        listen = {"listen": [f"127.0.0.1:{free}", f"127.0.0.1:{port}"]}
        with pytest.raises(HostError, match=f"127.0.0.1:{port}"):
            agent_on(configured(tmp_path, device(80), snmp=listen))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", free))
    assert threading.active_count() == threads


@pytest.mark.parametrize("trouble", ["state", "engine", "session"])
def test_a_start_that_fails_leaves_nothing_open(trouble: str, agent_on: Starting, tmp_path: Path) -> None:
    threads = threading.active_count()
    state_dir, options, wanted = tmp_path / "state", {}, HostError
    port = free_port()
    if trouble == "state":
        state_dir.write_text("in the way")
    elif trouble == "engine":
        (state_dir / "engine.json").mkdir(parents=True)
    else:

        def open_session(*_: Any) -> Session:
            raise HostError("no session to be had")

        options = {"open_session": open_session}
    with pytest.raises(wanted):
        agent_on(configured(state_dir, device(80), snmp={"listen": [f"127.0.0.1:{port}"]}), **options)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", port))
    assert threading.active_count() == threads


def test_stop_during_a_hanging_poll_answers_to_the_end(
    agent_on: Starting, simulate: Simulating, tmp_path: Path
) -> None:
    simulator = simulate(SimSpec(generation=8))
    simulator.faults.set("hang")
    agent = agent_on(configured(tmp_path, device(simulator.port, poll=pace(**FAST | {"deadline_s": 1.0}))))
    agent.poll_now()
    wait_for(lambda: simulator.requests)
    began = time.monotonic()
    agent.stop()
    assert time.monotonic() - began < 2


# A device with other names


INSTANCES = {"ptp-instances": "my-ptp", "offset-from-master": "off", "general": "overview"}
DATA_SETS = {"default-ds": "dds"}

OVERLAY = """
paths:
  lnbPtpInstanceTable: status.chassis0.slots[].module.my-ptp[]
  lnbPtpConfigTable: configuration.chassis0.slots[].module.my-ptp[]
  lnbPtpOffset: current-ds.off
  lnbPtpAlias: overview.alias
  lnbPtpEnabled: overview.enabled
  lnbPtpRunning: overview.running
  lnbPtpProfile: overview.profile
  lnbPtpRole: overview.role
  lnbPtpProtocol: overview.protocol
  lnbPtpUtilization: overview.utilization
  lnbPtpClients: overview.num-uc-slaves
  lnbPtpLink: overview.port-linkup
"""

DATA_SET_OVERLAY = """
  lnbPtpTwoStep: dds.two-step
  lnbPtpSlaveOnly: dds.slave-only
  lnbPtpNumberPorts: dds.number-ports
  lnbPtpClockClass: dds.clock-quality.clock-class
  lnbPtpClockAccuracy: dds.clock-quality.clock-accuracy
  lnbPtpClockVariance: dds.clock-quality.log-variance
  lnbPtpPriority1: dds.priority-1
  lnbPtpPriority2: dds.priority-2
  lnbPtpDomainNumber: dds.domain-number
  lnbPtpClockIdentity: dds.clock-identity
"""


def renamed(node: Any, names: dict[str, str]) -> Any:
    """The document of a device that uses other names."""
    if isinstance(node, dict):
        return {names.get(name, name): renamed(member, names) for name, member in node.items()}
    return [renamed(member, names) for member in node] if isinstance(node, list) else node


class OtherNames:
    """A session to a simulated device whose answers come with other names."""

    def __init__(self, names: dict[str, str], *args: Any) -> None:
        self._names = names
        self._client = Client(*args)

    def get(self, path: str, **options: Any) -> Any:
        return renamed(self._client.get(path, **options), self._names)

    def close(self) -> None:
        self._client.close()


@pytest.mark.parametrize(
    ("names", "overlay"),
    [
        (INSTANCES, OVERLAY),
        (INSTANCES | DATA_SETS, OVERLAY + DATA_SET_OVERLAY),
    ],
    ids=["instances", "data-sets"],
)
def test_a_device_that_uses_other_names_needs_an_overlay_and_nothing_else(
    names: dict[str, str], overlay: str, agent_on: Starting, simulate: Simulating, tmp_path: Path
) -> None:
    simulator = simulate(SimSpec(generation=8, hps_cards=1), clock=lambda: SimSpec().booted + timedelta(days=1))

    def served(run: str, overlays: tuple[Path, ...] = (), **options: Any) -> dict[str, Any]:
        one = device(simulator.port, poll=SLOW, overlays=overlays)
        agent = agent_on(configured(tmp_path / run, one), **options)
        agent.poll_now()
        agent.wait_up()
        cells = agent.call(lambda: stored(agent.app.store))
        agent.stop()
        of_itself = ("lnbHttp", "lnbIac", "lnbAttribute", "lnbAgent", "lnbDeviceTable", "lnbHpsTable")
        return {name: column for name, column in cells.items() if not table_of(name).startswith(of_itself)}

    def other(*args: Any) -> OtherNames:
        return OtherNames(names, *args)

    file = tmp_path / "other-names.yaml"
    file.write_text(overlay)
    usual = served("usual")
    assert len(rows(usual, "lnbPtpInstanceTable")) == len(rows(usual, "lnbPtpDefaultTable")) == 2
    unknown = served("unknown", open_session=other)
    assert not [name for name in unknown if table_of(name).startswith("lnbPtp")]
    known = served("known", (file,), open_session=other)
    assert known == usual


@pytest.mark.skipif(shutil.which("snmpget") is None, reason="net-snmp is not installed")
def test_net_snmp_gets_one_cell(pair: RunningAgent) -> None:
    located = MODULE.objects["lnbDeviceState"]
    oid, number = ".".join(map(str, (*located.oid, 2))), located.column.syntax.labels["up"]
    command = [tool("snmpget"), "-v2c", "-c", COMMUNITY, "-Oqv", f"127.0.0.1:{pair.port}", oid]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == str(number)
