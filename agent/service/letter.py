"""Letters: what a sender hands over, the message made of it, and the reply it gets."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.model.message import CONTENT_LIMIT, Content, Direction, Entry, Kind, Message, MessageState
from agent.service.handlers import HandlerSpec
from agent.web.envelope import shown

Redact = Callable[[bytes], bytes]
"""Takes the secrets out of a JSON text."""

TYPE_LIMIT = 64
"""Characters of a message type's name that are shown."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a sender hands over.

    Attributes:
        source: who sends it ("snmp:noc", "web", "agent").
        guid: given by the sender to name the message; made when it is empty. The same letter sent again with the same
            GUID is the same message.
        timeout_s: the sender's own deadline, counted from now; None for the default.
        sent: when the sender says that it was sent.
    """

    type: str
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    source: str = "agent"
    guid: str = ""
    call_guid: str = ""
    return_address: str = ""
    timeout_s: float | None = None
    sent: datetime | None = None
    direction: Direction = Direction.INBOUND


def drafted(
    letter: Letter, at: datetime, timeout_s: float, redact: Redact, spec: HandlerSpec | None, target: str = ""
) -> Message:
    """The message that a letter becomes, not yet admitted."""
    return Message(
        guid=letter.guid or str(uuid.uuid4()),
        type=letter.type[:TYPE_LIMIT],
        received=at,
        deadline=at + timedelta(seconds=timeout_s),
        call_guid=letter.call_guid,
        direction=letter.direction,
        kind=spec.kind if spec else Kind.REQUEST,
        source=letter.source[:255],
        return_address=letter.return_address,
        target=target,
        sent=letter.sent,
        request=content_of(letter.content, redact),
    )


def content_of(content: Mapping[str, Any], redact: Redact) -> Content:
    """A request or response as it is kept."""
    whole = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")
    return Content(redact(whole)[:CONTENT_LIMIT], len(whole))


def reply_to(entry: Entry) -> dict[str, Any]:
    """The reply to a message that has ended; it carries the message's own GUID."""
    message = entry.message
    return {
        "guid": message.guid,
        "callGuid": message.call_guid,
        "kind": Kind.RESPONSE.value,
        "type": message.type,
        "success": message.state is MessageState.SUCCEEDED,
        "reason": message.reason.value,
        "description": message.error_text or entry.handler.result,
        "response": shown(message.response),
    }
