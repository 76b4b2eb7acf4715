"""Work on a device: poll it now, look at it anew, ask it for a slot or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from agent.model.message import Reason
from agent.service.handlers.base import Content, DeviceName, DeviceWork, HandlerSpec, SlotId
from agent.service.handlers.ports import Refused, refusal


class OfDevice(Content):
    """A device."""

    device: DeviceName = Field(description="Name of the device in the configuration.")


class OfSlot(OfDevice):
    """A slot of a device."""

    slot: SlotId = Field(description="Slot ID, such as io1.")


class DetachContent(OfSlot):
    """A slot of a device, and why it is let go."""

    pulled: bool = Field(
        default=False,
        description="The card was pulled: what attachCard chose for the slot is taken back, and the slot stays.",
    )


class PollNow(DeviceWork[OfDevice]):
    """One poll of everything that is due."""

    anew = False

    async def await_device(self) -> None:
        """The poll: it is the reading back."""
        polled = await self.reach.fleet.poll(self.content.device_name, message=self.job.message.index, anew=self.anew)
        self.job.caused(polled.first, polled.last)
        if polled.error is not None:
            raise refusal(polled.error)
        self.standing = self._standing()

    def post_validate(self) -> None:
        """Nothing but the poll's success is wanted."""
        self.result = f"polled; {len(self.standing.cards or {})} cards"

    def response(self) -> Mapping[str, Any]:
        """The slots and what is in them."""
        return {"slots": list(self.standing.slots), "cards": dict(self.standing.cards or {})}


class Rediscover(PollNow):
    """A poll with the inventory, and every card's configuration due again."""

    anew = True

    def post_validate(self) -> None:
        """The inventory must have come; configurations that are left come with the next polls."""
        super().post_validate()
        if not self.standing.slots:
            raise Refused(Reason.MISMATCH, "the device answered, but without slots")
        left = self.standing.unread
        self.result = f"{len(self.standing.slots)} slots, {len(self.standing.cards or {})} cards" + (
            f"; the configuration of {left} cards and branches is read in the next polls" if left else ""
        )


class AttachCard(PollNow):
    """A slot that is asked for from now on."""

    content: OfSlot
    before: bool | None

    def validate(self) -> None:
        """The device must be asked, and have the slot as far as its slots are known."""
        super().validate()
        if self.standing.slots and self.content.slot not in self.standing.slots:
            there = ", ".join(self.standing.slots)
            raise Refused(
                Reason.BAD_CONTENT, f"{self.content.device} has no slot {self.content.slot!r}; it has {there}"
            )

    async def data_sets(self) -> None:
        """The choice, written down."""
        self.before = self.reach.fleet.choose_slot(self.content.device, self.content.slot, asked=True)

    def post_validate(self) -> None:
        """The slot must be asked for now, and hold a card."""
        slot = self.content.slot
        if slot not in self.standing.asked:
            raise Refused(Reason.MISMATCH, f"{slot} is not among the slots that are asked for")
        family = (self.standing.cards or {}).get(slot)
        if family is None:
            raise Refused(Reason.NOT_READY, f"no card is in {slot}")
        self.result = f"{slot}: {family} attached"

    def undo(self) -> None:
        """As it was chosen before."""
        self.reach.fleet.choose_slot(self.content.device, self.content.slot, asked=self.before)


class DetachCard(DeviceWork[DetachContent]):
    """A slot that is not asked for any more."""

    def validate(self) -> None:
        """The device may be unreachable: nothing is asked of it."""

    async def data_sets(self) -> None:
        """The choice, written down."""
        asked = None if self.content.pulled else False
        self.reach.fleet.choose_slot(self.content.device, self.content.slot, asked=asked)
        self.standing = self._standing()

    def post_validate(self) -> None:
        """The slot must not be asked for now; of a pulled card only the card must be gone."""
        slot = self.content.slot
        if self.content.pulled:
            if slot in (self.standing.cards or {}):
                raise Refused(Reason.MISMATCH, f"{slot} holds a card again")
        elif slot in self.standing.asked:
            raise Refused(Reason.MISMATCH, f"{slot} is still asked for")
        self.result = f"{slot}: detached"


SPECS = (
    HandlerSpec("pollNow", "Polls a device at once, whatever its interval says.", OfDevice, PollNow),
    HandlerSpec(
        "rediscover",
        "Polls a device at once, with its inventory, and reads every card's configuration anew.",
        OfDevice,
        Rediscover,
    ),
    HandlerSpec(
        "attachCard",
        "Asks a device for a slot from now on, over restarts, and reads the card in it.",
        OfSlot,
        AttachCard,
    ),
    HandlerSpec(
        "detachCard",
        "Asks a device for a slot no more, over restarts; the rows of its card go.",
        DetachContent,
        DetachCard,
    ),
)
