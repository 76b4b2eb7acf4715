"""SNMPv3 informs: the receiver's engine is learned from what is authentic, and from nothing else."""

from __future__ import annotations

from itertools import count

import pytest

from agent.mib.encoding import Oid, integer, oid, tlv
from agent.wire import ber, pdu
from agent.wire.access import Level
from agent.wire.counters import Counters
from agent.wire.delivery import Order
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS, auth_key, priv_key
from agent.wire.peer import V3Informs
from agent.wire.trap import Acknowledged, Again, Complaint, Refused, global_data
from agent.wire.user import read_header
from agent.wire.usm import Trouble, User, Usm, read_parameters
from tests.notify.notices import notice

OWN = b"\x80\x00\x1f\x88\x05agent"
AUTH_SHA, AES_128 = AUTH_PROTOCOLS["SHA-256"], PRIV_PROTOCOLS["AES-128"]
ORDER = Order(4242, notice(1))
REPORT_UNKNOWN_USER: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0)
NOT_IN_TIME: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0)
PLAIN, AUTH, PRIV = Level.NO_AUTH_NO_PRIV, Level.AUTH_NO_PRIV, Level.AUTH_PRIV


def localized(engine_id: bytes) -> User:
    """The user with keys for an engine."""
    keys = auth_key(b"authpass-5", AUTH_SHA, engine_id), priv_key(b"privpass-5", AUTH_SHA, AES_128, engine_id)
    return User(b"noc", AUTH_SHA, keys[0], AES_128, keys[1])


class Engine:
    """A receiver's engine: answers as RFC 3414 3.2 says, with our own authoritative side."""

    context = b""

    def __init__(self, engine_id: bytes = b"\x80\x00\x1f\x88\x04nms-1", boots: int = 3, time_s: int = 1000) -> None:
        self.user = localized(engine_id)
        self.id = engine_id
        self.at(boots, time_s)

    def at(self, boots: int, time_s: int) -> None:
        """Its boots and time from now on."""
        self.usm = Usm(self.id, boots, lambda: time_s, {b"noc": self.user}, Counters(), count(1))

    def answer(self, datagram: bytes) -> bytes:
        """What it answers."""
        at, _ = ber.expect(datagram, 0, 0x30)
        _, at = ber.integer(datagram, at)
        header = read_header(datagram, at)
        level = header.level or PLAIN
        said, at = read_parameters(datagram, header.end)
        _, start, _ = ber.header(datagram, at)
        opened = self.usm.open(datagram, said, level, datagram[start if level is PRIV else at :])
        self.message_id = ber.integer(header.id, 0)[0]
        if isinstance(opened, Trouble):
            return self.report(opened.oid, opened.level, opened.user)
        self.scoped = opened[1]
        return self.respond()

    def report(self, what: Oid, level: Level, user: User | None = None) -> bytes:
        varbind = tlv(0x30, tlv(6, oid(what)) + tlv(0x41, integer(1)))
        body = pdu.response(b"\x02\x01\x00", 0, 0, varbind, pdu.REPORT)
        return self.seal(body, level, user or self.user, self.id)

    def respond(
        self, level: Level = PRIV, status: int = 0, request_id: int = ORDER.request_id, context_engine: bytes = OWN
    ) -> bytes:
        body = pdu.response(tlv(2, integer(request_id)), status, 0, b"")
        return self.seal(body, level, self.user, context_engine)

    def seal(self, body: bytes, level: Level, user: User, context_engine: bytes) -> bytes:
        head = global_data(self.message_id, level, is_reportable=False)
        return self.usm.seal(head, user, level, tlv(0x30, tlv(4, context_engine) + tlv(4, self.context) + body))


@pytest.fixture
def informs() -> V3Informs:
    numbers = count(77)
    return V3Informs(localized, PRIV, OWN, lambda: next(numbers), 1)


def deliver(informs: V3Informs, engine: Engine, now_s: float = 0.0) -> int:
    """Send the inform until it is acknowledged; how many messages that took."""
    for sent in range(1, 10):
        answer = informs.read(engine.answer(informs.message(ORDER, now_s)), now_s)
        if answer == Acknowledged(ORDER.request_id):
            return sent
        assert answer == Again(ORDER.request_id)
    raise AssertionError("not acknowledged")


def test_discovery_takes_two_messages_and_later_informs_one(informs: V3Informs) -> None:
    engine = Engine()
    assert deliver(informs, engine) == 3
    assert deliver(informs, engine) == 1


def test_another_engine_id_costs_two_messages_more_and_lost_boots_one(informs: V3Informs) -> None:
    deliver(informs, Engine())
    other = Engine(b"\x80\x00\x1f\x88\x04nms-2", boots=1, time_s=5)
    assert deliver(informs, other) == 3
    other.at(boots=9, time_s=0)
    assert deliver(informs, other) == 2
    other.at(boots=1, time_s=0)
    assert deliver(informs, other) == 2


def test_the_receivers_time_runs_on_by_our_own_clock(informs: V3Informs) -> None:
    engine = Engine(time_s=1000)
    deliver(informs, engine, now_s=0)
    engine.at(3, 5000)
    assert deliver(informs, engine, now_s=4000.5) == 1


def test_the_discovery_message_says_nothing_of_the_notification(informs: V3Informs) -> None:
    message = informs.message(ORDER, 0)
    assert b"noc" not in message
    assert b"antenna" not in message


def asked(informs: V3Informs) -> Engine:
    """An engine that has the inform, and has not answered yet."""
    engine = Engine()
    deliver(informs, engine)
    engine.answer(informs.message(ORDER, 0))
    return engine


def test_only_the_right_answer_acknowledges(informs: V3Informs) -> None:
    engine = asked(informs)
    right = engine.respond()
    assert informs.read(engine.respond(request_id=4243), 0) is None
    assert informs.read(engine.respond(level=PLAIN), 0) is None
    assert informs.read(engine.respond(level=AUTH), 0) is None
    assert informs.read(engine.respond(context_engine=b"\x80\x00\x1f\x88\x05other"), 0) is None
    assert informs.read(right[:-1] + bytes((right[-1] ^ 1,)), 0) is None
    other = Engine(b"\x80\x00\x1f\x88\x04nms-2")
    other.message_id = engine.message_id
    assert informs.read(other.respond(), 0) is None
    engine.message_id += 1000
    assert informs.read(engine.respond(), 0) is None
    assert informs.read(right, 0) == Acknowledged(ORDER.request_id)


def test_an_inform_in_a_devices_context_is_acknowledged_in_that_context_alone() -> None:
    numbers = count(77)
    informs, engine = V3Informs(localized, PRIV, OWN, lambda: next(numbers), 1, names_device=True), Engine()
    for _ in range(2):
        informs.read(engine.answer(informs.message(ORDER, 0)), 0)
    answered = engine.answer(informs.message(ORDER, 0))
    assert tlv(4, OWN) + tlv(4, b"lts1") in engine.scoped
    assert informs.read(answered, 0) is None, "it names the default context"
    engine.context = b"lts1"
    assert informs.read(engine.answer(informs.message(ORDER, 0)), 0) == Acknowledged(ORDER.request_id)


def test_answers_from_before_are_not_taken(informs: V3Informs) -> None:
    engine = asked(informs)
    for boots, time_s in ((2, 2000), (3, 849)):
        engine.at(boots, time_s)
        assert informs.read(engine.respond(), 0) is None
    engine.at(3, 851)
    assert informs.read(engine.respond(), 0) == Acknowledged(ORDER.request_id)


def test_an_error_in_the_answer_is_named(informs: V3Informs) -> None:
    engine = asked(informs)
    assert informs.read(engine.respond(status=16), 0) == Refused(
        ORDER.request_id, "the receiver answered authorizationError"
    )  # fmt: skip


def test_a_report_without_authentication_moves_no_time(informs: V3Informs) -> None:
    engine = asked(informs)
    right = engine.respond()
    engine.at(2**31 - 2, 1)
    assert isinstance(informs.read(engine.report(NOT_IN_TIME, PLAIN), 0), Complaint)
    assert informs.read(right, 0) == Acknowledged(ORDER.request_id)


def test_a_refused_user_is_said(informs: V3Informs) -> None:
    engine = asked(informs)
    answer = informs.read(engine.report(REPORT_UNKNOWN_USER, PLAIN, User(b"noc")), 0)
    assert answer == Complaint("the receiver does not know the user (usmStatsUnknownUserNames)")


def test_an_engine_that_never_settles_is_not_followed_for_ever(informs: V3Informs) -> None:
    for number in range(4):
        engine = Engine(b"\x80\x00\x1f\x88\x04nms-" + bytes((65 + number,)))
        answer = informs.read(engine.answer(informs.message(ORDER, 0)), 0)
    assert isinstance(answer, Complaint)
