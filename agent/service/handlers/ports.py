"""What handlers act on, as they see it, and how they say no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from agent.errors import (
    AgentError,
    CredentialsMissing,
    DeviceError,
    SwitchedOff,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from agent.model.configuring import Written
from agent.model.message import Message, Reason

if TYPE_CHECKING:
    from agent.service.handlers.configuring import Configurator
    from agent.service.transactions.office import Transactions


class Refused(AgentError):
    """A message is not done; carries the reason that its row shows."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Standing:
    """How a device stands.

    Attributes:
        obstacle: why it is not polled now, "" when it is.
        slots: slot IDs its chassis has, as far as known; empty before the first poll.
        cards: slot ID to the family of the card in it.
        asked: the slots that it is asked for.
        unread: cards and branches whose configuration has not been read yet.
    """

    obstacle: str = ""
    slots: tuple[str, ...] = ()
    cards: Mapping[str, str] | None = None
    asked: frozenset[str] = frozenset()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll that was asked for came to.

    Attributes:
        error: why it did not bring all of the status, None when it did.
        first: number of its first HTTP exchange, 0 for none; `last` of the last.
    """

    error: DeviceError | None
    first: int = 0
    last: int = 0


class Fleet(Protocol):
    """The polled devices. Used in the event loop's thread."""

    def standing(self, name: str) -> Standing | None:
        """How a device stands; None when none of that name is configured."""

    async def poll(self, name: str, *, message: int, anew: bool = False) -> Polled:
        """Poll a device at once and wait for the end of that poll.

        Args:
            name: the device.
            message: index of the message that asks; its exchanges carry it.
            anew: inventory and cards' configurations are due again.
        """

    def choose_slot(self, name: str, slot: str, *, asked: bool | None) -> bool | None:
        """Ask a device for a slot or not, whatever its configuration says; None to go by the configuration again.

        Returns:
            What was chosen before.

        Raises:
            HostError: it cannot be written down; nothing has changed.
        """


Assign = Callable[[Mapping[str, Any], str], None]
"""Assigns settings by object name, and is told who asks: on disk first, then at once. In the loop's thread."""


class Alarms(Protocol):
    """The watcher of alarms. Used in the event loop's thread; none of this waits for a receiver."""

    def acknowledge(self, index: int, who: str) -> None:
        """Note that somebody has seen an active alarm.

        Raises:
            LookupError: no alarm of that index is active.
        """

    def resync(self) -> int:
        """Send every active alarm again, bracketed; how many that are."""

    def test(self, receiver: str | None, text: str = "") -> int:
        """Send a test notification to one receiver, or to all; how many that are.

        Raises:
            LookupError: there is no such receiver.
        """


class Job(Protocol):
    """One message being worked on, as its handler sees it."""

    @property
    def message(self) -> Message:
        """The message."""

    @property
    def left_s(self) -> float:
        """Seconds until the message's deadline."""

    def caused(self, first: int, last: int) -> None:
        """Note the HTTP exchanges that were caused."""

    def follow(self, kind: str, content: Mapping[str, Any]) -> Message:
        """Send another message because of this one."""


Wrote = Callable[[Message, Sequence[Written], Sequence[Written]], None]
"""Is told what was written because of a message, and what of it was taken back."""


def _unrecorded(message: Message, written: Sequence[Written], taken_back: Sequence[Written]) -> None:
    """Nobody keeps a record."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that handlers act on.

    Attributes:
        attach_found_cards: whether a card that turns up is attached.
        configurator: writes the devices' configuration; None where nothing does.
        wrote: is told what a plain SET, or another message, wrote.
        transactions: over the devices' configuration, if there are any.
    """

    fleet: Fleet
    assign: Assign
    alarms: Alarms | None = None
    attach_found_cards: bool = True
    configurator: Configurator | None = None
    wrote: Wrote = _unrecorded
    transactions: Transactions | None = None


def refusal(error: DeviceError) -> Refused:
    """A device's failure as the reason of a message's."""
    if isinstance(error, (SwitchedOff, CredentialsMissing)):
        return Refused(Reason.NOT_READY, str(error))
    if isinstance(error, (Unreachable, TimedOut, TlsFailed)):
        return Refused(Reason.DEVICE_UNREACHABLE, str(error))
    return Refused(Reason.DEVICE_REJECTED, str(error))
