"""Messages of v1 and v2c (RFC 1157, RFC 1901), and what a community means (RFC 3584 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from agent.mib.encoding import integer, tlv
from agent.model.place import NAME_OCTETS
from agent.wire import ber, pdu
from agent.wire.access import REMEMBERED, Level, Model, Network, within
from agent.wire.command import REQUEST_OCTETS, TOO_BIG_OUTCOME, Asker, Commands, Outcome
from agent.wire.counters import Counters
from agent.wire.later import Answer, Later
from agent.wire.strangers import Reason, Strangers

V1, V2C = 0, 1
_MODELS = {V1: Model.V1, V2C: Model.V2C}
_REQUESTS = {V1: pdu.REQUESTS - {pdu.GET_BULK}, V2C: pdu.REQUESTS}
_FRAME = 19
"""Octets around the varbinds of a response beside version, community and request-id: headers of message, PDU and list,
status, and an index of two octets."""

_V1_STATUS = {
    6: 2, 7: 3, 8: 3, 9: 3, 10: 3, 11: 2, 12: 3, 13: 5, 14: 5, 15: 5, 16: 2, 17: 2, 18: 2,
}  # fmt: skip
"""Error status of later versions as v1 says it (RFC 3584 4.4)."""


CONTEXT_SIGN = b"@"
"""Between a community and the context it is used in."""


@dataclass(frozen=True, slots=True)
class Community:
    """What a community means.

    Attributes:
        name: its security name, which is no secret.
        context: the one context it stands for; None: the default one, and with `@` behind it any other.
        sources: where it may come from (none given: everywhere).
    """

    name: str
    context: str | None
    sources: tuple[Network, ...]


class _Sender:
    """A community in one version and context: where it may come from, who asks, and how its answers begin."""

    __slots__ = ("asker", "head", "may_come_from", "requests", "version")

    def __init__(self, version: int, octets: bytes, community: Community, context: str) -> None:
        self.version = version
        self.requests = _REQUESTS[version]
        self.may_come_from = lru_cache(REMEMBERED)(partial(within, networks=community.sources))
        self.head = tlv(0x02, integer(version)) + tlv(0x04, octets)
        self.asker = Asker(_MODELS[version], community.name, Level.NO_AUTH_NO_PRIV, context)


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
        self._communities = communities
        self._senders = {"": self._senders_in("")}
        self._new_sender = partial(_sender_in_context, communities)
        self._sender = lru_cache(REMEMBERED)(self._new_sender)
        self._commands = commands
        self._counters = counters
        self._max_message_size = max_message_size
        self._request_octets = max(REQUEST_OCTETS, max_message_size)
        self._strangers = strangers

    def _senders_in(self, here: str) -> dict[tuple[int, bytes], _Sender]:
        """What each community means in each version, where one without a context of its own means this one."""
        return {
            (version, octets): _Sender(version, octets, community, community.context or here)
            for octets, community in self._communities.items()
            for version in _MODELS
        }

    def answer(self, datagram: bytes, version: int, at: int, address: str, here: str = "") -> Answer:
        """The answer to a message, whose community stands at a position; None when there is none.

        One that names no context is answered in the one `here`.

        Raises:
            BerError: it is not what it must be.
        """
        community, at = ber.string(datagram, at)
        senders = self._senders.get(here)
        if senders is None:
            senders = self._senders[here] = self._senders_in(here)
        sender = senders.get((version, community)) or self._in_context(version, community, here)
        if sender is None or not sender.may_come_from(address):
            self._counters.in_bad_community_names += 1
            self._strangers.failed(Reason.BAD_COMMUNITY, address)
            return None
        if ber.header(datagram, at)[0] not in sender.requests:
            return None
        if len(datagram) > self._request_octets:
            self._counters.oversized += 1
            _, request_id, *_ = pdu.read_head(datagram, at)
            return self._finish(sender, request_id, TOO_BIG_OUTCOME)
        request = pdu.read_request(datagram, at, len(datagram))
        limit = self._max_message_size - _FRAME - len(sender.head) - len(request.request_id)
        outcome = self._commands.outcome(request, sender.asker, address, limit)
        if outcome is None:  # a context there is not: v1 and v2c have no way to say so
            self._counters.unknown_contexts += 1
            return None
        if isinstance(outcome, Later):
            return outcome.map(partial(self._finish, sender, request.request_id))
        return self._finish(sender, request.request_id, outcome)

    def _in_context(self, version: int, octets: bytes, here: str) -> _Sender | None:
        """The community that `name@context` stands for in that context; what is known exactly has been looked for."""
        name, sign, context = octets.rpartition(CONTEXT_SIGN)
        known = self._communities.get(name) if sign else None
        if known is None or known.context is not None:
            return None
        sender = self._sender if len(context) <= NAME_OCTETS else self._new_sender
        return sender(version, octets, name, here)

    def _finish(self, sender: _Sender, request_id: bytes, outcome: Outcome) -> bytes | None:
        status = outcome.status
        if status:
            if outcome.is_denied:
                self._counters.in_bad_community_uses += 1
            if sender.version == V1:
                status = _V1_STATUS.get(status, status)
        message = tlv(0x30, sender.head + pdu.response(request_id, status, outcome.error_index, outcome.varbinds))
        if len(message) > self._max_message_size:
            self._counters.silent_drops += 1
            return None
        return message


def _sender_in_context(
    communities: Mapping[bytes, Community], version: int, octets: bytes, name: bytes, here: str
) -> _Sender:
    context = octets[len(name) + len(CONTEXT_SIGN) :].decode("utf-8", "replace")
    return _Sender(version, octets, communities[name], context or here)
