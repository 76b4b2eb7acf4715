"""Figure 7: from start to first answer with a hundred devices known, and how long a reload takes.

Run as `python -m benchmarks.starts [--rounds 5]`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions
from benchmarks.load import cpu_s
from scripts.mib import Mib
from scripts.processes import Child, start_simulator, tree
from scripts.settings import COMMUNITY, devices_section, secrets_of
from tests.snmp import messages
from tests.snmp.messages import Oid
from tests.support.ports import free_port

DEVICES = 100
SIMULATORS = 4
"""Each simulated device is polled under several names: to the agent they are as many devices."""
SECONDS = "seconds"
START, RELOAD = f"start, {DEVICES} devices known", f"reload, {DEVICES} devices"
_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
_FRESH = b"known-since-reload"
INTERVAL_S = 10
_STEP_S = 0.002
_PATIENCE_S = 120.0


class Asker:
    """Asks again and again until there is an answer."""

    def __init__(self, port: int) -> None:
        self._port = port

    def value(self, name: Oid, community: bytes = COMMUNITY) -> tuple[int, bytes] | None:
        """The value of a cell, None without an answer."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.settimeout(_STEP_S)
            opened.connect(("127.0.0.1", self._port))
            try:
                opened.send(messages.get(name, community=community))
                return messages.read(opened.recv(65_535)).values[0]
            except (TimeoutError, ConnectionError):
                return None

    def seconds_until(self, name: Oid, community: bytes = COMMUNITY, expected: bytes | None = None) -> float:
        """How long it takes until there is an answer, or one with this value.

        Raises:
            RuntimeError: too long.
        """
        begun_s = time.monotonic()
        while (passed_s := time.monotonic() - begun_s) < _PATIENCE_S:
            value = self.value(name, community)
            if value is not None and expected in (None, value[1]):
                return passed_s
            time.sleep(_STEP_S)
        raise RuntimeError(f"no answer within {_PATIENCE_S:g} s")


def starts(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"`lantime-agent run` with a state directory that knows {DEVICES} devices, polled every {INTERVAL_S} s; to the "
        "first answer to a GET from the moment the process is started; a reload from SIGHUP to the first answer to a "
        "community that it brings"
    )
    figure = Figure("starts", "Start and reload", how, conditions=conditions())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantime-bench-")))
        urls: dict[str, str] = {}
        for seed in range(1, SIMULATORS + 1):
            child, url = start_simulator(folder, seed)
            stack.enter_context(child)
            urls |= {f"lantime-{seed}-{number}": url for number in range(DEVICES // SIMULATORS)}
        port = free_port()
        settings = settings_of(urls, port, INTERVAL_S)
        config = folder / "agent.yaml"
        up, asker = Mib().oid("lnbAgentDevicesUp", 0), Asker(port)
        config.write_text(json.dumps(settings), encoding="utf-8")
        with run_agent(config, folder) as agent:  # every device becomes known
            passed_s = asker.seconds_until(up, expected=bytes((DEVICES,)))
            row = figure.row(f"first start, to all {DEVICES} devices polled", "this agent", SECONDS)
            row.values.append(passed_s)
            row.notes = (
                f"{sum(1 for _ in tree(agent.pid))} processes, CPU {cpu_s(tree(agent.pid)):.1f} s; measured once"
            )
        for done in range(rounds):
            config.write_text(json.dumps(settings), encoding="utf-8")
            with run_agent(config, folder) as agent:
                figure.row(START, "to first answer", SECONDS).values.append(asker.seconds_until(_UPTIME))
                asker.seconds_until(up, expected=bytes((DEVICES,)))
                figure.row(RELOAD, "to its effect", SECONDS).values.append(_reload(config, settings, agent, asker))
            print(f"round {done + 1} of {rounds} done", flush=True)
    figure.limit(START, "to first answer", 2)
    figure.limit(RELOAD, "to its effect", 1)
    return figure


def settings_of(urls: Mapping[str, str], port: int, interval_s: int) -> dict[str, Any]:
    """The configuration of an agent with these devices."""
    snmp = {"listen": [f"127.0.0.1:{port}"], "communities": [{"name": COMMUNITY.decode()}]}
    return {**devices_section(urls, interval_s=interval_s), "state_dir": "state", "snmp": snmp}


def run_agent(config: Path, folder: Path) -> Child:
    """The agent as a process of its own."""
    arguments = [sys.executable, "-m", "agent", "run", "-c", str(config), "--log-level", "warning"]
    return Child(arguments, folder / "agent.log", secrets_of())


def _reload(config: Path, settings: dict[str, Any], agent: Child, asker: Asker) -> float:
    snmp = settings["snmp"]
    changed = {**settings, "snmp": {**snmp, "communities": [*snmp["communities"], {"name": _FRESH.decode()}]}}
    config.write_text(json.dumps(changed), encoding="utf-8")
    os.kill(agent.pid, signal.SIGHUP)
    return asker.seconds_until(_UPTIME, _FRESH)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: starts)
