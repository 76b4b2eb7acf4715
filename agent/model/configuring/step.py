"""One step of a transaction: what happened in, the transaction after it and what is to be done next out.

Who carries it out writes the transaction down before doing what is to be done, and comes back with what came of it.
So whatever moment the agent ends in, what was kept says which values may have been written, and what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from agent.model.alarm.facts import Instant
from agent.model.configuring.candidate import CONFIRM_S, NotAllowed, check_action, fresh, is_repeated, leased
from agent.model.configuring.change import Verdict
from agent.model.configuring.happening import (
    Asked,
    Event,
    Look,
    NotKept,
    Passed,
    Put,
    Restore,
    Restored,
    Seen,
    Step,
    Write,
    Wrote,
)
from agent.model.configuring.history import Fact, Result
from agent.model.configuring.order import batches, in_order
from agent.model.configuring.transaction import Action, Edit, EditState, State, Transaction, same, shown
from agent.model.document import Json, Missing

RETRY_S: Final = (15, 30, 60, 120, 300)
"""Pauses before a rollback that left something is tried again; the last one repeats."""
ATTEMPTS: Final = 20
"""How often a rollback is tried by itself."""


def step(transaction: Transaction, event: Event, now: Instant) -> Step:
    """The transaction after an event.

    Raises:
        NotAllowed: the event is an action that is not allowed; nothing has changed.
    """
    if isinstance(event, Asked):
        return _asked(transaction, event, now)
    if isinstance(event, Seen):
        return _seen(transaction, event, now)
    if isinstance(event, Wrote):
        return _wrote(transaction, event, now)
    if isinstance(event, Restored):
        return _restored(transaction, event, now)
    if isinstance(event, NotKept):
        return _not_kept(transaction, event, now)
    if isinstance(event, Passed):
        return _passed(transaction, now)
    return _restarted(transaction, now)


def _asked(transaction: Transaction, event: Asked, now: Instant) -> Step:
    action = event.action
    check_action(transaction, action, event.who)
    if is_repeated(transaction, action):
        return Step(transaction)
    confirm_s = transaction.confirm_s if event.confirm_s is None else event.confirm_s
    if not CONFIRM_S[0] <= confirm_s <= CONFIRM_S[1]:
        raise NotAllowed(f"time to confirm: {CONFIRM_S[0]} to {CONFIRM_S[1]} seconds")
    before = transaction.state
    transaction = replace(transaction, goal=action, message=event.message, confirm_s=confirm_s, changed=now.wall)
    if action is Action.CONFIRM:
        return Step(replace(transaction, state=State.COMMITTED, confirm_by=None, text=""))
    if action is Action.DISCARD:
        given_up = "; ".join(transaction.differences)
        return Step(replace(transaction, state=State.DISCARDED, text=given_up and f"left as it is: {given_up}"))
    if action is Action.CANCEL:
        text = transaction.text if before is State.INCOMPLETE else "cancelled before it was confirmed"
        return _roll_back(transaction, text, now)
    if before is State.PENDING_CONFIRM:  # a confirmed commit that follows one begins its time anew (RFC 6241 8.4.1)
        return Step(_awaiting(transaction, now))
    return _begin(transaction, now)


def _begin(transaction: Transaction, now: Instant) -> Step:
    """Begin to validate: every device is looked at before anything is written."""
    checked = _with_faults_of_its_own(transaction)
    transaction = leased(replace(checked, state=State.VALIDATING, text="", attempts=0, retry_due_s=None), now)
    if transaction.errors:
        return Step(_judged(transaction))
    return Step(transaction, _next_look(transaction))


def _with_faults_of_its_own(transaction: Transaction) -> Transaction:
    """Edits as they are without asking a device; old values of an earlier validation stay, to be compared."""
    named: dict[object, int] = {}
    edits = []
    for edit in transaction.edits:
        looked = replace(edit, state=EditState.PENDING, text="")
        if edit.target is None or isinstance(edit.wanted, Missing):
            looked = replace(looked, state=EditState.INVALID, text="target and value are needed")
        elif named.setdefault(edit.target, edit.index) != edit.index:
            looked = replace(looked, state=EditState.INVALID, text=f"edit {named[edit.target]} has the same target")
        edits.append(looked)
    return replace(transaction, edits=tuple(edits))


def _next_look(transaction: Transaction) -> Look | None:
    pending = [edit for edit in in_order(transaction.edits) if edit.state is EditState.PENDING]
    device = pending[0].target.device if pending and pending[0].target else ""
    return Look(device, _of(device, pending)) if pending else None


def _of(device: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(edit for edit in edits if edit.target and edit.target.device == device)


def _seen(transaction: Transaction, event: Seen, now: Instant) -> Step:
    values = event.values

    def judged(edit: Edit) -> Edit:
        if event.problem:
            return replace(edit, state=EditState.INVALID, text=event.problem)
        if edit.index not in values:
            return replace(edit, state=EditState.INVALID, text="the device's configuration does not have this value")
        found = values[edit.index]
        if not isinstance(edit.old, Missing) and not same(edit.old, found):
            text = f"changed since it was validated: was {shown(edit.old)}, is {shown(found)}"
            return replace(edit, state=EditState.INVALID, text=text, old=found)
        state = EditState.UNCHANGED if same(found, edit.wanted) else EditState.VALID
        return replace(edit, state=state, old=found)

    looked = {edit.index for edit in _of(event.device, transaction.edits) if edit.state is EditState.PENDING}
    transaction = _each(transaction, lambda edit: judged(edit) if edit.index in looked else edit, now)
    look = _next_look(transaction)
    if look is not None:
        return Step(transaction, look)
    if transaction.errors or transaction.goal is Action.VALIDATE:
        return Step(_judged(transaction))
    return _go_on(replace(transaction, state=State.COMMITTING), now)


def _judged(transaction: Transaction) -> Transaction:
    if not transaction.errors:
        return replace(transaction, state=State.VALID, text="")
    first = next(edit for edit in transaction.edits if edit.state is EditState.INVALID)
    more = f" (and {transaction.errors - 1} more)" if transaction.errors > 1 else ""
    return replace(transaction, state=State.INVALID, text=f"{_named(first)}: {first.text}{more}")


def _go_on(transaction: Transaction, now: Instant) -> Step:
    """The next write of a commit; or its end."""
    left = batches(edit for edit in transaction.edits if edit.state is EditState.VALID)
    if not left:
        return Step(_written(transaction, now))
    written = {edit.index: replace(edit, state=EditState.WRITING) for edit in left[0]}
    transaction = _each(transaction, lambda edit: written.get(edit.index, edit), now)
    return Step(transaction, Write(_device(left[0]), tuple(written.values())))


def _written(transaction: Transaction, now: Instant) -> Transaction:
    """All of it is written."""
    if transaction.goal is Action.COMMIT_CONFIRMED:
        return _awaiting(transaction, now)
    return replace(transaction, state=State.COMMITTED, text="", changed=now.wall)


def _awaiting(transaction: Transaction, now: Instant) -> Transaction:
    return replace(
        transaction,
        state=State.PENDING_CONFIRM,
        text="",
        confirm_by=now.wall + timedelta(seconds=transaction.confirm_s),
        confirm_due_s=now.seconds + transaction.confirm_s,
        changed=now.wall,
    )


def _wrote(transaction: Transaction, event: Wrote, now: Instant) -> Step:
    puts = {put.index: put for put in event.puts}
    before = transaction
    transaction = _each(transaction, lambda edit: _put(edit, puts[edit.index]) if edit.index in puts else edit, now)
    facts = tuple(
        _fact(transaction, edit, shown(edit.old), shown(edit.wanted), Result(edit.state.value), edit.text)
        for edit in transaction.edits
        if edit.index in puts
    )
    failed = [edit for edit in transaction.edits if edit.index in puts and edit.state is not EditState.WRITTEN]
    overrun = [
        edit for edit in transaction.edits
        if edit.index in puts and edit.state is EditState.WRITTEN and _overrun(before.edit(edit.index), edit)
    ]  # fmt: skip
    if failed:
        stepped = _roll_back(transaction, f"{_named(failed[0])}: {failed[0].text}", now)
    elif overrun:
        text = f"{_named(overrun[0])}: somebody else changed it to {shown(overrun[0].old)} just before it was written"
        stepped = _roll_back(transaction, text, now)
    else:
        stepped = _go_on(transaction, now)
    return replace(stepped, facts=(*facts, *stepped.facts))


def _put(edit: Edit, put: Put) -> Edit:
    """An edit once it was written. What was read just before is what is to be restored, whoever wrote that."""
    old = edit.old if isinstance(put.before, Missing) or put.verdict is Verdict.UNREACHABLE else put.before
    state = EditState(put.verdict.value)
    if state is EditState.REFUSED and not isinstance(put.after, Missing) and not same(old, put.after):
        state = EditState.UNKNOWN  # it said no (5xx, for example), and took it all the same
    return replace(edit, state=state, text=put.detail, old=old, found=put.after)


def _overrun(before: Edit | None, edit: Edit) -> bool:
    return before is not None and not same(before.old, edit.old)


def _roll_back(transaction: Transaction, why: str, now: Instant) -> Step:
    """Begin to take back what was written."""

    def marked(edit: Edit) -> Edit:
        return replace(edit, state=EditState.RESTORING) if edit.state is EditState.NOT_RESTORED else edit

    transaction = replace(_each(transaction, marked, now), state=State.ROLLING_BACK, text=why, retry_due_s=None)
    return _take_back(transaction, now)


def _take_back(transaction: Transaction, now: Instant) -> Step:
    """The next write of a rollback, the last write first; or its end."""
    back = [edit for edit in transaction.edits if edit.state.touched and edit.state is not EditState.NOT_RESTORED]
    if back:
        last = batches(back)[-1]
        return Step(transaction, Restore(_device(last), last))
    left = [edit for edit in transaction.edits if edit.state is EditState.NOT_RESTORED]
    alone = any(edit.state is EditState.LEFT_ALONE for edit in transaction.edits)
    if not left:
        state = State.INCOMPLETE if alone else State.ROLLED_BACK
        return Step(replace(transaction, state=state, confirm_by=None, changed=now.wall))
    attempts = transaction.attempts + 1
    due_s = now.seconds + RETRY_S[min(attempts, len(RETRY_S)) - 1] if attempts < ATTEMPTS else None
    ended = replace(transaction, state=State.INCOMPLETE, confirm_by=None, attempts=attempts, changed=now.wall)
    return Step(replace(ended, retry_due_s=due_s))


def _restored(transaction: Transaction, event: Restored, now: Instant) -> Step:
    if event.problem:
        return _unreachable(transaction, event.problem, now)
    puts = {put.index: put for put in event.puts}
    alone = {put.index: put for put in event.left_alone}
    facts: list[Fact] = []

    def after(edit: Edit) -> Edit:
        if edit.index in alone:
            found = alone[edit.index].after
            text = "somebody else changed it since, so it was left as it is"
            edit = replace(edit, state=EditState.LEFT_ALONE, text=text, found=found)
            facts.append(_fact(transaction, edit, shown(found), shown(edit.old), Result.LEFT_ALONE, text))
        elif edit.index in puts:
            put = puts[edit.index]
            is_back = put.verdict is Verdict.WRITTEN
            state = EditState.RESTORED if is_back else EditState.NOT_RESTORED
            text = put.detail or ("" if is_back else put.verdict.value)
            was = put.before if not isinstance(put.before, Missing) else edit.found
            found = put.after if not isinstance(put.after, Missing) or is_back else was
            result = Result.RESTORED if is_back else Result.NOT_RESTORED
            edit = replace(edit, state=state, text=text, found=found)
            facts.append(_fact(transaction, edit, shown(was), shown(edit.old), result, text))
        return edit

    stepped = _take_back(_each(transaction, after, now), now)
    return replace(stepped, facts=(*facts, *stepped.facts))


def is_of_others(edit: Edit, found: Json | Missing) -> bool:
    """Whether a value that is to be restored was changed by somebody else since it was written or last seen.

    One whose write ended in the dark is always taken for ours: nobody knows what the device made of it.
    """
    known = not isinstance(edit.found, Missing)
    return known and not any(same(found, ours) for ours in (edit.found, edit.wanted, edit.old))


def _unreachable(transaction: Transaction, problem: str, now: Instant) -> Step:
    """The device of the batch under way does not answer: nothing of it can be taken back now."""
    back = [edit for edit in transaction.edits if edit.state.touched and edit.state is not EditState.NOT_RESTORED]
    device = _device(batches(back)[-1])
    mine = {edit.index for edit in _of(device, back)}
    first = transaction.attempts == 0
    transaction = _each(
        transaction,
        lambda edit: replace(edit, state=EditState.NOT_RESTORED, text=problem) if edit.index in mine else edit,
        now,
    )
    facts = tuple(
        _fact(transaction, edit, shown(edit.found), shown(edit.old), Result.NOT_RESTORED, problem)
        for edit in transaction.edits
        if first and edit.index in mine
    )
    stepped = _take_back(transaction, now)
    return replace(stepped, facts=(*facts, *stepped.facts))


def _not_kept(transaction: Transaction, event: NotKept, now: Instant) -> Step:
    text = f"the agent could not write down what it was about to do: {event.problem}"
    if any(edit.state.touched for edit in transaction.edits):
        return _roll_back(transaction, text, now)
    edits = tuple(fresh(edit) for edit in transaction.edits)
    return Step(replace(transaction, state=State.INVALID, text=text, edits=edits))


def _passed(transaction: Transaction, now: Instant) -> Step:
    if not is_due(transaction, now):
        return Step(transaction)
    if transaction.state is State.PENDING_CONFIRM:
        return _roll_back(transaction, f"not confirmed within {transaction.confirm_s:g} s", now)
    if transaction.state is State.INCOMPLETE:
        return _roll_back(transaction, transaction.text, now)
    text = f"its owner did nothing for {transaction.lease_s:g} s"
    return Step(replace(transaction, state=State.EXPIRED, text=text, changed=now.wall))


def is_due(transaction: Transaction, now: Instant) -> bool:
    """Whether time alone brings a step."""
    if transaction.state is State.PENDING_CONFIRM:
        return now.seconds >= transaction.confirm_due_s
    if transaction.state is State.INCOMPLETE:
        return transaction.retry_due_s is not None and now.seconds >= transaction.retry_due_s
    return transaction.state.editable and now.seconds >= transaction.lease_due_s


def _restarted(transaction: Transaction, now: Instant) -> Step:
    """What was under way when an earlier run ended is ended: all of it is there, or all of it is taken back."""
    if transaction.state is State.VALIDATING:
        edits = tuple(fresh(edit) for edit in transaction.edits)
        return Step(replace(transaction, state=State.OPEN, text="", edits=edits))
    if transaction.state is State.COMMITTING:
        whole = all(edit.state in (EditState.WRITTEN, EditState.UNCHANGED) for edit in transaction.edits)
        if whole:
            return Step(_written(transaction, now))
        return _roll_back(transaction, "the agent ended before all of it was written", now)
    if transaction.state is State.ROLLING_BACK:
        return _roll_back(transaction, transaction.text, now)
    return _passed(transaction, now)


def _each(transaction: Transaction, change: Callable[[Edit], Edit], now: Instant) -> Transaction:
    return replace(transaction, edits=tuple(change(edit) for edit in transaction.edits), changed=now.wall)


def _device(batch: tuple[Edit, ...]) -> str:
    target = batch[0].target
    return target.device if target else ""


def _named(edit: Edit) -> str:
    where = f" {edit.target.device} {edit.target.text}" if edit.target else ""
    return f"edit {edit.index}{where}"


def _fact(transaction: Transaction, edit: Edit, old: str, new: str, result: Result, detail: str) -> Fact:
    target = edit.target
    assert target is not None  # noqa: S101 - only edits with a target are written
    return Fact(
        transaction.owner, target.device, target.text, target.path, old, new, result, detail, transaction.index,
        transaction.message,
    )  # fmt: skip
