"""Any text, with every identity in it replaced: those looked for, and what has the shape of one.

One pattern goes through the text from its beginning; where a find hides the beginning of another, as a run of digits
and colons may, the search goes on within it. A text that occurs again is not gone through again.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator

from agent.model.anonymise.addresses import (
    ALL_ONES,
    LOCAL_BIT,
    ipv4_of,
    ipv6_of,
    ipv6_within,
    is_special_mac,
    is_special_v4,
    mac_in_eui,
)
from agent.model.anonymise.learner import Learner
from agent.model.anonymise.literals import alternatives, known_literals
from agent.model.anonymise.shapes import EUI, FOUND, OTHERS, REST_OF_RUN, RUN, names_host
from agent.model.anonymise.spelling import cased, digits_of, lower, spelt
from agent.model.anonymise.substitutes import REDACTED, Substitutes


class Sweeper:
    """Replaces identities wherever they stand in a text, and counts them."""

    def __init__(self, learner: Learner, substitutes: Substitutes, counts: Counter[str]) -> None:
        self._learner = learner
        self._substitutes = substitutes
        self._counts = counts
        self._literals = known_literals(learner, substitutes)
        literal = f"(?P<literal>{alternatives(self._literals)})"
        self._pattern = re.compile(f"{FOUND}|{literal}|{EUI}|{RUN}|{OTHERS}", re.VERBOSE | re.IGNORECASE)
        self._inner = re.compile(f"{literal}|{EUI}|{OTHERS}", re.VERBOSE | re.IGNORECASE)
        self._literals_alone = re.compile(literal, re.VERBOSE | re.IGNORECASE)
        # How far beyond its beginning a find can reach; what is looked at twice must not be the whole text.
        self._reach = max([64, *(len(text) + 1 for text in self._literals)])
        self._plain: dict[str, tuple[str, Counter[str]]] = {}

    def named(self, name: str) -> str:
        """What stands for the name of a host."""
        self._counts["host"] += 1
        return cased(self._substitutes.host(name.lower()), name)

    def swept(self, text: str) -> str:
        """A text with every known identity in it replaced."""
        known = self._plain.get(text)
        if known is None:
            before = self._counts.copy()
            shown = "".join(self._parts(text))
            self._plain[text] = shown, self._counts - before
            return shown
        shown, counts = known
        self._counts.update(counts)
        return shown

    def _parts(self, text: str) -> Iterator[str]:
        """The text in parts, identities replaced; a part ends where the next may begin, not where a pattern ended."""
        position = 0
        while found := self._pattern.search(text, position):
            yield text[position : found.start()]
            if found["run"]:
                shown, position = self._run(text, found.start(), found.end())
            else:
                shown, position = self._substitute(text, found)
            yield shown
            # What was just replaced may have touched an address.
            rest = REST_OF_RUN.match(text, position)
            if rest and ipv6_within(rest[0]):
                shown, position = self._run(text, position, rest.end())
                yield shown
        yield text[position:]

    def _substitute(self, text: str, found: re.Match[str]) -> tuple[str, int]:
        """What stands for a find, and where to go on."""
        group = found.groupdict()
        if group.get("scheme"):
            return self._url(found), found.end()
        if group.get("argument"):
            self._counts["secret"] += 1
            return found["argument"] + REDACTED, found.end()
        if group.get("domain"):
            self._counts["user"] += 1
            return f"{self._substitutes.text('user', found['user'])}@{self._authority(found['domain'])}", found.end()
        if group["literal"]:
            return self._literal(found["literal"]), found.end()
        shown = self._ipv4(found[0]) if group["ip4"] else self._hardware(found[0], certain=not group["hex"])
        if shown != found[0]:
            return shown, found.end()
        # What only looked like an address may hold something else, or the beginning of it.
        inside = self._literals_alone.search(text, found.start(), found.end() + self._reach)
        if inside is None or inside.start() >= found.end():
            return shown, found.end()
        return text[found.start() : inside.start()] + self._literal(inside[0]), inside.end()

    def _run(self, text: str, start: int, end: int) -> tuple[str, int]:
        """What stands for a run of digits, colons and points, and where to go on."""
        span = ipv6_within(text[start:end])
        stop = start + span[0] if span else end
        inside = self._inner.search(text, start, stop + self._reach)
        if inside is not None and inside.start() < stop:
            shown, position = self._substitute(text, inside)
            return text[start : inside.start()] + shown, position
        if span is None:
            return text[start:end], end
        address = text[start + span[0] : start + span[1]]
        return text[start:stop] + self._ipv6(address), start + span[1]

    def _url(self, found: re.Match[str]) -> str:
        login = ""
        if found["login"]:
            self._counts["secret"] += 1
            login = f"{REDACTED}@"
        return found["scheme"] + login + self._authority(found["host"])

    def _authority(self, host: str) -> str:
        return self.named(host) if names_host(host) else self.swept(host)

    def _literal(self, text: str) -> str:
        known = self._literals.get(lower(text.lstrip("+-") if text[-1].isdigit() else text))
        kind, substitute = known or self._literals.get(lower(text)) or ("text", self._substitutes.text("text", text))
        self._counts[kind] += 1
        return substitute if substitute == REDACTED or kind == "position" else cased(substitute, text)

    def _ipv4(self, text: str) -> str:
        value = ipv4_of(text)
        if value is None or value not in self._learner.ipv4:
            return text
        self._counts["ipv4"] += 1
        octets = self._substitutes.ipv4(value).to_bytes(4, "big")
        separator = next(character for character in text if not character.isdigit())
        padded = any(len(part) > 1 and part[0] == "0" for part in text.split(separator))
        return separator.join(f"{octet:03}" if padded else str(octet) for octet in octets)

    def _ipv6(self, text: str) -> str:
        value = ipv6_of(text)
        if value is None:
            return text
        self._counts["ipv6"] += 1
        if value >> 32 == 0xFFFF:
            mapped = value & 0xFFFFFFFF
            if not is_special_v4(mapped):
                mapped = self._substitutes.ipv4(mapped)
            return f"::ffff:{ipaddress.IPv4Address(mapped)}"
        address = ipaddress.IPv6Address(self._substitutes.ipv6(value))
        groups = text.split(":")
        shown = address.exploded if len(groups) == 8 and all(len(group) == 4 for group in groups) else str(address)
        return shown.upper() if any(character in "ABCDEF" for character in text) else shown

    def _hardware(self, text: str, *, certain: bool) -> str:
        """A MAC address or EUI-64; plain digits only when they are known to be one."""
        digits = digits_of(text)
        value = int(digits, 16)
        if len(digits) == 12:
            if is_special_mac(value) or not (certain or value & ~LOCAL_BIT in self._learner.macs):
                return text
            self._counts["mac"] += 1
            return spelt(f"{self._substitutes.mac(value):012x}", text)
        if value in (0, ALL_ONES):
            return text
        if mac_in_eui(value) is None and value not in self._learner.euis:
            return text
        self._counts["clock-identity"] += 1
        return spelt(f"{self._substitutes.eui(value):016x}", text)
