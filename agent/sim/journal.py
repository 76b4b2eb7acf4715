"""The requests a simulated device has received."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from multidict import CIMultiDict, CIMultiDictProxy

from agent.sim.settings import Change
from agent.sim.shape import JsonObject, Node

# Enough for any test; a demo that runs for weeks must not grow.
_KEPT = 10_000
_SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True)
class RequestRecord:
    """One received request. Header names are found in any case; of a secret header only the scheme is kept."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    time: datetime


@dataclass(frozen=True)
class WriteRecord:
    """One received write.

    Attributes:
        method: as received.
        path: as received.
        body: the JSON of the body, its text if it is none.
        time: when it was received.
        correlation: its X-Correlation-Id, "" without.
        status: of the answer; None when none was sent, or not yet.
        outcome: "" (not yet known), "refused", "lost" (not taken and not answered), "applied", "staged", "accepted"
            (takes effect later), "ignored", "discarded".
        changes: what it asked for, as the device took it, with the values before; without what was ignored.
    """

    method: str
    path: str
    body: Node
    time: datetime
    correlation: str = ""
    status: int | None = None
    outcome: str = ""
    changes: tuple[Change, ...] = ()

    def description(self) -> JsonObject:
        """The record for the listing."""
        return {
            "method": self.method,
            "path": self.path,
            "body": self.body,
            "time": self.time.isoformat(),
            "correlation": self.correlation,
            "status": self.status,
            "outcome": self.outcome,
            "changes": [change.description() for change in self.changes],
        }


class Journal:
    """The last requests, oldest first. Safe to use from any thread.

    Attributes:
        on_write: called with each write when it is known what becomes of it, before it is answered.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.on_write: Callable[[WriteRecord], None] = lambda record: None
        self._clock = clock
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        self._writes: dict[int, WriteRecord] = {}
        self._write_count = 0
        self._lock = threading.Lock()

    def note(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> None:
        """Record a request."""
        shown = CIMultiDict((name, _shown(name, value)) for name, value in headers.items())
        record = RequestRecord(method, path, query, CIMultiDictProxy(shown), self._clock())
        with self._lock:
            self._records.append(record)

    def note_write(self, method: str, path: str, body: bytes, correlation: str) -> int:
        """Record a write as received; the number is for `conclude`."""
        record = WriteRecord(method, path, _json_of(body), self._clock(), correlation)
        with self._lock:
            self._write_count += 1
            self._writes[self._write_count] = record
            self._writes.pop(self._write_count - _KEPT, None)
            return self._write_count

    def conclude(self, number: int, outcome: str, status: int | None, changes: tuple[Change, ...] = ()) -> None:
        """Record what became of a write, unless that is known already."""
        with self._lock:
            record = self._writes.get(number)
            if record is None or record.outcome:
                return
            record = dataclasses.replace(record, outcome=outcome, status=status, changes=changes)
            self._writes[number] = record
        self.on_write(record)

    def writes(self) -> list[WriteRecord]:
        """The writes in the order of their receipt."""
        with self._lock:
            return list(self._writes.values())

    def forget_writes(self) -> None:
        """Begin a new list of writes."""
        with self._lock:
            self._writes.clear()

    def records(self) -> list[RequestRecord]:
        """A copy of the records."""
        with self._lock:
            return list(self._records)

    def recent(self, seconds: float) -> int:
        """Number of requests within the last so many seconds."""
        oldest = self._clock() - timedelta(seconds=seconds)
        with self._lock:
            return sum(record.time > oldest for record in self._records)


def _json_of(body: bytes) -> Node:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def _shown(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    return f"{value.split(' ')[0]} ..." if " " in value else "..."
