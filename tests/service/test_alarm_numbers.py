"""Numbers of notifications and alarms, whatever happens and however often the agent is killed."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from agent.mib.module import northbound
from agent.model.alarm.events import Event, MessageFailed, MessageSucceeded
from agent.model.alarm.facts import Instant
from agent.service.alarmstate import Change, Kept, Numbers
from agent.service.watcher import Surroundings, Watcher
from agent.wire.notice import Notice
from tests.support.watching import START, settings

WHAT = settings({"storm": {"count": 5, "total_count": 9, "quiet_s": 5}, "log_max_count": 50}, devices=())


class MemoryStore:
    """A disk that outlives the agent."""

    def __init__(self) -> None:
        self.kept = Kept()

    def load(self, _now: datetime) -> Kept:
        return self.kept

    def save(self, change: Change) -> None:
        alarms = {one.identity: one for one in (*self.kept.alarms, *change.alarms)}
        log = [one for one in (*self.kept.log, *change.log) if one.sequence not in change.dropped]
        left = tuple(alarm for identity, alarm in alarms.items() if identity not in change.over)
        self.save_all(Kept(left, tuple(log), change.numbers))

    def save_all(self, kept: Kept) -> None:
        self.kept = kept


KINDS = st.sampled_from(["a", "b", "c", "d"])
EVENTS = st.one_of(
    st.builds(MessageFailed, st.integers(1, 9), KINDS, st.just(""), st.just("timeout")),
    st.builds(MessageSucceeded, KINDS, st.just("")),
)
LIVES = st.lists(st.lists(st.tuples(st.floats(0.1, 10), st.lists(EVENTS, max_size=12)), max_size=6), max_size=5)


@of_hypothesis(deadline=None, max_examples=60)
@given(LIVES)
def test_numbers_rise_by_one_over_any_number_of_lives_and_the_disk_knows_all_that_was_sent(
    lives: list[list[tuple[float, list[Event]]]],
) -> None:
    store, seconds = MemoryStore(), 0.0
    sent: list[Notice] = []
    raised: set[int] = set()
    for life in lives:
        around = Surroundings(northbound(), store, sent.append, lambda: 0)
        watcher = Watcher(around, WHAT, Instant(START, seconds))
        for wait_s, events in life:
            seconds += wait_s
            for event in events:
                watcher.happened(event)
            watcher.tick(Instant(START + timedelta(seconds=seconds), seconds))
            view = watcher.view()
            assert store.kept.numbers.sequence == view.sequence
            assert [one.entry for one in store.kept.log] == list(view.log)
            assert {one.index for one in store.kept.alarms} == {one.index for one in view.alarms}
            raised |= {alarm.index for alarm in view.alarms}
        # Here the process dies; nothing but the store is left of it.
    numbers = [one.sequence for one in sent if one.sequence]
    assert numbers == list(range(1, len(numbers) + 1))
    assert raised <= set(range(1, store.kept.numbers.last_index + 1))
    assert isinstance(store.kept.numbers, Numbers)
