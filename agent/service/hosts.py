"""What of a device is served in contexts of its own: the device as a host, and its children as hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from agent.mib.build import Cells, Memory, build
from agent.mib.declaration import Feed
from agent.mib.host import ptpbase
from agent.mib.host.view import SORTS, ChildView, children
from agent.mib.plan import Plan
from agent.mib.view import DeviceView, Notes
from agent.model.identity import Identities
from agent.model.place import DEVICE, PTP, Place, child_context
from agent.wire.block import Block, make_blocks
from agent.wire.shelf import host_owner

PART = "host"
"""The part of a context's own objects that comes from its device's document."""


class HostPlans(Protocol):
    """The plans of a device and its hosts."""

    def __call__(self, generation: int | None) -> Plan:
        """Of the device's own tables."""

    def hosts(self, generation: int | None, views: tuple[str, ...]) -> tuple[Plan, ...]:
        """Of a device that shows these views."""

    def children(self) -> Plan:
        """Of a child."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """All that is shown of a device as a host.

    Attributes:
        blocks: of each owner.
        places: what each context stands for, by its name.
    """

    blocks: Mapping[str, Sequence[Block]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


def read_hosts(plans: HostPlans, generation: int | None, view: DeviceView, memory: Memory) -> Hosts:
    """A device and its children as hosts.

    Args:
        plans: the declarations, made ready.
        generation: of the device's API.
        view: the device at one moment, with its own tables (mib.own).
        memory: of the device's own tables, which say what children there are.
    """
    # What a host shows is read from what typed columns of our own read too: its drift is theirs.
    view = replace(view, notes=Notes(), exported=tuple(children(view, memory)))
    name = view.settings.name
    cells = [
        cells
        for plan in plans.hosts(generation, view.settings.host.views)
        for cells in build(plan, (Feed.DOCUMENT,), view, memory)[0]
    ]
    blocks: dict[str, Sequence[Block]] = {host_owner(name, PART): list(make_blocks(cells))}
    places = {name: Place(DEVICE, (view.index,))}
    for child in view.exported:
        places[child.context] = child.place
        blocks[host_owner(child.context, PART)] = _child_blocks(plans.children(), child, cells)
    return Hosts(blocks, places)


def _child_blocks(plan: Plan, child: ChildView, cells: list[Cells]) -> Sequence[Block]:
    """What a child shows: its own system group, and what standards have about it among its device's cells."""
    own, _ = build(plan, (Feed.DOCUMENT,), child, {})
    about = ptpbase.of_instance(cells, child.row) if child.place.sort == PTP else ()
    return list(make_blocks([*own, *about]))


def known_places(name: str, index: int, identities: Identities) -> dict[str, Place]:
    """The contexts of a device that was not read yet: of all that was ever seen in it."""
    places = {name: Place(DEVICE, (index,))}
    for sort in SORTS:
        for number in identities.all(sort.identity):
            context = child_context(name, sort.name, number)
            if context is not None:
                places[context] = Place(sort.name, (index, number))
    return places
