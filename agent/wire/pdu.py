"""PDUs of requests and responses (RFC 3416 3, RFC 1157 4.1), read strictly and written finished."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from agent.mib import encoding
from agent.mib.encoding import integer, length, packed, tlv
from agent.wire import ber

GET, GET_NEXT, RESPONSE, SET = 0xA0, 0xA1, 0xA2, 0xA3
GET_BULK, INFORM, TRAP, REPORT = 0xA5, 0xA6, 0xA7, 0xA8
REQUESTS = frozenset({GET, GET_NEXT, SET, GET_BULK})
_VALUES = frozenset({
    encoding.INTEGER, encoding.OCTET_STRING, 0x05, encoding.OBJECT_IDENTIFIER, encoding.IP_ADDRESS, encoding.COUNTER32,
    encoding.UNSIGNED32, encoding.TIME_TICKS, 0x44, encoding.COUNTER64, 0x80, 0x81, 0x82,
})  # fmt: skip
"""Tags a value may have (RFC 2578 2, RFC 3416 3); its content is looked at only where it is to be assigned."""
_CACHED_OCTETS = 72
"""Varbinds longer than this are read anew each time, so that nobody fills memory with them."""


@dataclass(frozen=True, slots=True)
class Value:
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
    names: list[bytes]
    values: list[Value]
    varbinds: bytes


def read_head(octets: bytes, at: int) -> tuple[int, bytes]:
    """Tag of the PDU that begins at a position, and its request-id as it goes back, whatever its size.

    Raises:
        BerError: it does not begin as a PDU must.
    """
    tag, at, _ = ber.header(octets, at)
    _, request_id, _ = ber.echoed_integer(octets, at)
    return tag, request_id


def _read_varbind(content: bytes) -> tuple[bytes, Value]:
    """Packed name and value of a varbind's content."""
    name_start, name_end = ber.expect(content, 0, 0x06)
    value_tag, value_start, value_end = ber.header(content, name_end)
    if value_end != len(content):
        raise ber.BerError("octets behind a value")
    if value_tag not in _VALUES:
        raise ber.BerError(f"no value has the tag {value_tag:#04x}")
    name = packed(ber.object_identifier(content[name_start:name_end]))
    return name, Value(value_tag, content[value_start:value_end])


_remembered = lru_cache(maxsize=32_768)(_read_varbind)
"""Managers ask for the same names over and over."""


def read_request(octets: bytes, at: int, end: int) -> Request:
    """Read the PDU that begins at a position and must reach to `end`.

    Raises:
        BerError: it is not what a PDU must be.
    """
    tag, at, pdu_end = ber.header(octets, at)
    if pdu_end != end:
        raise ber.BerError("octets behind the PDU")
    _, request_id, at = ber.echoed_integer(octets, at)
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
        if bind_end > list_end:
            raise ber.BerError("a varbind is cut off")
        read = _remembered if tag != SET and bind_end - at <= _CACHED_OCTETS else _read_varbind
        name, value = read(octets[at:bind_end])
        names.append(name)
        values.append(value)
        at = bind_end
    return Request(tag, request_id, non_repeaters, max_repetitions, names, values, varbinds)


_NO_ERROR = tlv(0x02, integer(0)) * 2
"""Error status and index of an answer without error."""


def response(request_id: bytes, status: int, index: int, varbinds: bytes, tag: int = RESPONSE) -> bytes:
    """A finished response PDU."""
    verdict = _NO_ERROR if status == index == 0 else tlv(0x02, integer(status)) + tlv(0x02, integer(index))
    listed = request_id + verdict + b"\x30" + length(len(varbinds)) + varbinds
    return bytes((tag,)) + length(len(listed)) + listed
