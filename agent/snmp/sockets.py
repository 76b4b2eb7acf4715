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
    return [one for (one,) in open_copies(addresses, 1)]


def open_copies(addresses: Iterable[str], copies: int) -> list[tuple[socket.socket, ...]]:
    """Bound sockets, so many per address and port; of several the kernel chooses one by who asks (SO_REUSEPORT).

    Raises:
        HostError: naming the address that could not be had; none stays open then.
    """
    opened: list[tuple[socket.socket, ...]] = []
    try:
        for address in addresses:
            opened.append(_open_all(address, copies))
    except OSError as problem:
        _close(one for each in opened for one in each)
        hint = _HINTS.get(problem.errno or 0, "")
        text = f"cannot listen on {address}: {problem.strerror}"
        raise HostError(f"{text}; {hint}" if hint else text) from problem
    return opened


def _open_all(address: str, copies: int) -> tuple[socket.socket, ...]:
    host, port = parse_listen(address)
    if copies == 1:
        return (_open(host, port),)
    # Sharing a port with ourselves must not mean sharing it with a stranger: one who has it is met by this one.
    _open(host, port).close()
    opened: list[socket.socket] = []
    try:
        for _ in range(copies):
            opened.append(_open(host, port, is_shared=True))
            port = opened[0].getsockname()[1]
    except OSError:
        _close(opened)
        raise
    return tuple(opened)


def _open(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            # Else [::] would also take IPv4 and collide with 0.0.0.0 on the same port.
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if is_shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.settimeout(0)
        opened.bind(socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM)[0][4])
    except OSError:
        opened.close()
        raise
    return opened


def _close(sockets: Iterable[socket.socket]) -> None:
    for opened in sockets:
        opened.close()


_Key = tuple[str, str]


def _key(address: ListenAddress) -> _Key:
    """What sockets are known by over reloads; of port 0 there may be several, which stay with their contexts."""
    return address.text, address.context if parse_listen(address.text)[1] == 0 else ""


@dataclass(frozen=True, slots=True)
class _Listening:
    """An address, and its socket for each front."""

    address: ListenAddress
    opened: tuple[socket.socket, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a change is for one front.

    Attributes:
        contexts: all sockets it will have, and the context that each stands for.
        fresh: those among them that are new.
        gone: those that are not among them any more.
    """

    contexts: Mapping[socket.socket, str]
    fresh: frozenset[socket.socket]
    gone: tuple[socket.socket, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Sockets that are about to take the place of others."""

    _listening: Mapping[_Key, _Listening]
    _fresh: frozenset[_Key]
    _gone: tuple[_Listening, ...]

    def part(self, front: int = 0) -> Part:
        """What it is for one front."""
        return Part(
            {one.opened[front]: one.address.context for one in self._listening.values()},
            frozenset(self._listening[key].opened[front] for key in self._fresh),
            tuple(one.opened[front] for one in self._gone),
        )

    def abandon(self) -> None:
        """All stays as it was."""
        _close(opened for key in self._fresh for opened in self._listening[key].opened)


class Sockets:
    """All sockets of the agent, one for each address and front, over reloads. For the process that opens them."""

    def __init__(self, fronts: int = 1) -> None:
        self._fronts = fronts
        self._listening: dict[_Key, _Listening] = {}

    def contexts(self, front: int = 0) -> dict[socket.socket, str]:
        """Each socket of a front, and the context that it stands for."""
        return {one.opened[front]: one.address.context for one in self._listening.values()}

    def prepare(self, wanted: Iterable[ListenAddress]) -> Change:
        """Open what is wanted and not there; nothing is closed before `take`.

        Raises:
            HostError: naming the address that could not be had; all is as before.
        """
        addresses = {_key(address): address for address in wanted}
        missing = {key: address for key, address in addresses.items() if key not in self._listening}
        gone = tuple(one for key, one in self._listening.items() if key not in addresses)
        found = conflict([*(one.address for one in gone), *missing.values()])
        if found is not None:
            raise HostError(
                f"cannot listen on {found[0].text} while {found[1].text} is open, which this configuration gives up; "
                "restart the agent, or give it up first"
            )
        fresh = open_copies((address.text for address in missing.values()), self._fronts)
        opened = {key: one.opened for key, one in self._listening.items()} | dict(zip(missing, fresh, strict=True))
        listening = {key: _Listening(address, opened[key]) for key, address in addresses.items()}
        return Change(listening, frozenset(missing), gone)

    def take(self, change: Change) -> None:
        """Go on with the sockets of a change; those that are not among them are closed."""
        self._listening = dict(change._listening)
        for one in change._gone:
            _close(one.opened)

    def close(self, but: int | None = None) -> None:
        """Close all, those of one front excepted."""
        for one in self._listening.values():
            _close(opened for front, opened in enumerate(one.opened) if front != but)
