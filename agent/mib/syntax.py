"""The syntaxes our objects have: what a raw value must be to fit, how it is encoded, how the MIB text writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address
from typing import Any, Final

from agent.mib import encoding
from agent.model import reading
from agent.model.reading import ABSENT, Absent, OutOfRange, Unreadable

Reader = Callable[[Any], Any]
"""Raw value in, typed value or ABSENT out; raises Unreadable."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """One SMIv2 syntax.

    Attributes:
        smi: the text behind SYNTAX ("Integer32 (0..255)").
        tag: BER tag of its values.
        read: how a raw JSON value is understood unless the column says otherwise.
        encode: content octets of a typed value; raises Unreadable when the value does not fit.
        imports: (module, name) pairs the text needs.
        labels: names of an enumeration's numbers.
        codes: the labels of raw codes, by their digits, and of words that are no label.
        low: smallest value of a number, or size of a string; `high` the largest. Looked at when it is written.
    """

    smi: str
    tag: int
    read: Reader
    encode: Callable[[Any], bytes]
    imports: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    kind: str = ""
    low: int = 0
    high: int = 0
    codes: Mapping[str, str] = field(default_factory=dict)

    def content(self, raw: Any, reader: Reader | None = None) -> bytes | None:
        """Content octets of a raw value, None when it says nothing.

        Raises:
            Unreadable: the raw value cannot be what this syntax is.
        """
        value = (reader or self.read)(raw)
        return None if value is ABSENT or isinstance(value, Absent) else self.encode(value)


def _whole(smi: str, tag: int, low: int, high: int, imports: tuple[tuple[str, str], ...]) -> Syntax:
    encode_integer = encoding.integer

    def encode(value: Any) -> bytes:
        if not low <= value <= high:
            raise OutOfRange(f"not between {low} and {high}")
        return encode_integer(value)

    return Syntax(smi, tag, reading.integer, encode, imports, kind="number", low=low, high=high)


_SMI = "SNMPv2-SMI"
_TC = "SNMPv2-TC"
_I32 = (-(2**31), 2**31 - 1)


def integer32(low: int = _I32[0], high: int = _I32[1]) -> Syntax:
    """Integer32 within bounds."""
    bounds = "" if (low, high) == _I32 else f" ({low}..{high})"
    return _whole(f"Integer32{bounds}", encoding.INTEGER, low, high, ((_SMI, "Integer32"),))


def unsigned32(low: int = 0, high: int = 2**32 - 1) -> Syntax:
    """Unsigned32 within bounds: numbers that are neither counters nor gauges, and indexes."""
    bounds = "" if (low, high) == (0, 2**32 - 1) else f" ({low}..{high})"
    return _whole(f"Unsigned32{bounds}", encoding.UNSIGNED32, low, high, ((_SMI, "Unsigned32"),))


GAUGE = _whole("Gauge32", encoding.UNSIGNED32, 0, 2**32 - 1, ((_SMI, "Gauge32"),))
INTEGER32 = integer32()
UNSIGNED32 = unsigned32()
INDEX = unsigned32(1)
PERCENT = unsigned32(0, 100)


def _counter(name: str, tag: int, bits: int) -> Syntax:
    mask = 2**bits - 1

    def encode(value: Any) -> bytes:
        if value < 0:
            raise Unreadable("a counter is never negative")
        return encoding.integer(value & mask)

    return Syntax(name, tag, reading.integer, encode, ((_SMI, name),), kind="number")


COUNTER32 = _counter("Counter32", encoding.COUNTER32, 32)
COUNTER64 = _counter("Counter64", encoding.COUNTER64, 64)
TIME_TICKS = Syntax(
    "TimeTicks",
    encoding.TIME_TICKS,
    reading.integer,
    lambda value: encoding.integer(value & 0xFFFFFFFF),
    ((_SMI, "TimeTicks"),),
    kind="ticks",
)


_WORD: Final = 16
"""Characters of texts that are mostly words, which many cells say: they share their octets."""


@lru_cache(maxsize=4096)
def _word(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def text(limit: int = 255) -> Syntax:
    """SnmpAdminString of at most so many octets of UTF-8; longer text is cut at a character."""

    def encode(value: Any) -> bytes:
        if type(value) is str and len(value) <= _WORD <= limit // 4:
            return _word(value)
        octets = str(value).encode("utf-8", "replace")
        if len(octets) > limit:
            octets = octets[:limit].decode("utf-8", "ignore").encode()
        return octets

    smi = "SnmpAdminString" if limit == 255 else f"SnmpAdminString (SIZE (0..{limit}))"
    imports = (("SNMP-FRAMEWORK-MIB", "SnmpAdminString"),)
    return Syntax(smi, encoding.OCTET_STRING, reading.text, encode, imports, kind="text", high=limit)


TEXT = text()
WORDS = Syntax(TEXT.smi, TEXT.tag, reading.words, TEXT.encode, TEXT.imports, kind="text")
"""Text made of a list of words."""


def octets(limit: int) -> Syntax:
    """Opaque octets, cut at a limit."""

    def encode(value: Any) -> bytes:
        return bytes(value)[:limit]

    return Syntax(f"OCTET STRING (SIZE (0..{limit}))", encoding.OCTET_STRING, lambda raw: raw, encode, kind="octets")


def exact_octets(size: int) -> Syntax:
    """Opaque octets of one size."""

    def encode(value: Any) -> bytes:
        if len(value) != size:
            raise Unreadable(f"not {size} octets")
        return bytes(value)

    return Syntax(f"OCTET STRING (SIZE ({size}))", encoding.OCTET_STRING, lambda raw: raw, encode, kind="octets")


def _encode_truth(value: Any) -> bytes:
    return b"\x01" if value else b"\x02"


TRUTH = Syntax(
    "TruthValue",
    encoding.INTEGER,
    reading.truth,
    _encode_truth,
    ((_TC, "TruthValue"),),
    {"true": 1, "false": 2},
    kind="enumeration",
)


def _encode_moment(value: Any) -> bytes:
    if not isinstance(value, datetime):
        raise Unreadable("not a time")
    return encoding.date_and_time(value)


def _read_moment(raw: Any) -> datetime | Absent:
    return raw if isinstance(raw, datetime) else reading.moment(raw)


DATE_AND_TIME = Syntax(
    "DateAndTime", encoding.OCTET_STRING, _read_moment, _encode_moment, ((_TC, "DateAndTime"),), kind="moment"
)


def _encode_mac(value: Any) -> bytes:
    digits = str(value).replace(":", "").replace("-", "").replace(".", "")
    try:
        address = bytes.fromhex(digits)
    except ValueError:
        address = b""
    if len(address) != 6:
        raise Unreadable("not a MAC address")
    return address


MAC_ADDRESS = Syntax("MacAddress", encoding.OCTET_STRING, reading.text, _encode_mac, ((_TC, "MacAddress"),), kind="mac")

PHYS_ADDRESS = replace(MAC_ADDRESS, smi="PhysAddress", imports=((_TC, "PhysAddress"),))


def _encode_ipv4(value: Any) -> bytes:
    try:
        return IPv4Address(value).packed
    except ValueError as problem:
        raise Unreadable("not an IPv4 address") from problem


IP_ADDRESS = Syntax(
    "IpAddress", encoding.IP_ADDRESS, reading.text, _encode_ipv4, ((_SMI, "IpAddress"),), kind="address"
)

OPAQUE_FLOAT = Syntax(
    "Opaque (SIZE (7))", encoding.OPAQUE, reading.number, encoding.opaque_float, ((_SMI, "Opaque"),), kind="float"
)
"""A floating point number as net-snmp wraps it."""

OBJECT_IDENTIFIER = Syntax("OBJECT IDENTIFIER", encoding.OBJECT_IDENTIFIER, lambda raw: raw, encoding.oid, kind="oid")

NANOSECONDS = INTEGER32
"""Signed nanoseconds; outside ±2.1 s the cell is absent and the text beside it carries the value."""


def enumeration(*words: str, codes: Mapping[int | str, str] | None = None, **numbers: int) -> Syntax:
    """An enumeration whose labels are the device's own words in lower camel case.

    Args:
        words: labels numbered from 2 on, behind other(1).
        codes: the labels that raw codes of `?raw` answers mean, or words that are no SMIv2 label ("10mhz…").
        numbers: labels with numbers of their own (those of a standard); `other` is then 255 unless given.

    A word that is no label becomes `other`; a raw number without a known meaning becomes `other` too.
    """
    labels = dict(numbers) if numbers else {"other": 1, **{word: 2 + place for place, word in enumerate(words)}}
    labels.setdefault("other", 255)
    meanings = {str(code): word for code, word in (codes or {}).items()}
    encoded = {word: encoding.integer(value) for word, value in labels.items()}
    lowered = {word.lower(): word for word in labels}

    def read(raw: Any) -> str | Absent:
        word = reading.label(raw)
        if isinstance(word, Absent):
            return word
        word = meanings.get(word, word)
        return lowered.get(word.lower(), "other")

    def encode(value: Any) -> bytes:
        return encoded[value]

    listed = ", ".join(f"{word}({value})" for word, value in sorted(labels.items(), key=lambda item: item[1]))
    return Syntax(
        f"INTEGER {{ {listed} }}", encoding.INTEGER, read, encode, (), labels, kind="enumeration", codes=meanings
    )


def closed(**numbers: int) -> Syntax:
    """An enumeration of the agent's own words: there is no other, since no device says them."""
    open_ = enumeration(codes=None, **numbers)
    listed = ", ".join(f"{word}({value})" for word, value in numbers.items())
    return replace(open_, smi=f"INTEGER {{ {listed} }}", labels=numbers)
