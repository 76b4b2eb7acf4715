"""Alarms on disk: what is active, the notification log, the numbers given so far. Written before anything is sent.

While the database cannot be written, numbers go on in memory. A small file of fixed size, made while there was room
and overwritten in place, then says how far they may have gone, so that no number is given twice even if the agent is
killed.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from agent.errors import HostError
from agent.mib.groups.alarm import LogEntry
from agent.model.alarm.catalogue import BY_NAME
from agent.model.alarm.facts import Site
from agent.model.alarm.finding import Identity
from agent.model.alarm.table import Alarm
from agent.model.severity import Severity
from agent.service.notifylog import Logged
from agent.service.state import StateStore
from agent.wire.notice import Notice, Wording

log = logging.getLogger(__name__)
T = TypeVar("T")

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS alarm (identity TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS notified (sequence INTEGER PRIMARY KEY, data TEXT NOT NULL, notice TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS alarm_number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
)
_ROOM: Final = 1000
"""Numbers set aside at once while the database cannot be written."""

_EPOCH_S: Final = 1_500_000_000
"""Numbers given after a loss begin at the seconds since then: above all that were given at one a second."""

_NOT_KEPT: Final = frozenset({"ends_s"})
"""Monotonic time means nothing to the next process; it is worked out from the wall clock there."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers given so far, and entries dropped from the log for want of room."""

    last_index: int = 0
    sequence: int = 0
    bumped: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that was kept, the log oldest first."""

    alarms: tuple[Alarm, ...] = ()
    log: tuple[Logged, ...] = ()
    numbers: Numbers = Numbers()


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changed.

    Attributes:
        over: identities of alarms that are no longer active.
        log: entries added; `dropped` the sequence numbers of those that went.
    """

    numbers: Numbers
    alarms: tuple[Alarm, ...] = ()
    over: tuple[Identity, ...] = ()
    log: tuple[Logged, ...] = ()
    dropped: tuple[int, ...] = ()


class AlarmStore:
    """The alarms' tables in the state directory's database."""

    def __init__(self, state: StateStore, folder: Path) -> None:
        """Make the tables if there are none.

        Raises:
            HostError: the state directory cannot be used.
        """
        self._state = state
        self._reserve = _Reserve(folder / "alarm-numbers")
        with state.transaction() as database:
            for statement in _SCHEMA:
                database.execute(statement)

    def load(self, now: datetime) -> Kept:
        """What was kept; numbers go on above everything that may have been given.

        Raises:
            HostError: it cannot be read.
        """
        with self._state.transaction() as database:
            alarms = database.execute("SELECT data FROM alarm").fetchall()
            logged = database.execute("SELECT data, notice FROM notified ORDER BY sequence").fetchall()
            numbers = dict(database.execute("SELECT name, value FROM alarm_number").fetchall())
        found = Numbers(**{name: value for name, value in numbers.items() if name in _NUMBER_NAMES})
        least = int(now.timestamp()) - _EPOCH_S if self._state.set_aside else 0
        above = self._reserve.read()
        numbers_now = Numbers(max(found.last_index, above, least), max(found.sequence, above, least), found.bumped)
        return Kept(tuple(_readable(_alarm, alarms)), tuple(_readable(_logged, logged)), numbers_now)

    def save(self, change: Change) -> None:
        """Write what changed, in one transaction.

        Raises:
            HostError: nothing of it was written; numbers up to the present ones are set aside all the same.
        """
        try:
            with self._state.transaction() as database:
                _write(database, change)
        except HostError:
            self._reserve.hold(max(change.numbers.sequence, change.numbers.last_index))
            raise

    def save_all(self, kept: Kept) -> None:
        """Write everything, for when changes could not be written.

        Raises:
            HostError: nothing was written.
        """
        try:
            with self._state.transaction() as database:
                database.execute("DELETE FROM alarm")
                database.execute("DELETE FROM notified")
                _write(database, Change(kept.numbers, kept.alarms, log=kept.log))
        except HostError:
            self._reserve.hold(max(kept.numbers.sequence, kept.numbers.last_index))
            raise
        self._reserve.release()


_NUMBER_NAMES: Final = frozenset(field.name for field in fields(Numbers))


def _write(database: sqlite3.Connection, change: Change) -> None:
    database.executemany(
        "INSERT OR REPLACE INTO alarm VALUES (?, ?)",
        [(json.dumps(alarm.identity), _alarm_json(alarm)) for alarm in change.alarms],
    )
    database.executemany("DELETE FROM alarm WHERE identity = ?", [(json.dumps(one),) for one in change.over])
    database.executemany(
        "INSERT OR REPLACE INTO notified VALUES (?, ?, ?)",
        [(one.sequence, _as_json(one.entry), _as_json(one.notice)) for one in change.log],
    )
    database.executemany("DELETE FROM notified WHERE sequence = ?", [(number,) for number in change.dropped])
    database.executemany("INSERT OR REPLACE INTO alarm_number VALUES (?, ?)", _fields_of(change.numbers).items())


def _plain(value: Any) -> Any:
    """What JSON does not know, as it is kept: a dataclass as its fields (asdict would copy all that is in them)."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    return _fields_of(value)


def _fields_of(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _as_json(value: LogEntry | Notice) -> str:
    return json.dumps(_fields_of(value), default=_plain)


def _alarm_json(alarm: Alarm) -> str:
    kept = {name: value for name, value in _fields_of(alarm).items() if name not in _NOT_KEPT}
    return json.dumps(kept, default=_plain)


def _readable(read: Callable[..., T], rows: Iterable[tuple[str, ...]]) -> Iterator[T]:
    """What can be read of rows; those of another version that cannot be are left out, with a word."""
    for row in rows:
        try:
            yield read(*map(json.loads, row))
        except (KeyError, TypeError, ValueError) as problem:
            log.warning("alarm-state-unreadable row=%.200r problem=%r: left out", row, problem)


def _alarm(data: dict[str, Any]) -> Alarm:
    typed = {
        "site": Site(**data["site"]),
        "alarm_type": BY_NAME[data["alarm_type"]].name,
        "severity": Severity(data["severity"]),
        "key": tuple(data["key"]),
        "raised": datetime.fromisoformat(data["raised"]),
        "changed": datetime.fromisoformat(data["changed"]),
    }
    return Alarm(**{**data, **typed})


def _logged(entry: dict[str, Any], notice: dict[str, Any]) -> Logged:
    return Logged(_entry(entry), _notice(notice))


def _entry(data: dict[str, Any]) -> LogEntry:
    return LogEntry(**{**data, "sent": datetime.fromisoformat(data["sent"]), "severity": Severity(data["severity"])})


def _notice(data: dict[str, Any]) -> Notice:
    typed = {
        "oid": tuple(data["oid"]),
        "varbinds": tuple(map(bytes.fromhex, data["varbinds"])),
        "severity": Severity(data["severity"]),
        "other": _wording(data.get("other")),
    }
    return Notice(**{**data, **typed})


def _wording(data: dict[str, Any] | None) -> Wording | None:
    return None if data is None else Wording(tuple(data["oid"]), tuple(map(bytes.fromhex, data["varbinds"])))


class _Reserve:
    """How far numbers may have gone while the database could not be written; 0 when it could."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._up_to = self.read()
        if not path.exists():
            self._put(0)

    def read(self) -> int:
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def hold(self, number: int) -> None:
        if number >= self._up_to:
            self._put(number + _ROOM)

    def release(self) -> None:
        if self._up_to:
            self._put(0)

    def _put(self, number: int) -> None:
        try:
            mode = "r+b" if self._path.exists() else "wb"
            with self._path.open(mode) as file:
                file.write(f"{number:020}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            log.error("alarm-numbers-not-reserved file=%s problem=%s", self._path, problem.strerror)
        else:
            self._up_to = number
