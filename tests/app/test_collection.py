"""Garbage collection in the front."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from agent.app.collection import look_once


class Thing:
    """Something that the collector tracks."""


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = list(gc.callbacks)
    yield
    gc.callbacks[:] = before
    gc.unfreeze()


def test_what_survived_a_full_collection_is_not_looked_at_again_and_goes_without_the_collector() -> None:
    look_once()
    thing = Thing()
    gc.collect(1)
    assert any(each is thing for each in gc.get_objects())
    gc.collect()
    assert not any(each is thing for each in gc.get_objects())
    gone = weakref.ref(thing)
    del thing
    assert gone() is None


def test_rings_that_are_garbage_by_then_are_collected() -> None:
    look_once()
    thing = Thing()
    thing.itself = thing  # type: ignore[attr-defined]
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None
