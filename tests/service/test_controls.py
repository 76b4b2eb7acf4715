"""SETs of the writable objects, as messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.errors import HostError
from agent.mib.declaration import Access
from agent.mib.groups import http, interapp
from agent.mib.groups.interapp import BusView, DeviceCommandRow, SlotCommandRow
from agent.model.message import Counts, MessageState
from agent.service.controls import ALARMS, CONTROLS, Controls
from agent.wire.writing import Assignment
from tests.service.buses import BusBench

OK, NO_CREATION, INCONSISTENT, UNAVAILABLE = 0, 11, 12, 13
VIEW = BusView(
    (), Counts(), 10, 0, 60, 0,
    devices=(DeviceCommandRow(1, "lts1"), DeviceCommandRow(4, "lts2")),
    slots=(SlotCommandRow(1, 7, "lts1", "io1", asked=True, chosen=False),),
)  # fmt: skip


class Bench(BusBench):
    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.written: list[tuple[dict[str, Any], str]] = []
        self.controls = Controls(self.bus, self._write, lambda: VIEW)

    def _write(self, values: Mapping[str, Any], who: str) -> None:
        self.written.append((dict(values), who))

    def newest(self) -> Any:
        return self.bus.entries()[-1].message


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_every_writable_object_of_the_two_groups_goes_through_the_controls() -> None:
    writable = {
        column.name
        for group in (http.GROUP, interapp.GROUP)
        for part in group.parts
        for column in part.columns
        if column.access is Access.READ_WRITE
    }
    assert writable == CONTROLS - ALARMS.keys()


def take(bench: Bench, name: str, instance: tuple[int, ...], value: object) -> None:
    """Assign one value, as a SET of it alone does."""
    bench.controls.assign([Assignment(1, name, instance, value)], "noc")


@pytest.mark.parametrize(
    ("name", "instance", "value", "kind", "content"),
    [
        ("lnbIacDeviceCommand", (4,), "pollNow", "pollNow", b'{"device":"lts2"}'),
        ("lnbIacDeviceCommand", (1,), "rediscover", "rediscover", b'{"device":"lts1"}'),
        ("lnbIacSlotCommand", (1, 7), "attach", "attachCard", b'{"device":"lts1","slot":"io1"}'),
        ("lnbIacSlotCommand", (1, 7), "detach", "detachCard", b'{"device":"lts1","slot":"io1"}'),
    ],
)
def test_a_command_becomes_a_message_that_waits(
    bench: Bench, name: str, instance: tuple[int, ...], value: str, kind: str, content: bytes
) -> None:
    async def test() -> None:
        assert bench.controls.check(name, instance, value) == OK
        take(bench, name, instance, value)
        message = bench.newest()
        assert (message.type, message.request.data, message.source) == (kind, content, "snmp:noc")
        await bench.ended(message)

    bench.run(test)


def test_a_set_that_is_repeated_while_its_message_is_open_is_the_same_message(bench: Bench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        for _ in range(3):
            take(bench, "lnbIacDeviceCommand", (1,), "pollNow")
        assert len(bench.bus.entries()) == 1
        bench.fleet.gates["lts1"].set()
        await bench.ended(bench.newest())
        take(bench, "lnbIacDeviceCommand", (1,), "pollNow")
        assert len(bench.bus.entries()) == 2

    bench.run(test)


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("lnbIacDeviceCommand", (2,)), ("lnbIacDeviceCommand", (1, 7)), ("lnbIacSlotCommand", (1,)),
        ("lnbIacSlotCommand", (4, 7)), ("lnbIacMessageControl", (9,)), ("lnbIacMaxCount", (1,)),
        ("lnbHttpTracking", (0, 0)),
    ],
)  # fmt: skip
def test_a_row_that_is_not_there_cannot_be_written(bench: Bench, name: str, instance: tuple[int, ...]) -> None:
    async def test() -> None:
        assert bench.controls.check(name, instance, "none") == NO_CREATION

    bench.run(test)


def test_a_message_is_cancelled_while_it_waits_and_purged_once_it_has_ended(bench: Bench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        first, second = bench.send("pollNow"), bench.send("pollNow")
        await bench.processing(first)
        check = bench.controls.check
        control = "lnbIacMessageControl"
        assert [check(control, (first.index,), word) for word in ("none", "cancel", "purge")] == [0, 12, 12]
        assert [check(control, (second.index,), word) for word in ("none", "cancel", "purge")] == [0, 0, 12]
        take(bench, control, (second.index,), "cancel")
        assert bench.entry(second).message.error_text == "cancelled by snmp:noc"
        assert [check(control, (second.index,), word) for word in ("cancel", "purge")] == [12, 0]
        take(bench, control, (second.index,), "purge")
        assert check(control, (second.index,), "none") == NO_CREATION

    bench.run(test)


def test_none_is_written_without_effect(bench: Bench) -> None:
    async def test() -> None:
        take(bench, "lnbIacDeviceCommand", (1,), "none")
        take(bench, "lnbIacSlotCommand", (1, 7), "none")
        assert bench.bus.entries() == ()

    bench.run(test)


def test_a_full_table_refuses_a_command_but_not_its_repetition(tmp_path: Path) -> None:
    bench = Bench(tmp_path, max_count=2)

    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        take(bench, "lnbIacDeviceCommand", (1,), "pollNow")
        assert bench.controls.check("lnbIacDeviceCommand", (1,), "pollNow") == OK
        assert bench.controls.check("lnbIacDeviceCommand", (1,), "rediscover") == UNAVAILABLE
        assert bench.controls.check("lnbIacDeviceCommand", (1,), "none") == OK

    bench.run(test)


def test_settings_of_one_set_are_written_together_and_tracking_is_one_message(bench: Bench) -> None:
    async def test() -> None:
        values = {
            ("lnbHttpTracking", (0,)): False, ("lnbHttpMaxCount", (0,)): 9, ("lnbIacMaxCount", (0,)): 50,
            ("lnbIacKeepMinutes", (0,)): 5, ("lnbHttpDataLossLimit", (0,)): 30,
        }  # fmt: skip
        assert all(bench.controls.check(name, instance, value) == OK for (name, instance), value in values.items())
        bench.controls.assign([Assignment(1, *key, value) for key, value in values.items()], "noc")
        assert bench.written == [({"lnbIacMaxCount": 50, "lnbIacKeepMinutes": 5}, "noc")]
        tracking = {"lnbHttpTracking": False, "lnbHttpMaxCount": 9, "lnbHttpDataLossLimit": 30}
        assert bench.assigned == [(tracking, "snmp:noc")]
        assert [entry.message.state for entry in bench.bus.entries()] == [MessageState.SUCCEEDED]

    bench.run(test)


def test_tracking_that_cannot_be_written_down_fails_the_set(bench: Bench) -> None:
    async def test() -> None:
        bench.store.full = True
        with pytest.raises(HostError, match="disk is full"):
            take(bench, "lnbHttpTracking", (0,), value=False)
        assert bench.assigned == []

    bench.run(test)
