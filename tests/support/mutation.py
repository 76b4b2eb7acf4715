"""Documents changed at random, in all the ways a device may change what it says from one poll to the next."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[Any, Any]
"""A container and a key in it."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 1.0, -0.0, 0.0, 10**30, -1, 1.5, "", "N/A", "x", "never", "7", "\u00b5", "9" * 400,
    [], {}, [1], [[1]], [{}], [None], {"a": {"b": []}},
    [{"object-id": "a"}, {"object-id": "a"}], [{"object-id": "a", "b": 1}, {"object-id": "a", "b": 2}],
)  # fmt: skip


def places(node: Any) -> Iterator[Place]:
    """Every place below a node."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


def mutate(root: dict[str, Any], chance: random.Random, times: int) -> dict[str, Any]:
    """A document with some changes, made of new objects throughout; the given one is not changed."""
    changed = copy.deepcopy(root)
    for _ in range(times):
        found = list(places(changed))
        if not found:
            return copy.deepcopy(root)
        kind = chance.choice(_KINDS)
        node, key = chance.choice(found)
        kind(node, key, chance, found)
    return changed


def _value(node: Any, key: Any, chance: random.Random, _: list[Place]) -> None:
    value = node[key]
    if isinstance(value, bool):
        node[key] = chance.choice([not value, int(value), str(value).lower()])
    elif isinstance(value, (int, float)):
        node[key] = chance.choice([value + 1, float(value), int(value), str(value), -value, bool(value)])
    elif isinstance(value, str):
        node[key] = chance.choice([f"{value}x", f" {value} ", value[:-1], value.upper(), "synchronized"])
    else:
        _odd(node, key, chance, _)


def _odd(node: Any, key: Any, chance: random.Random, _: list[Place]) -> None:
    node[key] = copy.deepcopy(chance.choice(ODD))


def _gone(node: Any, key: Any, _: random.Random, __: list[Place]) -> None:
    del node[key]


def _another(node: Any, key: Any, chance: random.Random, found: list[Place]) -> None:
    """What stands elsewhere stands here too: names are doubled, cards moved."""
    other, name = chance.choice(found)
    node[key] = copy.deepcopy(other[name])


def _twin(node: Any, key: Any, chance: random.Random, _: list[Place]) -> None:
    if isinstance(node, list):
        node.insert(chance.randrange(len(node) + 1), copy.deepcopy(node[key]))
    else:
        node[f"{key}-{chance.randrange(3)}"] = copy.deepcopy(node[key])


def _turned(node: Any, key: Any, _: random.Random, __: list[Place]) -> None:
    """Other order, and one object for all: members and elements stand the other way round."""
    value = node[key]
    if isinstance(value, list):
        value.reverse()
    elif isinstance(value, dict):
        node[key] = dict(reversed(list(value.items())))


def _named(node: Any, key: Any, chance: random.Random, _: list[Place]) -> None:
    value = node[key]
    if isinstance(value, dict):
        value[chance.choice(["object-id", "slot-id"])] = chance.choice(["io1", "clk1", "cpu", "a", 1, "", None])


_KINDS: tuple[Callable[[Any, Any, random.Random, list[Place]], None], ...] = (
    _value, _value, _value, _odd, _gone, _another, _twin, _turned, _named,
)  # fmt: skip
