"""What a handler is: its message type, the content that type has, and the work in phases."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from agent.model.message import Kind, Reason
from agent.service.handlers.ports import Job, Reach, Refused, Standing

DeviceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
SlotId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]


class Content(BaseModel):
    """The content of a message: unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @property
    def device_name(self) -> str:
        """The device that the message is about, "" for none: work on one device is done in order of arrival."""
        return str(getattr(self, "device", ""))

    @property
    def lane(self) -> str:
        """Messages with the same word are worked on one at a time."""
        return self.device_name

    @property
    def target(self) -> str:
        """What the message is about, as text."""
        slot = getattr(self, "slot", "")
        return f"{self.device_name}/{slot}" if slot else self.device_name


C = TypeVar("C", bound=Content)


class Work(Generic[C]):
    """One message's work. The bus calls the phases in this order; a phase that is not overridden does nothing.

    `validate` and everything before it changes nothing. A phase says no by raising `Refused` (or a DeviceError).

    Attributes:
        result: what came of it, for a person.
    """

    result = ""

    def __init__(self, content: C, reach: Reach, job: Job) -> None:
        self.content = content
        self.reach = reach
        self.job = job

    def data_gets(self) -> None:
        """Gather what is needed."""

    def validate(self) -> None:
        """Check that what is asked for can be done now."""

    def modify(self) -> None:
        """Work out what is to be written."""

    async def data_sets(self) -> None:
        """Write it."""

    async def await_device(self) -> None:
        """Wait until the device can have taken it over, and read it back."""

    def post_validate(self) -> None:
        """Check that what was read back is what was asked for."""

    def undo(self) -> None:
        """Take back what `data_sets` did; called when a phase behind it fails."""

    def response(self) -> Mapping[str, Any]:
        """What the reply holds beside success and description."""
        return {}


class DeviceWork(Work[C]):
    """Work on one device that has to be there and be polled."""

    standing: Standing

    def data_gets(self) -> None:
        """How the device stands."""
        self.standing = self._standing()

    def validate(self) -> None:
        """The device must be one that is asked."""
        if self.standing.obstacle:
            raise Refused(Reason.NOT_READY, f"device {self.content.device_name} is not asked: {self.standing.obstacle}")

    def _standing(self) -> Standing:
        standing = self.reach.fleet.standing(self.content.device_name)
        if standing is None:
            raise Refused(Reason.BAD_CONTENT, f"no device {self.content.device_name!r} is configured")
        return standing


@dataclass(frozen=True, slots=True)
class HandlerSpec:
    """One message type. Everything that lists types or describes their contents is printed from these.

    Attributes:
        immediate: waits for nothing, and is done before `submit` returns when that is called in the loop's thread.
        internal: only parts of the agent send it.
    """

    type: str
    description: str
    content: builtins.type[Content]
    work: builtins.type[Work[Any]]
    kind: Kind = Kind.REQUEST
    immediate: bool = False
    internal: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of the content."""
        return self.content.model_json_schema()

    @property
    def arguments(self) -> list[str]:
        """The members of the content; those that may be left out in brackets."""
        return [
            f"{name}=…" if field.is_required() else f"[{name}=…]" for name, field in self.content.model_fields.items()
        ]
