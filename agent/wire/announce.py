"""The standard notifications of every agent (RFC 3418), ready for every receiver."""

from __future__ import annotations

from math import inf

from agent.mib.encoding import OBJECT_IDENTIFIER, Oid, oid, tlv
from agent.mib.standard.notices import AUTHENTICATION_FAILURE, COLD_START, SNMP_TRAP_ENTERPRISE
from agent.wire.notice import Notice


class Pace:
    """Lets one through per interval: what anybody can cause by a datagram must not become a flood of notifications."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._open_s = -inf

    def admits(self, now_s: float) -> bool:
        """Whether one may go now, by a clock that only goes forward."""
        if now_s < self._open_s:
            return False
        self._open_s = now_s + self._interval_s
        return True


def cold_start(root: Oid, uptime_ticks: int) -> Notice:
    """A coldStart (RFC 3418), which in SNMPv1 comes from our own enterprise."""
    return Notice(COLD_START, (_enterprise(root),), uptime_ticks)


def authentication_failure(root: Oid, uptime_ticks: int) -> Notice:
    """An authenticationFailure (RFC 3418): somebody used a wrong community, user or key."""
    return Notice(AUTHENTICATION_FAILURE, (_enterprise(root),), uptime_ticks)


def _enterprise(root: Oid) -> bytes:
    return tlv(0x30, tlv(OBJECT_IDENTIFIER, oid(SNMP_TRAP_ENTERPRISE)) + tlv(OBJECT_IDENTIFIER, oid(root)))
