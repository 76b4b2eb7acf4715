"""The outer part of a message: version, and who sends it. Read before anything else is done with a datagram."""

from __future__ import annotations

from dataclasses import dataclass

from agent.wire import ber

V1, V2C, V3 = 0, 1, 3


@dataclass(frozen=True, slots=True)
class CommunityMessage:
    """A v1 or v2c message."""

    version: int
    community: bytes
    pdu_tag: int
    pdu_at: int


@dataclass(frozen=True, slots=True)
class UserMessage:
    """A v3 message."""

    flags: int
    security_model: int
    engine_id: bytes
    user: bytes
    data_tag: int
    data_at: int


@dataclass(frozen=True, slots=True)
class OtherMessage:
    """A message of a version there is not."""

    version: int


def read_envelope(datagram: bytes) -> CommunityMessage | UserMessage | OtherMessage:
    """Read the outer part; the work does not depend on the size of the datagram.

    Raises:
        BerError: the datagram is no SNMP message.
    """
    start, end = ber.expect(datagram, 0, ber.SEQUENCE)
    if end != len(datagram):
        raise ber.BerError("octets behind the message")
    version, at = ber.integer(datagram, start)
    if version in (V1, V2C):
        community, at = ber.string(datagram, at)
        tag, _, pdu_end = ber.header(datagram, at)
        if pdu_end != end:
            raise ber.BerError("octets behind the PDU")
        return CommunityMessage(version, community, tag, at)
    if version == V3:
        return _user_message(datagram, at)
    return OtherMessage(version)


def _user_message(datagram: bytes, at: int) -> UserMessage:
    inner, at = ber.expect(datagram, at, ber.SEQUENCE)
    _, inner = ber.integer(datagram, inner)  # msgID
    _, inner = ber.integer(datagram, inner)  # msgMaxSize
    flags, inner = ber.string(datagram, inner)
    model, inner = ber.integer(datagram, inner)
    if len(flags) != 1 or inner != at:
        raise ber.BerError("malformed msgGlobalData")
    security, at = ber.string(datagram, at)
    start, end = ber.expect(security, 0, ber.SEQUENCE)
    engine_id, start = ber.string(security, start)
    _, start = ber.integer(security, start)  # boots
    _, start = ber.integer(security, start)  # time
    user, start = ber.string(security, start)
    _, start = ber.string(security, start)  # digest
    _, start = ber.string(security, start)  # salt
    if start != end or end != len(security):
        raise ber.BerError("malformed security parameters")
    tag, _, data_end = ber.header(datagram, at)
    if data_end != len(datagram):
        raise ber.BerError("octets behind the PDU")
    return UserMessage(flags[0], model, engine_id, user, tag, at)
