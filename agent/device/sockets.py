"""Sockets that never wait longer than what is left of their request's time."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Any

from agent.device.allowance import Allowance
from agent.device.lookup import Resolver

# Dead peers behind a firewall are noticed after about a minute and a half instead of the system's two hours.
_KEEPALIVE = (("TCP_KEEPIDLE", 45), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 3))


class TimedSocket(socket.socket):
    """A TCP socket that asks its allowance before each wait and counts what comes in."""

    allowance: Allowance

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into a buffer; http.client reads through this alone."""
        self.settimeout(self.allowance.reading_s())
        count = super().recv_into(buffer, nbytes, flags)
        self.allowance.received += count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything; the time-out of `sendall` is for all of it."""
        self.settimeout(self.allowance.reading_s())
        super().sendall(data, flags)


class TimedTlsSocket(ssl.SSLSocket):
    """The same for TLS; the allowance is the one of its context."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Receive; used where TLS runs inside the TLS connection to a proxy."""
        self._bound()
        return super().recv(buflen, flags)

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Receive into a buffer; the time-out holds for a whole TLS record, however it drips in."""
        allowance = self._bound()
        count = super().recv_into(buffer, nbytes, flags)
        allowance.received += count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything; a request fits one TLS record."""
        self._bound()
        super().sendall(data, flags)

    def _bound(self) -> Allowance:
        context = self.context
        assert isinstance(context, TimedContext)  # noqa: S101 - only such a context makes these sockets
        self.settimeout(context.allowance.reading_s())
        return context.allowance


class TimedContext(ssl.SSLContext):
    """A TLS context whose handshakes and sockets keep to an allowance."""

    sslsocket_class = TimedTlsSocket
    allowance: Allowance

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """Do the handshake; the socket's time-out holds for all of it."""
        sock.settimeout(self.allowance.reading_s())
        return super().wrap_socket(sock, *args, **kwargs)


def connect(host: str, port: int, allowance: Allowance, resolver: Resolver) -> TimedSocket:
    """A connection to the first address of the host that takes it.

    Raises:
        OSError: no address took it in time; the last address's error.
    """
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "the name has no address")
    for family, kind, protocol, _, address in resolver.addresses(host, port, allowance.connecting_s()):
        connection: TimedSocket | None = None
        try:
            connection = TimedSocket(family, kind, protocol)
            connection.allowance = allowance
            _set_options(connection)
            connection.settimeout(allowance.connecting_s())
            connection.connect(address)
        except OSError as problem:
            failure = problem
            if connection is not None:
                connection.close()
        else:
            return connection
    raise failure


def _set_options(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            with contextlib.suppress(OSError):  # not on every system; SO_KEEPALIVE alone does then
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
