"""The mailbox under whatever order of arrivals, steps, purges and resizes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent.model.message import Content, Entry, Handler, IllegalStep, Mailbox, Message, MessageState, Reason, work_limit
from agent.model.message.message import begun, failed, succeeded

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)


def message(guid: str = "g", at: datetime = NOW) -> Message:
    return Message(guid, "pollNow", at, at + timedelta(seconds=60))


def admitted(box: Mailbox, at: datetime = NOW) -> Entry:
    return box.admit(message(at=at), Handler("h"))


def ended(box: Mailbox, entry: Entry, at: datetime = NOW) -> None:
    box.put(replace(entry, message=failed(entry.message, at, Reason.INTERNAL, "x")))


class MailboxMachine(RuleBasedStateMachine):
    """Every step there is, in any order, with what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Mailbox(5)
        self.now = NOW
        self.given: list[int] = []
        self.ended: dict[int, Message] = {}
        self.open: set[int] = set()

    def _note(self, entry: Entry) -> None:
        self.given.append(entry.index)
        (
            self.ended.__setitem__(entry.index, entry.message)
            if entry.message.state.ended
            else self.open.add(entry.index)
        )

    @rule()
    def arrive(self) -> None:
        if self.box.is_full:
            with pytest.raises(IllegalStep):
                admitted(self.box)
            shown = self.box.reject(message(), Handler("h"), self.now, Reason.QUEUE_FULL, "full")
            if shown is not None:
                self._note(shown)
            else:
                assert len(self.box.open) >= self.box.maximum
        else:
            self._note(admitted(self.box, self.now))

    @rule()
    def arrive_bad(self) -> None:
        shown = self.box.reject(message(), Handler("h"), self.now, Reason.BAD_CONTENT, "bad")
        if shown is not None:
            self._note(shown)

    @precondition(lambda self: self.box.entries)
    @rule(data=st.data(), state=st.sampled_from(MessageState))
    def step(self, data: st.DataObject, state: MessageState) -> None:
        entry = data.draw(st.sampled_from(self.box.entries))
        before = entry.message
        steps = {
            MessageState.PROCESSING: lambda: begun(before, self.now),
            MessageState.SUCCEEDED: lambda: succeeded(before, self.now, Content()),
            MessageState.FAILED: lambda: failed(before, self.now, Reason.TIMEOUT, "late"),
            MessageState.WAITING: lambda: replace(before, state=MessageState.WAITING),
        }
        try:
            after = self.box.put(replace(entry, message=steps[state]())).message
        except IllegalStep:
            return
        assert (before.state.value, after.state.value) in {
            ("waiting", "waiting"), ("waiting", "processing"), ("waiting", "failed"),
            ("processing", "succeeded"), ("processing", "failed"),
        }  # fmt: skip
        if after.state.ended:
            self.open.discard(entry.index)
            self.ended[entry.index] = after

    @precondition(lambda self: self.box.entries)
    @rule(data=st.data())
    def tamper(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.box.entries))
        if entry.message.state.ended:
            with pytest.raises(IllegalStep):
                self.box.put(replace(entry, message=replace(entry.message, error_text="another")))

    @precondition(lambda self: self.box.entries)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.box.entries))
        assert self.box.purge(entry.index) is entry.message.state.ended

    @rule(maximum=st.integers(1, 12))
    def resize(self, maximum: int) -> None:
        self.box.resize(maximum)

    @rule(minutes=st.integers(0, 30), keep=st.integers(0, 20))
    def expire(self, minutes: int, keep: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.box.keep_minutes = keep
        self.box.expire(self.now)

    @invariant()
    def an_index_is_never_given_twice_and_rises(self) -> None:
        assert self.given == sorted(set(self.given))
        assert self.box.last == max(self.given, default=0)

    @invariant()
    def open_work_is_never_dropped(self) -> None:
        assert {entry.index for entry in self.box.open} == self.open

    @invariant()
    def there_are_never_more_rows_than_the_maximum_but_for_open_work(self) -> None:
        assert len(self.box.entries) <= max(self.box.maximum, len(self.open))

    @invariant()
    def what_has_ended_stays_as_it_ended(self) -> None:
        for entry in self.box.entries:
            if entry.message.state.ended:
                assert entry.message == self.ended[entry.index]

    @invariant()
    def counts_add_up(self) -> None:
        counts = self.box.counts
        assert counts.received == counts.succeeded + counts.failed + len(self.open)


MailboxMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMailboxMachine = MailboxMachine.TestCase


def test_the_oldest_that_has_ended_makes_room() -> None:
    box = Mailbox(3)
    first, second = admitted(box), admitted(box)
    ended(box, second)
    third, fourth = admitted(box), None
    ended(box, third)
    fourth = admitted(box)
    assert [entry.index for entry in box.entries] == [first.index, third.index, fourth.index]
    assert (box.counts.evicted, box.take_dropped(), box.take_dropped()) == (1, [second.index], [])


def test_a_full_mailbox_shows_the_rejection_in_the_place_of_what_has_ended() -> None:
    box = Mailbox(10)
    for _ in range(work_limit(10)):
        admitted(box)
    assert box.is_full
    first = box.reject(message(), Handler("h"), NOW, Reason.QUEUE_FULL, "full")
    second = box.reject(message(), Handler("h"), NOW, Reason.QUEUE_FULL, "full")
    assert first is not None
    assert second is not None
    assert [entry.index for entry in box.entries] == [*range(1, 10), second.index]
    assert (box.counts.rejected, box.counts.failed, box.counts.received) == (2, 2, 11)


def test_where_all_rows_are_open_a_rejection_is_counted_only() -> None:
    box = Mailbox(1)
    admitted(box)
    assert box.reject(message(), Handler("h"), NOW, Reason.QUEUE_FULL, "full") is None
    assert (box.counts.rejected, box.counts.failed, box.last) == (1, 1, 1)


def test_the_maximum_cannot_be_switched_off() -> None:
    with pytest.raises(ValueError, match="one message"):
        Mailbox(0)


def test_old_rows_go_and_are_not_counted_as_evicted() -> None:
    box = Mailbox(5, keep_minutes=10)
    ended(box, admitted(box))
    open_ = admitted(box)
    assert box.expire(NOW + timedelta(minutes=10)) == 0
    assert box.expire(NOW + timedelta(minutes=11)) == 1
    assert [entry.index for entry in box.entries] == [open_.index]
    assert (box.counts.expired, box.counts.evicted) == (1, 0)


def test_indexes_go_on_where_an_earlier_mailbox_ended() -> None:
    assert admitted(Mailbox(5, last=41)).index == 42
    kept = Entry(replace(message(), index=50), Handler("h"))
    assert admitted(Mailbox(5, last=41, entries=[kept])).index == 51


def test_rows_are_found_by_guid_the_newest_first() -> None:
    box = Mailbox(5)
    box.admit(message("a"), Handler("h"))
    newest = box.admit(message("a"), Handler("h"))
    assert box.find("a") == newest
    assert box.find("b") is None
