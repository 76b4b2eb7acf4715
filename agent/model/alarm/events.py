"""What happens within the agent and concerns alarms, as plain values.

What is said to be so (a stall, a full table, data loss) is forgotten when the agent ends, and said again by the next
process where it is still so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """An inter-application message failed.

    Attributes:
        number: its index in the message table.
        message_type: what it asked for.
        device: name of the device it was about, "" for none.
        reason: label of why (deviceUnreachable, timeout, badContent ...).
    """

    number: int
    message_type: str
    device: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class MessageSucceeded:
    """An inter-application message of this type succeeded: what failed before is over."""

    message_type: str
    device: str


@dataclass(frozen=True, slots=True)
class MessageStalled:
    """An inter-application message waits too long, or is worked on long after its deadline.

    Attributes:
        seconds: for how long.
    """

    number: int
    message_type: str
    device: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StallEnded:
    """A message that was stalled goes on, or has ended."""

    number: int
    message_type: str
    device: str


@dataclass(frozen=True, slots=True)
class MailboxFull:
    """New inter-application messages are refused: so many are open."""

    open: int


@dataclass(frozen=True, slots=True)
class MailboxFree:
    """There is room for new messages again."""


@dataclass(frozen=True, slots=True)
class DataLossCrossed:
    """The share of a device's answers that are errors went over its limit, or came back.

    Attributes:
        permille: the share, in thousandths.
        over: whether it is above the limit now.
    """

    device: str
    permille: int
    over: bool


@dataclass(frozen=True, slots=True)
class StateWriting:
    """Whether the alarm state could be written to disk; `problem` says why not."""

    written: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StateSetAside:
    """The state file was corrupt at the start and was put aside."""

    kept_as: str


@dataclass(frozen=True, slots=True)
class ProcessDied:
    """A process of the agent died and was started anew.

    Attributes:
        name: front or back.
        restarts: how often that happened since the agent started.
    """

    name: str
    restarts: int


@dataclass(frozen=True, slots=True)
class TransactionRolledBack:
    """A transaction over the devices' configuration was taken back, and not because its owner wanted that."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class EditLeft:
    """A value that a transaction wrote could not be given its old value again; or it has it now.

    Attributes:
        target: the cell, as lnbPtpInstanceDomainNumber.1.7.1.
        text: the difference.
    """

    number: int
    device: str
    target: str
    text: str = ""
    is_left: bool = True


Event = (
    MessageFailed
    | MessageSucceeded
    | MessageStalled
    | StallEnded
    | MailboxFull
    | MailboxFree
    | DataLossCrossed
    | StateWriting
    | StateSetAside
    | ProcessDied
    | TransactionRolledBack
    | EditLeft
)
