"""Notifications as messages of v1 and v2c."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from agent.mib.encoding import OBJECT_IDENTIFIER, Oid, oid
from agent.mib.standard.notices import SNMP_TRAP_ENTERPRISE
from agent.wire import ber
from agent.wire.announce import Pace, cold_start
from agent.wire.delivery import Order
from agent.wire.notice import Notice
from agent.wire.trap import V1Traps, V2cNotifications, trap_v1
from tests.notify.notices import MODULE, notice, varbind
from tests.notify.receivers import request_id

TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)


class TrapV1(NamedTuple):
    enterprise: Oid
    agent_address: bytes
    generic: int
    specific: int
    ticks: int


def read_trap_v1(octets: bytes) -> TrapV1:
    at, _ = ber.expect(octets, 0, 0xA4)
    at, end = ber.expect(octets, at, 6)
    enterprise = ber.object_identifier(octets[at:end])
    at, end = ber.expect(octets, end, 0x40)
    address = octets[at:end]
    generic, at = ber.integer(octets, end)
    specific, at = ber.integer(octets, at)
    at, end = ber.expect(octets, at, 0x43)
    return TrapV1(enterprise, address, generic, specific, int.from_bytes(octets[at:end], "big"))


@pytest.mark.parametrize(
    ("trap_oid", "enterprise", "generic", "specific"),
    [
        ((*TRAPS, 1), TRAPS, 0, 0),
        ((*TRAPS, 5), TRAPS, 4, 0),
        ((*TRAPS, 6), TRAPS, 5, 0),
        ((*TRAPS, 7), TRAPS, 6, 7),
        ((1, 3, 6, 1, 4, 1, 99, 0, 17), (1, 3, 6, 1, 4, 1, 99), 6, 17),
        ((1, 3, 6, 1, 4, 1, 99, 3, 17), (1, 3, 6, 1, 4, 1, 99, 3), 6, 17),
    ],
)
def test_rfc3584_3_2_enterprise_generic_and_specific_follow_from_the_type(
    trap_oid: Oid, enterprise: Oid, generic: int, specific: int
) -> None:
    trap = read_trap_v1(trap_v1(Notice(trap_oid, uptime_ticks=2**32 + 5), bytes((192, 0, 2, 1))))
    assert trap == (enterprise, bytes((192, 0, 2, 1)), generic, specific, 5)


def test_rfc3584_3_2_a_standard_trap_comes_from_the_enterprise_it_names() -> None:
    named = varbind(SNMP_TRAP_ENTERPRISE, OBJECT_IDENTIFIER, oid((1, 3, 6, 1, 4, 1, 99)))
    assert read_trap_v1(trap_v1(Notice((*TRAPS, 1), (named,)), bytes(4))).enterprise == (1, 3, 6, 1, 4, 1, 99)
    assert read_trap_v1(trap_v1(cold_start(MODULE.root, 1), bytes(4))).enterprise == MODULE.root


@pytest.mark.parametrize("number", [0, 1, 2**31 - 1])
def test_the_request_id_is_the_one_ordered(number: int) -> None:
    for is_confirmed in (True, False):
        dialect = V2cNotifications(b"public", is_confirmed=is_confirmed)
        assert request_id(dialect.message(Order(number, notice()), 0)) == number


def test_traps_read_no_answers() -> None:
    assert V1Traps(b"public").read(b"\x30\x00", 0) is None
    assert V2cNotifications(b"p", is_confirmed=False).read(V2cNotifications(b"p", is_confirmed=True).message(
        Order(1, notice()), 0), 0) is None  # fmt: skip


def test_a_pace_lets_one_through_per_interval() -> None:
    pace = Pace(10)
    assert [pace.admits(now_s) for now_s in (0, 1, 9.9, 10, 11, 20.5)] == [True, False, False, True, False, True]
