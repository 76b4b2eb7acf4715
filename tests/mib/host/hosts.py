"""Hosts made of a document, without any network."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from agent.app import Plans
from agent.config import DeviceSettings, Secret, Settings
from agent.mib.encoding import Oid
from agent.mib.host import declared
from agent.mib.module import northbound
from agent.mib.render import Names
from agent.offline import NoIndexes, shelf_of, walk_store
from agent.service.capture import read_documents
from agent.service.documents import Documents
from agent.service.keeper import Keeper, Limits, Surroundings
from agent.wire.shelf import Shelf
from agent.wire.store import Store

GOLDEN = Path(__file__).parents[2] / "golden"
NAMES = Names((*declared(), northbound()))
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)

Cells = dict[str, dict[Oid, bytes]]
"""Object name, instance: content octets."""


def answers(name: str = "api10-m3000") -> dict[str, Any]:
    """A device's answers by REST path, to be changed at will."""
    path = GOLDEN / f"{name}.json"
    return dict(read_documents(path.read_text(encoding="utf-8"), path.name))


def slot(documents: dict[str, Any], slot_id: str) -> dict[str, Any]:
    """A slot in the status document."""
    slots = documents["status"]["data"]["chassis0"]["slots"]
    found: dict[str, Any] = next(one for one in slots if one["slot-id"] == slot_id)
    return found


def settings_of(**settings: Any) -> DeviceSettings:
    """Settings of a device whose context is called m3000."""
    return DeviceSettings(name="m3000", address="192.0.2.1", username="info", password=Secret("unused"), **settings)


def shelf(documents: dict[str, Any], **settings: Any) -> Shelf:
    """All that is served of a device that gives these answers; its context is called m3000."""
    return shelf_of(documents, Settings(), settings_of(**settings), lambda: NOW)


def host(documents: dict[str, Any], context: str = "m3000", **settings: Any) -> Cells:
    """The objects of a context, standard, vendor's and our own."""
    return cells_of(shelf(documents, **settings), context)


def cells_of(served: Shelf, context: str = "m3000") -> Cells:
    """The objects that a shelf has in a context."""
    cells: Cells = {}
    for cell in walk_store(served.source(context), (1, 3, 6, 1)):
        found = NAMES.object_at(cell.oid)
        if found is not None:
            cells.setdefault(found[0].column.name, {})[found[1]] = cell.content
    return cells


class Watched:
    """A device that is polled again and again.

    Attributes:
        ticks: sysUpTime, hundredths of a second; the time goes with it.
    """

    def __init__(self, engine_id: bytes = b"", **settings: Any) -> None:
        self.ticks = 0
        self.settings = settings_of(**settings)
        self.shelf = Shelf(Store([]), [])
        around = Surroundings(
            Plans(northbound(), ()), self.shelf, NoIndexes(), Limits(50_000, 25, http_tracking=True),
            clock=lambda: NOW + timedelta(seconds=self.ticks / 100), monotonic=lambda: self.ticks / 100,
            uptime_ticks=lambda: self.ticks, engine_id=engine_id,
        )  # fmt: skip
        poll = self.settings.poll.model_copy(update={"configuration_batch": 100})
        self.keeper = Keeper(1, self.settings.model_copy(update={"poll": poll}), around)

    def read(self, documents: dict[str, Any], seconds: int = 0) -> Cells:
        """What the device's context has after a poll so many seconds later."""
        self.ticks += seconds * 100
        self.keeper.accept(self.keeper.poll(Documents(documents)))
        return cells_of(self.shelf)

    def lose(self, seconds: int) -> Cells:
        """What it has when the device does not answer for so long that it counts as down."""
        return self.read({}, seconds)


def labelled(cells: Cells, name: str) -> dict[Oid, str]:
    """The labels of an enumeration by instance."""
    located = NAMES.named(name)
    assert located is not None
    words = {number: word for word, number in located.column.syntax.labels.items()}
    return {key: words[int.from_bytes(content, "big", signed=True)] for key, content in cells.get(name, {}).items()}


def numbers(cells: Cells, name: str) -> dict[Oid, int]:
    """Numbers by instance."""
    return {key: int.from_bytes(content, "big", signed=True) for key, content in cells.get(name, {}).items()}


def texts_in(cells: Cells, name: str) -> dict[Oid, str]:
    """Texts by instance."""
    return {key: content.decode() for key, content in cells.get(name, {}).items()}


def instance_of(cells: Cells, name: str, text: str) -> Oid:
    """The instance at which a column has a text."""
    return next(key for key, content in texts_in(cells, name).items() if content == text)
