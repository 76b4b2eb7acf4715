"""What rules look at: typed cell values of one device by MIB object name and row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from agent.model.health import Health

Key = tuple[int, ...]
"""Index of a row as it stands in an instance, the device's number first."""

_NO_ROWS: Mapping[Key, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment by both clocks: the wall clock for time stamps, seconds that never step for durations."""

    wall: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Site:
    """What an alarm is about: a device with its number and address, or the agent itself (number 0)."""

    name: str = ""
    index: int = 0
    address: str = ""


AGENT = Site()


@dataclass(frozen=True, slots=True)
class Facts:
    """Cells of one device: object name to row to text, number, truth, enumeration label or octets of a time."""

    columns: Mapping[str, Mapping[Key, Any]] = field(default_factory=dict)

    def rows(self, name: str) -> Mapping[Key, Any]:
        """The cells of one object; absent ones are not in it."""
        return self.columns.get(name, _NO_ROWS)

    def at(self, name: str, key: Key) -> Any:
        """One cell, None where it is absent."""
        return self.rows(name).get(key)

    def with_cell(self, name: str, key: Key, value: Any) -> Facts:
        """The same with one cell more."""
        return Facts({**self.columns, name: {**self.rows(name), key: value}})


@dataclass(frozen=True, slots=True)
class Scene:
    """One device as a rule sees it.

    Attributes:
        facts: its cells now.
        before: its cells at the last good poll before; None when there was none since the agent started.
    """

    site: Site
    health: Health
    facts: Facts = field(default_factory=Facts)
    before: Facts | None = None
