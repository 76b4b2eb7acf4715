"""What goes over the endpoint: the envelope of a message, and how rows read as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agent.model.message import Content, Entry

Guid = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._:-]{1,64}$")]


class Envelope(BaseModel):
    """A message as it is posted; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[str, Field(strict=True, min_length=1, max_length=64, description="Message type.")]
    content: dict[str, Any] = Field(default={}, description="As the message type says.")
    source: Annotated[str, Field(strict=True, pattern=r"^[ -~]{0,64}$", description="Who sends it, as shown.")] = ""
    guid: Guid | None = Field(default=None, description="Names the message; made by the agent if left out.")
    call_guid: Guid | None = Field(default=None, alias="callGuid", description="Names the call it is part of.")
    return_url: Annotated[str, Field(strict=True, max_length=255)] | None = Field(
        default=None, alias="returnUrl", description="Where the reply is posted; must be allowed by web.return_urls."
    )
    timeout_s: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = Field(
        default=None, alias="timeoutSeconds", description="Seconds until it fails; interapp.timeout_s if left out."
    )
    sent: AwareDatetime | None = Field(default=None, description="When it was sent, with a time zone.")


def problem_of(problems: ValidationError) -> str:
    """The first problem of an envelope, for a person: where it is, and what is allowed."""
    first = problems.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(field.alias or name for name, field in Envelope.model_fields.items())
        return f"{place}: unknown key; known are {known}"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}"


def row(entry: Entry) -> dict[str, Any]:
    """A message and its handler as JSON."""
    message, handler = entry.message, entry.handler
    return {
        "index": message.index,
        "guid": message.guid,
        "callGuid": message.call_guid,
        "direction": message.direction.value,
        "kind": message.kind.value,
        "type": message.type,
        "source": message.source,
        "target": message.target,
        "state": message.state.value,
        "reason": message.reason.value,
        "errorText": message.error_text,
        "sent": _moment(message.sent),
        "received": _moment(message.received),
        "started": _moment(message.started),
        "completed": _moment(message.completed),
        "deadline": _moment(message.deadline),
        "request": shown(message.request),
        "requestSize": message.request.size,
        "response": shown(message.response),
        "responseSize": message.response.size,
        "returnUrl": message.return_address,
        "replyState": message.reply.value,
        "handler": {
            "name": handler.name,
            "state": handler.state.value,
            "phase": handler.phase and handler.phase.value,
            "attempts": handler.attempts,
            "durationMilliseconds": handler.duration_ms,
            "valid": handler.valid,
            "httpFirst": handler.http_first,
            "httpLast": handler.http_last,
            "result": handler.result,
        },
    }


def shown(content: Content) -> Any:
    """A request or response as JSON where it is whole, as text where it was cut, None where there is none."""
    text = content.data.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def refused(reason: str, text: str, **more: Any) -> Mapping[str, Any]:
    """The body of an error answer."""
    return {"reason": reason, "error": text, **more}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")
