"""Messages of v1 and v2c as such: what is accepted, what is refused in silence, what is counted (M of the list)."""

from __future__ import annotations

import socket

import pytest

from agent.snmp.gate import REQUEST_OCTETS
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, RunningAgent, connection, exchange
from tests.snmp.conftest import Start, on_wire

SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
SNMP_GROUP = (1, 3, 6, 1, 2, 1, 11)


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
def test_rfc3416_4_2_1_get_is_answered_in_its_own_version_with_its_name(agent: RunningAgent, version: int) -> None:
    answer = agent.ask(messages.get(SYS_NAME, version=version, request_id=4711))
    assert (answer.version, answer.community, answer.tag) == (version, b"public", messages.RESPONSE)
    assert (answer.request_id, answer.outcome) == (4711, (0, 0))
    assert answer.varbinds == [(SYS_NAME, (messages.STRING, b"north"))]


@pytest.mark.parametrize("request_id", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_rfc3416_3_request_ids_are_echoed(agent: RunningAgent, request_id: int) -> None:
    for version in (messages.V1, messages.V2C):
        assert agent.ask(messages.get(SYS_NAME, request_id=request_id, version=version)).request_id == request_id


def test_rfc3584_5_2_1_an_unknown_community_meets_silence_and_is_counted(agent: RunningAgent) -> None:
    before = agent.ask(messages.get((*SNMP_GROUP, 4, 0))).values[0][1]
    assert agent.is_silent_on(messages.get(SYS_NAME, community=b"wrong"), messages.get(SYS_NAME, community=b""))
    after = agent.ask(messages.get((*SNMP_GROUP, 4, 0))).values[0][1]
    assert messages.number(after) == messages.number(before) + 2


def test_rfc3412_4_2_1_an_unknown_version_meets_silence_and_is_counted(agent: RunningAgent) -> None:
    before = agent.counters.in_bad_versions
    body = messages.pdu(messages.GET, [SYS_NAME])
    assert agent.is_silent_on(*(messages.message(body, version=version) for version in (2, 4, -1, 2**31 - 1)))
    assert agent.counters.in_bad_versions == before + 4


def test_rfc3412_4_2_1_truncated_messages_meet_silence_and_are_counted(agent: RunningAgent) -> None:
    before = agent.counters.in_asn_parse_errs
    whole = messages.get(SYS_NAME)
    cut = [whole[:size] for size in range(1, len(whole))]
    assert agent.is_silent_on(*cut)
    assert agent.counters.in_asn_parse_errs == before + len(cut)


def test_an_empty_datagram_meets_silence(agent: RunningAgent) -> None:
    assert agent.is_silent_on(b"")


def test_rfc3417_8_lengths_longer_than_needed_are_accepted(agent: RunningAgent) -> None:
    name = messages.tlv(6, messages.oid_content(SYS_NAME), pad=2)
    body = messages.tlv(0xA0, messages.integer(5), messages.integer(0) * 2,
                        messages.tlv(0x30, messages.tlv(0x30, name, messages.NULL, pad=1), pad=3), pad=1)  # fmt: skip
    padded = messages.tlv(0x30, messages.integer(1), messages.tlv(4, b"public", pad=1), body, pad=2)
    assert agent.ask(padded).values == [(messages.STRING, b"north")]


def refused(what: str) -> bytes:
    """A message with one thing in it that is not allowed."""
    null = messages.varbind(SYS_NAME)
    if what == "indefinite length of the message":
        return b"\x30\x80" + messages.get(SYS_NAME)[2:] + b"\0\0"
    if what == "indefinite length of the varbind list":
        return messages.message(messages.tlv(0xA0, messages.integer(1) * 3, b"\x30\x80", null, b"\0\0"))
    if what == "indefinite length of the PDU":
        body = messages.pdu(messages.GET, [null])
        return messages.tlv(0x30, messages.integer(1), messages.string(b"public"), b"\xa0\x80", body[2:], b"\0\0")
    if what == "constructed community":
        body = messages.pdu(messages.GET, [null])
        return messages.tlv(0x30, messages.integer(1), messages.tlv(0x24, messages.string(b"public")), body)
    if what == "constructed value":
        value = messages.tlv(0x24, messages.string(b"ab"))
        return messages.message(messages.pdu(messages.SET, [messages.varbind(SYS_NAME, value)]))
    if what == "sub-identifier over 32 bits":
        name = messages.tlv(6, b"\x2b\x06\x90\x80\x80\x80\x00")
        return messages.message(messages.pdu(messages.GET, [messages.tlv(0x30, name, messages.NULL)]))
    if what == "huge sub-identifier":
        name = messages.tlv(6, b"\x2b" + b"\xff" * 300 + b"\x01")
        return messages.message(messages.pdu(messages.GET, [messages.tlv(0x30, name, messages.NULL)]))
    assert what == "129 sub-identifiers"
    return messages.get((*SYS_NAME, *[1] * 120))


@pytest.mark.parametrize(
    "what",
    [
        "indefinite length of the message",
        "indefinite length of the varbind list",
        "indefinite length of the PDU",
        "constructed community",
        "constructed value",
        "sub-identifier over 32 bits",
        "huge sub-identifier",
        "129 sub-identifiers",
    ],
)
def test_rfc3417_8_and_rfc2578_3_5_refused_is(agent: RunningAgent, what: str) -> None:
    before = agent.counters.in_asn_parse_errs
    assert agent.is_silent_on(refused(what))
    assert agent.counters.in_asn_parse_errs == before + 1


def test_rfc2578_3_5_a_name_of_128_sub_identifiers_is_answered(agent: RunningAgent) -> None:
    name = (*SYS_NAME, *[2**32 - 1] * 119)
    assert len(name) == 128
    assert agent.ask(messages.get(name)).varbinds == [(name, messages.NO_SUCH_INSTANCE)]


def of_size(octets: int) -> bytes:
    """A GET of exactly this size, padded in the value, which a GET ignores."""
    for padding in range(max(octets - 60, 0), octets):
        datagram = messages.get(messages.varbind(SYS_NAME, messages.string(bytes(padding))))
        if len(datagram) == octets:
            return datagram
    raise AssertionError(octets)


@pytest.mark.parametrize("octets", [484, 1472, REQUEST_OCTETS])
def test_rfc3417_3_2_requests_of_this_size_are_accepted(agent: RunningAgent, octets: int) -> None:
    assert agent.ask(of_size(octets)).values == [(messages.STRING, b"north")]


@pytest.mark.parametrize("octets", [REQUEST_OCTETS + 1, 65_000])
def test_requests_larger_than_any_manager_sends_are_refused_and_counted(agent: RunningAgent, octets: int) -> None:
    """No RFC says which; tooBig tells a manager what to do, and the pysnmp path cannot afford to say it."""
    before = agent.counters.oversized
    if agent.is_wire:
        answer = agent.ask(of_size(octets))
        assert (answer.request_id, answer.outcome, answer.varbinds) == (1, (messages.TOO_BIG, 0), [])
    else:
        assert agent.is_silent_on(of_size(octets))
    assert agent.counters.oversized == before + 1


@on_wire
def test_an_oversized_request_without_a_request_id_is_dropped_and_counted(agent: RunningAgent) -> None:
    before = agent.counters.oversized
    huge = messages.message(messages.tlv(messages.GET, messages.string(bytes(10_000))))
    assert agent.is_silent_on(huge)
    assert agent.counters.oversized == before + 1


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
@pytest.mark.parametrize("tag", [messages.RESPONSE, messages.INFORM, messages.TRAP, messages.REPORT, 0xA9, 0xBF, 0x30])
def test_rfc3412_other_pdus_than_requests_meet_silence(agent: RunningAgent, tag: int, version: int) -> None:
    assert agent.is_silent_on(messages.message(messages.pdu(tag, [SYS_NAME]), version=version))


def test_rfc1157_4_1_6_a_v1_trap_meets_silence(agent: RunningAgent) -> None:
    trap = messages.tlv(0xA4, messages.tlv(6, b"\x2b\x06\x01"), messages.tlv(0x40, bytes(4)), messages.integer(0) * 2,
                        messages.integer(0, 0x43), b"\x30\x00")  # fmt: skip
    assert agent.is_silent_on(messages.message(trap, version=messages.V1))


def test_rfc3416_get_bulk_in_a_v1_message_is_not_answered(agent: RunningAgent) -> None:
    body = messages.pdu(messages.GET_BULK, [NUMBERS], b=5)
    assert agent.is_silent_on(messages.message(body, version=messages.V1))


@pytest.mark.parametrize(("status", "index"), [(-1, 0), (99, 5), (0, -(2**31)), (2**31 - 1, 2**31 - 1)])
@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
def test_rfc3416_3_error_status_and_index_of_a_request_are_ignored(
    agent: RunningAgent, version: int, status: int, index: int
) -> None:
    answer = agent.ask(messages.message(messages.pdu(messages.GET, [SYS_NAME], a=status, b=index), version=version))
    assert (answer.outcome, answer.values) == ((0, 0), [(messages.STRING, b"north")])


@pytest.mark.parametrize("community", ["größe", "€", "x" * 255, "a b\tc", "ü" * 100])
def test_communities_of_any_characters_are_served_whole(start: Start, community: str) -> None:
    agent = start(communities=[{"name": community}])
    octets = community.encode()
    answer = messages.read(exchange(agent.address, messages.get(SYS_NAME, community=octets)) or b"")
    assert (answer.community, answer.values) == (octets, [(messages.STRING, b"north")])
    full = messages.read(exchange(agent.address, messages.get_bulk(0, 500, NUMBERS, community=octets)) or b"")
    assert agent.settings.max_message_size - 90 < full.size <= agent.settings.max_message_size


def test_rfc3417_answers_come_from_the_address_and_port_that_were_asked(start: Start) -> None:
    agent = start(listen=["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"])
    for address in agent.addresses:
        # A connected socket hears nobody else.
        assert messages.read(exchange(address, messages.get(SYS_NAME)) or b"").values == [(messages.STRING, b"north")]


@on_wire  # the pysnmp path listens on loopback only
def test_rfc3417_answers_of_a_wildcard_socket_come_from_the_address_that_was_asked(start: Start) -> None:
    agent = start(listen=["0.0.0.0:0", "[::]:0"])
    for host, (_, port) in zip(("127.0.0.2", "::1"), agent.addresses, strict=True):
        assert exchange((host, port), messages.get(SYS_NAME), 0.5) is not None


@on_wire
def test_ipv4_and_ipv6_wildcards_share_a_port(start: Start) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    agent = start(listen=[f"0.0.0.0:{port}", f"[::]:{port}"])
    for host in ("127.0.0.1", "::1"):
        assert exchange((host, port), messages.get(SYS_NAME)) is not None
    assert agent.counters.in_pkts == 2


def test_a_burst_of_requests_is_answered_whole(agent: RunningAgent) -> None:
    with connection(agent.address) as asking:
        for request_id in range(200):
            asking.send(messages.get(SYS_NAME, request_id=request_id))
        assert [messages.read(asking.recv(65535)).request_id for _ in range(200)] == list(range(200))
