"""What has a context of its own: a device, and the PTPv2 instances and SyncMon nodes in it that are shown as hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEVICE: Final = "device"
PTP: Final = "ptp"
NODE: Final = "node"
"""The sorts of places. A child's sort stands in its context's name."""

NAME_OCTETS: Final = 32
"""Octets that the name of a context may have (vacmContextName, RFC 3415 4)."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a context stands for.

    Attributes:
        prefix: the indexes that rows about it begin with: the device's, and the child's.
    """

    sort: str
    prefix: tuple[int, ...]


def child_context(device: str, sort: str, index: int) -> str | None:
    """The context of a child, such as `m3000/ptp1`; None where it would be longer than a context's name may be.

    The index was given when the child was first seen and is kept for ever, so the name stays over replug and restart.
    """
    name = f"{device}/{sort}{index}"
    return name if len(name.encode()) <= NAME_OCTETS else None
