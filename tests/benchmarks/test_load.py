"""The load generator: what it counts, against a server that answers as it is told."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from benchmarks import load
from benchmarks.fronts import drive_many
from benchmarks.load import drive


@pytest.fixture
def deaf_to_some(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port that answers every datagram but the ones that say so."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            datagram, address = opened.recvfrom(100)
            if datagram == b"end":
                return
            if datagram != b"lost":
                opened.sendto(datagram, address)

    thread = threading.Thread(target=serve)
    thread.start()
    port = opened.getsockname()[1]
    yield port
    opened.sendto(b"end", ("127.0.0.1", port))
    thread.join(10)
    opened.close()


def test_every_answer_is_counted_and_none_is_missing(deaf_to_some: int) -> None:
    run = drive(deaf_to_some, [], [b"one", b"two"], 0.1)
    assert run.answers > load.WINDOW
    assert run.missing == 0


def test_what_stays_without_an_answer_is_missing(deaf_to_some: int) -> None:
    run = drive(deaf_to_some, [], [b"one", *[b"lost"] * 7], 0.1, window=4)
    assert run.missing >= 4


def test_many_sockets_count_together_and_those_without_an_answer_are_missing(deaf_to_some: int) -> None:
    run = drive_many(deaf_to_some, [], b"one", 0.1, sockets=5)
    assert run.answers > 5
    assert run.missing == 0
    assert drive_many(deaf_to_some, [], b"lost", 0.1, sockets=5).missing >= 5


def test_cpu_time_is_that_of_the_processes_named() -> None:
    before = load.cpu_s([os.getpid()])
    sum(range(2_000_000))
    assert load.cpu_s([os.getpid()]) > before
    assert load.cpu_s([]) == 0
