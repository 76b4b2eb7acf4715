"""A shelf made from recorded documents, without any network: `walk --document`, and the golden tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone

from agent.app import Plans, load_overlays
from agent.config import DeviceSettings, Settings
from agent.mib.encoding import Oid, packed
from agent.mib.host import declared
from agent.mib.module import northbound
from agent.mib.render import ReadCell
from agent.model.document import Json
from agent.model.identity import Given
from agent.service.documents import Documents
from agent.service.keeper import Keeper, Limits, Surroundings
from agent.wire import ber
from agent.wire.answer import Source
from agent.wire.shelf import Shelf
from agent.wire.store import Store


class NoIndexes:
    """Indexes that are given anew each time and kept nowhere."""

    def given(self, scope: str) -> list[Given]:
        """None."""
        return []

    def keep(self, scope: str, given: Sequence[Given]) -> None:
        """Nothing is kept."""


def shelf_of(
    answers: Mapping[str, Json],
    settings: Settings,
    device: DeviceSettings,
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> Shelf:
    """What the agent would serve of a device that gives these answers, in the default context and in its own.

    Args:
        answers: by REST path below /api.
        settings: for root, overlays and limits.
        device: how the device is configured (slots, overlays).
        clock: for the time stamps of the poll.
    """
    module = northbound(settings.root_oid)
    plans = Plans(module, load_overlays(module, (*settings.overlays, *device.overlays)))
    limits = Limits(settings.attributes.max_count, settings.http.max_count, settings.http.tracking)
    declared_here = (located.oid for one in declared() for located in one.objects.values())
    shelf = Shelf(Store(located.oid for located in module.objects.values()), declared_here)
    around = Surroundings(plans, shelf, NoIndexes(), limits, clock, monotonic=lambda: 0.0)
    # Recorded answers cost nothing, so one poll may ask for every card's configuration.
    poll = device.poll.model_copy(update={"configuration_batch": 100})
    keeper = Keeper(1, device.model_copy(update={"poll": poll}), around)
    keeper.accept(keeper.poll(Documents(answers)))
    return shelf


def walk_store(store: Source, base: Oid) -> Iterator[ReadCell]:
    """All cells below an OID, in order."""
    start = key = packed(base)
    while (found := store.next(key)) is not None and found.key.startswith(start):
        key = found.key
        yield ReadCell(*ber.varbind(found.varbind))
