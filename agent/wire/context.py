"""Contexts (RFC 3411 3.3.1): what of the store each one shows."""

from __future__ import annotations

from collections.abc import Mapping

from agent.mib.declaration import Module, Table
from agent.mib.encoding import Oid
from agent.wire.view import EVERYTHING, View, make_view

DEVICE_INDEX = "lnbDeviceIndex"
STANDARD_SUBTREES: tuple[Oid, ...] = ((1, 3, 6, 1, 2, 1), (1, 3, 6, 1, 6, 3))


def device_view(module: Module, index: int) -> View:
    """What the context of a device shows: its rows of every table by device, and the standard groups.

    OIDs stay as they are, the device's index included. Objects of the agent as a whole are not in it.
    """
    rows: list[Oid] = []
    for base, part in module.parts.values():
        if isinstance(part, Table) and part.index[0].name == DEVICE_INDEX:
            rows += [(*base, 1, column.arc, index) for column in part.served]
    return make_view([*rows, *STANDARD_SUBTREES], [])


def make_contexts(module: Module, devices: Mapping[str, int]) -> dict[str, View]:
    """All contexts: the default one, which shows everything, and one for each device, by name and index."""
    return {"": EVERYTHING} | {name: device_view(module, index) for name, index in devices.items()}
