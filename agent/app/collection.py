"""How front and back look for garbage that refers to itself; what does not goes without being looked for."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Final

THRESHOLDS: Final = (20_000, 10, 50)
"""New objects, and collections of the younger generation, before one is collected."""


def look_once() -> None:
    """Have what survived a full collection not looked at again.

    What a front holds is blocks, hundreds of thousands where there are many devices. They go when nobody refers to them
    any more, without the collector, which would stop all answers to look through them over and over. Rings of objects
    that live through a full collection and become garbage later stay; a front makes none as it answers.
    """
    gc.callbacks.append(_freeze)


def _freeze(phase: str, info: Mapping[str, int]) -> None:
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()


def collect_seldom() -> None:
    """Look for such garbage as seldom as suits documents of many thousand objects that come and go.

    They never refer to themselves, so they go without being looked for; with the interpreter's own thresholds they are
    gone through time and again while they are read, which took longer than the reading, and everything waited. What is
    there already, which is the program, is never gone through again.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
