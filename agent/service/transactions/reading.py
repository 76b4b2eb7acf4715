"""Configuration, transactions and history for the local endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.mib.configured import configured_in
from agent.service.keeper import Keeper
from agent.service.transactions.office import Transactions
from agent.service.transactions.shown import history_row, transaction_row


class LocalReading:
    """What there is to read. Used in the event loop's thread.

    Args:
        keepers: the devices' keepers as they are now.
    """

    def __init__(self, keepers: Callable[[], Mapping[str, Keeper]], transactions: Transactions) -> None:
        self._keepers = keepers
        self._transactions = transactions

    def cells(self, device: str) -> Sequence[dict[str, Any]] | None:
        """Values of a device that may be written; None when there is no such device."""
        keeper = self._keepers().get(device)
        if keeper is None:
            return None
        found = configured_in(keeper.plan, keeper.view(), keeper.known.memory)
        return [{"cell": one.cell, "path": one.path, "value": one.value} for one in found]

    def unread(self, device: str) -> int:
        """How many cards and branches of a device have a configuration that was not read yet."""
        keeper = self._keepers().get(device)
        return 0 if keeper is None else keeper.unread_parts

    def transactions(self) -> Sequence[dict[str, Any]]:
        """All transactions, the newest first."""
        return [transaction_row(one) for one in reversed(self._transactions.records().transactions)]

    def transaction(self, number: int) -> dict[str, Any] | None:
        """One transaction."""
        found = self._transactions.get(number)
        return None if found is None else transaction_row(found)

    def history(self, limit: int, device: str) -> Sequence[dict[str, Any]]:
        """What was written, the newest first; of one device or of all ("")."""
        entries = [one for one in self._transactions.records().history if device in ("", one.fact.device)]
        return [history_row(one) for one in reversed(entries[-limit:])]
