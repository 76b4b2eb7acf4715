"""Slots asked for: what is configured, and what was chosen at run time."""

from __future__ import annotations

from agent.model.slotchoice import SlotChoice

THERE = ("clk1", "io1", "io2")


def asked(choice: SlotChoice) -> list[str]:
    return [slot for slot in THERE if choice.asks(slot)]


def test_without_any_choice_every_slot_is_asked_for() -> None:
    assert asked(SlotChoice()) == list(THERE)
    assert SlotChoice().cut(THERE) is None


def test_configured_slots_are_asked_for_and_no_others() -> None:
    choice = SlotChoice({"io1": "HPS", "io9": None})
    assert asked(choice) == ["io1"]
    assert choice.cut(THERE) == {"io1": "HPS", "io9": None}


def test_an_attached_slot_is_asked_for_beside_the_configured_ones() -> None:
    choice = SlotChoice({"io1": "HPS"}, {"io2": True})
    assert asked(choice) == ["io1", "io2"]
    assert choice.cut(THERE) == {"io1": "HPS", "io2": None}


def test_a_detached_slot_is_not_asked_for_whatever_is_configured() -> None:
    assert asked(SlotChoice({}, {"io1": False})) == ["clk1", "io2"]
    assert SlotChoice({}, {"io1": False}).cut(THERE) == {"clk1": None, "io2": None}
    assert SlotChoice({"io1": None, "io2": None}, {"io1": False}).cut(THERE) == {"io2": None}


def test_with_every_slot_detached_none_is_shown() -> None:
    assert SlotChoice({}, dict.fromkeys(THERE, False)).cut(THERE) == {}
    assert SlotChoice({"io1": None}, {"io1": False}).cut(THERE) == {}


def test_attaching_a_slot_that_is_asked_for_anyway_restricts_nothing() -> None:
    assert SlotChoice({}, {"io1": True}).cut(THERE) is None
