"""How a text is written, in capitals or in groups of digits: a substitute is written like its original."""

from __future__ import annotations

import re


def lower(text: str) -> str:
    """Lower case of the same length."""
    return "".join(character.lower() if len(character.lower()) == 1 else character for character in text)


def cased(substitute: str, original: str) -> str:
    """The substitute in capitals where the original has them."""
    if len(substitute) != len(original):
        return substitute
    pairs = zip(substitute, original, strict=True)
    return "".join(new.upper() if old.isupper() else new for new, old in pairs)


def digits_of(text: str) -> str:
    """The hexadecimal digits of a text, in lower case."""
    return re.sub(r"[^0-9A-Fa-f]", "", text).lower()


def spelt(digits: str, original: str) -> str:
    """Hexadecimal digits in the original's grouping and case."""
    capitals = any(character in "ABCDEF" for character in original)
    rest = iter(digits.upper() if capitals else digits)
    return "".join(next(rest) if character in "0123456789abcdefABCDEF" else character for character in original)
