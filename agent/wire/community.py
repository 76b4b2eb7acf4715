"""Messages of v1 and v2c (RFC 1157, RFC 1901), and what a community means (RFC 3584 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.mib.encoding import integer, tlv
from agent.wire import ber, pdu
from agent.wire.access import Level, Model, Network, within
from agent.wire.command import REQUEST_OCTETS, TOO_BIG_OUTCOME, Asker, Commands, Outcome
from agent.wire.counters import Counters
from agent.wire.strangers import Reason, Strangers

V1, V2C = 0, 1
_REQUESTS = {V1: pdu.REQUESTS - {pdu.GET_BULK}, V2C: pdu.REQUESTS}
_FRAME = 22
"""Octets around the varbinds of a response beside community and request-id: four headers of four, less the community's
own, the version, status and index."""

_V1_STATUS = {
    6: 2, 7: 3, 8: 3, 9: 3, 10: 3, 11: 2, 12: 3, 13: 5, 14: 5, 15: 5, 16: 2, 17: 2, 18: 2,
}  # fmt: skip
"""Error status of later versions as v1 says it (RFC 3584 4.4)."""


@dataclass(frozen=True, slots=True)
class Community:
    """What a community means: a security name, a context, and where it may come from (none given: everywhere)."""

    name: str
    context: str
    sources: tuple[Network, ...]


class CommunityMessages:
    """Answers v1 and v2c messages."""

    def __init__(
        self,
        communities: Mapping[bytes, Community],
        commands: Commands,
        counters: Counters,
        max_message_size: int,
        strangers: Strangers,
    ) -> None:
        self._communities = {
            octets: (community.sources, {V1: _asker(community, Model.V1), V2C: _asker(community, Model.V2C)})
            for octets, community in communities.items()
        }
        self._commands = commands
        self._counters = counters
        self._max_message_size = max_message_size
        self._request_octets = max(REQUEST_OCTETS, max_message_size)
        self._strangers = strangers

    def answer(self, datagram: bytes, version: int, at: int, address: str) -> bytes | None:
        """The answer to a message, whose community stands at a position; None when there is none.

        Raises:
            BerError: it is not what it must be.
        """
        community, at = ber.string(datagram, at)
        sources, askers = self._communities.get(community, (None, {}))
        if sources is None or not within(address, sources):
            self._counters.in_bad_community_names += 1
            self._strangers.failed(Reason.BAD_COMMUNITY, address)
            return None
        if ber.header(datagram, at)[0] not in _REQUESTS[version]:
            return None
        if len(datagram) > self._request_octets:
            self._counters.oversized += 1
            _, request_id = pdu.read_head(datagram, at)
            return self._finish(version, community, request_id, TOO_BIG_OUTCOME)
        request = pdu.read_request(datagram, at, len(datagram))
        limit = self._max_message_size - _FRAME - len(tlv(0x04, community)) - len(request.request_id)
        outcome = self._commands.outcome(request, askers[version], address, limit)
        if outcome is None:  # a context there is not: v1 and v2c have no way to say so
            self._counters.unknown_contexts += 1
            return None
        return self._finish(version, community, request.request_id, outcome)

    def _finish(self, version: int, community: bytes, request_id: bytes, outcome: Outcome) -> bytes | None:
        if outcome.is_denied:
            self._counters.in_bad_community_uses += 1
        status = _V1_STATUS.get(outcome.status, outcome.status) if version == V1 else outcome.status
        response = pdu.response(request_id, status, outcome.index, outcome.varbinds)
        message = tlv(0x30, tlv(0x02, integer(version)) + tlv(0x04, community) + response)
        if len(message) > self._max_message_size:
            self._counters.silent_drops += 1
            return None
        return message


def _asker(community: Community, model: Model) -> Asker:
    return Asker(model, community.name, Level.NO_AUTH_NO_PRIV, community.context)
