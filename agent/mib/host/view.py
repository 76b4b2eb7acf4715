"""What of a device is shown as a host beside itself: its PTPv2 instances and SyncMon nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.config import DeviceSettings
from agent.mib.table import NEVER_READ, Memory
from agent.mib.view import DeviceView, Row
from agent.model.document import Record
from agent.model.place import NODE, PTP, Place, child_context


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of children: the table whose rows they are, and how their indexes are given.

    Attributes:
        table: a table that keeps missing things, so a child stays for the hold.
        identity: sort of identity its index is one of; `depth` of the row's keys name it.
        words: what a person calls one.
    """

    name: str
    table: str
    identity: str
    depth: int
    words: str


SORTS: Final = (
    Sort(PTP, "lnbPtpInstanceTable", "ptp", 2, "PTPv2 instance"),
    Sort(NODE, "lnbSyncmonNodeTable", "syncmonnode", 1, "SyncMon node"),
)


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child at one moment.

    Attributes:
        root: the whole of its device's document as a row.
        row: the child's own row, as its table opens it.
        name: what it is called within its device.
    """

    context: str
    place: Place
    kind: str
    name: str
    root: Row
    row: Row

    @property
    def settings(self) -> DeviceSettings:
        """Its device's settings."""
        return self.root.view.settings


def root_row(view: DeviceView) -> Row:
    """A device's whole document as a row."""
    return Row(view, Record((), (view.root,)))


def children(view: DeviceView, memory: Memory) -> Iterator[ChildView]:
    """The children of a device: what its tables list, or listed less than the hold ago."""
    root = root_row(view)
    for sort in SORTS:
        for keys, kept in memory.get(sort.table, NEVER_READ).kept.items():
            name = "/".join(keys[: sort.depth])
            index = view.identities.index(sort.identity, name)
            context = child_context(view.settings.name, sort.name, index)
            if context is not None:
                place = Place(sort.name, (view.index, index))
                row = Row(view, kept.record, present=kept.missing_since is None)
                yield ChildView(context, place, sort.words, name, root, row)
