"""What declarations see: one device (or the agent) at one moment, and a row in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from agent.config import DeviceSettings
from agent.model.document import Json, KeyOf, Member, Opening, Path, Place, Record, Up, locate, parse_path
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


class Served:
    """Leaves that typed columns serve: by the id of their container, which the document keeps alive."""

    __slots__ = ("keys",)

    def __init__(self) -> None:
        self.keys: dict[int, set[Any]] = {}

    def add(self, place: Place) -> None:
        """The leaf at this place is served."""
        keys = self.keys.get(id(place[0]))
        if keys is None:
            self.keys[id(place[0])] = {place[1]}
        else:
            keys.add(place[1])

    def __contains__(self, where: tuple[int, Any]) -> bool:
        return where[1] in self.keys.get(where[0], ())


@dataclass(slots=True)
class Notes:
    """What reading a document brought to light.

    Attributes:
        served: leaves served by typed columns.
        drift: mismatches, by object and place.
        found: object or table name, and the first path that led to anything; of what was read anew (mib.build).
    """

    served: Served = field(default_factory=Served)
    drift: dict[tuple[str, str], Drift] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def mismatch(self, object_name: str, place: str, raw: Any, problem: str) -> None:
        """Count one mismatch; the same object at the same place counts once."""
        self.count(mismatch(object_name, place, raw, problem))

    def count(self, drift: Drift) -> None:
        """The same."""
        self.drift.setdefault((drift.object_name, drift.place), drift)


def mismatch(object_name: str, place: str, raw: Any, problem: str) -> Drift:
    """One mismatch, with what the device said shortened."""
    return Drift(object_name, place, _shortened(raw), problem)


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
        records: what was opened in the document so far.
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
    records: dict[Opening, list[Record]] = field(default_factory=dict)


class Row:
    """One row to be: the record it comes from, in its view.

    A row notes whether a function looked beyond what cannot change while its node, its keys and its presence stay:
    what did not look beyond need not be asked again then (mib.build).

    Attributes:
        node: the row's own node.
        keys: names of the elements that lead to the row.
        present: whether the document last read has it.
        looked: whether anything else than these, the settings and the indexes was looked at.
    """

    __slots__ = ("_record", "_view", "keys", "looked", "node", "present")

    def __init__(self, view: DeviceView, record: Record, *, present: bool = True) -> None:
        self._view = view
        self._record = record
        self.keys = record.keys
        self.node: Json = record.chain[-1]
        self.present = present
        self.looked = False

    @property
    def own(self) -> Record:
        """The record, to be kept."""
        return self._record

    @property
    def device_index(self) -> int:
        """Index of the device."""
        return self._view.index

    @property
    def settings(self) -> DeviceSettings:
        """How the device is configured."""
        return self._view.settings

    @property
    def identities(self) -> Identities:
        """The device's index map: what it once gave stays."""
        return self._view.identities

    @property
    def view(self) -> DeviceView:
        """All of the device."""
        self.looked = True
        return self._view

    @property
    def record(self) -> Record:
        """The record with the elements above its node."""
        self.looked = True
        return self._record

    def find(self, text: str) -> Json:
        """The raw value at a path from this row, None where there is none."""
        place = finder(text)(self)
        return None if place is None else place[0][place[1]]

    def take(self, text: str) -> Json:
        """As `find`, and the leaf counts as served by a typed column."""
        place = finder(text)(self)
        if place is None:
            return None
        if self.present:
            self.view.notes.served.add(place)
        return place[0][place[1]]


Finder = Callable[[Row], Place | None]
"""Where a path leads from a row, as container and key."""


@cache
def finder(text: str) -> Finder:
    """How to find a path from a row; what is most frequent without detours."""
    path = parsed(text)
    names = [step.name for step in path.steps if isinstance(step, Member)]
    if not names or len(names) < len(path.steps):
        return _find_anywhere(path)
    if len(names) == 1:
        return _find_member(names[0], path)
    return _find_members(names[:-1], names[-1], path)


def _find_member(name: str, path: Path) -> Finder:
    def find(row: Row) -> Place | None:
        node = row.node
        if type(node) is dict:
            return (node, name) if name in node else None
        return locate(node, path.steps)

    return find


def _find_members(way: list[str], name: str, path: Path) -> Finder:
    def find(row: Row) -> Place | None:
        node = row.node
        for member in way:
            if type(node) is not dict:
                return locate(row.node, path.steps)
            if member not in node:
                return None
            node = node[member]
        if type(node) is dict:
            return (node, name) if name in node else None
        return locate(row.node, path.steps)

    return find


def _find_anywhere(path: Path) -> Finder:
    steps, ups = path.steps, 0
    while steps and isinstance(steps[0], Up):
        steps, ups = steps[1:], ups + 1
    levels = max((step.number for step in steps if isinstance(step, KeyOf)), default=-1) + 1

    def find(row: Row) -> Place | None:
        if not path.steps:
            # Its container is above the row, but a row's finders are asked anew whatever is known of its cells.
            return row.own.place
        node, keys = row.node, row.keys
        if ups:
            chain = row.record.chain
            if ups >= len(chain):
                return None
            node = chain[-1 - ups]
        if levels > len(keys):
            return None
        place: Place | None = None
        for step in steps:
            name = step.name if type(step) is Member else keys[step.number] if type(step) is KeyOf else None
            if name is not None and type(node) is dict:
                place = (node, name) if name in node else None
            else:
                place = locate(node, (step if name is None else Member(name),))
            if place is None:
                return None
            node = place[0][place[1]]
        return place

    return find
