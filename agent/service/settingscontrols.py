"""SETs of the devices' configuration: checked here, and turned into one message per device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.config import WritingSettings
from agent.errors import HostError
from agent.mib.declaration import Module
from agent.model.message import Event, Message, MessageFailed, MessageState, MessageSucceeded
from agent.service.bus import Bus
from agent.service.handlers import Configurator, Unwritable
from agent.service.letter import Letter, content_of
from agent.wire.later import Later
from agent.wire.writing import COMMIT_FAILED, INCONSISTENT_VALUE, RESOURCE_UNAVAILABLE, Assignment, Result

GEN_ERR: Final = 5
TYPE: Final = "writeConfig"
Instance = tuple[int, ...]
Guard = Callable[[str], str]
"""Why a device must not be written by a plain SET now, by its name; "" when it may be."""


def _unguarded(device: str) -> str:
    return ""


@dataclass(slots=True, eq=False)
class _Awaited:
    """Messages of one SET that is answered once they have ended.

    Attributes:
        left: index of each message still open, to the position of its first varbind.
        failed: position of the first varbind whose message failed, 0 for none.
    """

    left: dict[int, int]
    result: Later[Result]
    failed: int = 0


class SettingsControls:
    """The objects that are written to devices. Used in the event loop's thread, but for `observe`.

    Args:
        bus: takes the messages.
        configurator: knows what a cell stands for.
        module: the declarations.
        settings: when a SET is answered.

    Attributes:
        names: the objects.
        guard: says why a device must not be written now.
    """

    def __init__(self, bus: Bus, configurator: Configurator, module: Module, settings: WritingSettings) -> None:
        self.names = tuple(name for name, located in module.objects.items() if located.column.writes is not None)
        self.guard: Guard = _unguarded
        self._bus = bus
        self._configurator = configurator
        self._settings = settings
        self._awaited: list[_Awaited] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def configure(self, settings: WritingSettings) -> None:
        """Answer otherwise from now on."""
        self._settings = settings

    def check(self, name: str, instance: Instance, value: Any) -> int:
        """Error status of RFC 3416 for writing a value of the right syntax, 0 when it can be written now."""
        try:
            target = self._configurator.target(name, instance)
            self._configurator.change(target, value)
        except Unwritable as problem:
            return problem.status
        if self.guard(target.device):
            return INCONSISTENT_VALUE
        return RESOURCE_UNAVAILABLE if self._bus.is_full else 0

    def assign(self, wanted: Sequence[Assignment], who: str) -> Later[Result] | None:
        """Send one message per device; all of the values have passed `check`.

        Returns:
            What came of the messages, when that is to be waited for.

        Raises:
            HostError: a message was not taken; nothing has been written for it.
        """
        messages: dict[int, int] = {}
        for device, some in self._by_device(wanted).items():
            message = self._submitted(device, some, f"snmp:{who}")
            if message.state is MessageState.FAILED:
                for index in messages:
                    self._bus.cancel(index, "the agent: the SET was not taken as a whole")
                raise HostError(message.error_text)
            messages[message.index] = some[0].position
        if self._settings.answer == "at_once":
            return None
        awaited = _Awaited(messages, Later())
        self._loop = asyncio.get_running_loop()
        self._awaited.append(awaited)
        self._loop.call_later(self._settings.deadline_s, self._give_up, awaited)
        return awaited.result

    def observe(self, event: Event) -> None:
        """A message ended; told in any thread."""
        if self._awaited and self._loop is not None and isinstance(event, (MessageSucceeded, MessageFailed)):
            self._loop.call_soon_threadsafe(self._ended, event.message.index, isinstance(event, MessageFailed))

    def _by_device(self, wanted: Sequence[Assignment]) -> dict[str, list[Assignment]]:
        devices: dict[str, list[Assignment]] = {}
        for each in wanted:
            target = self._configurator.target(each.name, each.instance)
            devices.setdefault(target.device, []).append(each)
        return devices

    def _submitted(self, device: str, wanted: Sequence[Assignment], source: str) -> Message:
        cells = [{"object": each.name, "instance": list(each.instance), "value": each.value} for each in wanted]
        letter = Letter(TYPE, {"device": device, "changes": cells}, source)
        return self._open_like(device, letter) or self._bus.submit(letter)

    def _open_like(self, device: str, letter: Letter) -> Message | None:
        """The newest open message about a device's configuration, when it says the same: a SET was repeated."""
        open_ = [entry.message for entry in self._bus.open() if entry.message.type == TYPE]
        newest = next((one for one in reversed(open_) if one.target.partition("/")[0] == device), None)
        if newest is None or newest.source != letter.source[:255]:
            return None
        wanted = content_of(letter.content, bytes)
        same = newest.request == wanted and wanted.size == len(wanted.data)
        return newest if same else None

    def _ended(self, index: int, failed: bool) -> None:  # noqa: FBT001 - call_soon_threadsafe passes by position
        for awaited in list(self._awaited):
            position = awaited.left.pop(index, 0)
            if failed and position:
                awaited.failed = awaited.failed or position
            if position and not awaited.left:
                self._awaited.remove(awaited)
                status = COMMIT_FAILED if awaited.failed else 0
                awaited.result.give(Result(status, awaited.failed))

    def _give_up(self, awaited: _Awaited) -> None:
        if awaited in self._awaited:
            self._awaited.remove(awaited)
            awaited.result.give(Result(GEN_ERR, 0))
