"""The vendor view of a document as plain values, built as the agent builds it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from agent.config import DeviceSettings
from agent.mib import encoding
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.host import VENDOR_VIEW, VIEWS
from agent.mib.module import northbound
from agent.mib.plan import make_plan
from agent.mib.view import DeviceView
from agent.model.document import graft
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities
from agent.sim import SimSpec, build_configuration, build_status

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
MODULE = VIEWS[VENDOR_VIEW]
PREFIX = "mbgLtNg"

Cells = Mapping[str, Mapping[tuple[int, ...], Any]]
"""Object name without its prefix, index: number or text."""


def document(generation: int = 20, **options: Any) -> dict[str, Any]:
    """The merged document of a simulated device, free to be changed."""
    spec = SimSpec(generation=generation, **{"hps_cards": 1, "instances": 2, "clients": 1, **options})
    root = graft({}, "status", build_status(spec, NOW))
    if spec.hps_cards:
        root = graft(root, "configuration/chassis0/slots/io1/module", build_configuration(spec, "io1", NOW))
    return copy.deepcopy(root)


def vendor_cells(
    root: Mapping[str, Any],
    state: DeviceState = DeviceState.UP,
    identities: Identities | None = None,
    overlay: Mapping[str, tuple[str, ...]] | None = None,
) -> Cells:
    """The cells of a document."""
    view = DeviceView(
        index=3,
        settings=DeviceSettings(name="one", address="192.0.2.1"),
        root=root,
        health=Health(state=state, last_success=NOW),
        identities=identities or Identities(),
        now=NOW,
        log=ExchangeLog(limit=1),
    )
    built, _ = build(make_plan(MODULE, overlay, northbound()), (Feed.DOCUMENT,), view, {})
    names = {located.oid: name for name, located in MODULE.objects.items()}
    cells: dict[str, dict[tuple[int, ...], Any]] = {}
    for column in built:
        assert list(column.keys) == sorted(set(column.keys))
        read = (lambda octets: octets.decode("ascii")) if column.tag == encoding.OCTET_STRING else _number
        cells[names[column.oid].removeprefix(PREFIX)] = {
            tuple(int.from_bytes(key[at : at + 4], "big") for at in range(0, len(key), 4)): read(content)
            for key, content in zip(column.keys, column.contents, strict=True)
        }
    return cells


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big", signed=True)


def slot(root: dict[str, Any], name: str) -> dict[str, Any]:
    """A slot of the document."""
    return next(one for one in root["status"]["chassis0"]["slots"] if one["slot-id"] == name)
