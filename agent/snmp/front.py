"""The front: datagrams from sockets to the entity and back, in batches, within the event loop.

Nothing here waits, and nothing a datagram holds ends it: a fault of the entity's costs one answer and one log line.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from agent.snmp.throttle import Throttle
from agent.wire.counters import Counters
from agent.wire.later import Answer, Later

log = logging.getLogger(__name__)

BATCH = 64
"""Datagrams read from one socket before the others, and the rest of the program, get their turn."""
_LARGEST = 65_535
_WILDCARDS = frozenset({"0.0.0.0", "::"})
_SPACE = socket.CMSG_SPACE(32)
_IP_PKTINFO = getattr(socket, "IP_PKTINFO", 8)

Answering = Callable[[bytes, str], Answer]


class Complaints:
    """Logs faults of our own, which datagrams may cause over and over, at most one a minute of each kind."""

    def __init__(self) -> None:
        self._throttle = Throttle()

    def __call__(self, text: str, problem: Exception) -> None:
        """Log a fault, or count it."""
        held_back = self._throttle.admits(text.partition(" ")[0])
        if held_back is not None:
            log.error("%s held_back=%d", text, held_back, exc_info=problem)


class Front:
    """Serves sockets until it is closed. Made and closed in one event loop."""

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        answer: Answering,
        counters: Counters,
        complain: Complaints | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = list(sockets)
        self._answer = answer
        self._counters = counters
        self._complain = complain or Complaints()
        for opened in self._sockets:
            drain = self._drain_wildcard if _is_wildcard(opened) else self._drain
            self._loop.add_reader(opened, drain, opened)

    def answer_with(self, answer: Answering) -> None:
        """Answer from now on with something else; what waits on the sockets is not lost."""
        self._answer = answer

    def close(self) -> None:
        """Close all sockets."""
        for opened in self._sockets:
            self._loop.remove_reader(opened)
            opened.close()
        self._sockets = []

    def _drain(self, opened: socket.socket) -> None:
        """Answer what waits on a socket bound to one address."""
        for _ in range(BATCH):
            try:
                datagram, address = opened.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error of an earlier answer, told by the kernel here
            answer = self._ask(datagram, address[0])
            if type(answer) is bytes:
                self._send(opened.sendto, answer, address)
            elif isinstance(answer, Later):
                answer.then(partial(self._send_later, opened.sendto, (address,)))

    def _drain_wildcard(self, opened: socket.socket) -> None:
        """The same on a socket bound to all addresses: the answer leaves from the address that was asked."""
        for _ in range(BATCH):
            try:
                datagram, ancillary, _, address = opened.recvmsg(_LARGEST, _SPACE)
            except BlockingIOError:
                return
            except OSError:
                continue
            answer = self._ask(datagram, address[0])
            if type(answer) is bytes:
                self._send(opened.sendmsg, [answer], _from_there(ancillary), 0, address)
            elif isinstance(answer, Later):
                send = partial(_send_message, opened)
                answer.then(partial(self._send_later, send, (_from_there(ancillary), 0, address)))

    def _ask(self, datagram: bytes, address: str) -> Answer:
        try:
            return self._answer(datagram, address)
        except Exception as problem:
            self._complain(f"datagram-failed from={address} octets={len(datagram)}", problem)
            return None

    def _send_later(self, send: Callable[..., int], where: tuple[Any, ...], answer: bytes | None) -> None:
        if answer is not None and self._sockets:
            self._send(send, answer, *where)

    def _send(self, send: Callable[..., int], *arguments: Any) -> None:
        try:
            send(*arguments)
        except OSError:
            # The send buffer is full, or there is no route back: UDP promises nothing, the manager asks again.
            self._counters.silent_drops += 1


def _send_message(opened: socket.socket, answer: bytes, *where: Any) -> int:
    return opened.sendmsg([answer], *where)


def _is_wildcard(opened: socket.socket) -> bool:
    if opened.getsockname()[0] not in _WILDCARDS:
        return False
    if opened.family == socket.AF_INET6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    return True


def _from_there(ancillary: Sequence[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Ancillary data that sends from the address a datagram came to (ip(7), ipv6(7)).

    The route chooses the interface, which need not be the one the datagram came by; only a link-local address needs it.
    """
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            local = data[4:8]
            return [(level, kind, struct.pack("=I4s4s", 0, local, bytes(4)))]
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            is_link_local = data[0] == 0xFE and data[1] & 0xC0 == 0x80
            return [(level, kind, data[:16] + (data[16:20] if is_link_local else bytes(4)))]
    return []
