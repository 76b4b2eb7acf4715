"""`python -m benchmarks.steady`: requests at a fixed rate, whether they are answered or not, and how long each took.

A generator that waits for an answer before it asks again does not ask while nobody answers, and so hides the very
times that count. This one has a plan: request n is due at n / rate, and its time runs from there, however late it was
sent. It ends when the kernel took the answer in (SO_TIMESTAMPNS), so that the generator's own reading does not count.
What stays without an answer counts as lasting to the end of the measurement.

Reads datagrams from a file; writes to another two numbers a request: when it was due, and how long it took.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import struct
import sys
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from benchmarks.datagram import ID_OCTETS, request_id_at, request_id_of
from scripts.processes import Child

GRACE_S = 1.0
"""How long answers are awaited after the last request."""
FIRST_ID = 1 << 24
"""Request-ids have four octets from here on."""
SO_TIMESTAMPNS = 35
"""Of Linux; Python's socket module does not name it."""
_TIMESPEC = struct.Struct("qq")
_LONGEST_S = 1800.0


@dataclass(frozen=True, slots=True)
class Timed:
    """What a run at a fixed rate was like.

    Attributes:
        due_s: when each request was due, in monotonic seconds, rising.
        took_s: how long each took, from when it was due.
        unanswered: how many had no answer.
        late_ms: p99 of how late the generator itself was.
    """

    due_s: Sequence[float]
    took_s: Sequence[float]
    unanswered: int
    late_ms: float

    def p99_ms(self, windows: Sequence[tuple[float, float]]) -> float | None:
        """The p99 of the requests that were due within these times; None where there were too few."""
        times = [
            took for due, took in zip(self.due_s, self.took_s, strict=True) if any(a <= due < b for a, b in windows)
        ]
        return quantiles(times, n=100)[-1] * 1000 if len(times) >= 200 else None


class Run:
    """One run over a connected socket: what is sent when, and what comes back."""

    def __init__(self, opened: socket.socket, datagrams: Sequence[bytes], rate: float) -> None:
        self._socket = opened
        self._rate = rate
        # Each datagram in two parts, around the four octets of its request-id.
        self._parts = [_around_id(each) for each in datagrams]
        self.late_s = array("d")
        self.took_s = array("d")
        self.answered = 0

    def drive(self, seconds: float) -> float:
        """Send for so long, and await what is still due; when it began, in monotonic seconds."""
        clock, begun_s = time.monotonic, time.monotonic() + 0.1
        count, sent = int(seconds * self._rate), 0
        self._begun_s = begun_s
        self.took_s = array("d", [-1.0]) * count
        while sent < count:
            due_s = begun_s + sent / self._rate
            now_s = clock()
            if now_s >= due_s:
                self._send(sent)
                self.late_s.append(now_s - due_s)
                sent += 1
            elif select.select([self._socket], [], [], due_s - now_s)[0]:
                self._take()
        ends_s = clock() + GRACE_S
        while self.answered < count and (left_s := ends_s - clock()) > 0:
            if select.select([self._socket], [], [], left_s)[0]:
                self._take()
        ended_s = clock()
        for number, took_s in enumerate(self.took_s):
            if took_s < 0:
                self.took_s[number] = ended_s - begun_s - number / self._rate
        return begun_s

    def _send(self, number: int) -> None:
        before, behind = self._parts[number % len(self._parts)]
        try:
            self._socket.send(before + (FIRST_ID + number).to_bytes(ID_OCTETS, "big") + behind)
        except (BlockingIOError, ConnectionRefusedError):
            return  # it stays without an answer

    def _take(self) -> None:
        lead_s = time.time() - time.monotonic()
        try:
            while True:
                datagram, told, _, _ = self._socket.recvmsg(65_535, 64)
                number = request_id_of(datagram) - FIRST_ID
                if 0 <= number < len(self.took_s) and self.took_s[number] < 0:
                    arrived_s = arrival_s(told) - lead_s
                    self.took_s[number] = max(arrived_s - self._begun_s - number / self._rate, 0.0)
                    self.answered += 1
        except (BlockingIOError, ConnectionRefusedError):
            return


def arrival_s(told: Sequence[tuple[int, int, bytes]]) -> float:
    """When a datagram arrived, in seconds of the wall clock, from what `recvmsg` gave beside it; else now."""
    for level, kind, content in told:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = _TIMESPEC.unpack(content)
            return float(seconds + nanoseconds / 1e9)
    return time.time()


def _around_id(datagram: bytes) -> tuple[bytes, bytes]:
    at = request_id_at(datagram)
    return datagram[:at], datagram[at + ID_OCTETS :]


def opened_to(port: int) -> socket.socket:
    """A socket to a port of 127.0.0.1 that does not block, and on which the kernel notes when datagrams arrive."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    opened.connect(("127.0.0.1", port))
    opened.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return opened


class Steady:
    """The generator as a process of its own; it asks from the moment that this is made."""

    def __init__(self, folder: Path, name: str, port: int, datagrams: Sequence[bytes], rate: int, s: float) -> None:
        asked, self._times = folder / f"{name}.asked", folder / f"{name}.times"
        asked.write_text(json.dumps([each.hex() for each in datagrams]), encoding="ascii")
        arguments = [
            sys.executable, "-m", "benchmarks.steady", "--port", str(port), "--rate", str(rate), "--seconds", str(s),
            str(asked), str(self._times),
        ]  # fmt: skip
        self.child = Child(arguments, folder / f"{name}.log")
        self._seconds = s

    def result(self) -> Timed:
        """What came out; waits for its end.

        Raises:
            RuntimeError: it failed.
        """
        with self.child:
            if self.child.process.wait(self._seconds + 60):
                raise RuntimeError(f"the generator failed:\n{self.child.output[-2000:]}")
        said = json.loads(self.child.output)
        numbers = array("d", self._times.read_bytes())
        return Timed(numbers[0::2], numbers[1::2], said["unanswered"], said["late_ms"])


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steady", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, default=2000, help="requests a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("asked", type=Path, help="JSON: datagrams in hexadecimal, with request-ids of four octets")
    parser.add_argument("times", type=Path, help="where to write")
    options = parser.parse_args()
    datagrams = [bytes.fromhex(each) for each in json.loads(options.asked.read_text(encoding="ascii"))]
    with opened_to(options.port) as opened:
        run = Run(opened, datagrams, options.rate)
        begun_s = run.drive(min(options.seconds, _LONGEST_S))
    written = array("d")
    for number, took_s in enumerate(run.took_s):
        written.extend((begun_s + number / options.rate, took_s))
    options.times.write_bytes(written.tobytes())
    late_ms = quantiles(run.late_s, n=100)[-1] * 1000
    print(json.dumps({"unanswered": len(run.took_s) - run.answered, "late_ms": late_ms}))


if __name__ == "__main__":
    main()
