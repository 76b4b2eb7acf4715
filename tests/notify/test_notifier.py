"""The notifier over real sockets, to receivers that record, answer late, wrongly or not at all."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import HostError
from agent.mib.encoding import OCTET_STRING
from agent.model.delivery import DeliveryState
from agent.model.severity import Severity
from agent.service.deliverystate import KeptDeliveries
from agent.service.state import StateStore
from agent.wire.notice import Notice
from tests.notify.child import ALARMS
from tests.notify.conftest import Record
from tests.notify.notices import HEARTBEAT, TEXT, notice, varbind
from tests.notify.receivers import Recorder, body, request_id, response, until
from tests.notify.running import Memory, Start, receiver, view
from tests.support.ports import free_port
from tests.support.tools import PROJECT


def texts(datagrams: Sequence[bytes]) -> list[int]:
    """The sequence numbers of notifications; 0 for a heartbeat."""
    return [int(octets.rpartition(b"#")[2]) if b"#" in octets else 0 for octets in datagrams]


def test_t05_an_inform_is_repeated_with_the_same_request_id_and_stops_when_acknowledged(
    start: Start, record: Record
) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", timeout_s=0.2, retries=3))
    running.send(notice(1))
    there.wait(3)
    assert len({request_id(datagram) for datagram in there.datagrams}) == 1
    there.answer(0)
    running.wait_acknowledged(1)
    sent = there.read()
    time.sleep(0.5)
    assert there.read() == sent
    assert running.row().tally.retried == sent - 1


def test_t05_a_dead_receiver_gets_one_and_the_configured_repetitions_before_pings(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", timeout_s=0.1, retries=3, ping_interval_s=60))
    running.send(notice(1))
    running.wait_state(DeliveryState.PINGING)
    assert texts(there.datagrams[: there.read()]) == [1, 1, 1, 1]


def test_a_slow_receiver_delays_itself_alone_and_loses_nothing(start: Start, record: Record) -> None:
    slow, quick = record(), record()
    running = start(
        receiver(slow.port, "slow", kind="inform", timeout_s=0.15, retries=1, window=1),
        receiver(quick.port, "quick", kind="trap"),
    )
    running.send(*map(notice, range(1, 6)))
    quick.wait(5, seconds=1)
    running.wait_state(DeliveryState.PINGING, "slow")
    running.active = [replace(notice(number), sequence=number) for number in range(1, 6)]
    slow.read()
    slow.answer(0)  # long after it was given up
    running.wait_state(DeliveryState.UP, "slow")
    ends, answered = time.monotonic() + 8, 1
    while running.row("slow").waiting and time.monotonic() < ends:
        for number in range(answered, slow.read()):
            slow.answer(number)
            answered += 1
        time.sleep(0.01)
    assert running.row("slow").tally.dropped == 0
    assert set(texts(slow.datagrams)) >= {1, 2, 3, 4, 5}
    assert running.row("slow").last_sequence == 5


def test_strangers_and_wrong_answers_acknowledge_nothing(start: Start, record: Record) -> None:
    there, stranger = record(), record()
    running = start(receiver(there.port, kind="inform", timeout_s=30))
    running.send(notice(1))
    there.wait(1)
    right = response(there.datagrams[0])
    stranger.socket.sendto(right, there.sources[0])
    number = body(there.datagrams[0])[1].request_id
    other = number[:2] + bytes((number[2] ^ 1,)) + number[3:]
    for wrong in (
        right.replace(number, other),
        right.replace(b"public", b"secret"),
        right[:-1],
        right + b"\0",
        there.datagrams[0],
        b"",
        b"0",
    ):
        there.socket.sendto(wrong, there.sources[0])
    time.sleep(0.2)
    assert running.row().tally.acknowledged == 0
    there.socket.sendto(right, there.sources[0])
    running.wait_acknowledged(1)
    there.socket.sendto(right, there.sources[0])
    time.sleep(0.1)
    assert running.row().tally.acknowledged == 1


def test_an_answer_with_an_error_is_shown_and_counted_and_the_rest_goes_on(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", window=1, timeout_s=30))
    running.send(notice(1), notice(2))
    there.wait(1)
    there.answer(0, status=5)
    there.wait(2)
    there.answer(1)
    running.wait_acknowledged(1)
    row = running.row()
    assert (row.tally.dropped, row.last_error) == (1, "the receiver answered genErr")


def test_t10_the_notify_view_applies_to_varbinds_and_to_the_type(start: Start, record: Record) -> None:
    names = ("whole", "no-type", "no-varbind", "nothing")
    there = {name: record() for name in names}
    root = "1.3.6.1.4.1.8072.9999.9999.5597"
    views = {
        "whole": view(root),
        "no-type": view(root, exclude=[f"{root}.0.1"]),
        "no-varbind": view(root, exclude=[f"{root}.1.1.1.4"]),
        "nothing": view(),
    }
    running = start(*(receiver(there[name].port, name) for name in names), views=views)
    running.send(notice(1))
    there["whole"].wait(1)
    assert [there[name].read() for name in names] == [1, 0, 0, 0]
    assert [running.row(name).tally.withheld for name in names] == [0, 1, 1, 1]
    assert running.row("no-type").last_error == "not sent: not in view"


def test_t11_source_address_and_port_are_as_configured_and_stay(start: Start, record: Record) -> None:
    fixed, free = record(), record()
    port = free_port()
    running = start(
        receiver(fixed.port, "fixed", source=f"127.0.0.1:{port}"),
        receiver(free.port, "free", source="127.0.0.1"),
    )
    running.send(notice(1))
    fixed.wait(1)
    fixed.close()  # the network says so, and it goes on
    running.send(notice(2), notice(3))
    again = Recorder(fixed.port)
    try:
        running.send(*map(notice, range(4, 9)))
        again.wait(5)
        assert set(fixed.sources + again.sources) == {("127.0.0.1", port)}
    finally:
        again.close()
    free.wait(8)
    assert len(set(free.sources)) == 1
    assert "refused" in running.row("fixed").last_error


def test_two_receivers_on_the_same_address_and_port_are_acknowledged_each(start: Start, record: Record) -> None:
    there = record()
    running = start(
        receiver(there.port, "first", kind="inform", timeout_s=30),
        receiver(there.port, "second", kind="inform", timeout_s=30),
    )
    running.send(notice(1))
    there.wait(2)
    there.answer(0)
    until(lambda: running.row("first").waiting + running.row("second").waiting == 1)
    there.answer(1)
    running.wait_acknowledged(1, "first")
    running.wait_acknowledged(1, "second")


def test_host_names_and_ipv6_receivers_are_reached(start: Start, record: Record) -> None:
    named, six = record(), record(family=socket.AF_INET6)
    running = start(
        receiver(0, "named", address=f"localhost:{named.port}", source="127.0.0.1"),
        receiver(0, "six", address=f"[::1]:{six.port}", version="v1"),
    )
    running.send(notice(1))
    named.wait(1)
    six.wait(1)
    assert b"\x40\x04\x00\x00\x00\x00" in six.datagrams[0]  # agent-addr where there is no IPv4 address
    assert running.row("named").state is running.row("six").state is DeliveryState.UP


def test_a_source_that_cannot_be_had_is_a_visible_failure_until_it_can(start: Start, record: Record) -> None:
    there = record()
    taken = record()
    running = start(receiver(there.port, source=f"127.0.0.1:{taken.port}", timeout_s=0.1))
    running.send(notice(1, identity="a"), notice(2, identity="a"), notice(3, identity="b"))
    running.wait_state(DeliveryState.FAILED)
    assert running.row().last_error == "Address already in use"
    taken.close()
    there.wait(2)
    running.wait_state(DeliveryState.UP)
    assert texts(there.datagrams) == [2, 3]
    assert running.row().tally.superseded == 1


def test_what_no_datagram_can_hold_is_dropped_and_counted(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port))
    huge = notice(1, varbinds=(varbind(TEXT, OCTET_STRING, bytes(70_000)),))
    running.send(huge, notice(2))
    there.wait(1)
    assert texts(there.datagrams) == [2]
    assert running.row().tally.dropped == 1
    assert running.row().last_error == "Message too long"


def test_a_malformed_notification_stops_nothing_but_itself(
    start: Start, record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    there = record()
    running = start(receiver(there.port))
    running.send(notice(1, varbinds=(b"\x30\x05\x06",)), notice(2))
    there.wait(1)
    assert texts(there.datagrams) == [2]
    assert running.row().tally.dropped == 1
    assert "notification-malformed receiver=nms" in caplog.text


def test_filters_pass_what_is_severe_enough_of_the_devices_and_types_asked_for(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, minimum_severity="major", devices=["lts*"], types=["antenna*", "holdover"]))
    wanted = [
        notice(1), notice(2, severity=Severity.CRITICAL), notice(3, severity=Severity.INDETERMINATE),
        notice(4, device="", alarm_type="", identity=""),
    ]  # fmt: skip
    unwanted = [
        notice(5, severity=Severity.MINOR), notice(6, device="other"), notice(7, alarm_type="linkDown"),
        notice(8, severity=Severity.MINOR, cleared=True),
    ]  # fmt: skip
    running.send(*wanted, *unwanted)
    there.wait(4)
    time.sleep(0.1)
    assert sorted(texts(there.datagrams[: there.read()])) == [1, 2, 3, 4]
    assert running.row().tally.filtered == 4


def test_an_alarm_that_was_told_is_followed_to_its_end_whatever_its_severity_becomes(
    start: Start, record: Record
) -> None:
    there = record()
    running = start(receiver(there.port, minimum_severity="major"))
    running.send(
        notice(1, identity="a"),
        notice(2, identity="a", severity=Severity.WARNING),
        notice(3, identity="a", severity=Severity.WARNING, cleared=True),
        notice(4, identity="a", severity=Severity.WARNING),
    )
    there.wait(3)
    time.sleep(0.1)
    assert texts(there.datagrams[: there.read()]) == [1, 2, 3]


def test_a_disabled_receiver_gets_nothing_and_is_shown(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, enabled=False))
    running.send(notice(1))
    time.sleep(0.1)
    assert there.read() == 0
    assert running.row().state is DeliveryState.DISABLED


def test_a_reload_moves_what_waits_to_the_new_address_and_leaves_others_alone(start: Start, record: Record) -> None:
    same, before, after = record(), record(), record()
    stays = receiver(same.port, "stays")
    running = start(stays, receiver(before.port, "moves", kind="inform", timeout_s=30))
    running.send(notice(1), notice(2))
    before.wait(2)
    running.reload(stays, receiver(after.port, "moves", kind="inform", timeout_s=30))
    after.wait(2)
    assert texts(after.datagrams) == [1, 2]
    after.answer(0)
    after.answer(1)
    running.wait_acknowledged(2, "moves")
    running.send(notice(3))
    same.wait(3)
    assert len(set(same.sources)) == 1
    running.reload(stays)
    running.send(notice(4))
    same.wait(4)
    assert [row.name for row in running.call(running.notifier.deliveries)] == ["stays"]


def test_after_a_restart_only_what_was_not_acknowledged_is_sent_again(
    start: Start, record: Record, tmp_path: Path
) -> None:
    there, dead = record(), free_port()
    state = StateStore(tmp_path / "state.db")
    both = (
        receiver(there.port, kind="inform", timeout_s=30),
        receiver(dead, "dead", kind="inform", timeout_s=0.1, retries=0),
    )
    first = start(*both, kept=KeptDeliveries(state))
    notices = [*map(notice, range(11, 14)), notice(14, identity="ended", cleared=True)]
    first.send(*notices)
    there.wait(4)
    for number in (0, 1, 3):
        there.answer(number)
    first.wait_acknowledged(3)
    first.stop()
    state.close()

    reopened = StateStore(tmp_path / "state.db")
    kept = KeptDeliveries(reopened)
    assert kept.owed() == tuple(notices)
    assert (kept.last("nms"), kept.last("dead"), kept.last("new")) == (12, 10, None)
    newcomer, alive = record(), record(dead)
    second = start(*both, receiver(newcomer.port, "new", kind="inform", timeout_s=30), kept=kept, last_sequence=14)
    there.wait(6)
    alive.wait(4)
    time.sleep(0.1)
    assert texts(there.datagrams[4 : there.read()]) == [13, 14]
    assert texts(alive.datagrams[:4]) == [11, 12, 13, 14]
    assert newcomer.read() == 0
    for number in range(4):
        alive.answer(number)
    there.answer(4)
    there.answer(5)
    until(lambda: kept.owed() == () and kept.last("nms") == kept.last("dead") == 14)
    second.stop()
    reopened.close()


@pytest.mark.parametrize("informs", [1, 40, 110])
def test_a_kill_while_informs_are_open_loses_none_of_them(
    informs: int, start: Start, record: Record, tmp_path: Path
) -> None:
    there, state = record(), tmp_path / "state.db"
    told: set[str] = set()

    def answer(until_there_are: int) -> None:
        for number in range(len(there.datagrams), until_there_are):
            there.wait(number + 1)
            if number % 3:  # the others stay open
                there.answer(number)
                told.add(body_text(there.datagrams[number]))

    command = [sys.executable, "-m", "tests.notify.child", str(state), str(there.port)]
    child = subprocess.Popen(command, cwd=PROJECT)
    try:
        answer(informs)
    finally:
        child.kill()
        child.wait()

    store = StateStore(state)
    actives = [notice(0, f"repeated #{number},", identity=f"lts1/clk{number}") for number in range(1, ALARMS + 1)]
    settings = receiver(there.port, kind="inform", timeout_s=30)
    running = start(settings, kept=KeptDeliveries(store), active=actives, last_sequence=ALARMS)
    answered = len(there.datagrams)
    ends = time.monotonic() + 8
    while len(told) < ALARMS and time.monotonic() < ends:
        for number in range(answered, there.read()):
            there.answer(number)
            told.add(body_text(there.datagrams[number]))
            answered += 1
        time.sleep(0.005)
    assert {f"#{number}" for number in range(1, ALARMS + 1)} <= told
    running.stop()
    store.close()


def body_text(datagram: bytes) -> str:
    """Which alarm an inform is about: the first number in its text."""
    found = re.search(rb"(?:connected|repeated) (#\d+)", datagram)
    return found[1].decode() if found else ""


def test_what_a_killed_agent_had_decided_on_but_not_noted_is_made_up_for(start: Start, record: Record) -> None:
    behind, complete = record(), record()
    start(
        receiver(behind.port, "behind", kind="inform", timeout_s=30),
        receiver(complete.port, "complete", kind="inform", timeout_s=30),
        kept=Memory(behind=6, complete=7),
        active=[notice(0, "repeated", identity="a")],
        last_sequence=7,
    )
    behind.wait(1)
    time.sleep(0.1)
    assert b"repeated" in behind.datagrams[0]
    assert (behind.read(), complete.read()) == (1, 0)


def test_a_full_disk_stops_no_notification(start: Start, record: Record) -> None:
    class Full(Memory):
        def keep(self, settled: Mapping[str, int], owed: Iterable[Notice], done: Iterable[int]) -> None:
            raise HostError("no space left on device")

    there = record()
    running = start(receiver(there.port), kept=Full())
    running.send(notice(1))
    there.wait(1)
    time.sleep(0.3)
    running.send(notice(2))
    there.wait(2)


def test_an_owed_notification_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    state = StateStore(tmp_path / "state.db")
    kept = KeptDeliveries(state)
    kept.keep({"nms": 5}, [notice(6), notice(7), notice(8)], [])
    kept.keep({"nms": 4}, [], [])
    with state.transaction() as connection:
        connection.execute("UPDATE owed SET notice = replace(notice, 'varbinds', 'x') WHERE sequence = 6")
        connection.execute("UPDATE owed SET notice = 'no JSON' WHERE sequence = 7")
    assert kept.owed() == (notice(8),)
    assert kept.last("nms") == 5
    state.close()
    with pytest.raises(HostError):
        kept.owed()


def test_stop_waits_for_what_is_under_way_but_not_for_the_dead(start: Start, record: Record) -> None:
    there = record()
    running = start(
        receiver(there.port, kind="inform", timeout_s=5),
        receiver(free_port(), "dead", kind="inform", timeout_s=0.1, retries=0, ping_interval_s=60),
    )
    running.send(notice(1))
    there.wait(1)
    answering = threading.Timer(0.3, there.answer, [0])
    answering.start()
    began = time.monotonic()
    running.stop(drain_s=10)
    answering.join()
    assert 0.2 < time.monotonic() - began < 5
    assert running.kept.settled == {"nms": 1, "dead": 0}
    assert running.kept.owed() == [notice(1)]


def test_pings_are_heartbeats_and_few(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", timeout_s=0.1, retries=0, ping_interval_s=0.3))
    running.send(*map(notice, range(1, 50)))
    running.wait_state(DeliveryState.PINGING)
    before = there.read()
    there.wait(before + 2)
    assert set(there.datagrams[before:]) != set()
    assert all(HEARTBEAT.varbinds[0] in datagram for datagram in there.datagrams[before:])
    assert running.row().waiting == 49
    there.answer(there.read() - 1)
    running.wait_state(DeliveryState.UP)


def test_a_fault_in_what_the_agent_is_asked_for_ends_nothing(
    start: Start, record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    there = record()
    running = start(receiver(there.port, resend_s=1, timeout_s=0.1))

    class Broken(list[Notice]):
        def __iter__(self) -> object:  # type: ignore[override]
            raise RuntimeError("a fault of the test's")

    running.active = Broken()
    running.send(notice(1))
    there.wait(1)
    until(lambda: "RuntimeError" in running.row().last_error)
    running.active = []
    running.send(notice(2))
    there.wait(2)
    assert "notification-failed receiver=nms" in caplog.text
