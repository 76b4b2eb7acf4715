"""SNMPv3: discovery, users, levels, time windows, Reports, beyond what tests/conformance shows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.snmp.gate import STRANGER_OCTETS
from tests.snmp import messages
from tests.snmp.agents import (
    NUMBERS,
    PLAIN,
    SEALED,
    SIGNED,
    USERS,
    VIEWED,
    RunningAgent,
    snmp_settings,
)
from tests.snmp.conftest import Start, on_pysnmp, on_wire, wrong_on_pysnmp
from tests.snmp.messages import AUTH, PRIV, REPORT, REPORTABLE, Oid, Peer, User

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVELS, NOT_IN_TIME, UNKNOWN_USERS, UNKNOWN_ENGINES, WRONG_DIGESTS, DECRYPTION_ERRORS = (
    (*USM_STATS, arc, 0) for arc in range(1, 7)
)
UNKNOWN_CONTEXTS: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)
UNKNOWN_PDU_HANDLERS: Oid = (1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0)
NORTH = (messages.STRING, b"north")
ASKING = messages.pdu(messages.GET, [SYS_NAME], request_id=99)

by_name = pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
with_secrets = pytest.mark.parametrize("user", [SIGNED, SEALED], ids=lambda user: user.name.decode())


def replace(user: User, **changes: object) -> User:
    return User(**{**user.__dict__, **changes})  # type: ignore[arg-type]


def test_rfc3414_4_discovery_by_a_named_user_is_answered(agent: RunningAgent) -> None:
    for user in (PLAIN, User(b"nobody")):
        assert agent.ask_as(user, messages.pdu(messages.GET), Peer()).pdu.names == [UNKNOWN_ENGINES]


@with_secrets
def test_rfc3414_3_2_7_the_window_is_150_seconds_of_the_same_boots(start: Start, user: User, tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text(json.dumps({"engine_id": "80001f880501020304", "boots": 4}))
    agent = start(users=[user])
    agent.age(1000)
    here = agent.discover()
    assert (here.boots, 1000 <= here.time <= 1001) == (5, True)
    for boots, seconds in ((5, 149), (5, -148), (5, 0)):
        peer = Peer(here.engine_id, boots, here.time + seconds)
        assert agent.ask_as(user, ASKING, peer).pdu.varbinds == [(SYS_NAME, NORTH)]
    for boots, seconds in ((5, 155), (5, -155), (4, 0), (6, 0), (4, 100), (0, 0), (2**31 - 1, 0)):
        peer = Peer(here.engine_id, boots, here.time + seconds)
        assert agent.ask_as(user, ASKING, peer).pdu.names == [NOT_IN_TIME]


@with_secrets
def test_rfc3414_2_2_2_boots_at_their_maximum_are_in_time_for_nobody(start: Start, user: User, tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text(json.dumps({"engine_id": "80001f880501020304", "boots": 2**31 - 1}))
    agent = start(users=[user])
    peer = agent.discover()
    assert peer.boots == 2**31 - 1
    assert agent.ask_as(user, ASKING, peer).pdu.names == [NOT_IN_TIME]


@on_pysnmp
def test_a_large_message_of_an_unknown_user_is_dropped_and_counted(agent: RunningAgent) -> None:
    before = agent.counters.oversized
    body = messages.pdu(messages.GET, [SYS_NAME] * 40)
    datagram = agent.discover().build(User(b"nobody"), body)
    assert len(datagram) > STRANGER_OCTETS
    assert agent.is_silent_on(datagram)
    assert agent.counters.oversized == before + 1


@on_wire
@pytest.mark.parametrize("octets", [0, 60_000])
def test_rfc3414_3_2_4_a_message_of_an_unknown_user_is_reported_whatever_its_size(
    agent: RunningAgent, octets: int
) -> None:
    body = messages.pdu(messages.GET, [messages.varbind(SYS_NAME, messages.string(bytes(octets)))], request_id=99)
    for user in (User(b"nobody"), User(b"")):
        answer = agent.ask_as(user, body)
        assert (answer.pdu.tag, answer.pdu.names) == (REPORT, [UNKNOWN_USERS])
        assert (answer.pdu.request_id, answer.user) == (99, user.name)
        assert answer.size < 150


def test_rfc3414_3_2_4_an_agent_without_users_gives_the_empty_user_nothing(start: Start) -> None:
    agent = start()
    peer = agent.discover()
    counter = "unknown_user_names" if agent.is_wire else "refused_users"
    before = getattr(agent.counters, counter)
    answers = agent.answers(peer.build(User(b""), ASKING))
    # The RFC reports the unknown user; the gate before pysnmp, which would let the empty name in, is silent.
    assert [peer.read(raw, User(b"")).pdu.names for raw in answers] == ([[UNKNOWN_USERS]] if agent.is_wire else [])
    assert getattr(agent.counters, counter) == before + 1


def test_a_user_under_a_foreign_engine_id_never_gets_data(agent: RunningAgent) -> None:
    foreign = (b"\x80\0\0\0\x01\x02", bytes(5), os.urandom(12), b"\1", b"")
    sent = [Peer(engine_id, 1, 1).build(user, ASKING) for engine_id in foreign for user in USERS]
    assert {Peer().read(raw, User(b"")).pdu.tag for raw in agent.answers(*sent)} <= {REPORT}


LEVELS_ABOVE = [
    pytest.param(replace(PLAIN, auth="SHA-256", auth_secret=b"authpass-1"), id="plain asks authNoPriv"),
    pytest.param(replace(SIGNED, priv="AES-128", priv_secret=b"privpass-1"), id="signed asks authPriv"),
]


@pytest.mark.parametrize("user", LEVELS_ABOVE)
def test_rfc3414_3_2_5_a_level_above_the_users_never_gives_data(agent: RunningAgent, user: User) -> None:
    raw = agent.answers(agent.discover().build(user, ASKING))
    assert {Peer().read(one, User(b"")).pdu.tag for one in raw} <= {REPORT}


@on_pysnmp
@pytest.mark.parametrize(
    "user",
    [User(b"signed"), User(b"sealed"), replace(SEALED, priv="")],
    ids=["signed asks noAuth", "sealed asks noAuth", "sealed asks noPriv"],
)
def test_pysnmp_takes_a_users_full_level_or_none(agent: RunningAgent, user: User) -> None:
    answer = agent.ask_as(user, ASKING)
    assert (answer.pdu.tag, answer.pdu.names) == (REPORT, [UNSUPPORTED_LEVELS])


@on_wire
def test_rfc3414_3_2_3_encrypted_discovery_is_answered(agent: RunningAgent) -> None:
    for plain in (b"\x04\x00", messages.string(os.urandom(60)), messages.string(os.urandom(20_000))):
        for user in (User(b""), SEALED, User(b"nobody")):
            answer = agent.ask_as(user, b"", Peer(), flags=AUTH | PRIV | REPORTABLE, plain=plain)
            assert (answer.pdu.tag, answer.pdu.names, answer.flags) == (REPORT, [UNKNOWN_ENGINES], 0)


@on_wire
@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
def test_rfc3412_6_a_message_larger_than_is_worked_on_is_too_big(agent: RunningAgent, user: User) -> None:
    before = agent.counters.oversized
    body = messages.pdu(messages.GET, [messages.varbind(SYS_NAME, messages.string(bytes(60_000)))], request_id=99)
    answer = agent.ask_as(user, body)
    assert (answer.pdu.request_id, answer.pdu.outcome, answer.pdu.varbinds) == (99, (messages.TOO_BIG, 0), [])
    assert answer.flags == user.level
    assert agent.counters.oversized == before + 1


def test_rfc3414_3_2_8_a_wrong_privacy_key_is_reported_or_dropped(agent: RunningAgent) -> None:
    user = replace(SEALED, priv_secret=b"wrongpass-12")
    raw = agent.answers(agent.discover().build(user, ASKING))
    assert [Peer().read(one, User(b"")).pdu.names for one in raw] in ([], [[DECRYPTION_ERRORS]])


@wrong_on_pysnmp("RFC 3412 6.4: pysnmp sets reportableFlag in its Reports")
def test_rfc3412_6_4_no_report_asks_for_a_report(agent: RunningAgent) -> None:
    wrong = [
        User(b"nobody"),
        replace(SIGNED, auth_secret=b"wrongpass-12"),
        replace(SEALED, priv_secret=b"wrongpass-12"),
    ]
    assert [agent.ask_as(user, ASKING).flags & REPORTABLE for user in wrong] == [0, 0, 0]


def test_rfc3412_7_1_3_without_the_reportable_flag_there_is_no_report_on_an_unreadable_pdu(agent: RunningAgent) -> None:
    peer = agent.discover()
    wrong = [
        User(b"nobody"),
        replace(SIGNED, auth_secret=b"wrongpass-12"),
        replace(SEALED, priv_secret=b"wrongpass-12"),
    ]
    for user in wrong:
        assert agent.is_silent_on(peer.build(user, ASKING, flags=user.level))


@by_name
def test_rfc3412_7_1_without_the_reportable_flag_a_request_is_answered(agent: RunningAgent, user: User) -> None:
    assert agent.ask_as(user, ASKING, flags=user.level).pdu.values == [NORTH]


@by_name
def test_rfc3412_7_2_5_privacy_without_authentication_is_dropped(agent: RunningAgent, user: User) -> None:
    assert agent.is_silent_on(
        agent.discover().build(user, ASKING, flags=PRIV | REPORTABLE, plain=messages.string(bytes(40)))
    )


@pytest.mark.parametrize("model", [0, 1, 2, 4, 99, 2**31 - 1])
def test_rfc3412_7_2_4_other_security_models_are_dropped(agent: RunningAgent, model: int) -> None:
    assert agent.is_silent_on(agent.discover().build(PLAIN, ASKING, model=model))


@by_name
@pytest.mark.parametrize("tag", [messages.RESPONSE, messages.TRAP, REPORT])
def test_rfc3412_4_2_2_unconfirmed_pdus_meet_silence(agent: RunningAgent, user: User, tag: int) -> None:
    assert agent.is_silent_on(agent.discover().build(user, messages.pdu(tag, [SYS_NAME])))


@by_name
def test_rfc3412_4_2_2_1_an_inform_is_reported_as_not_handled(agent: RunningAgent, user: User) -> None:
    assert agent.ask_as(user, messages.pdu(messages.INFORM, [SYS_NAME])).pdu.names == [UNKNOWN_PDU_HANDLERS]


@by_name
def test_rfc3416_4_2_3_get_bulk_with_negative_numbers_is_answered(agent: RunningAgent, user: User) -> None:
    answer = agent.ask_as(user, messages.pdu(messages.GET_BULK, [NUMBERS], a=-1, b=-2)).pdu
    assert (answer.tag, answer.outcome, answer.varbinds) == (messages.RESPONSE, (0, 0), [])


def test_rfc3415_a_users_view_is_its_own(agent: RunningAgent) -> None:
    assert agent.ask_as(VIEWED, messages.pdu(messages.GET, [(1, 3, 6, 1, 2, 1, 1, 4, 0)])).pdu.values == [
        messages.NO_SUCH_OBJECT
    ]
    assert agent.ask_as(SEALED, messages.pdu(messages.GET, [(1, 3, 6, 1, 2, 1, 1, 4, 0)])).pdu.values == [
        (4, b"operations")
    ]


PAIRS = [
    User(f"{auth}/{priv}".encode(), auth, b"authpass-5", priv, b"privpass-5" if priv else b"")
    for auth in messages.HASHES
    for priv in ("", *messages.KEY_SIZES)
]


@pytest.fixture(scope="module")
def every_pair(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    running = RunningAgent(snmp_settings(PAIRS, engine=path), tmp_path_factory.mktemp("pairs"))
    yield running
    running.close()


@pytest.mark.parametrize("user", PAIRS, ids=lambda user: user.name.decode())
def test_rfc7860_and_rfc3826_every_pair_of_protocols_works(every_pair: RunningAgent, user: User) -> None:
    answer = every_pair.ask_as(user, ASKING)
    assert (answer.flags, answer.pdu.varbinds) == (user.level, [(SYS_NAME, NORTH)])


def test_rfc3414_passphrases_of_any_characters_work(start: Start) -> None:
    user = User(b"user", "SHA-256", "pässwörter-€".encode(), "AES-128", "geheimnis-ß".encode())
    assert start(users=[user]).ask_as(user, ASKING).pdu.values == [NORTH]


def test_snmp_engine_time_does_not_follow_the_wall_clock(agent: RunningAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    before = agent.discover()
    for moved in (-(10**9), 10**9, -3600):
        monkeypatch.setattr("time.time", lambda moved=moved: 1_700_000_000 + moved)
        now = agent.discover()
        assert (now.boots, 0 <= now.time - before.time <= 2) == (before.boots, True)
        assert agent.ask_as(SEALED, ASKING, before).pdu.values == [NORTH]


@on_pysnmp
def test_requests_that_pysnmp_does_not_answer_leave_nothing_behind(agent: RunningAgent) -> None:
    peer = agent.discover()
    agent.answers(
        Peer().build(SEALED, ASKING),
        peer.build(replace(SIGNED, priv="AES-128", priv_secret=b"privpass-1"), ASKING),
        peer.build(replace(SEALED, priv_secret=b"wrongpass-12"), ASKING, flags=AUTH | PRIV),
        peer.build(PLAIN, messages.pdu(messages.TRAP, [SYS_NAME])),
        peer.build(PLAIN, ASKING, context=b"nope", flags=0),
    )
    assert all(
        agent.within(lambda: [model._cache.is_empty() for model in agent.service._engine.security_models.values()])
    )


def test_an_answer_with_the_engine_id_zero_filled_is_still_signed_right(start: Start) -> None:
    agent = start(users=[SIGNED], engine_id="0x80" + "00" * 9 + "01")
    assert agent.ask_as(SIGNED, ASKING).pdu.values == [NORTH]


@wrong_on_pysnmp("RFC 3414 6.3.1: pysnmp looks for zeros to find the digest's place")
def test_an_engine_id_of_as_many_zeros_as_a_digest_is_signed_right(start: Start) -> None:
    agent = start(users=[VIEWED], engine_id="0x80" + "00" * 16 + "01")
    assert agent.ask_as(VIEWED, ASKING).pdu.values == [NORTH]
