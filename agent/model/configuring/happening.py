"""What happens to a transaction, and what is to be done because of it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.model.configuring.change import Verdict
from agent.model.configuring.history import Fact
from agent.model.configuring.transaction import Action, Edit, Transaction
from agent.model.document import MISSING, Json, Missing

# What happens


@dataclass(frozen=True, slots=True)
class Asked:
    """Its owner wants something."""

    action: Action
    who: str
    message: int = 0
    confirm_s: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A device was looked at: what it says by edit, and why nothing may be written there ("" when it may)."""

    device: str
    values: Mapping[int, Json] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Put:
    """What came of writing one edit."""

    index: int
    verdict: Verdict
    detail: str = ""
    before: Json | Missing = MISSING
    after: Json | Missing = MISSING


@dataclass(frozen=True, slots=True)
class Wrote:
    """Edits were written."""

    puts: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of taking edits back.

    Attributes:
        problem: why the device did not answer; then nothing is known of any of them.
    """

    puts: tuple[Put, ...] = ()
    left_alone: tuple[Put, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NotKept:
    """The step before could not be written down, so what it wanted to be done was not done."""

    problem: str


@dataclass(frozen=True, slots=True)
class Passed:
    """Time."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The agent was started anew."""


Event = Asked | Seen | Wrote | Restored | NotKept | Passed | Restarted


# What is to be done


@dataclass(frozen=True, slots=True)
class Look:
    """Read these edits' values from a device, and what it holds ready that is not ours."""

    device: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Write these edits of one device."""

    device: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Restore:
    """Give these values of one device their old value again, but for those that somebody else has changed since."""

    device: str
    edits: tuple[Edit, ...]


Todo = Look | Write | Restore


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction after a step.

    Attributes:
        todo: what is to be done once it is written down; None when it waits or has ended.
        facts: what belongs into the history.
    """

    transaction: Transaction
    todo: Todo | None = None
    facts: tuple[Fact, ...] = ()
