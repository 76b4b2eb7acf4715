"""How handlers write a device's configuration, as they see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from agent.mib.encoding import Oid
from agent.model.configuring import Change, Target, Written
from agent.model.document import Json
from agent.model.message import Reason
from agent.service.handlers.ports import Refused


class Unwritable(Refused):
    """A value cannot be written, or not now.

    Attributes:
        status: the error status that a SET of it has (RFC 3416 4.2.5).
    """

    def __init__(self, status: int, text: str, reason: Reason = Reason.BAD_CONTENT) -> None:
        super().__init__(reason, text)
        self.status = status


class Configurator(Protocol):
    """Writes the configuration of the polled devices. Used in the event loop's thread.

    `resolve` and `change` look at what is known of the device and ask it nothing. `read`, `write` and
    `foreign_changes` take the device for themselves: a poll under way ends first, the next one waits.
    """

    def resolve(self, oid: Oid) -> Target:
        """The value that a cell stands for.

        Args:
            oid: of the cell, with its instance.

        Raises:
            Unwritable: there is no such object, it is not written to a device, there is no such row, its device
                takes no writes or is not asked now, or the device's configuration does not have the value.
        """

    def target(self, name: str, instance: Oid) -> Target:
        """As `resolve`, by the name of the object and the index of the row.

        Raises:
            Unwritable: as `resolve`.
        """

    def check_standing(self, device: str) -> None:
        """Check that a device can be written now.

        Raises:
            Unwritable: it is not there, or not asked now.
        """

    def change(self, target: Target, value: object) -> Change:
        """A change of a target, once the value fits: type, range, enumeration.

        Args:
            target: from `resolve`.
            value: a number, text, truth, or the label of an enumeration (its number is understood, too).

        Raises:
            Unwritable: it does not fit; the text says what is allowed.
        """

    async def read(self, device: str, targets: Sequence[Target], *, message: int = 0) -> Mapping[Target, Json]:
        """What the device says now, as JSON; a value it does not have is left out.

        Args:
            device: its name.
            targets: of that device.
            message: index of the message that asks, which the exchanges carry.

        Raises:
            DeviceError: it did not answer as it should, or is not to be asked.
        """

    async def write(self, device: str, changes: Sequence[Change], *, message: int = 0) -> Sequence[Written]:
        """Write in order and read back; one result per change, in the order given.

        Changes of one object that follow each other are one POST. After the first change that is not written nothing
        more is posted: the changes behind it are refused. Never raises a DeviceError.
        """

    async def written(
        self, device: str, changes: Sequence[Change], *, message: int = 0, deadline_s: float | None = None
    ) -> tuple[Sequence[Written], int, int]:
        """As `write` within so many seconds (None: 60), with the numbers of its first and last exchange (0: none)."""

    def own_changes(self, device: str) -> int:
        """How many of the changes that a device holds ready are ours, as of the last time it was asked."""

    async def foreign_changes(self, device: str, *, message: int = 0) -> str:
        """What the device holds ready that is not ours (changes.pending-changes), for a person; "" for nothing.

        Raises:
            DeviceError: it did not answer as it should, or is not to be asked.
        """
