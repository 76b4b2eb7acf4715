"""Cells of messages and handlers from a view of the bus."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from agent.mib.build import build
from agent.mib.declaration import Access, Feed
from agent.mib.encoding import date_and_time
from agent.mib.groups.interapp import GROUP, HANDLERS, MESSAGES, BusView, DeviceCommandRow, SlotCommandRow
from agent.mib.plan import make_plan
from agent.model.message import Content, Counts, Entry, Handler, Message, MessageState, Phase, Reason
from agent.model.message.handler import entered, finished
from agent.model.message.message import begun, failed, succeeded
from agent.wire.block import make_blocks
from agent.wire.store import Store
from tests.support.cells import MODULE, row, stored

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
LATER = NOW + timedelta(seconds=2)
WAITING = Message("g1", "pollNow", NOW, NOW + timedelta(seconds=60), index=1, source="web", target="lts1",
                  request=Content(b'{"device":"lts1"}', 17))  # fmt: skip
RUNNING = entered(Handler("pollNowHandler"), Phase.AWAIT_DEVICE, NOW)
ENTRIES = (
    Entry(WAITING, Handler("pollNowHandler")),
    Entry(replace(begun(WAITING, NOW), index=2), RUNNING),
    Entry(replace(succeeded(begun(WAITING, NOW), LATER, Content(b"{}", 2)), index=5), finished(RUNNING, LATER, "ok")),
    Entry(replace(failed(WAITING, LATER, Reason.QUEUE_FULL, "full"), index=9),
          finished(Handler("pollNowHandler"), LATER, "full", aborted=True)),
)  # fmt: skip
VIEW = BusView(
    ENTRIES, Counts(received=9, succeeded=1, failed=7), 200, 0, 60, 9, LATER,
    devices=(DeviceCommandRow(3, "lts1", open=2, message=9),),
    slots=(SlotCommandRow(3, 7, "lts1", "io1", asked=False, chosen=True),),
)  # fmt: skip


def cells_of(view: BusView) -> dict[str, dict[tuple[int, ...], Any]]:
    store = Store(located.oid for located in MODULE.objects.values())
    built, _ = build(make_plan(MODULE), (Feed.MESSAGES,), view, {})
    store.swap("messages", list(make_blocks(built)))
    return stored(store)


CELLS = cells_of(VIEW)


def test_a_message_that_waits_has_no_cells_of_what_has_not_come() -> None:
    shown = row(CELLS, "lnbIacMessageTable", 1)
    absent = {"lnbIacSent", "lnbIacStarted", "lnbIacCompleted", "lnbIacResponse", "lnbIacResponseSize"}
    assert {column.name for column in MESSAGES.served} - set(shown) == absent
    assert (shown["lnbIacState"], shown["lnbIacReason"], shown["lnbIacRequestSize"]) == ("waiting", "none", 17)
    handler = row(CELLS, "lnbIacHandlerTable", 1)
    absent = {"lnbIacHandlerPhase", "lnbIacHandlerPhaseSince", "lnbIacHandlerDuration", "lnbIacHandlerValid"}
    assert {column.name for column in HANDLERS.served} - set(handler) == absent


def test_a_message_that_ended_shows_how() -> None:
    done, rejected = row(CELLS, "lnbIacMessageTable", 5), row(CELLS, "lnbIacMessageTable", 9)
    assert (done["lnbIacState"], done["lnbIacResponse"], done["lnbIacCompleted"]) == (
        "succeeded", b"{}", date_and_time(LATER),
    )  # fmt: skip
    assert (rejected["lnbIacReason"], rejected["lnbIacErrorText"]) == ("queueFull", "full")
    assert row(CELLS, "lnbIacHandlerTable", 5)["lnbIacHandlerDuration"] == 2000
    assert row(CELLS, "lnbIacHandlerTable", 9)["lnbIacHandlerState"] == "aborted"


def test_every_message_has_a_handler_of_the_same_index() -> None:
    assert set(CELLS["lnbIacState"]) == set(CELLS["lnbIacHandlerState"]) == {(1,), (2,), (5,), (9,)}


def test_counts_and_limits_are_scalars() -> None:
    scalars = {name: CELLS[name][(0,)] for name in ("lnbIacMaxCount", "lnbIacReceived", "lnbIacWaiting",
               "lnbIacProcessing", "lnbIacLastIndex", "lnbIacDefaultTimeout")}  # fmt: skip
    assert list(scalars.values()) == [200, 9, 1, 1, 9, 60]


def test_commands_read_none_and_stand_beside_what_they_act_on() -> None:
    assert row(CELLS, "lnbIacDeviceTable", 3) == {
        "lnbIacDeviceCommand": "none", "lnbIacDeviceMessage": 9, "lnbIacDeviceOpen": 2,
    }  # fmt: skip
    assert row(CELLS, "lnbIacSlotTable", 3, 7) == {
        "lnbIacSlotCommand": "none", "lnbIacSlotName": "io1", "lnbIacSlotAsked": "false", "lnbIacSlotChosen": "true",
    }  # fmt: skip


def test_an_empty_bus_has_its_scalars_and_no_rows() -> None:
    cells = cells_of(BusView((), Counts(), 200, 0, 60, 0))
    assert cells["lnbIacLastIndex"] == {(0,): 0}
    assert not any(name.startswith(("lnbIacState", "lnbIacHandler", "lnbIacLastActivity")) for name in cells)


def test_every_word_the_agent_has_can_be_shown() -> None:
    labels = {column.name: column.syntax.labels for part in GROUP.parts for column in part.columns}
    assert list(labels["lnbIacState"]) == [state.value for state in MessageState]
    assert list(labels["lnbIacReason"]) == [reason.value for reason in Reason]
    assert list(labels["lnbIacHandlerPhase"]) == [phase.value for phase in Phase]
    writable = [one for part in GROUP.parts for one in part.columns if one.access is Access.READ_WRITE]
    assert all("other" not in one.syntax.labels for one in writable)
