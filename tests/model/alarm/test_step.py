"""The alarm table: what raises, changes and clears, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model.alarm.facts import Instant
from agent.model.alarm.finding import Condition, Finding, Look
from agent.model.alarm.step import Patience, acknowledge, step
from agent.model.alarm.table import LARGEST_NUMBER, AlarmTable, News, Transition, following
from agent.model.severity import Severity
from tests.model.alarm.findings import PLAIN, SITE, at, finding, seen

TRUE, FALSE, SAME, UNKNOWN = Condition.TRUE, Condition.FALSE, Condition.SAME, Condition.UNKNOWN
TYPE = PLAIN.alarm_type


def run(*looks: tuple[float, Look | None], patience: Patience | None = None) -> list[tuple[float, str]]:
    """Second and news of every transition, of looks at given seconds (None: only time goes by)."""
    table, told = AlarmTable(), []
    for seconds, look in looks:
        table, transitions = step(table, [look] if look else [], at(seconds), patience or Patience())
        told += [(seconds, one.news.value) for one in transitions]
    return told


def test_a_condition_is_raised_once_and_cleared_once() -> None:
    steps = [(n, seen(finding(condition))) for n, condition in enumerate([FALSE, TRUE, TRUE, FALSE, FALSE])]
    assert run(*steps) == [(1, "raise"), (3, "clear")]


def test_a_condition_must_last_before_it_raises_and_time_alone_can_ripen_it() -> None:
    waiting = seen(finding(raise_after_s=60))
    assert run((0, waiting), (30, waiting), (59, None), (60, None)) == [(60, "raise")]


def test_an_interruption_or_the_unknown_begins_the_wait_anew() -> None:
    waiting = seen(finding(raise_after_s=60))
    for between in (FALSE, UNKNOWN):
        assert run((0, waiting), (30, seen(finding(between))), (70, waiting), (90, None), (130, None)) == [
            (130, "raise")
        ]


def test_what_is_as_it_was_goes_on_waiting() -> None:
    waiting = seen(finding(raise_after_s=60))
    assert run((0, waiting), (30, seen(finding(SAME))), (60, None)) == [(60, "raise")]


def test_a_clear_waits_too_and_is_called_off_by_the_condition_or_the_unknown() -> None:
    over = seen(finding(FALSE, clear_after_s=60))
    assert run((0, seen(PLAIN)), (10, over), (69, None), (70, None)) == [(0, "raise"), (70, "clear")]
    for between in (TRUE, UNKNOWN):
        assert run((0, seen(PLAIN)), (10, over), (20, seen(finding(between))), (90, None)) == [(0, "raise")]


def test_the_unknown_neither_raises_nor_clears() -> None:
    assert run((0, seen(finding(UNKNOWN)))) == []
    assert run((0, seen(PLAIN)), (9999, seen(finding(UNKNOWN)))) == [(0, "raise")]


def test_another_severity_or_text_is_a_change_and_another_value_is_none() -> None:
    table, _ = step(AlarmTable(), [seen(PLAIN)], at(0))
    table, transitions = step(table, [seen(finding(value="short"))], at(1))
    assert transitions == ()
    assert table.active[PLAIN.identity].value == "short"
    for change in ({"severity": Severity.CRITICAL}, {"text": "other"}):
        _, (told,) = step(table, [seen(finding(**change))], at(2))
        assert told.news is News.CHANGE
        assert (told.alarm.raised, told.alarm.changed) == (at(0).wall, at(2).wall)


def test_a_cleared_alarm_keeps_identity_severity_and_text() -> None:
    table, (raised,) = step(AlarmTable(), [seen(PLAIN)], at(0))
    _, (cleared,) = step(table, [seen(finding(FALSE, value="connected"))], at(5))
    assert cleared.alarm == replace(raised.alarm, cleared=True, value="connected", changed=at(5).wall)


def test_an_alarm_that_comes_back_is_another_alarm_with_a_higher_number() -> None:
    table, (first,) = step(AlarmTable(), [seen(PLAIN)], at(0))
    table, _ = step(table, [seen(finding(FALSE))], at(1))
    _, (second,) = step(table, [seen(PLAIN)], at(2))
    assert (first.alarm.index, second.alarm.index) == (1, 2)


def test_numbers_go_from_the_largest_to_one() -> None:
    assert (following(7), following(LARGEST_NUMBER)) == (8, 1)


def test_a_resource_that_is_gone_is_cleared_after_the_hold_and_not_before_it_is_back() -> None:
    gone, patience = seen(whole=(TYPE,)), Patience(vanished_after_s=100)
    assert run((0, seen(PLAIN)), (10, gone), (109, gone), (110, gone), patience=patience) == [
        (0, "raise"), (110, "clear"),
    ]  # fmt: skip
    back = [(0, seen(PLAIN)), (10, gone), (50, seen(PLAIN)), (60, gone), (120, gone)]
    assert run(*back, patience=patience) == [(0, "raise")]


def test_types_that_were_not_looked_at_as_a_whole_lose_nothing() -> None:
    assert run((0, seen(PLAIN)), (9999, seen(whole=("other",)))) == [(0, "raise")]
    other_device = Look(replace(SITE, name="lts2"), whole=frozenset({TYPE}), retired=frozenset({TYPE}))
    assert run((0, seen(PLAIN)), (9999, other_device), (99999, other_device)) == [(0, "raise")]


def test_a_removed_device_or_type_ends_its_alarms_and_waits_at_once() -> None:
    retired = Look(SITE, retired=frozenset({TYPE}))
    assert run((0, seen(PLAIN)), (1, retired)) == [(0, "raise"), (1, "clear")]
    assert run((0, seen(finding(raise_after_s=5))), (1, retired), (9, None)) == []


def test_a_type_that_is_unknown_now_stops_waiting() -> None:
    unknown = Look(SITE, unknown=frozenset({TYPE}))
    assert run((0, seen(finding(raise_after_s=5))), (1, unknown), (9, None)) == []


ONCE = finding(alarm_type="deviceRebooted", once=True, clear_after_s=100, raise_after_s=50)


def test_what_happened_once_is_raised_at_once_told_each_time_and_over_by_age() -> None:
    assert run((0, seen(ONCE)), (60, seen(ONCE)), (159, None), (160, None)) == [
        (0, "raise"), (60, "change"), (160, "clear"),
    ]  # fmt: skip


def test_what_happened_once_counts_and_is_over_with_its_opposite() -> None:
    table, _ = step(AlarmTable(), [seen(ONCE), seen(ONCE)], at(0))
    assert table.active[ONCE.identity].count == 2
    _, (over,) = step(table, [seen(replace(ONCE, condition=FALSE))], at(1))
    assert over.news is News.CLEAR


def test_acknowledging_ends_what_happened_once_and_marks_what_lasts() -> None:
    table, _ = step(AlarmTable(), [seen(ONCE, PLAIN)], at(0))
    table, (over,) = acknowledge(table, ONCE.identity, at(1))
    assert (over.news, over.alarm.acknowledged) == (News.CLEAR, True)
    table, transitions = acknowledge(table, PLAIN.identity, at(1))
    assert transitions == ()
    assert table.active[PLAIN.identity].acknowledged
    assert acknowledge(table, ONCE.identity, at(1)) == (table, ())


def test_a_change_takes_the_acknowledgement_back() -> None:
    table, _ = step(AlarmTable(), [seen(PLAIN)], at(0))
    table, _ = acknowledge(table, PLAIN.identity, at(1))
    table, _ = step(table, [seen(finding(text="worse"))], at(2))
    assert not table.active[PLAIN.identity].acknowledged


def test_an_alarm_that_flaps_is_held_until_it_was_quiet() -> None:
    patience = Patience(flapping_count=3, flapping_within_s=100, flapping_hold_s=50)
    toggling = [(n * 10, seen(finding(TRUE if n % 2 == 0 else FALSE))) for n in range(9)]
    told = run(*toggling, (90, seen(finding(FALSE))), (139, None), (140, None), patience=patience)
    assert told == [
        (0, "raise"), (10, "clear"), (20, "raise"), (30, "clear"), (40, "raise"), (140, "clear"),
    ]  # fmt: skip


def test_slow_coming_and_going_is_no_flapping() -> None:
    patience = Patience(flapping_count=3, flapping_within_s=100, flapping_hold_s=500)
    slow = [(n * 60, seen(finding(TRUE if n % 2 == 0 else FALSE))) for n in range(10)]
    assert len(run(*slow, patience=patience)) == 10


def test_a_jump_of_the_wall_clock_changes_stamps_and_no_duration() -> None:
    waiting = finding(raise_after_s=60)
    table, _ = step(AlarmTable(), [seen(waiting)], at(0))
    jumped = Instant(at(86_400).wall, 10)
    table, transitions = step(table, [seen(waiting)], jumped)
    assert transitions == ()
    back = Instant(at(-86_400).wall, 60)
    _, (raised,) = step(table, [], back)
    assert raised.alarm.raised == back.wall


CONDITIONS = st.sampled_from(list(Condition))
FINDINGS = st.builds(
    finding,
    CONDITIONS,
    resource=st.sampled_from(["a", "b", "c"]),
    severity=st.sampled_from([Severity.MAJOR, Severity.MINOR]),
    raise_after_s=st.sampled_from([0, 5, 20]),
    clear_after_s=st.sampled_from([0, 5, 20]),
    once=st.booleans(),
    alarm_type=st.sampled_from(["x", "y"]),
)
LOOKS = st.builds(
    Look,
    st.just(SITE),
    st.lists(FINDINGS, max_size=4).map(tuple),
    st.frozensets(st.sampled_from(["x", "y"])),
    st.frozensets(st.sampled_from(["x", "y"]), max_size=1),
    st.frozensets(st.sampled_from(["x", "y"]), max_size=1),
)
STEPS = st.lists(st.tuples(st.floats(0, 30), st.lists(LOOKS, max_size=3)), max_size=25)


def history(steps: Sequence[tuple[float, list[Look]]]) -> tuple[AlarmTable, list[Transition]]:
    table, told, seconds = AlarmTable(), [], 0.0
    patience = Patience(vanished_after_s=15, flapping_count=3, flapping_within_s=60, flapping_hold_s=20)
    for wait_s, looks in steps:
        seconds += wait_s
        frozen = (dict(table.active), dict(table.raising))
        after, transitions = step(table, looks, at(seconds), patience)
        assert (table.active, table.raising) == frozen, "a step changes the table it was given"
        table, told = after, [*told, *transitions]
    return table, told


@settings(deadline=None)
@given(STEPS)
def test_every_alarm_is_raised_first_cleared_last_and_never_again(steps: list[tuple[float, list[Look]]]) -> None:
    table, told = history(steps)
    lives: dict[int, list[News]] = {}
    for one in told:
        lives.setdefault(one.alarm.index, []).append(one.news)
    for index, news in lives.items():
        over = news[-1] is News.CLEAR
        assert news[0] is News.RAISE
        assert news.count(News.RAISE) == 1
        assert set(news[1 : -1 if over else None]) <= {News.CHANGE}
        assert (index in {alarm.index for alarm in table.active.values()}) is not over


@settings(deadline=None)
@given(STEPS)
def test_numbers_rise_strictly_and_an_identity_has_one_active_alarm(steps: list[tuple[float, list[Look]]]) -> None:
    table, told = history(steps)
    raised = [one.alarm.index for one in told if one.news is News.RAISE]
    assert raised == list(range(1, len(raised) + 1))
    assert all(identity == alarm.identity and not alarm.cleared for identity, alarm in table.active.items())


@settings(deadline=None)
@given(STEPS, FINDINGS)
def test_the_transitions_alone_tell_which_alarms_are_active(
    steps: list[tuple[float, list[Look]]], last: Finding
) -> None:
    table, told = history([*steps, (1.0, [Look(SITE, (last,))])])
    known = {}
    for one in told:
        if one.news is News.CLEAR:
            del known[one.alarm.identity]
        else:
            known[one.alarm.identity] = (one.alarm.index, one.alarm.severity, one.alarm.text)
    assert known == {key: (one.index, one.severity, one.text) for key, one in table.active.items()}
