"""UDP sockets, bound here so that an address in use is an error and not silence."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.config import ListenAddress, parse_listen
from agent.config.listen import conflict
from agent.errors import HostError

RECEIVE_BUFFER = 1 << 20
"""Octets asked for; the kernel may give less. A burst of managers fits, a default buffer holds 256 requests."""

_HINTS = {
    errno.EADDRINUSE: "another program listens there (an SNMP daemon?)",
    errno.EACCES: "ports below 1024 need the capability CAP_NET_BIND_SERVICE",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
    errno.EMFILE: "a process may not have so many files; raise LimitNOFILE of the unit, or ulimit -n",
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


_Key = tuple[str, str]


def _key(address: ListenAddress) -> _Key:
    """What a socket is known by over reloads; of port 0 there may be several, which stay with their contexts."""
    return address.text, address.context if parse_listen(address.text)[1] == 0 else ""


@dataclass(frozen=True, slots=True)
class _Listening:
    address: ListenAddress
    opened: socket.socket


@dataclass(frozen=True, slots=True)
class Change:
    """Sockets that are about to take the place of others.

    Attributes:
        contexts: all sockets there will be, and the context that each stands for.
        fresh: those among them that are new.
        gone: those that are not among them any more.
    """

    contexts: Mapping[socket.socket, str]
    fresh: tuple[socket.socket, ...]
    gone: tuple[socket.socket, ...]
    _listening: Mapping[_Key, _Listening]

    def abandon(self) -> None:
        """All stays as it was."""
        for opened in self.fresh:
            opened.close()


class Sockets:
    """All sockets of the agent, one for each address, over reloads. For the process that opens them."""

    def __init__(self) -> None:
        self._listening: dict[_Key, _Listening] = {}

    @property
    def contexts(self) -> dict[socket.socket, str]:
        """Each socket, and the context that it stands for."""
        return {one.opened: one.address.context for one in self._listening.values()}

    def prepare(self, wanted: Iterable[ListenAddress]) -> Change:
        """Open what is wanted and not there; nothing is closed before `take`.

        Raises:
            HostError: naming the address that could not be had; all is as before.
        """
        addresses = {_key(address): address for address in wanted}
        missing = {key: address for key, address in addresses.items() if key not in self._listening}
        gone = [one for key, one in self._listening.items() if key not in addresses]
        found = conflict([*(one.address for one in gone), *missing.values()])
        if found is not None:
            raise HostError(
                f"cannot listen on {found[0].text} while {found[1].text} is open, which this configuration gives up; "
                "restart the agent, or give it up first"
            )
        fresh = open_sockets(address.text for address in missing.values())
        known = {key: one.opened for key, one in self._listening.items()} | dict(zip(missing, fresh, strict=True))
        listening = {key: _Listening(address, known[key]) for key, address in addresses.items()}
        contexts = {one.opened: one.address.context for one in listening.values()}
        return Change(contexts, tuple(fresh), tuple(one.opened for one in gone), listening)

    def take(self, change: Change) -> None:
        """Go on with the sockets of a change; those that are not among them are closed."""
        self._listening = dict(change._listening)
        for opened in change.gone:
            opened.close()

    def close(self) -> None:
        """Close all."""
        for one in self._listening.values():
            one.opened.close()
        self._listening = {}
