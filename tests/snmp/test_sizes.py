"""Answers never exceed what this agent or the manager can take."""

from __future__ import annotations

import pytest

from tests.snmp import messages
from tests.snmp.agents import LONG, NUMBERS, USERS
from tests.snmp.conftest import Start
from tests.snmp.messages import User


@pytest.mark.parametrize("limit", [484, 1472, 65507])
def test_no_answer_exceeds_the_configured_size(start: Start, limit: int) -> None:
    agent = start(users=USERS, max_message_size=limit)
    fitting = {484: 1, 1472: 4, 65507: 30}[limit]
    for count in (1, 2, 4, 5, 30):
        names = [(*LONG, 1, row) for row in range(1, count + 1)]
        fits = count <= fitting
        for version in (messages.V1, messages.V2C):
            answer = agent.ask(messages.get(*names, version=version))
            assert answer.size <= limit
            assert answer.status == (0 if fits else messages.TOO_BIG)
        answer = agent.ask(messages.get_bulk(0, count, LONG))
        assert (answer.outcome, answer.size <= limit) == ((0, 0), True)
        assert answer.names == names[:fitting]
        for user in USERS[:3]:
            bulk = agent.ask_as(user, messages.pdu(messages.GET_BULK, [LONG], b=count))
            assert (bulk.pdu.outcome, bulk.size <= limit) == ((0, 0), True)
            assert len(bulk.pdu.names) >= min(count, fitting) - 1


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
@pytest.mark.parametrize("offered", [484, 500, 800, 1472, 65507])
def test_rfc3412_6_3_no_v3_answer_exceeds_the_managers_size(start: Start, user: User, offered: int) -> None:
    agent = start(users=[user], max_message_size=1400)
    peer = agent.discover()
    for names, repetitions in (([NUMBERS], 1000), ([LONG], 10), ([NUMBERS, LONG], 10)):
        answer = agent.ask_as(user, messages.pdu(messages.GET_BULK, names, b=repetitions), peer, max_size=offered)
        assert (answer.pdu.tag, answer.pdu.outcome) == (messages.RESPONSE, (0, 0))
        assert answer.size <= min(offered, 1400)
        if names == [NUMBERS]:
            assert answer.size > min(offered, 1400) - 100, "room is left unused"
    for count in range(1, 7):
        body = messages.pdu(messages.GET, [(*LONG, 1, row) for row in range(1, count + 1)])
        answer = agent.ask_as(user, body, peer, max_size=offered)
        assert answer.size <= min(offered, 1400)
        assert answer.pdu.outcome in {(0, 0), (messages.TOO_BIG, 0)}
        assert (answer.pdu.varbinds == []) is (answer.pdu.status != 0)


def test_rfc3412_6_3_the_longest_names_leave_room_enough(start: Start) -> None:
    user = User(b"u" * 32, "SHA-512", b"authpass-9", "AES-256", b"privpass-9")
    agent = start(users=[user], engine_id="0x80" + "11" * 31)
    answer = agent.ask_as(
        user, messages.pdu(messages.GET_BULK, [NUMBERS], b=1000, request_id=-(2**31)), msg_id=2**31 - 1
    )
    assert (answer.pdu.outcome, answer.msg_id) == ((0, 0), 2**31 - 1)
    assert 1472 - 70 < answer.size <= 1472
    small = agent.ask_as(user, messages.pdu(messages.GET_BULK, [NUMBERS], b=1000), max_size=484)
    assert (small.pdu.outcome, small.size <= 484) == ((0, 0), True)
    assert small.pdu.varbinds
