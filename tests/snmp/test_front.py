"""The front: from which address answers leave, and how it takes what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct

import pytest

from agent.snmp.front import BATCH, Complaints, Front, _from_there
from agent.snmp.sockets import open_sockets
from agent.snmp.throttle import FailureLog
from agent.wire.counters import Counters
from agent.wire.strangers import AuthenticationFailure, Reason
from tests.snmp.agents import exchange

ASKED = socket.inet_aton("192.0.2.1")


def test_ip7_the_answer_leaves_from_the_address_asked_by_whatever_interface_the_route_says() -> None:
    came = [(socket.IPPROTO_IP, 8, struct.pack("=I4s4s", 3, ASKED, socket.inet_aton("192.0.2.255")))]
    assert _from_there(came) == [(socket.IPPROTO_IP, 8, struct.pack("=I4s4s", 0, ASKED, bytes(4)))]
    for address, index in (("2001:db8::1", 0), ("::1", 0), ("fe80::1", 3), ("febf::1", 3), ("fec0::1", 0)):
        octets = socket.inet_pton(socket.AF_INET6, address)
        came = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, octets + struct.pack("=I", 3))]
        leaves = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, octets + struct.pack("=I", index))]
        assert _from_there(came) == leaves
    assert _from_there([]) == []


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"])
def test_a_fault_costs_one_answer_and_one_log_line(listen: str, caplog: pytest.LogCaptureFixture) -> None:
    def answer(datagram: bytes, address: str) -> bytes | None:
        if datagram == b"bad":
            raise ValueError("a fault")
        return {b"none": None, b"long": bytes(70_000)}.get(datagram, datagram)

    async def serve() -> bytes | None:
        counters = Counters()
        opened = open_sockets([listen])
        front = Front(opened, answer, counters)
        here = ("::1" if "[" in listen else "127.0.0.1", opened[0].getsockname()[1])
        with socket.socket(socket.AF_INET6 if "[" in listen else socket.AF_INET, socket.SOCK_DGRAM) as asking:
            for datagram in (b"bad", b"none", b"long") * (BATCH // 2):
                asking.sendto(datagram, here)
        answered = await asyncio.to_thread(exchange, here, b"good")
        assert counters.silent_drops == BATCH // 2
        front.close()
        return answered

    assert asyncio.run(serve()) == b"good"
    assert [record.message for record in caplog.records if "datagram-failed" in record.message] == [
        f"datagram-failed from={'::1' if '[' in listen else '127.0.0.1'} octets=3 held_back=0"
    ]


def test_complaints_are_one_a_minute(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.ERROR)
    now_s = 1000.0
    monkeypatch.setattr("agent.snmp.throttle.time.monotonic", lambda: now_s)
    complain = Complaints()
    for _ in range(50):
        complain("request-failed", ValueError("x"))
    now_s += 61
    complain("request-failed", ValueError("x"))
    assert [record.message for record in caplog.records] == [
        "request-failed held_back=0",
        "request-failed held_back=49",
    ]


def test_a_complaint_of_one_kind_does_not_hide_one_of_another(caplog: pytest.LogCaptureFixture) -> None:
    complain = Complaints()
    for text in ("request-failed pdu=0xa0", "request-failed pdu=0xa1", "set-failed from=::1"):
        complain(text, ValueError("x"))
    assert [record.message for record in caplog.records] == [
        "request-failed pdu=0xa0 held_back=0",
        "set-failed from=::1 held_back=0",
    ]


def test_failed_proofs_are_logged_once_a_minute_for_each_reason(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr("agent.snmp.throttle.time.monotonic", lambda: now_s)
    observe = FailureLog()
    for _ in range(5):
        observe(AuthenticationFailure(Reason.BAD_COMMUNITY, "192.0.2.1", 9))
    observe(AuthenticationFailure(Reason.WRONG_DIGEST, "192.0.2.2", 0))
    now_s += 60
    observe(AuthenticationFailure(Reason.BAD_COMMUNITY, "192.0.2.3", 0))
    assert [record.message for record in caplog.records] == [
        "authentication-failed reason=badCommunity from=192.0.2.1 held_back=9",
        "authentication-failed reason=wrongDigest from=192.0.2.2 held_back=0",
        "authentication-failed reason=badCommunity from=192.0.2.3 held_back=40",
    ]
