"""A transaction: changes of many values on many devices that take effect together, or not at all. Pure values.

open ──validate──► validating ──► valid | invalid          (these three may be edited and validated again)
open | valid | invalid ──commit──► validating ──► committing ──► committed
│             │  └─confirmed commit──► pendingConfirm ──confirm──► committed
▼             ▼                              │ not in time, cancel
invalid     rollingBack ◄───────────────────────┘
│
├──► rolledBack
└──► incomplete ──by itself, cancel──► rollingBack
open | valid | invalid | incomplete ──discard──► discarded
open | valid | invalid ──lease over──► expired
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from agent.model.configuring.change import Target
from agent.model.document import MISSING, Json, Missing


class State(Enum):
    """Where a transaction stands."""

    OPEN = "open"
    VALIDATING = "validating"
    VALID = "valid"
    INVALID = "invalid"
    COMMITTING = "committing"
    PENDING_CONFIRM = "pendingConfirm"
    COMMITTED = "committed"
    ROLLING_BACK = "rollingBack"
    ROLLED_BACK = "rolledBack"
    INCOMPLETE = "incomplete"
    DISCARDED = "discarded"
    EXPIRED = "expired"

    @property
    def editable(self) -> bool:
        """Whether edits may be added and changed; only then the lease counts."""
        return self in (State.OPEN, State.VALID, State.INVALID)

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self in (State.COMMITTED, State.ROLLED_BACK, State.DISCARDED, State.EXPIRED)

    @property
    def holds_devices(self) -> bool:
        """Whether its devices are not to be written by others."""
        return not (self.editable or self.ended)


class Action(Enum):
    """What its owner may do with a transaction."""

    VALIDATE = "validate"
    COMMIT = "commit"
    COMMIT_CONFIRMED = "commitConfirmed"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    DISCARD = "discard"


class EditState(Enum):
    """What became of one edit."""

    NOT_READY = "notReady"
    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"
    UNCHANGED = "unchanged"
    WRITING = "writing"
    WRITTEN = "written"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    DIFFERS = "differs"
    RESTORING = "restoring"
    RESTORED = "restored"
    NOT_RESTORED = "notRestored"
    LEFT_ALONE = "leftAlone"

    @property
    def touched(self) -> bool:
        """Whether the device may hold something else than before."""
        return self in _TOUCHED


_TOUCHED = frozenset(
    {
        EditState.WRITING, EditState.WRITTEN, EditState.UNKNOWN, EditState.DIFFERS, EditState.RESTORING,
        EditState.NOT_RESTORED,
    }
)  # fmt: skip

FAULTY = frozenset(
    {
        EditState.INVALID, EditState.REFUSED, EditState.UNREACHABLE, EditState.UNKNOWN, EditState.DIFFERS,
        EditState.NOT_RESTORED, EditState.LEFT_ALONE,
    }
)  # fmt: skip
"""States of edits that count as errors."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One value that is to become another.

    Attributes:
        index: given by who edits.
        target: what is written; None while it has not been named.
        value: what was asked for, as text; None while it has not been given.
        wanted: the same as it is sent to the device.
        text: why it is in its state, for a person.
        old: what the device said before, kept before the first write; MISSING while it is not known.
        found: what it said after the write.
    """

    index: int
    target: Target | None = None
    value: str | None = None
    wanted: Json | Missing = MISSING
    state: EditState = EditState.NOT_READY
    text: str = ""
    old: Json | Missing = MISSING
    found: Json | Missing = MISSING

    @property
    def difference(self) -> str:
        """What the device holds, or may hold, instead of the old value."""
        name = f"{self.target.device} {self.target.text}" if self.target else f"edit {self.index}"
        holds = "not known" if isinstance(self.found, Missing) else shown(self.found)
        return f"{name}: was {shown(self.old)}, is {holds}"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. Moments are kept by the wall clock, for restarts, and counted by seconds that never step.

    Attributes:
        owner: who opened it; nobody else acts on it.
        base: number of the newest change of any device when it was opened: what changed behind it stops a commit.
        goal: what is under way, or was done last.
        lease_ends: when it expires unless its owner does something; `lease_due_s` the same in monotonic seconds.
        confirm_by: when a confirmed commit is rolled back unless confirmed; `confirm_due_s` the same.
        text: why it is in its state, for a person.
        message: index of the inter-app message that acted last.
        attempts: rollbacks tried in vain; the next one is due at `retry_due_s`, None for no more.
    """

    index: int
    owner: str
    opened: datetime
    changed: datetime
    base: int = 0
    state: State = State.OPEN
    edits: tuple[Edit, ...] = ()
    goal: Action | None = None
    lease_s: float = 600
    lease_ends: datetime | None = None
    lease_due_s: float = field(default=0.0, compare=False)
    confirm_s: float = 600
    confirm_by: datetime | None = None
    confirm_due_s: float = field(default=0.0, compare=False)
    text: str = ""
    message: int = 0
    attempts: int = 0
    retry_due_s: float | None = field(default=None, compare=False)

    @property
    def devices(self) -> frozenset[str]:
        """The devices it is about."""
        return frozenset(edit.target.device for edit in self.edits if edit.target)

    @property
    def errors(self) -> int:
        """How many edits are faulty."""
        return sum(edit.state in FAULTY for edit in self.edits)

    @property
    def differences(self) -> tuple[str, ...]:
        """What could not be taken back, each named, also while that is tried again; empty when there is nothing."""
        left = {EditState.NOT_RESTORED, EditState.LEFT_ALONE} | ({EditState.RESTORING} if self.attempts else set())
        return tuple(f"{edit.difference} ({edit.text})" for edit in self.edits if edit.state in left)

    def edit(self, index: int) -> Edit | None:
        """One edit."""
        return next((edit for edit in self.edits if edit.index == index), None)


@dataclass(frozen=True, slots=True)
class Wish:
    """One edit as somebody asks for it.

    Attributes:
        index: of the edit; 0 for a new one.
        target: OID of the cell, None to leave it as it is.
        value: as text, None to leave it as it is.
        removed: the edit goes.
    """

    index: int = 0
    target: tuple[int, ...] | None = None
    value: str | None = None
    removed: bool = False


def shown(value: Json | Missing) -> str:
    """A value of a device's configuration for a person: text as it is, all else as JSON has it."""
    if isinstance(value, Missing):
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value)


def same(one: Json | Missing, other: Json | Missing) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
