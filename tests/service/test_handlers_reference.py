"""The page that lists the message types."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.service.handlers import HANDLERS
from agent.service.handlers.reference import print_types, with_types

PAGE = Path(__file__).parents[2] / "docs" / "interapp.md"


def test_the_page_is_as_the_registry_prints_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_types(page) == page


def test_every_type_and_every_member_of_its_content_is_printed() -> None:
    printed = print_types()
    for spec in HANDLERS.values():
        assert f"| `{spec.type}` |" in printed
        assert all(f"`{name}` (" in printed for name in spec.content.model_fields)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no '<!-- message types"):
        with_types("# Messages")
