"""Messages of v1 and v2c: what is accepted, refused in silence, counted, beyond what tests/conformance shows."""

from __future__ import annotations

import socket

import pytest

from agent.snmp.gate import REQUEST_OCTETS
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, RunningAgent, connection, exchange
from tests.snmp.conftest import Start, on_wire

SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)


def test_an_empty_datagram_meets_silence(agent: RunningAgent) -> None:
    assert agent.is_silent_on(b"")


def refused(what: str) -> bytes:
    """A message with one thing in it that is not allowed."""
    null = messages.varbind(SYS_NAME)
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
        "constructed community",
        "constructed value",
        "sub-identifier over 32 bits",
        "huge sub-identifier",
        "129 sub-identifiers",
    ],
)
def test_what_rfc3417_8_and_rfc2578_3_5_refuse_is_counted_as_a_parse_error(agent: RunningAgent, what: str) -> None:
    before = agent.counters.in_asn_parse_errs
    assert agent.is_silent_on(refused(what))
    assert agent.counters.in_asn_parse_errs == before + 1


def test_requests_of_the_largest_size_that_is_worked_on_are_accepted(agent: RunningAgent) -> None:
    assert agent.ask(messages.get_of_size(SYS_NAME, REQUEST_OCTETS)).values == [(messages.STRING, b"north")]


@pytest.mark.parametrize("octets", [REQUEST_OCTETS + 1, 65_000])
def test_requests_larger_than_any_manager_sends_are_refused_and_counted(agent: RunningAgent, octets: int) -> None:
    """No RFC says which; tooBig tells a manager what to do, and the pysnmp path cannot afford to say it."""
    before = agent.counters.oversized
    if agent.is_wire:
        answer = agent.ask(messages.get_of_size(SYS_NAME, octets))
        assert (answer.request_id, answer.outcome, answer.varbinds) == (1, (messages.TOO_BIG, 0), [])
    else:
        assert agent.is_silent_on(messages.get_of_size(SYS_NAME, octets))
    assert agent.counters.oversized == before + 1


@on_wire
def test_an_oversized_request_without_a_request_id_is_dropped_and_counted(agent: RunningAgent) -> None:
    before = agent.counters.oversized
    huge = messages.message(messages.tlv(messages.GET, messages.string(bytes(10_000))))
    assert agent.is_silent_on(huge)
    assert agent.counters.oversized == before + 1


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
@pytest.mark.parametrize("tag", [0xA9, 0xBF, 0x30])
def test_pdus_there_are_not_meet_silence(agent: RunningAgent, tag: int, version: int) -> None:
    assert agent.is_silent_on(messages.message(messages.pdu(tag, [SYS_NAME]), version=version))


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
