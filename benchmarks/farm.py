"""`python -m benchmarks.farm`: many simulated devices in one process, which says in one line of JSON where.

A device is known by its user name, `info-` and its number, so that one port serves all of them. Answers are rendered
before; a request costs a look-up, so that the devices take little of the machine that they share with the agent.
It ends with SIGTERM, or after the time it was given. GET /_asked says which device's status was asked when.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import devices
from benchmarks.devices import STATUS, Kind, Large
from scripts.processes import Child

HOST = "127.0.0.1"
USER = "info-"
ASKED = "/_asked"
_LIMIT = 16_384
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


class Farm:
    """Devices by number, and when each was asked.

    Attributes:
        asked_s: number to the moments (monotonic seconds) at which its status had been handed to the system.
    """

    def __init__(self, devices: Mapping[range, Kind | Large]) -> None:
        self._devices = devices
        self.asked_s: dict[int, list[float]] = defaultdict(list)

    def answer(self, number: int, path: str) -> bytes | None:
        """What a device answers; None where there is nothing."""
        for numbers, kind in self._devices.items():
            if number in numbers:
                return kind.body(number - numbers.start, path)
        return None


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as a poll needs it: GET, Basic, one request behind the other."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection was opened."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a TCP server
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, self._pending = self._pending.partition(b"\r\n\r\n")
            self._respond(head.decode("latin-1"))
        if len(self._pending) > _LIMIT:
            self._transport.abort()

    def _respond(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, _, rest = first.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if method != "GET":
            self._send(400, b"{}")
        elif path == ASKED:
            self._send(200, json.dumps(self._farm.asked_s).encode())
        elif (number := number_of(headers.get("authorization", ""))) is None:
            self._send(401, b"{}")
        else:
            body = self._farm.answer(number, path)
            self._send(404 if body is None else 200, body or b"{}")
            if path == STATUS and body is not None:
                self._farm.asked_s[number].append(time.monotonic())

    def _send(self, status: int, body: bytes) -> None:
        challenge = 'WWW-Authenticate: Basic realm="LANTIME"\r\n' if status == 401 else ""
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nServer: lighttpd\r\nContent-Type: application/json\r\n"
            f"{challenge}Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.writelines([head.encode("ascii"), body])


def number_of(authorization: str) -> int | None:
    """The number of the device that an Authorization header is for; None without one."""
    scheme, _, value = authorization.partition(" ")
    try:
        user = base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
    number = user.removeprefix(USER)
    return int(number) if scheme == "Basic" and number != user and number.isdecimal() else None


def start_farm(folder: Path, options: Sequence[str]) -> tuple[Child, int]:
    """A farm as a process of its own, and its port."""
    child = Child([sys.executable, "-m", "benchmarks.farm", *options], folder / "farm.log")
    try:
        child.wait_until(lambda: child.output.endswith("}\n"), "the simulated devices do not start")
    except BaseException:
        child.stop()
        raise
    return child, json.loads(child.output)["port"]


async def serve(farm: Farm, seconds: float) -> None:
    """Serve for so long, or until SIGTERM."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    server = await loop.create_server(lambda: Connection(farm), HOST, 0, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except asyncio.TimeoutError:
        print("its time is over")
    server.close()


def main() -> None:
    """Serve as the command line asks for; the last device is the large one, where there is one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.farm", description=__doc__)
    parser.add_argument("--kind", choices=[devices.M300, devices.M3000], default=devices.M300)
    parser.add_argument("--count", type=int, default=10, help="devices 0 to COUNT-1")
    parser.add_argument("--large", action="store_true", help="device COUNT is one with a document of 10 MB")
    parser.add_argument("--seconds", type=float, default=600, help="ends after so long")
    options = parser.parse_args()
    begun_s, begin = time.monotonic(), datetime.now(timezone.utc)

    def clock() -> float:
        return time.monotonic() - begun_s

    small = Kind(options.kind, options.count, begin, options.seconds, clock)
    known: dict[range, Kind | Large] = {range(options.count): small}
    if options.large:
        known[range(options.count, options.count + 1)] = Large(begin, clock)
    asyncio.run(serve(Farm(known), options.seconds))


if __name__ == "__main__":
    main()
