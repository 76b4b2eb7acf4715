"""What declarations see: one device (or the agent) at one moment, and a row in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from agent.config import DeviceSettings
from agent.model.document import Json, KeyOf, Member, Path, Place, Record, Up, locate, parse_path
from agent.model.exchange import ExchangeLog
from agent.model.health import Health
from agent.model.identity import Identities

parsed = lru_cache(maxsize=None)(parse_path)
"""A parsed path, remembered: the paths in declarations and overlays are few."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One mismatch between a document and what is declared.

    Attributes:
        object_name: the object whose cell is missing because of it.
        place: row keys and path.
        raw: what the device said, shortened.
        problem: why it cannot be served.
    """

    object_name: str
    place: str
    raw: str
    problem: str


def _shortened(raw: Any) -> str:
    """What the device said, as JSON, shortened."""
    return json.dumps(raw, ensure_ascii=False, default=str)[:120]


@dataclass(slots=True)
class Notes:
    """What reading a document brought to light: leaves served by typed columns, and drift."""

    served: set[tuple[int, Any]] = field(default_factory=set)
    drift: dict[tuple[str, str], Drift] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def mismatch(self, object_name: str, place: str, raw: Any, problem: str) -> None:
        """Count one mismatch; the same object at the same place counts once."""
        self.drift.setdefault((object_name, place), Drift(object_name, place, _shortened(raw), problem))


Marked = Mapping[str, tuple[Any, int]]
"""What a thing was last, and the sysUpTime since when, by its name."""


@dataclass(slots=True)
class Marks:
    """Since when things are as they are, in sysUpTime (hundredths of a second); 0 for what was so when first seen.

    A thing that was already as it is when the agent began has the time 0 (as RFC 2863 has it for ifLastChange).

    Attributes:
        before: as the reading before this one left it; `after` as this one leaves it.
    """

    before: Marked = field(default_factory=dict)
    after: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def since(self, name: str, state: Any, ticks: int) -> int:
        """Since when a thing has been in this state, which is compared with the one before."""
        known = self.before.get(name)
        since = 0 if known is None else known[1] if known[0] == state else ticks
        self.after[name] = (state, since)
        return since


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device at one moment.

    Attributes:
        root: the merged document (model.document), cut to the configured slots.
        identities: the device's index map.
        now: when the view was taken; ages are not served, so nothing else reads the clock.
        notes: where reading leaves its notes.
        drift: what is served as drift (of the document last read).
        uptime_ticks: sysUpTime at `now`.
        marks: when things of the device last changed.
        opened: the rows of one of our own tables as its paths open them, by its name.
        said: the value of one of our own columns at a row of its table, by its name; None where the cell is absent.
        own_root: OID of our own module.
        engine_id: of the SNMP engine that serves the view.
        exported: the children that have contexts of their own (mib.host.view).
        derived: what was worked out of the view once, by the function that did (mib.own).
    """

    index: int
    settings: DeviceSettings
    root: Mapping[str, Json]
    health: Health
    identities: Identities
    now: datetime
    log: ExchangeLog
    notes: Notes = field(default_factory=Notes)
    drift: tuple[Drift, ...] = ()
    attribute_limit: int = 50_000
    uptime_ticks: int = 0
    marks: Marks = field(default_factory=Marks)
    opened: Callable[[str], Sequence[Row]] = lambda name: ()
    said: Callable[[Row, str], Any] = lambda row, name: None
    own_root: tuple[int, ...] = ()
    engine_id: bytes = b""
    exported: Sequence[Any] = ()
    derived: dict[Any, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One row to be: the record it comes from, in its view."""

    view: DeviceView
    record: Record
    present: bool = True

    @property
    def node(self) -> Json:
        """The row's own node."""
        return self.record.chain[-1]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the elements that lead to the row."""
        return self.record.keys

    def place(self, path: Path) -> Place | None:
        """Where a path leads from this row, as container and key."""
        if not path.steps:
            return self.record.place
        chain, steps, ups = self.record.chain, path.steps, 0
        while steps and isinstance(steps[0], Up):
            steps, ups = steps[1:], ups + 1
        if ups >= len(chain):
            return None
        node = chain[-1 - ups]
        if any(isinstance(step, KeyOf) for step in steps):
            if any(isinstance(step, KeyOf) and step.number >= len(self.keys) for step in steps):
                return None
            steps = tuple(Member(self.keys[step.number]) if isinstance(step, KeyOf) else step for step in steps)
        return locate(node, steps)

    def find(self, text: str) -> Json:
        """The raw value at a path from this row, None where there is none."""
        place = self.place(parsed(text))
        return None if place is None else place[0][place[1]]

    def take(self, text: str) -> Json:
        """As `find`, and the leaf counts as served by a typed column."""
        place = self.place(parsed(text))
        if place is None:
            return None
        self.view.notes.served.add((id(place[0]), place[1]))
        return place[0][place[1]]
