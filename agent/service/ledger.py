"""The notification log: what was decided on, by sequence number, within its limits of count and age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from agent.config import AlarmSettings
from agent.mib.groups.alarm import LogEntry


class Ledger:
    """Entries, oldest first; what was added and dropped since the last time it was asked for."""

    def __init__(self, entries: Iterable[LogEntry], bumped: int) -> None:
        self._entries = {entry.sequence: entry for entry in entries}
        self.bumped = bumped
        self._added: list[LogEntry] = []
        self._dropped: list[int] = []

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries.values())

    def add(self, entry: LogEntry) -> None:
        """Put a new entry behind the others."""
        self._entries[entry.sequence] = entry
        self._added.append(entry)

    def trim(self, settings: AlarmSettings, now: datetime) -> None:
        """Drop the oldest beyond the limits; those dropped for want of room are counted."""
        surplus = max(len(self._entries) - settings.log_max_count, 0)
        for sequence in list(self._entries)[:surplus]:
            self._drop(sequence)
        self.bumped += surplus
        if not settings.log_keep_minutes:
            return
        oldest = now - timedelta(minutes=settings.log_keep_minutes)
        while self._entries:
            first = next(iter(self._entries.values()))
            if first.sent >= oldest:
                return
            self._drop(first.sequence)

    def _drop(self, sequence: int) -> None:
        del self._entries[sequence]
        self._dropped.append(sequence)

    def take_changes(self) -> tuple[tuple[LogEntry, ...], tuple[int, ...]]:
        """Entries added and sequence numbers dropped since the last call; none of them in both."""
        gone = set(self._dropped)
        added = tuple(entry for entry in self._added if entry.sequence not in gone)
        dropped = tuple(self._dropped)
        self._added, self._dropped = [], []
        return added, dropped
