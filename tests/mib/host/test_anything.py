"""Whatever a device writes, its hosts are made, and what does not depend on it stays."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mib.host.hosts import Watched, answers, texts_in

WILD: tuple[Any, ...] = (
    None, True, -1, 1e30, 3.7, "", "-", "N/A", "x" * 300, "0,4", "::1", "255.255.255.0", [], {}, [1], {"a": 1},
    [{"object-id": "q"}],
)  # fmt: skip


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """All containers of a document with the keys in them."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield node, key
        yield from places(member)


@pytest.mark.parametrize("seed", range(3))
def test_documents_with_wild_values_are_read_and_names_of_other_things_stay(seed: int) -> None:
    chance, sound = random.Random(seed), answers("api8-m1000s")
    names = set(texts_in(Watched().read(sound), "ifName").values())
    for number in range(20):
        documents = copy.deepcopy(sound)
        status = documents["status"]["data"]
        spared = status["network"]["ports"][0]
        found = [place for place in places(documents) if place[0] is not spared]
        wild = chance.sample(found, 1 + 7 * (number % 3))
        for container, key in wild:
            if not isinstance(container, list) or key < len(container):
                container[key] = copy.deepcopy(chance.choice(WILD))
        cells = Watched().read(documents)
        if any(one is spared for one in _ports(documents)):
            assert "lan0" in names & set(texts_in(cells, "ifName").values())


def _ports(documents: dict[str, Any]) -> list[Any]:
    """The ports of a document, where they can still be found in it."""
    node: Any = documents
    for name in ("status", "data", "network", "ports"):
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, list) else []
