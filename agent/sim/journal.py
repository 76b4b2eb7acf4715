"""The requests a simulated device has received."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from multidict import CIMultiDict, CIMultiDictProxy

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


class Journal:
    """The last requests, oldest first. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def note(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> None:
        """Record a request."""
        shown = CIMultiDict((name, _shown(name, value)) for name, value in headers.items())
        record = RequestRecord(method, path, query, CIMultiDictProxy(shown), self._clock())
        with self._lock:
            self._records.append(record)

    def records(self) -> list[RequestRecord]:
        """A copy of the records."""
        with self._lock:
            return list(self._records)

    def recent(self, seconds: float) -> int:
        """Number of requests within the last so many seconds."""
        oldest = self._clock() - timedelta(seconds=seconds)
        with self._lock:
            return sum(record.time > oldest for record in self._records)


def _shown(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    return f"{value.split(' ')[0]} ..." if " " in value else "..."
