"""Transactions as a step function: what is allowed, what is done in which order, and what holds whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model.configuring import Action, EditState, State, Transaction
from agent.model.configuring.candidate import NotAllowed, check_action, resumed, with_edit, with_times
from agent.model.configuring.happening import Asked, NotKept, Passed, Restarted, Write
from agent.model.configuring.history import Author, Result
from agent.model.configuring.order import batches, in_order
from agent.model.configuring.step import ATTEMPTS, is_due, step
from tests.model.configuring.worlds import (
    OWNER,
    Killed,
    Run,
    World,
    edit,
    instant,
    judge,
    target,
    transaction,
)

A1, A2, B1 = target("a", 1), target("a", 2, "configuration/network"), target("b", 1)
OLD = {A1: 1, A2: "old", B1: True}


def run(**faults: object) -> Run:
    """Three values on two devices; the faults by "kind_device"."""
    world = World(dict(OLD), lambda kind, device: str(faults.get(f"{kind}_{device}", "")))
    return Run(transaction(edit(1, A2, "new"), edit(2, B1, wanted=False), edit(3, A1, 2)), world)


def test_a_validation_looks_at_every_device_and_writes_nothing() -> None:
    one = run()
    assert one.ask(Action.VALIDATE).state is State.VALID
    assert one.world.done == [("look", "a", (3, 1)), ("look", "b", (2,))]
    assert one.world.values == OLD
    assert [each.old for each in one.kept.edits] == ["old", True, 1]


def test_a_commit_writes_device_by_device_and_the_network_of_each_last() -> None:
    one = run()
    assert one.ask(Action.COMMIT).state is State.COMMITTED
    assert one.world.done[2:] == [("write", "a", (3,)), ("write", "a", (1,)), ("write", "b", (2,))]
    assert one.world.values == {A1: 2, A2: "new", B1: False}
    assert [(fact.target, fact.old, fact.new, fact.result) for fact in one.facts] == [
        ("lnbThing.1.1", "1", "2", Result.WRITTEN),
        ("lnbThing.1.2", "old", "new", Result.WRITTEN),
        ("lnbThing.1.1", "true", "false", Result.WRITTEN),
    ]


@pytest.mark.parametrize("fault", ["refused", "dead", "lost", "dark", "rounds", "overrun", "liar"])
def test_when_one_write_fails_what_was_written_is_taken_back_last_first(fault: str) -> None:
    one = run(write_b=fault)
    ended = one.ask(Action.COMMIT)
    assert ended.state is State.ROLLED_BACK
    restored = [done for done in one.world.done if done[0] == "restore" and done[1] == "a"]
    assert restored == [("restore", "a", (1,)), ("restore", "a", (3,))]
    assert ended.text.startswith("edit 2 b lnbThing.1.1: ")
    judge(one, OLD)


def test_a_device_that_dies_for_good_leaves_named_differences_which_are_tried_again() -> None:
    faults = {"write_b": "refused", "restore_a": "dead"}
    one = run()
    one.world.fault = lambda kind, device: faults.get(f"{kind}_{device}", "")
    ended = one.ask(Action.COMMIT)
    assert (ended.state, ended.attempts) == (State.INCOMPLETE, 1)
    assert ended.differences == (
        "a lnbThing.1.2: was old, is new (dead)", "a lnbThing.1.1: was 1, is 2 (dead)",
    )  # fmt: skip
    assert one.world.done[-1] == ("restore", "a", (1,)), "a device that does not answer is asked once a round"
    judge(one, OLD)
    faults.clear()
    one.seconds = 14
    assert one.happen(Passed()).state is State.INCOMPLETE
    one.seconds = 15
    assert one.happen(Passed()).state is State.ROLLED_BACK
    assert one.world.values == OLD


def test_a_rollback_gives_up_by_itself_in_the_end_and_can_be_asked_for_or_discarded() -> None:
    one = run(write_b="refused", restore_a="dead")
    one.ask(Action.COMMIT)
    while one.kept.retry_due_s is not None:
        one.seconds = one.kept.retry_due_s - 1000
        one.happen(Passed())
    assert one.kept.attempts == ATTEMPTS
    assert not is_due(one.kept, instant(1e6))
    assert one.ask(Action.CANCEL).state is State.INCOMPLETE
    discarded = one.ask(Action.DISCARD)
    assert discarded.state is State.DISCARDED
    assert "a lnbThing.1.2: was old, is new" in discarded.text


def test_a_value_that_somebody_changed_since_is_left_alone_and_named() -> None:
    one = run()
    one.ask(Action.COMMIT_CONFIRMED)
    one.world.values[A1] = 99
    ended = one.ask(Action.CANCEL)
    assert ended.state is State.INCOMPLETE
    assert one.world.values == {**OLD, A1: 99}
    assert [each.state for each in ended.edits] == [EditState.RESTORED, EditState.RESTORED, EditState.LEFT_ALONE]
    assert "a lnbThing.1.1: was 1, is 99" in ended.differences[0]
    assert ended.retry_due_s is None, "what somebody else wants is not fought over"


def test_a_value_that_changed_since_it_was_validated_stops_the_commit() -> None:
    one = run()
    one.ask(Action.VALIDATE)
    one.world.values[B1] = "other"
    ended = one.ask(Action.COMMIT)
    assert (ended.state, ended.edits[1].text) == (
        State.INVALID, "changed since it was validated: was true, is other",
    )  # fmt: skip
    assert not [done for done in one.world.done if done[0] == "write"]


def test_a_confirmed_commit_is_taken_back_unless_it_is_confirmed_in_time() -> None:
    one = run()
    assert one.ask(Action.COMMIT_CONFIRMED).state is State.PENDING_CONFIRM
    one.seconds = 119
    assert one.happen(Passed()).state is State.PENDING_CONFIRM
    assert one.ask(Action.COMMIT_CONFIRMED).state is State.PENDING_CONFIRM  # begins the time anew
    one.seconds = 238
    assert one.happen(Passed()).state is State.PENDING_CONFIRM
    one.seconds = 239
    ended = one.happen(Passed())
    assert (ended.state, ended.text) == (State.ROLLED_BACK, "not confirmed within 120 s")
    assert one.world.values == OLD


def test_a_confirmed_commit_that_is_confirmed_stays() -> None:
    one = run()
    one.ask(Action.COMMIT_CONFIRMED)
    assert one.ask(Action.CONFIRM).state is State.COMMITTED
    assert one.ask(Action.CONFIRM).state is State.COMMITTED, "the same again is the same"
    one.seconds = 10_000
    assert one.happen(Passed()).state is State.COMMITTED
    with pytest.raises(NotAllowed, match="is committed; cancel is for one that is pendingConfirm, incomplete"):
        one.ask(Action.CANCEL)


def test_a_second_owner_is_refused_every_action_and_edit() -> None:
    one = run()
    for action in Action:
        with pytest.raises(NotAllowed, match=f"held by {OWNER}") as refusal:
            one.ask(action, "snmp:noc@192.0.2.2")
        assert refusal.value.stranger
    with pytest.raises(NotAllowed, match="held by"):
        with_edit(one.kept, None, 1, "snmp:other@192.0.2.1", instant())
    with pytest.raises(NotAllowed, match="held by"):
        with_times(one.kept, "snmp:other@192.0.2.1", instant(), 60)


def test_a_lease_ends_what_is_open_and_every_word_of_the_owner_renews_it() -> None:
    one = Run(transaction(edit(1, A1, 2), lease_s=60), World(dict(OLD)))
    one.seconds = 50
    one.ask(Action.VALIDATE)
    one.seconds = 109
    assert one.happen(Passed()).state is State.VALID
    one.seconds = 110
    assert one.happen(Passed()).state is State.EXPIRED
    with pytest.raises(NotAllowed, match="is expired"):
        one.ask(Action.COMMIT)


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ((edit(1, A1, 2), edit(2, A1, 3)), "edit 2 a lnbThing.1.1: edit 1 has the same target"),
        ((replace(edit(1, A1, 2), target=None),), "edit 1: target and value are needed"),
    ],
)
def test_edits_that_cannot_be_are_named_before_a_device_is_asked(edits: tuple[object, ...], problem: str) -> None:
    one = Run(transaction(*edits), World(dict(OLD)))  # type: ignore[arg-type]
    assert (one.ask(Action.COMMIT).state, one.kept.text, one.world.done) == (State.INVALID, problem, [])


def test_values_that_are_there_already_are_not_written() -> None:
    one = Run(transaction(edit(1, A1, 1), edit(2, B1, wanted=True)), World(dict(OLD)))
    assert one.ask(Action.COMMIT).state is State.COMMITTED
    assert [done[0] for done in one.world.done] == ["look", "look"]


def test_true_is_not_1() -> None:
    one = Run(transaction(edit(1, A1, wanted=True)), World(dict(OLD)))
    one.ask(Action.VALIDATE)
    assert one.kept.edits[0].state is EditState.VALID


def test_what_cannot_be_written_down_is_not_done() -> None:
    began = step(transaction(edit(1, A1, 2)), Asked(Action.COMMIT, OWNER), instant()).transaction
    ended = step(began, NotKept("disk full"), instant())
    assert (ended.transaction.state, ended.todo) == (State.INVALID, None)
    assert "disk full" in ended.transaction.text


def test_without_edits_there_is_nothing_to_validate_or_commit() -> None:
    for action in (Action.VALIDATE, Action.COMMIT, Action.COMMIT_CONFIRMED):
        with pytest.raises(NotAllowed, match="has no edits"):
            check_action(transaction(), action, OWNER)


def test_each_edit_unsettles_what_was_validated() -> None:
    one = run()
    one.ask(Action.VALIDATE)
    after = with_edit(one.kept, None, 2, OWNER, instant())
    assert (after.state, len(after.edits)) == (State.OPEN, 2)
    assert {each.state for each in after.edits} == {EditState.PENDING}


def test_values_of_one_object_are_written_at_once() -> None:
    edits = [edit(1, target("b", 1), 1), edit(2, target("a", 2), 1), edit(3, target("b", 3), 1)]
    assert [[each.index for each in batch] for batch in batches(edits)] == [[2], [1, 3]]
    assert [each.index for each in in_order(edits)] == [2, 1, 3]


@pytest.mark.parametrize(
    ("source", "author"),
    [
        ("snmp:noc@192.0.2.1", Author("noc", "192.0.2.1")),
        ("snmp:a@b@2001:db8::1/lts1", Author("a@b", "2001:db8::1", "lts1")),
        ("web:config", Author("web:config")),
        ("agent", Author("agent")),
    ],
)
def test_a_source_has_parts(source: str, author: Author) -> None:
    assert Author.of(source) == author


FAULTS = st.sampled_from(["", "", "", "refused", "dead", "lost", "dark", "rounds", "overrun", "liar"])
ACTIONS = [Action.COMMIT, Action.COMMIT_CONFIRMED]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_goes_wrong_all_is_old_or_all_is_new_or_the_difference_is_named(data: st.DataObject) -> None:
    """Random edits, faults of devices, kills at random writes of the journal, and time."""
    wheres = [A1, A2, B1, target("b", 2)]
    old = dict.fromkeys(wheres, 0)
    picked = data.draw(st.lists(st.sampled_from(wheres), min_size=1, max_size=4, unique=True))
    wanted = [edit(number, where, data.draw(st.integers(0, 2))) for number, where in enumerate(picked, 1)]
    one = Run(transaction(*wanted), World(dict(old), lambda kind, device: data.draw(FAULTS)))

    def keep(_: Transaction) -> None:
        if data.draw(st.integers(0, 9)) == 0:
            raise Killed

    one.keep = keep
    event: object = Asked(data.draw(st.sampled_from(ACTIONS)), OWNER)
    for _ in range(12):
        try:
            one.happen(event)  # type: ignore[arg-type]
        except Killed:
            one.kept = resumed(one.kept, instant(one.seconds))
            event = Restarted()
            continue
        if one.kept.state.ended or one.kept.state.editable:
            break
        one.seconds += data.draw(st.sampled_from([1, 60, 400]))
        event = Passed()
    else:
        one.world.fault = lambda kind, device: ""
        one.keep = lambda _: None
        one.happen(Restarted())
    judge(one, old)


def test_the_agent_may_be_killed_at_every_write_of_its_journal() -> None:
    """Of a confirmed commit that is not confirmed: whatever is written down last, the end is the same."""
    kills = 0
    for last in range(1, 100):
        one = run()
        count = 0

        def keep(_: Transaction) -> None:
            nonlocal count
            count += 1
            if count == last:  # noqa: B023
                raise Killed

        one.keep = keep
        try:
            one.ask(Action.COMMIT_CONFIRMED)
            one.seconds = 500
            one.happen(Passed())
        except Killed:
            kills += 1
            one.kept = resumed(one.kept, instant(one.seconds))
            one.happen(Restarted())
            if one.kept.state is State.PENDING_CONFIRM:
                one.seconds = 1000
                one.happen(Passed())
            assert one.kept.state in (State.ROLLED_BACK, State.OPEN)
            assert one.world.values == OLD
            continue
        assert one.kept.state is State.ROLLED_BACK
        break
    assert kills == 10


def test_a_write_is_written_down_before_it_is_done() -> None:
    one = run()
    kept: list[Transaction] = []
    one.keep = kept.append
    do = one.world.do

    def doing(todo: object) -> object:
        if isinstance(todo, Write):
            states = {each.index: each for each in kept[-1].edits}
            for each in todo.edits:
                assert (states[each.index].state, states[each.index].old) == (EditState.WRITING, OLD[each.target])  # type: ignore[index]
        return do(todo)  # type: ignore[arg-type]

    one.world.do = doing  # type: ignore[assignment, method-assign]
    assert one.ask(Action.COMMIT).state is State.COMMITTED
