"""The first walk: learn every identity, by the role of its leaf or by its shape in any text.

More is learnt than what stands in one place: the parts of a host name, the MAC address within a clock identity.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from agent.model.anonymise.addresses import (
    ALL_ONES,
    LOCAL_BIT,
    ipv4_of,
    ipv6_of,
    ipv6_within,
    is_special_mac,
    mac_in_eui,
)
from agent.model.anonymise.positions import NUMBER, axis_of, coordinates, is_zero
from agent.model.anonymise.roles import COMMON_USERS, Role, is_serial_text, role_of
from agent.model.anonymise.shapes import EUI, FOUND, FQDN, OTHERS, RUN, SHAPE, TOKENS, is_findable, names_host
from agent.model.anonymise.spelling import digits_of, lower
from agent.model.anonymise.words import DEVICE_WORDS, Names, is_special, word_set
from agent.model.document import Json

_LEARNT: Final = re.compile(f"{FOUND}|{EUI}|{RUN}|{OTHERS}", re.VERBOSE)

_VOCABULARY: Final = word_set(
    "model slot-id slot-type slot-name card-name version firmware-image profile type ref-type state role protocol "
    "format mode object-type clock-source time-source"
)
"""Members whose values are words of the device."""

OWNED: Final = "secret-name"
"""A secret that is the name of something (a community): its substitutes must be different from each other."""


class Learner:
    """Learns the identities of the documents.

    Attributes:
        serials, labels, names, texts: in lower case; labels are the parts of names.
        macs: without the universal/local bit.
        coordinates: numbers with three or more decimals, and what stands for them.
        device_words: names of models and slots, beside DEVICE_WORDS.
    """

    def __init__(self) -> None:
        self.serials: set[str] = set()
        self.labels: set[str] = set()
        self.names: set[str] = set()
        self.texts: dict[str, str] = {}
        self.ipv4: set[int] = set()
        self.ipv6: set[int] = set()
        self.macs: set[int] = set()
        self.euis: set[int] = set()
        self.coordinates: dict[str, str] = {}
        self.device_words: set[str] = set()

    def name(self, text: str) -> str:
        """A member's name, as it is."""
        self._shapes(text)
        return text

    def owner(self, text: str, role: Role) -> str:
        """The name of a user or a secret, as it is."""
        self._own(text, OWNED if role is Role.SECRET else role.value)
        return text

    def leaf(self, names: Names, value: Json) -> Json:
        """A leaf, as it is."""
        role = role_of(names)
        if isinstance(value, str) and not is_special(value):
            self._text(names, role, value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self._number(names, role, value)
        return value

    def _number(self, names: Names, role: Role, value: float) -> None:
        if role is Role.SERIAL and isinstance(value, int) and value:
            self.serials.add(str(abs(value)))
        elif role is Role.POSITION:
            self._coordinates(repr(value), axis_of(names))

    def _text(self, names: Names, role: Role, text: str) -> None:
        core = lower(text.strip())
        if role is Role.SERIAL and is_serial_text(names, core):
            self.serials.add(core)
            if core.isdigit():
                self.serials.add(core.lstrip("0"))
        elif role is Role.HOST:
            self._hosts(text)
        elif role is Role.TEXT:
            self._own(text, "text")
        elif role in (Role.USER, Role.SECRET):
            self.owner(text, role) if names[-1] == "object-id" else self._own(text, role.value)
        elif role is Role.POSITION:
            self._coordinates(text, axis_of(names))
        elif role is Role.HARDWARE:
            self._hardware(digits_of(text))
        if names[-1] in _VOCABULARY:
            self.device_words.update(re.split(r"[^a-z0-9]+", core))
        self._shapes(text, numbers=role is not Role.VERSION)

    def _own(self, text: str, kind: str) -> None:
        core = lower(text.strip())
        if is_findable(core) and core not in COMMON_USERS:
            self.texts.setdefault(core, kind)

    def _coordinates(self, text: str, axis: str) -> None:
        wanted = itertools.chain(coordinates(len(NUMBER.findall(text)), axis), itertools.repeat(0.0))
        for found, value in zip(NUMBER.finditer(text), wanted, strict=False):
            if len(found[1] or "") >= 3 and not is_zero(found[0]):
                self.coordinates.setdefault(found[0].lstrip("+-"), f"{value:.{len(found[1])}f}")

    def _hosts(self, text: str) -> None:
        """A text that names hosts."""
        if "://" not in text and "@" not in text:
            for token in TOKENS.findall(text):
                self.host(token)

    def host(self, text: str) -> None:
        """A host's name or address."""
        self._shapes(text)
        shape = SHAPE.fullmatch(text)
        if shape and shape["hex"]:
            self._hardware(digits_of(text))
        elif names_host(text):
            self._name(text)

    def _name(self, text: str) -> None:
        labels = text.lower().rstrip(".").split(".")
        self.labels.update(labels)
        # Also the domain alone, and the organisation's own part of it.
        self.names.update(".".join(labels[start:]) for start in range(len(labels) - 1))
        self.names.update(label for label in (labels if len(labels) == 1 else labels[:-1]) if len(label) > 2)

    def _shapes(self, text: str, *, numbers: bool = True) -> None:
        for found in _LEARNT.finditer(text):
            if found["host"] or found["domain"]:
                self.host((found["host"] or found["domain"]).strip("[]"))
            elif found["run"]:
                start, end = ipv6_within(found["run"]) or (0, 0)
                self._ipv6(found["run"][start:end])
                self._numbers(found["run"][:start], numbers=numbers)
                self._numbers(found["run"][end:], numbers=numbers)
            else:
                self._numbers(found[0], numbers=numbers)
        if numbers and "://" not in text:
            for found in FQDN.finditer(text):
                self._name(found[0])

    def _numbers(self, text: str, *, numbers: bool) -> None:
        for found in SHAPE.finditer(text):
            if found["eui"] or found["mac"]:
                self._hardware(digits_of(found[0]))
            elif found["ip4"] and found["d"] == "." and numbers:
                value = ipv4_of(found["ip4"])
                if value is not None:
                    self.ipv4.add(value)

    def _ipv6(self, text: str) -> None:
        value = ipv6_of(text)
        if value is not None:
            self.ipv6.add(value)
            if value >> 24 & 0xFFFF == 0xFFFE:
                self._hardware(f"{value & ALL_ONES:016x}")

    def _hardware(self, digits: str) -> None:
        if len(digits) == 12 and not is_special_mac(int(digits, 16)):
            self.macs.add(int(digits, 16) & ~LOCAL_BIT)
        elif len(digits) == 16 and int(digits, 16) not in (0, ALL_ONES):
            mac = mac_in_eui(int(digits, 16))
            if mac is None:
                self.euis.add(int(digits, 16))
            else:
                self.macs.add(mac & ~LOCAL_BIT)

    def is_device_word(self, text: str) -> bool:
        """Whether a name is made of words of the device's own language alone."""
        pieces = re.split(r"[^a-z0-9]+", text.lower())
        return all(
            piece in self.device_words or piece.strip("0123456789") in DEVICE_WORDS or not piece.strip("0123456789")
            for piece in pieces
        )
