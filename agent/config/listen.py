"""Addresses that are listened on: how they are written, and what two of them have in common."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%\w]+)\]|(?P<v4>[0-9.]+)):(?P<port>\d{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Address and port of "127.0.0.1:1161" or "[::1]:1161".

    Raises:
        ValueError: saying what is allowed.
    """
    found = _LISTEN.fullmatch(text)
    if found:
        host, port = found["v6"] or found["v4"], int(found["port"])
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            found = None
        else:
            if port < 65536:
                return host, port
    raise ValueError(f"{text!r} is not an address and port like 0.0.0.0:161 or [::]:161")


def check_listen(texts: Iterable[str]) -> None:
    """Refuse what is no address and port.

    Raises:
        ValueError: naming the first that is none.
    """
    for number, text in enumerate(texts):
        try:
            parse_listen(text)
        except ValueError as problem:
            raise ValueError(f"listen[{number}]: {problem}") from None


class ListenAddress(NamedTuple):
    """An address and port, and what it stands for.

    Attributes:
        text: as it is written.
        context: in which a message is answered that comes in there and names no context of its own.
        place: the key of the configuration that says so.
    """

    text: str
    context: str
    place: str


def conflict(addresses: Iterable[ListenAddress]) -> tuple[ListenAddress, ListenAddress] | None:
    """The first address that cannot be had beside an earlier one, and that one.

    Two of one port cannot that are the same, or of which one means all addresses of its family; port 0 is any free one.
    """
    exact: dict[object, ListenAddress] = {}
    wild: dict[object, ListenAddress] = {}
    first: dict[object, ListenAddress] = {}
    for address in addresses:
        host, port = parse_listen(address.text)
        if not port:
            continue
        number, _, zone = host.partition("%")
        ip = ipaddress.ip_address(number)
        port_of_family, whole = (ip.version, port), (ip, zone, port)
        beside = first.get(port_of_family) if ip.is_unspecified else exact.get(whole)
        taken = wild.get(port_of_family) or beside
        if taken is not None:
            return address, taken
        first.setdefault(port_of_family, address)
        exact[whole] = address
        if ip.is_unspecified:
            wild[port_of_family] = address
    return None


def check_apart(addresses: Iterable[ListenAddress]) -> None:
    """Refuse two addresses of which not both can be had.

    Raises:
        ValueError: naming the places of both.
    """
    found = conflict(addresses)
    if found is not None:
        address, other = found
        beside = "" if other.text == address.text else f" ({other.text})"
        raise ValueError(f"{address.place}: {address.text} is taken already by {other.place}{beside}")
