"""Where things are in a v2c message, as far as a generator or a receiver must know it."""

from __future__ import annotations

ID_OCTETS = 4


def pdu_at(datagram: bytes) -> int:
    """Where the PDU begins, with its tag."""
    at = _content_at(datagram, 0) + 3  # version
    return _content_at(datagram, at) + _length(datagram, at)


def request_id_at(datagram: bytes) -> int:
    """Where the octets of the request-id begin."""
    return _content_at(datagram, pdu_at(datagram)) + 2


def request_id_of(datagram: bytes) -> int:
    """The request-id of a message where that has four octets."""
    at = request_id_at(datagram)
    return int.from_bytes(datagram[at : at + ID_OCTETS], "big")


def _content_at(datagram: bytes, at: int) -> int:
    first = datagram[at + 1]
    return at + 2 if first < 0x80 else at + 2 + (first & 0x7F)


def _length(datagram: bytes, at: int) -> int:
    first = datagram[at + 1]
    return first if first < 0x80 else int.from_bytes(datagram[at + 2 : at + 2 + (first & 0x7F)], "big")
