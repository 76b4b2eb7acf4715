"""What strangers can cause is bounded, and those who have proven who they are never meet a limit."""

from __future__ import annotations

import pytest

from agent.wire.limits import OncePerKind, Rate, SourceLimit
from agent.wire.strangers import REPORTS_IN_TOTAL, REPORTS_PER_SOURCE, SOURCES, AuthenticationFailure, Reason, Strangers
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, PLAIN, SEALED, SIGNED
from tests.snmp.messages import Peer, User
from tests.wire.entities import Bench

ROW = (*NUMBERS, 1, 3)
DISCOVERY = Peer().build(User(b""), messages.pdu(messages.GET))


def test_a_source_has_its_burst_and_then_its_rate() -> None:
    limit = SourceLimit(Rate(2, 5), Rate(1000, 1000), 10, 0.0)
    assert [limit.admits("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert [limit.admits("a", 1.0) for _ in range(3)] == [True, True, False]
    assert [limit.admits("a", 100.0) for _ in range(6)] == [True] * 5 + [False]


def test_one_source_does_not_use_up_another_ones_share_but_all_share_the_total() -> None:
    limit = SourceLimit(Rate(0, 5), Rate(0, 8), 10, 0.0)
    assert [limit.admits("a", 0.0) for _ in range(50)].count(True) == 5
    assert [limit.admits("b", 0.0) for _ in range(50)].count(True) == 3


def test_sources_are_remembered_up_to_a_bound_and_the_least_lately_heard_is_forgotten() -> None:
    limit = SourceLimit(Rate(0, 1), Rate(0, 100_000), 3, 0.0)
    for source in ("a", "b", "c", "a"):
        limit.admits(source, 0.0)
    limit.admits("d", 0.0)
    assert len(limit) == 3
    assert not limit.admits("a", 0.0)
    assert limit.admits("b", 0.0), "b was forgotten, and begins anew"
    for number in range(10_000):
        limit.admits(number, 0.0)
    assert len(limit) == 3


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    limit = SourceLimit(Rate(1, 1), Rate(1000, 1000), 10, 100.0)
    assert limit.admits("a", 100.0)
    assert not limit.admits("a", 0.0)
    assert not limit.admits("a", 0.5)


def test_one_of_each_kind_passes_per_interval_with_the_count_held_back() -> None:
    once = OncePerKind(60)
    assert [once.admits("a", 0.0), once.admits("b", 1.0)] == [0, 0]
    assert [once.admits("a", now_s) for now_s in (1.0, 30.0, 59.9)] == [None] * 3
    assert once.admits("a", 60.0) == 3
    assert once.admits("a", 61.0, 10) is None
    assert once.admits("a", 121.0, 5) == 14
    assert once.admits("b", 200.0) == 0


def test_kinds_beyond_the_bound_are_one_kind_together() -> None:
    once = OncePerKind(60, kinds=2)
    assert [once.admits(kind, 0.0) for kind in "abcde"] == [0, 0, 0, None, None]
    assert once.admits("z", 60.0) == 2


# The entity


def test_a_source_gets_so_many_reports_and_more_as_time_goes_by() -> None:
    bench = Bench()
    burst, rate = int(REPORTS_PER_SOURCE.burst), int(REPORTS_PER_SOURCE.per_s)
    assert sum(bench.answer(DISCOVERY) is not None for _ in range(3 * burst)) == burst
    assert bench.counters.reports_held_back == 2 * burst
    bench.time_s += 1
    assert sum(bench.answer(DISCOVERY) is not None for _ in range(3 * burst)) == rate


def test_all_strangers_together_get_so_many_reports() -> None:
    bench = Bench()
    asked = 3 * int(REPORTS_IN_TOTAL.burst)
    answered = sum(bench.answer(DISCOVERY, f"192.0.2.{turn % 250}") is not None for turn in range(asked))
    assert answered == REPORTS_IN_TOTAL.burst


@pytest.mark.parametrize(
    "datagram",
    [
        DISCOVERY,
        Peer(b"\x80\0\0\0\x01\x02").build(PLAIN, messages.pdu(messages.GET)),
        Bench().peer.build(User(b"nobody"), messages.pdu(messages.GET)),
        Bench().peer.build(PLAIN, messages.pdu(messages.GET), flags=messages.AUTH | messages.REPORTABLE),
        Bench().peer.build(User(b"signed", "SHA-256", b"wrongpass-1"), messages.pdu(messages.GET)),
        Peer(Bench().peer.engine_id, 1, 1).build(SIGNED, messages.pdu(messages.GET)),
        Bench().peer.build(PLAIN, messages.pdu(messages.GET), context=b"nope"),
        Bench().peer.build(PLAIN, messages.pdu(messages.GET), context_engine_id=b"other"),
    ],
    ids=["discovery", "engine", "user", "level", "digest", "time", "context", "handler"],
)
def test_whatever_a_stranger_is_told_by_a_report_is_limited(datagram: bytes) -> None:
    bench = Bench()
    answered = sum(bench.answer(datagram) is not None for _ in range(3 * int(REPORTS_PER_SOURCE.burst)))
    assert answered == REPORTS_PER_SOURCE.burst


def test_what_is_authenticated_is_never_limited() -> None:
    bench = Bench()
    good = [bench.peer.build(user, messages.pdu(messages.GET, [ROW])) for user in (PLAIN, SIGNED, SEALED)]
    good += [messages.get(ROW), messages.get(ROW, version=messages.V1)]
    told = [bench.peer.build(SEALED, messages.pdu(messages.GET, [ROW]), context=b"nope")]
    for _ in range(3 * int(REPORTS_PER_SOURCE.burst)):
        bench.answer(DISCOVERY)
        assert all(bench.answer(datagram) for datagram in good + told)
    assert bench.answer(DISCOVERY) is None


def test_a_storm_of_forged_discoveries_does_not_touch_managers_at_work() -> None:
    bench = Bench()
    manager = "192.0.2.1"
    assert bench.answer(bench.peer.build(SEALED, messages.pdu(messages.GET, [ROW])), manager)
    for number in range(20_000):
        bench.answer(DISCOVERY, f"198.51.{number >> 8}.{number & 255}")
    assert bench.answer(DISCOVERY, "203.0.113.9") is None, "the strangers' share is used up"
    late = Peer(bench.peer.engine_id, bench.peer.boots, bench.time_s - 1000)
    assert bench.answer(DISCOVERY, manager)
    told = bench.answer(late.build(SIGNED, messages.pdu(messages.GET, [ROW])), manager)
    assert told is not None
    assert bench.peer.read(told, SIGNED).time == bench.time_s
    assert bench.answer(bench.peer.build(SIGNED, messages.pdu(messages.GET, [ROW])), manager)


def test_managers_at_work_are_remembered_up_to_a_bound() -> None:
    strangers = Strangers(lambda: 0)
    for number in range(SOURCES + 100):
        strangers.proven(str(number))
    assert len(strangers._proven) == SOURCES
    assert "99" not in strangers._proven
    assert "100" in strangers._proven


def test_an_observer_is_told_of_failures_and_of_nothing_else() -> None:
    told: list[AuthenticationFailure] = []
    bench = Bench(authentication_failures=told.append)
    body = messages.pdu(messages.GET, [ROW])
    for datagram in (
        messages.message(body), bench.peer.build(SEALED, body), bench.peer.build(PLAIN, body), DISCOVERY,
        bench.peer.build(User(b""), body), bench.peer.build(PLAIN, body, context=b"nope"), b"noise",
        Peer(bench.peer.engine_id, 1, 1).build(SIGNED, body),
    ):  # fmt: skip
        bench.answer(datagram, "127.0.0.1")
    assert told == []
    bench.answer(messages.message(body, community=b"wrong"), "192.0.2.1")
    bench.answer(messages.message(body, community=b"elsewhere"), "203.0.113.2")
    bench.answer(bench.peer.build(User(b"nobody"), body), "192.0.2.3")
    bench.answer(bench.peer.build(User(b"signed", "SHA-256", b"wrongpass-1"), body), "192.0.2.4")
    assert told == [
        AuthenticationFailure(Reason.BAD_COMMUNITY, "192.0.2.1", 0),
        AuthenticationFailure(Reason.BAD_COMMUNITY, "203.0.113.2", 0),
        AuthenticationFailure(Reason.UNKNOWN_USER, "192.0.2.3", 0),
        AuthenticationFailure(Reason.WRONG_DIGEST, "192.0.2.4", 0),
    ]


def test_an_observer_is_told_once_a_minute_of_each_source_and_ten_times_of_all() -> None:
    told: list[AuthenticationFailure] = []
    bench = Bench(authentication_failures=told.append)
    wrong = messages.get(ROW, community=b"wrong")
    for _ in range(100):
        bench.answer(wrong, "192.0.2.1")
    assert told == [AuthenticationFailure(Reason.BAD_COMMUNITY, "192.0.2.1", 0)]
    bench.time_s += 60
    bench.answer(wrong, "192.0.2.1")
    assert told[1:] == [AuthenticationFailure(Reason.BAD_COMMUNITY, "192.0.2.1", 99)]
    for number in range(250):
        bench.answer(wrong, f"198.51.100.{number}")
    assert len(told) == 2 + 9
