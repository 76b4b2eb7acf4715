"""Strict reading of a request's PDU, without an answer: whether every octet is what RFC 3416 3 and RFC 3417 8 allow."""

from __future__ import annotations

from agent.mib import encoding
from agent.wire import ber
from agent.wire.ber import BerError

_NUMBER_OCTETS = {
    encoding.INTEGER: 5,
    encoding.COUNTER32: 5,
    encoding.UNSIGNED32: 5,
    encoding.TIME_TICKS: 5,
    encoding.COUNTER64: 9,
}
_FIXED_OCTETS = {encoding.IP_ADDRESS: 4, 0x05: 0, 0x80: 0, 0x81: 0, 0x82: 0}
_OCTETS = frozenset({encoding.OCTET_STRING, 0x44})


def check_scoped_pdu(octets: bytes, at: int) -> None:
    """Read a ScopedPDU in clear text (RFC 3412 6) to its end.

    Raises:
        BerError: at the first octet that is not as it must be.
    """
    start, end = ber.expect(octets, at, ber.SEQUENCE)
    _, start = ber.string(octets, start)  # contextEngineID
    _, start = ber.string(octets, start)  # contextName
    if check_pdu(octets, start) != end:
        raise BerError("octets behind the PDU")


def check_pdu(octets: bytes, at: int) -> int:
    """Read a PDU to its end, and say where that is.

    Raises:
        BerError: at the first octet that is not as it must be.
    """
    _, start, end = ber.header(octets, at)
    for _ in range(3):  # request-id, then error-status and -index or non-repeaters and max-repetitions
        _, start = ber.integer(octets, start)
    start, list_end = ber.expect(octets, start, ber.SEQUENCE)
    while start < list_end:
        start = _check_varbind(octets, start)
    if start != end or list_end != end:
        raise BerError("the PDU does not end where its varbinds end")
    return end


def _check_varbind(octets: bytes, at: int) -> int:
    start, end = ber.expect(octets, at, ber.SEQUENCE)
    name, name_end = ber.expect(octets, start, encoding.OBJECT_IDENTIFIER)
    ber.object_identifier(octets[name:name_end])
    tag, value, value_end = ber.header(octets, name_end)
    if value_end != end:
        raise BerError("a varbind that does not end where its value ends")
    size = value_end - value
    if tag in _NUMBER_OCTETS:
        fits = 1 <= size <= _NUMBER_OCTETS[tag]
    elif tag in _FIXED_OCTETS:
        fits = size == _FIXED_OCTETS[tag]
    elif tag == encoding.OBJECT_IDENTIFIER:
        ber.object_identifier(octets[value:value_end])
        fits = True
    else:
        fits = tag in _OCTETS
    if not fits:
        raise BerError(f"no value of tag {tag:#04x} has {size} octets")
    return end
