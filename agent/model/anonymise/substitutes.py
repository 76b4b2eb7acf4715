"""What stands for an identity, kind by kind: a value for a value, however they are written.

What identities have in common stays so: hosts of a domain, addresses of a network, the vendor of a MAC address, and
the MAC address that an interface identifier or a clock identity was made of.
"""

from __future__ import annotations

import ipaddress
import math
from typing import Final

from agent.model.anonymise.addresses import ALL_ONES, LOCAL_BIT, eui_of_mac, mac_in_eui
from agent.model.anonymise.assigner import Assigner
from agent.model.anonymise.learner import Learner
from agent.model.anonymise.spelling import cased, lower

REDACTED: Final = "redacted"
"""Stands for every secret; its length tells nothing."""

_DOCUMENTATION: Final = tuple(int(ipaddress.IPv4Address(net)) for net in ("192.0.2.0", "198.51.100.0", "203.0.113.0"))
_BENCHMARK: Final = int(ipaddress.IPv4Address("198.18.0.0"))
"""RFC 2544: for the unicast clients of a large card, who are more than the documentation nets can hold."""
_GROUPS: Final = int(ipaddress.IPv4Address("233.252.0.0"))
_LINK_LOCAL: Final = int(ipaddress.IPv4Address("169.254.0.0"))
_LINK_LOCAL_V6: Final = 0xFE80
_DOCUMENTATION_V6: Final = 0x20010DB8
_POOL_TRIES: Final = 60
"""Attempts after which a larger pool is taken."""


class Substitutes:
    """Substitutes for the identities learnt; none of them is an identity learnt."""

    def __init__(self, learner: Learner, key: bytes) -> None:
        self._assigner = Assigner(
            key,
            {
                "serial": learner.serials,
                "host": learner.labels,
                "text": learner.texts,
                "user": learner.texts,
                "secret": learner.texts,
                "ipv4": learner.ipv4,
                "ipv6-net": {value >> 64 for value in learner.ipv6},
                "ipv6-interface": {value & ALL_ONES for value in learner.ipv6},
                "mac": learner.macs,
                "clock-identity": learner.euis,
            },
        )

    def text(self, kind: str, text: str) -> str:
        """A text of the same form."""
        return cased(self._assigner.text(kind, lower(text)), text)

    def serial(self, digits: str) -> str:
        """A serial number; zeros before it stay, so that it is the same with and without them."""
        body = digits.lstrip("0") if digits.isdigit() else digits
        zeros = digits[: len(digits) - len(body)]
        return zeros + self._assigner.text("serial", body) if body else digits

    def host(self, name: str) -> str:
        """A host name, label by label, so that hosts of one domain stay so."""
        labels = name.split(".")
        top = next((place for place in range(len(labels) - 1, 0, -1) if labels[place]), 0)
        made = []
        for place, label in enumerate(labels):
            if not label or label in ("localhost", "localdomain", "local", "arpa"):
                made.append(label)
            elif place == top and place and label.isalpha():
                made.append("x" + "z" * (len(label) - 1))  # "xz", "xzz" …: nobody's, and no country's
            else:
                made.append(self._assigner.text("host", label))
        return ".".join(made)

    def ipv4(self, value: int) -> int:
        """An address reserved for documentation, groups and link-local ones of their kind."""
        beside = next(self._assigner.numbers("ipv4-net", str(value >> 8), 0))

        def made(bits: int, attempt: int) -> int:
            if value >> 28 == 0xE:
                return _GROUPS | bits % (254 if attempt < _POOL_TRIES else 0x3FFE) + 1
            if value >> 16 == _LINK_LOCAL >> 16:
                return _LINK_LOCAL | bits % 0xFDFE + 0x101
            if attempt < _POOL_TRIES:
                # Neighbours stay so, as far as there is room.
                net = beside if attempt < _POOL_TRIES // 2 else bits
                return _DOCUMENTATION[net % 3] | (bits >> 8) % 254 + 1
            return _BENCHMARK | bits % 0x1FFFE + 1

        return self._assigner.number("ipv4", value, made)

    def ipv6(self, value: int) -> int:
        """An address, network and interface each for itself."""
        network, interface = value >> 64, value & ALL_ONES
        if network >> 56 == 0xFF:
            group = self._assigner.number("ipv6-group", value, lambda bits, _: bits & 0xFFFFFFFF | 1 << 31)
            return value >> 112 << 112 | group
        if network >> 54 == _LINK_LOCAL_V6 >> 6:
            made = _LINK_LOCAL_V6 << 48
        else:
            made = self._assigner.number(
                "ipv6-net", network, lambda bits, _: _DOCUMENTATION_V6 << 32 | bits & 0xFFFFFFFF
            )
        return made << 64 | self._interface(interface)

    def mac(self, value: int) -> int:
        """Another address of the same vendor."""
        universal = value & ~LOCAL_BIT
        made = self._assigner.number("mac", universal, lambda bits, _: universal >> 24 << 24 | bits & 0xFFFFFF)
        return value >> 24 << 24 | made & 0xFFFFFF

    def eui(self, value: int) -> int:
        """An EUI-64; one made of a MAC address follows that address."""
        mac = mac_in_eui(value)
        if mac is not None:
            return eui_of_mac(self.mac(mac), value)
        return self._assigner.number("clock-identity", value, lambda bits, _: value >> 40 << 40 | bits & 0xFFFFFFFFFF)

    def _interface(self, value: int) -> int:
        """An interface identifier; one made of a MAC address follows that address."""
        if value == 0:
            return 0
        if value >> 24 & 0xFFFF == 0xFFFE:
            return self.eui(value)
        low = (1 << max(16, 16 * math.ceil(value.bit_length() / 16))) - 1
        return self._assigner.number("ipv6-interface", value, lambda bits, _: bits & low or 1)
