"""What successive polls tell the rest of the agent: cards that come and go, data loss that crosses its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from agent.model.cards import cards_in, changes
from agent.model.message import DataLossCrossed, Direction, Event, Message
from agent.service.bus import now
from agent.service.keeper import Keeper, Outcome
from agent.service.letter import Letter


class PollWatch:
    """Is told of every poll; in the event loop's thread.

    Args:
        submit: takes the messages about cards (Bus.submit).
        tell: tells of data loss (Bus.tell).
    """

    def __init__(
        self,
        submit: Callable[[Letter], Message],
        tell: Callable[[Event], None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._submit = submit
        self._tell = tell
        self._clock = clock
        self._cards: dict[str, Mapping[str, str]] = {}
        self._losing: set[str] = set()

    def look(self, keeper: Keeper, outcome: Outcome) -> None:
        """After a poll. The cards of the first complete one are what later ones are compared with."""
        if outcome.error is None:
            self._look_at_cards(keeper)
        self._look_at_loss(keeper)

    def keep(self, keepers: Mapping[str, Keeper]) -> None:
        """After devices or limits have changed: devices that are gone are forgotten."""
        for name in self._cards.keys() - keepers.keys():
            del self._cards[name]
        self._losing &= keepers.keys()
        for keeper in keepers.values():
            self._look_at_loss(keeper)

    def _look_at_loss(self, keeper: Keeper) -> None:
        """Tell when data loss went over its limit, or came back."""
        name, log = keeper.settings.name, keeper.known.log
        over = log.loses_too_much
        if over is (name in self._losing):
            return
        (self._losing.add if over else self._losing.discard)(name)
        self._tell(DataLossCrossed(self._clock(), name, log.data_loss_permille, log.loss_limit_percent, over=over))

    def _look_at_cards(self, keeper: Keeper) -> None:
        name, cards = keeper.settings.name, cards_in(keeper.known.root)
        if cards is None:
            return
        before = self._cards.get(name)
        self._cards[name] = cards
        for change in changes(before, cards) if before is not None else ():
            content = {"device": name, "slot": change.slot, "family": change.family}
            kind = "cardFound" if change.found else "cardGone"
            self._submit(Letter(kind, content, source="poller", direction=Direction.OUTBOUND))
