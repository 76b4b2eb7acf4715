"""What figure 5 makes of moments: missed polls, and the windows in which a large document is worked on."""

from __future__ import annotations

import argparse

import pytest

from agent.config import Settings
from benchmarks.fleet import Plan, add_all_options, minutes_of, missed_polls, planned, windows_of
from benchmarks.site import LARGE_INTERVAL_S, settings_of
from scripts.settings import PASSWORD_VARIABLE


@pytest.mark.parametrize(
    ("asked_s", "missed"),
    [
        ([-10, 20, 50, 80], 0),
        ([-13, 20, 50, 83], 0),  # jitter
        ([-10, 20, 80], 1),
        ([-10, 80], 2),
        ([-10, 20], 2),  # none until the end
        ([], 2),  # the third is not late enough yet
        ([-50], 4),  # none since long before the beginning
        ([-10, 20, 50, 80, 200], 0),  # what comes after the end does not count
    ],
)
def test_a_poll_is_missed_when_half_an_interval_more_has_passed(asked_s: list[float], missed: int) -> None:
    assert missed_polls([asked_s], 0, 100, 30) == missed


def test_missed_polls_of_all_devices_are_counted_together() -> None:
    assert missed_polls([[0, 30, 60, 90], [0, 60], [0, 30, 90]], 0, 100, 30) == 2


def test_a_window_runs_from_the_delivery_of_a_document_to_the_end_of_its_poll() -> None:
    assert windows_of([1, 11, 21], [3, 14]) == [(1, 3), (11, 14)]


def test_a_poll_that_began_before_anybody_looked_has_no_window_and_none_is_counted_twice() -> None:
    assert windows_of([11], [3, 14, 15]) == [(11, 14)]
    assert windows_of([], [3]) == []


def test_a_site_has_its_devices_and_the_large_one_with_a_pace_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "any")
    settings = Settings.model_validate(settings_of(range(3), 8080, 161, large=3))
    assert [device.name for device in settings.devices] == [f"lantime-{number}" for number in range(4)]
    assert [device.poll.interval_s for device in settings.devices] == [30, 30, 30, LARGE_INTERVAL_S]
    assert [device.user for device in settings.devices] == [f"info-{number}" for number in range(4)]


def test_options_say_how_long_and_how_large() -> None:
    parser = argparse.ArgumentParser()
    add_all_options(parser)
    assert planned(parser.parse_args([])) == Plan()
    assert planned(parser.parse_args(["--minutes", "10", "--devices", "100", "--kind", "m3000"])) == Plan(
        10, (10, 100), "m3000"
    )


@pytest.mark.parametrize("text", ["0.5", "31", "nan"])
def test_minutes_have_bounds(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="1 to 30"):
        minutes_of(text)
