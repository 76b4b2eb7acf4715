"""Contexts (RFC 3411 3.3.1): what each one shows, by the indexes of the thing it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from agent.mib.declaration import Module, Table
from agent.mib.encoding import Oid
from agent.model.place import DEVICE, NODE, PTP, Place
from agent.wire.view import EVERYTHING, View, make_view

INDEXES: Final[Mapping[str, frozenset[tuple[str, ...]]]] = {
    DEVICE: frozenset({("lnbDeviceIndex",), ("lnbAlarmDevice",)}),
    PTP: frozenset({("lnbDeviceIndex", "lnbPtpInstanceIndex")}),
    NODE: frozenset({("lnbDeviceIndex", "lnbSyncmonNodeIndex")}),
}
"""The first indexes of the tables that have rows of each sort; alarms about a device have one of their own."""

HOST_SUBTREES: Final[tuple[Oid, ...]] = (
    (1, 3, 6, 1, 2, 1), (1, 3, 6, 1, 4, 1, 2021), (1, 3, 6, 1, 4, 1, 5597), (1, 3, 6, 1, 6, 3),
)  # fmt: skip
"""Standard and vendor objects, which a context has of its own; and those of the SNMP engine."""


@dataclass(frozen=True, slots=True)
class Contexts(Mapping[str, View]):
    """All contexts by name: the default one, which shows everything, and one for each place.

    What a context shows is hundreds of ranges, made anew each time it is asked for; who asks remembers.

    Attributes:
        columns: OIDs of the columns that have rows of each sort.
        places: what each context stands for, by its name.
    """

    columns: Mapping[str, tuple[Oid, ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    def __getitem__(self, name: str) -> View:
        if not name:
            return EVERYTHING
        place = self.places[name]
        return context_view(self.columns[place.sort], place.prefix)

    def __iter__(self) -> Iterator[str]:
        yield ""
        yield from self.places

    def __len__(self) -> int:
        return 1 + len(self.places)

    def __contains__(self, name: object) -> bool:
        return name == "" or name in self.places


def make_contexts(module: Module, places: Mapping[str, Place]) -> Contexts:
    """The contexts of these places, by name."""
    return Contexts({sort: tuple(_columns(module, sort)) for sort in INDEXES}, dict(places))


def _columns(module: Module, sort: str) -> Iterator[Oid]:
    for base, part in module.parts.values():
        if not isinstance(part, Table):
            continue
        names = tuple(index.name for index in part.index)
        if any(names[: len(first)] == first for first in INDEXES[sort]):
            yield from ((*base, 1, column.arc) for column in part.served)


def context_view(columns: tuple[Oid, ...], prefix: Oid) -> View:
    """What a context shows: the rows of these columns that begin with its indexes, and what it has as a host.

    OIDs stay as they are, the indexes included. Objects of the agent as a whole are not in it.
    """
    return make_view([*((*column, *prefix) for column in columns), *HOST_SUBTREES], [])
