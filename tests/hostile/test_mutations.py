"""Mutated messages in process: no exception, no unsound answer, nothing that grows, no silence to others afterwards."""

from __future__ import annotations

import gc
import random
import sys

import pytest

from tests.hostile.mutation import hostile
from tests.hostile.seeds import discovery
from tests.hostile.victim import ROW, Victim, is_report
from tests.snmp import messages
from tests.snmp.agents import PLAIN, SEALED, SIGNED
from tests.snmp.messages import Peer, User
from tests.wire.entities import Bench

BATCH = 25_000
SIGNED_OTHERWISE = User(b"signed", "SHA-256", b"other-pass-1")
SEALED_OTHERWISE = User(b"sealed", "SHA-256", b"other-pass-2", "AES-128", b"other-priv")


@pytest.mark.parametrize("seed", range(8))
def test_two_hundred_thousand_mutations_are_taken_and_every_answer_is_sound(seed: int) -> None:
    victim = Victim()
    generator = random.Random(1701 + seed)
    victim.takes(hostile(generator, victim.bench.peer, BATCH))
    assert BATCH / 10 < victim.answered < BATCH * 0.9, "mutations that all pass, or all fail, test little"
    assert victim.written > 100, "some SETs must get through to their end"
    # Nearly every way to refuse has been gone.
    assert {
        "in_bad_versions", "in_bad_community_names", "in_asn_parse_errs", "unknown_security_models", "invalid_msgs",
        "unknown_pdu_handlers", "unsupported_sec_levels", "not_in_time_windows", "unknown_user_names",
        "unknown_engine_ids", "wrong_digests", "decryption_errors", "unknown_contexts", "oversized",
    } <= set(victim.bench.counted())  # fmt: skip


def test_a_stranger_gets_small_reports_and_denials_no_larger_than_what_it_sent() -> None:
    """Names, passphrases and networks are all not the ones that the messages are made with."""
    victim = Victim(
        users=[SIGNED_OTHERWISE, SEALED_OTHERWISE],
        communities=[{"name": "public", "sources": ["192.0.2.0/24"]}, {"name": "not-public"}],
    )
    bench, reports = victim.bench, 0
    for turn, datagram in enumerate(hostile(random.Random(1800), bench.peer, BATCH)):
        answer = bench.answer(datagram, "203.0.113.1")
        if turn % 100 == 0:
            bench.time_s += 1
            bench.peer.time = bench.time_s
        if answer is not None:
            reports += 1
            if is_report(answer):
                assert len(answer) <= 160, "engine IDs, a user name of 32 octets, one varbind: Reports hold no more"
            else:
                assert len(answer) <= len(datagram), "a denial repeats what was asked, and no more"
                assert _status(answer) in (messages.AUTHORIZATION_ERROR, messages.TOO_BIG)
    assert reports > 1000
    assert victim.written == 0


def test_from_where_a_community_is_not_known_only_who_proves_who_it_is_gets_more_than_a_report() -> None:
    victim = Victim(communities=[{"name": "public", "sources": ["127.0.0.0/8"]}], users=[SIGNED, SEALED])

    for datagram in hostile(random.Random(1801), victim.bench.peer, 10_000):
        answer = victim.bench.answer(datagram, "203.0.113.1")
        if answer is not None and not is_report(answer):
            assert _is_signed(answer) or len(answer) <= len(datagram), datagram.hex()


def _status(answer: bytes) -> int:
    """The error status of a v3 answer in the clear."""
    *_, (_, scoped) = messages.elements(messages.one(answer, 0x30))
    *_, (_, body) = messages.elements(scoped)
    return messages.number(list(messages.elements(body))[1][1])


def _is_signed(answer: bytes) -> bool:
    """Whether it went to a user who proved who it is."""
    _, (_, head), *_ = messages.elements(messages.one(answer, 0x30))
    flags = list(messages.elements(head))[2][1]
    return bool(flags[0] & messages.AUTH)


def test_a_batch_of_mutations_leaves_no_objects_behind() -> None:
    """What stays is bounded: names and sources remembered. Another batch of the same therefore adds nothing."""
    victim = Victim()

    def batch() -> int:
        victim.takes(hostile(random.Random(1900), victim.bench.peer, 5000))
        gc.collect()
        return len(gc.get_objects())

    batch()
    before = batch()
    assert batch() - before < 100


def test_mutations_cause_few_notices_of_failed_proofs() -> None:
    victim = Victim()
    datagrams = list(hostile(random.Random(1901), victim.bench.peer, 10_000))
    for number, datagram in enumerate(datagrams):
        victim.bench.answer(datagram, f"127.0.{number % 200}.1")
    assert 3 <= len(victim.failures) <= 10, "ten at once, one in six seconds after them"


@pytest.mark.parametrize("times", [2, 50])
def test_a_message_that_comes_again_is_answered_as_before(times: int) -> None:
    bench = Bench()
    for datagram in (messages.get(ROW), bench.peer.build(SIGNED, messages.pdu(messages.GET, [ROW])), discovery()):
        answers = {bench.answer(datagram) for _ in range(times)}
        assert None not in answers
        assert len({len(answer or b"") for answer in answers}) <= 2, "a counter in a Report may need one octet more"


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
        lambda body: bench.peer.build(User(b"nobody"), body),
        lambda body: bench.peer.build(User(b""), body),
        lambda body: Peer(b"\x80\0\0\0\x01\x02").build(PLAIN, body),
        lambda body: bench.peer.build(User(b"signed", "SHA-256", b"wrongpass-1"), body),
        lambda body: bench.peer.build(User(b"sealed", "SHA-256", b"wrongpass-1", "AES-128", b"x" * 9), body),
        # Known senders, with more than is worked on
        lambda body: messages.message(body),
        lambda body: bench.peer.build(PLAIN, body),
        lambda body: bench.peer.build(SEALED, body),
    ):
        assert len(build(body)) > 50_000
        bench.answer(build(small))  # with the first message of a sender some things about it are made that stay
        # Some more calls for each length octet of the outer part; thousands, were the varbinds looked at.
        assert calls(build(body)) <= calls(build(small)) + 30
