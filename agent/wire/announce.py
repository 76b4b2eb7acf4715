"""The notifications that are no alarms, ready for every receiver: cold start, wrong credentials, ready, heartbeat."""

from __future__ import annotations

from math import inf
from typing import Any

from agent.mib.declaration import Module, Notification
from agent.mib.encoding import OBJECT_IDENTIFIER, Oid, oid, tlv
from agent.mib.standard.notices import AUTHENTICATION_FAILURE, COLD_START, HEARTBEAT, READY, SNMP_TRAP_ENTERPRISE
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


def ready(module: Module, view: Any, uptime_ticks: int, more: tuple[bytes, ...] = ()) -> Notice:
    """The lnbReady that follows the first poll of every device.

    Args:
        module: where its objects are declared.
        view: what the scalars of the group lnbAgent are read from (AgentView).
        uptime_ticks: sysUpTime now.
        more: finished varbinds behind its own, such as the last sequence number.
    """
    return _told(READY, module, view, uptime_ticks, more)


def heartbeat(module: Module, view: Any, uptime_ticks: int, more: tuple[bytes, ...] = ()) -> Notice:
    """An lnbHeartbeat; arguments as of `ready`."""
    return _told(HEARTBEAT, module, view, uptime_ticks, more)


def _told(said: Notification, module: Module, view: Any, uptime_ticks: int, more: tuple[bytes, ...]) -> Notice:
    own = tuple(scalar(module, name, view) for name in said.objects)
    return Notice((*module.root, 0, said.arc), (*own, *more), uptime_ticks)


def scalar(module: Module, name: str, view: Any) -> bytes:
    """The whole VarBind of a scalar whose value is a function of the view.

    Raises:
        Unreadable: the value does not fit its syntax.
    """
    located = module.objects[name]
    column = located.column
    assert column.value is not None  # noqa: S101 - declared so
    name_octets = tlv(OBJECT_IDENTIFIER, oid((*located.oid, 0)))
    return tlv(0x30, name_octets + tlv(column.syntax.tag, column.syntax.encode(column.value(view))))


def _enterprise(root: Oid) -> bytes:
    return tlv(0x30, tlv(OBJECT_IDENTIFIER, oid(SNMP_TRAP_ENTERPRISE)) + tlv(OBJECT_IDENTIFIER, oid(root)))
