"""What may reach the engine: well-formed messages of known senders, and SNMPv3 discovery. All else is dropped, counted.

pysnmp as a responder lets an empty user name in, works for seconds on large datagrams of strangers, and decodes what
is no valid BER; nothing of that gets past here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.wire.access import Network, within
from agent.wire.ber import SEQUENCE, BerError
from agent.wire.command import REQUEST_OCTETS
from agent.wire.community import Community
from agent.wire.counters import Counters
from agent.wire.envelope import V1, CommunityMessage, OtherMessage, UserMessage, read_envelope
from agent.wire.request import check_pdu, check_scoped_pdu

GET, GET_NEXT, RESPONSE, SET, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
_V1_REQUESTS = frozenset({GET, GET_NEXT, SET})
_V2_REQUESTS = frozenset({GET, GET_NEXT, SET, GET_BULK})
_USM = 3
_AUTH, _PRIV = 1, 2

STRANGER_OCTETS = 484
"""Largest message of a user there is not, discovery included: what everybody must accept (RFC 3417 3.2), no more."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides on datagrams, by their outer part first: a stranger's costs the same whatever its size."""

    communities: dict[bytes, tuple[Network, ...]]
    users: frozenset[bytes]
    limit: int
    counters: Counters

    def admits(self, datagram: bytes, address: str) -> bool:
        """Whether the engine may see a datagram that came from this IP address."""
        self.counters.in_pkts += 1
        try:
            message = read_envelope(datagram)
            if isinstance(message, OtherMessage):
                self.counters.in_bad_versions += 1
                return False
            if isinstance(message, UserMessage):
                return self._admits_user(message, datagram)
            return self._admits_community(message, datagram, address)
        except BerError:
            self.counters.in_asn_parse_errs += 1
            return False

    def _admits_community(self, message: CommunityMessage, datagram: bytes, address: str) -> bool:
        networks = self.communities.get(message.community)
        if networks is None or not within(address, networks):
            self.counters.in_bad_community_names += 1
            return False
        if message.pdu_tag not in (_V1_REQUESTS if message.version == V1 else _V2_REQUESTS):
            return False
        if not self._has_size(datagram, self.limit):
            return False
        check_pdu(datagram, message.pdu_at)
        return True

    def _admits_user(self, message: UserMessage, datagram: bytes) -> bool:
        if message.security_model != _USM:  # RFC 3412 7.2 step 4
            self.counters.unknown_security_models += 1
            return False
        if message.flags & (_AUTH | _PRIV) == _PRIV:  # step 5
            self.counters.invalid_msgs += 1
            return False
        # Without a user name only discovery is meant: no level, no engine ID (RFC 3414 4).
        if not message.user and (message.flags & (_AUTH | _PRIV) or message.engine_id):
            self.counters.refused_users += 1
            return False
        if not self._has_size(datagram, self.limit if message.user in self.users else STRANGER_OCTETS):
            return False
        if message.data_tag == SEQUENCE:
            check_scoped_pdu(datagram, message.data_at)
        elif not message.flags & _PRIV:
            raise BerError("octets where a ScopedPDU belongs")
        return True

    def _has_size(self, datagram: bytes, limit: int) -> bool:
        if len(datagram) <= limit:
            return True
        self.counters.oversized += 1
        return False


def make_gate(
    communities: Mapping[bytes, Community], users: Iterable[bytes], max_message_size: int, counters: Counters
) -> Gate:
    """The gate of a policy."""
    networks = {octets: community.sources for octets, community in communities.items()}
    # pysnmp works 25 ms on each 1000 octets.
    return Gate(networks, frozenset(users), max(REQUEST_OCTETS, max_message_size), counters)
