"""The generator at a fixed rate: what it counts, against a server that answers as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from benchmarks import steady
from benchmarks.datagram import request_id_of
from benchmarks.steady import FIRST_ID, Run, Timed, opened_to
from tests.snmp import messages

ASKED = [messages.get((1, 3, 6, 1, 2, 1, 1, number, 0), request_id=FIRST_ID) for number in (3, 5)]
Server = Callable[[int, list[bytes]], list[bytes]]


@contextmanager
def answering(server: Server) -> Iterator[int]:
    """A port where a server sees the number of each datagram and all that wait, and gives what is to be sent back."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))

    def serve() -> None:
        waiting: list[bytes] = []
        count = 0
        while True:
            datagram, address = opened.recvfrom(1000)
            if datagram == b"end":
                return
            waiting.append(datagram)
            for answer in server(count, waiting):
                opened.sendto(answer, address)
                waiting.remove(answer)
            count += 1

    thread = threading.Thread(target=serve)
    thread.start()
    port = opened.getsockname()[1]
    yield port
    opened.sendto(b"end", ("127.0.0.1", port))
    thread.join(10)
    opened.close()


def run(port: int, count: int, rate: float) -> Run:
    with opened_to(port) as opened:
        made = Run(opened, ASKED, rate)
        made.drive(count / rate)
    return made


def test_every_request_has_an_id_of_its_own_and_its_answer_is_found() -> None:
    seen: list[int] = []

    def echo(number: int, waiting: list[bytes]) -> list[bytes]:
        seen.append(request_id_of(waiting[-1]))
        return list(waiting)

    with answering(echo) as port:
        made = run(port, 50, 1000)
    assert seen == [FIRST_ID + number for number in range(50)]
    assert made.answered == 50
    assert all(took_s >= 0 for took_s in made.took_s)


def test_it_goes_on_asking_while_nobody_answers_and_counts_from_when_a_request_was_due() -> None:
    def late(number: int, waiting: list[bytes]) -> list[bytes]:
        return list(waiting) if number == 19 else []

    with answering(late) as port:
        made = run(port, 20, 100)
    assert made.answered == 20
    # All were answered when the last had been sent: each waited at least from when it was due, by the plan, until then.
    assert all(took_s >= (19 - number) / 100 - 0.001 for number, took_s in enumerate(made.took_s))


def test_what_stays_without_an_answer_lasts_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "GRACE_S", 0.2)
    lost = FIRST_ID + 3

    def deaf(number: int, waiting: list[bytes]) -> list[bytes]:
        return [each for each in waiting if request_id_of(each) != lost]

    with answering(deaf) as port:
        made = run(port, 10, 1000)
    assert (made.answered, len(made.took_s)) == (9, 10)
    assert made.took_s[3] == max(made.took_s) >= 0.2


def test_an_answer_that_comes_twice_counts_once() -> None:
    def twice(number: int, waiting: list[bytes]) -> list[bytes]:
        answers = list(waiting)
        waiting += answers
        return answers * 2

    with answering(twice) as port:
        made = run(port, 10, 1000)
    assert made.answered == 10


def test_the_p99_is_of_the_requests_that_were_due_within_the_windows() -> None:
    timed = Timed([float(second) for second in range(1000)], [0.001] * 500 + [0.003] * 500, 0, 0.0)
    assert timed.p99_ms([(0, 400)]) == pytest.approx(1)
    assert timed.p99_ms([(0, 100), (700, 1000)]) == pytest.approx(3)
    assert timed.p99_ms([(0, 10)]) is None


@pytest.mark.parametrize("community", [b"public", b"x" * 200])
@pytest.mark.parametrize("octets", [1, 100, 1000])
def test_the_request_id_is_found_whatever_the_length_of_what_is_around_it(community: bytes, octets: int) -> None:
    value = messages.varbind((1, 3, 6, 1, 2, 1, 1, 5, 0), messages.string(b"v" * octets))
    body = messages.pdu(messages.RESPONSE, [value], request_id=FIRST_ID + 77)
    assert request_id_of(messages.message(body, community=community)) == FIRST_ID + 77
