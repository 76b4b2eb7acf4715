"""A fleet of simulated devices and the agent that polls it, each in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.farm import ASKED, HOST, USER, start_farm
from benchmarks.load import cpu_s
from benchmarks.starts import Asker, run_agent
from benchmarks.steady import FIRST_ID, Steady
from scripts.client import Client
from scripts.mib import Mib
from scripts.processes import Child, tree
from scripts.settings import COMMUNITY, PASSWORD_VARIABLE
from tests.snmp import messages
from tests.support.ports import free_port

INTERVAL_S, LARGE_INTERVAL_S = 30, 10
RATE = 2000
"""GETs a second meanwhile."""
PATIENCE_S = 300.0
"""How long the first poll of all devices may take."""
_PAUSE_S = 0.1
_NAMES = 1000


class Site:
    """A fleet and its agent, both running.

    Attributes:
        up_after_s: how long it took from the agent's start until all devices were up.
    """

    up_after_s = 0.0

    def __init__(self, folder: Path, size: int, farm: Child, farm_port: int, agent: Child, port: int) -> None:
        self.folder, self.size, self.farm, self.agent, self.port = folder, size, farm, agent, port
        self._farm_port = farm_port
        self._mib = Mib()
        self._client = Client(port, COMMUNITY)
        self.children = children_of(agent.pid)

    def add_large(self) -> None:
        """Have one more device polled, whose document is large."""
        changed = settings_of(range(self.size), self._farm_port, self.port, large=self.size)
        (self.folder / "agent.yaml").write_text(json.dumps(changed), encoding="utf-8")
        os.kill(self.agent.pid, signal.SIGHUP)

    def close(self) -> None:
        """Close the manager's socket."""
        self._client.close()

    def asked_s(self) -> dict[int, list[float]]:
        """When each device's status was handed over, by its number."""
        with urllib.request.urlopen(f"http://{HOST}:{self._farm_port}{ASKED}", timeout=30) as answer:
            return {int(number): times for number, times in json.load(answer).items()}

    def column(self, name: str) -> dict[int, bytes]:
        """A column of the table of devices, by index."""
        return {oid[-1]: content for oid, (_, content) in self._client.walk(self._mib.oid(name))}

    def failed(self) -> int:
        """How many polls failed so far."""
        return sum(map(messages.number, self.column("lnbDevicePollsFailed").values()))

    def polls_of(self, index: int) -> int:
        """How often a device was polled, as the agent shows it now; 0 where it does not show it."""
        tag, content = self._client.get(self._mib.oid("lnbDevicePolls", index)).values[0]
        return messages.number(content) if tag == messages.COUNTER32 else 0

    def cpu_s(self) -> tuple[float, float, float]:
        """CPU time of all processes, of the front, of the back."""
        return cpu_s(tree(self.agent.pid)), cpu_s([self.children["front"]]), cpu_s([self.children["back"]])

    def steady(self, name: str, seconds: float) -> Steady:
        """Ask for cells of all devices from now on."""
        indexes = sorted(self.column("lnbDeviceName"))
        columns = [self._mib.oid(each) for each in ("lnbDevicePolls", "lnbDeviceName", "lnbDeviceFailures")]
        cells = [(*columns[n % len(columns)], indexes[n * 7 % len(indexes)]) for n in range(_NAMES)]
        datagrams = [messages.get(cell, community=COMMUNITY, request_id=FIRST_ID) for cell in cells]
        return Steady(self.folder, name, self.port, datagrams, RATE, seconds)


def children_of(pid: int) -> dict[str, int]:
    """An agent's processes beside the first, by name: "front" and "back"."""
    names = {each: Path(f"/proc/{each}/comm").read_text(encoding="ascii").strip() for each in tree(pid)[1:]}
    return {name.removeprefix("lantime-"): each for each, name in names.items()}


@contextmanager
def site_of(folder: Path, size: int, kind: str, lasts_s: float) -> Iterator[Site]:
    """A fleet of this size, every device polled.

    Args:
        folder: for its files.
        size: how many devices.
        kind: of the devices.
        lasts_s: the simulated devices end after so long, whatever comes.
    """
    place = folder / f"fleet-{size}"
    place.mkdir()
    farm, farm_port = start_farm(place, ["--kind", kind, "--count", str(size), "--large", "--seconds", str(lasts_s)])
    port = free_port()
    with farm, running(place, settings_of(range(size), farm_port, port)) as agent:
        up_after_s = wait_up(agent, port, size)
        print(f"{size} devices: all up after {up_after_s:.0f} s", flush=True)
        with closing(Site(place, size, farm, farm_port, agent, port)) as site:
            site.up_after_s = up_after_s
            yield site


def wait_up(agent: Child, port: int, size: int) -> float:
    """How long it takes until so many devices are up.

    Raises:
        RuntimeError: it takes too long, or the agent has ended.
    """
    asker, up = Asker(port), Mib().oid("lnbAgentDevicesUp", 0)
    begun_s, seen = time.monotonic(), 0
    while (passed_s := time.monotonic() - begun_s) < PATIENCE_S and agent.process.poll() is None:
        value = asker.value(up)
        seen = messages.number(value[1]) if value else seen
        if seen == size:
            return passed_s
        time.sleep(_PAUSE_S)
    raise RuntimeError(f"{seen} of {size} devices are up after {passed_s:.0f} s; it says:\n{agent.output[-2000:]}")


def settings_of(numbers: range, farm_port: int, port: int, large: int | None = None) -> dict[str, Any]:
    """The configuration of an agent with these devices, and the large one."""
    entries = [_device(each, farm_port) for each in numbers]
    if large is not None:
        poll = {"interval_s": LARGE_INTERVAL_S, "body_limit_mb": 32, "configuration": False, "deadline_s": 60}
        entries.append({**_device(large, farm_port), "poll": poll})
    snmp = {"listen": [f"127.0.0.1:{port}"], "communities": [{"name": COMMUNITY.decode()}]}
    return {"poll": {"interval_s": INTERVAL_S}, "devices": entries, "state_dir": "state", "snmp": snmp}


def _device(each: int, farm_port: int) -> Mapping[str, Any]:
    return {
        "name": f"lantime-{each}", "address": HOST, "port": farm_port, "scheme": "http",
        "username": f"{USER}{each}", "password": f"${{{PASSWORD_VARIABLE}}}",
    }  # fmt: skip


@contextmanager
def running(folder: Path, settings: Mapping[str, Any]) -> Iterator[Child]:
    """An agent with these settings."""
    config = folder / "agent.yaml"
    config.write_text(json.dumps(settings), encoding="utf-8")
    with run_agent(config, folder) as agent:
        yield agent
