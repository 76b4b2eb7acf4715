"""What a document says of itself, and its cut to the configured slots."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agent.model.envelope import api_version, cut_to_slots, generation, slot_ids


def saying(text: Any) -> dict[str, Any]:
    return {"system-information": {"API Version": text}}


@pytest.mark.parametrize(
    ("root", "version", "number"),
    [
        (saying("LANTIME REST API V10.21.016"), "10.21.016", 10),
        (saying("LANTIME REST API V20.05.013"), "20.05.013", 20),
        (saying("V8"), "8", 8),
        ({"status": {"rest-api": {"api-version": "10.21.016"}}}, "10.21.016", 10),
        ({**saying("no number"), "status": {"rest-api": {"api-version": "16.04.002"}}}, "16.04.002", 16),
        ({**saying("V20.1"), "status": {"rest-api": {"api-version": "10.2"}}}, "20.1", 20),
        ({"system-information": {"version": "fw_7.05.022"}}, None, None),
        (saying(10), None, None),
        (saying(None), None, None),
        ({"system-information": "text"}, None, None),
        ({}, None, None),
    ],
)
def test_version_and_generation_are_read_where_they_are_said(
    root: dict[str, Any], version: str | None, number: int | None
) -> None:
    assert api_version(root) == version
    assert generation(root) == number


def test_an_absurd_version_does_no_harm() -> None:
    assert generation(saying("V" + "9" * 5000)) is not None


SLOTS = [
    {"object-id": "cpu", "slot-id": "cpu", "slot-type": "cpu"},
    {"object-id": "clk1", "slot-id": "clk1", "slot-type": "clk"},
    {"slot-id": "io1", "slot-type": "io", "module": {"x": 1}},
]
ROOT = {
    "status": {"object-id": "status", "system": {"uptime": 1}, "chassis0": {"model": "M3000", "slots": SLOTS}},
    "configuration": {"chassis0": {"slots": [{"object-id": "clk1", "a": 1}, {"object-id": "io1", "b": 2}]}},
    "links": {"self": "x"},
}


def test_slots_are_listed_in_the_chassis_own_order() -> None:
    assert slot_ids(ROOT) == ["cpu", "clk1", "io1"]
    assert slot_ids({}) == []
    assert slot_ids({"status": {"chassis0": {"slots": {"clk1": {}}}}}) == []


def test_the_cut_keeps_wanted_slots_in_the_wanted_order_and_adds_missing_ones_as_empty_elements() -> None:
    cut = cut_to_slots(ROOT, ["io1", "io9"])
    assert cut["status"]["chassis0"] == {"model": "M3000", "slots": [SLOTS[2], {"object-id": "io9", "slot-id": "io9"}]}
    assert cut["status"]["system"] == {"uptime": 1}
    assert cut["links"] == {"self": "x"}


def test_the_configuration_is_cut_too_and_nothing_is_added_to_it() -> None:
    cut = cut_to_slots(ROOT, ["io1", "io9"])
    assert cut["configuration"] == {"chassis0": {"slots": [{"object-id": "io1", "b": 2}]}}


@pytest.mark.parametrize("root", [{}, {"status": {"chassis0": "odd"}}, {"status": {"chassis0": None}}])
def test_where_nothing_is_said_of_slots_none_is_said_to_be_missing(root: dict[str, object]) -> None:
    assert cut_to_slots(root, ["io1"]) == root


def test_the_document_given_is_not_changed() -> None:
    before = copy.deepcopy(ROOT)
    cut_to_slots(ROOT, ["io1", "io9"])
    assert before == ROOT
