"""What of a device is served in contexts of its own: the device as a host, and its children as hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from agent.mib.build import Cells, Memory, build
from agent.mib.declaration import Feed
from agent.mib.host import ptpbase
from agent.mib.host.view import SORTS, ChildView, children
from agent.mib.plan import Plan
from agent.mib.view import DeviceView, Notes
from agent.model.identity import Identities
from agent.model.place import DEVICE, PTP, Place, child_context
from agent.wire.block import FrozenBlock, Made, remade
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
        made: the blocks of each owner.
        places: what each context stands for, by its name.
        memories: of the plans of the device's own context.
    """

    made: Mapping[str, Made] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    memories: Mapping[str, Memory] = field(default_factory=dict)

    @property
    def blocks(self) -> dict[str, Sequence[FrozenBlock]]:
        """The blocks of each owner."""
        return {owner: made.blocks for owner, made in self.made.items()}


NO_HOSTS: Final = Hosts()


def read_hosts(
    plans: HostPlans, generation: int | None, view: DeviceView, memory: Memory, before: Hosts = NO_HOSTS
) -> Hosts:
    """A device and its children as hosts.

    Args:
        plans: the declarations, made ready.
        generation: of the device's API.
        view: the device at one moment, with its own tables (mib.own).
        memory: of the device's own tables, which say what children there are.
        before: as they were read before; what did not change is taken over.
    """
    # What a host shows is read from what typed columns of our own read too: its drift is theirs.
    view = replace(view, notes=Notes(), exported=tuple(children(view, memory)))
    name = view.settings.name
    cells: list[Cells] = []
    memories: dict[str, Memory] = {}
    for plan in plans.hosts(generation, view.settings.host.views):
        key = plan.module.name
        made, memories[key] = build(plan, (Feed.DOCUMENT,), view, before.memories.get(key, {}))
        cells += made
    columns: dict[str, Iterable[Cells]] = {host_owner(name, PART): cells}
    places = {name: Place(DEVICE, (view.index,))}
    for child in view.exported:
        places[child.context] = child.place
        columns[host_owner(child.context, PART)] = _cells_of(plans.children(), child, cells)
    blocks = {owner: remade(shown, before.made.get(owner, Made())) for owner, shown in columns.items()}
    return Hosts(blocks, places, memories)


def _cells_of(plan: Plan, child: ChildView, cells: list[Cells]) -> Sequence[Cells]:
    """What a child shows: its own system group, and what standards have about it among its device's cells."""
    own, _ = build(plan, (Feed.DOCUMENT,), child, {})
    about = ptpbase.of_instance(cells, child.row) if child.place.sort == PTP else ()
    return [*own, *about]


def known_places(name: str, index: int, identities: Identities) -> dict[str, Place]:
    """The contexts of a device that was not read yet: of all that was ever seen in it."""
    places = {name: Place(DEVICE, (index,))}
    for sort in SORTS:
        for number in identities.all(sort.identity):
            context = child_context(name, sort.name, number)
            if context is not None:
                places[context] = Place(sort.name, (index, number))
    return places
