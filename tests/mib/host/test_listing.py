"""The page about standard MIBs lists what is declared."""

from __future__ import annotations

import pytest

from agent.mib.host import STANDARD_VIEW, VIEWS
from agent.mib.host.listing import listing, printed
from tests.support.tools import PROJECT

PAGE = PROJECT / "docs" / "standard-mibs.md"


def test_the_page_is_the_printed_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert printed(page) == page, "print it anew: python -m agent.mib.host.listing docs/standard-mibs.md"


def test_every_table_is_listed() -> None:
    found = listing()
    assert all(f"| {name} " in found for name in VIEWS[STANDARD_VIEW].parts if name.endswith("Table"))


def test_a_page_without_a_place_for_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the list"):
        printed("# A page\n")
