"""Hostile input to the wire path: no exception, no silence to the others afterwards, no flood in the log."""

from __future__ import annotations

import logging
import random

import pytest

from tests.snmp import messages
from tests.snmp.agents import NUMBERS, PLAIN, SEALED, SIGNED, RunningAgent, connection
from tests.snmp.conftest import on_wire
from tests.snmp.messages import Peer
from tests.snmp.mutation import hostile
from tests.wire.entities import Bench

ROW = (*NUMBERS, 1, 3)


def test_twenty_thousand_mutations_raise_nothing_and_every_answer_is_well_formed() -> None:
    bench = Bench()
    generator = random.Random(1701)
    answered = 0
    for turn, datagram in enumerate(hostile(generator, bench.peer, 20_000)):
        answer = bench.answer(datagram)
        if answer is None:
            continue
        answered += 1
        assert len(answer) <= bench.settings.max_message_size
        assert len(list(messages.elements(answer))) == 1
        if turn % 500 == 0:
            assert messages.read(bench.answer(messages.get(ROW)) or b"").values == [(2, b"\3")]
    assert bench.problems == []
    assert 2000 < answered < 18_000, "mutations that all pass, or all fail, test little"
    assert messages.read(bench.answer(messages.get(ROW)) or b"").values == [(2, b"\3")]
    for user in (PLAIN, SIGNED, SEALED):
        assert bench.ask_as(user, messages.pdu(messages.GET, [ROW])).pdu.values == [(2, b"\3")]
    # Nearly every way to refuse has been gone.
    assert {
        "in_bad_versions", "in_bad_community_names", "in_asn_parse_errs", "unknown_security_models", "invalid_msgs",
        "unknown_pdu_handlers", "unsupported_sec_levels", "not_in_time_windows", "unknown_user_names",
        "unknown_engine_ids", "wrong_digests", "decryption_errors", "unknown_contexts", "in_bad_community_uses",
    } <= set(bench.counted())  # fmt: skip


@on_wire
def test_two_thousand_mutations_over_udp_leave_the_agent_answering_and_its_log_empty(
    agent: RunningAgent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "agent")
    found = agent.discover()
    with connection(agent.address) as asking:
        for turn, datagram in enumerate(hostile(random.Random(1702), found, 2000)):
            asking.send(datagram)
            if turn % 50 == 49:
                assert agent.is_alive()
    assert caplog.records == []
    assert not agent.problems
    for user in (PLAIN, SIGNED, SEALED):
        assert agent.ask_as(user, messages.pdu(messages.GET, [ROW])).pdu.values == [(2, b"\3")]


def test_faults_of_our_own_are_answers_all_the_same() -> None:
    """A source that fails costs its asker an error, not the agent its life; `Complaints` bounds the log."""
    bench = Bench()

    def fail(key: bytes) -> bytes:
        raise RecursionError("too deep")

    bench.store.get = fail  # type: ignore[method-assign]
    for _ in range(100):
        for datagram in (messages.get(ROW), messages.get(ROW, version=messages.V1)):
            assert messages.read(bench.answer(datagram) or b"").outcome == (messages.GEN_ERR, 0)
        assert bench.ask_as(SEALED, messages.pdu(messages.GET, [ROW])).pdu.outcome == (messages.GEN_ERR, 0)
    assert len(bench.problems) == 300


def test_work_for_a_stranger_does_not_grow_with_the_message() -> None:
    """63 kB of an unknown community, user or engine are not walked through: calls counted, without a clock."""
    import sys

    bench = Bench()
    body = messages.pdu(messages.GET, [ROW] * 3000)
    small = messages.pdu(messages.GET, [ROW])

    def calls(datagram: bytes) -> int:
        count = 0

        def profile(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(profile)
        try:
            bench.answer(datagram)
        finally:
            sys.setprofile(None)
        return count

    for build in (
        lambda body: messages.message(body, community=b"wrong"),
        lambda body: messages.message(body, community=b"elsewhere"),
        lambda body: bench.peer.build(messages.User(b"nobody"), body),
        lambda body: bench.peer.build(messages.User(b""), body),
        lambda body: Peer(b"\x80\0\0\0\x01\x02").build(PLAIN, body),
        lambda body: bench.peer.build(messages.User(b"signed", "SHA-256", b"wrongpass-1"), body),
        lambda body: bench.peer.build(messages.User(b"sealed", "SHA-256", b"wrongpass-1", "AES-128", b"x" * 9), body),
        # Known senders, with more than is worked on
        lambda body: messages.message(body),
        lambda body: bench.peer.build(PLAIN, body),
        lambda body: bench.peer.build(SEALED, body),
    ):
        assert len(build(body)) > 50_000
        assert calls(build(body)) <= calls(build(small)) + 10
