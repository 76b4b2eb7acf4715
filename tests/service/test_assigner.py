"""SETs of several owners' objects: all or nothing, and the truth where that cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.mib.encoding import Oid
from agent.service.assigner import UNDO_FAILED, Assigner
from agent.wire.writing import COMMIT_FAILED, INCONSISTENT_VALUE, NOT_WRITABLE, Assignment, Result


class Owner:
    """Owns some objects; refuses the value "refused", and fails when told to."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.taken: list[tuple[str, Any, str]] = []
        self.fails = False

    def check(self, name: str, instance: Oid, value: Any) -> int:
        return INCONSISTENT_VALUE if value == "refused" else 0

    def assign(self, wanted: Sequence[Assignment], who: str) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.taken += [(each.name, each.value, who) for each in wanted]


def wanted(*pairs: tuple[str, Any]) -> list[Assignment]:
    return [Assignment(position, name, (0,), value) for position, (name, value) in enumerate(pairs, 1)]


@pytest.fixture
def owners() -> list[Owner]:
    return [Owner("a", "b"), Owner("c")]


def test_each_owner_gets_what_is_its_own_and_who_asks(owners: list[Owner]) -> None:
    assert Assigner(owners).assign(wanted(("c", 1), ("a", 2), ("b", 3)), "me") == Result(0, 0)
    assert owners[0].taken == [("a", 2, "me"), ("b", 3, "me")]
    assert owners[1].taken == [("c", 1, "me")]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_one_refusal_is_named_by_its_position_and_nobody_takes_anything(owners: list[Owner], place: int) -> None:
    pairs: list[tuple[str, Any]] = [("a", 1), ("c", 2), ("b", 3)]
    pairs[place - 1] = (pairs[place - 1][0], "refused")
    assert Assigner(owners).assign(wanted(*pairs), "me") == Result(INCONSISTENT_VALUE, place)
    assert [owner.taken for owner in owners] == [[], []]


def test_an_object_that_nobody_owns_is_not_writable(owners: list[Owner]) -> None:
    assert Assigner(owners).assign(wanted(("a", 1), ("z", 1)), "me") == Result(NOT_WRITABLE, 2)
    assert owners[0].taken == []


def test_a_first_owner_that_fails_is_commit_failed_and_the_next_is_not_asked(owners: list[Owner]) -> None:
    owners[0].fails = True
    result = Assigner(owners).assign(wanted(("c", 1), ("a", 2)), "me")
    assert (result.status, result.index) == (COMMIT_FAILED, 2)
    assert owners[1].taken == []


def test_a_later_owner_that_fails_is_undo_failed(owners: list[Owner]) -> None:
    owners[1].fails = True
    result = Assigner(owners).assign(wanted(("c", 1), ("a", 2)), "me")
    assert (result.status, result.index) == (UNDO_FAILED, 0)
