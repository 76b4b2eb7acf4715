"""SET where nothing may be written: every SET is answered (test_writing.py has SETs that succeed)."""

from __future__ import annotations

import pytest

from tests.snmp import messages
from tests.snmp.agents import NUMBERS, USERS, RunningAgent
from tests.snmp.messages import NO_ACCESS, NOT_WRITABLE, Oid, User

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
UNKNOWN: Oid = (1, 3, 6, 1, 4, 1, 1, 1, 0)
READ_ONLY_COUNTER: Oid = (1, 3, 6, 1, 2, 1, 11, 1, 0)


def refusal(agent: RunningAgent) -> int:
    """Without a write view every name is outside of it: noAccess (RFC 3416 4.2.5 step 1).

    The pysnmp path writes nothing whatever the view, so that step 2, notWritable, is as right there.
    """
    return NO_ACCESS if agent.is_wire else NOT_WRITABLE


def setting(*names: Oid, value: bytes = b"\x04\x04evil") -> bytes:
    return messages.pdu(messages.SET, [messages.varbind(name, value) for name in names], request_id=12)


@pytest.mark.parametrize(
    "names", [[SYS_NAME], [READ_ONLY_COUNTER], [UNKNOWN], [(*NUMBERS, 1, 1)], [SYS_NAME, UNKNOWN, SYS_NAME]]
)
@pytest.mark.parametrize("community", [b"public", b"nothing"])
def test_rfc3416_4_2_5_v2c_is_refused_at_the_first_varbind(
    agent: RunningAgent, names: list[Oid], community: bytes
) -> None:
    answer = agent.ask(messages.message(setting(*names), community=community))
    assert (answer.request_id, answer.outcome) == (12, (refusal(agent), 1))
    assert answer.varbinds == [(name, (4, b"evil")) for name in names]
    assert agent.ask(messages.get(SYS_NAME)).values == [(messages.STRING, b"north")]


@pytest.mark.parametrize("names", [[SYS_NAME], [UNKNOWN], [SYS_NAME, UNKNOWN]])
def test_rfc3584_4_4_v1_is_no_such_name_at_the_first_varbind(agent: RunningAgent, names: list[Oid]) -> None:
    answer = agent.ask(messages.message(setting(*names), version=messages.V1))
    assert (answer.outcome, answer.names) == ((messages.NO_SUCH_NAME, 1), names)
    assert agent.ask(messages.get(SYS_NAME)).values == [(messages.STRING, b"north")]


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
@pytest.mark.parametrize("names", [[SYS_NAME], [UNKNOWN, SYS_NAME]])
def test_rfc3416_4_2_5_v3_is_refused_at_the_first_varbind(agent: RunningAgent, user: User, names: list[Oid]) -> None:
    answer = agent.ask_as(user, setting(*names))
    assert answer.flags == user.level
    assert (answer.pdu.tag, answer.pdu.outcome, answer.pdu.names) == (
        messages.RESPONSE,
        (refusal(agent), 1),
        names,
    )
    assert agent.ask(messages.get(SYS_NAME)).values == [(messages.STRING, b"north")]


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
def test_rfc3416_4_2_5_an_empty_v3_set_is_answered_without_error(agent: RunningAgent, user: User) -> None:
    answer = agent.ask_as(user, messages.pdu(messages.SET)).pdu
    assert (answer.outcome, answer.varbinds) == ((0, 0), [])


@pytest.mark.parametrize(
    "value",
    [b"\x02\x01\x05", b"\x05\x00", b"\x06\x01\x2b", b"\x40\x04abcd", b"\x41\x01\x01", b"\x42\x01\x01", b"\x43\x01\x01",
     b"\x44\x02ab", b"\x46\x01\x01", b"\x80\x00", b"\x02\x04\x80\x00\x00\x00", b"\x04\x00"],
)  # fmt: skip
def test_a_set_of_any_type_is_answered(agent: RunningAgent, value: bytes) -> None:
    assert agent.ask(messages.message(setting(SYS_NAME, value=value))).outcome == (refusal(agent), 1)


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
@pytest.mark.parametrize("octets", [1300, 1400, 1450, 1500, 5000])
def test_a_set_whose_echo_does_not_fit_is_too_big(agent: RunningAgent, version: int, octets: int) -> None:
    value = messages.string(bytes(octets))
    answer = agent.ask(messages.message(setting(SYS_NAME, value=value), version=version))
    assert answer.size <= agent.settings.max_message_size
    refused = messages.NO_SUCH_NAME if version == messages.V1 else refusal(agent)
    assert answer.outcome == ((refused, 1) if octets <= 1400 else (messages.TOO_BIG, 0))


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
@pytest.mark.parametrize("octets", [200, 300, 400, 1200])
def test_a_v3_set_whose_echo_does_not_fit_the_manager_is_too_big(agent: RunningAgent, user: User, octets: int) -> None:
    answer = agent.ask_as(user, setting(SYS_NAME, value=messages.string(bytes(octets))), max_size=484)
    assert answer.size <= 484
    assert answer.pdu.outcome == ((refusal(agent), 1) if octets <= 200 else answer.pdu.outcome)
    assert answer.pdu.outcome in {(refusal(agent), 1), (messages.TOO_BIG, 0)}
