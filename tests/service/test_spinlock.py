"""The serial number of SETs: who names it must know it, whichever front the SET came by."""

from __future__ import annotations

from agent.service.assigner import Assigner
from agent.service.spinlock import SERIAL_NUMBER, SpinLock
from agent.wire.later import Later
from agent.wire.writing import COMMIT_FAILED, INCONSISTENT_VALUE, Result
from tests.service.test_assigner import Owner, wanted


def test_of_two_sets_that_name_the_same_value_one_is_carried_out() -> None:
    shown: list[int] = []
    lock = SpinLock(2**31 + 5, lambda: shown.append(lock.value))
    owner = Owner("a")
    assign = Assigner([owner]).assign
    assert lock.guard(assign, wanted(("a", "x"), (SERIAL_NUMBER, 5)), "one") == Result(0, 0)
    assert lock.guard(assign, wanted(("a", "y"), (SERIAL_NUMBER, 5)), "two") == Result(INCONSISTENT_VALUE, 2)
    assert owner.taken == [("a", "x", "one")]
    assert lock.guard(assign, wanted((SERIAL_NUMBER, 6)), "two") == Result(0, 0)
    assert lock.guard(assign, wanted(("a", "z")), "three") == Result(0, 0)
    assert shown == [6, 7]


def test_behind_the_largest_value_comes_zero() -> None:
    lock = SpinLock(2**31 - 1, lambda: None)
    assert lock.guard(Assigner([]).assign, wanted((SERIAL_NUMBER, 2**31 - 1)), "somebody") == Result(0, 0)
    assert lock.value == 0


def test_what_cannot_be_written_does_not_raise_it() -> None:
    owner = Owner("a")
    owner.fails = True
    lock = SpinLock(1, lambda: None)
    result = lock.guard(Assigner([owner]).assign, wanted((SERIAL_NUMBER, 1), ("a", "x")), "one")
    assert isinstance(result, Result)
    assert (result.status, lock.value) == (COMMIT_FAILED, 1)


def test_what_is_waited_for_raises_it_when_it_has_succeeded_and_not_before() -> None:
    lock = SpinLock(1, lambda: None)
    for outcome, value in ((Result(COMMIT_FAILED, 2), 1), (Result(0, 0), 2)):
        work: Later[Result] = Later()
        heard: list[Result] = []
        result = lock.guard(lambda these, who, work=work: work, wanted((SERIAL_NUMBER, 1), ("a", "x")), "one")  # type: ignore[misc]
        assert isinstance(result, Later)
        result.then(heard.append)
        assert (heard, lock.value) == ([], 1)
        work.give(outcome)
        assert (heard, lock.value) == ([outcome], value)
