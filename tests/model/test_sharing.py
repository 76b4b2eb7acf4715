"""Documents made of the objects of the one before."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model.sharing import shared
from tests.support.mutation import mutate, places

DOCUMENT: dict[str, Any] = {
    "status": {
        "system": {"uptime": 5, "name": "m3000", "load": 0.0},
        "slots": [
            {"object-id": "io1", "module": {"ports": [{"a": 1}, {"a": 2}]}},
            {"object-id": "io2", "module": {"ports": [{"a": 1}]}},
            {"object-id": "io3"},
        ],
    }
}


def test_a_document_that_says_the_same_is_the_old_one() -> None:
    assert shared(DOCUMENT, copy.deepcopy(DOCUMENT)) is DOCUMENT


def test_what_is_beside_a_change_is_the_old_object() -> None:
    new = copy.deepcopy(DOCUMENT)
    new["status"]["slots"][0]["module"]["ports"][1]["a"] = 3
    made = shared(DOCUMENT, new)
    assert made == new
    slots, before = made["status"]["slots"], DOCUMENT["status"]["slots"]
    assert made["status"]["system"] is DOCUMENT["status"]["system"]
    assert slots[1] is before[1]
    assert slots[0] is not before[0]
    assert slots[0]["module"]["ports"][0] is before[0]["module"]["ports"][0]


def test_named_elements_are_found_where_others_came_or_went() -> None:
    new = copy.deepcopy(DOCUMENT)
    del new["status"]["slots"][0]
    made = shared(DOCUMENT, new)
    assert made == new
    assert made["status"]["slots"][0] is DOCUMENT["status"]["slots"][1]
    assert made["status"]["slots"][1] is DOCUMENT["status"]["slots"][2]


@pytest.mark.parametrize(
    ("old", "new"), [(1, True), (True, 1), (1, 1.0), (0.0, -0.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([1], [True])]
)
def test_what_is_equal_and_not_the_same_is_not_taken_for_it(old: Any, new: Any) -> None:
    made = shared({"x": old}, {"x": new})
    assert json.dumps(made) == json.dumps({"x": new})
    assert repr(made) == repr({"x": new})


@given(st.integers(0, 2**32))
def test_whatever_changes_the_document_is_the_new_one_and_no_object_stands_twice(seed: int) -> None:
    chance = random.Random(seed)
    old = mutate(DOCUMENT, chance, 4)
    new = mutate(old, chance, chance.choice([0, 1, 5]))
    said, before = json.dumps(new), json.dumps(old)
    made = shared(old, new)
    assert json.dumps(made) == said
    assert (json.dumps(new), json.dumps(old)) == (said, before)
    containers = [id(node[key]) for node, key in places(made) if isinstance(node[key], (dict, list))]
    assert len(containers) == len(set(containers))
