"""Which family of card a module is: the 20 IMS families, and clk, pwr, cpu, other for the rest."""

from __future__ import annotations

import re
from typing import Final

FAMILIES: Final = (
    "BPE", "CPE", "ESI", "FDM", "GNM", "GNS", "GNS-UC", "GPS", "HPS", "LIU",
    "LNO", "MRI", "PIO", "PZF", "REL", "RSC", "SCG", "TCR", "VSG", "VSI",
)  # fmt: skip
"""The IMS families, as the device's connectors name them."""

KINDS: Final = ("clk", "pwr", "cpu")
"""Modules that are no IMS family are named after the slot type they stand in."""

_LEADING_LETTERS = re.compile(r"[a-z]+")
_UP_CONVERTER = re.compile(r"gns\d*[-_ ]?uc\b")


def family(model: str, slot_type: str = "") -> str:
    """The family of a module, from its model name ("gns181-uc", "pzf511") and the type of its slot ("clk").

    Model names are a family's letters and a number, so the leading letters decide.
    """
    name = model.strip().lower()
    if _UP_CONVERTER.match(name):
        return "GNS-UC"
    letters = _LEADING_LETTERS.match(name)
    if letters and letters[0].upper() in FAMILIES:
        return letters[0].upper()
    if name.startswith("psu"):
        return "pwr"
    return slot_type if slot_type in KINDS else "other"
