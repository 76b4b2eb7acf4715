"""One message and its state table.

    (arrival) ──► waiting ──start──► processing ──read back──► succeeded
       │ rejected    │ cancelled, deadline   │ refused, deadline, mismatch
       └───────► failed ◄────────────────────┘

Nothing else happens. What has ended never changes but for the state of its reply.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

CONTENT_LIMIT: Final = 1024
"""Octets of a request or response that are kept."""

TEXT_LIMIT: Final = 255
"""Characters of a text for a person that are kept."""


class MessageState(Enum):
    """Where a message stands."""

    WAITING = "waiting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self in (MessageState.SUCCEEDED, MessageState.FAILED)


class Reason(Enum):
    """Why a message failed."""

    NONE = "none"
    UNKNOWN_TYPE = "unknownType"
    BAD_CONTENT = "badContent"
    NOT_READY = "notReady"
    DEVICE_REJECTED = "deviceRejected"
    DEVICE_UNREACHABLE = "deviceUnreachable"
    TIMEOUT = "timeout"
    MISMATCH = "mismatchAfterWrite"
    CANCELLED = "cancelled"
    QUEUE_FULL = "queueFull"
    INTERNAL = "internal"
    RESTARTED = "restarted"


class Direction(Enum):
    """Who sent a message: another application or a manager, or a part of this agent."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Kind(Enum):
    """What a message is."""

    EVENT = "event"
    REQUEST = "request"
    RESPONSE = "response"


class ReplyState(Enum):
    """What became of the reply to the return address."""

    NOT_WANTED = "notWanted"
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


FOLLOWING: Final = {
    MessageState.WAITING: frozenset({MessageState.PROCESSING, MessageState.FAILED}),
    MessageState.PROCESSING: frozenset({MessageState.SUCCEEDED, MessageState.FAILED}),
    MessageState.SUCCEEDED: frozenset[MessageState](),
    MessageState.FAILED: frozenset[MessageState](),
}
"""The states that may follow each state."""


class IllegalStep(ValueError):
    """A step that the state table does not have; a fault of the agent's own."""


@dataclass(frozen=True, slots=True)
class Content:
    """A request or a response as it is shown: secrets taken out, cut to CONTENT_LIMIT octets.

    Attributes:
        size: octets it really had.
    """

    data: bytes = b""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message. The times are UTC; one that has not come yet is None.

    Attributes:
        index: arrival number; 0 before it is admitted.
        guid: names the message; its reply carries the same.
        call_guid: names the bulk call it came with, "" for a single message.
        source: who sent it ("snmp:noc", "web:scheduler", "agent").
        return_address: URL the reply goes to, "" for no reply.
        target: what it acts on ("lts1", "lts1/io1"), "" for the agent.
        error_text: why it failed, for a person.
        sent: when its sender says that it was sent.
        deadline: when it fails unless it has ended.
    """

    guid: str
    type: str
    received: datetime
    deadline: datetime
    index: int = 0
    call_guid: str = ""
    direction: Direction = Direction.INBOUND
    kind: Kind = Kind.REQUEST
    source: str = ""
    return_address: str = ""
    target: str = ""
    state: MessageState = MessageState.WAITING
    reason: Reason = Reason.NONE
    error_text: str = ""
    sent: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    request: Content = Content()
    response: Content = Content()
    reply: ReplyState = ReplyState.NOT_WANTED


def begun(message: Message, at: datetime) -> Message:
    """The message once its handler starts."""
    return replace(_following(message, MessageState.PROCESSING), started=at)


def succeeded(message: Message, at: datetime, response: Content) -> Message:
    """The message once what it asked for is done and was read back."""
    return replace(
        _following(message, MessageState.SUCCEEDED), completed=at, response=response, reply=_reply_of(message)
    )


def failed(message: Message, at: datetime, reason: Reason, text: str) -> Message:
    """The message once it will not be done.

    Raises:
        IllegalStep: it has ended already, or no reason is given.
    """
    if reason is Reason.NONE:
        raise IllegalStep("a failure has a reason")
    return replace(
        _following(message, MessageState.FAILED),
        completed=at,
        reason=reason,
        error_text=text[:TEXT_LIMIT],
        reply=_reply_of(message),
    )


def replied(message: Message, *, delivered: bool) -> Message:
    """The message once its reply was delivered, or given up."""
    if message.reply is not ReplyState.PENDING:
        raise IllegalStep(f"no reply is pending for message {message.index}")
    return replace(message, reply=ReplyState.DELIVERED if delivered else ReplyState.FAILED)


def check_step(before: Message, after: Message) -> None:
    """Refuse whatever the state table does not have.

    Raises:
        IllegalStep: naming both states.
    """
    if before.state.ended:
        if replace(before, reply=after.reply) != after or (
            after.reply is not before.reply and before.reply is not ReplyState.PENDING
        ):
            raise IllegalStep(f"message {before.index} has ended; nothing but its reply may change")
    elif after.state is not before.state and after.state not in FOLLOWING[before.state]:
        raise IllegalStep(f"message {before.index} cannot go from {before.state.value} to {after.state.value}")


def _following(message: Message, state: MessageState) -> Message:
    if state not in FOLLOWING[message.state]:
        raise IllegalStep(f"message {message.index} cannot go from {message.state.value} to {state.value}")
    return replace(message, state=state)


def _reply_of(message: Message) -> ReplyState:
    return ReplyState.PENDING if message.return_address else ReplyState.NOT_WANTED
