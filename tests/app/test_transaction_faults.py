"""Commits on devices that fail: all is old, or all is new, or the difference stands in row, message and alarm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from agent.model.configuring import step
from agent.sim import SimSpec, Simulator, WriteOptions
from tests.app.test_transactions import (
    CANCEL,
    COMMIT,
    Noc,
    domain_of,
    domains,
    oid,
    posted,
    settings_for,
    state,
)
from tests.support.running import RunningAgent, Simulating, Starting, wait_for

SPEC = SimSpec(clients=1)
POSTS = {"method": "POST"}
INSTANCE = "chassis0/slots/io1/module/ptp-instances/instance{}/domain-number"
OLD, NEW = [0, 1, 0, 1], [24, 25, 26, 27]


class Site:
    """Two devices, of each two PTP instances, in four objects to be written."""

    def __init__(self, agent: RunningAgent, simulators: list[Simulator]) -> None:
        self.agent = agent
        self.simulators = simulators
        self.first, self.second = simulators

    def values(self) -> list[Any]:
        return [domain_of(one, instance) for one in self.simulators for instance in (0, 1)]

    def open(self) -> int:
        number = int(posted(self.agent, "openConfig", {})["response"]["transaction"])
        cells = [".".join(map(str, ("lnbPtpConfigDomain", *where))) for where in domains(self.agent)]
        edits = [{"target": cell, "value": value} for cell, value in zip(cells, NEW, strict=True)]
        assert posted(self.agent, "editConfig", {"transaction": number, "edits": edits})["state"] == "succeeded"
        return number

    def commit(self, kind: str = "commitConfig", **more: Any) -> dict[str, Any]:
        return posted(self.agent, kind, {"transaction": self.open(), **more})

    def alarms(self) -> list[str]:
        cells = self.agent.walk("lnbAlarmTable")
        texts, kinds = cells.get("lnbAlarmText", {}), cells.get("lnbAlarmType", {})
        return [text for where, text in texts.items() if kinds[where] == "configRollbackIncomplete"]


@pytest.fixture
def site(tmp_path: Path, simulate: Simulating, agent_on: Starting, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(step, "RETRY_S", (1.0,))
    simulators = [simulate(SPEC), simulate(SPEC)]
    agent = agent_on(settings_for(tmp_path, *simulators))
    wait_for(lambda: len(domains(agent)) == 4, "configurations")
    return Site(agent, simulators)


def test_an_answer_that_is_lost_behind_a_write_that_was_taken_loses_nothing(site: Site) -> None:
    site.second.faults.set("answer-lost", times=1, **POSTS)
    done = site.commit()
    assert (done["state"], state(site.agent)) == ("succeeded", "committed")
    assert site.values() == NEW


@pytest.mark.parametrize(
    ("fault", "parameters", "said"),
    [
        ("answer-lost", {"taken": False}, "still says 1"),
        ("config-locked", {"owner": "somebody"}, "423"),
        ("write-refused", {"status": 500, "message": "no"}, "500"),
        ("write-ignored", {}, "says 1"),
        ("value-adjusted", {"leaf": "domain-number", "step": 10}, "says"),
        ("rate-limited", {}, "429"),
    ],
)
def test_one_write_that_fails_has_all_others_taken_back(
    site: Site, fault: str, parameters: dict[str, Any], said: str
) -> None:
    """The fault meets the second write of the second device."""
    site.second.faults.set(fault, times=1, skip=1, **POSTS, **parameters)
    failed = site.commit()
    assert failed["state"] == "failed", failed
    wait_for(lambda: state(site.agent) == "rolledBack", seconds=20)
    assert site.values() == OLD
    assert said in site.agent.get("lnbConfigTxnErrorText", 1)
    assert site.agent.get("lnbConfigTxnDifference", 1) == ""
    assert site.alarms() == []


def test_a_device_that_dies_between_two_writes_is_named_until_it_is_back(site: Site) -> None:
    """What it wrote first stays written while it is dead."""
    site.second.faults.set("dies-at-write", skip=1, taken=True, answered=False, **POSTS)
    failed = site.commit()
    assert failed["state"] == "failed"
    assert "transaction 1 is incomplete" in failed["errorText"]
    first, second = (2, 1), (2, 2)
    text = site.agent.get("lnbConfigTxnDifference", 1)
    for where, held in ((first, "was 0, is 26"), (second, "was 1, is not known")):
        cell = ".".join(map(str, ("lnbPtpConfigDomain", *where)))
        assert f"lts2 {cell}: {held}" in text
        assert cell in failed["errorText"] or len(failed["errorText"]) == 255
    wait_for(lambda: len(site.alarms()) == 2)
    assert [domain_of(site.first, instance) for instance in (0, 1)] == [0, 1], "the other device is as before"
    site.second.revive()
    wait_for(lambda: state(site.agent) == "rolledBack", seconds=30)
    assert site.values() == OLD
    wait_for(lambda: site.alarms() == [])


def test_a_device_that_only_holds_changes_ready_is_no_rollback_until_it_let_go_of_them(site: Site) -> None:
    site.second.write_options = WriteOptions(mode="staged")
    failed = site.commit()
    assert failed["state"] == "failed"
    assert "transaction 1 is incomplete" in failed["errorText"]
    assert "holds changes ready that may be ours" in site.agent.get("lnbConfigTxnDifference", 1)
    assert site.values() == OLD
    discard(site.second)
    wait_for(lambda: state(site.agent) == "rolledBack", seconds=20)


def discard(simulator: Simulator) -> None:
    assert requests.delete(f"{simulator.control_url}/pending", timeout=5).status_code == 200


def test_changes_that_somebody_else_has_pending_stop_a_commit_before_anything_is_written(site: Site) -> None:
    path = INSTANCE.format(1)
    staged = requests.put(f"{site.second.control_url}/pending/{path}", json=99, timeout=5)
    assert staged.status_code == 200, staged.text
    failed = site.commit()
    assert (failed["reason"], state(site.agent)) == ("notReady", "invalid")
    assert "pending changes" in site.agent.get("lnbConfigTxnErrorText", 1)
    assert site.values() == OLD


def test_what_somebody_changes_at_the_device_meanwhile_is_left_alone_and_named(site: Site) -> None:
    assert site.commit("commitConfirmedConfig", confirmTimeout=60)["state"] == "succeeded"
    assert site.values() == NEW
    changed = requests.put(f"{site.second.control_url}/configuration/{INSTANCE.format(0)}", json=99, timeout=5)
    assert changed.status_code == 200, changed.text
    cancelled = posted(site.agent, "cancelConfig", {"transaction": 1})
    assert cancelled["state"] == "failed"
    assert site.values() == [0, 1, 99, 1]
    assert "was 0, is 99" in site.agent.get("lnbConfigTxnDifference", 1)
    wait_for(lambda: [text for text in site.alarms() if "was 0, is 99" in text])
    assert Noc(site.agent).act(CANCEL) == "inconsistentValue", "it is its owner's"


def test_of_two_managers_that_race_one_commits_and_the_other_is_told(site: Site) -> None:
    noc, shift, rows = Noc(site.agent), Noc(site.agent, "shift"), domains(site.agent)
    assert noc.open(1) == ""
    assert shift.open(2) == "resourceUnavailable"
    assert noc.edit(1, 1, oid("lnbPtpConfigDomain", *rows[0]), "24") == ""
    assert shift.set((oid("lnbPtpConfigDomain", *rows[1]), "u", "3")) == "", "plain SETs go on while it is open"
    wait_for(lambda: site.agent.get("lnbConfigSerial", 0) == 1)
    assert noc.act(COMMIT) == ""
    wait_for(lambda: state(site.agent) == "invalid")
    assert "was written after this transaction was opened" in site.agent.get("lnbConfigTxnErrorText", 1)
    assert site.values() == [0, 3, 0, 1]


@pytest.fixture
def dying(tmp_path: Path, simulate: Simulating) -> tuple[Path, list[Simulator]]:
    simulators = [simulate(SPEC), simulate(SPEC)]
    config = tmp_path / "agent.yaml"
    devices = "".join(
        f"  - {{name: lts{number}, address: 127.0.0.1, port: {one.port}, scheme: http, username: info, "
        "password: '${PASSWORD}', writes: true, poll: {configuration_batch: 100}}\n"
        for number, one in enumerate(simulators, 1)
    )
    config.write_text(
        "state_dir: state\nsnmp: {listen: ['127.0.0.1:0'], communities: [{name: testing}]}\ndevices:\n" + devices,
        encoding="utf-8",
    )
    return config, simulators


def test_an_agent_that_is_killed_in_the_middle_of_a_commit_takes_it_back_at_its_next_start(
    dying: tuple[Path, list[Simulator]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its processes, with SIGKILL, while the second device has taken a write and does not answer."""
    config, simulators = dying
    monkeypatch.setenv("PASSWORD", "info-secret")
    wanted = config.with_name("wanted.yaml")
    path = INSTANCE.format(0)
    wanted.write_text(
        f"devices: {{lts1: {{{path}: 24, {INSTANCE.format(1)}: 25}}, lts2: {{{path}: 26}}}}", encoding="utf-8"
    )
    with agent_of(config):
        wait_for(lambda: cli(config, "get", "lts2").stdout.count("lnbPtpConfigDomain") > 1, seconds=30)
        simulators[1].faults.set("answer-lost", how="hang", method="POST")
        with subprocess.Popen([*command(config, "apply"), str(wanted), "--yes"], stderr=subprocess.DEVNULL) as applying:
            wait_for(lambda: domain_of(simulators[1]) == 26, seconds=20)
            applying.kill()
    assert [domain_of(simulators[0], instance) for instance in (0, 1)] == [24, 25]
    simulators[1].faults.clear()

    with agent_of(config):
        wait_for(lambda: "rolledBack" in cli(config, "list").stdout, seconds=30)
    assert [domain_of(one, instance) for one in simulators for instance in (0, 1)] == OLD


def command(config: Path, name: str) -> list[str]:
    return [sys.executable, "-m", "agent", "config", name, "-c", str(config)]


def cli(config: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command(config, name), *more], capture_output=True, text=True, timeout=60, check=False)


class agent_of:
    """The agent as processes of their own; all of them are killed at the end."""

    def __init__(self, config: Path) -> None:
        self._config = config

    def __enter__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent", "run", "--config", str(self._config)],
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_for((self._config.parent / "state" / "interapp.sock").exists, seconds=20)
        time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
