"""Alarms in the words of the vendor's MIB: which notification, with what in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.mib.host.vendor.notifications import EVENTS, NUMBERS, STAND_INS
from agent.model.alarm.catalogue import BY_NAME, default_rules
from agent.model.alarm.facts import Facts
from agent.model.document import graft
from agent.model.health import DeviceState
from agent.sim.events import event_kinds
from agent.sim.spec import SimSpec
from agent.wire import ber
from agent.wire.notice import BOTH, OWN, VENDOR, Notice
from agent.wire.vendorwords import NAME_FACT, wording_of_alarm
from tests.support.scenes import SITE, UP, Scenery
from tests.support.watching import Watch, settings

TRAPS = (1, 3, 6, 1, 4, 1, 5597, 30, 3, 0)
NAMES = {number: name for name, number in NUMBERS.items()}


def words(notices: list[Notice]) -> list[str]:
    """Names of the vendor's notifications among these."""
    return [NAMES[one.oid[-1]] for notice in notices for one in notice.told(VENDOR) if one.oid[:-1] == TRAPS]


def values(notice: Notice) -> list[Any]:
    (one,) = notice.told(VENDOR)
    return [ber.varbind(octets) for octets in one.varbinds]


class Story:
    """A watched device: what its faults are told by."""

    def __init__(self, folder: Path, without_events: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002
        self.device = Scenery(**options)
        if without_events:
            self.device.edit = lambda root: graft(root, "status/notification", {"events": []})
        self.watch = Watch(folder)
        self.poll()
        self.poll()

    def poll(self) -> list[str]:
        before = len(self.watch.notices)
        self.watch.read(self.device)
        for _ in range(3):
            self.watch.tick(61)
        return words(self.watch.notices[before:])

    def fault(self, name: str, **parameters: Any) -> list[str]:
        self.device.faults.set(name, **parameters)
        return self.poll()

    def end(self) -> list[str]:
        self.device.faults.clear()
        return self.poll()


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    one = Story(tmp_path)
    yield one
    one.watch.stop()


def test_every_name_is_one_of_the_vendors_and_every_alarm_type_one_of_ours() -> None:
    told = [*EVENTS.values(), *(one.told for one in STAND_INS)]
    names = {name for one in told for name in (one.begins, one.ends, one.instead) if name}
    assert names <= NUMBERS.keys()
    assert {one.alarm_type for one in STAND_INS} <= BY_NAME.keys()
    assert {event for one in STAND_INS for event in one.covered} <= EVENTS.keys()


def test_the_events_of_devices_are_told_but_those_without_a_notification() -> None:
    alarming = {
        kind.name.replace(":", "").replace("leap-second", "leapsecond")
        for generation in (10, 20)
        for kind in event_kinds(SimSpec(generation=generation))
        if kind.kind in ("warning", "error", "critical")
    }
    assert alarming - EVENTS.keys() == {"auto-update-failed"}


def test_an_antenna_fault_is_told_once_and_so_is_its_end(story: Story) -> None:
    begun = story.fault("antenna-fault")
    assert begun.count("AntennaFaulty") == 1
    ended = story.end()
    assert ended.count("AntennaReconnect") == 1
    assert not set(begun) & set(ended)


def test_an_event_is_named_once_in_the_message(story: Story) -> None:
    before = len(story.watch.notices)
    story.fault("antenna-fault")
    messages = [values(one)[0][2] for one in story.watch.notices[before:] if one.told(VENDOR)]
    assert b"Device event antenna-faulty" in messages


def test_where_the_device_lists_no_events_our_own_rules_stand_in(tmp_path: Path) -> None:
    story = Story(tmp_path, without_events=True)
    assert story.fault("antenna-fault").count("AntennaFaulty") == 1
    assert story.end().count("AntennaReconnect") == 1
    begun = story.fault("clock-unsync")
    assert (begun.count("ReceiverNotSync"), begun.count("NTPNotSync")) == (1, 1)
    ended = story.end()
    assert (ended.count("ReceiverSync"), ended.count("NTPSync")) == (1, 1)
    story.watch.stop()


def test_lost_power_is_told_with_its_slot(story: Story) -> None:
    before = len(story.watch.notices)
    assert story.fault("psu-lost") == ["PowerSupplyFailure"]
    (notice,) = [one for one in story.watch.notices[before:] if one.told(VENDOR)]
    message, enterprise, name = values(notice)
    assert message[0] == (*TRAPS, 100, 0)
    assert message[2].startswith(b"Power supply lost at pwr") or b"power-supply-failure" in message[2]
    assert enterprise[0] == (1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0)
    assert ber.object_identifier(enterprise[2]) == TRAPS[:-1]
    assert name[0] == (1, 3, 6, 1, 2, 1, 1, 5, 0)
    assert name[2] == SITE.name.encode()


def test_a_pulled_card_is_an_error_of_ims_and_its_return_is_the_end(story: Story) -> None:
    assert "IMSError" in story.fault("card-pulled", slot="io1")
    assert "IMSOk" in story.end()


def test_another_port_state_of_ptp_is_told_and_has_no_end(story: Story) -> None:
    assert "PtpStateChanged" in story.fault("ptp-port-state", slot="io1", instance=0, state="passive")


def test_what_the_vendor_has_no_notification_for_is_told_in_our_words_alone(story: Story) -> None:
    before = len(story.watch.notices)
    down = replace(UP, state=DeviceState.STALE, reason="timeout", failures=5)
    story.watch.read(story.device, down)
    (notice,) = story.watch.notices[before:]
    assert notice.alarm_type == "deviceUnreachable"
    assert notice.told(VENDOR) == ()
    assert notice.told(BOTH) == notice.told(OWN) == (notice,)


def test_both_words_are_two_notifications_about_different_things_with_one_number(story: Story) -> None:
    before = len(story.watch.notices)
    story.fault("psu-lost")
    (notice,) = [one for one in story.watch.notices[before:] if one.told(VENDOR)]
    ours, theirs = notice.told(BOTH)
    assert ours == notice
    assert theirs.sequence == ours.sequence
    assert theirs.identity != ours.identity
    assert theirs.as_decided() == notice


def test_the_heartbeat_and_the_test_have_words_of_the_vendors(story: Story) -> None:
    assert words([story.watch.watcher.heartbeat(), story.watch.watcher.test_notice("hello")]) == [
        "Heartbeat", "TestNotification",
    ]  # fmt: skip


def test_repeats_of_active_alarms_are_in_the_vendors_words_too(story: Story) -> None:
    story.fault("psu-lost")
    assert words(list(story.watch.watcher.active_notices())).count("PowerSupplyFailure") == 1


def test_the_vendors_words_are_still_there_after_a_restart(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.fault("psu-lost")
    sent = [notice for notice in story.watch.notices if notice.other]
    story.watch.stop()
    again = Watch(tmp_path, at_s=10_000)
    assert [notice for notice in again.watcher.since(0) if notice.other] == sent
    again.stop()


def test_an_end_while_another_event_is_triggered_is_told_as_that(story: Story) -> None:
    alarm = replace(next(iter(story.watch.watcher.view().alarms)), site=SITE, alarm_type="deviceEvent",
                    resource="event/refclock-1-not-responding", text="", value="", cleared=True)  # fmt: skip
    listed = Facts().with_cell("lnbEventKey", (1, 1), "refclock-1-not-sync")
    for triggered, name in ((True, "ReceiverNotSync"), (False, "ReceiverSync")):
        made = wording_of_alarm(alarm, listed.with_cell("lnbEventTriggered", (1, 1), triggered), default_rules)
        assert made
        assert NAMES[made.oid[-1]] == name


def test_an_event_that_is_ignored_leaves_the_word_to_our_own_rule(tmp_path: Path) -> None:
    story = Story(tmp_path)
    alarm = replace(next(iter(story.watch.watcher.view().alarms)), site=SITE, alarm_type="ntpNotSynchronized",
                    resource="", cleared=False)  # fmt: skip
    listed = Facts().with_cell("lnbEventKey", (1, 1), "ntp-not-sync").with_cell("lnbEventType", (1, 1), "error")
    assert wording_of_alarm(alarm, listed, default_rules) is None
    other = settings({"rules": {"deviceEvent": {"ignored": ["ntp-not-sync"]}}})
    assert wording_of_alarm(alarm, listed, other.rules(""))
    story.watch.stop()


def test_the_name_that_the_device_has_given_itself_is_told(story: Story) -> None:
    alarm = replace(next(iter(story.watch.watcher.view().alarms)), site=SITE, alarm_type="deviceRebooted", resource="",
                    text="Device was restarted", value="up for 5 s", cleared=False)  # fmt: skip
    made = wording_of_alarm(alarm, Facts().with_cell(NAME_FACT, (0,), "clock.example.net"), default_rules)
    assert made
    assert [ber.varbind(octets)[2] for octets in made.varbinds][::2] == [
        b"Device was restarted: up for 5 s", b"clock.example.net",
    ]  # fmt: skip
