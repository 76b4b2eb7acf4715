"""The bounded log of HTTP exchanges."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from agent.model.exchange import (
    LOSS_WINDOW,
    Exchange,
    ExchangeLog,
    ExchangeState,
    Purpose,
    begun,
    bounded,
    ended,
    resized,
)

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)


def exchange(number: int) -> Exchange:
    return Exchange(number, "device", "GET", "/api/status", "", Purpose.POLL, NOW)


def answered(number: int, status_code: int | None) -> Exchange:
    state = ExchangeState.TIMED_OUT if status_code is None else ExchangeState.ANSWERED
    return replace(exchange(number), state=state, status_code=status_code)


def filled(limit: int, count: int) -> ExchangeLog:
    log = ExchangeLog(limit)
    for number in range(1, count + 1):
        log = begun(log, exchange(number), tracked=True)
    return log


def numbers(log: ExchangeLog) -> list[int]:
    return [entry.number for entry in log.entries]


def test_the_oldest_are_dropped_at_the_limit_and_counted() -> None:
    log = filled(3, 5)
    assert numbers(log) == [3, 4, 5]
    assert (log.dropped, log.requests) == (2, 5)


def test_a_smaller_limit_drops_the_oldest_at_once_and_counts_them() -> None:
    log = resized(filled(5, 5), 2)
    assert numbers(log) == [4, 5]
    assert (log.dropped, log.limit) == (3, 2)


def test_a_larger_limit_drops_nothing() -> None:
    log = resized(filled(2, 3), 10)
    assert (numbers(log), log.dropped, log.limit) == ([2, 3], 1, 10)


def test_an_answer_completes_its_row_in_place() -> None:
    log = ended(filled(3, 3), answered(2, 200))
    assert numbers(log) == [1, 2, 3]
    assert [entry.state for entry in log.entries] == [
        ExchangeState.PENDING, ExchangeState.ANSWERED, ExchangeState.PENDING,
    ]  # fmt: skip


def test_an_answer_to_a_dropped_row_is_counted_and_brings_no_row_back() -> None:
    log = ended(filled(2, 3), answered(1, 503))
    assert numbers(log) == [2, 3]
    assert (log.answered, log.refused, log.unanswered) == (1, 1, 0)


def test_without_tracking_requests_are_counted_and_leave_no_row() -> None:
    log = begun(ExchangeLog(3), exchange(1), tracked=False)
    assert (numbers(log), log.requests, log.dropped) == ([], 1, 0)
    assert ended(log, answered(1, 200)).answered == 1


@pytest.mark.parametrize(("code", "counts"), [(200, (1, 0, 0)), (399, (1, 0, 0)), (400, (1, 1, 0)), (None, (0, 0, 1))])
def test_answers_refusals_and_silence_are_counted_apart(code: int | None, counts: tuple[int, int, int]) -> None:
    log = ended(filled(3, 1), answered(1, code))
    assert (log.answered, log.refused, log.unanswered) == counts


def test_data_loss_is_the_share_of_answers_that_were_refused() -> None:
    """Semantics 2.2: 7 of 16 requests are 43.8 %; requests without an answer do not count."""
    log = ExchangeLog(1)
    assert log.data_loss_permille == 0
    for number in range(16):
        log = ended(begun(log, exchange(number), tracked=True), answered(number, 500 if number < 7 else 200))
    for number in range(5):
        log = ended(log, answered(number, None))
    assert log.data_loss_permille == 438


def test_data_loss_forgets_what_is_long_ago() -> None:
    log = lossy(refused=100, sound=0)
    assert log.data_loss_permille == 1000
    for number in range(LOSS_WINDOW):
        log = ended(log, answered(number, 200))
    assert (log.data_loss_permille, log.refused) == (0, 100)


@pytest.mark.parametrize(
    ("refused", "sound", "verdict"), [(9, 0, "no"), (10, 0, "yes"), (5, 5, "no"), (6, 5, "yes"), (0, 50, "no")]
)
def test_data_loss_is_too_much_above_its_limit_once_ten_answers_came(refused: int, sound: int, verdict: str) -> None:
    assert bounded(lossy(refused, sound), 25, 50).loses_too_much is (verdict == "yes")


def test_with_a_limit_of_100_percent_data_loss_is_never_too_much() -> None:
    assert not bounded(lossy(50, 0), 25, 100).loses_too_much


def test_complete_rows_go_before_pending_ones_the_oldest_first() -> None:
    """Semantics 2.4."""
    log = filled(4, 4)
    for number in (2, 4):
        log = ended(log, answered(number, 200))
    assert numbers(resized(log, 3)) == [1, 3, 4]
    assert numbers(resized(log, 2)) == [1, 3]
    assert numbers(resized(log, 1)) == [3]


def test_an_answer_to_a_row_dropped_while_pending_is_counted_as_late() -> None:
    log = resized(filled(3, 3), 1)
    assert numbers(log) == [3]
    log = ended(ended(log, answered(1, 200)), answered(2, None))
    assert (numbers(log), log.late, log.awaited) == ([3], 1, frozenset())
    untracked = begun(log, exchange(4), tracked=False)
    assert ended(untracked, answered(4, 200)).late == 1


def test_a_row_that_is_pending_when_tracking_stops_is_still_completed() -> None:
    log = begun(filled(3, 1), exchange(2), tracked=False)
    assert ended(log, answered(1, 200)).entries[0].state is ExchangeState.ANSWERED


def lossy(refused: int, sound: int) -> ExchangeLog:
    log = ExchangeLog(25)
    for number in range(refused + sound):
        log = ended(log, answered(number, 503 if number < refused else 200))
    return log
