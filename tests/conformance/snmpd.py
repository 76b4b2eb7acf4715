"""Debian's snmpd as a subject: a daemon on a free loopback port, with configuration and memory of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from tests.conformance import subject as known
from tests.conformance.subject import Objects, Subject
from tests.snmp import messages
from tests.support.running import wait_for

ROWS = [f"row{number:02}" for number in range(1, 31)]
_EXTEND = (1, 3, 6, 1, 4, 1, 8072, 1, 3, 2)
_CONFIG = (*_EXTEND, 2, 1)
OBJECTS = Objects(
    numbers=(*_CONFIG, 5),  # nsExtendCacheTime
    texts=(*_CONFIG, 2),  # nsExtendCommand
    long=(*_CONFIG, 3),  # nsExtendArgs
    wide=(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6),  # ifHCInOctets
    indexes=[(len(name), *name.encode()) for name in ROWS],
    steady=(*_EXTEND, 2),
    writable=known.SYS_LOCATION,
)
_SYSTEM = ".1.3.6.1.2.1.1"


def find() -> str | None:
    """The daemon's path, which is not on everybody's."""
    return shutil.which("snmpd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def version() -> str:
    """The version, as the daemon prints it."""
    path = find()
    assert path is not None
    printed = subprocess.run([path, "-v"], capture_output=True, text=True, check=False, timeout=10).stdout
    found = re.search(r"version:\s*(\S+)", printed)
    assert found is not None
    return found[1]


def free_port() -> int:
    """A port that is free on loopback, or was a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configuration(port: int) -> str:
    """Communities, users, a context whose content is the default context's system group, a table of 30 rows."""
    public, private, part, closed, inside = (
        name.decode()
        for name in (known.READ_ONLY, known.READ_WRITE, known.PART, known.CLOSED, known.IN_CONTEXT)
    )  # fmt: skip
    context = known.CONTEXT.decode()
    lines = [
        "sysServices 72",
        f"rocommunity {public} default", f"rocommunity6 {public} default", f"rwcommunity {private} default",
        "view part included .1.3.6.1", f"view part excluded {_SYSTEM}.4", f"rocommunity {part} default -V part",
        f"com2sec closedName default {closed}", "group closedGroup v2c closedName", "group closedGroup usm sealed",
        'access closedGroup "" usm priv exact part none none',
        f"com2sec -Cn {context} insideName default {inside}", "group insideGroup v2c insideName",
        f"access insideGroup {context} any noauth exact part none none",
        f"proxy -Cn {context} -v 2c -c {public} 127.0.0.1:{port} {_SYSTEM}",
        "rouser plain noauth", "rouser signed auth", f"rouser signed auth -V part {context}", "rouser sealed priv",
    ]  # fmt: skip
    for user in known.USERS:
        secrets = f" {user.auth} {user.auth_secret.decode()}" if user.auth else ""
        secrets += f" {user.priv.replace('AES-128', 'AES')} {user.priv_secret.decode()}" if user.priv else ""
        lines.append(f"createUser {user.name.decode()}{secrets}")
    lines += [f"extend -cacheTime 3600 {name} /bin/true {name * 50}" for name in ROWS]
    return "\n".join(lines) + "\n"


class Snmpd(Subject):
    """A running daemon; it keeps its engine's identity in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__("snmpd", OBJECTS, max_message_size=65_507)
        self.patience_s = 3.0
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def condition(self) -> str:
        if self._process is None or self._process.poll() is not None:
            return known.CRASHED
        return known.ANSWERS if self._answers(2) else known.HANGS

    def revive(self) -> None:
        if self.condition() != known.ANSWERS:
            self.stop()
            self.start()

    def start(self) -> None:
        path = find()
        assert path is not None
        port = free_port()
        self.addresses = [("127.0.0.1", port), ("127.0.0.2", port), ("::1", port)]
        for name in ("configured", "persistent"):
            (self._folder / name).mkdir(exist_ok=True)
        (self._folder / "configured" / "snmpd.conf").write_text(configuration(port))
        listen = ",".join(
            f"udp6:[{host}]:{port}" if ":" in host else f"udp:{host}:{port}" for host, _ in self.addresses
        )
        persistent = str(self._folder / "persistent")
        paths = {"SNMP_PERSISTENT_DIR": persistent, "SNMPCONFPATH": f"{self._folder / 'configured'}:{persistent}"}
        command = [path, "-f", "-Lf", str(self._folder / "log"), "-x", "", listen]
        self._process = subprocess.Popen(command, env={**os.environ, **paths, "MIBS": ""})
        wait_for(self._answers, "snmpd answers", 20)

    def _answers(self, wait_s: float = 0.2) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            return self.exchange(messages.get(known.SYS_DESCR), wait_s) is not None
        except ConnectionRefusedError:
            return False

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:  # it hangs
            self._process.kill()
            self._process.wait(5)
