"""The load generator: a window of requests in flight over one connected UDP socket, in a plain loop.

Datagrams are made before the clock runs. Every answer is taken for one; whether answers are right is looked at by
`probe` before, and how many are missing is counted. Nobody is bound to a core: where others use the machine too, that
makes both wait for each other and all rates smaller.
"""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WINDOW = 8
PATIENCE_S = 1.0
"""After so long without an answer those in flight count as missing, and others are sent."""
_LONGEST = 4
"""A measurement ends after so many times its duration, however few answers have come."""


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement.

    Attributes:
        server_share: CPU time of the server's processes by time passed; 1.0 is one core.
        own_share: the generator's.
        missing: requests without an answer.
    """

    answers: int
    seconds: float
    server_share: float
    own_share: float
    missing: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def rate_per_core(self) -> float:
        """Answers by second of the server's CPU time: what others on the machine take does not count."""
        return self.rate / self.server_share if self.server_share else 0.0


def cpu_s(pids: Sequence[int]) -> float:
    """CPU time that processes have had, in seconds; nothing of one that has ended."""
    nanoseconds = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):  # finer than the ticks of /proc/<pid>/stat
            with suppress(OSError):
                nanoseconds += int(thread.read_text(encoding="ascii").split()[0])
    return nanoseconds / 1e9


def connected(port: int) -> socket.socket:
    """A socket that sends to a port of 127.0.0.1, and whose `recv` ends with BlockingIOError after a while."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    # In the kernel, since Python's own timeout costs a system call more for each answer.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(PATIENCE_S), 0))
    opened.connect(("127.0.0.1", port))
    return opened


def drive(port: int, pids: Sequence[int], datagrams: Sequence[bytes], seconds: float, window: int = WINDOW) -> Run:
    """Send datagrams over and over, `window` of them in flight, and count answers."""
    with connected(port) as opened:
        send, receive, clock = opened.send, opened.recv_into, time.perf_counter
        buffer, following = bytearray(65_535), itertools.cycle(datagrams).__next__
        server_s, own_s, begun_s = cpu_s(pids), time.process_time(), clock()
        sent, answers, last_s = window, 0, begun_s
        ends_s = begun_s + seconds
        for _ in range(window):
            send(following())
        while True:
            try:
                receive(buffer)
            except BlockingIOError:
                if clock() >= ends_s:
                    break
                for _ in range(window):
                    send(following())
                sent += window
                continue
            answers += 1
            last_s = clock()
            if last_s >= ends_s and (answers >= 2 * window or last_s >= begun_s + _LONGEST * seconds):
                break
            send(following())
            sent += 1
        passed_s = last_s - begun_s or seconds
        shares = (cpu_s(pids) - server_s) / passed_s, (time.process_time() - own_s) / passed_s
        late = _late(opened, sent - answers)
    return Run(answers, passed_s, *shares, sent - answers - late)


def _late(opened: socket.socket, due: int) -> int:
    """How many of the answers still due come when no more is asked."""
    for got in range(due):
        try:
            opened.recv(65_535)
        except BlockingIOError:
            return got
    return due


def probe(port: int, datagram: bytes) -> bytes:
    """The answer to one datagram.

    Raises:
        RuntimeError: there is none.
    """
    with connected(port) as opened:
        for _ in range(3):
            opened.send(datagram)
            try:
                return opened.recv(65_535)
            except BlockingIOError:
                continue
    raise RuntimeError(f"no answer from port {port}")
