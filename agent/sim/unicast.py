"""The unicast clients of a PTP master."""

from __future__ import annotations

from agent.sim.moment import Moment
from agent.sim.shape import JsonList

# Hosts that 198.51.100.0/24 has for us; clients beyond that number get an IPv6 address.
_IPV4_HOSTS = 250
_CONTRACT_SECONDS = 300


def unicast_clients(moment: Moment, instance: str, count: int) -> JsonList:
    """So many clients, each with the remaining seconds of its three contracts.

    The address structure of the cards carries its own protocol, so one list mixes IPv4, IPv6 and MAC
    addresses; a reader meets all three with three clients already.
    """
    tag = moment.spec.number(instance) & 0xFFFF
    elapsed = int(moment.now.timestamp())
    rows = []
    for index in range(count):
        left = _CONTRACT_SECONDS - (elapsed + 7 * index) % _CONTRACT_SECONDS
        rows.append(
            {
                "object-id": f"client{index}",
                "addr": _address(tag, index),
                "intvs": {"ann-intv": 1, "sync-intv": -4, "del-req-intv": -4},
                "ann-duration": left,
                "sync-duration": left,
                "resp-duration": left,
            }
        )
    return rows


def _address(tag: int, index: int) -> str:
    kind, number = index % 3, index // 3
    if kind == 2:
        return f"02:10:{tag >> 8:02x}:{tag & 255:02x}:{number >> 8:02x}:{number & 255:02x}"
    if kind == 1 or number >= _IPV4_HOSTS:
        return f"2001:db8:{tag:x}:{kind + 1}::{number + 1:x}"
    return f"198.51.100.{number + 1}"
