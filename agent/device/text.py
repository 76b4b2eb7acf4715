"""Foreign text, made fit for messages."""

from __future__ import annotations


def printable(text: str, limit: int = 120) -> str:
    """The text in one line of at most `limit` printable characters."""
    clean = "".join(character if character.isprintable() else "?" for character in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
