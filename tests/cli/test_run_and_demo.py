"""`run` and `demo` as processes of their own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from agent.service.statelock import StateLock
from agent.sim import Simulator
from tests.cli.conftest import PASSWORD
from tests.support.ports import free_port
from tests.support.tools import tool

AGENT = (sys.executable, "-m", "agent")


def test_demo_shows_a_walk_and_its_lines_work_as_printed() -> None:
    snmpbulkwalk = tool("snmpbulkwalk")
    arguments = (*AGENT, "demo", "--port", str(free_port()), "--seconds", "30")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        printed = ""
        while "Ctrl-C stops both." not in printed:
            line = demo.stdout.readline()
            assert line, f"demo ended early: {demo.stderr.read() if demo.stderr else ''}"
            printed += line
        commands = re.findall(r"^  (snmpbulkwalk -v.*)$", printed, re.MULTILINE)
        walks = [
            subprocess.run([snmpbulkwalk, *line.split()[1:]], capture_output=True, text=True, timeout=60, check=False)
            for line in commands
        ]
        demo.send_signal(signal.SIGINT)
        _, errors = demo.communicate(timeout=30)

    assert "lnbSlotTable" in printed
    assert "hps100" in printed
    assert len(walks) == 2
    for walk in walks:
        assert walk.returncode == 0, walk.stderr
        assert len(walk.stdout.splitlines()) > 1000
    assert demo.returncode == 0
    assert errors == ""


def test_run_polls_serves_and_ends_cleanly_on_sigterm(
    tmp_path: Path, simulator: Simulator, configured: Callable[..., Path]
) -> None:
    snmpget = tool("snmpget")
    port = free_port()
    path = configured(simulator.port)
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1:0", f"127.0.0.1:{port}"), encoding="utf-8")
    environment = {**os.environ, "PASSWORD": PASSWORD}
    state = "1.3.6.1.4.1.8072.9999.9999.5597.1.2.1.1.10.1"
    with subprocess.Popen((*AGENT, "run", "-c", str(path)), env=environment, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 60
        answer = ""
        while "INTEGER: 3" not in answer and time.monotonic() < deadline:
            asked = (snmpget, "-v2c", "-c", "testing", "-t", "1", "-r", "0", f"127.0.0.1:{port}", state)
            answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
            time.sleep(0.2)
        run.send_signal(signal.SIGTERM)
        _, log = run.communicate(timeout=30)

    assert "INTEGER: 3" in answer
    assert run.returncode == 0
    assert "device-up device=one" in log
    assert "stopped" in log
    assert PASSWORD not in log
    assert "testing" not in log


def test_the_pysnmp_path_refuses_to_reload_and_goes_on(
    tmp_path: Path, simulator: Simulator, configured: Callable[..., Path]
) -> None:
    path = configured(simulator.port)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("snmp: {", "snmp: {engine: pysnmp, "), encoding="utf-8")
    environment = {**os.environ, "PASSWORD": PASSWORD}
    with subprocess.Popen((*AGENT, "run", "-c", str(path)), env=environment, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for wanted, number in (("started", signal.SIGHUP), ("reload-refused", signal.SIGTERM)):
            while wanted not in (line := run.stderr.readline()):
                assert line, f"it ended before it said {wanted}"
            run.send_signal(number)
        run.communicate(timeout=30)

    assert run.returncode == 0


def test_run_refuses_a_broken_configuration_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("snmp: {listen: ['here']}", encoding="utf-8")

    run = subprocess.run((*AGENT, "run", "-c", str(path)), capture_output=True, text=True, timeout=60, check=False)

    assert run.returncode == 78
    assert "bad.yaml: snmp: listen[0]: 'here' is not an address and port" in run.stderr
    assert "Traceback" not in run.stderr


def test_run_names_an_address_that_is_taken(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        path = tmp_path / "agent.yaml"
        path.write_text(
            f"state_dir: state\nsnmp: {{listen: ['127.0.0.1:{port}'], communities: [{{name: x}}]}}", encoding="utf-8"
        )
        run = subprocess.run((*AGENT, "run", "-c", str(path)), capture_output=True, text=True, timeout=60, check=False)

    assert run.returncode == 71
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in run.stderr


def test_a_second_agent_is_told_of_the_first_rather_than_of_its_address(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        path = tmp_path / "agent.yaml"
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        path.write_text(
            f"state_dir: state\nsnmp: {{listen: ['{listen}'], communities: [{{name: x}}]}}", encoding="utf-8"
        )
        lock = StateLock(tmp_path / "state")
        run = subprocess.run((*AGENT, "run", "-c", str(path)), capture_output=True, text=True, timeout=60, check=False)
        lock.release()

    assert run.returncode == 71
    assert f"is in use by another agent (process {os.getpid()})" in run.stderr
