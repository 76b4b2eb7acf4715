"""Where a notification comes from: of the addresses that a device has of its own, the one that fits a receiver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address


def source_to(destination: str, hosts: Sequence[str]) -> str:
    """The first of these addresses that datagrams to a destination can leave from, "" for none."""
    version = _ip(destination).version
    return next((host for host in _fitting(destination, hosts) if _ip(host).version == version), "")


def ipv4_shown_to(destination: str, hosts: Sequence[str]) -> bytes:
    """The first IPv4 address among these, four octets, if it means something at a destination; b"" for none."""
    return next((_ip(host).packed for host in _fitting(destination, hosts) if _ip(host).version == 4), b"")


def _fitting(destination: str, hosts: Sequence[str]) -> Iterator[str]:
    """Addresses but wildcards, and those that reach as far as the destination is away."""
    there = _ip(destination)
    for host in hosts:
        here = _ip(host)
        if here.is_unspecified or (here.is_loopback and not there.is_loopback):
            continue
        if here.is_link_local == there.is_link_local:
            yield host


def _ip(host: str) -> IPv4Address | IPv6Address:
    return ip_address(host.partition("%")[0])
