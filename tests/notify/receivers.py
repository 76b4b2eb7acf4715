"""Receivers to deliver to: Debian's snmptrapd, and one of our own that records, answers late or not at all."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from agent.mib.encoding import tlv
from agent.wire import ber, pdu
from tests.support.ports import free_port
from tests.support.tools import tool

T = TypeVar("T")

AUTH_PASSPHRASE = "authpass-5"
PRIV_PASSPHRASE = "privpass-5"
V1_FORMAT = r"V1|%a|%N|%w|%q|%v\n"
V2_FORMAT = r"V2|%v\n"


class Trapd:
    """An snmptrapd on a port of its own.

    Args:
        folder: for its configuration, state and output.
        users: createUser lines; those for traps name our engine ID.
        engine_id: its own, in hexadecimal.
        mibs: folders of MIB texts and the module to load; names are printed then.
        configuration: instead of one that is made.
    """

    def __init__(
        self,
        folder: Path,
        users: Sequence[str] = (),
        engine_id: str = "80001f880411223344",
        mibs: tuple[str, str] = ("", ""),
        port: int | None = None,
        configuration: str = "",
        printed: str = "",
    ) -> None:
        self.folder = folder
        self._printed = [printed] if printed else [] if mibs[1] else ["-On"]
        self.port = port or free_port()
        self._output = folder / "output.txt"
        self._mibs = mibs
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(users, engine_id)
        if configuration:
            (folder / "trapd.conf").write_text(configuration, encoding="ascii")

    def configure(self, users: Sequence[str], engine_id: str) -> None:
        """Write the configuration; it counts from the next start."""
        names = sorted({word for line in users for word in line.split() if word.startswith("user-")})
        lines = [
            "authCommunity log public", "doNotRetainNotificationLogs yes", f"exactEngineID 0x{engine_id}",
            f"format1 {V1_FORMAT}", f"format2 {V2_FORMAT}",
            *(f"createUser {line}" for line in users), *(f"authUser log {name} noauth" for name in names),
        ]  # fmt: skip
        (self.folder / "trapd.conf").write_text("\n".join(lines) + "\n", encoding="ascii")

    def start(self) -> Trapd:
        """Start it, and wait until it listens."""
        command = [
            tool("snmptrapd"), "-f", "-n", "-Lo", *self._printed, "-C", "-c", str(self.folder / "trapd.conf"),
            "-M", self._mibs[0], "-m", self._mibs[1], f"udp:127.0.0.1:{self.port}",
        ]  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "SNMP_PERSISTENT_DIR": str(self.folder / "persistent")}
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        until(self._listens, "snmptrapd listens")
        return self

    def _listens(self) -> bool:
        rows = Path("/proc/net/udp").read_text().splitlines()[1:]
        return any(row.split()[1].endswith(f":{self.port:04X}") for row in rows)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:  # a signal between its look at the flag and its select is overlooked
                self._process.kill()
                self._process.wait()
            self._process = None

    def forget(self) -> None:
        """Lose its state: boots begin anew."""
        shutil.rmtree(self.folder / "persistent")

    def text(self) -> str:
        """All it wrote."""
        return self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""

    def lines(self, kind: str = "V") -> list[str]:
        """The notifications it wrote, one a line."""
        return [line for line in self.text().splitlines() if line.startswith(kind)]


class Recorder:
    """A receiver of our own on UDP: keeps what comes; answers v2c informs when told to."""

    def __init__(self, port: int = 0, family: int = socket.AF_INET) -> None:
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
        self.port = int(self.socket.getsockname()[1])
        self.datagrams: list[bytes] = []
        self.sources: list[tuple[str, int]] = []

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def read(self) -> int:
        """Take what has come; how much there is."""
        while select.select([self.socket], [], [], 0)[0]:
            datagram, source = self.socket.recvfrom(65_535)
            self.datagrams.append(datagram)
            self.sources.append(source[:2])
        return len(self.datagrams)

    def wait(self, number: int, seconds: float = 8) -> None:
        """Until so many datagrams have come."""
        until(lambda: self.read() >= number, f"{number} datagrams, not {len(self.datagrams)}", seconds)

    def answer(self, number: int, status: int = 0) -> None:
        """Answer the v2c inform with this place among the datagrams."""
        self.socket.sendto(response(self.datagrams[number], status), self.sources[number])


def body(datagram: bytes) -> tuple[int, pdu.Request]:
    """Version and PDU of a v2c message."""
    at, end = ber.expect(datagram, 0, ber.SEQUENCE)
    version, at = ber.integer(datagram, at)
    _, at = ber.string(datagram, at)
    return version, pdu.read_request(datagram, at, end)


def request_id(datagram: bytes) -> int:
    """The request-id of a v2c message."""
    return ber.integer(body(datagram)[1].request_id, 0)[0]


def response(datagram: bytes, status: int = 0) -> bytes:
    """The Response to a v2c inform."""
    at, _ = ber.expect(datagram, 0, ber.SEQUENCE)
    start = at
    _, at = ber.integer(datagram, at)
    _, at = ber.string(datagram, at)
    asked = body(datagram)[1]
    return tlv(0x30, datagram[start:at] + pdu.response(asked.request_id, status, 0, asked.varbinds))


def until(condition: Callable[[], T], what: str = "", seconds: float = 8) -> T:
    """What the condition gives once that is true; fails after so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < ends, f"not within {seconds:g} s: {what or condition}"
        time.sleep(0.01)
