"""Debian's prometheus-snmp-exporter with our module, against an agent on a simulated device."""

from __future__ import annotations

import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from agent.packs.selection import SCALARS, SELECTIONS
from agent.sim import SimSpec, Simulator
from tests.support.cells import OBJECTS, Cells
from tests.support.running import COMMUNITY, FAST, RunningAgent, configured, device, pace, wait_for
from tests.support.tools import PROJECT, tool

ALARMS = 3  # a supply without power, two nodes beyond their limits: what a simulated device always has
MOVING = {"lnbReceiverSent", "lnbReceiverQueue", "lnbReceiverState"}
PACK = PROJECT / "config" / "packs" / "prometheus"
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    labels: dict[str, str]
    value: float


Metrics = dict[str, list[Sample]]


def parsed(text: str) -> Metrics:
    found: Metrics = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = LINE.match(line).groups()  # type: ignore[union-attr]
            found.setdefault(name, []).append(Sample(dict(LABEL.findall(labels or "")), float(value)))
    return found


def fetched(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - of the loopback interface
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return ""


def written(path: Path, program: str) -> tuple[str, str]:
    """Write the file of the exporter's version with our communities; how to ask for the agent and for the context."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    major, minor = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr).groups()  # type: ignore[union-attr]
    is_older = (int(major), int(minor)) < (0, 24)
    content = yaml.safe_load((PACK / ("snmp-0.21.yml" if is_older else "snmp.yml")).read_text())
    context = f"{COMMUNITY}@lts1"
    if is_older:
        content["lantime"]["auth"] = {"community": COMMUNITY}
        content["context"] = {**content["lantime"], "auth": {"community": context}}
    else:
        content["auths"]["lantime_v2"]["community"] = COMMUNITY
        content["auths"]["context"] = {**content["auths"]["lantime_v2"], "community": context}
    path.write_text(yaml.safe_dump(content))
    return ("module=lantime", "module=context") if is_older else (
        "module=lantime&auth=lantime_v2", "module=lantime&auth=context",
    )  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Metrics, Metrics, Cells]]:
    """The metrics of an agent whose device is polled no more, those of the device's context, and the agent's cells."""
    folder = tmp_path_factory.mktemp("exporter")
    program = tool("prometheus-snmp-exporter")
    ways = written(folder / "snmp.yml", program)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Simulator(SimSpec(clients=2)) as simulator:
        once = pace(**FAST | {"interval_s": 3600.0, "read_timeout_s": 3.0, "deadline_s": 6.0})
        receivers = [{"name": "noc", "address": "127.0.0.1:9", "community": "public"}]
        notifications = {"receivers": receivers}
        settings = configured(folder / "state", device(simulator.port, poll=once), notifications=notifications)
        agent = RunningAgent(settings).start()
        command = [program, f"--config.file={folder / 'snmp.yml'}", f"--web.listen-address=127.0.0.1:{port}"]
        with (folder / "log").open("wb") as log:
            exporter = subprocess.Popen(command, stderr=log)
        try:
            agent.poll_now()
            agent.wait_up()
            wait_for(lambda: agent.get("lnbAlarmActive", 0) == ALARMS, "its alarms")
            wait_for(lambda: fetched(f"http://127.0.0.1:{port}/metrics"), "the exporter")
            url = f"http://127.0.0.1:{port}/snmp?target=127.0.0.1:{agent.port}"
            whole, context = (fetched(f"{url}&{way}") for way in ways)
            assert whole, (folder / "log").read_text()
            yield parsed(whole), parsed(context), agent.walk()
        finally:
            exporter.terminate()
            exporter.wait(10)
            agent.stop()


@pytest.fixture
def told(both: tuple[Metrics, Metrics, Cells]) -> tuple[Metrics, Cells]:
    """The metrics of the whole agent, and its cells."""
    return both[0], both[2]


def samples_of(metrics: Metrics, name: str) -> list[Sample]:
    return metrics.get(name, []) + metrics.get(f"{name}_info", [])


def index_of(name: str, sample: Sample) -> tuple[int, ...]:
    return tuple(int(sample.labels[one.name]) for one in OBJECTS[name].part.index)  # type: ignore[union-attr]


def shown(name: str, sample: Sample) -> object:
    """What a sample says of a cell; a state that is not the case says nothing."""
    column = OBJECTS[name].column
    if column.syntax.kind == "text":
        return sample.labels[name]
    if column.syntax.labels:
        return sample.labels[name] if sample.value == 1 else None
    return sample.value


@pytest.mark.parametrize("name", [name for one in SELECTIONS for name in one.columns])
def test_a_column_is_told_cell_by_cell_as_the_agent_serves_it(told: tuple[Metrics, Cells], name: str) -> None:
    metrics, cells = told
    said = {index_of(name, one): shown(name, one) for one in samples_of(metrics, name) if shown(name, one) is not None}
    if name in MOVING:
        assert said.keys() == cells.get(name, {}).keys()
    else:
        assert said == cells.get(name, {})


def test_all_views_of_the_simulated_device_have_rows(told: tuple[Metrics, Cells]) -> None:
    metrics, _ = told
    assert all(any(samples_of(metrics, name) for name in one.columns) for one in SELECTIONS)


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_is_told_as_the_agent_serves_it(told: tuple[Metrics, Cells], name: str) -> None:
    metrics, cells = told
    assert [one.value for one in metrics[name]] == [cells[name][(0,)]]


def test_rows_are_labelled_by_the_names_of_device_slot_and_instance(told: tuple[Metrics, Cells]) -> None:
    metrics, cells = told
    for one in metrics["lnbPtpOffset"]:
        index = index_of("lnbPtpOffset", one)
        assert one.labels["lnbDeviceName"] == "lts1"
        assert one.labels["lnbPtpSlotId"] == cells["lnbPtpSlotId"][index]
        assert one.labels["lnbPtpName"] == cells["lnbPtpName"][index]
    assert {one.labels["lnbSlotId"] for one in metrics["lnbSlotState"]} == set(cells["lnbSlotId"].values())


def test_in_the_context_of_a_device_its_rows_are_told_alike(both: tuple[Metrics, Metrics, Cells]) -> None:
    whole, context, _ = both
    for one in SELECTIONS:
        for name in one.columns:
            if OBJECTS[name].part.index[0].name == "lnbDeviceIndex":  # type: ignore[union-attr]
                assert samples_of(context, name) == samples_of(whole, name)


def test_a_state_is_one_series_for_each_label(told: tuple[Metrics, Cells]) -> None:
    metrics, _ = told
    states = {one.labels["lnbDeviceState"]: one.value for one in metrics["lnbDeviceState"]}
    assert states == {"other": 0, "neverPolled": 0, "up": 1, "stale": 0, "down": 0}


def test_the_newer_format_has_the_same_module_and_its_logins_apart() -> None:
    older = yaml.safe_load((PACK / "snmp-0.21.yml").read_text())["lantime"]
    newer = yaml.safe_load((PACK / "snmp.yml").read_text())
    assert set(newer) == {"auths", "modules"}
    assert newer["auths"]["lantime_v2"] == {"version": 2, "community": "public"}
    assert {"username", "security_level", "auth_protocol", "priv_protocol"} <= set(newer["auths"]["lantime_v3"])
    module = newer["modules"]["lantime"]
    assert not {"auth", "version"} & set(module)
    assert module == {name: value for name, value in older.items() if name not in ("auth", "version")}
