"""Hosts made of a document, without any network."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent.config import DeviceSettings, Secret, Settings
from agent.mib.encoding import Oid
from agent.mib.host import declared
from agent.mib.render import Names
from agent.offline import shelf_of, walk_store
from agent.service.capture import read_documents
from agent.wire.shelf import Shelf

GOLDEN = Path(__file__).parents[2] / "golden"
NAMES = Names(declared())
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


def shelf(documents: dict[str, Any], **settings: Any) -> Shelf:
    """All that is served of a device that gives these answers; its context is called m3000."""
    device = DeviceSettings(name="m3000", address="192.0.2.1", username="info", password=Secret("unused"), **settings)
    return shelf_of(documents, Settings(), device, lambda: NOW)


def host(documents: dict[str, Any], context: str = "m3000", **settings: Any) -> Cells:
    """The standard and vendor objects of a context."""
    cells: Cells = {}
    for cell in walk_store(shelf(documents, **settings).source(context), (1, 3, 6, 1)):
        found = NAMES.object_at(cell.oid)
        if found is not None:
            cells.setdefault(found[0].column.name, {})[found[1]] = cell.content
    return cells
