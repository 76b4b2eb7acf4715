"""A transaction in the hands of its owner: opened, edited, held on; and what may be done with it when, by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from agent.model.alarm.facts import Instant
from agent.model.configuring.transaction import Action, Edit, EditState, State, Transaction
from agent.model.document import MISSING, Missing

CONFIRM_S: Final = (1, 86_400)
LEASE_S: Final = (10, 86_400)
"""Smallest and largest."""


class NotAllowed(ValueError):
    """What was asked for is not allowed, or not now.

    Attributes:
        stranger: it is because somebody else asks.
    """

    def __init__(self, text: str, *, stranger: bool = False) -> None:
        super().__init__(text)
        self.stranger = stranger


def opened(index: int, owner: str, base: int, now: Instant, lease_s: float, confirm_s: float) -> Transaction:
    """A new transaction."""
    made = Transaction(index, owner, now.wall, now.wall, base, lease_s=lease_s, confirm_s=confirm_s)
    return leased(made, now)


def resumed(transaction: Transaction, now: Instant) -> Transaction:
    """A transaction as another run kept it, its moments counted by this run's seconds."""

    def seconds(moment: datetime | None) -> float:
        return now.seconds + (moment - now.wall).total_seconds() if moment else 0.0

    return replace(
        transaction,
        lease_due_s=seconds(transaction.lease_ends),
        confirm_due_s=seconds(transaction.confirm_by),
        retry_due_s=now.seconds if transaction.state is State.INCOMPLETE else None,
    )


def with_edit(transaction: Transaction, edit: Edit | None, index: int, who: str, now: Instant) -> Transaction:
    """The transaction with an edit put or, without one, taken out; what was validated must be so again.

    Raises:
        NotAllowed: it is somebody else's, or under way.
    """
    check_owner(transaction, who)
    if not transaction.state.editable:
        raise NotAllowed(f"transaction {transaction.index} is {transaction.state.value} and takes no edits")
    others = tuple(fresh(one) for one in transaction.edits if one.index != index)
    edits = sorted((*others, edit), key=lambda one: one.index) if edit else others
    after = replace(transaction, edits=tuple(edits), state=State.OPEN, text="", changed=now.wall)
    return leased(after, now)


def with_times(
    transaction: Transaction, who: str, now: Instant, lease_s: float | None = None, confirm_s: float | None = None
) -> Transaction:
    """The transaction with another lease, counted from now, and another time to confirm.

    Raises:
        NotAllowed: it is somebody else's, under way, or the time is out of bounds.
    """
    check_owner(transaction, who)
    if not transaction.state.editable:
        raise NotAllowed(f"transaction {transaction.index} is {transaction.state.value}")
    for name, value, (low, high) in (("lease", lease_s, LEASE_S), ("time to confirm", confirm_s, CONFIRM_S)):
        if value is not None and not low <= value <= high:
            raise NotAllowed(f"{name}: {low} to {high} seconds")
    after = replace(
        transaction,
        lease_s=transaction.lease_s if lease_s is None else lease_s,
        confirm_s=transaction.confirm_s if confirm_s is None else confirm_s,
        changed=now.wall,
    )
    return leased(after, now)


def check_owner(transaction: Transaction, who: str) -> None:
    """Only its owner acts on a transaction.

    Raises:
        NotAllowed: it is somebody else's.
    """
    if transaction.owner != who:
        raise NotAllowed(f"transaction {transaction.index} is held by {transaction.owner}", stranger=True)


_ALLOWED: Final = {
    Action.VALIDATE: frozenset({State.OPEN, State.VALID, State.INVALID}),
    Action.COMMIT: frozenset({State.OPEN, State.VALID, State.INVALID}),
    Action.COMMIT_CONFIRMED: frozenset({State.OPEN, State.VALID, State.INVALID, State.PENDING_CONFIRM}),
    Action.CONFIRM: frozenset({State.PENDING_CONFIRM}),
    Action.CANCEL: frozenset({State.PENDING_CONFIRM, State.INCOMPLETE}),
    Action.DISCARD: frozenset({State.OPEN, State.VALID, State.INVALID, State.INCOMPLETE}),
}

_DONE: Final = {
    (Action.COMMIT, State.COMMITTED), (Action.CONFIRM, State.COMMITTED), (Action.CANCEL, State.ROLLED_BACK),
    (Action.DISCARD, State.DISCARDED),
}  # fmt: skip


def is_repeated(transaction: Transaction, action: Action) -> bool:
    """Whether an action was done before and nothing came after it: whoever got no answer asks again."""
    return transaction.goal is action and (action, transaction.state) in _DONE


def check_action(transaction: Transaction, action: Action, who: str) -> None:
    """Whether somebody may do something with a transaction now.

    Raises:
        NotAllowed: no.
    """
    check_owner(transaction, who)
    if is_repeated(transaction, action):
        return
    if transaction.state not in _ALLOWED[action]:
        allowed = ", ".join(state.value for state in State if state in _ALLOWED[action])
        raise NotAllowed(
            f"transaction {transaction.index} is {transaction.state.value}; {action.value} is for one that is {allowed}"
        )
    needs_edits = action in (Action.VALIDATE, Action.COMMIT, Action.COMMIT_CONFIRMED)
    if needs_edits and not transaction.edits:
        raise NotAllowed(f"transaction {transaction.index} has no edits")


def leased(transaction: Transaction, now: Instant) -> Transaction:
    """The transaction with its lease begun anew."""
    ends = now.wall + timedelta(seconds=transaction.lease_s)
    return replace(transaction, lease_ends=ends, lease_due_s=now.seconds + transaction.lease_s)


def fresh(edit: Edit) -> Edit:
    """An edit as it was before anything was made of it."""
    is_whole = edit.target is not None and not isinstance(edit.wanted, Missing)
    state = EditState.PENDING if is_whole else EditState.NOT_READY
    return replace(edit, state=state, text="", old=MISSING, found=MISSING)
