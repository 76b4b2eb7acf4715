"""The second walk: put a substitute in the place of every leaf that is an identity, and sweep all others.

The role says what a leaf is; a text of a role that does not look its part is swept like any other.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from agent.model.anonymise.learner import Learner
from agent.model.anonymise.positions import axis_of, moved_number, moved_text
from agent.model.anonymise.roles import COMMON_USERS, HOST_NAMES, Role, is_serial_text, names_secret, role_of
from agent.model.anonymise.shapes import TOKENS, names_host
from agent.model.anonymise.spelling import cased
from agent.model.anonymise.substitutes import REDACTED, Substitutes
from agent.model.anonymise.sweeper import Sweeper
from agent.model.anonymise.words import Names, is_special, word_set, words_of
from agent.model.document import Json

_PEM: Final = "-----BEGIN "
_SURE_TEXTS: Final = word_set("alias aliases location contact syslocation syscontact")
"""Texts that are an operator's even where they are made of the device's words."""


class Replacer:
    """Puts substitutes in the places of identities.

    Attributes:
        counts: places replaced, by kind.
    """

    def __init__(self, learner: Learner, key: bytes) -> None:
        self.counts: Counter[str] = Counter()
        self._learner = learner
        self._substitutes = Substitutes(learner, key)
        self._sweeper = Sweeper(learner, self._substitutes, self.counts)

    def name(self, text: str) -> str:
        """A member's name without identities."""
        return self._sweeper.swept(text)

    def owner(self, text: str, role: Role) -> str:
        """What stands for the name of a user or a secret."""
        if text.lower() in COMMON_USERS or self._learner.is_device_word(text):
            return self._sweeper.swept(text)
        self.counts[role.value] += 1
        return self._substitutes.text(role.value, text)

    def leaf(self, names: Names, value: Json) -> Json:
        """A leaf without identities."""
        if isinstance(value, str):
            return value if is_special(value) else self._text(names, value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
            return self._number(names, value)
        return value

    def _number(self, names: Names, value: float) -> Json:
        role, digits = role_of(names), repr(abs(value))
        if role is Role.POSITION and axis_of(names) != "text":
            self.counts["position"] += 1
            return moved_number(value, axis_of(names))
        if isinstance(value, int) and (role is Role.SERIAL or (len(digits) >= 8 and digits in self._learner.serials)):
            self.counts["serial"] += 1
            return int(self._substitutes.serial(digits))
        if role is Role.SECRET and isinstance(value, int) and names_secret(names[-1]):
            self.counts["secret"] += 1
            return 0
        if isinstance(value, float) and digits in self._learner.coordinates:
            self.counts["position"] += 1
            return float(self._learner.coordinates[digits])
        return value

    def _text(self, names: Names, text: str) -> str:
        role = role_of(names)
        core = text.strip()
        if role is Role.SECRET or _PEM in text:
            return self._secret(names, core)
        if role is Role.SERIAL and is_serial_text(names, core.lower()):
            self.counts["serial"] += 1
            return text.replace(core, cased(self._substitutes.serial(core.lower()), core))
        if role is Role.HOST and "://" not in text and "@" not in text:
            return TOKENS.sub(lambda token: self._host(token[0], names), text)
        if role is Role.TEXT or (role is Role.USER and core.lower() not in COMMON_USERS):
            return self._free(names, text, "text" if role is Role.TEXT else "user")
        if role is Role.POSITION:
            moved = moved_text(text, axis_of(names))
            self.counts["position"] += moved != text
            return moved
        return self._sweeper.swept(text)

    def _secret(self, names: Names, core: str) -> str:
        if names[-1] == "object-id":
            # Names of list elements must stay different from each other.
            return self.owner(core, Role.SECRET)
        self.counts["secret"] += 1
        return REDACTED

    def _free(self, names: Names, text: str, kind: str) -> str:
        sure = kind == "user" or words_of(names[-1])[-1] in _SURE_TEXTS
        if not sure and self._learner.is_device_word(text):
            return self._sweeper.swept(text)
        core = text.strip()
        self.counts[kind] += 1
        return text.replace(core, self._substitutes.text(kind, core))

    def _host(self, token: str, names: Names) -> str:
        name, colon, port = token.rpartition(":") if re.fullmatch(r"[^:]+:\d+", token) else (token, "", "")
        strong = "".join(words_of(names[-1])).endswith(HOST_NAMES)
        if not names_host(name) or not (strong or "." in name or not self._learner.is_device_word(name)):
            return self._sweeper.swept(token)
        return self._sweeper.named(name) + colon + port
