"""What the bus tells whoever watches it (the alarms)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.model.message.message import Message


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """A message failed, or was rejected; it is not told of one that was cancelled on request."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class MessageSucceeded:
    """A message succeeded."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class MessageStalled:
    """A message waits too long, or its handler works on long after its deadline. Told once per message."""

    at: datetime
    message: Message
    seconds: float


@dataclass(frozen=True, slots=True)
class StallEnded:
    """A message that was stalled goes on or has ended."""

    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class MailboxFull:
    """Newcomers are rejected: so many messages are open. Told once until `MailboxFree`."""

    at: datetime
    open: int
    maximum: int


@dataclass(frozen=True, slots=True)
class MailboxFree:
    """There is room again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DataLossCrossed:
    """The data loss of a device's requests went over its limit, or came back.

    Attributes:
        permille: share of the latest answers with an error status, in thousandths.
    """

    at: datetime
    device: str
    permille: int
    limit_percent: int
    over: bool


Event = MessageFailed | MessageSucceeded | MessageStalled | StallEnded | MailboxFull | MailboxFree | DataLossCrossed
