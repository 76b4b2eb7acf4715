"""What several groups share: their indexes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.mib.declaration import Index
from agent.mib.view import Row


def _device(row: Any) -> Iterable[int]:
    return (row.device_index,)


DEVICE = Index("lnbDeviceIndex", _device)
"""The first index of every table of the default context."""

SLOTS = "status.chassis0.slots[]"
"""Row path of everything that stands in a slot."""


def named(name: str, kind: str, depth: int | None = None) -> Index:
    """An index given by name: the small integer of a thing of this sort.

    Args:
        name: the index object.
        kind: the sort; things of one sort share a numbering per device.
        depth: how many of the row's keys name the thing (all by default).
    """

    def parts(row: Row) -> Iterable[int]:
        return (row.identities.index(kind, "/".join(row.keys[:depth])),)

    return Index(name, parts)


SLOT = named("lnbSlotIndex", "slot", 1)
PTP = named("lnbPtpInstanceIndex", "ptp", 2)
