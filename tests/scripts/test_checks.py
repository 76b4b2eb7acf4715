"""The long runs notice what they are there to notice."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from scripts.client import Client, NoAnswerError, NotTrueError
from scripts.manager import Manager
from scripts.mib import Mib
from scripts.processes import total, tree, usage
from scripts.trend import slope_per_h
from tests.snmp import messages
from tests.snmp.messages import Oid

BASE: Oid = (1, 3, 6, 1)


@contextmanager
def saying(answers: Callable[[messages.Answer], bytes | None]) -> Iterator[Client]:
    """A manager of an agent that answers so: the content of a whole PDU from the request, None for silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serving:
        serving.bind(("127.0.0.1", 0))
        serving.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    datagram, address = serving.recvfrom(65_535)
                except TimeoutError:
                    continue
                body = answers(messages.read(datagram))
                if body is not None:
                    serving.sendto(messages.message(body), address)

        thread = threading.Thread(target=serve)
        thread.start()
        client = Client(serving.getsockname()[1], b"public")
        yield client
        client.close()
        over.set()
        thread.join()


def response(asked: messages.Answer, *varbinds: bytes, status: int = 0) -> bytes:
    return messages.pdu(messages.RESPONSE, varbinds, request_id=asked.request_id, a=status)


def test_a_walk_that_goes_back_or_stands_still_is_noticed() -> None:
    for wrong in ((*BASE, 1), (*BASE, 2)):
        names = iter([(*BASE, 2), wrong])
        with (
            saying(lambda asked, names=names: response(asked, messages.varbind(next(names)))) as client,
            pytest.raises(NotTrueError, match="comes behind"),
        ):
            list(client.walk(BASE, bulk=0))


def test_a_walk_that_ends_in_an_error_is_noticed() -> None:
    with (
        saying(lambda asked: response(asked, status=messages.GEN_ERR)) as client,
        pytest.raises(NotTrueError, match="status 5"),
    ):
        list(client.walk(BASE))


def test_silence_is_noticed_after_all_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.client.WAIT_S", 0.05)
    with saying(lambda asked: None) as client:
        with pytest.raises(NoAnswerError):
            client.get(BASE)
        assert (client.record.asked, client.record.unanswered, client.record.retried) == (1, 1, 3)


@pytest.mark.parametrize(
    ("name", "tag", "content", "problem"),
    [
        ("lnbDeviceState", 0x02, b"\3", ""),
        ("lnbDeviceState", 0x02, b"\7", "no label"),
        ("lnbDeviceState", 0x42, b"\3", "tag 0x42"),
        ("lnbDeviceReach", 0x42, b"\0\xff", ""),
        ("lnbDeviceReach", 0x42, b"\1\0", "not within"),
        ("lnbDeviceLastPoll", 0x04, b"12345678901", ""),
        ("lnbDeviceLastPoll", 0x04, b"1234567890", "are no DateAndTime"),
        ("lnbHttpTracking", 0x02, b"\0", "no label"),
        ("lnbDeviceName", 0x02, b"\1", "tag 0x02"),
    ],
)
def test_values_are_held_to_the_published_mib(name: str, tag: int, content: bytes, problem: str) -> None:
    mib = Mib()
    syntax = mib.syntax(mib.oid(name, 1))
    assert syntax is not None
    assert syntax.name == name
    found = syntax.problem(tag, content)
    assert problem in found
    assert bool(found) == bool(problem)


def test_a_set_that_does_not_read_back_is_noticed() -> None:
    with saying(lambda asked: response(asked, *[messages.varbind(n, b"\4\1?") for n in asked.names])) as client:
        manager = Manager(random.Random(1), client, client)
        with pytest.raises(NotTrueError, match="was set to"):
            manager.set_good()
        with pytest.raises(NotTrueError, match="bad SET"):
            manager.set_bad()


def test_time_that_falls_and_boots_that_change_are_noticed() -> None:
    said = iter([(5000, 3), (6000, 3), (5999, 3), (7000, 4)])

    def answer(asked: messages.Answer) -> bytes:
        uptime, boots = next(said)
        values = (messages.integer(uptime, 0x43), messages.integer(boots))
        return response(asked, *map(messages.varbind, asked.names, values))

    with saying(answer) as client:
        manager = Manager(random.Random(1), client, client)
        manager.sealed = None  # type: ignore[assignment]
        manager._either = lambda: client  # type: ignore[method-assign]
        manager.check_time()
        manager.check_time()
        with pytest.raises(NotTrueError, match="sysUpTime fell"):
            manager.check_time()
        with pytest.raises(NotTrueError, match="boots changed"):
            manager.check_time()


def test_a_device_that_is_polled_no_more_is_a_missed_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    monkeypatch.setattr("scripts.manager.time.monotonic", lambda: now_s)
    polls = Mib().oid("lnbDevicePolls", 1)

    def answer(asked: messages.Answer) -> bytes:
        return response(asked, messages.varbind(polls, messages.integer(7, 0x41)), messages.varbind((2, 1), b"\x82\0"))

    with saying(answer) as client:
        manager = Manager(random.Random(1), client, client)
        manager.check_polls()
        now_s = 44.0
        manager.check_polls()
        assert manager.missed_polls == 0
        now_s = 46.0
        manager.check_polls()
        assert manager.missed_polls == 1


def test_the_slope_is_that_of_the_line_through_the_samples() -> None:
    assert slope_per_h([0, 10, 20, 30], [100, 110, 120, 130]) == pytest.approx(3600)
    assert slope_per_h([0, 10, 20], [5, 5, 5]) == 0
    assert slope_per_h([1], [5]) == 0


def test_processes_are_measured_with_their_descendants() -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as parent:
        while len(found := tree(parent.pid)) < 2:
            pass
        assert found[0] == parent.pid
        assert total(parent.pid).handles >= usage(parent.pid).handles + 3
        assert parent.pid in tree(os.getpid())
        parent.communicate(b"\n")
    assert usage(parent.pid).rss_kib == 0
