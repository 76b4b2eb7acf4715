"""What a command hears of the requests it causes."""

from __future__ import annotations

import itertools

from agent.model.exchange import Exchange


class Listener:
    """Numbers the exchanges of one command and keeps the ended ones."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.exchanges: list[Exchange] = []

    def number(self) -> int:
        """The next exchange number."""
        return next(self._numbers)

    def begun(self, exchange: Exchange) -> None:
        """An exchange left."""

    def ended(self, exchange: Exchange) -> None:
        """An exchange ended."""
        self.exchanges.append(exchange)
