"""Random forms of originals: keyed, the same for the same original, and different for different ones.

A keyed hash gives octets without end; what they make is taken unless it is given already or somebody's original.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from agent.model.document import Json

_TRIES: Final = 400


class Assigner:
    """Gives every original a substitute of its own, which is nobody's original."""

    def __init__(self, key: bytes, taken: Mapping[str, Iterable[Json]]) -> None:
        self._key = hashlib.blake2b(key).digest()
        self._given: dict[tuple[str, str], Json] = {}
        self._used = {kind: set(originals) for kind, originals in taken.items()}

    def numbers(self, kind: str, original: str, attempt: int) -> Iterator[int]:
        """Octets without end that follow from key, kind and original."""
        for block in itertools.count():
            text = f"{attempt}/{block}/{original}".encode("utf-8", "surrogatepass")
            yield from hashlib.blake2b(text, key=self._key, person=kind.encode()[:16]).digest()

    def text(self, kind: str, original: str) -> str:
        """A text of the same form."""
        return str(self._assigned(kind, original, lambda octets, _: _scrambled(original, octets)))

    def number(self, kind: str, original: int, make: Callable[[int, int], int]) -> int:
        """What `make` makes of 128 random bits and the number of the attempt."""

        def made(octets: Iterator[int], attempt: int) -> int:
            return make(int.from_bytes(bytes(itertools.islice(octets, 16)), "big"), attempt)

        return int(self._assigned(kind, f"{original:x}", made))

    def _assigned(self, kind: str, original: str, make: Callable[[Iterator[int], int], Json]) -> Json:
        given = self._given.get((kind, original))
        if given is not None:
            return given
        used = self._used.setdefault(kind, set())
        for attempt in range(_TRIES):
            given = make(self.numbers(kind, original, attempt), attempt)
            if given not in used:
                break
        used.add(given)
        self._given[kind, original] = given
        return given


def _scrambled(text: str, octets: Iterator[int]) -> str:
    """Digits for digits, letters for letters; leading zeros stay, and what looks hexadecimal goes on doing so."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    body = text.lstrip("0") if text.isdigit() else text
    if len(text) >= 8 and re.fullmatch(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f:. -]+", text):
        letters = "abcdef"
    made = ["0"] * (len(text) - len(body))
    for position, character in enumerate(body):
        if character.isdigit():
            first = position == 0
            made.append(str(1 + _pick(octets, 9) if first else _pick(octets, 10)))
        elif character.isalpha():
            made.append(letters[_pick(octets, len(letters))])
        else:
            made.append(character)
    return "".join(made)


def _pick(octets: Iterator[int], count: int) -> int:
    return (next(octets) << 8 | next(octets)) % count
