"""Ports that nobody else takes meanwhile: not those that the kernel gives out, and others for each worker of a run."""

from __future__ import annotations

import itertools
import os
import socket

FIRST, EACH, WORKERS = 15_000, 1_500, 11
_turn = itertools.count(os.getpid() * 37)


def free_port() -> int:
    """A port of the loopback interface that is free for UDP and for TCP."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    for turn in itertools.islice(_turn, EACH):
        port = FIRST + worker * EACH + turn % EACH
        if all(_is_free(port, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)):
            return port
    raise AssertionError("no port is free")


def free_ports(count: int) -> list[int]:
    """Several, each another one."""
    return [free_port() for _ in range(count)]


def _is_free(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
