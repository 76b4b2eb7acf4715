"""The alarm group as managers read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from agent.config import AlarmRules, AlarmSettings
from agent.mib.build import build
from agent.mib.declaration import Access, Feed
from agent.mib.groups.alarm import GROUP, AlarmView, LogEntry
from agent.mib.module import northbound
from agent.mib.plan import make_plan
from agent.mib.render import ReadCell
from agent.model.alarm.catalogue import TYPES
from agent.model.alarm.facts import Site
from agent.model.alarm.storm import Storm
from agent.model.severity import Severity
from tests.support.cells import by_name
from tests.wire.test_notices import ALARM, NOTICES

WHEN = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
MODULE = northbound()
SETTINGS = AlarmSettings()
OF_AGENT = replace(ALARM, index=13, site=Site(), resource="state", alarm_type="stateNotWritten", object_name="", key=())
ENTRY = LogEntry(40, WHEN, "lnbAntennaFault", "lts1", 12, Severity.MAJOR, True, "clk1", "Antenna fault", "connected")  # noqa: FBT003
VIEW = AlarmView(
    SETTINGS, SETTINGS.rules.rule, NOTICES.locate, (ALARM, OF_AGENT), (ENTRY,), sequence=41, bumped=3, changed=WHEN,
    test_text="hello",
)  # fmt: skip


def served(view: AlarmView) -> dict[str, dict[tuple[int, ...], Any]]:
    """Object name to instance to value."""
    cells, _ = build(make_plan(MODULE), (Feed.ALARMS,), view, {})
    read = []
    for column in cells:
        for key, content in zip(column.keys, column.contents, strict=True):
            index = tuple(int.from_bytes(key[at : at + 4], "big") for at in range(0, len(key), 4))
            read.append(ReadCell((*column.oid, *index), column.tag, content))
    return by_name(read)


def row(cells: dict[str, dict[tuple[int, ...], Any]], *index: int) -> dict[str, Any]:
    return {name: rows[index] for name, rows in cells.items() if index in rows}


def test_an_alarm_is_a_row_below_its_device_and_its_number() -> None:
    found = row(served(VIEW), 7, 12)
    assert (found["lnbAlarmType"], found["lnbAlarmSeverity"], found["lnbAlarmText"]) == (
        "antennaFault", "major", "Antenna fault",
    )  # fmt: skip
    assert (found["lnbAlarmCleared"], found["lnbAlarmAcknowledged"], found["lnbAlarmRepeat"]) == ("false",) * 3
    assert (found["lnbAlarmNumber"], found["lnbAlarmSequence"], found["lnbAlarmCount"]) == (12, 40, 1)


def test_an_alarm_of_the_agent_itself_stands_below_device_zero() -> None:
    found = row(served(VIEW), 0, 13)
    assert (found["lnbAlarmDeviceName"], found["lnbAlarmResourceText"]) == ("", "state")
    assert found["lnbAlarmResource"] == b"\0"


def test_the_log_says_what_was_sent() -> None:
    assert row(served(VIEW), 40) == {
        "lnbNotifyLogTime": served(VIEW)["lnbNotifyLogTime"][(40,)], "lnbNotifyLogName": "lnbAntennaFault",
        "lnbNotifyLogDeviceName": "lts1", "lnbNotifyLogAlarm": 12, "lnbNotifyLogSeverity": "major",
        "lnbNotifyLogCleared": "true", "lnbNotifyLogResourceText": "clk1", "lnbNotifyLogText": "Antenna fault",
        "lnbNotifyLogValue": "connected",
    }  # fmt: skip


def test_every_alarm_type_is_a_row_with_the_settings_in_force() -> None:
    rules = AlarmRules.model_validate({"temperatureOutOfRange": {"enabled": False, "high_c": 60, "severity": "major"}})
    cells = served(replace(VIEW, rules=rules.rule))
    assert set(cells["lnbAlarmTypeName"].values()) == {kind.name for kind in TYPES}
    found = row(cells, 17)
    assert (found["lnbAlarmTypeEnabled"], found["lnbAlarmTypeSeverity"]) == ("false", "major")
    assert found["lnbAlarmTypeThresholds"] == "high_c: 60, low_c: 0, band_c: 2"
    assert row(cells, 11)["lnbAlarmTypeActive"] == 1


def test_scalars_count_by_severity_and_say_what_goes_on() -> None:
    storm = Storm("slotEmptied", Severity.CRITICAL, 9, 0.0)
    cells = served(replace(VIEW, storms={"slotEmptied": storm}))
    scalars = {name: rows[(0,)] for name, rows in cells.items() if (0,) in rows}
    assert (scalars["lnbAlarmActive"], scalars["lnbAlarmActiveMajor"], scalars["lnbAlarmActiveMinor"]) == (2, 2, 0)
    assert (scalars["lnbStormType"], scalars["lnbStormSeverity"], scalars["lnbStormHeldBack"]) == (
        "slotEmptied", "critical", 9,
    )  # fmt: skip
    assert (scalars["lnbAlarmLastSequence"], scalars["lnbNotifyLogEntries"], scalars["lnbNotifyLogBumped"]) == (
        41,
        1,
        3,
    )
    assert (scalars["lnbAlarmResync"], scalars["lnbAlarmTest"]) == ("false", "hello")


def test_without_a_storm_or_a_change_there_is_no_invented_value() -> None:
    cells = served(replace(VIEW, changed=None))
    assert "lnbAlarmLastChange" not in cells
    assert (cells["lnbStormType"][(0,)], cells["lnbStormSeverity"][(0,)]) == ("", "cleared")


def test_what_can_be_set_is_the_resync_the_test_the_logs_limits_and_the_acknowledgement() -> None:
    writable = {c.name for part in GROUP.parts for c in part.columns if c.access is Access.READ_WRITE}
    assert writable == {
        "lnbAlarmResync", "lnbAlarmTest", "lnbNotifyLogMaxCount", "lnbNotifyLogKeepMinutes", "lnbAlarmAcknowledged",
    }  # fmt: skip


def test_severities_are_numbered_as_in_the_itu_mib() -> None:
    labels = MODULE.objects["lnbAlarmSeverity"].column.syntax.labels
    assert labels == {"cleared": 1, "indeterminate": 2, "critical": 3, "major": 4, "minor": 5, "warning": 6}
