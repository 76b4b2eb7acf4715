"""Storms: what is held back, what is told instead."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model.alarm.step import step
from agent.model.alarm.storm import ALL_TYPES, Ended, Started, StormLimits, Told, Weather, weathered, worst
from agent.model.alarm.table import AlarmTable, News, Transition
from agent.model.severity import Severity
from tests.model.alarm.findings import at, finding, seen

LIMITS = StormLimits(count=3, total_count=100, within_s=10, quiet_s=60)


def transition(alarm_type: str = "antennaFault", severity: Severity = Severity.MAJOR) -> Transition:
    _, (one,) = step(AlarmTable(), [seen(finding(alarm_type=alarm_type, severity=severity))], at(0))
    return one


def told(*happenings: tuple[float, Transition | None], limits: StormLimits = LIMITS) -> list[tuple[float, str]]:
    """Second and kind of everything that is told."""
    weather, kinds = Weather(), []
    for seconds, one in happenings:
        weather, news = weathered(weather, [one] if one else [], at(seconds), limits)
        kinds += [(seconds, _kind(item)) for item in news]
    return kinds


def _kind(item: Told) -> str:
    return item.alarm.alarm_type if isinstance(item, Transition) else type(item).__name__


def test_as_many_as_allowed_are_told_and_the_next_starts_a_storm() -> None:
    happenings = [(float(n), transition()) for n in range(6)]
    assert told(*happenings) == [(0, "antennaFault"), (1, "antennaFault"), (2, "antennaFault"), (3, "Started")]


def test_slower_transitions_are_no_storm() -> None:
    assert len(told(*((n * 4.0, transition()) for n in range(20)))) == 20


def test_a_storm_ends_after_its_quiet_time_and_single_ones_are_told_again() -> None:
    storm = [(0.0, transition()) for _ in range(5)]
    assert told(*storm, (59.0, None), (60.0, None), (61.0, transition()))[-2:] == [(60, "Ended"), (61, "antennaFault")]


def test_a_transition_during_a_storm_makes_it_last() -> None:
    storm = [(0.0, transition()) for _ in range(5)]
    assert told(*storm, (50.0, transition()), (109.0, None), (110.0, None))[-1] == (110, "Ended")


def test_a_storm_of_one_type_holds_back_no_other() -> None:
    storm = [(0.0, transition()) for _ in range(5)]
    assert told(*storm, (1.0, transition("slotEmptied")))[-1] == (1, "slotEmptied")


def test_many_types_together_make_a_storm_of_all() -> None:
    limits = StormLimits(count=50, total_count=4, within_s=10, quiet_s=60)
    types = ["antennaFault", "slotEmptied", "moduleFault", "clockHoldover", "dataLossHigh", "antennaFault"]
    weather, news = weathered(Weather(), [transition(one) for one in types], at(0), limits)
    assert [_kind(one) for one in news] == [*types[:4], "Started"]
    assert set(weather.storms) == {ALL_TYPES}
    assert weather.storms[ALL_TYPES].held_back == 2


def test_a_storm_names_the_worst_severity_seen() -> None:
    severities = [Severity.WARNING, Severity.MINOR, Severity.MINOR, Severity.MINOR, Severity.CRITICAL]
    weather, news = weathered(Weather(), [transition(severity=one) for one in severities], at(0), LIMITS)
    (started,) = [one for one in news if isinstance(one, Started)]
    assert started.storm.severity is Severity.MINOR
    weather, (ended,) = weathered(weather, [], at(60), LIMITS)
    assert isinstance(ended, Ended)
    assert (ended.storm.severity, ended.storm.held_back) == (Severity.CRITICAL, 2)


def test_critical_is_worst_and_nothing_is_indeterminate() -> None:
    assert worst([Severity.WARNING, Severity.CRITICAL, Severity.INDETERMINATE]) is Severity.CRITICAL
    assert worst([]) is Severity.INDETERMINATE


HAPPENINGS = st.lists(st.tuples(st.floats(0, 40), st.lists(st.sampled_from(["x", "y", "z"]), max_size=8)), max_size=25)


@settings(deadline=None)
@given(HAPPENINGS)
def test_everything_is_told_or_counted_as_held_back_and_storms_start_and_end_in_turn(
    happenings: list[tuple[float, list[str]]],
) -> None:
    limits = StormLimits(count=3, total_count=6, within_s=10, quiet_s=20)
    weather, seconds, single, kept_back, happened = Weather(), 0.0, 0, 0, 0
    running: set[str] = set()
    for wait_s, types in [*happenings, (1000.0, [])]:
        seconds += wait_s
        happened += len(types)
        weather, news = weathered(weather, [transition(one) for one in types], at(seconds), limits)
        for one in news:
            if isinstance(one, Started):
                assert one.storm.alarm_type not in running
                running.add(one.storm.alarm_type)
            elif isinstance(one, Ended):
                running.remove(one.storm.alarm_type)
                kept_back += one.storm.held_back
            else:
                assert one.news is News.RAISE
                single += 1
        assert running == set(weather.storms)
    assert not running
    assert single + kept_back == happened
