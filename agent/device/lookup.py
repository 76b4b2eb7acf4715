"""Name lookup that ends in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from typing import Any

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
"""One entry of `socket.getaddrinfo`."""


class _Lookup(threading.Thread):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(name=f"lookup {host}", daemon=True)
        self.asked = (host, port)
        self.found: Sequence[Address] = ()
        self.problem: OSError | None = None

    def run(self) -> None:
        try:
            self.found = socket.getaddrinfo(*self.asked, type=socket.SOCK_STREAM)
        except OSError as problem:
            self.problem = problem
        except UnicodeError:
            self.problem = socket.gaierror(socket.EAI_NONAME, "not a host name")


class Resolver:
    """Looks names up in a thread, since `getaddrinfo` cannot be interrupted and may take half a minute.

    A lookup that outlives its time is not abandoned for another one: the next call waits for the same thread, so
    there is never more than one. It ends when the system's resolver gives up.
    """

    def __init__(self) -> None:
        self._pending: _Lookup | None = None

    def addresses(self, host: str, port: int, wait_s: float) -> Sequence[Address]:
        """The addresses of a host, at least one.

        Raises:
            TimeoutError: no answer within `wait_s` seconds.
            OSError: the name cannot be resolved (socket.gaierror).
        """
        try:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            pass  # no literal address
        lookup = self._pending
        if lookup is None or lookup.asked != (host, port):
            lookup = self._pending = _Lookup(host, port)
            lookup.start()
        lookup.join(wait_s)
        if lookup.is_alive():
            raise TimeoutError(f"the name {host} was not resolved in time")
        self._pending = None
        if lookup.problem is not None:
            raise lookup.problem
        return lookup.found
