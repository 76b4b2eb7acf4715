"""The family of a module, from its model name."""

from __future__ import annotations

import pytest

from agent.model.family import FAMILIES, family

TWENTY = [
    "BPE", "CPE", "ESI", "FDM", "GNM", "GNS", "GNS-UC", "GPS", "HPS", "LIU",
    "LNO", "MRI", "PIO", "PZF", "REL", "RSC", "SCG", "TCR", "VSG", "VSI",
]  # fmt: skip
"""The families of IMS cards."""


def test_there_are_the_twenty_families() -> None:
    assert list(FAMILIES) == TWENTY


@pytest.mark.parametrize("name", TWENTY)
def test_every_family_is_told_from_its_name_in_any_case(name: str) -> None:
    assert family(name) == name
    assert family(f" {name.lower()} ") == name
    if name != "GNS-UC":
        assert family(f"{name.lower()}180") == name


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("GPS180", "GPS"), ("gps182", "GPS"), ("ESI180", "ESI"), ("CPE180", "CPE"), ("CPE182", "CPE"),
        ("LNO180", "LNO"), ("LIU", "LIU"), ("MRI", "MRI"), ("BPE", "BPE"), ("BPE2352", "BPE"), ("BPE8XXX", "BPE"),
        ("BPE8NNN", "BPE"), ("RSC180", "RSC"), ("RSC2000", "RSC"), ("SCG", "SCG"), ("SCG181", "SCG"),
        ("FDM180", "FDM"), ("FDM182", "FDM"), ("PZF180", "PZF"), ("pzf511", "PZF"), ("PZF183", "PZF"),
        ("REL1000", "REL"), ("REL1000RC", "REL"), ("HPS100", "HPS"), ("VSG180", "VSG"), ("VSG181", "VSG"),
        ("TCR180", "TCR"), ("GNS181-UC", "GNS-UC"), ("gns182-uc", "GNS-UC"), ("GNS181 UC", "GNS-UC"),
        ("gns181uc", "GNS-UC"), ("GNS181", "GNS"), ("GNS182", "GNS"), ("PIO180", "PIO"), ("VSI180", "VSI"),
        ("GNM181", "GNM"),
    ],
)  # fmt: skip
def test_models_known_from_the_vendors_mib_have_their_family(model: str, name: str) -> None:
    assert family(model, "io") == name


@pytest.mark.parametrize(
    ("model", "slot_type", "name"),
    [
        ("psu-180", "pwr", "pwr"), ("PSU90", "", "pwr"), ("c05f1-v31", "cpu", "cpu"), ("GRC180", "clk", "clk"),
        ("", "clk", "clk"), ("", "pwr", "pwr"), ("GXL183", "clk", "clk"), ("LSG180", "io", "other"),
        ("PSX4GE", "io", "other"), ("", "", "other"), ("180", "io", "other"), ("gpsx", "io", "other"),
        ("GRC180", "int", "other"), ("gns-ucx", "io", "GNS"),
    ],
)  # fmt: skip
def test_what_is_no_ims_family_is_named_after_its_slot_or_other(model: str, slot_type: str, name: str) -> None:
    assert family(model, slot_type) == name
