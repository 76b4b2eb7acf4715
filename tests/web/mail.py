"""A bus for the endpoint, without handlers: what is posted waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from agent.model.message import Entry, Handler, Mailbox, Message, Reason
from agent.model.message.message import failed
from agent.web.envelope import Envelope

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
REFUSALS = {"nothing": Reason.UNKNOWN_TYPE, "bad": Reason.BAD_CONTENT, "full": Reason.QUEUE_FULL}


class Box:
    """Takes everything but the types of REFUSALS."""

    def __init__(self) -> None:
        self.mailbox = Mailbox(100)
        self.posted: list[Envelope] = []

    def post(self, envelope: Envelope) -> Message:
        self.posted.append(envelope)
        message = Message(envelope.guid or f"made-{len(self.posted)}", envelope.type, NOW, NOW + timedelta(seconds=60))
        reason = REFUSALS.get(envelope.type)
        if reason is not None:
            return self._rejected(message, reason, "as the test wants")
        return self.mailbox.admit(message, Handler("h")).message

    def refuse(self, kind: str, text: str) -> Message:
        return self._rejected(Message("refused", kind, NOW, NOW), Reason.BAD_CONTENT, text)

    def _rejected(self, message: Message, reason: Reason, text: str) -> Message:
        entry = self.mailbox.reject(message, Handler("h"), NOW, reason, text)
        return entry.message if entry else failed(message, NOW, reason, text)

    def find(self, guid: str) -> Entry | None:
        return self.mailbox.find(guid)

    def entries(self) -> Sequence[Entry]:
        return self.mailbox.entries

    def cancel(self, index: int) -> bool:
        entry = self.mailbox.get(index)
        if entry is None or entry.message.state.ended:
            return False
        self.mailbox.put(Entry(failed(entry.message, NOW, Reason.CANCELLED, "cancelled"), entry.handler))
        return True

    def purge(self, index: int) -> bool:
        return self.mailbox.purge(index)

    def types(self) -> list[dict[str, Any]]:
        return [{"type": "pollNow", "description": "Polls.", "content": {}}]
