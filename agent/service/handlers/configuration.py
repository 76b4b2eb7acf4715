"""Work on a device's configuration: values written, read back, and taken back when not all of them could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from agent.model.configuring import Change, Verdict, Written, restoring
from agent.model.document import Missing
from agent.model.message import Reason
from agent.service.handlers.base import Content, DeviceName, DeviceWork, HandlerSpec
from agent.service.handlers.configuring import Configurator
from agent.service.handlers.ports import Refused

REASONS: Final = {
    Verdict.REFUSED: Reason.DEVICE_REJECTED,
    Verdict.UNREACHABLE: Reason.DEVICE_UNREACHABLE,
    Verdict.UNKNOWN: Reason.TIMEOUT,
    Verdict.DIFFERS: Reason.MISMATCH,
}
"""Why a message failed whose first change that was not written has such a verdict."""
UNDO_S: Final = 30.0
"""What taking back has, when the message's own time is over."""


class Cell(Content):
    """A cell and the value it is to have."""

    object: str = Field(description="Name of the object.", max_length=32)
    instance: tuple[Annotated[int, Field(ge=0, le=2**32 - 1)], ...] = Field(
        description="Index of the row, the device's own index first.", strict=False, min_length=1, max_length=128
    )
    value: bool | int | str = Field(description="Number, text, truth, or label of an enumeration.")


class WriteContent(Content):
    """A device and what is written to it."""

    device: DeviceName = Field(description="Name of the device in the configuration.")
    changes: tuple[Cell, ...] = Field(
        description="What is written, in this order: object, instance, value.", strict=False, min_length=1
    )

    @property
    def target(self) -> str:
        """The device, and the first cell."""
        first = self.changes[0]
        more = f" and {len(self.changes) - 1} more" if len(self.changes) > 1 else ""
        return f"{self.device}/{first.object}.{'.'.join(map(str, first.instance))}{more}"


class WriteConfig(DeviceWork[WriteContent]):
    """Values written in order; when one is not written, those before it are taken back."""

    changes: tuple[Change, ...] = ()
    written: Sequence[Written] = ()
    taken_back: Sequence[Written] = ()

    def validate(self) -> None:
        """The device must be asked and take writes, and every cell be there and fit."""
        super().validate()
        writer = self._writer()
        held = self.reach.transactions.held(self.content.device) if self.reach.transactions else ""
        if held:
            raise Refused(Reason.NOT_READY, f"device {self.content.device} is not written meanwhile: {held}")
        self.changes = tuple(
            writer.change(writer.target(cell.object, cell.instance), cell.value) for cell in self.content.changes
        )
        others = {change.target.device for change in self.changes} - {self.content.device}
        if others:
            raise Refused(Reason.BAD_CONTENT, f"cells of {', '.join(sorted(others))} are not {self.content.device}'s")

    async def data_sets(self) -> None:
        """The writes, each read back; and the way back, when not all could be written."""
        self.written = await self._write(self.changes, self.job.left_s)
        if any(one.verdict is not Verdict.WRITTEN for one in self.written):
            back = [restoring(one) for one in reversed(self.written) if _has_changed(one)]
            undo = [change for change in back if change is not None]
            if undo:
                self.taken_back = await self._write(undo, max(self.job.left_s, UNDO_S))
        self.reach.wrote(self.job.message, self.written, self.taken_back)

    def post_validate(self) -> None:
        """Every value must read as it was to be."""
        bad = next((one for one in self.written if one.verdict is not Verdict.WRITTEN), None)
        if bad is None:
            self.result = f"{len(self.written)} of {len(self.written)} written and read back"
            return
        text = f"{bad.change.target.text}: {bad.detail}"
        stuck = [one for one in self.taken_back if one.verdict is not Verdict.WRITTEN]
        if stuck:
            names = ", ".join(f"{one.change.target.text} ({one.detail})" for one in stuck)
            text = f"{text}; not taken back: {names}"
        elif self.taken_back:
            text = f"{text}; what had changed was taken back"
        raise Refused(REASONS[bad.verdict], text)

    def response(self) -> Mapping[str, Any]:
        """What each value was, and is."""
        return {"changes": [_described(one) for one in self.written]}

    def _writer(self) -> Configurator:
        if self.reach.configurator is None:
            raise Refused(Reason.NOT_READY, "this agent writes no configuration")
        return self.reach.configurator

    async def _write(self, changes: Sequence[Change], deadline_s: float) -> Sequence[Written]:
        results, first, last = await self._writer().written(
            self.content.device, changes, message=self.job.message.index, deadline_s=max(deadline_s, 1.0)
        )
        self.job.caused(first, last)
        return results


def _has_changed(one: Written) -> bool:
    """Whether the device says something else now than before, as far as that is known."""
    if isinstance(one.before, Missing) or isinstance(one.after, Missing):
        return False
    return bool(one.before != one.after)


def _described(one: Written) -> dict[str, Any]:
    known = {"before": one.before, "after": one.after}
    return {
        "cell": one.change.target.text,
        "verdict": one.verdict.value,
        **{name: value for name, value in known.items() if not isinstance(value, Missing)},
    }


SPECS = (
    HandlerSpec(
        "writeConfig",
        "Writes values of a device's configuration and reads them back; what was written is taken back when not all "
        "could be.",
        WriteContent,
        WriteConfig,
    ),
)
