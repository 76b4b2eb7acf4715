"""State on disk, in SQLite: the index map, written before anything shows a new index, and what managers wrote.

Others keep tables of their own in the same database, by `transaction`.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from agent.errors import HostError
from agent.model.identity import Given

log = logging.getLogger(__name__)

STATE_FILE: Final = "state.db"
"""Name of the database in the state directory."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS given (
    scope TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (scope, kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS written (name TEXT PRIMARY KEY, value TEXT NOT NULL, configured TEXT NOT NULL) WITHOUT ROWID
"""


class StateStore:
    """The state directory's database. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the database, or put a broken one aside and begin anew.

        Raises:
            HostError: the state directory cannot be used.
        """
        self._path = path
        self._lock = threading.Lock()
        self.set_aside: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._opened()
        except sqlite3.DatabaseError as problem:
            if not path.exists() or isinstance(problem, sqlite3.OperationalError):
                raise HostError(f"cannot use {path}: {problem}") from problem
            self.set_aside = _put_aside(path)
            log.error("state-corrupt file=%s kept_as=%s: indexes are given anew", path, self.set_aside)
            self._connection = self._opened()
        except OSError as problem:
            raise HostError(f"cannot use {path}: {problem.strerror}; state_dir must be writable") from problem

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, timeout=5)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(_SCHEMA)
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The database, for statements that all take effect or none.

        Raises:
            HostError: they could not be written; nothing of them is.
        """
        try:
            with self._lock, self._connection:
                yield self._connection
        except sqlite3.Error as problem:
            raise HostError(f"cannot write {self._path}: {problem}") from problem

    def given(self, scope: str) -> list[Given]:
        """All indexes given in a scope (a device's name; "" for the agent)."""
        with self._lock:
            rows = self._connection.execute("SELECT kind, key, number FROM given WHERE scope = ?", (scope,))
            return [Given(kind, _key_of(stored), number) for kind, stored, number in rows]

    def keep(self, scope: str, given: Iterable[Given]) -> None:
        """Write indexes down.

        Raises:
            HostError: they could not be written.
        """
        rows = [(scope, one.kind, _stored(one.key), one.index) for one in given]
        if not rows:
            return
        try:
            with self._lock, self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO given VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as problem:
            raise HostError(f"cannot write {self._path}: {problem}") from problem

    def written(self) -> dict[str, tuple[Any, Any]]:
        """What managers wrote: object name to the value, and the configured value it was written over."""
        with self._lock:
            rows = self._connection.execute("SELECT name, value, configured FROM written").fetchall()
        return {name: (json.loads(value), json.loads(configured)) for name, value, configured in rows}

    def keep_written(self, values: Mapping[str, tuple[Any, Any]]) -> None:
        """Write down what a manager wrote.

        Raises:
            HostError: it could not be written.
        """
        rows = [(name, json.dumps(value), json.dumps(configured)) for name, (value, configured) in values.items()]
        try:
            with self._lock, self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO written VALUES (?, ?, ?)", rows)
        except sqlite3.Error as problem:
            raise HostError(f"cannot write {self._path}: {problem}") from problem

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()


class KeptIndexes:
    """The index map as it is on disk, for who wants to know its numbers and gives none. Nothing is written.

    Attributes:
        readable: whether there is one that can be read.
    """

    def __init__(self, path: Path) -> None:
        # Files beside the database that are not there must not be made: they would belong to who runs this.
        in_use = all(path.with_name(f"{path.name}{ending}").exists() for ending in ("-wal", "-shm"))
        self._uri = f"{path.absolute().as_uri()}?{'mode=ro' if in_use else 'mode=ro&immutable=1'}"
        self.readable = self._rows("") is not None

    def given(self, scope: str) -> list[Given]:
        """All indexes given in a scope; none where they cannot be read."""
        return self._rows(scope) or []

    def keep(self, scope: str, given: Iterable[Given]) -> None:
        """Nothing is kept."""

    def _rows(self, scope: str) -> list[Given] | None:
        try:
            with closing(sqlite3.connect(self._uri, uri=True, timeout=5)) as connection:
                rows = connection.execute("SELECT kind, key, number FROM given WHERE scope = ?", (scope,)).fetchall()
        except sqlite3.Error:
            return None
        return [Given(kind, _key_of(stored), number) for kind, stored, number in rows]


def _put_aside(path: Path) -> Path:
    """Rename a corrupt database; its write-ahead log with it, lest it be played into the new one."""
    aside = path.with_name(f"{path.name}.corrupt-{int(time.time())}")
    os.replace(path, aside)
    for ending in ("-wal", "-shm"):
        beside = path.with_name(f"{path.name}{ending}")
        if beside.exists():
            os.replace(beside, aside.with_name(f"{aside.name}{ending}"))
    return aside


def _stored(key: str) -> str | bytes:
    """A key as the database takes it: JSON can name half a surrogate pair, which no UTF-8 text can hold."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "surrogatepass")
    return key


def _key_of(stored: str | bytes) -> str:
    return stored.decode("utf-8", "surrogatepass") if isinstance(stored, bytes) else stored
