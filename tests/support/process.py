"""The agent as an operator runs it: `lantime-agent run`, a parent with two children, on a free port."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.snmp import messages
from tests.snmp.messages import Answer, Oid
from tests.support.ports import free_port
from tests.support.running import PASSWORD, wait_for

COMMUNITY, WRITER = b"public-for-tests", b"writer-for-tests"
UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
CONTACT: Oid = (1, 3, 6, 1, 2, 1, 1, 4, 0)
SERVICES: Oid = (1, 3, 6, 1, 2, 1, 1, 7, 0)


EARLY = ("lts172", "lts119", "lts117", "lts92")
"""Names of devices whose first poll comes within a tenth of a second (first_delay_s spreads them by name)."""


class AgentProcess:
    """`lantime-agent run` with a configuration of its own; use it as a context manager.

    Args:
        devices: ports of simulated devices.
        changes: further keys of the configuration; `snmp` is merged.
    """

    def __init__(self, folder: Path, *devices: int, **changes: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.config = folder / "agent.yaml"
        snmp = {
            "listen": [f"127.0.0.1:{self.port}"],
            "communities": [{"name": COMMUNITY.decode()}, {"name": WRITER.decode(), "write_view": "default"}],
            **changes.pop("snmp", {}),
        }
        rows = [
            {
                "name": name, "address": "127.0.0.1", "port": port, "scheme": "http", "username": "info",
                "password": "${LANTIME_TEST_PASSWORD}", "poll": {"interval_s": 10},
            }
            for name, port in zip(EARLY, devices, strict=False)
        ]  # fmt: skip
        self.content: dict[str, Any] = {"state_dir": str(folder / "state"), "snmp": snmp, "devices": rows, **changes}
        self.write()
        self.log = folder / "log"
        self.environment: dict[str, str] = {}

    def write(self) -> None:
        """Write the configuration file from `content`."""
        self.config.write_text(yaml.safe_dump(self.content))

    def __enter__(self) -> AgentProcess:
        self.begin()
        wait_for(lambda: self.answers(SERVICES, 0.3), "an answer", 20)
        return self

    def begin(self) -> None:
        """Start it, without waiting for anything."""
        environment = {**os.environ, "LANTIME_TEST_PASSWORD": PASSWORD, **self.environment}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "agent", "run", "--config", str(self.config)), stderr=log, env=environment
            )

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Stop it as a service manager does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            if self.process.poll() is None:
                self.process.kill()

    def children(self) -> dict[str, int]:
        """Process IDs of the children, by name."""
        pid = self.process.pid
        named = {}
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with contextlib.suppress(OSError):  # it ended since
                named[Path(f"/proc/{child}/comm").read_text().strip().removeprefix("lantime-")] = int(child)
        return named

    def kill(self, name: str) -> int:
        """Kill -9 a child, and wait until it is gone; its process ID."""
        pid = self.children()[name]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: pid not in self.children().values(), f"the end of {name}")
        return pid

    def reborn(self, name: str, before: int) -> int:
        """Wait until a child is there again; its process ID."""
        return wait_for(lambda: (pid := self.children().get(name, before)) != before and pid, f"a new {name}", 20)

    def ask(self, datagram: bytes, wait_s: float = 5.0) -> bytes | None:
        """The answer to a datagram, None for silence."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(wait_s)
            asking.connect(("127.0.0.1", self.port))
            asking.send(datagram)
            try:
                return asking.recv(65_535)
            except (TimeoutError, ConnectionRefusedError):
                return None

    def answers(self, oid: Oid, wait_s: float = 5.0) -> bool:
        """Whether a GET is answered."""
        return self.ask(messages.get(oid, community=COMMUNITY), wait_s) is not None

    def get(self, *oids: Oid, community: bytes = COMMUNITY) -> Answer:
        """The answer to a GET."""
        answer = self.ask(messages.get(*oids, community=community))
        assert answer is not None, f"no answer; its log: {self.logged()}"
        return messages.read(answer)

    def number(self, oid: Oid) -> int:
        """A number that is served."""
        tag, content = self.get(oid).values[0]
        assert tag not in (0x80, 0x81), f"{oid} is not there"
        return int.from_bytes(content, "big")

    def set(self, oid: Oid, value: bytes) -> Answer:
        """The answer to a SET of one encoded value."""
        body = messages.pdu(messages.SET, [messages.varbind(oid, value)], request_id=5)
        answer = self.ask(messages.message(body, community=WRITER), 10)
        assert answer is not None, "no answer"
        return messages.read(answer)

    def logged(self, pattern: str = "") -> list[str]:
        """Lines of its log that a pattern is found in."""
        return [line for line in self.log.read_text().splitlines() if re.search(pattern, line)]

    def wait_logged(self, pattern: str, until: Callable[[int], bool] = bool) -> None:
        """Until a pattern is found in its log."""
        wait_for(lambda: until(len(self.logged(pattern))), f"{pattern} in {self.log}", 20)
