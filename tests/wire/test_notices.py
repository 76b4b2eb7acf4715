"""Notices: what a notification carries, in which order, and how large it can become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from agent.config import AlarmSettings
from agent.mib import encoding
from agent.mib.declaration import Notification
from agent.mib.encoding import Oid
from agent.mib.groups.alarm import (
    ALARM_OBJECTS,
    HEARTBEAT,
    NOTIFICATIONS,
    READY,
    STORM_STARTED,
    TEST,
    AlarmView,
)
from agent.mib.module import northbound
from agent.mib.render import ReadCell
from agent.model.alarm.catalogue import TYPES
from agent.model.alarm.facts import Site
from agent.model.alarm.kind import AlarmType
from agent.model.alarm.storm import Storm
from agent.model.alarm.table import Alarm
from agent.model.severity import Severity
from agent.wire.notice import Notice
from agent.wire.notices import Notices
from tests.support.cells import by_name

WHEN = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
MODULE = northbound()
NOTICES = Notices(MODULE)
SETTINGS = AlarmSettings()
VIEW = AlarmView(SETTINGS, SETTINGS.rules.rule, NOTICES.locate, sequence=41)
OF_AGENT = [one for one in NOTIFICATIONS if one.arc > 100]

ALARM = Alarm(
    index=12, site=Site("lts1", 7, "192.0.2.1"), resource="clk1", alarm_type="antennaFault", severity=Severity.MAJOR,
    text="Antenna fault", value="notConnected", raised=WHEN, changed=WHEN, object_name="lnbClockAntennaConnected",
    key=(7, 6), sequence=40,
)  # fmt: skip


def elements(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of the BER elements one after the other; a decoder of its own."""
    while octets:
        tag, size, at = octets[0], octets[1], 2
        if size & 0x80:
            at += size & 0x7F
            size = int.from_bytes(octets[2:at], "big")
        yield tag, octets[at : at + size]
        octets = octets[at + size :]


def sub_identifiers(content: bytes) -> Oid:
    numbers, number = [], 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(number)
            number = 0
    return (numbers[0] // 40, numbers[0] % 40, *numbers[1:])


def cells(notice: Notice) -> list[ReadCell]:
    found = []
    for varbind in notice.varbinds:
        ((tag, content),) = elements(varbind)
        assert tag == 0x30
        (name_tag, name), (value_tag, value) = elements(content)
        assert name_tag == encoding.OBJECT_IDENTIFIER
        found.append(ReadCell(sub_identifiers(name), value_tag, value))
    return found


def names(notice: Notice) -> list[str]:
    by_oid = {one.oid: name for name, one in MODULE.objects.items()}
    return [next(by_oid[cell.oid[:cut]] for cut in range(20) if cell.oid[:cut] in by_oid) for cell in cells(notice)]


def values(notice: Notice) -> dict[str, object]:
    return {name: next(iter(rows.values())) for name, rows in by_name(cells(notice)).items()}


def test_raise_clear_and_repeat_carry_the_same_objects_of_the_same_row_in_the_same_order() -> None:
    made = [
        NOTICES.of_alarm(one, VIEW, 5)
        for one in (ALARM, replace(ALARM, cleared=True, sequence=41), replace(ALARM, repeat=True))
    ]
    assert [names(one) for one in made] == [list(ALARM_OBJECTS)] * 3
    assert {cell.oid[-2:] for one in made for cell in cells(one)} == {(7, 12)}
    assert len({one.oid for one in made}) == 1
    assert len({one.identity for one in made}) == 1


def test_an_alarms_notice_says_what_the_alarm_says() -> None:
    notice = NOTICES.of_alarm(ALARM, VIEW, 5)
    said = values(notice)
    moment = bytes.fromhex("07ea0316141e00002b0000")
    assert said == {
        "lnbAlarmSequence": 40, "lnbAlarmNumber": 12, "lnbAlarmType": "antennaFault", "lnbAlarmSeverity": "major",
        "lnbAlarmCleared": "false", "lnbAlarmResource": said["lnbAlarmResource"], "lnbAlarmResourceText": "clk1",
        "lnbAlarmText": "Antenna fault", "lnbAlarmValue": "notConnected", "lnbAlarmRaised": moment,
        "lnbAlarmChanged": moment, "lnbAlarmDeviceName": "lts1", "lnbAlarmDeviceAddress": "192.0.2.1",
        "lnbAlarmRepeat": "false",
    }  # fmt: skip
    resource = said["lnbAlarmResource"]
    assert isinstance(resource, bytes)
    assert sub_identifiers(resource) == (*MODULE.objects["lnbClockAntennaConnected"].oid, 7, 6)
    assert (notice.oid, notice.sequence, notice.uptime_ticks) == ((*MODULE.root, 0, 11), 40, 5)
    assert (notice.device, notice.alarm_type, notice.identity) == ("lts1", "antennaFault", "lts1|clk1|antennaFault")
    assert (notice.severity, notice.cleared) == (Severity.MAJOR, False)


def test_a_repeat_keeps_the_number_of_the_news_and_is_not_numbered_itself() -> None:
    notice = NOTICES.of_alarm(replace(ALARM, repeat=True), VIEW, 5)
    assert notice.sequence == 0
    assert values(notice)["lnbAlarmSequence"] == 40
    assert values(notice)["lnbAlarmRepeat"] == "true"


def test_an_alarm_about_no_object_names_none() -> None:
    said = values(NOTICES.of_alarm(replace(ALARM, object_name="", key=()), VIEW, 5))
    assert said["lnbAlarmResource"] == b"\0"


def test_a_storms_notice_is_about_that_storm() -> None:
    storm = Storm("antennaFault", Severity.CRITICAL, 17, 0.0)
    notice = NOTICES.of_agent(STORM_STARTED, replace(VIEW, storms={"antennaFault": storm}), 5)
    assert values(notice) == {
        "lnbAlarmLastSequence": 41, "lnbStormType": "antennaFault", "lnbStormSeverity": "critical",
        "lnbStormHeldBack": 17,
    }  # fmt: skip
    assert (notice.severity, notice.sequence) == (Severity.CRITICAL, 41)


def test_a_heartbeat_tells_the_last_number_and_has_none_itself() -> None:
    notice = NOTICES.of_agent(HEARTBEAT, VIEW, 5, numbered=False)
    assert values(notice) == {"lnbAlarmLastSequence": 41, "lnbAlarmActive": 0, "lnbAlarmHeartbeatInterval": 300}
    assert notice.sequence == 0


def octets_v3(notice: Notice) -> int:
    """Octets of the largest v3 authPriv message around a notice: SHA-512, longest engine ID, user and context."""

    def sequence(*parts: bytes, tag: int = 0x30) -> bytes:
        return encoding.tlv(tag, b"".join(parts))

    def text(octets: int) -> bytes:
        return encoding.tlv(4, b"x" * octets)

    number = encoding.tlv(2, b"\x7f\xff\xff\xff")
    return len(
        sequence(
            encoding.tlv(2, b"\3"),
            sequence(number, number, text(1), encoding.tlv(2, b"\3")),
            encoding.tlv(4, sequence(text(32), number, number, text(32), text(48), text(8))),
            encoding.tlv(4, _padded(sequence(text(32), text(32), pdu(notice)))),
        )
    )


def pdu(notice: Notice) -> bytes:
    number = encoding.tlv(2, b"\x7f\xff\xff\xff")
    head = [
        encoding.tlv(0x30, encoding.tlv(6, encoding.oid((1, 3, 6, 1, 2, 1, 1, 3, 0))) + encoding.tlv(0x43, b"\0" * 5)),
        encoding.tlv(
            0x30,
            encoding.tlv(6, encoding.oid((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)))
            + encoding.tlv(6, encoding.oid(notice.oid)),
        ),
    ]
    body = encoding.tlv(0x30, b"".join([*head, *notice.varbinds]))
    return encoding.tlv(0xA6, number + b"\2\1\0\2\1\0" + body)


def octets_v2c(notice: Notice) -> int:
    """Octets of a v2c message with the longest community."""
    return len(encoding.tlv(0x30, encoding.tlv(2, b"\1") + encoding.tlv(4, b"c" * 32) + pdu(notice)))


def _padded(octets: bytes) -> bytes:
    return octets + b"\0" * (-len(octets) % 8)  # DES


def largest(kind: AlarmType) -> Alarm:
    """The alarm of a type with the longest texts and numbers there can be, each character of two octets."""
    return replace(
        ALARM, index=2**32 - 1, site=Site("n" * 32, 2**32 - 1, "ä" * 253), resource="ä" * 500,
        alarm_type=kind.name, text="ä" * 500, value="ä" * 500, object_name="lnbPtpMeanPathDelay",
        key=(2**32 - 1, 2**32 - 1), sequence=2**32 - 1, cleared=True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_the_largest_notice_of_a_type_fits_an_ethernet_frame_in_every_version(kind: AlarmType) -> None:
    notice = NOTICES.of_alarm(largest(kind), VIEW, 2**32 - 1)
    assert 1000 < octets_v3(notice) <= 1472
    assert octets_v2c(notice) <= 1472


def test_texts_are_cut_at_a_character() -> None:
    said = values(NOTICES.of_alarm(largest(TYPES[0]), VIEW, 0))
    assert said["lnbAlarmText"] == "ä" * 127
    assert said["lnbAlarmResourceText"] == "ä" * 64


@pytest.mark.parametrize("notification", OF_AGENT, ids=lambda one: one.name)
def test_notices_about_no_alarm_fit_what_every_receiver_must_take(notification: Notification) -> None:
    storms = {"all": Storm("ptpGrandmasterChanged", Severity.CRITICAL, 2**32 - 1, 0.0)}
    view = replace(VIEW, sequence=2**32 - 1, storms=storms, test_text="x" * 64)
    assert octets_v3(NOTICES.of_agent(notification, view, 2**32 - 1)) <= 484  # RFC 3417 3.2


def test_a_test_carries_its_text_and_ready_the_number_of_active_alarms() -> None:
    view = replace(VIEW, alarms=(ALARM,), test_text="hello")
    assert values(NOTICES.of_agent(TEST, view, 0)) == {"lnbAlarmLastSequence": 41, "lnbAlarmTest": "hello"}
    assert values(NOTICES.of_agent(READY, view, 0)) == {"lnbAlarmLastSequence": 41, "lnbAlarmActive": 1}
