"""Messages on disk: each written when it arrives, before its handler starts, and when it has ended."""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from agent.errors import HostError
from agent.model.message import (
    Content,
    Direction,
    Entry,
    Handler,
    HandlerState,
    Kind,
    Message,
    MessageState,
    Phase,
    Reason,
    ReplyState,
)

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, message TEXT NOT NULL, handler TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message_last (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS slot_choice (
    device TEXT NOT NULL, slot TEXT NOT NULL, asked INTEGER NOT NULL, PRIMARY KEY (device, slot)
) WITHOUT ROWID
"""
_DROP = "DROP TABLE IF EXISTS message; DROP TABLE IF EXISTS message_last; DROP TABLE IF EXISTS slot_choice"

T = TypeVar("T", Message, Handler)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an earlier run left: the last index it gave, and its rows."""

    last: int
    entries: tuple[Entry, ...]


class MessageStore:
    """The messages and slot choices in the state directory's database. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the database, which `StateStore` has looked after already.

        Raises:
            HostError: it cannot be used.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=5)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as problem:
            raise HostError(f"cannot use {path}: {problem}") from problem

    def load(self) -> Loaded:
        """What an earlier run left. A row that cannot be read is left out, loudly.

        Raises:
            HostError: the database cannot be read, nor begun anew.
        """
        try:
            with self._lock:
                rows = self._connection.execute("SELECT number, message, handler FROM message ORDER BY number")
                read = [_entry(*row) for row in rows.fetchall()]
                last = self._connection.execute("SELECT max(number) FROM message_last").fetchone()[0]
        except sqlite3.DatabaseError as problem:
            log.error("messages-corrupt file=%s problem=%s: they begin anew", self._path, problem)
            self._begin_anew()
            return Loaded(0, ())
        return Loaded(last or 0, tuple(entry for entry in read if entry is not None))

    def keep(self, entries: Iterable[Entry], last: int, dropped: Iterable[int] = ()) -> None:
        """Write rows down, and take dropped ones out, in one step.

        Raises:
            HostError: it could not be written.
        """
        rows = [(entry.index, _text(entry.message), _text(entry.handler)) for entry in entries]
        gone = [(index,) for index in dropped]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", rows)
            connection.executemany("DELETE FROM message WHERE number = ?", gone)
            connection.execute(
                "INSERT INTO message_last VALUES (1, ?) ON CONFLICT (one) DO UPDATE "
                "SET number = max(number, excluded.number)",
                (last,),
            )

    def slot_choices(self) -> dict[str, dict[str, bool]]:
        """Device, slot ID: whether the slot is asked for, where that was chosen at run time."""
        with self._lock:
            rows = self._connection.execute("SELECT device, slot, asked FROM slot_choice").fetchall()
        choices: dict[str, dict[str, bool]] = {}
        for device, slot, asked in rows:
            choices.setdefault(device, {})[slot] = bool(asked)
        return choices

    def keep_slot_choice(self, device: str, slot: str, *, asked: bool | None) -> None:
        """Write a choice down; None takes it back.

        Raises:
            HostError: it could not be written.
        """
        with self._writing() as connection:
            if asked is None:
                connection.execute("DELETE FROM slot_choice WHERE device = ? AND slot = ?", (device, slot))
            else:
                connection.execute("INSERT OR REPLACE INTO slot_choice VALUES (?, ?, ?)", (device, slot, asked))

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock, self._connection:
                yield self._connection
        except sqlite3.Error as problem:
            raise HostError(f"cannot write {self._path}: {problem}") from problem

    def _begin_anew(self) -> None:
        try:
            with self._lock:
                self._connection.executescript(_DROP)
                self._connection.executescript(_SCHEMA)
        except sqlite3.Error as problem:
            raise HostError(f"cannot use {self._path}: {problem}") from problem


def _text(value: Message | Handler) -> str:
    return json.dumps({field.name: _plain(getattr(value, field.name)) for field in fields(value)})


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Content):
        return {"data": base64.b64encode(value.data).decode(), "size": value.size}
    return value


_ENUMS: Mapping[str, type[Enum]] = {
    "direction": Direction, "kind": Kind, "reason": Reason, "reply": ReplyState, "phase": Phase,
}  # fmt: skip
_MOMENTS = frozenset({"received", "deadline", "sent", "started", "completed", "phase_since"})


def _entry(number: int, message: str, handler: str) -> Entry | None:
    try:
        return Entry(_read(Message, MessageState, message), _read(Handler, HandlerState, handler))
    except (ValueError, TypeError, KeyError) as problem:
        log.error("message-unreadable index=%d problem=%s: it is left out", number, problem)
        return None


def _read(kind: type[T], state: type[Enum], text: str) -> T:
    """A value from its JSON; members of another version of the agent are left out."""
    known = {field.name for field in fields(kind)}
    stored = {name: value for name, value in json.loads(text).items() if name in known}
    return kind(**{name: _value(name, value, state) for name, value in stored.items()})


def _value(name: str, value: Any, state: type[Enum]) -> Any:
    if value is None:
        return None
    if name == "state":
        return state(value)
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    if name in ("request", "response"):
        return Content(base64.b64decode(value["data"]), value["size"])
    return value
