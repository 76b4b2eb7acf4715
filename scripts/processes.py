"""Child processes from the outside: an agent and simulated devices, what they take, and what they log."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from tests.snmp import messages
from tests.support.ports import free_port

ThisChild = TypeVar("ThisChild", bound="Child")
START_S = 60.0
STOP_S = 20.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process takes."""

    rss_kib: int
    handles: int
    threads: int


def tree(pid: int) -> list[int]:
    """A process and all its descendants that live, the process first."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += sorted(parents.get(each, ()))
    return found


def usage(pid: int) -> Usage:
    """What a process takes now; nothing when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
        handles = len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return Usage(0, 0, 0)
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return Usage(int(fields.get("VmRSS", "0 kB").split()[0]), handles, int(fields.get("Threads", "0")))


def total(pid: int) -> Usage:
    """What a process and its descendants take together."""
    each = [usage(one) for one in tree(pid)]
    return Usage(sum(one.rss_kib for one in each), sum(one.handles for one in each), sum(one.threads for one in each))


class Child:
    """A program that runs until `stop`; what it prints goes into a file. A context manager."""

    def __init__(self, arguments: list[str], output: Path, environment: Mapping[str, str] | None = None) -> None:
        self._output = output
        with output.open("wb") as opened:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )

    def __enter__(self: ThisChild) -> ThisChild:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    @property
    def pid(self) -> int:
        """Its process number."""
        return self.process.pid

    @property
    def output(self) -> str:
        """All it has printed."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def output_octets(self) -> int:
        """How much it has printed."""
        return self._output.stat().st_size

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something it does.

        Raises:
            RuntimeError: it ended, or did not do it in time.
        """
        ends_s = time.monotonic() + START_S
        while not condition():
            if self.process.poll() is not None or time.monotonic() > ends_s:
                raise RuntimeError(f"{what}: not within {START_S:g} s; it printed:\n{self.output[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> int:
        """Stop it as SIGTERM does; does no harm when it has ended. Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


def start_simulator(folder: Path, number: int, *options: str) -> tuple[Child, str]:
    """A simulated device as a process of its own, and its URL."""
    arguments = [sys.executable, "-m", "agent.sim", "--port", "0", "--seed", str(number), *options]
    child = Child(arguments, folder / f"simulator-{number}.log")
    child.wait_until(lambda: "Ctrl-C ends it." in child.output, "the simulator does not start")
    url = next(line.split()[1] for line in child.output.splitlines() if line.startswith("url:"))
    return child, url.removesuffix("/api/status")


class AgentProcess(Child):
    """`lantime-agent run` on a free port of the loopback network, with a temporary state directory.

    Args:
        snmp: the section of that name, without the address; its first community is used to see when it answers.
        rest: the other sections.
        environment: secrets that the configuration names.
    """

    def __init__(self, snmp: Mapping[str, Any], rest: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lantime-agent-run-")
        folder = Path(self._folder.name)
        self.port = free_port()
        self.config = folder / "agent.yaml"
        settings = {**rest, "state_dir": "state", "snmp": {**snmp, "listen": [f"127.0.0.1:{self.port}"]}}
        self.config.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
        arguments = [sys.executable, "-m", "agent", "run", "-c", str(self.config)]
        super().__init__(arguments, folder / "agent.log", environment)
        community = snmp["communities"][0]["name"].encode()
        self.wait_until(lambda: answers(self.port, community), "the agent does not answer")

    def stop(self) -> int:
        """Stop it, and remove what it kept."""
        code = super().stop()
        self._folder.cleanup()
        return code


def answers(port: int, community: bytes) -> bool:
    """Whether an agent on this port of 127.0.0.1 answers a GET now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.5)
        asking.connect(("127.0.0.1", port))
        try:
            asking.send(messages.get((1, 3, 6, 1, 2, 1, 1, 3, 0), community=community))
            return bool(asking.recv(65_535))
        except (TimeoutError, ConnectionError):
            return False
