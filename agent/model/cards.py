"""The cards in a document, and what changed among them between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.model.document import Json, element_name, find, parse_path
from agent.model.family import family

_SLOTS = parse_path("status.chassis0.slots").steps
_MODEL = parse_path("info.model").steps


@dataclass(frozen=True, slots=True)
class CardChange:
    """A card that turned up in a slot or left it."""

    slot: str
    family: str
    found: bool


def cards_in(root: Json) -> dict[str, str] | None:
    """Slot ID to the family of the card in it; None where the document says nothing of slots."""
    slots = find(root, _SLOTS)
    if not isinstance(slots, list):
        return None
    found = {}
    for place, slot in enumerate(slots):
        module = slot.get("module") if isinstance(slot, Mapping) else None
        if _is_card(module):
            model = find(module, _MODEL)
            kind = slot.get("slot-type")
            found[element_name(slot, place)] = family(
                model if isinstance(model, str) else "", kind if isinstance(kind, str) else ""
            )
    return found


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[CardChange]:
    """What left and what turned up; another family in the same slot is both."""
    gone = [CardChange(slot, card, found=False) for slot, card in before.items() if after.get(slot) != card]
    found = [CardChange(slot, card, found=True) for slot, card in after.items() if before.get(slot) != card]
    return [*gone, *found]


def _is_card(module: Any) -> bool:
    """As the module table decides: a bay without a card has a module without `info`."""
    return (
        isinstance(module, Mapping)
        and bool(module)
        and ("info" in module or module.get("power-available") is not False)
    )
