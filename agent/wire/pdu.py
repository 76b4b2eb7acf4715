"""PDUs of requests and responses (RFC 3416 3, RFC 1157 4.1), read strictly and written finished."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from agent.mib import encoding
from agent.mib.encoding import integer, packed, tlv
from agent.wire import ber

GET, GET_NEXT, RESPONSE, SET = 0xA0, 0xA1, 0xA2, 0xA3
GET_BULK, INFORM, TRAP, REPORT = 0xA5, 0xA6, 0xA7, 0xA8
REQUESTS = frozenset({GET, GET_NEXT, SET, GET_BULK})
_VALUES = frozenset({
    encoding.INTEGER, encoding.OCTET_STRING, 0x05, encoding.OBJECT_IDENTIFIER, encoding.IP_ADDRESS, encoding.COUNTER32,
    encoding.UNSIGNED32, encoding.TIME_TICKS, 0x44, encoding.COUNTER64, 0x80, 0x81, 0x82,
})  # fmt: skip
"""Tags a value may have (RFC 2578 2, RFC 3416 3); its content is looked at only where it is to be assigned."""
_REMEMBERED = 4096
_REMEMBERED_OCTETS = 512
"""Managers ask for the same over and over; what is longer is read anew each time, so that nobody fills memory."""


class Value(NamedTuple):
    """The value of a varbind in a SET."""

    tag: int
    content: bytes


class Request(NamedTuple):
    """A request PDU.

    Attributes:
        tag: which request it is.
        request_id: the whole element, as it goes back.
        non_repeaters: of a GETBULK; the error status of others, which nobody looks at.
        names: packed OIDs.
        values: beside the names; of interest to a SET only.
        varbinds: the content of the varbind list as it came, for errors that return it.
    """

    tag: int
    request_id: bytes
    non_repeaters: int
    max_repetitions: int
    names: Sequence[bytes]
    values: Sequence[Value]
    varbinds: bytes


Head = tuple[int, bytes, int, int]
"""How a PDU begins: tag, request-id (the whole element, as it goes back), where the rest begins, where it all ends."""


def read_head(octets: bytes, at: int) -> Head:
    """How the PDU that begins at a position begins, whatever its size.

    Raises:
        BerError: it does not begin as a PDU must.
    """
    tag, at, end = ber.header(octets, at)
    request_id, at = ber.echoed_integer(octets, at)
    return tag, request_id, at, end


def read_request(octets: bytes, at: int, end: int) -> Request:
    """Read the PDU that begins at a position and must reach to `end`.

    Raises:
        BerError: it is not what a PDU must be.
    """
    return read_behind(octets, read_head(octets, at), end)


def read_behind(octets: bytes, head: Head, end: int) -> Request:
    """Read a PDU, whose head has been read, to its end.

    Raises:
        BerError: it is not what a PDU must be, or does not reach to `end`.
    """
    tag, request_id, at, pdu_end = head
    if pdu_end != end:
        raise ber.BerError("octets behind the PDU")
    read = _remembered if end - at <= _REMEMBERED_OCTETS and tag != SET else _read_behind_id
    return Request(tag, request_id, *read(octets[at:end]))


_BehindId = tuple[int, int, Sequence[bytes], Sequence[Value], bytes]


def _read_behind_id(octets: bytes) -> _BehindId:
    """What stands in a PDU behind its request-id: the last five attributes of a Request."""
    non_repeaters, at = ber.integer(octets, 0)
    max_repetitions, at = ber.integer(octets, at)
    start, end = ber.expect(octets, at, ber.SEQUENCE)
    if end != len(octets):
        raise ber.BerError("octets behind the varbinds")
    names: list[bytes] = []
    values: list[Value] = []
    at = start
    while at < end:
        name, value, at = _read_varbind(octets, at)
        names.append(name)
        values.append(value)
    return non_repeaters, max_repetitions, tuple(names), tuple(values), octets[start:]


_remembered = lru_cache(_REMEMBERED)(_read_behind_id)


def _read_varbind(octets: bytes, at: int) -> tuple[bytes, Value, int]:
    """Packed name and value of the varbind that begins at a position, and where it ends."""
    start, end = ber.expect(octets, at, ber.SEQUENCE)
    name_start, name_end = ber.expect(octets, start, encoding.OBJECT_IDENTIFIER)
    tag, value_start, value_end = ber.header(octets, name_end)
    if value_end != end:
        raise ber.BerError("a varbind does not end where its value ends")
    if tag not in _VALUES:
        raise ber.BerError(f"no value has the tag {tag:#04x}")
    name = packed(ber.object_identifier(octets[name_start:name_end]))
    return name, Value(tag, octets[value_start:value_end]), end


_NO_ERROR = tlv(0x02, integer(0)) * 2
"""Error status and index of an answer without error."""


def response(request_id: bytes, status: int, index: int, varbinds: bytes, tag: int = RESPONSE) -> bytes:
    """A finished response PDU."""
    verdict = _NO_ERROR if status == index == 0 else tlv(0x02, integer(status)) + tlv(0x02, integer(index))
    return tlv(tag, request_id + verdict + tlv(0x30, varbinds))
