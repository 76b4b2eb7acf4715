"""Which slots a device is asked for: the configured ones, changed by what was chosen at run time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """The slots of one device.

    Attributes:
        configured: slot ID to the family expected in it; empty for every slot there is.
        chosen: slot ID to whether it is asked for, whatever is configured.
    """

    configured: Mapping[str, str | None] = field(default_factory=dict)
    chosen: Mapping[str, bool] = field(default_factory=dict)

    def asks(self, slot: str) -> bool:
        """Whether the device is asked for a slot."""
        return self.chosen.get(slot, not self.configured or slot in self.configured)

    def cut(self, there: Iterable[str]) -> dict[str, str | None] | None:
        """The slots that are shown, with the families expected; None for all there are.

        Args:
            there: the slots that the chassis has.
        """
        if self.configured:
            attached = (slot for slot, asked in self.chosen.items() if asked)
            return {
                slot: self.configured.get(slot)
                for slot in dict.fromkeys([*self.configured, *attached])
                if self.asks(slot)
            }
        if all(self.chosen.values()):
            return None
        return {slot: None for slot in there if self.asks(slot)}
