"""No leaf of a device is lost: each is served by a typed column or stands in the attribute table."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from agent.model.document import Leaf, graft, leaves
from tests.support.devices import Device, simulated
from tests.support.tools import shared

SAMPLE = 60
"""Leaves of a simulated device that are changed; a build takes about 20 ms."""


def captured() -> dict[str, Any]:
    answer = json.loads((shared("captures") / "m300-api10.json").read_text())
    return graft({}, "status", answer)


DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "real M300, API 10": captured,
    "simulated, API 10": lambda: simulated(10),
    "simulated, API 20": lambda: simulated(20),
    "simulated, API 8": lambda: simulated(8),
}
every_document = pytest.mark.parametrize("make", DOCUMENTS.values(), ids=DOCUMENTS.keys())


def changed(value: Any) -> Any:
    """Another value that the same leaf could have."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return 99 if value == 100 else value + 1
    if isinstance(value, float):
        return value + 2.5
    if isinstance(value, str):
        digit = re.search(r"\d", value)
        if digit is None:
            return f"{value.strip()}x"
        return f"{value[: digit.start()]}{(int(digit[0]) + 1) % 10}{value[digit.end() :]}"
    return {list: ["x"], dict: {"x": 1}}.get(type(value), 5)


def chosen(root: dict[str, Any], sample: int) -> list[Leaf]:
    found = list(leaves(root))
    return found if len(found) <= 500 else random.Random(5597).sample(found, sample)


@every_document
def test_a_change_of_any_leaf_changes_a_cell(make: Callable[[], dict[str, Any]]) -> None:
    root = make()
    before = Device().build(root)
    unseen = []
    for leaf in chosen(root, SAMPLE):
        value = leaf.value
        leaf.container[leaf.key] = changed(value)
        if Device().build(root) == before:
            unseen.append(f"{leaf.path}: {value!r} to {changed(value)!r}")
        leaf.container[leaf.key] = value
    assert unseen == []


def as_text(value: Any) -> str:
    if value is None or isinstance(value, (list, dict)):
        return ""
    return value if isinstance(value, str) else json.dumps(value)


@every_document
def test_every_leaf_is_served_or_an_attribute_with_its_path_and_value(make: Callable[[], dict[str, Any]]) -> None:
    root = make()
    device = Device()
    cells = device.build(root)
    attributes = {
        path.decode(): cells["lnbAttributeText"][index].decode() for index, path in cells["lnbAttributePath"].items()
    }
    assert set(cells["lnbAttributePath"]) == set(cells["lnbAttributeText"]) == set(cells["lnbAttributeType"])
    expected = {
        leaf.path: as_text(leaf.value)
        for leaf in leaves(root)
        if (id(leaf.container), leaf.key) not in device.view.notes.served
    }
    assert attributes == expected
    assert len(attributes) < len(list(leaves(root))) / 2, "most of what a device says has a typed column"


@every_document
def test_a_document_of_a_known_generation_fits_what_is_declared(make: Callable[[], dict[str, Any]]) -> None:
    device = Device()
    device.build(make())
    assert [one for one in device.drift if not one[0].startswith("lnbLed")] == []


def test_leaves_of_elements_with_the_same_name_are_all_attributes() -> None:
    twins = [{"object-id": "x", "a": 1}, {"object-id": "x", "a": 2}]
    cells = Device().build({"status": {"brand-new": twins}})
    assert sorted(cells["lnbAttributeText"].values()) == [b"1", b"2"]


def test_members_with_a_slash_in_their_name_cost_no_more_than_one_row() -> None:
    device = Device()
    cells = device.build({"status": {"new": {"a/b": 1, "a": {"b": 2}}}})
    assert list(cells["lnbAttributeText"].values()) == [b"1"]
    assert [name for name, _ in device.drift] == ["lnbAttributeTable"]


def test_attributes_beyond_the_limit_are_counted_as_drift_and_left_out() -> None:
    device = Device(attribute_limit=2)
    cells = device.build({"status": {"new": {"a": 1, "b": 2, "c": 3}}})
    assert list(cells["lnbAttributePath"].values()) == [b"/status/new/a", b"/status/new/b"]
    assert device.drift == [("lnbAttributeTable", "/status/new/c")]


def test_an_attribute_has_type_integer_and_text_of_its_value() -> None:
    values = {"a": "x", "b": 7, "c": 1.5, "d": True, "e": None, "f": [], "g": 2**31, "h": "never", "i": 3.0}
    cells = Device().build({"status": {"new": values}})
    rows = {
        path.decode().rpartition("/")[2]: (
            int.from_bytes(cells["lnbAttributeType"][index], "big"),
            int.from_bytes(found, "big", signed=True) if (found := cells["lnbAttributeInteger"].get(index)) else None,
            cells["lnbAttributeText"][index].decode(),
        )
        for index, path in cells["lnbAttributePath"].items()
    }
    assert rows == {
        "a": (2, None, "x"), "b": (3, 7, "7"), "c": (4, None, "1.5"), "d": (5, 1, "true"), "e": (6, None, ""),
        "f": (7, None, ""), "g": (3, None, "2147483648"), "h": (2, None, "never"), "i": (4, 3, "3.0"),
    }  # fmt: skip
