"""Work on the agent itself: HTTP tracking, alarms, notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from agent.model.message import Reason
from agent.service.handlers.base import Content, HandlerSpec, Work
from agent.service.handlers.ports import Alarms, Refused


class TrackingContent(Content):
    """What changes; at least one of them."""

    enabled: bool | None = Field(default=None, description="Whether requests are written into the session table.")
    maximum: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="Rows kept per device; when it shrinks the oldest go at once."
    )
    limit: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None, description="Data loss above which an alarm is raised, in percent."
    )

    @model_validator(mode="after")
    def _something(self) -> TrackingContent:
        if self.enabled is None and self.maximum is None and self.limit is None:
            raise ValueError("at least one of enabled, maximum, limit")
        return self


class SetHttpTracking(Work[TrackingContent]):
    """Assigns the settings of HTTP tracking."""

    values: Mapping[str, Any]

    def modify(self) -> None:
        """The settings by object name."""
        named = {
            "lnbHttpTracking": self.content.enabled,
            "lnbHttpMaxCount": self.content.maximum,
            "lnbHttpDataLossLimit": self.content.limit,
        }
        self.values = {name: value for name, value in named.items() if value is not None}

    async def data_sets(self) -> None:
        """On disk, then everywhere."""
        self.reach.assign(self.values, self.job.message.source)
        self.result = ", ".join(f"{name} = {value}" for name, value in self.values.items())


class OfAlarms(Work[Any]):
    """Work that needs the watcher of alarms."""

    alarms: Alarms

    def validate(self) -> None:
        """There must be one."""
        if self.reach.alarms is None:
            raise Refused(Reason.NOT_READY, "alarms are not watched in this agent")
        self.alarms = self.reach.alarms


class AlarmContent(Content):
    """An active alarm."""

    index: Annotated[int, Field(ge=1, le=2**32 - 1)] = Field(description="Index of the alarm in the alarm table.")


class AcknowledgeAlarm(OfAlarms):
    """Notes that somebody has seen an alarm."""

    async def data_sets(self) -> None:
        """Acknowledge it."""
        try:
            self.alarms.acknowledge(self.content.index, self.job.message.source)
        except LookupError:
            raise Refused(Reason.BAD_CONTENT, f"no alarm {self.content.index} is active") from None
        self.result = f"alarm {self.content.index} acknowledged"


class NoContent(Content):
    """Nothing."""


class ResyncAlarms(OfAlarms):
    """Sends every active alarm again."""

    sent = 0

    async def data_sets(self) -> None:
        """Queue them."""
        self.sent = self.alarms.resync()
        self.result = f"{self.sent} active alarms are sent again"

    def response(self) -> Mapping[str, Any]:
        """How many."""
        return {"alarms": self.sent}


class ReceiverContent(Content):
    """Where to."""

    receiver: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="Name of the receiver in the configuration; all if left out."
    )
    text: Annotated[str, Field(max_length=64)] = Field(default="", description="Is sent with it.")


class NotificationTest(OfAlarms):
    """Sends a notification that means nothing, to see it arrive."""

    sent = 0

    async def data_sets(self) -> None:
        """Queue it."""
        try:
            self.sent = self.alarms.test(self.content.receiver, self.content.text)
        except LookupError:
            raise Refused(Reason.BAD_CONTENT, f"no receiver {self.content.receiver!r} is configured") from None
        self.result = f"sent to {self.sent} receivers; what came of it stands in the delivery table"

    def response(self) -> Mapping[str, Any]:
        """How many receivers."""
        return {"receivers": self.sent}


SPECS = (
    HandlerSpec(
        "setHttpTracking",
        "Switches HTTP tracking, sets its maximum count or the limit of data loss.",
        TrackingContent,
        SetHttpTracking,
        immediate=True,
    ),
    HandlerSpec("acknowledgeAlarm", "Notes that an active alarm was seen.", AlarmContent, AcknowledgeAlarm),
    HandlerSpec("resyncAlarms", "Sends every active alarm to every receiver again.", NoContent, ResyncAlarms),
    HandlerSpec("testNotification", "Sends a test notification.", ReceiverContent, NotificationTest),
)
