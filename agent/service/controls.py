"""SETs of managers that are commands: checked here, and turned into messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from agent.errors import HostError
from agent.mib.groups.interapp import BusView, DeviceCommandRow, SlotCommandRow
from agent.model.message import Entry, Message, MessageState
from agent.service.bus import Bus
from agent.service.handlers import Assign
from agent.service.letter import Letter
from agent.wire.writing import Assignment

NO_CREATION: Final = 11
INCONSISTENT_VALUE: Final = 12
RESOURCE_UNAVAILABLE: Final = 13
"""Error statuses of RFC 3416 3."""

TRACKING: Final = {"lnbHttpTracking": "enabled", "lnbHttpMaxCount": "maximum", "lnbHttpDataLossLimit": "limit"}
"""Object name to the member of setHttpTracking's content."""
BOUNDS: Final = frozenset({"lnbIacMaxCount", "lnbIacKeepMinutes"})
SLOT_TYPES: Final = {"attach": "attachCard", "detach": "detachCard"}
ALARMS: Final = {
    "lnbAlarmAcknowledged": "acknowledgeAlarm", "lnbAlarmResync": "resyncAlarms", "lnbAlarmTest": "testNotification",
}  # fmt: skip
"""Object name to the message type it becomes."""
CONTROLS: Final = frozenset(
    {*TRACKING, *BOUNDS, "lnbIacMessageControl", "lnbIacDeviceCommand", "lnbIacSlotCommand", *ALARMS}
)
"""Every object that is written through `Controls`."""

NOT_WRITABLE: Final = 17
Instance = tuple[int, ...]
"""Sub-identifiers behind the object's OID: (0,) of a scalar, else the row's index."""


CheckAlarm = Callable[[str, Instance, Any], int]


def _alarm_content(name: str, instance: Instance, value: Any) -> dict[str, Any]:
    """Content of the message that a written object of the alarms becomes."""
    if name == "lnbAlarmAcknowledged":
        return {"index": instance[-1]}
    return {"text": value} if name == "lnbAlarmTest" else {}


class Controls:
    """The writable objects of the groups http and interapp. Used in the event loop's thread.

    Args:
        bus: takes the messages.
        assign: writes bounds.
        view: what the tables show now.
        check_alarm: the same as `check`, of the alarms' objects.
    """

    names = CONTROLS

    def __init__(
        self, bus: Bus, assign: Assign, view: Callable[[], BusView], check_alarm: CheckAlarm = lambda *_: NOT_WRITABLE
    ) -> None:
        self._check_alarm = check_alarm
        self._bus = bus
        self._assign = assign
        self._view = view

    def check(self, name: str, instance: Instance, value: Any) -> int:
        """Error status of RFC 3416 for writing a value of the right syntax, 0 when it can be assigned now."""
        if name in TRACKING or name in BOUNDS:
            return 0 if instance == (0,) else NO_CREATION
        if name == "lnbIacMessageControl":
            return self._check_message(instance, value)
        if name in ALARMS:
            return self._check_alarm(name, instance, value) or (RESOURCE_UNAVAILABLE if self._bus.is_full else 0)
        if self._row(name, instance) is None:
            return NO_CREATION
        # What is open already is the same message, so that a manager's repetition finds no full table.
        full = value != "none" and self._bus.is_full and self._open_like(name, instance, value) is None
        return RESOURCE_UNAVAILABLE if full else 0

    def assign(self, wanted: Sequence[Assignment], who: str) -> None:
        """Take the values of one SET, all of which have passed `check`.

        Settings of HTTP tracking are one message, done when this returns; commands become messages that wait.

        Raises:
            HostError: what was to be written could not be; nothing has changed.
        """
        source = f"snmp:{who}"
        bounds = {each.name: each.value for each in wanted if each.name in BOUNDS}
        if bounds:
            self._assign(bounds, who)
        tracking = {TRACKING[each.name]: each.value for each in wanted if each.name in TRACKING}
        if tracking:
            self._done(self._bus.submit(Letter("setHttpTracking", tracking, source)))
        for each in wanted:
            if each.name not in TRACKING and each.name not in BOUNDS:
                self.from_set(each.name, each.instance, each.value, source)

    def from_set(self, name: str, instance: Instance, value: Any, source: str) -> Message | None:
        """The message that a written command becomes; None for a control, and for none."""
        if value == "none":
            return None
        if name == "lnbIacMessageControl":
            (index,) = instance
            if value == "cancel":
                self._bus.cancel(index, source)
            else:
                self._bus.purge(index)
            return None
        if name in ALARMS:
            return self._bus.submit(Letter(ALARMS[name], _alarm_content(name, instance, value), source))
        known = self._open_like(name, instance, value)
        if known is not None:
            return known.message
        letter = self._letter(name, instance, value, source)
        return None if letter is None else self._bus.submit(letter)

    def _check_message(self, instance: Instance, value: Any) -> int:
        entry = self._bus.mailbox.get(instance[0]) if len(instance) == 1 else None
        if entry is None:
            return NO_CREATION
        state = entry.message.state
        fits = {"none": True, "cancel": state is MessageState.WAITING, "purge": state.ended}[value]
        return 0 if fits else INCONSISTENT_VALUE

    def _row(self, name: str, instance: Instance) -> DeviceCommandRow | SlotCommandRow | None:
        view = self._view()
        if name == "lnbIacDeviceCommand":
            return next((row for row in view.devices if (row.device_index,) == instance), None)
        return next((row for row in view.slots if (row.device_index, row.slot_index) == instance), None)

    def _letter(self, name: str, instance: Instance, value: str, source: str) -> Letter | None:
        row = self._row(name, instance)
        if isinstance(row, DeviceCommandRow):
            return Letter(value, {"device": row.name}, source)
        if isinstance(row, SlotCommandRow):
            return Letter(SLOT_TYPES[value], {"device": row.device, "slot": row.slot}, source)
        return None

    def _open_like(self, name: str, instance: Instance, value: str) -> Entry | None:
        """An open message that says the same: a manager that got no answer repeats its SET."""
        letter = self._letter(name, instance, value, "")
        if letter is None:
            return None
        target = "/".join(letter.content.values())
        return next(
            (
                entry
                for entry in self._bus.open()
                if (entry.message.type, entry.message.target) == (letter.type, target)
                and entry.message.source.startswith("snmp:")
            ),
            None,
        )

    @staticmethod
    def _done(message: Message) -> None:
        if message.state is MessageState.FAILED:
            raise HostError(message.error_text)
