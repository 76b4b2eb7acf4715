"""UDP sockets, bound here so that an address in use is an error and not silence."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from agent.config import parse_listen
from agent.errors import HostError

RECEIVE_BUFFER = 1 << 20
"""Octets asked for; the kernel may give less. A burst of managers fits, a default buffer holds 256 requests."""

_HINTS = {
    errno.EADDRINUSE: "another program listens there (an SNMP daemon?)",
    errno.EACCES: "ports below 1024 need the capability CAP_NET_BIND_SERVICE",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
}


def open_sockets(addresses: Iterable[str]) -> list[socket.socket]:
    """Bound sockets, one per address and port.

    Raises:
        HostError: naming the address that could not be had; none stays open then.
    """
    opened: list[socket.socket] = []
    try:
        for address in addresses:
            opened.append(_open(address))
    except OSError as problem:
        for one in opened:
            one.close()
        hint = _HINTS.get(problem.errno or 0, "")
        text = f"cannot listen on {address}: {problem.strerror}"
        raise HostError(f"{text}; {hint}" if hint else text) from problem
    return opened


def _open(address: str) -> socket.socket:
    host, port = parse_listen(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            # Else [::] would also take IPv4 and collide with 0.0.0.0 on the same port.
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.settimeout(0)
        opened.bind(socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM)[0][4])
    except OSError:
        opened.close()
        raise
    return opened
