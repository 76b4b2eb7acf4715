"""Transactions and history on disk: each step in one write, before it is taken."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from agent.model.configuring import HistoryEntry, Transaction
from agent.service.state import StateStore
from agent.service.transactions.codec import entry_of, entry_text, transaction_of, transaction_text

log = logging.getLogger(__name__)
T = TypeVar("T")

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS config_transaction (number INTEGER PRIMARY KEY, data TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS config_history (number INTEGER PRIMARY KEY, data TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS config_serial (device TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS config_number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers given so far, and what was counted.

    Attributes:
        last: number of the transaction opened last.
        serial: number of the history entry written last.
        bumped: history entries dropped for want of room.
    """

    last: int = 0
    serial: int = 0
    bumped: int = 0
    committed: int = 0
    rolled_back: int = 0
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that was kept, the oldest first; per device the serial number of its newest change."""

    transactions: tuple[Transaction, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    serials: Mapping[str, int] = field(default_factory=dict)
    numbers: Numbers = Numbers()


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changed, with the numbers of transactions and entries that went."""

    numbers: Numbers
    transactions: tuple[Transaction, ...] = ()
    gone: tuple[int, ...] = ()
    entries: tuple[HistoryEntry, ...] = ()
    dropped: tuple[int, ...] = ()
    serials: Mapping[str, int] = field(default_factory=dict)


class Journal:
    """The tables of transactions and history in the state directory's database. May be used from several threads."""

    def __init__(self, state: StateStore) -> None:
        """Make the tables if there are none.

        Raises:
            HostError: the state directory cannot be used.
        """
        self._state = state
        with state.transaction() as database:
            for statement in _SCHEMA:
                database.execute(statement)

    def load(self) -> Kept:
        """What an earlier run kept. A row that cannot be read is left out, loudly.

        Raises:
            HostError: the database cannot be read.
        """
        with self._state.transaction() as database:
            transactions = database.execute("SELECT number, data FROM config_transaction ORDER BY number").fetchall()
            history = database.execute("SELECT number, data FROM config_history ORDER BY number").fetchall()
            serials = dict(database.execute("SELECT device, number FROM config_serial").fetchall())
            numbers = dict(database.execute("SELECT name, value FROM config_number").fetchall())
        known = {one.name for one in fields(Numbers)}
        return Kept(
            tuple(_readable("transaction", lambda _, text: transaction_of(text), transactions)),
            tuple(_readable("history", entry_of, history)),
            serials,
            Numbers(**{name: value for name, value in numbers.items() if name in known}),
        )

    def keep(self, change: Change) -> None:
        """Write a change down, all of it or nothing.

        Raises:
            HostError: nothing was written.
        """
        with self._state.transaction() as database:
            _write(database, change)


def _write(database: sqlite3.Connection, change: Change) -> None:
    database.executemany(
        "INSERT OR REPLACE INTO config_transaction VALUES (?, ?)",
        [(one.index, transaction_text(one)) for one in change.transactions],
    )
    database.executemany("DELETE FROM config_transaction WHERE number = ?", [(number,) for number in change.gone])
    database.executemany(
        "INSERT OR REPLACE INTO config_history VALUES (?, ?)", [(one.index, entry_text(one)) for one in change.entries]
    )
    database.executemany("DELETE FROM config_history WHERE number = ?", [(number,) for number in change.dropped])
    database.executemany("INSERT OR REPLACE INTO config_serial VALUES (?, ?)", change.serials.items())
    numbers = [(one.name, getattr(change.numbers, one.name)) for one in fields(Numbers)]
    database.executemany("INSERT OR REPLACE INTO config_number VALUES (?, ?)", numbers)


def _readable(what: str, read: Callable[[int, str], T], rows: Iterable[tuple[int, Any]]) -> Iterable[T]:
    for number, text in rows:
        try:
            yield read(number, text)
        except (ValueError, TypeError, KeyError) as problem:
            log.error("config-%s-unreadable number=%d problem=%s: it is left out", what, number, problem)
