"""When a device is asked next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import BadAnswer, CredentialsRejected, DeviceError, RateLimited, ServerError, TimedOut
from agent.model.health import Health
from agent.model.pacing import RETRY_AFTER_LIMIT_S, Pace, backoff_s, first_delay_s, next_delay_s

PACE = Pace(interval_s=30, backoff_max_s=300, rejected_pause_s=3600)
MIDDLE = 0.5  # the chance that means no jitter


def delay(error: DeviceError | None = None, *, chance: float = MIDDLE, duration_s: float = 0.0, **known: int) -> float:
    return next_delay_s(PACE, Health(**known), error, duration_s, chance)  # type: ignore[arg-type]


def test_after_a_success_the_interval_counts_from_the_start_of_the_poll() -> None:
    assert delay() == pytest.approx(30)
    assert delay(duration_s=4) == pytest.approx(26)


def test_a_slow_device_is_left_alone_as_long_as_it_took() -> None:
    assert delay(duration_s=20) == pytest.approx(20)
    assert delay(duration_s=50) == pytest.approx(50)
    assert delay(TimedOut("x"), duration_s=45, failures=1) == pytest.approx(45)


@given(st.floats(0, 1))
def test_jitter_stays_within_a_tenth_of_the_interval(chance: float) -> None:
    assert 27 <= delay(chance=chance) <= 33.000001
    assert 54 <= delay(BadAnswer("x"), chance=chance, failures=2) <= 66.000001


def test_jitter_reaches_both_ends() -> None:
    assert delay(chance=0) == pytest.approx(27)
    assert delay(chance=1) == pytest.approx(33)


def test_back_off_doubles_from_the_second_failure_up_to_its_limit() -> None:
    assert [backoff_s(30, 300, failures) for failures in range(8)] == [30, 30, 60, 120, 240, 300, 300, 300]
    assert [delay(TimedOut("x"), failures=failures) for failures in (1, 2, 3, 9)] == pytest.approx([30, 60, 120, 300])


def test_a_limit_below_the_interval_does_not_shorten_it() -> None:
    assert backoff_s(600, 300, 5) == 600


@pytest.mark.parametrize("failures", [10_000, 10**9])
def test_very_many_failures_do_not_overflow(failures: int) -> None:
    assert backoff_s(86_400.0, 3600, failures) == 86_400
    assert delay(TimedOut("x"), failures=failures) == pytest.approx(300)


def test_one_rejection_backs_off_and_two_pause() -> None:
    error = CredentialsRejected("401")
    assert delay(error, failures=1, rejections=1) == pytest.approx(30)
    assert delay(error, failures=2, rejections=2) == 3600
    assert delay(TimedOut("x"), failures=3, rejections=2) == pytest.approx(120)
    assert delay(None, rejections=2) == pytest.approx(30)


@pytest.mark.parametrize("kind", [RateLimited, ServerError])
def test_retry_after_is_honoured_and_bounded(kind: type[RateLimited | ServerError]) -> None:
    assert delay(kind("x", 120.0), failures=1) == pytest.approx(120)
    assert delay(kind("x", 5.0), failures=1) == pytest.approx(30)
    assert delay(kind("x", 10.0**9), failures=1) == RETRY_AFTER_LIMIT_S
    assert delay(kind("x", None), failures=1) == pytest.approx(30)


def test_first_polls_of_a_thousand_devices_are_spread_evenly_over_the_interval() -> None:
    phases = [first_delay_s(f"lantime-{number}", 30) for number in range(1000)]
    assert all(0 <= phase < 30 for phase in phases)
    tenths = [sum(3 * tenth <= phase < 3 * tenth + 3 for phase in phases) for tenth in range(10)]
    assert min(tenths) > 70
    assert max(tenths) < 130
    assert first_delay_s("lantime-7", 30) == phases[7]
