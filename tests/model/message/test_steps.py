"""What may become of a message and of its handler."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from agent.model.message import (
    Content,
    Handler,
    HandlerState,
    IllegalStep,
    Message,
    MessageState,
    Phase,
    Reason,
    ReplyState,
)
from agent.model.message.handler import asked, entered, finished, judged, noted
from agent.model.message.message import begun, check_step, failed, replied, succeeded

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
LATER = NOW + timedelta(seconds=1.5)
WAITING = Message("g", "pollNow", NOW, NOW + timedelta(seconds=60), index=1)
PROCESSING = begun(WAITING, NOW)
SUCCEEDED = succeeded(PROCESSING, LATER, Content(b"{}", 2))
FAILED = failed(WAITING, LATER, Reason.CANCELLED, "cancelled")
ALL = {one.state: one for one in (WAITING, PROCESSING, SUCCEEDED, FAILED)}
STEPS = {
    MessageState.PROCESSING: lambda message: begun(message, LATER),
    MessageState.SUCCEEDED: lambda message: succeeded(message, LATER, Content()),
    MessageState.FAILED: lambda message: failed(message, LATER, Reason.TIMEOUT, "late"),
}
TABLE = {
    ("waiting", "processing"), ("waiting", "failed"), ("processing", "succeeded"), ("processing", "failed"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(itertools.product(ALL, STEPS)), ids=lambda state: state.value)
def test_a_message_goes_from_state_to_state_only_as_the_table_says(before: MessageState, after: MessageState) -> None:
    if (before.value, after.value) in TABLE:
        assert STEPS[after](ALL[before]).state is after
    else:
        with pytest.raises(IllegalStep, match="cannot go"):
            STEPS[after](ALL[before])


@pytest.mark.parametrize(("before", "after"), list(itertools.product(ALL, ALL)), ids=lambda state: state.value)
def test_a_row_is_replaced_only_as_the_table_says(before: MessageState, after: MessageState) -> None:
    allowed = before is after or (before.value, after.value) in TABLE
    if allowed:
        check_step(ALL[before], ALL[after])
    else:
        with pytest.raises(IllegalStep):
            check_step(ALL[before], ALL[after])


@pytest.mark.parametrize(
    "change", [{"error_text": "another"}, {"reason": Reason.INTERNAL}, {"guid": "x"}, {"reply": ReplyState.DELIVERED}]
)
@pytest.mark.parametrize("ended", [SUCCEEDED, FAILED], ids=["succeeded", "failed"])
def test_nothing_changes_in_a_message_that_has_ended(ended: Message, change: dict[str, object]) -> None:
    with pytest.raises(IllegalStep, match="has ended"):
        check_step(ended, replace(ended, **change))


def test_only_a_pending_reply_of_an_ended_message_changes_once() -> None:
    wanted = succeeded(replace(PROCESSING, return_address="http://127.0.0.1/r"), LATER, Content())
    assert wanted.reply is ReplyState.PENDING
    delivered = replied(wanted, delivered=True)
    check_step(wanted, delivered)
    with pytest.raises(IllegalStep):
        replied(delivered, delivered=False)
    with pytest.raises(IllegalStep):
        replied(SUCCEEDED, delivered=True)


def test_a_failure_always_has_a_reason() -> None:
    with pytest.raises(IllegalStep, match="reason"):
        failed(WAITING, NOW, Reason.NONE, "")


def test_times_come_one_by_one() -> None:
    assert (WAITING.started, WAITING.completed) == (None, None)
    assert (SUCCEEDED.started, SUCCEEDED.completed) == (NOW, LATER)
    assert (FAILED.started, FAILED.completed) == (None, LATER)


def test_a_handler_goes_through_its_phases_in_order_and_never_back() -> None:
    handler = Handler("pollNowHandler")
    for phase in list(Phase)[:-1]:
        handler = entered(handler, phase, NOW)
        with pytest.raises(IllegalStep):
            entered(handler, phase, NOW)
        with pytest.raises(IllegalStep):
            entered(handler, Phase.DATA_GETS, NOW)
    done = finished(handler, LATER, "polled")
    assert (done.state, done.phase, done.duration_ms, done.attempts) == (HandlerState.DONE, Phase.DONE, 1500, 1)
    with pytest.raises(IllegalStep, match="has ended"):
        entered(done, Phase.DONE, LATER)


def test_an_aborted_handler_shows_the_phase_in_which_it_stopped() -> None:
    handler = judged(entered(Handler("h"), Phase.VALIDATE, NOW), valid=False)
    aborted = finished(handler, LATER, "no such slot", aborted=True)
    assert (aborted.state, aborted.phase, aborted.valid) == (HandlerState.ABORTED, Phase.VALIDATE, False)
    assert noted(aborted, "ended late: ok").result == "no such slot; ended late: ok"


def test_a_handler_waits_for_the_device_in_one_phase_only() -> None:
    states = {phase: entered(Handler("h"), phase, NOW).state for phase in list(Phase)[:-1]}
    assert [phase for phase, state in states.items() if state is HandlerState.WAITING_DEVICE] == [Phase.AWAIT_DEVICE]


def test_the_exchanges_of_a_handler_span_all_it_caused() -> None:
    handler = asked(asked(Handler("h"), 7, 9), 12, 13)
    assert (handler.http_first, handler.http_last) == (7, 13)
