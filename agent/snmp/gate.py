"""What may reach the engine: well-formed messages of known senders, and SNMPv3 discovery. All else is dropped, counted.

pysnmp as a responder lets an empty user name in and works for seconds on large datagrams of strangers; neither gets
past here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from agent.config import CommunitySettings
from agent.wire.ber import BerError
from agent.wire.counters import Counters
from agent.wire.envelope import V1, CommunityMessage, OtherMessage, UserMessage, read_envelope

GET, GET_NEXT, RESPONSE, SET, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
_V1_REQUESTS = frozenset({GET, GET_NEXT, SET})
_V2_REQUESTS = frozenset({GET, GET_NEXT, SET, GET_BULK})
_USM = 3
_AUTH, _PRIV = 1, 2

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides on datagrams by their outer part alone."""

    communities: dict[bytes, tuple[Network, ...]]
    counters: Counters

    def admits(self, datagram: bytes, address: str) -> bool:
        """Whether the engine may see a datagram that came from this IP address."""
        self.counters.in_pkts += 1
        try:
            message = read_envelope(datagram)
        except BerError:
            self.counters.in_asn_parse_errs += 1
            return False
        if isinstance(message, OtherMessage):
            self.counters.in_bad_versions += 1
            return False
        if isinstance(message, UserMessage):
            return self._admits_user(message)
        return self._admits_community(message, address)

    def _admits_community(self, message: CommunityMessage, address: str) -> bool:
        networks = self.communities.get(message.community)
        if networks is None or not _within(address, networks):
            self.counters.in_bad_community_names += 1
            return False
        return message.pdu_tag in (_V1_REQUESTS if message.version == V1 else _V2_REQUESTS)

    def _admits_user(self, message: UserMessage) -> bool:
        if message.security_model != _USM or message.flags & (_AUTH | _PRIV) == _PRIV:
            return False
        if message.user:
            return True
        # Without a user name only discovery is meant: no level, no engine ID (RFC 3414 4).
        discovery = message.flags & (_AUTH | _PRIV) == 0 and not message.engine_id
        if not discovery:
            self.counters.refused_users += 1
        return discovery


def make_gate(communities: Iterable[CommunitySettings], counters: Counters) -> Gate:
    """The gate of a configuration."""
    networks = {
        community.name.reveal().encode(): tuple(ipaddress.ip_network(source) for source in community.sources)
        for community in communities
    }
    return Gate(networks, counters)


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    if not networks:
        return True
    here = ipaddress.ip_address(address.partition("%")[0])
    return any(here in network for network in networks)
