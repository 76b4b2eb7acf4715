"""`python -m scripts.flood`: bad datagrams at a steady rate from many loopback addresses, for some seconds."""

from __future__ import annotations

import argparse
import json
import random
import socket
import time

from tests.hostile.mutation import hostile
from tests.snmp.messages import Peer

LONGEST_S = 60.0
_STEP_S = 0.01
_POOL = 4000
_SOURCES = 32


def flood(port: int, rate: int, seconds: float, seed: int) -> tuple[int, float]:
    """How many datagrams were sent, and within how many seconds."""
    generator = random.Random(seed)
    strange = Peer(b"\x80\0\x1f\x88\x05not-this-one", 1, 1)
    mutated = (datagram.replace(b"public", b"not it") for datagram in hostile(generator, strange, 2 * _POOL))
    pool = [datagram for datagram in mutated if len(datagram) <= 1472][:_POOL]
    sources = []
    for number in range(_SOURCES):
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((f"127.0.{1 + number}.1", 0))
        opened.settimeout(0)
        sources.append(opened)
    begun_s = time.monotonic()
    sent = 0
    while (passed_s := time.monotonic() - begun_s) < seconds:
        due = int(passed_s * rate)
        while sent < due:
            try:
                sources[sent % _SOURCES].sendto(pool[sent % len(pool)], ("127.0.0.1", port))
            except BlockingIOError:
                break
            sent += 1
        time.sleep(_STEP_S)
    for opened in sources:
        opened.close()
    return sent, time.monotonic() - begun_s


def main() -> None:
    """Flood as the command line asks for; prints what was sent, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m scripts.flood", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="UDP port on 127.0.0.1")
    parser.add_argument("--rate", type=int, default=10_000, help="datagrams per second")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sent, seconds = flood(options.port, options.rate, min(options.seconds, LONGEST_S), options.seed)
    print(json.dumps({"sent": sent, "seconds": round(seconds, 2)}))


if __name__ == "__main__":
    main()
