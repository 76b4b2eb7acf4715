"""What the polling tells the rest of the agent: a card turned up, a card was pulled."""

from __future__ import annotations

from pydantic import Field

from agent.model.message import Kind
from agent.service.handlers.base import DeviceWork, HandlerSpec
from agent.service.handlers.device import OfSlot


class CardContent(OfSlot):
    """A card in a slot."""

    family: str = Field(default="", max_length=32, description="Family of the card, such as HPS.")


class CardFound(DeviceWork[CardContent]):
    """Attaches a card in a slot that is asked for; a slot that the operator left out stays left out."""

    async def data_sets(self) -> None:
        """Another message, so that attaching is seen on its own."""
        slot = self.content.slot
        if not self.reach.attach_found_cards:
            self.result = f"{slot}: {self.content.family} found; attach_found_cards is off"
        elif slot not in self.standing.asked:
            self.result = f"{slot}: {self.content.family} found; the slot is not asked for, so it is left alone"
        else:
            sent = self.job.follow("attachCard", {"device": self.content.device, "slot": slot})
            self.result = f"{slot}: {self.content.family} found; attachCard is message {sent.index}"


class CardGone(DeviceWork[CardContent]):
    """Takes back what was chosen for the slot of a pulled card."""

    async def data_sets(self) -> None:
        """Another message, so that detaching is seen on its own."""
        slot = self.content.slot
        sent = self.job.follow("detachCard", {"device": self.content.device, "slot": slot, "pulled": True})
        self.result = f"{slot}: {self.content.family} pulled; detachCard is message {sent.index}"


SPECS = (
    HandlerSpec(
        "cardFound",
        "A poll found a card in a slot that was empty, or another one than before.",
        CardContent,
        CardFound,
        kind=Kind.EVENT,
        internal=True,
    ),
    HandlerSpec(
        "cardGone",
        "A poll found a slot empty that held a card.",
        CardContent,
        CardGone,
        kind=Kind.EVENT,
        internal=True,
    ),
)
