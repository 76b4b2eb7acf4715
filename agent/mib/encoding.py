"""How values become BER content octets (RFC 3417 8, X.690), and how OIDs are packed for sorting."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

Oid = tuple[int, ...]

INTEGER = 0x02
OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
IP_ADDRESS = 0x40
COUNTER32 = 0x41
UNSIGNED32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46


_INTEGERS = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in range(1024)]
"""Contents of small numbers, which many cells share."""


def integer(value: int) -> bytes:
    """Two's complement in as few octets as hold it."""
    if 0 <= value < 1024:
        return _INTEGERS[value]
    return value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)


@lru_cache(maxsize=8192)
def oid(value: Oid) -> bytes:
    """An OBJECT IDENTIFIER of at least two sub-identifiers."""
    return sub_identifiers((value[0] * 40 + value[1], *value[2:]))


_OCTETS = [bytes((number,)) for number in range(256)]
_SMALL = _OCTETS[:128]


def sub_identifiers(numbers: Sequence[int]) -> bytes:
    """Sub-identifiers in base 128, as they stand behind the first two of an OID."""
    return b"".join([_SMALL[number] if number < 128 else _base_128(number) for number in numbers])


_ONE_OCTET_EACH = [int.from_bytes(b"\xff\xff\xff\x80" * count, "big") for count in range(129)]
"""The bits of packed sub-identifiers that need more than one octet."""


def suffix(key: bytes) -> bytes:
    """The sub-identifiers of a packed key, in base 128."""
    if not int.from_bytes(key, "big") & _ONE_OCTET_EACH[len(key) // 4]:
        return key[3::4]
    return sub_identifiers(unpacked(key))


def _base_128(number: int) -> bytes:
    octets = [number & 0x7F]
    number >>= 7
    while number:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(reversed(octets))


def length(size: int) -> bytes:
    """Length octets, definite form, minimal."""
    if size < 128:
        return _SMALL[size]
    width = 1 if size < 0x100 else 2 if size < 0x10000 else (size.bit_length() + 7) // 8
    return _OCTETS[0x80 | width] + size.to_bytes(width, "big")


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    return _OCTETS[tag] + (_SMALL[size] if size < 128 else length(size)) + content


_PACKERS = [struct.Struct(f">{count}I") for count in range(129)]
"""By the count of sub-identifiers, of which an OID has 128 at most (RFC 2578 3.5)."""


def packed(numbers: Sequence[int]) -> bytes:
    """Sub-identifiers as four octets each: such keys compare as their OIDs do (RFC 3416 4.2.2)."""
    count = len(numbers)
    return _PACKERS[count].pack(*numbers) if count <= 128 else struct.pack(f">{count}I", *numbers)


def unpacked(key: bytes) -> Oid:
    """The sub-identifiers of a packed key."""
    count = len(key) // 4
    return _PACKERS[count].unpack(key) if count <= 128 else struct.unpack(f">{count}I", key)


def date_and_time(moment: datetime) -> bytes:
    """DateAndTime (RFC 2579) of an aware UTC time, eleven octets with offset +0:0."""
    return struct.pack(
        ">HBBBBBBcBB",
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond // 100_000,
        b"+",
        0,
        0,
    )


def opaque_float(value: float) -> bytes:
    """A single-precision float in an Opaque, as net-snmp's UCD-SNMP-MIB has it: tag 0x9f78, four octets."""
    return b"\x9f\x78\x04" + struct.pack(">f", value)
