"""Messages as such: what is accepted, what is refused in silence, what is counted."""

from __future__ import annotations

import random
import time

import pytest

from tests.conformance.subject import (
    IN_BAD_COMMUNITY_NAMES,
    IN_BAD_VERSIONS,
    IN_PARSE_ERRS,
    SYS_DESCR,
    SYS_NAME,
    Subject,
)
from tests.hostile.mutation import hostile
from tests.snmp import messages
from tests.snmp.asking import connection, dotted, exchange
from tests.snmp.messages import V1, V2C, Oid

STRING = messages.STRING


def test_rfc3416_4_2_1_M01_a_v2c_get_is_answered_with_its_request_id_and_name(subject: Subject) -> None:
    """A v2c GET is answered with its own request-id and name, error 0, index 0."""
    answer = subject.ask(messages.get(SYS_DESCR, request_id=4711))
    assert (answer.version, answer.community, answer.tag) == (V2C, b"public", messages.RESPONSE)
    assert (answer.request_id, answer.outcome, answer.names) == (4711, (0, 0), [SYS_DESCR])
    assert answer.values[0][0] == STRING
    done = subject.run("snmpget", SYS_DESCR)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{dotted(SYS_DESCR)} = STRING: ")


def test_rfc1157_4_1_2_M02_a_v1_get_is_answered_in_a_v1_message(subject: Subject) -> None:
    """A v1 GET is answered in a v1 message."""
    answer = subject.ask(messages.get(SYS_DESCR, version=V1))
    assert (answer.version, answer.community, answer.tag) == (V1, b"public", messages.RESPONSE)
    assert (answer.outcome, answer.names) == ((0, 0), [SYS_DESCR])
    done = subject.run("snmpget", SYS_DESCR, who=["-v1", "-c", "public"])
    assert done.stdout.startswith(f"{dotted(SYS_DESCR)} = STRING: ")


@pytest.mark.parametrize("request_id", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_rfc3416_3_M03_request_ids_of_all_32_bits_are_echoed(subject: Subject, request_id: int) -> None:
    """Request-ids from -2^31 to 2^31-1 are echoed."""
    for version in (V1, V2C):
        assert subject.ask(messages.get(SYS_NAME, request_id=request_id, version=version)).request_id == request_id


def test_rfc3417_3_M04_answers_come_from_the_address_and_port_that_were_asked(subject: Subject) -> None:
    """The answer comes from the address and port that were asked, on every address listened on."""
    assert len(subject.addresses) == 3
    for address in subject.addresses:
        # A connected socket hears nobody else.
        answer = exchange(address, messages.get(SYS_DESCR))
        assert answer is not None
        assert messages.read(answer).outcome == (0, 0)


def test_rfc3584_5_2_1_M05_an_unknown_community_meets_silence_and_is_counted(subject: Subject) -> None:
    """An unknown community meets silence and counts in snmpInBadCommunityNames."""
    before = subject.number(IN_BAD_COMMUNITY_NAMES)
    assert subject.is_silent_on(messages.get(SYS_NAME, community=b"wrong"), messages.get(SYS_NAME, community=b""))
    assert subject.number(IN_BAD_COMMUNITY_NAMES) == before + 2
    done = subject.run("snmpget", SYS_NAME, who=["-v2c", "-c", "wrong"], wait_s=0.3, retries=0)
    assert "Timeout" in done.stderr
    assert subject.number(IN_BAD_COMMUNITY_NAMES) == before + 3


def test_rfc3412_7_2_M06_an_unknown_version_meets_silence_and_is_counted(subject: Subject) -> None:
    """An unknown version meets silence and counts in snmpInBadVersions."""
    before = subject.number(IN_BAD_VERSIONS)
    body = messages.pdu(messages.GET, [SYS_NAME])
    assert subject.is_silent_on(*(messages.message(body, version=version) for version in (2, 4, -1, 2**31 - 1)))
    assert subject.number(IN_BAD_VERSIONS) == before + 4


def test_rfc3412_7_2_M07_truncated_messages_meet_silence_and_are_counted(subject: Subject) -> None:
    """A truncated message meets silence and counts in snmpInASNParseErrs."""
    before = subject.number(IN_PARSE_ERRS)
    whole = messages.get(SYS_NAME)
    cut = [whole[:size] for size in range(1, len(whole))]
    assert subject.is_silent_on(*cut)
    assert subject.number(IN_PARSE_ERRS) == before + len(cut)


def test_rfc3417_8_M08_lengths_longer_than_needed_are_accepted(subject: Subject) -> None:
    """Length octets that are not minimal are accepted."""
    name = messages.tlv(6, messages.oid_content(SYS_NAME), pad=2)
    body = messages.tlv(0xA0, messages.integer(5), messages.integer(0) * 2,
                        messages.tlv(0x30, messages.tlv(0x30, name, messages.NULL, pad=1), pad=3), pad=1)  # fmt: skip
    padded = messages.tlv(0x30, messages.integer(1), messages.tlv(4, b"public", pad=1), body, pad=2)
    answer = subject.ask(padded)
    assert (answer.outcome, answer.names, answer.values[0][0]) == ((0, 0), [SYS_NAME], STRING)


def indefinite(what: str) -> bytes:
    """A message with one indefinite length."""
    null = messages.varbind(SYS_NAME)
    body = messages.pdu(messages.GET, [null])
    if what == "message":
        return b"\x30\x80" + messages.get(SYS_NAME)[2:] + b"\0\0"
    if what == "PDU":
        return messages.tlv(0x30, messages.integer(1), messages.string(b"public"), b"\xa0\x80", body[2:], b"\0\0")
    return messages.message(messages.tlv(0xA0, messages.integer(1) * 3, b"\x30\x80", null, b"\0\0"))


@pytest.mark.parametrize("what", ["message", "PDU", "varbind list"])
def test_rfc3417_8_M09_indefinite_lengths_are_refused(subject: Subject, what: str) -> None:
    """An indefinite length is refused, and counted as a parse error."""
    before = subject.number(IN_PARSE_ERRS)
    assert subject.is_silent_on(indefinite(what))
    assert subject.number(IN_PARSE_ERRS) == before + 1


@pytest.mark.parametrize("what", ["community", "value"])
def test_rfc3417_8_M10_constructed_strings_are_refused(subject: Subject, what: str) -> None:
    """A constructed OCTET STRING is refused."""
    if what == "community":
        body = messages.pdu(messages.GET, [SYS_NAME])
        sent = messages.tlv(0x30, messages.integer(1), messages.tlv(0x24, messages.string(b"public")), body)
    else:
        value = messages.tlv(0x24, messages.string(b"ab"))
        sent = messages.message(messages.pdu(messages.SET, [messages.varbind(SYS_NAME, value)]))
    assert subject.is_silent_on(sent)


@pytest.mark.parametrize("octets", [484, 1472])
def test_rfc3417_3_2_M11_requests_of_484_and_of_1472_octets_are_accepted(subject: Subject, octets: int) -> None:
    """Requests of 484 and of 1472 octets are accepted."""
    answer = subject.ask(messages.get_of_size(SYS_NAME, octets))
    assert (answer.outcome, answer.values[0][0]) == ((0, 0), STRING)


@pytest.mark.parametrize("encoded", [b"\x90\x80\x80\x80\x00", b"\xff" * 300 + b"\x01"], ids=["2^32", "huge"])
def test_rfc2578_3_5_M12_sub_identifiers_of_more_than_32_bits_are_refused(subject: Subject, encoded: bytes) -> None:
    """A sub-identifier over 2^32-1 is refused; 140 too many are harmless, and 128 are answered."""
    name = messages.tlv(6, b"\x2b\x06" + encoded)
    assert subject.is_silent_on(messages.message(messages.pdu(messages.GET, [messages.tlv(0x30, name, b"\x05\0")])))
    subject.answers(messages.get((*SYS_NAME, *[1] * 140)))
    assert subject.is_alive()
    longest: Oid = (*SYS_NAME, *[2**32 - 1] * 119)
    assert subject.ask(messages.get(longest)).varbinds == [(longest, messages.NO_SUCH_INSTANCE)]


@pytest.mark.parametrize("version", [V1, V2C])
@pytest.mark.parametrize("tag", [messages.RESPONSE, messages.INFORM, messages.TRAP, messages.REPORT])
def test_rfc3413_3_2_M13_pdus_that_are_no_requests_meet_silence(subject: Subject, tag: int, version: int) -> None:
    """Response, trap, inform and Report PDUs sent to the agent meet silence."""
    assert subject.is_silent_on(messages.message(messages.pdu(tag, [SYS_NAME]), version=version))


def test_rfc3413_3_2_M13_a_v1_trap_meets_silence(subject: Subject) -> None:
    """Response, trap, inform and Report PDUs sent to the agent meet silence."""
    trap = messages.tlv(0xA4, messages.tlv(6, b"\x2b\x06\x01"), messages.tlv(0x40, bytes(4)), messages.integer(0) * 2,
                        messages.integer(0, 0x43), b"\x30\x00")  # fmt: skip
    assert subject.is_silent_on(messages.message(trap, version=V1))


def test_beyond_the_rfcs_M14_three_thousand_mutated_datagrams_leave_the_agent_alive(subject: Subject) -> None:
    """After 3000 mutated datagrams (as PROTOS c06 sends them) it answers, and never stalled for a second."""
    slowest_s = 0.0
    with connection(subject.address) as asking:
        for turn, datagram in enumerate(hostile(random.Random(14), subject.discover(), 3000), 1):
            asking.send(datagram)
            if turn % 50 == 0:
                begun = time.monotonic()
                assert subject.is_alive()
                slowest_s = max(slowest_s, time.monotonic() - begun)
    assert slowest_s < 1


def test_beyond_the_rfcs_M15_a_63_kb_datagram_with_a_wrong_community_costs_little(subject: Subject) -> None:
    """A 63 kB request of 9000 varbinds with a wrong community holds nobody up for 100 ms."""
    huge = messages.message(messages.pdu(messages.GET, [(0, 0)] * 9000), community=b"wrong")
    assert 62_000 < len(huge) < 65_507
    took_s = []
    for _ in range(3):  # the quickest of three: a busy machine delays, and never hastens
        begun = time.monotonic()
        with connection(subject.address) as asking:
            asking.send(huge)
            assert subject.is_alive()
        took_s.append(time.monotonic() - begun)
    assert min(took_s) < 0.1
