"""Sharing what did not change: a new document made of the old one's objects wherever they say the same.

Whoever holds both sees by identity what changed, and memory holds what did not change once.
"""

from __future__ import annotations

import marshal
from typing import Final

from agent.model.document import Json, element_name


def shared(old: Json, new: Json) -> Json:
    """The new node, with the old node's objects for all below it that is the same; neither is changed.

    The same means the same types too (1, 1.0 and true differ) and members in the same order. No object of the old
    node comes to stand in two places.
    """
    if new is old:
        return new
    kind = type(new)
    if kind is not type(old):
        return _settled(new)
    if kind is dict or kind is list:
        if new == old and _octets(new) == _octets(old):
            return old
        return _shared_members(old, new) if kind is dict else _shared_elements(old, new)
    if kind is float:
        return old if repr(new) == repr(old) else new
    return old if new == old else new


def _octets(node: Json) -> bytes:
    """Octets that tell apart what equality does not: types, signs of zeros, the order of members.

    Version 2 of the format writes no references, so that what is written depends on the values alone.
    """
    return marshal.dumps(node, 2)


def _shared_members(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json]:
    return {_common(name): shared(old[name], value) if name in old else _settled(value) for name, value in new.items()}


def _shared_elements(old: list[Json], new: list[Json]) -> list[Json]:
    """Elements by their place, as long as their names are the same; from there on by their names."""
    kept: list[Json] = []
    for place, (before, now) in enumerate(zip(old, new)):  # noqa: B905 - what is over is seen to below
        if element_name(before, place) != element_name(now, place):
            break
        kept.append(shared(before, now))
    start = len(kept)
    if start == len(new):
        return kept
    left = {element_name(element, place): element for place, element in enumerate(old[start:], start)}
    for place, now in enumerate(new[start:], start):
        name = element_name(now, place)
        kept.append(shared(left.pop(name), now) if name in left else _settled(now))
    return kept


def _settled(node: Json) -> Json:
    """A node that nothing is like, made of words that other documents are made of too."""
    if isinstance(node, dict):
        return {_common(name): _settled(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_settled(element) for element in node]
    return _common(node) if isinstance(node, str) else node


_WORDS: Final[dict[str, str]] = {}
_WORDS_LIMIT: Final = 8192
_LONGEST: Final = 32
"""Words of the documents of all devices, each once: names of members mostly. What comes later has to do without."""


def _common(text: str) -> str:
    known = _WORDS.get(text)
    if known is None:
        known = text
        if len(_WORDS) < _WORDS_LIMIT and len(text) <= _LONGEST:
            _WORDS[text] = text
    return known
