"""The identities that are looked for in every text, and one pattern that finds them all.

What could as well be a word of the device is left out, and so is what is too short to be told from other things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agent.model.anonymise.learner import OWNED, Learner
from agent.model.anonymise.shapes import is_findable
from agent.model.anonymise.substitutes import REDACTED, Substitutes

_COORDINATE: Final = re.compile(r"\d+\.\d+")


def known_literals(learner: Learner, substitutes: Substitutes) -> dict[str, tuple[str, str]]:
    """What is looked for in every text: lower case to kind and substitute."""
    literals: dict[str, tuple[str, str]] = {}
    for text, kind in learner.texts.items():
        if not learner.is_device_word(text):
            owned = "secret" if kind == OWNED else kind
            literals[text] = (owned, REDACTED if kind == "secret" else substitutes.text(owned, text))
    for coordinate, there in learner.coordinates.items():
        literals[coordinate] = ("position", there)
    for name in sorted(learner.names):
        if "." in name or not learner.is_device_word(name):
            literals[name] = ("host", substitutes.host(name))
    for serial in sorted(learner.serials):
        if is_findable(serial):
            literals[serial] = ("serial", substitutes.serial(serial))
    return literals


def alternatives(literals: Iterable[str]) -> str:
    """A pattern for known identities, longest first. Short ones count only where no letter or digit touches them."""
    ordered = sorted(literals, key=lambda text: (-len(text), text))
    coordinates = [text for text in ordered if _COORDINATE.fullmatch(text)]
    others = [text for text in ordered if not _COORDINATE.fullmatch(text)]
    alone = [text for text in others if not _is_distinct(text)]
    parts = [re.escape(text) for text in others if _is_distinct(text)]
    if coordinates:
        parts.append(rf"(?<![\d.])[+-]?(?:{'|'.join(map(re.escape, coordinates))})(?!\d)")
    if alone:
        parts.append(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, alone))})(?![A-Za-z0-9])")
    return "|".join(parts) or "(?!)"


def _is_distinct(text: str) -> bool:
    """Whether a text can be looked for within words: nothing else will look like it."""
    return len(text) >= 8 and any(not character.isalpha() for character in text)
