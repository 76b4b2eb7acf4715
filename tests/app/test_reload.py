"""Another configuration while the agent runs: nothing is lost that still holds, and a broken one changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import DeviceSettings
from agent.errors import ConfigError, HostError, UsageError
from agent.service.statelock import StateLock, last_reload, running_agent
from agent.sim import SimSpec, Simulator
from tests.support.ports import free_port
from tests.support.running import COMMUNITY, FAST, PASSWORD, Starting, configured, device, pace, wait_for
from tests.support.tools import tool

ROOT = "1.3.6.1.4.1.8072.9999.9999.5597.1"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(SimSpec(clients=1)) as running:
        yield running


def patient(simulator: Simulator, name: str = "lts1", **changes: Any) -> DeviceSettings:
    """A device that is polled once, and then not again during the test unless something asks for it."""
    poll = pace(
        **FAST
        | {"interval_s": 300, "configuration": False, "read_timeout_s": 4, "deadline_s": 4, **changes.pop("poll", {})}
    )
    return device(simulator.port, name, poll=poll, **changes)


def test_an_unchanged_device_is_not_asked_again_and_keeps_its_cells(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(configured(tmp_path, patient(simulator)))
    running.poll_now()
    running.wait_up()
    before, asked = running.walk("lnbSlotTable"), len(simulator.requests)

    running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator), snmp={"location": "rack 9"})))

    assert running.walk("lnbSlotTable") == before
    assert len(simulator.requests) == asked
    assert running.app.settings.snmp.location == "rack 9"


def test_a_device_that_is_added_is_polled_and_one_that_is_removed_is_gone(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(configured(tmp_path, patient(simulator)))
    running.poll_now()
    running.wait_up()

    running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator), patient(simulator, "lts2"))))
    running.wait_up("lts2")
    assert running.walk("lnbDeviceTable")["lnbDeviceName"] == {(1,): "lts1", (2,): "lts2"}

    running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator, "lts2"))))
    walked = running.walk()
    assert walked["lnbDeviceName"] == {(2,): "lts2"}
    assert {index[0] for cells in walked.values() for index in cells if len(index) > 1} == {2}


def test_a_device_that_is_configured_otherwise_keeps_its_data_until_the_next_poll(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    running = agent_on(configured(tmp_path, patient(simulator)))
    running.poll_now()
    running.wait_up()
    simulator.faults.set("hang")

    running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator, slots={"io1": "HPS"}))))

    assert running.walk("lnbSlotTable")["lnbSlotId"] == {(1, index): "io1" for index in [slot_index(running)]}
    assert running.get("lnbDeviceSerial", 1) is not None


def slot_index(running: Any) -> int:
    (index,) = running.walk("lnbSlotTable")["lnbSlotId"]
    return int(index[1])


def test_a_user_who_is_taken_away_reads_nothing_from_then_on(
    tmp_path: Path, simulator: Simulator, agent_on: Starting
) -> None:
    both = {"communities": [{"name": COMMUNITY}, {"name": "second"}]}
    running = agent_on(configured(tmp_path, patient(simulator), snmp=both))
    command = (
        tool("snmpget"),
        "-v2c",
        "-c",
        "second",
        "-t",
        "1",
        "-r",
        "0",
        f"127.0.0.1:{running.port}",
        "1.3.6.1.2.1.1.1.0",
    )
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0

    running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator))))

    assert b"Timeout" in subprocess.run(command, capture_output=True, check=False).stderr
    assert running.get("lnbDeviceName", 1) == "lts1"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"snmp": {"listen": ["127.0.0.1:1"]}}, "snmp.listen"),
        ({"root_oid": "1.3.6.1.4.1.99999"}, "root_oid"),
        ({"snmp": {"communities": []}}, "snmp"),
        ({"overlays": (Path("/nowhere/overlay.yaml"),)}, "/nowhere/overlay.yaml"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused_and_everything_is_as_before(
    tmp_path: Path, simulator: Simulator, agent_on: Starting, change: dict[str, Any], key: str
) -> None:
    settings = configured(tmp_path, patient(simulator))
    running = agent_on(settings)

    with pytest.raises(ConfigError, match=f"^{key}"):
        running.call(lambda: running.app.reload(configured(tmp_path, patient(simulator), **change)))

    assert running.app.settings == settings
    assert running.get("lnbDeviceName", 1) == "lts1"


def test_two_agents_do_not_share_a_state_directory(tmp_path: Path, simulator: Simulator, agent_on: Starting) -> None:
    agent_on(configured(tmp_path, patient(simulator)))

    with pytest.raises(HostError, match=rf"in use by another agent \(process {os.getpid()}\)"):
        agent_on(configured(tmp_path, patient(simulator)))


def test_a_state_directory_is_free_again_after_its_agent(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no agent is running"):
        running_agent(tmp_path)
    lock = StateLock(tmp_path)
    assert running_agent(tmp_path) == os.getpid()
    (tmp_path / "agent.lock").write_text("")
    with pytest.raises(UsageError):  # process 0 would be everybody's
        running_agent(tmp_path)
    lock.release()
    with pytest.raises(UsageError, match="no agent is running"):
        running_agent(tmp_path)
    StateLock(tmp_path).release()


def written(path: Path, port: int, sim_port: int, extra: str = "") -> None:
    path.write_text(
        f"state_dir: state\nsnmp: {{listen: ['127.0.0.1:{port}'], communities: [{{name: testing}}]{extra}}}\n"
        f"devices:\n  - {{name: one, address: 127.0.0.1, port: {sim_port}, scheme: http, username: info, "
        "password: '${PASSWORD}'}\n",
        encoding="utf-8",
    )


def test_the_reload_command_is_obeyed_and_a_broken_file_is_refused_loudly(tmp_path: Path, simulator: Simulator) -> None:
    path, port = tmp_path / "agent.yaml", free_port()
    written(path, port, simulator.port)
    environment = {**os.environ, "PASSWORD": PASSWORD}
    agent = (sys.executable, "-m", "agent")

    def contact() -> str:
        asked = (tool("snmpget"), "-v2c", "-c", "testing", "-Oqv", "-t", "1", "-r", "0", f"127.0.0.1:{port}")
        done = subprocess.run((*asked, "1.3.6.1.2.1.1.4.0"), capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def reload() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*agent, "reload", "-c", str(path)), env=environment, capture_output=True, text=True, check=False
        )

    with subprocess.Popen((*agent, "run", "-c", str(path)), env=environment, stderr=subprocess.PIPE, text=True) as run:
        wait_for(lambda: contact() == '""', "the agent", 30)
        written(path, port, simulator.port, ", contact: somebody")
        assert reload().stdout == f"process {run.pid} goes on with {path}\n"
        wait_for(lambda: contact() == '"somebody"', "the new contact", 10)

        written(path, port, simulator.port, ", contakt: nobody")
        assert reload().returncode == 78, "the command itself checks the file"
        run.send_signal(signal.SIGHUP)
        wait_for(lambda: "contakt: unknown key" in last_reload(tmp_path / "state"), "the word of it", 10)
        written(path, port + 1 if port < 65535 else port - 1, simulator.port, ", contact: nobody")
        refused = reload()
        assert (refused.returncode, "snmp.listen: cannot change" in refused.stderr) == (78, True)
        assert contact() == '"somebody"'
        run.send_signal(signal.SIGTERM)
        _, log = run.communicate(timeout=30)

    assert run.returncode == 0
    assert "reloaded devices=1" in log
    assert "reload-refused" in log
    assert "contakt: unknown key" in log
