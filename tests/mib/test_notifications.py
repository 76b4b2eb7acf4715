"""Notifications in the MIB text, the reference page, the lock and `explain`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli import main
from agent.errors import DeclarationError
from agent.mib.declaration import Column, Group, Module, Notification, Scalars
from agent.mib.groups.alarm import ALARM_OBJECTS, NOTIFICATIONS
from agent.mib.lock import lock_lines, violations
from agent.mib.module import northbound
from agent.mib.reference import print_notifications
from agent.mib.smi import print_module
from agent.mib.syntax import TEXT
from agent.model.alarm.catalogue import TYPES
from tests.support.tools import PROJECT, shared, tool

TEXT_OF_MODULE = print_module(northbound())
GROUP = Group(1, "lnbG", "d.", (Scalars(1, "lnbS", (Column(1, "lnbOne", TEXT, "d.", value=lambda view: 1),)),))


def module(*notifications: Notification) -> Module:
    return Module("TEST-MIB", (1, 3, 6, 1, 4, 1, 5), (GROUP,), notifications)


def test_every_alarm_type_has_one_notification_and_all_carry_the_same() -> None:
    by_arc = {one.arc: one for one in NOTIFICATIONS}
    for kind in TYPES:
        assert by_arc[kind.arc].name == kind.notification
        assert by_arc[kind.arc].objects == ALARM_OBJECTS


def test_notifications_stand_below_an_arc_zero() -> None:
    assert "lnbNotifications OBJECT IDENTIFIER ::= { lantimeNorthboundMIB 0 }" in TEXT_OF_MODULE
    defined = re.findall(r"^(\w+) NOTIFICATION-TYPE.*?::= \{ lnbNotifications (\d+) \}", TEXT_OF_MODULE, re.S | re.M)
    assert defined == [(one.name, str(one.arc)) for one in NOTIFICATIONS]
    assert northbound().notification_oid(NOTIFICATIONS[0]) == (*northbound().root, 0, 1)


def test_every_notification_stands_in_the_group_of_notifications_and_the_group_in_the_compliance() -> None:
    (listed,) = re.findall(r"NOTIFICATION-GROUP\s+NOTIFICATIONS \{(.*?)\}", TEXT_OF_MODULE, re.S)
    assert [name.strip() for name in listed.split(",")] == [one.name for one in NOTIFICATIONS]
    assert "lnbNotificationGroup" in TEXT_OF_MODULE.partition("MODULE-COMPLIANCE")[2].partition("lnbCompliance ")[2]


def test_a_module_without_notifications_has_no_word_of_them() -> None:
    assert "NOTIFICATION-" not in print_module(module())


@pytest.mark.parametrize(
    ("notifications", "problem"),
    [
        ([Notification(1, "lnbA", "d.", ("lnbTwo",))], "lnbTwo is no readable object"),
        ([Notification(1, "lnbA", "d.", ()), Notification(1, "lnbB", "d.", ())], "given twice"),
        ([Notification(1, "lnbA", "d.", ()), Notification(2, "lnbA", "d.", ())], "given twice"),
        ([Notification(1, "lnbOne", "d.", ())], "given twice"),
    ],
)
def test_a_notification_that_cannot_be_is_refused(notifications: list[Notification], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem):
        module(*notifications)


def test_a_notifications_name_is_as_short_as_an_objects() -> None:
    with pytest.raises(DeclarationError, match="longer than 32"):
        Notification(1, "lnb" + "x" * 30, "d.", ())


def test_the_lock_holds_notifications_with_what_they_carry() -> None:
    locked = list(lock_lines(module(Notification(7, "lnbA", "d.", ("lnbOne",)))))
    assert locked[-1] == "0.7 lnbA NOTIFICATION { lnbOne }"
    assert violations(locked, lock_lines(module(Notification(7, "lnbA", "d.", ())))) == [
        "lnbA changed its objects from NOTIFICATION { lnbOne } to NOTIFICATION {  }"
    ]
    assert violations(locked, lock_lines(module(Notification(8, "lnbA", "d.", ("lnbOne",))))) == [
        "lnbA moved from 0.7 to 0.8"
    ]


def test_the_page_on_alarms_lists_the_notifications_as_declared() -> None:
    page = (PROJECT / "docs" / "alarms.md").read_text(encoding="utf-8")
    printed = "\n".join(print_notifications(northbound()))
    assert printed in page, "print it anew: .venv/bin/python -m agent.mib.reference docs/alarms.md"


def test_explain_tells_a_notification_by_name_and_by_oid() -> None:
    run = CliRunner().invoke(main, ["explain", "lnbAntennaFault"])
    assert run.exit_code == 0, run.output
    assert ".0.11" in run.output.splitlines()[0]
    assert "    lnbAlarmSequence" in run.output.splitlines()
    assert "remedy: Check antenna" in run.output
    oid = run.output.split()[1]
    assert CliRunner().invoke(main, ["explain", oid]).output == run.output
    assert "lnbAntennaFault" in CliRunner().invoke(main, ["explain"]).output


def test_explain_suggests_a_notification() -> None:
    assert "lnbAntennaFault" in CliRunner().invoke(main, ["explain", "lnbAntenaFault"]).output


def test_net_snmp_finds_a_notification_by_its_name_and_describes_its_objects(tmp_path: Path) -> None:
    (tmp_path / "LANTIME-NORTHBOUND-MIB.txt").write_text(TEXT_OF_MODULE, encoding="ascii")
    command = [
        tool("snmptranslate"), "-M", f"{shared('mibs')}:{tmp_path}", "-m", "LANTIME-NORTHBOUND-MIB", "-Pw", "-IR",
        "-Td", "-On", "lnbPowerSupplyLost",
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.splitlines()[0] == f".{'.'.join(map(str, northbound().root))}.0.16"
    (objects,) = re.findall(r"OBJECTS\s+\{ (.*?) \}", run.stdout, re.S)
    assert tuple(re.split(r",\s*", objects)) == ALARM_OBJECTS
