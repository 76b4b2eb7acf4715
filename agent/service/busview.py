"""What the MIB shows of the bus, and of the devices that commands can be given to."""

from __future__ import annotations

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
        devices=tuple(_device(keeper, entries) for keeper in keepers),
        slots=tuple(slot for keeper in keepers for slot in _slots(keeper)),
    )


def _device(keeper: Keeper, entries: tuple[Entry, ...]) -> DeviceCommandRow:
    name = keeper.settings.name
    about = [entry for entry in entries if entry.message.target.partition("/")[0] == name]
    return DeviceCommandRow(
        device_index=keeper.index,
        name=name,
        open=sum(not entry.message.state.ended for entry in about),
        message=about[-1].index if about else None,
    )


def _slots(keeper: Keeper) -> Iterator[SlotCommandRow]:
    choice = keeper.slots
    for slot in dict.fromkeys([*slot_ids(keeper.known.root), *choice.chosen]):
        index = keeper.slot_index(slot)
        if index is not None:
            yield SlotCommandRow(
                keeper.index, index, keeper.settings.name, slot, choice.asks(slot), slot in choice.chosen
            )
