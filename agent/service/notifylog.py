"""The notification log: what was decided on, by sequence number, within its limits of count and age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.config import AlarmSettings
from agent.mib.groups.alarm import LogEntry
from agent.wire.notice import Notice


@dataclass(frozen=True, slots=True)
class Logged:
    """A log entry, and the notice itself, for receivers that missed it."""

    entry: LogEntry
    notice: Notice

    @property
    def sequence(self) -> int:
        """Number of the notification."""
        return self.entry.sequence


class NotifyLog:
    """Entries, oldest first; what was added and dropped since the last time it was asked for."""

    def __init__(self, logged: Iterable[Logged], bumped: int) -> None:
        self._logged = {one.sequence: one for one in logged}
        self.bumped = bumped
        self._added: list[Logged] = []
        self._dropped: list[int] = []

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """All entries, oldest first."""
        return tuple(one.entry for one in self._logged.values())

    @property
    def logged(self) -> tuple[Logged, ...]:
        """All entries with their notices, oldest first."""
        return tuple(self._logged.values())

    def since(self, sequence: int) -> tuple[Notice, ...]:
        """The notices behind a number, oldest first; all of them when it is not in the log any more."""
        numbers = list(self._logged)
        behind = numbers.index(sequence) + 1 if sequence in self._logged else 0
        return tuple(self._logged[number].notice for number in numbers[behind:])

    def add(self, logged: Logged) -> None:
        """Put a new entry behind the others."""
        self._logged[logged.sequence] = logged
        self._added.append(logged)

    def trim(self, settings: AlarmSettings, now: datetime) -> None:
        """Drop the oldest beyond the limits; those dropped for want of room are counted."""
        surplus = max(len(self._logged) - settings.log_max_count, 0)
        for sequence in list(self._logged)[:surplus]:
            self._drop(sequence)
        self.bumped += surplus
        if not settings.log_keep_minutes:
            return
        oldest = now - timedelta(minutes=settings.log_keep_minutes)
        while self._logged:
            first = next(iter(self._logged.values())).entry
            if first.sent >= oldest:
                return
            self._drop(first.sequence)

    def _drop(self, sequence: int) -> None:
        del self._logged[sequence]
        self._dropped.append(sequence)

    def take_changes(self) -> tuple[tuple[Logged, ...], tuple[int, ...]]:
        """Entries added and sequence numbers dropped since the last call; none of them in both."""
        gone = set(self._dropped)
        added = tuple(one for one in self._added if one.sequence not in gone)
        dropped = tuple(self._dropped)
        self._added, self._dropped = [], []
        return added, dropped
