"""`python -m benchmarks.receiver`: receivers of notifications, which acknowledge every inform at once.

It says in one line of JSON on which ports; at SIGTERM, or when its time is over, it writes to a file what arrived: for
each datagram the receiver, when the kernel took it in (SO_TIMESTAMPNS, seconds of the wall clock), the PDU's tag and
the sequence number of an alarm, null for others.
"""

from __future__ import annotations

import argparse
import json
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.datagram import pdu_at
from benchmarks.steady import SO_TIMESTAMPNS, arrival_s
from scripts.mib import Mib
from scripts.processes import Child
from tests.snmp import messages

_BUFFER = 1 << 24
_SO_RCVBUFFORCE = 33
"""Of Linux, beyond net.core.rmem_max where that is allowed."""
_WAIT_S = 0.2


@dataclass(frozen=True, slots=True)
class Arrival:
    """One notification about an alarm as a receiver got it.

    Attributes:
        at_s: seconds of the wall clock.
        sequence: the alarm's number.
    """

    receiver: int
    at_s: float
    tag: int
    sequence: int


def opened() -> socket.socket:
    """A receiver's socket, on which the kernel notes when datagrams arrive."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    except PermissionError:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return made


def acknowledged(datagram: bytes) -> bytes | None:
    """The Response to a v2c inform; None for what is none.

    A Response repeats the inform but for the PDU's tag (RFC 3416 4.2.7); its error-status is 0 already.
    """
    at = pdu_at(datagram)
    if datagram[at] != messages.INFORM:
        return None
    return datagram[:at] + bytes((messages.RESPONSE,)) + datagram[at + 1 :]


def receive(sockets: list[socket.socket], seconds: float) -> list[tuple[int, float, bytes]]:
    """Receive and acknowledge until SIGTERM, for so long at most: receiver, moment, datagram."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    found: list[tuple[int, float, bytes]] = []
    ends_s = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for place, each in enumerate(sockets):
            selector.register(each, selectors.EVENT_READ, place)
        while not stopped and time.monotonic() < ends_s:
            for key, _ in selector.select(_WAIT_S):
                found += _drain(sockets[key.data], key.data)
    return found


def _drain(opened: socket.socket, place: int) -> Iterator[tuple[int, float, bytes]]:
    while True:
        try:
            datagram, told, _, address = opened.recvmsg(65_535, 64)
        except BlockingIOError:
            return
        answer = acknowledged(datagram)
        if answer is not None:
            opened.sendto(answer, address)
        yield place, arrival_s(told), datagram


class Receivers:
    """Receivers in a process of their own; `stop` gives what they got."""

    def __init__(self, folder: Path, count: int, seconds: float) -> None:
        self._got = folder / "received"
        arguments = [
            sys.executable, "-m", "benchmarks.receiver", "--count", str(count), "--seconds", str(seconds),
            str(self._got),
        ]  # fmt: skip
        self.child = Child(arguments, folder / "receiver.log")
        self.child.wait_until(lambda: self.child.output.endswith("]\n"), "the receivers do not start")
        self.ports: list[int] = json.loads(self.child.output)

    def stop(self) -> list[Arrival]:
        """End them, and read what they wrote."""
        self.child.stop()
        return [Arrival(*line) for line in json.loads(self._got.read_text(encoding="ascii")) if line[3] is not None]


@contextmanager
def receivers(folder: Path, count: int, seconds: float) -> Iterator[Receivers]:
    """So many receivers, for so long at most."""
    made = Receivers(folder, count, seconds)
    with made.child:
        yield made


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.receiver", description=__doc__)
    parser.add_argument("--count", type=int, default=1, help="receivers, each on a port of its own")
    parser.add_argument("--seconds", type=float, default=120, help="ends after so long")
    parser.add_argument("got", type=Path, help="where to write what arrived")
    options = parser.parse_args()
    sockets = [opened() for _ in range(options.count)]
    print(json.dumps([each.getsockname()[1] for each in sockets]), flush=True)
    sequence = Mib().oid("lnbAlarmSequence")
    lines = []
    for place, at_s, datagram in receive(sockets, options.seconds):
        heard = messages.read(datagram)
        numbers = [messages.number(value) for name, (_, value) in heard.varbinds if name[: len(sequence)] == sequence]
        lines.append([place, at_s, heard.tag, numbers[0] if numbers else None])
    options.got.write_text(json.dumps(lines), encoding="ascii")


if __name__ == "__main__":
    main()
