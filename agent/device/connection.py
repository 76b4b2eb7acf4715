"""urllib3 connections and pools made of the sockets of this package."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from agent.device.allowance import Allowance
from agent.device.lookup import Resolver
from agent.device.sockets import TimedSocket, connect
from agent.device.tls import check_pin


@dataclass(frozen=True, slots=True)
class Line:
    """What the connections of one client share.

    Attributes:
        place: the device's URL without path, for messages.
        pin: SHA-256 fingerprint its certificate must have, or None.
    """

    allowance: Allowance
    resolver: Resolver
    place: str
    pin: str | None


class PlainConnection(HTTPConnection):
    """A connection over HTTP."""

    line: Line
    served = False

    def _new_conn(self) -> TimedSocket:
        return connect(self._dns_host, self.port, self.line.allowance, self.line.resolver)

    def connect(self) -> None:
        """Connect; what is sent leaves from then on, and not before."""
        self.line.allowance.sent = False
        super().connect()
        self.line.allowance.sent = True

    def close(self) -> None:
        """Close; urllib3 opens the same object again for a later request."""
        self.served = False
        super().close()

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, noting whether the connection has served another one before."""
        _note_request(self)
        super().request(*args, **kwargs)


class TlsConnection(HTTPSConnection):
    """A connection over HTTPS, with the pinned fingerprint checked before anything is sent."""

    line: Line
    served = False

    def _new_conn(self) -> TimedSocket:
        return connect(self._dns_host, self.port, self.line.allowance, self.line.resolver)

    def close(self) -> None:
        """Close; urllib3 opens the same object again for a later request."""
        self.served = False
        super().close()

    def connect(self) -> None:
        """Connect, do the handshake and check the pin.

        Raises:
            TlsFailed: the certificate is not the pinned one.
        """
        super().connect()
        if self.line.pin is not None:
            wrapped = cast(ssl.SSLSocket, self.sock)
            check_pin(self.line.pin, wrapped.getpeercert(binary_form=True), self.line.place)
        # urllib3 warns at each connection that it did not verify; here the pin did, or the operator wrote verify: false
        self.is_verified = True

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, noting whether the connection has served another one before."""
        _note_request(self)
        super().request(*args, **kwargs)


def _note_request(connection: PlainConnection | TlsConnection) -> None:
    connection.line.allowance.sent = True
    connection.line.allowance.reused = connection.served
    connection.served = True


class PlainPool(HTTPConnectionPool):
    """Connections over HTTP of one client."""

    ConnectionCls = PlainConnection

    def __init__(self, line: Line, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line

    def _new_conn(self) -> PlainConnection:
        connection = cast(PlainConnection, super()._new_conn())
        connection.line = self._line
        return connection


class TlsPool(HTTPSConnectionPool):
    """Connections over HTTPS of one client."""

    ConnectionCls = TlsConnection

    def __init__(self, line: Line, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line = line

    def _new_conn(self) -> TlsConnection:
        connection = cast(TlsConnection, super()._new_conn())
        connection.line = self._line
        return connection


def pools(line: Line) -> dict[str, Callable[..., HTTPConnectionPool]]:
    """What urllib3's pool managers make pools with, by scheme."""
    return {"http": functools.partial(PlainPool, line), "https": functools.partial(TlsPool, line)}
