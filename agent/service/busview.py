"""What the MIB shows of the bus, and of the devices that commands can be given to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from agent.mib.groups.interapp import BusView, DeviceCommandRow, SlotCommandRow
from agent.model.envelope import slot_ids
from agent.model.message import Entry
from agent.service.bus import Bus
from agent.service.keeper import Keeper


def bus_view(bus: Bus, keepers: Iterable[Keeper]) -> BusView:
    """The bus as it is now; in the event loop's thread."""
    keepers, entries, mailbox = list(keepers), bus.entries(), bus.mailbox
    return BusView(
        entries=entries,
        counts=mailbox.counts,
        maximum=mailbox.maximum,
        keep_minutes=mailbox.keep_minutes,
        timeout_s=round(bus.settings.timeout_s),
        last=mailbox.last,
        last_activity=mailbox.last_activity,
        devices=_devices(keepers, entries),
        slots=slot_rows(keepers),
    )


def slot_rows(keepers: Iterable[Keeper]) -> tuple[SlotCommandRow, ...]:
    """The slots of all devices; in the event loop's thread."""
    return tuple(slot for keeper in keepers for slot in _slots(keeper))


def _devices(keepers: list[Keeper], entries: tuple[Entry, ...]) -> tuple[DeviceCommandRow, ...]:
    newest: dict[str, int] = {}
    open_: Counter[str] = Counter()
    for entry in entries:
        name = entry.message.target.partition("/")[0]
        newest[name] = entry.index
        open_[name] += not entry.message.state.ended
    return tuple(
        DeviceCommandRow(
            keeper.index, keeper.settings.name, open_[keeper.settings.name], newest.get(keeper.settings.name)
        )
        for keeper in keepers
    )


def _slots(keeper: Keeper) -> Iterator[SlotCommandRow]:
    choice = keeper.slots
    for slot in dict.fromkeys([*slot_ids(keeper.known.root), *choice.chosen]):
        index = keeper.slot_index(slot)
        if index is not None:
            yield SlotCommandRow(
                keeper.index, index, keeper.settings.name, slot, choice.asks(slot), slot in choice.chosen
            )
