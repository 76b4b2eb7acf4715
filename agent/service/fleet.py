"""The polled devices as the bus's handlers see them, and the slots chosen at run time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from agent.errors import CredentialsRejected
from agent.model.cards import cards_in
from agent.model.envelope import slot_ids
from agent.model.pacing import REJECTIONS_BEFORE_PAUSE
from agent.service.handlers import Polled, Standing
from agent.service.keeper import Keeper
from agent.service.poller import Poller


class ChoiceStore(Protocol):
    """Where slot choices are written down."""

    def slot_choices(self) -> dict[str, dict[str, bool]]:
        """Device, slot ID: whether the slot is asked for."""

    def keep_slot_choice(self, device: str, slot: str, *, asked: bool | None) -> None:
        """Write a choice down, or take it back; raises HostError."""


class SlotChoices:
    """Slot ID to whether it is asked for, by device; `of` may be called from any thread."""

    def __init__(self, store: ChoiceStore) -> None:
        self._store = store
        self._choices: Mapping[str, Mapping[str, bool]] = store.slot_choices()

    def of(self, device: str) -> Mapping[str, bool]:
        """The choices for a device."""
        return self._choices.get(device, {})

    def choose(self, device: str, slot: str, *, asked: bool | None) -> bool | None:
        """Choose, and give what was chosen before.

        Raises:
            HostError: it cannot be written down; nothing has changed.
        """
        before = self.of(device).get(slot)
        self._store.keep_slot_choice(device, slot, asked=asked)
        changed = {name: chosen for name, chosen in self.of(device).items() if name != slot}
        if asked is not None:
            changed[slot] = asked
        self._choices = {**self._choices, device: changed}
        return before


class PolledFleet:
    """The devices of a poller. Used in the event loop's thread."""

    def __init__(self, poller: Poller, keepers: Callable[[], Mapping[str, Keeper]], choices: SlotChoices) -> None:
        self._poller = poller
        self._keepers = keepers
        self._choices = choices

    def standing(self, name: str) -> Standing | None:
        """How a device stands; None when none of that name is configured."""
        keeper = self._keepers().get(name)
        if keeper is None:
            return None
        root, choice = keeper.known.root, keeper.slots
        there, cards = slot_ids(root), cards_in(root) or {}
        asked = frozenset(slot for slot in there if choice.asks(slot))
        return Standing(
            obstacle=self._obstacle(keeper),
            slots=tuple(there),
            cards={slot: family for slot, family in cards.items() if slot in asked},
            asked=asked,
            unread=keeper.unread_parts,
        )

    async def poll(self, name: str, *, message: int, anew: bool = False) -> Polled:
        """Poll a device at once and wait for the end of that poll."""
        result = await self._poller.poll_for(name, message, anew=anew)
        return Polled(result.error, result.first, result.last)

    def choose_slot(self, name: str, slot: str, *, asked: bool | None) -> bool | None:
        """Ask a device for a slot or not; rows of a slot that is not asked for any more go at once."""
        before = self._choices.choose(name, slot, asked=asked)
        keeper = self._keepers().get(name)
        if keeper is not None and before is not asked:
            keeper.reread()
        return before

    def _obstacle(self, keeper: Keeper) -> str:
        health = keeper.known.health
        if not self._poller.polls(keeper.settings.name):
            return health.detail or "the device is not polled"
        held = health.reason == CredentialsRejected.reason and health.rejections == 0
        if held or health.rejections >= REJECTIONS_BEFORE_PAUSE:
            # One more refused password could lock the account; only other credentials or the pause end this.
            return health.detail
        quiet_s = self._poller.quiet_s(keeper.settings.name)
        return f"it asked to be left alone for another {quiet_s:.0f} s" if quiet_s else ""
