"""The way to one receiver: a connected UDP socket, and the address it is connected to, looked up when that is a name.

The socket stays the same one as long as its family does, so notifications keep their source address and port. It is
connected, so that the kernel passes on what comes from the receiver alone, and tells ICMP errors. What is about a
device with an address of its own has a socket that is bound to that, from its first notification on.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from math import inf
from typing import Any

from agent.config import ReceiverSettings
from agent.snmp.origin import ipv4_shown_to, source_to

LARGEST = 65_535
SOURCE_AGAIN_S = 60
"""An own address that could not be sent from is tried again after so long."""
_Found = tuple[int, Any]
"""Family, and socket address: of two parts for IPv4, of four for IPv6."""


@dataclass(frozen=True, slots=True)
class Events:
    """Whom a route calls.

    Attributes:
        readable: something waits to be received on a socket.
        opened: datagrams can be sent, from this own IPv4 address (zeros for IPv6).
        failed: there is no address to send to; the text says why.
        unrefreshed: what is used on is not what should be: a name could not be looked up again, or a device's own
            address cannot be sent from.
    """

    readable: Callable[[socket.socket], None]
    opened: Callable[[bytes], None]
    failed: Callable[[str], None]
    unrefreshed: Callable[[str], None]


class Route:
    """The way to one receiver, until it is closed. Made and closed within one event loop.

    Args:
        settings: where the receiver is, and where messages leave from.
        resolver: where host names are looked up, which may take long.
    """

    def __init__(self, settings: ReceiverSettings, resolver: Executor, events: Events) -> None:
        self._loop = asyncio.get_running_loop()
        self._host, self._port = settings.endpoint
        self._own = settings.own_endpoint
        self._resolver = resolver
        self._events = events
        self._is_name = isinstance(_numeric(self._host, self._port), OSError)
        self._socket: socket.socket | None = None
        self._by_source: dict[str, socket.socket] = {}
        self._refused_until_s: dict[str, float] = {}
        self._address: Any = None
        self._looked_up_s = -inf
        self._looking_up: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether datagrams can be sent."""
        return self._address is not None

    @property
    def is_opening(self) -> bool:
        """Whether that will be known soon."""
        return self._looking_up is not None

    def see_to(self, now_s: float, patience_s: float) -> None:
        """Open it where it is not, and look a name up again that was looked up longer ago than the patience lasts."""
        if self._looking_up is not None:
            return
        if not self._is_name:
            if self._address is None:
                self._take(_numeric(self._host, self._port))
        elif self._address is None or now_s - self._looked_up_s >= patience_s:
            self._looking_up = self._loop.create_task(self._look_up())

    def lose(self) -> None:
        """The network does not take datagrams for the address any more: open it anew next time."""
        self._address = None

    def send(self, datagram: bytes, hosts: Sequence[str] = ()) -> None:
        """Send one datagram, from the first of these own addresses that fits the receiver, if one does.

        Raises:
            OSError: it did not leave; ConnectionRefusedError tells of an earlier one.
        """
        if self._socket is None or self._address is None:
            raise OSError(errno.ENOTCONN, "no address yet")
        source = source_to(self._address[0], hosts) if hosts and self._own is None else ""
        (self._from(source) or self._socket).send(datagram)

    def ipv4_of(self, hosts: Sequence[str]) -> bytes:
        """The IPv4 address among these that the receiver can make something of, b"" for none."""
        return b"" if self._address is None else ipv4_shown_to(self._address[0], hosts)

    def _from(self, source: str) -> socket.socket | None:
        """The socket that sends from an own address; None where that cannot be, which is tried again later."""
        if not source or source in self._by_source:
            return self._by_source.get(source)
        now_s = self._loop.time()
        if now_s < self._refused_until_s.get(source, -inf):
            return None
        try:
            opened = self._bound(*_first(source), self._address)
        except OSError as problem:
            self._refused_until_s[source] = now_s + SOURCE_AGAIN_S
            self._events.unrefreshed(f"cannot send from {source}: {problem.strerror}")
            return None
        self._by_source[source] = opened
        return opened

    def close(self) -> None:
        """Close the socket."""
        if self._looking_up is not None:
            self._looking_up.cancel()
        self._address = None
        self._close_socket()

    async def _look_up(self) -> None:
        family = socket.AF_UNSPEC
        if self._own is not None:
            family = socket.AF_INET6 if ":" in self._own[0] else socket.AF_INET
        try:
            found = await self._loop.run_in_executor(self._resolver, _resolved, self._host, self._port, family)
        finally:
            self._looking_up = None
        self._looked_up_s = self._loop.time()
        self._take(found)

    def _take(self, found: list[_Found] | OSError) -> None:
        """Connect to the first address that can be had; one that is in use stays as long as the name means it."""
        problem = ""
        if isinstance(found, OSError):
            problem, found = f"cannot look up {self._host}: {found.strerror}", []
        if self._address is not None and any(address == self._address for _, address in found):
            return
        for family, address in found:
            try:
                self._connect(family, address)
            except OSError as refused:
                problem = refused.strerror or str(refused)
                continue
            self._events.opened(self._own_ipv4())
            return
        (self._events.unrefreshed if self.is_open else self._events.failed)(problem)

    def _connect(self, family: int, address: Any) -> None:
        self._close_others()
        if self._socket is None or self._socket.family != family:
            self._renew_socket(family)
        if self._socket is not None:
            self._socket.connect(address)
            self._address = address

    def _renew_socket(self, family: int) -> None:
        self._close_socket()
        self._socket = self._bound(family, self._own or ("::" if family == socket.AF_INET6 else "0.0.0.0", 0))

    def _bound(self, family: int, own: Any, address: Any = None) -> socket.socket:
        """A socket at an own address, connected where it is told to."""
        fresh = socket.socket(family, socket.SOCK_DGRAM)
        try:
            fresh.settimeout(0)
            fresh.bind(own)
            if address is not None:
                fresh.connect(address)
        except OSError:
            fresh.close()
            raise
        self._loop.add_reader(fresh, self._events.readable, fresh)
        return fresh

    def _close_socket(self) -> None:
        self._close_others()
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _close_others(self) -> None:
        for opened in self._by_source.values():
            self._loop.remove_reader(opened)
            opened.close()
        self._by_source = {}
        self._refused_until_s = {}

    def _own_ipv4(self) -> bytes:
        if self._socket is None or self._socket.family != socket.AF_INET:
            return bytes(4)
        return socket.inet_aton(self._socket.getsockname()[0])


def _numeric(host: str, port: int) -> list[_Found] | OSError:
    """What a written IP address means; an error for a name."""
    return _asked(host, port, socket.AF_UNSPEC, socket.AI_NUMERICHOST)


def _first(host: str) -> _Found:
    """Family and socket address of an own address, with any port.

    Raises:
        OSError: the machine has no such interface.
    """
    found = _numeric(host, 0)
    if isinstance(found, OSError):
        raise found
    return found[0]


def _resolved(host: str, port: int, family: int) -> list[_Found] | OSError:
    """What a host name means."""
    return _asked(host, port, family, 0)


def _asked(host: str, port: int, family: int, flags: int) -> list[_Found] | OSError:
    try:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM, flags=flags)
    except OSError as problem:
        return problem
    except UnicodeError:
        return OSError(errno.EINVAL, "no host name")
    return [(entry[0], entry[4]) for entry in found]
