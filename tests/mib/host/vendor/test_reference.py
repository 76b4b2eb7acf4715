"""The page about the vendor's MIB."""

from __future__ import annotations

import re

import pytest

from agent.mib.host.vendor.reference import printed
from tests.mib.host.vendor.cells import MODULE
from tests.support.tools import PROJECT

PAGE = (PROJECT / "docs" / "vendor.md").read_text(encoding="utf-8")


def test_the_page_is_printed_from_the_declarations() -> None:
    assert printed(PAGE) == PAGE, "print it anew: python -m agent.mib.host.vendor.reference docs/vendor.md"


def test_every_object_stands_on_the_page() -> None:
    assert set(re.findall(r"^\| (mbgLtNg\w+) \|", PAGE, re.M)) == set(MODULE.objects)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no '<!-- objects"):
        printed("# nothing\n")
