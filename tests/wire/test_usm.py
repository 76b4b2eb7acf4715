"""The user-based security model: RFC 3414 3.2 in its order, 3.1 for what goes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire import ber
from agent.wire.access import Level
from agent.wire.usm import BOOTS_MAX, read_parameters
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, PLAIN, SEALED, SIGNED, USERS, VIEWED
from tests.snmp.messages import AUTH, PRIV, REPORT, REPORTABLE, Oid, Peer, User
from tests.wire.entities import ENGINE_ID, Bench

ASKING = messages.pdu(messages.GET, [(*NUMBERS, 1, 3)], request_id=99)
STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
ARCS = {
    "unsupported_sec_levels": 1, "not_in_time_windows": 2, "unknown_user_names": 3, "unknown_engine_ids": 4,
    "wrong_digests": 5, "decryption_errors": 6,
}  # fmt: skip
NOBODY = User(b"nobody", "SHA-256", b"authpass-9", "AES-128", b"privpass-9")
WRONG_KEY = User(b"sealed", "SHA-256", b"wrongpass-9", "AES-128", b"privpass-2")
WRONG_PRIV = User(b"sealed", "SHA-256", b"authpass-2", "AES-128", b"wrongpass-2")
ABOVE = User(b"signed", "SHA-256", b"wrongpass-9", "AES-128", b"privpass-1")
LATE = Peer(ENGINE_ID, 2, 7)


@pytest.mark.parametrize(
    ("user", "peer", "counter"),
    [
        # Each is wrong in all later steps as well: the first one counts.
        (NOBODY, Peer(b"\x80\0\0\0\x01\x02", 2, 7), "unknown_engine_ids"),
        (NOBODY, LATE, "unknown_user_names"),
        (ABOVE, LATE, "unsupported_sec_levels"),
        (WRONG_KEY, LATE, "wrong_digests"),
        (WRONG_PRIV, LATE, "not_in_time_windows"),
        (WRONG_PRIV, None, "decryption_errors"),
    ],
)
def test_rfc3414_3_2_the_first_step_that_fails_is_counted_and_reported(
    user: User, peer: Peer | None, counter: str
) -> None:
    bench = Bench()
    for times in (1, 2):
        raw = bench.answer((peer or bench.peer).build(user, ASKING))
        assert raw is not None
        said = bench.peer.read(raw, user)
        assert (said.pdu.tag, said.pdu.varbinds) == (REPORT, [((*STATS, ARCS[counter], 0), (0x41, bytes([times])))])
        assert bench.counted() == {counter: times}
        # Only the time window is reported signed (step 7), so that the manager can trust it.
        assert said.flags == (AUTH if counter == "not_in_time_windows" else 0)
        assert (said.user, said.boots, said.time) == (user.name, 3, 1000)


def test_a_report_counter_wraps_at_32_bits() -> None:
    bench = Bench()
    bench.counters.unknown_user_names = 2**32 + 5
    assert bench.ask_as(User(b"x"), ASKING).pdu.values == [(0x41, b"\x06")]


@pytest.mark.parametrize(("offset", "is_timely"), [(-151, False), (-150, True), (0, True), (150, True), (151, False)])
def test_rfc3414_3_2_7_the_window_is_150_seconds_either_way(offset: int, *, is_timely: bool) -> None:
    bench = Bench()
    answer = bench.ask_as(SIGNED, ASKING, Peer(ENGINE_ID, 3, 1000 + offset))
    assert (answer.pdu.tag == messages.RESPONSE) is is_timely


@pytest.mark.parametrize("boots", [2, 4, 0, BOOTS_MAX])
def test_rfc3414_3_2_7_other_boots_are_not_in_the_window(boots: int) -> None:
    assert Bench().ask_as(SEALED, ASKING, Peer(ENGINE_ID, boots, 1000)).pdu.tag == REPORT


def test_rfc3414_2_2_2_boots_at_their_maximum_let_nobody_in() -> None:
    bench = Bench(boots=BOOTS_MAX)
    assert bench.ask_as(SIGNED, ASKING).pdu.tag == REPORT
    assert bench.counted() == {"not_in_time_windows": 1}


def test_without_authentication_time_is_not_looked_at() -> None:
    assert Bench().ask_as(PLAIN, ASKING, LATE).pdu.tag == messages.RESPONSE


def test_rfc3826_3_1_4_no_salt_is_a_decryption_error() -> None:
    bench = Bench()
    # With the flag set and msgData given, the message is built without a salt and signed.
    raw = bench.answer(bench.peer.build(SEALED, b"", plain=messages.string(bytes(40))))
    assert bench.peer.read(raw or b"", SEALED).pdu.names == [(*STATS, 6, 0)]


def test_rfc3826_3_1_2_1_no_salt_is_used_twice() -> None:
    bench = Bench()
    raw = [bench.answer(bench.peer.build(SEALED, ASKING)) or b"" for _ in range(50)]
    assert len({read_parameters(one, _behind_header(one))[0].salt for one in raw}) == 50


def _behind_header(message: bytes) -> int:
    at, _ = ber.expect(message, 0, ber.SEQUENCE)
    _, at = ber.integer(message, at)
    return ber.expect(message, at, ber.SEQUENCE)[1]


@pytest.mark.parametrize("place", range(24))
def test_rfc3414_6_3_2_every_octet_of_the_digest_counts(place: int) -> None:
    bench = Bench()
    right = bench.peer.build(SIGNED, ASKING, msg_id=5)
    digest = bytearray(read_parameters(right, _behind_header(right))[0].digest)
    digest[place] ^= 1
    raw = bench.answer(bench.peer.build(SIGNED, ASKING, msg_id=5, digest=bytes(digest)))
    assert bench.peer.read(raw or b"", User(b"")).pdu.names == [(*STATS, 5, 0)]


@given(place=st.integers(0, 10**6), change=st.integers(1, 255))
def test_rfc3414_a_signed_message_changed_in_any_octet_gives_no_data(place: int, change: int) -> None:
    bench = BENCH
    octets = bytearray(bench.peer.build(SEALED, ASKING))
    octets[place % len(octets)] ^= change
    raw = bench.answer(bytes(octets))
    assert raw is None or bench.peer.read(raw, SEALED).pdu.tag == REPORT


BENCH = Bench()


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
@pytest.mark.parametrize("size", [0, 1, 60, 90, 127, 128, 200, 255, 256, 1000, 70_000])
def test_rfc3414_3_1_a_sealed_message_is_of_the_reckoned_size_and_reads_back(user: User, size: int) -> None:
    bench = BENCH
    ours = bench.usm.users[user.name]
    level = Level(1 + bool(user.auth) + bool(user.priv))
    assert ours.level is level
    head = b"\x02\x01\x03" + messages.tlv(
        0x30, messages.integer(5), messages.integer(1472), messages.string(bytes([user.level])), messages.integer(3)
    )
    value = messages.string(bytes(size))
    body = messages.pdu(messages.RESPONSE, [messages.varbind(NUMBERS, value)])
    scoped = messages.tlv(0x30, messages.string(ENGINE_ID), messages.string(b""), body)
    sealed = bench.usm.seal(head, ours, level, scoped)
    assert len(sealed) <= len(head) + bench.usm.frame_octets(ours, level) + len(scoped) + (2 if size > 60_000 else 0)
    said = bench.peer.read(sealed, user)
    assert (said.user, said.boots, said.time) == (user.name, 3, 1000)
    assert said.pdu.varbinds == [(NUMBERS, (4, bytes(size)))]


def test_a_user_shows_no_keys() -> None:
    assert repr(BENCH.usm.users[b"viewed"]) == "User(b'viewed', AUTH_PRIV)"
    assert VIEWED.priv_secret


@pytest.mark.parametrize("flags", [PRIV, PRIV | REPORTABLE])
def test_rfc3412_7_2_5_privacy_without_authentication_is_counted_and_dropped(flags: int) -> None:
    bench = Bench()
    assert bench.answer(bench.peer.build(SEALED, b"", flags=flags, plain=messages.string(bytes(40)))) is None
    assert bench.counted() == {"invalid_msgs": 1}


@pytest.mark.parametrize("model", [1, 2, 4, 2**31 - 1])
def test_rfc3412_7_2_4_another_security_model_is_counted_whatever_its_parameters(model: int) -> None:
    bench = Bench()
    good = bench.peer.build(PLAIN, ASKING, model=model)
    assert bench.answer(good) is None
    head = messages.tlv(
        0x30, messages.integer(5), messages.integer(1472), messages.string(b"\4"), messages.integer(model)
    )
    assert bench.answer(messages.tlv(0x30, messages.integer(3), head, messages.string(b"TLS"), b"\x30\x00")) is None
    assert bench.counted() == {"unknown_security_models": 2}
