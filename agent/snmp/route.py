"""The way to one receiver: one connected UDP socket, and the address it is connected to, looked up when that is a name.

The socket stays the same one as long as its family does, so notifications keep their source address and port. It is
connected, so that the kernel passes on what comes from the receiver alone, and tells ICMP errors.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from math import inf
from typing import Any

from agent.config import ReceiverSettings

_LARGEST = 65_535
_Found = tuple[int, Any]
"""Family, and socket address: of two parts for IPv4, of four for IPv6."""


@dataclass(frozen=True, slots=True)
class Events:
    """Whom a route calls.

    Attributes:
        readable: something waits to be received.
        opened: datagrams can be sent, from this own IPv4 address (zeros for IPv6).
        failed: there is no address to send to; the text says why.
        unrefreshed: a name could not be looked up again; the earlier address is used on.
    """

    readable: Callable[[], None]
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

    def send(self, datagram: bytes) -> None:
        """Send one datagram.

        Raises:
            OSError: it did not leave; ConnectionRefusedError tells of an earlier one.
        """
        if self._socket is None or self._address is None:
            raise OSError(errno.ENOTCONN, "no address yet")
        self._socket.send(datagram)

    def receive(self) -> bytes:
        """The next datagram from the receiver.

        Raises:
            OSError: BlockingIOError when there is none; others are ICMP errors of what was sent.
        """
        if self._socket is None:
            raise BlockingIOError
        return self._socket.recv(_LARGEST)

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
        if self._socket is None or self._socket.family != family:
            self._renew_socket(family)
        if self._socket is not None:
            self._socket.connect(address)
            self._address = address

    def _renew_socket(self, family: int) -> None:
        self._close_socket()
        fresh = socket.socket(family, socket.SOCK_DGRAM)
        try:
            fresh.settimeout(0)
            fresh.bind(self._own or ("::" if family == socket.AF_INET6 else "0.0.0.0", 0))
        except OSError:
            fresh.close()
            raise
        self._socket = fresh
        self._loop.add_reader(fresh, self._events.readable)

    def _close_socket(self) -> None:
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _own_ipv4(self) -> bytes:
        if self._socket is None or self._socket.family != socket.AF_INET:
            return bytes(4)
        return socket.inet_aton(self._socket.getsockname()[0])


def _numeric(host: str, port: int) -> list[_Found] | OSError:
    """What a written IP address means; an error for a name."""
    return _asked(host, port, socket.AF_UNSPEC, socket.AI_NUMERICHOST)


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
