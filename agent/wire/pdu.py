"""PDUs of requests and responses (RFC 3416 3, RFC 1157 4.1), read strictly and written finished."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from agent.mib.encoding import integer, length, packed, tlv
from agent.wire import ber

GET, GET_NEXT, RESPONSE, SET = 0xA0, 0xA1, 0xA2, 0xA3
GET_BULK, INFORM, TRAP, REPORT = 0xA5, 0xA6, 0xA7, 0xA8
REQUESTS = frozenset({GET, GET_NEXT, SET, GET_BULK})


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a varbind in a SET."""

    tag: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A request PDU.

    Attributes:
        tag: which request it is.
        request_id: the whole element, as it goes back.
        non_repeaters: of a GETBULK; the error status of others, which nobody looks at.
        names: packed OIDs.
        values: beside the names, decoded only for a SET.
        varbinds: the content of the varbind list as it came, for errors that return it.
    """

    tag: int
    request_id: bytes
    non_repeaters: int
    max_repetitions: int
    names: list[bytes]
    values: list[Value]
    varbinds: bytes


@lru_cache(maxsize=65_536)
def _packed(content: bytes) -> bytes:
    return packed(ber.object_identifier(content))


def read_request(octets: bytes, at: int, end: int) -> Request:
    """Read the PDU that begins at a position and must reach to `end`.

    Raises:
        BerError: it is not what a PDU must be.
    """
    tag, at, pdu_end = ber.header(octets, at)
    if pdu_end != end:
        raise ber.BerError("octets behind the PDU")
    id_start = at
    _, at = ber.integer(octets, at)
    request_id = octets[id_start:at]
    non_repeaters, at = ber.integer(octets, at)
    max_repetitions, at = ber.integer(octets, at)
    at, list_end = ber.expect(octets, at, ber.SEQUENCE)
    if list_end != end:
        raise ber.BerError("octets behind the varbinds")
    varbinds = octets[at:list_end]
    names: list[bytes] = []
    values: list[Value] = []
    while at < list_end:
        at, bind_end = ber.expect(octets, at, ber.SEQUENCE)
        name_start, name_end = ber.expect(octets, at, 0x06)
        value_tag, value_start, value_end = ber.header(octets, name_end)
        if value_end != bind_end or bind_end > list_end:
            raise ber.BerError("octets behind a value")
        names.append(_packed(octets[name_start:name_end]))
        if tag == SET:
            values.append(Value(value_tag, octets[value_start:value_end]))
        at = bind_end
    return Request(tag, request_id, non_repeaters, max_repetitions, names, values, varbinds)


def response(request_id: bytes, status: int, index: int, varbinds: bytes, tag: int = RESPONSE) -> bytes:
    """A finished response PDU."""
    fields = request_id + tlv(0x02, integer(status)) + tlv(0x02, integer(index))
    listed = b"\x30" + length(len(varbinds)) + varbinds
    return bytes((tag,)) + length(len(fields) + len(listed)) + fields + listed
