"""Cards in a document, and what changes among them."""

from __future__ import annotations

from typing import Any

from agent.model.cards import CardChange, cards_in, changes


def document(**cards: str | None) -> dict[str, Any]:
    slots = [
        {"slot-id": slot, "slot-type": slot[:2], **({"module": {"info": {"model": model}}} if model else {})}
        for slot, model in cards.items()
    ]
    return {"status": {"chassis0": {"slots": slots}}}


def test_the_cards_of_a_document_by_slot() -> None:
    assert cards_in(document(io1="hps100", io2=None, io3="gns181-uc")) == {"io1": "HPS", "io3": "GNS-UC"}


def test_a_bay_without_a_supply_holds_no_card() -> None:
    bay = {"slot-id": "pwr2", "slot-type": "pwr", "module": {"power-available": False}}
    assert cards_in({"status": {"chassis0": {"slots": [bay]}}}) == {}


def test_a_document_without_slots_says_nothing_of_cards() -> None:
    assert cards_in({}) is None
    assert cards_in({"status": {"chassis0": {"slots": "none"}}}) is None


def test_what_is_malformed_is_no_card_and_breaks_nothing() -> None:
    odd = {"status": {"chassis0": {"slots": [7, {"slot-id": "io1", "module": {"info": {"model": [1]}}}]}}}
    assert cards_in(odd) == {"io1": "other"}


def test_cards_that_come_and_go() -> None:
    assert changes({"io1": "HPS"}, {"io2": "HPS"}) == [
        CardChange("io1", "HPS", found=False), CardChange("io2", "HPS", found=True),
    ]  # fmt: skip
    assert changes({"io1": "HPS"}, {"io1": "HPS"}) == []


def test_another_card_in_a_slot_is_one_gone_and_one_found() -> None:
    assert changes({"io1": "HPS"}, {"io1": "LNO"}) == [
        CardChange("io1", "HPS", found=False), CardChange("io1", "LNO", found=True),
    ]  # fmt: skip
