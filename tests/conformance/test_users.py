"""SNMPv3: discovery, users, levels, time windows, contexts, sizes, Reports."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from tests.conformance.conftest import wrong_on_pysnmp
from tests.conformance.subject import (
    DECRYPTION_ERRORS,
    INVALID_MSGS,
    NOT_IN_TIME,
    PLAIN,
    SEALED,
    SIGNED,
    SYS_DESCR,
    SYS_NAME,
    UNKNOWN_CONTEXTS,
    UNKNOWN_ENGINES,
    UNKNOWN_MODELS,
    UNKNOWN_PDU_HANDLERS,
    UNKNOWN_USERS,
    UNSUPPORTED_LEVELS,
    USERS,
    WRONG_DIGESTS,
    Subject,
)
from tests.snmp import messages
from tests.snmp.asking import as_user, dotted
from tests.snmp.messages import (
    AUTH,
    AUTHORIZATION_ERROR,
    COUNTER32,
    PRIV,
    REPORT,
    REPORTABLE,
    RESPONSE,
    STRING,
    TOO_BIG,
    Peer,
    User,
    UserAnswer,
)

ASKING = messages.pdu(messages.GET, [SYS_NAME], request_id=99)
NOBODY = User(b"nobody")
by_name = pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
with_secrets = pytest.mark.parametrize("user", [SIGNED, SEALED], ids=lambda user: user.name.decode())


def has_data(answer: UserAnswer) -> bool:
    """Whether it is the answer to ASKING."""
    pdu = answer.pdu
    return (pdu.tag, pdu.request_id, pdu.outcome, pdu.names) == (RESPONSE, 99, (0, 0), [SYS_NAME]) and (
        pdu.values[0][0] == STRING
    )


def reported(subject: Subject, user: User, peer: Peer | None = None, **options: object) -> UserAnswer:
    """The Report that ASKING is answered with; it holds one counter."""
    answer = subject.ask_as(user, ASKING, peer, **options)
    assert answer.pdu.tag == REPORT
    assert [tag for tag, _ in answer.pdu.values] == [COUNTER32]
    return answer


def tags_of(subject: Subject, *datagrams: bytes, user: User = NOBODY) -> set[int]:
    """The kinds of answer to some messages."""
    return {Peer().read(raw, user).pdu.tag for raw in subject.answers(*datagrams)}


def test_rfc3414_4_U01_discovery_is_answered_with_a_report_that_asks_for_none(subject: Subject) -> None:
    """Discovery is answered with a Report that carries an engine ID of 5 to 32 octets and is not reportable."""
    peer = Peer()
    raw = subject.exchange(peer.build(User(b""), messages.pdu(messages.GET, request_id=5), msg_id=31))
    assert raw is not None
    said = peer.read(raw, User(b""))
    assert (said.pdu.tag, said.pdu.names, said.msg_id) == (REPORT, [UNKNOWN_ENGINES], 31)
    assert said.flags == 0
    assert said.engine_id == said.context_engine_id
    assert 5 <= len(said.engine_id) <= 32
    assert said.engine_id[0] & 0x80
    assert said.pdu.values[0][0] == COUNTER32


@with_secrets
def test_rfc3414_3_2_7_U02_boots_and_time_of_zero_are_reported_by_a_signed_report(subject: Subject, user: User) -> None:
    """Boots and time of zero are notInTimeWindows, in an authenticated Report that tells the right ones."""
    here = subject.discover()
    answer = reported(subject, replace(user, priv=""), Peer(here.engine_id))
    assert answer.pdu.names == [NOT_IN_TIME]
    assert answer.flags & AUTH
    assert answer.boots == here.boots
    assert abs(answer.time - here.time) <= 1


def test_rfc3414_3_1_U03_an_auth_no_priv_get_is_answered_at_its_level(subject: Subject) -> None:
    """An authNoPriv GET is answered authNoPriv."""
    answer = subject.ask_as(SIGNED, ASKING)
    assert (has_data(answer), answer.flags, answer.user) == (True, AUTH, SIGNED.name)
    done = subject.run("snmpget", SYS_DESCR, who=as_user(SIGNED))
    assert done.stdout.startswith(f"{dotted(SYS_DESCR)} = STRING: ")


def test_rfc3826_3_1_U04_an_auth_priv_get_is_answered_at_its_level(subject: Subject) -> None:
    """An authPriv GET (AES-128) is answered authPriv."""
    answer = subject.ask_as(SEALED, ASKING)
    assert (has_data(answer), answer.flags, answer.user) == (True, AUTH | PRIV, SEALED.name)
    done = subject.run("snmpget", SYS_DESCR, who=as_user(SEALED))
    assert done.stdout.startswith(f"{dotted(SYS_DESCR)} = STRING: ")


@with_secrets
def test_rfc3414_3_2_7_U05_the_window_is_150_seconds_of_the_same_boots(subject: Subject, user: User) -> None:
    """A time 149 s ahead is accepted; 155 s ahead, and other boots, are refused."""
    here = subject.discover()
    assert has_data(subject.ask_as(user, ASKING, Peer(here.engine_id, here.boots, here.time + 149)))
    for boots, ahead_s in ((0, 155), (-1, 0), (1, 0), (-1, 149)):
        peer = Peer(here.engine_id, here.boots + boots, here.time + ahead_s)
        assert reported(subject, user, peer).pdu.names == [NOT_IN_TIME]


@with_secrets
def test_rfc3414_3_2_6_U06_a_wrong_digest_is_reported_and_gives_no_data(subject: Subject, user: User) -> None:
    """A wrong passphrase is wrongDigests."""
    wrong = replace(user, auth_secret=b"wrongpass-12")
    assert reported(subject, wrong).pdu.names == [WRONG_DIGESTS]
    done = subject.run("snmpget", SYS_NAME, who=as_user(wrong))
    assert done.stdout == ""
    assert "Authentication failure" in done.stderr


@with_secrets
@pytest.mark.parametrize("octets", [0, 1, 5, 11, 12, 23, 25, 48, 400])
def test_rfc3414_6_3_2_U07_a_digest_of_another_length_never_gives_data(
    subject: Subject, user: User, octets: int
) -> None:
    """An empty, short, long or cut digest never gives data (CVE-2008-0960)."""
    peer = subject.discover()
    wrong = [peer.build(user, ASKING, digest=digest) for digest in (bytes(octets), os.urandom(octets))]
    assert tags_of(subject, *wrong, user=user) <= {REPORT}


def test_rfc3414_6_3_2_U07_the_beginning_of_the_right_digest_never_gives_data(subject: Subject) -> None:
    """An empty, short, long or cut digest never gives data (CVE-2008-0960)."""
    peer = subject.discover()
    right = peer.build(SIGNED, ASKING, msg_id=9)
    (_, security) = list(messages.elements(messages.one(right, 0x30)))[2]
    digest = [content for _, content in messages.elements(messages.one(security, 0x30))][4]
    assert len(digest) == 24
    cut = [peer.build(SIGNED, ASKING, msg_id=9, digest=digest[:size]) for size in (1, 12, 23)]
    assert tags_of(subject, *cut, user=SIGNED) <= {REPORT}


@pytest.mark.parametrize(
    "user",
    [NOBODY, User(b"nobody", "SHA-256", b"authpass-1"), User(b"x" * 32), User(b"\xff\xfe")],
    ids=["nobody", "nobody with a digest", "32 octets", "no UTF-8"],
)
def test_rfc3414_3_2_4_U08_an_unknown_user_is_reported(subject: Subject, user: User) -> None:
    """An unknown user is unknownUserNames."""
    assert reported(subject, user).pdu.names == [UNKNOWN_USERS]
    assert "Unknown user name" in subject.run("snmpget", SYS_NAME, who=as_user(NOBODY)).stderr


@pytest.mark.parametrize("tag", [messages.GET, messages.GET_NEXT, messages.GET_BULK, messages.SET])
@pytest.mark.parametrize("flags", [0, AUTH, AUTH | PRIV, REPORTABLE, REPORTABLE | AUTH, REPORTABLE | AUTH | PRIV])
def test_rfc3414_3_2_4_U09_the_empty_user_never_gets_data(subject: Subject, tag: int, flags: int) -> None:
    """The empty user never gets data, and never sets."""
    here = subject.discover()
    names: list[messages.Oid | bytes] = [messages.varbind(subject.objects.writable, messages.string(b"x"))]
    body = messages.pdu(tag, names if tag == messages.SET else [(1, 3)], b=5)
    before = subject.value(subject.objects.writable)
    strange = [Peer(os.urandom(size), boots, 0) for size in (1, 4, 5, 12, 32, 33) for boots in (0, 1)]
    peers = [here, Peer(here.engine_id), Peer(), Peer(bytes(5)), Peer(bytes(12)), *strange]
    digest = bytes(12) if flags & AUTH else b""
    sent = [peer.build(User(b""), body, flags=flags & ~PRIV, digest=digest) for peer in peers]
    if flags & PRIV:
        plain = messages.tlv(0x30, messages.string(here.engine_id), messages.string(b""), body)
        for data in (plain, messages.string(plain), messages.string(os.urandom(60))):
            sent += [peer.build(User(b""), body, flags=flags, digest=digest, plain=data) for peer in peers]
    assert tags_of(subject, *sent, user=User(b"")) <= {REPORT}
    assert subject.value(subject.objects.writable) == before


@wrong_on_pysnmp("RFC 3414 3.2 step 3: pysnmp looks for the user first, and answers unknownUserNames")
def test_rfc3414_3_2_3_U10_a_foreign_engine_id_is_reported_unknown(subject: Subject) -> None:
    """The ID of another engine is unknownEngineIDs."""
    assert reported(subject, PLAIN, Peer(b"\x80\0\0\0\x01\x02")).pdu.names == [UNKNOWN_ENGINES]


@wrong_on_pysnmp("RFC 3414 3.2 step 5: pysnmp cannot make the Report, and is silent")
@pytest.mark.parametrize(
    "user",
    [
        pytest.param(replace(PLAIN, auth="SHA-256", auth_secret=b"authpass-1"), id="plain asks authNoPriv"),
        pytest.param(replace(SIGNED, priv="AES-128", priv_secret=b"privpass-1"), id="signed asks authPriv"),
    ],
)
def test_rfc3414_3_2_5_U11_a_level_above_the_users_is_reported(subject: Subject, user: User) -> None:
    """A level that the user has no keys for is unsupportedSecLevels."""
    raw = subject.answers(subject.discover().build(user, ASKING))
    assert [Peer().read(one, NOBODY).pdu.names for one in raw] == [[UNSUPPORTED_LEVELS]]


@wrong_on_pysnmp("RFC 3412 6.4: pysnmp sets the reportableFlag in this Report")
def test_rfc3414_3_2_8_U12_a_wrong_privacy_key_is_reported_or_dropped(subject: Subject) -> None:
    """A wrong privacy key is decryptionErrors in a Report that is not reportable, or dropped."""
    user = replace(SEALED, priv_secret=b"wrongpass-12")
    read = [Peer().read(raw, SEALED) for raw in subject.answers(subject.discover().build(user, ASKING))]
    assert [(answer.pdu.names, answer.flags & REPORTABLE) for answer in read] in ([], [([DECRYPTION_ERRORS], 0)])
    assert subject.run("snmpget", SYS_NAME, who=as_user(user), wait_s=0.3, retries=0).stdout == ""


def test_rfc3412_7_1_3_U13_without_the_reportable_flag_there_is_no_report_on_an_unreadable_pdu(
    subject: Subject,
) -> None:
    """Without the reportableFlag a PDU that cannot be read gets no Report."""
    peer = subject.discover()
    user = replace(SEALED, priv_secret=b"wrongpass-12")
    assert subject.is_silent_on(*(peer.build(one, ASKING, flags=one.level) for one in (user, user)))


def test_rfc3412_7_2_U14_privacy_without_authentication_is_dropped_and_counted(subject: Subject) -> None:
    """Privacy without authentication, and an unknown security model, are dropped and counted."""
    before = subject.number(INVALID_MSGS)
    peer = subject.discover()
    sent = [peer.build(user, ASKING, flags=PRIV | REPORTABLE, plain=messages.string(bytes(40))) for user in USERS]
    assert subject.is_silent_on(*sent)
    assert subject.number(INVALID_MSGS) == before + len(USERS)


@pytest.mark.parametrize("model", [99, 2**31 - 1])
def test_rfc3412_7_2_U14_unknown_security_models_are_dropped_and_counted(subject: Subject, model: int) -> None:
    """Privacy without authentication, and an unknown security model, are dropped and counted."""
    before = subject.number(UNKNOWN_MODELS)
    assert subject.is_silent_on(subject.discover().build(PLAIN, ASKING, model=model))
    assert subject.number(UNKNOWN_MODELS) == before + 1


@by_name
@pytest.mark.parametrize("msg_id", [0, 1, 2**31 - 1])
def test_rfc3412_7_1_U15_message_id_and_context_are_echoed(subject: Subject, user: User, msg_id: int) -> None:
    """msgID, contextEngineID and contextName are echoed."""
    here = subject.discover()
    answer = subject.ask_as(user, ASKING, here, msg_id=msg_id)
    assert has_data(answer)
    assert (answer.msg_id, answer.context, answer.context_engine_id) == (msg_id, b"", here.engine_id)


@by_name
def test_rfc3413_3_2_5_U16_an_unknown_context_is_reported(subject: Subject, user: User) -> None:
    """An unknown contextName is snmpUnknownContexts, in a Report at the request's level."""
    for context in (b"nope", b"\xff\xfe", b"x" * 255):
        answer = reported(subject, user, context=context)
        assert (answer.pdu.names, answer.pdu.request_id) == ([UNKNOWN_CONTEXTS], 99)
        assert answer.flags & AUTH == user.level & AUTH
    done = subject.run("snmpget", "-nnope", SYS_NAME, who=as_user(user), wait_s=0.5, retries=0)
    assert "bad context" in done.stderr.lower()


@by_name
def test_rfc3412_7_2_13_U17_a_foreign_context_engine_is_reported(subject: Subject, user: User) -> None:
    """A contextEngineID of another engine is snmpUnknownPDUHandlers."""
    for engine_id in (b"", b"\x80\0\0\0\x01\x02", bytes(5)):
        assert reported(subject, user, context_engine_id=engine_id).pdu.names == [UNKNOWN_PDU_HANDLERS]


@by_name
def test_rfc3412_6_3_U18_a_get_bulk_is_truncated_at_the_managers_size(subject: Subject, user: User) -> None:
    """A GETBULK of a manager that takes 484 octets is truncated."""
    peer = subject.discover()
    for column in (subject.objects.numbers, subject.objects.long):
        body = messages.pdu(messages.GET_BULK, [column], b=50)
        answer = subject.ask_as(user, body, peer, max_size=484)
        assert (answer.pdu.tag, answer.pdu.outcome) == (RESPONSE, (0, 0))
        assert answer.size <= 484
        assert answer.pdu.names == subject.objects.rows(column, 50)[: len(answer.pdu.names)]
        assert answer.pdu.names or column == subject.objects.long, "short values have room"


@by_name
def test_rfc3416_4_2_1_U19_what_the_manager_cannot_take_is_too_big(subject: Subject, user: User) -> None:
    """A GET whose answer is over the 484 octets that the manager takes is tooBig."""
    body = messages.pdu(messages.GET, subject.objects.rows(subject.objects.long, 3))
    answer = subject.ask_as(user, body, max_size=484)
    assert answer.size <= 484
    assert (answer.pdu.tag, answer.pdu.outcome, answer.pdu.varbinds) == (RESPONSE, (TOO_BIG, 0), [])


@wrong_on_pysnmp("RFC 3413 3.2 step 6: pysnmp takes the user's full level or none, and answers unsupportedSecLevels")
@pytest.mark.parametrize(
    "user",
    [User(b"signed"), User(b"sealed"), replace(SEALED, priv="")],
    ids=["signed asks noAuth", "sealed asks noAuth", "sealed asks noPriv"],
)
def test_rfc3413_3_2_6_U20_a_level_below_the_users_is_for_access_control_to_judge(subject: Subject, user: User) -> None:
    """A level below the user's is left to access control: here authorizationError, and no data."""
    answer = subject.ask_as(user, ASKING)
    assert (answer.pdu.tag, answer.pdu.status, answer.flags) == (RESPONSE, AUTHORIZATION_ERROR, user.level)
    assert answer.pdu.varbinds == [(SYS_NAME, (5, b""))]
    assert "authorizationError" in subject.run("snmpget", SYS_NAME, who=as_user(user)).stderr
