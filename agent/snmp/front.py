"""The front: datagrams from sockets to the entity and back, in batches, within the event loop.

Nothing here waits, and nothing a datagram holds ends it: a fault of the entity's costs one answer and one log line.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from agent.wire.counters import Counters

log = logging.getLogger(__name__)

BATCH = 64
"""Datagrams read from one socket before the others, and the rest of the program, get their turn."""
LOG_EVERY_S = 60.0
_LARGEST = 65_535
_WILDCARDS = frozenset({"0.0.0.0", "::"})
_SPACE = socket.CMSG_SPACE(32)
_IP_PKTINFO = getattr(socket, "IP_PKTINFO", 8)

Answer = Callable[[bytes, str], bytes | None]


class Front:
    """Serves sockets until it is closed. Made and closed in one event loop."""

    def __init__(self, sockets: Sequence[socket.socket], answer: Answer, counters: Counters) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = list(sockets)
        self._answer = answer
        self._counters = counters
        self._logged_s = -LOG_EVERY_S
        self._unlogged = 0
        for opened in self._sockets:
            drain = self._drain_wildcard if _is_wildcard(opened) else self._drain
            self._loop.add_reader(opened, drain, opened)

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
            if answer is not None:
                self._send(opened.sendto, answer, address)

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
            if answer is not None:
                self._send(opened.sendmsg, [answer], _from_there(ancillary), 0, address)

    def _ask(self, datagram: bytes, address: str) -> bytes | None:
        try:
            return self._answer(datagram, address)
        except Exception as problem:
            self._complain(f"datagram-failed from={address} octets={len(datagram)}", problem)
            return None

    def _send(self, send: Callable[..., int], *arguments: Any) -> None:
        try:
            send(*arguments)
        except OSError:
            # The send buffer is full, or there is no route back: UDP promises nothing, the manager asks again.
            self._counters.silent_drops += 1

    def _complain(self, text: str, problem: Exception) -> None:
        """Log a fault, at most one a minute."""
        now_s = time.monotonic()
        if now_s - self._logged_s < LOG_EVERY_S:
            self._unlogged += 1
            return
        log.error("%s unlogged_before=%d", text, self._unlogged, exc_info=problem)
        self._logged_s, self._unlogged = now_s, 0


def _is_wildcard(opened: socket.socket) -> bool:
    if opened.getsockname()[0] not in _WILDCARDS:
        return False
    if opened.family == socket.AF_INET6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        opened.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    return True


def _from_there(ancillary: Sequence[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Ancillary data that sends from the address a datagram came to (ip(7), ipv6(7))."""
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            index, local, _ = struct.unpack("=I4s4s", data[:12])
            return [(level, kind, struct.pack("=I4s4s", index, local, b"\0\0\0\0"))]
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            return [(level, kind, data[:20])]
    return []
