"""The serial number of SETs: who names it must know it, whichever front the SET came by."""

from __future__ import annotations

from agent.service.assigner import Assigner
from agent.service.spinlock import SERIAL_NUMBER, SpinLock
from agent.wire.writing import INCONSISTENT_VALUE, Result
from tests.service.test_assigner import Owner, wanted


def test_of_two_sets_that_name_the_same_value_one_is_carried_out() -> None:
    shown: list[int] = []
    lock = SpinLock(2**31 + 5, lambda: shown.append(lock.value))
    owner = Owner("a")
    assigner = Assigner([owner, lock])
    assert assigner.assign(wanted(("a", "x"), (SERIAL_NUMBER, 5)), "one") == Result(0, 0)
    assert assigner.assign(wanted(("a", "y"), (SERIAL_NUMBER, 5)), "two") == Result(INCONSISTENT_VALUE, 2)
    assert owner.taken == [("a", "x", "one")]
    assert assigner.assign(wanted((SERIAL_NUMBER, 6)), "two") == Result(0, 0)
    assert shown == [6, 7]


def test_behind_the_largest_value_comes_zero() -> None:
    lock = SpinLock(2**31 - 1, lambda: None)
    lock.assign([], "somebody")
    assert lock.value == 0


def test_what_cannot_be_written_does_not_raise_it() -> None:
    owner = Owner("a")
    owner.fails = True
    lock = SpinLock(1, lambda: None)
    assert Assigner([owner, lock]).assign(wanted((SERIAL_NUMBER, 1), ("a", "x")), "one").status
    assert lock.value == 1
