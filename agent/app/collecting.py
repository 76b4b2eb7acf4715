"""How often a process looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (20_000, 10, 50)
"""New objects, and collections of the younger generation, before one is collected."""


def collect_seldom() -> None:
    """Look for such garbage as seldom as suits documents of many thousand objects that come and go.

    They never refer to themselves, so they go without being looked for; with the interpreter's own thresholds they are
    gone through time and again while they are read, which took longer than the reading, and everything waited. What is
    there already, which is the program, is never gone through again.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
