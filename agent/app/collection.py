"""Garbage collection in a process that must answer at any time."""

from __future__ import annotations

import gc
from collections.abc import Mapping


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
