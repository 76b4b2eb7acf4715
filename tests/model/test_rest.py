"""Work that rests in proportion to how long it took."""

from __future__ import annotations

from agent.model.rest import Rest


def test_it_may_be_done_at_once_the_first_time() -> None:
    assert Rest(9, 2).left_s(0) == 0


def test_what_took_no_time_does_not_rest() -> None:
    rest = Rest(9, 2)
    rest.begin(5, 5)
    assert rest.left_s(5) == 0


def test_it_rests_so_many_times_as_long_as_it_took() -> None:
    rest = Rest(9, 2)
    rest.begin(5, 5.1)
    assert round(rest.left_s(5.1), 6) == 0.9
    assert rest.left_s(6.1) == 0


def test_no_rest_is_longer_than_the_longest() -> None:
    rest = Rest(9, 2)
    rest.begin(5, 15)
    assert rest.left_s(15) == 2
