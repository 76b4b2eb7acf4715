"""Addresses as numbers: IPv4, IPv6, MAC, EUI-64, and which of them name somebody.

Those that every network has name nobody: unspecified, loopback, masks, multicast of protocols.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

ALL_ONES: Final = (1 << 64) - 1
LOCAL_BIT: Final = 1 << 41
"""The universal/local bit of a MAC address; IPv6 interface identifiers have it inverted (RFC 4291 2.5.1)."""


def ipv4_of(text: str) -> int | None:
    """The number of an address that names somebody."""
    parts = [int(part) for part in re.split(r"[._-]", text)]
    if len(parts) != 4 or max(parts) > 255:
        return None
    value = int.from_bytes(bytes(parts), "big")
    return None if is_special_v4(value) else value


def is_special_v4(value: int) -> bool:
    """Unspecified, loopback and pseudo-references, netmasks, and the multicast addresses of protocols."""
    return value >> 24 in (0, 127) or _is_mask(value, 32) or value >> 9 == 0xE00000 >> 1


def _is_mask(value: int, bits: int) -> bool:
    inverted = value ^ ((1 << bits) - 1)
    return inverted & (inverted + 1) == 0


def ipv6_of(text: str) -> int | None:
    """The number of an address that names somebody."""
    try:
        value = int(ipaddress.IPv6Address(text))
    except ValueError:
        return None
    well_known = value >> 120 == 0xFF and value & ((1 << 112) - 1) <= 0xFFFF
    return None if value <= 1 or well_known or _is_mask(value, 128) or value & (1 << 118) - 1 == 0 else value


@lru_cache(maxsize=4096)
def ipv6_within(run: str) -> tuple[int, int] | None:
    """Where in a run of digits, colons and points an IPv6 address stands; the longest that can be read."""
    if len(run) > 120:
        return None
    starts = sorted({0, *(found.end() for found in re.finditer(":", run)), *_double(run)})
    ends = sorted({len(run), len(run.rstrip(".:")), *(at.start() for at in re.finditer(":", run)),
                   *(at + 2 for at in _double(run))})  # fmt: skip
    spans = [(start, end) for start in starts for end in ends if end - start > 2 and run.count(":", start, end) > 1]
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        try:
            ipaddress.IPv6Address(run[start:end])
        except ValueError:
            continue
        return start, end
    return None


def _double(run: str) -> list[int]:
    return [found.start() for found in re.finditer("::", run)]


def is_special_mac(value: int) -> bool:
    """Zero, and group addresses (broadcast among them): protocols have them, not devices."""
    return value == 0 or bool(value >> 40 & 1)


def mac_in_eui(value: int) -> int | None:
    """The MAC address that an EUI-64 was made of, None for one that was not."""
    if value >> 24 & 0xFFFF not in (0xFFFE, 0xFFFF):
        return None
    return value >> 40 << 24 | value & 0xFFFFFF


def eui_of_mac(mac: int, like: int) -> int:
    """The EUI-64 made of a MAC address, with the same octets between its halves as another."""
    return mac >> 24 << 40 | (like >> 24 & 0xFFFF) << 24 | mac & 0xFFFFFF
