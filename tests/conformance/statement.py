"""Statements, as the tests' names and docstrings have them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"test_(?:rfc(?P<rfc>\d+)(?P<section>(?:_\d+)*)|beyond_the_rfcs)_(?P<id>[A-Z]\d\d)_\w+")
ORDER = "MGNBSUVKRL"
"""Messages, GET, GETNEXT, GETBULK, SET, users, views, standard objects, restart, MIB (L for lint)."""


@dataclass(frozen=True)
class Statement:
    """One line of the table.

    Attributes:
        rfc: number and section, a dash where no RFC says it.
    """

    id: str
    rfc: str
    text: str

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the table."""
        return ORDER.index(self.id[0]), self.id

    @property
    def is_of_the_mib(self) -> bool:
        """Whether it is about the module and not about an answering path."""
        return self.id[0] == "L"


def statement_of(function: Callable[..., Any]) -> Statement | None:
    """The statement that a test shows; None for a test that shows none."""
    found = _NAME.fullmatch(function.__name__)
    if found is None:
        return None
    section = (found["section"] or "").strip("_").replace("_", ".")
    text = (function.__doc__ or "").strip().splitlines()[0].removesuffix(".")
    return Statement(found["id"], f"{found['rfc']} {section}".strip() if found["rfc"] else "-", text)
