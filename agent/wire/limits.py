"""Limits on what strangers can cause: at most so much per source and in total. No clock; memory is bounded."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many per second on average, and so many at once at most."""

    per_s: float
    burst: float


class Bucket:
    """A token bucket: full at first, refilled by its rate, one token for each that is let through."""

    __slots__ = ("_rate", "_since_s", "_tokens")

    def __init__(self, rate: Rate, now_s: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._since_s = now_s

    def has_token(self, now_s: float) -> bool:
        """Whether one more may pass now; a clock that went back refills nothing."""
        if now_s > self._since_s:
            self._tokens = min(self._rate.burst, self._tokens + (now_s - self._since_s) * self._rate.per_s)
        self._since_s = now_s
        return self._tokens >= 1

    def take(self) -> None:
        """One has passed."""
        self._tokens -= 1


class SourceLimit:
    """A limit per source and one for all together; the source that was heard least lately is forgotten first.

    A source that is forgotten begins with a full bucket again, which is why the limit for all is there.

    Args:
        sources: how many sources are remembered at most.
    """

    def __init__(self, per_source: Rate, total: Rate, sources: int, now_s: float) -> None:
        self._per_source = per_source
        self._total = Bucket(total, now_s)
        self._limit = sources
        self._sources: dict[Hashable, Bucket] = {}

    def admits(self, source: Hashable, now_s: float) -> bool:
        """Whether one more of this source may pass now; one that may not costs neither bucket anything."""
        bucket = self._sources.pop(source, None)
        if bucket is None:
            bucket = Bucket(self._per_source, now_s)
            if len(self._sources) >= self._limit:
                del self._sources[next(iter(self._sources))]
        self._sources[source] = bucket
        if not (bucket.has_token(now_s) and self._total.has_token(now_s)):
            return False
        bucket.take()
        self._total.take()
        return True

    def __len__(self) -> int:
        return len(self._sources)


class OncePerKind:
    """Lets one of each kind through per interval, and says how many were held back before it.

    Args:
        kinds: how many kinds are told apart; what comes beyond them counts as one more kind.
    """

    _REST = object()

    def __init__(self, interval_s: float, kinds: int = 32) -> None:
        self._interval_s = interval_s
        self._kinds = kinds
        self._open_s: dict[Hashable, float] = {}
        self._held_back: dict[Hashable, int] = {}

    def admits(self, kind: Hashable, now_s: float, count: int = 1) -> int | None:
        """The number held back since the last of its kind, None when this is to be held back too.

        Args:
            kind: what is told apart.
            now_s: a time that does not go back.
            count: how many this one stands for.
        """
        if kind not in self._open_s and len(self._open_s) >= self._kinds:
            kind = self._REST
        held_back = self._held_back.get(kind, 0)
        if now_s < self._open_s.get(kind, now_s):
            self._held_back[kind] = held_back + count
            return None
        self._open_s[kind] = now_s + self._interval_s
        self._held_back[kind] = 0
        return held_back + count - 1
