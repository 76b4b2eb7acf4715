"""ALARM-MIB and NOTIFICATION-LOG-MIB over the alarms of the watcher."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.mib.encoding import Oid, integer, oid
from agent.mib.host import LISTS
from agent.mib.module import northbound
from agent.mib.render import Names
from agent.offline import walk_store
from agent.service.alarmlists import OWNER, PART, AlarmLists
from agent.wire.shelf import Shelf, host_owner
from agent.wire.store import Store
from tests.support.scenes import SITE, Scenery
from tests.support.watching import START, Watch

NAMES = Names(LISTS)
ENGINE_ID = bytes.fromhex("80001f8805aa")
Cells = dict[str, dict[Oid, bytes]]


class Shown:
    """A watcher with lists on a shelf."""

    def __init__(self, folder: Path, started: datetime = START) -> None:
        self.watch = Watch(folder)
        self.shelf = Shelf(Store())
        self.lists = AlarmLists(
            northbound(), ENGINE_ID, started, lambda at: int((at - started).total_seconds() * 100), self.shelf
        )

    def read(self, device: Scenery) -> None:
        self.watch.read(device)
        self.show()

    def show(self) -> None:
        self.lists.show(self.watch.watcher.view(), self.watch.watcher.logged)

    def cells(self, context: str = "") -> Cells:
        found: Cells = {}
        for cell in walk_store(self.shelf.source(context), (1, 3, 6, 1, 2, 1)):
            named = NAMES.object_at(cell.oid)
            if named is not None:
                found.setdefault(named[0].column.name, {})[named[1]] = cell.content
        return found


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    shown = Shown(tmp_path)
    shown.read(Scenery())
    return shown


def broken() -> Scenery:
    device = Scenery()
    device.faults.set("antenna-fault")
    return device


def column(name: str) -> Oid:
    found = NAMES.named(name)
    assert found is not None
    return found.oid


NAME = (len(SITE.name), *SITE.name.encode())


def test_rfc3877_an_alarm_is_active_in_the_list_of_its_device_until_it_is_cleared(shown: Shown) -> None:
    shown.read(broken())
    device = shown.cells(SITE.name)
    whole = shown.cells()
    alarms = shown.watch.watcher.view().alarms
    alarm = next(one for one in alarms if one.alarm_type == "antennaFault")
    place = next(key for key in device["alarmActiveDescription"] if key[-1] == alarm.index)
    assert {key[: len(NAME)] for key in device["alarmActiveDescription"]} == {NAME}
    assert device["alarmActiveDescription"][place] == alarm.text.encode()
    assert whole["alarmActiveDescription"] == device["alarmActiveDescription"]
    kind = next(one for one in northbound().notifications if one.name == "lnbAntennaFault")
    assert device["alarmActiveNotificationID"][place] == oid(northbound().notification_oid(kind))
    assert device["alarmActiveStatsActiveCurrent"][NAME] == integer(len(alarms))

    shown.read(Scenery())
    after = shown.cells(SITE.name)
    left = shown.watch.watcher.view().alarms  # what happened once stays for a while
    assert {key[-1] for key in after.get("alarmActiveDescription", {})} == {one.index for one in left}
    assert alarm.index not in {one.index for one in left}
    assert after["alarmActiveStatsActiveCurrent"][NAME] == integer(len(left))
    assert alarm.index in {key[-1] for key in after["alarmClearNotificationID"]}


def test_the_pointers_of_an_alarm_lead_to_rows_that_there_are(shown: Shown) -> None:
    shown.read(broken())
    cells = shown.cells()
    models = {oid((*column("alarmModelNotificationId"), *key)) for key in cells["alarmModelNotificationId"]}
    logged = {oid((*column("nlmLogTime"), *key)) for key in cells["nlmLogTime"]}
    assert cells["alarmActiveModelPointer"]
    assert set(cells["alarmActiveModelPointer"].values()) <= models
    assert set(cells["alarmActiveLogPointer"].values()) <= logged


def test_a_model_says_by_which_varbind_its_notification_is_active_or_clear(shown: Shown) -> None:
    cells = shown.cells()
    kind = next(one for one in northbound().notifications if one.name == "lnbAntennaFault")
    clear, active = (0, kind.arc, 1), (0, kind.arc, 2)
    assert cells["alarmModelVarbindIndex"][active] == integer(7)  # the fifth object, behind sysUpTime and snmpTrapOID
    assert kind.objects[7 - 3] == "lnbAlarmCleared"
    assert (cells["alarmModelVarbindValue"][clear], cells["alarmModelVarbindValue"][active]) == (integer(1), integer(2))


def test_rfc3014_what_a_notification_carried_is_in_the_log_by_type(shown: Shown) -> None:
    shown.read(broken())
    cells = shown.cells(SITE.name)
    sequence = shown.watch.notices[-1].sequence
    row = (*NAME, sequence)
    objects = next(one for one in northbound().notifications if one.name == "lnbAntennaFault").objects
    text = objects.index("lnbAlarmText") + 1
    severity = objects.index("lnbAlarmSeverity") + 1
    assert cells["nlmLogVariableValueType"][(*row, text)] == integer(6)
    assert b"ntenna" in cells["nlmLogVariableOctetStringVal"][(*row, text)]
    assert cells["nlmLogVariableValueType"][(*row, severity)] == integer(4)
    assert (*row, severity) in cells["nlmLogVariableInteger32Val"]
    assert (*row, severity) not in cells["nlmLogVariableOctetStringVal"]
    assert cells["nlmLogTime"][row] == integer(shown.watch.notices[-1].uptime_ticks)


def test_a_device_has_its_own_list_alone_and_the_default_context_all(shown: Shown) -> None:
    shown.read(broken())
    device, whole = shown.cells(SITE.name), shown.cells()
    assert all(key[: len(NAME)] == NAME for key in device["nlmLogNotificationID"])
    assert set(device["nlmLogNotificationID"]) < set(whole["nlmLogNotificationID"])  # lnbReady is the agent's own
    assert "nlmConfigGlobalEntryLimit" in whole
    assert "nlmConfigGlobalEntryLimit" not in device
    assert device["alarmModelDescription"] == whole["alarmModelDescription"]


def test_only_what_changed_is_built_anew(shown: Shown) -> None:
    shown.read(broken())
    before = {id(block) for block in shown.shelf.blocks_of(host_owner(SITE.name, PART))}
    shown.show()
    assert {id(block) for block in shown.shelf.blocks_of(host_owner(SITE.name, PART))} == before
    shown.read(Scenery())
    assert {id(block) for block in shown.shelf.blocks_of(host_owner(SITE.name, PART))} != before


def test_entries_of_a_run_before_have_no_time_of_this_one(tmp_path: Path) -> None:
    first = Shown(tmp_path)
    first.read(Scenery())
    first.read(broken())
    first.watch.stop()
    again = Shown(tmp_path, started=START + timedelta(hours=1))
    again.show()
    cells = again.cells()
    assert set(cells["nlmLogTime"].values()) == {integer(0)}
    assert cells["nlmStatsGlobalNotificationsLogged"][0,] == integer(0)


def test_a_list_goes_with_what_was_in_it(shown: Shown) -> None:
    shown.read(broken())
    assert host_owner(SITE.name, PART) in shown.lists.owners
    shown.lists.show(replace(shown.watch.watcher.view(), alarms=()), ())
    assert shown.lists.owners == [OWNER]
    assert shown.cells(SITE.name).keys() <= shown.cells().keys()
    assert not shown.shelf.blocks_of(host_owner(SITE.name, PART))
