"""Inter-application messages: pure values. What is done with them is `agent.service.bus`."""

from agent.model.message.event import (
    DataLossCrossed,
    Event,
    MailboxFree,
    MailboxFull,
    MessageFailed,
    MessageStalled,
    MessageSucceeded,
    StallEnded,
)
from agent.model.message.handler import Handler, HandlerState, Phase
from agent.model.message.mailbox import Counts, Entry, Mailbox, work_limit
from agent.model.message.message import (
    CONTENT_LIMIT,
    TEXT_LIMIT,
    Content,
    Direction,
    IllegalStep,
    Kind,
    Message,
    MessageState,
    Reason,
    ReplyState,
)

__all__ = [
    "CONTENT_LIMIT",
    "TEXT_LIMIT",
    "Content",
    "Counts",
    "DataLossCrossed",
    "Direction",
    "Entry",
    "Event",
    "Handler",
    "HandlerState",
    "IllegalStep",
    "Kind",
    "Mailbox",
    "MailboxFree",
    "MailboxFull",
    "Message",
    "MessageFailed",
    "MessageStalled",
    "MessageState",
    "MessageSucceeded",
    "Phase",
    "Reason",
    "ReplyState",
    "StallEnded",
    "work_limit",
]
