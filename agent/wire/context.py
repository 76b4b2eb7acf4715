"""Contexts (RFC 3411 3.3.1): what of the store each one shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.mib.declaration import Module, Table
from agent.mib.encoding import Oid
from agent.wire.view import EVERYTHING, View, make_view

DEVICE_INDEXES = ("lnbDeviceIndex", "lnbAlarmDevice")
"""First indexes that are a device's: of its own tables, and of the alarms about it."""
STANDARD_SUBTREES: tuple[Oid, ...] = ((1, 3, 6, 1, 2, 1), (1, 3, 6, 1, 6, 3))


@dataclass(frozen=True, slots=True)
class Contexts(Mapping[str, View]):
    """All contexts by name: the default one, which shows everything, and one for each device.

    What a device's context shows is hundreds of ranges, made anew each time it is asked for; who asks remembers.

    Attributes:
        columns: OIDs of the columns of every table whose first index is the device.
        devices: index of each device, by name.
    """

    columns: tuple[Oid, ...] = ()
    devices: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> View:
        return device_view(self.columns, self.devices[name]) if name else EVERYTHING

    def __iter__(self) -> Iterator[str]:
        yield ""
        yield from self.devices

    def __len__(self) -> int:
        return 1 + len(self.devices)

    def __contains__(self, name: object) -> bool:
        return name == "" or name in self.devices


def make_contexts(module: Module, devices: Mapping[str, int]) -> Contexts:
    """The contexts of devices, by name and index."""
    columns = [
        (*base, 1, column.arc)
        for base, part in module.parts.values()
        if isinstance(part, Table) and part.index[0].name in DEVICE_INDEXES
        for column in part.served
    ]
    return Contexts(tuple(columns), dict(devices))


def device_view(columns: tuple[Oid, ...], index: int) -> View:
    """What the context of a device shows: its rows of every table by device, and the standard groups.

    OIDs stay as they are, the device's index included. Objects of the agent as a whole are not in it.
    """
    return make_view([*((*column, index) for column in columns), *STANDARD_SUBTREES], [])
