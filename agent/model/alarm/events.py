"""What happens within the agent and concerns alarms, as plain values."""

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
class BusProgress:
    """How the inter-application bus gets on; to be told regularly, and whenever it changes.

    Attributes:
        waiting: messages not started yet.
        oldest_s: how long the oldest open message has been open, 0 when none is.
        is_full: whether newcomers are refused.
    """

    waiting: int
    oldest_s: float
    is_full: bool


@dataclass(frozen=True, slots=True)
class StateWriting:
    """Whether the alarm state could be written to disk; `problem` says why not."""

    written: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StateSetAside:
    """The state file was corrupt at the start and was put aside."""

    kept_as: str


Event = MessageFailed | MessageSucceeded | BusProgress | StateWriting | StateSetAside
