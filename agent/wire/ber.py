"""Strict BER reading: definite lengths, primitive strings, nothing left over (RFC 3417 8). Non-minimal lengths pass."""

from __future__ import annotations

from agent.mib import encoding
from agent.mib.encoding import Oid

SEQUENCE = 0x30
_PADDING = b"\x00\xff"
"""What a number of two octets or more begins with where it could be shorter, and now and then where it could not."""
_LARGEST_BEGUN = 1 << 32
"""No sub-identifier without its last seven bits is larger; the first holds two, and 80 more."""


class BerError(ValueError):
    """The octets are not what they should be."""


def header(octets: bytes, at: int) -> tuple[int, int, int]:
    """Tag of the element at a position, and where its content begins and ends.

    Raises:
        BerError: the element does not lie within the octets.
    """
    start = at + 2
    try:
        tag, size = octets[at], octets[at + 1]
    except IndexError:
        raise BerError("ends within a header") from None
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= 4 or start + width > len(octets):
            raise BerError("indefinite or oversized length")
        size = int.from_bytes(octets[start : start + width], "big")
        start += width
    end = start + size
    if end > len(octets):
        raise BerError("content is cut off")
    return tag, start, end


def expect(octets: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the content of an element of this tag begins and ends.

    Raises:
        BerError: it is of another tag, or cut off.
    """
    start = at + 2
    if start <= len(octets) and octets[at] == tag and octets[at + 1] < 0x80:  # nearly all there is
        end = start + octets[at + 1]
        if end <= len(octets):
            return start, end
    found, start, end = header(octets, at)
    if found != tag:
        raise BerError(f"tag {found:#04x} where {tag:#04x} belongs")
    return start, end


def integer(octets: bytes, at: int) -> tuple[int, int]:
    """Value of an INTEGER from -2^31 to 2^31-1 (RFC 2578 7.1.1), and where it ends; one octet of padding passes."""
    start, end = expect(octets, at, 0x02)
    if end - start == 1:
        value = octets[start]
        return value if value < 128 else value - 256, end
    value = int.from_bytes(octets[start:end], "big", signed=True)
    if not 2 <= end - start <= 5 or not -(2**31) <= value < 2**31:
        raise BerError("not a 32-bit integer")
    return value, end


def echoed_integer(octets: bytes, at: int) -> tuple[bytes, int]:
    """An INTEGER as `integer` reads it, the whole element, and where it ends.

    It is to go back to who sent it, so it is of the shortest form, even where it came in a longer one.
    """
    start, end = expect(octets, at, 0x02)
    if start == at + 2 and 1 < end - start <= 4 and octets[start] not in _PADDING:
        return octets[at:end], end
    value, end = integer(octets, at)
    return encoding.tlv(0x02, encoding.integer(value)), end


def string(octets: bytes, at: int) -> tuple[bytes, int]:
    """Value of an OCTET STRING, and where it ends."""
    start, end = expect(octets, at, 0x04)
    return octets[start:end], end


def object_identifier(content: bytes) -> Oid:
    """The OID in content octets.

    Raises:
        BerError: it is empty, cut off, longer than 128 sub-identifiers, or one exceeds 32 bits (RFC 2578 3.5).
    """
    if not content or content[-1] & 0x80:
        raise BerError("an OID that is empty or cut off")
    numbers: list[int] = []
    number = 0
    for octet in content:
        if octet < 0x80:
            numbers.append(number | octet)
            number = 0
        else:
            number = (number | octet & 0x7F) << 7
            if number > _LARGEST_BEGUN:
                raise BerError("a sub-identifier over 32 bits")
    first = min(numbers[0] // 40, 2)
    numbers[:1] = first, numbers[0] - 40 * first
    if max(numbers) > 0xFFFFFFFF:
        raise BerError("a sub-identifier over 32 bits")
    if len(numbers) > 128:
        raise BerError("an OID of more than 128 sub-identifiers")
    return tuple(numbers)


def varbind(octets: bytes) -> tuple[Oid, int, bytes]:
    """Name, value tag and value content of a whole VarBind."""
    start, _ = expect(octets, 0, SEQUENCE)
    name_start, name_end = expect(octets, start, 0x06)
    tag, value_start, value_end = header(octets, name_end)
    return object_identifier(octets[name_start:name_end]), tag, octets[value_start:value_end]
