"""The watcher: from what is seen to what is written, sent and shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config import Settings
from agent.errors import HostError
from agent.mib.groups.alarm import AlarmView
from agent.model.alarm.events import MailboxFull, MessageFailed, MessageStalled, MessageSucceeded, StateWriting
from agent.model.alarm.table import Alarm
from agent.model.health import DeviceState
from agent.model.severity import Severity
from agent.service.alarmstate import Change, Kept
from agent.service.watched import watched
from tests.support.scenes import SITE, UP, Scenery
from tests.support.watching import LOGIN, Watch, settings, told

READY = ("lnbReady", "", False)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A watcher that has read its healthy device once."""
    watch = Watch(tmp_path)
    watch.read(Scenery())
    watch.notices.clear()
    return watch


def failed(number: int = 1, kind: str = "poll-now") -> MessageFailed:
    return MessageFailed(number, kind, SITE.name, "timeout")


def view(watch: Watch) -> AlarmView:
    return watch.watcher.view()


def test_what_a_poll_brings_to_light_is_sent_and_shown_and_logged(watch: Watch) -> None:
    device = Scenery()
    device.faults.set("antenna-fault")
    sent = watch.read(device)
    assert ("lnbAntennaFault", "clk1", False) in sent
    assert ("antennaFault", "clk1") in {(one.alarm_type, one.resource) for one in view(watch).alarms}
    assert [entry.sequence for entry in view(watch).log][-1] == view(watch).sequence == watch.notices[-1].sequence


def test_numbers_rise_by_one_from_notice_to_notice(watch: Watch) -> None:
    device = Scenery()
    for fault in ("antenna-fault", "clock-unsync", "link-down"):
        device.faults.set(fault)
        watch.read(device)
        device.faults.clear()
        watch.read(device)
    numbers = [one.sequence for one in watch.notices]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_an_alarm_row_has_the_number_of_its_latest_notice(watch: Watch) -> None:
    watch.watcher.happened(failed())
    watch.tick()
    (alarm,) = [one for one in view(watch).alarms if one.alarm_type == "interAppFailed"]
    assert alarm.sequence == watch.notices[-1].sequence


def test_ready_comes_when_every_device_was_read_and_only_once(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings(devices=("lts1", "lts2")))
    first, second = Scenery(), Scenery()
    second.settings = second.settings.model_copy(update={"name": "lts2"})
    assert READY not in watch.read(first)
    assert watch.read(second)[-1] == READY
    assert READY not in watch.read(second)


def test_a_device_that_does_not_answer_counts_as_read(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert watch.read(Scenery(), replace(UP, state=DeviceState.DOWN, failures=1, reason="timedOut")) == [READY]


def test_nothing_is_replayed_at_the_next_start_and_what_went_meanwhile_is_cleared(tmp_path: Path) -> None:
    device = Scenery()
    device.faults.set("antenna-fault")
    device.faults.set("link-down", port="lan0")
    first = Watch(tmp_path)
    first.read(device)
    first.stop()
    device.faults.clear("antenna-fault")
    second = Watch(tmp_path, at_s=5)
    assert second.tick() == []
    sent = second.read(device)
    assert set(sent) == {
        ("lnbAntennaFault", "", True), ("lnbAntennaFault", "clk1", True),
        ("lnbDeviceEvent", "event/antenna-faulty", True), READY,
    }  # fmt: skip
    assert "lan0" in {alarm.resource for alarm in view(second).alarms}
    assert min(one.sequence for one in second.notices) == first.watcher.view().sequence + 1


def test_alarm_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    first = Watch(tmp_path)
    first.read(Scenery())
    highest = max(alarm.index for alarm in first.watcher.view().alarms)
    first.stop()
    second = Watch(tmp_path)
    second.watcher.happened(failed())
    second.tick()
    assert max(alarm.index for alarm in second.watcher.view().alarms) == highest + 1


def test_a_device_removed_while_the_agent_was_down_ends_its_alarms(tmp_path: Path) -> None:
    first = Watch(tmp_path)
    first.read(Scenery())
    first.stop()
    second = Watch(tmp_path, settings(devices=()))
    sent = second.tick()
    assert ("lnbPowerSupplyLost", "pwr3", True) in sent
    assert view(second).alarms == ()


def test_a_device_removed_while_the_agent_runs_ends_its_alarms(watch: Watch) -> None:
    watch.watcher.reconfigure(settings(devices=()), watch.now)
    assert {cleared for _, _, cleared in watch.tick()} == {True}
    assert view(watch).alarms == ()


def test_a_removed_device_ends_its_own_alarms_only(watch: Watch) -> None:
    watch.watcher.happened(MessageFailed(1, "x", "", "timeout"))
    watch.tick()
    watch.watcher.reconfigure(settings(devices=()), watch.now)
    watch.tick()
    assert [alarm.site.name for alarm in view(watch).alarms] == [""]


def test_a_device_that_is_switched_off_or_has_no_credentials_is_not_watched() -> None:
    devices = [
        {"name": "a", "address": "h", "enabled": False, **LOGIN}, {"name": "b", "address": "h", **LOGIN},
        {"name": "c", "address": "h"},
    ]  # fmt: skip
    assert set(watched(Settings.model_validate({"devices": devices}), {"a": 1, "b": 2, "c": 3}).sites) == {"b"}


def test_a_rule_that_is_switched_off_ends_its_alarms_at_once_those_of_the_agent_too(watch: Watch) -> None:
    watch.watcher.happened(MessageFailed(1, "x", "", "timeout"))
    watch.tick()
    rules = {"rules": {"interAppFailed": {"enabled": False}, "powerSupplyLost": {"enabled": False}}}
    watch.watcher.reconfigure(settings(rules), watch.now)
    assert set(watch.tick()) == {("lnbInterAppFailed", "interapp/x", True), ("lnbPowerSupplyLost", "pwr3", True)}


def test_what_the_process_itself_was_in_is_over_with_the_next_process(watch: Watch, tmp_path: Path) -> None:
    for event in (StateWriting(written=False), MailboxFull(1000), MessageStalled(4, "x", "", 300.0)):
        watch.watcher.happened(event)
    watch.watcher.happened(failed())
    watch.tick()
    watch.stop()
    again = Watch(tmp_path)
    assert set(again.tick()) == {
        ("lnbStateNotWritten", "state", True), ("lnbInterAppFull", "interapp", True),
        ("lnbInterAppStalled", "interapp/message-4", True),
    }  # fmt: skip


def test_a_device_has_its_own_rules_and_the_agent_those_at_the_top() -> None:
    data = {
        "alarms": {"rules": {"clockHoldover": {"severity": "critical"}}},
        "devices": [{"name": "a", "address": "h", **LOGIN, "alarms": {"clockHoldover": {"severity": "warning"}}}],
    }
    rules = watched(Settings.model_validate(data), {"a": 1}).rules
    assert rules("a")("clockHoldover").severity is Severity.WARNING
    assert rules("")("clockHoldover").severity is Severity.CRITICAL


def test_acknowledging_a_failed_message_ends_its_alarm_with_a_notice(watch: Watch) -> None:
    watch.watcher.happened(failed())
    watch.tick()
    (alarm,) = [one for one in view(watch).alarms if one.alarm_type == "interAppFailed"]
    instance = (SITE.index, alarm.index)
    assert watch.watcher.check("lnbAlarmAcknowledged", instance, value=True) == 0
    watch.watcher.assign("lnbAlarmAcknowledged", instance, value=True, who="noc")
    assert watch.tick() == [("lnbInterAppFailed", "interapp/poll-now", True)]
    assert watch.watcher.check("lnbAlarmAcknowledged", instance, value=True) == 11


def test_an_acknowledgement_of_what_lasts_outlives_a_restart(tmp_path: Path) -> None:
    first = Watch(tmp_path)
    first.read(Scenery())
    alarm = first.watcher.view().alarms[0]
    first.watcher.acknowledge(alarm.index, "noc")
    assert first.tick() == []
    first.stop()
    assert Watch(tmp_path).watcher.view().alarms[0].acknowledged


def test_an_alarm_that_is_not_active_cannot_be_acknowledged(watch: Watch) -> None:
    with pytest.raises(LookupError, match="no alarm 99 is active"):
        watch.watcher.acknowledge(99, "noc")


def test_only_true_can_be_set_where_setting_is_a_command(watch: Watch) -> None:
    alarm = view(watch).alarms[0]
    assert watch.watcher.check("lnbAlarmAcknowledged", (SITE.index, alarm.index), value=False) == 10
    assert watch.watcher.check("lnbAlarmResync", (0,), value=False) == 10
    assert watch.watcher.check("lnbAlarmTest", (0,), value="anything") == 0


def test_what_happened_once_keeps_its_age_over_a_restart(tmp_path: Path) -> None:
    first = Watch(tmp_path)
    first.watcher.happened(failed())
    first.tick()
    first.stop()
    second = Watch(tmp_path, at_s=3000)
    assert second.tick() == []
    assert second.tick(after_s=700) == [("lnbInterAppFailed", "interapp/poll-now", True)]


def test_a_resync_repeats_every_active_alarm_once_between_its_brackets(watch: Watch) -> None:
    watch.watcher.assign("lnbAlarmResync", (0,), value=True, who="noc")
    assert view(watch).resyncing
    before = view(watch).sequence
    sent = [name for name, _, _ in watch.tick()]
    assert (sent[0], sent[-1]) == ("lnbResyncStarted", "lnbResyncEnded")
    assert len(sent) == len(view(watch).alarms) + 2
    assert [one.sequence for one in watch.notices] == [before + 1, *[0] * (len(sent) - 2), before + 2]
    assert not view(watch).resyncing
    assert watch.tick() == []


def test_a_receiver_that_comes_back_can_be_given_every_active_alarm(watch: Watch) -> None:
    notices = watch.watcher.active_notices()
    assert {one.identity for one in notices} == {"|".join(alarm.identity) for alarm in view(watch).alarms}
    assert {one.sequence for one in notices} == {0}


def test_what_was_written_and_may_not_have_left_can_be_had_again_after_a_restart(watch: Watch, tmp_path: Path) -> None:
    acknowledged = view(watch).sequence
    watch.watcher.happened(failed())
    watch.watcher.test("hello")
    watch.tick()
    watch.stop()
    again = Watch(tmp_path)
    assert again.watcher.since(acknowledged) == tuple(watch.notices)
    assert again.watcher.since(view(again).sequence) == ()
    assert len(again.watcher.since(0)) == len(view(again).log)


def test_a_test_is_sent_once_with_its_text(watch: Watch) -> None:
    watch.watcher.assign("lnbAlarmTest", (0,), "hello", watch.now)
    assert [name for name, _, _ in watch.tick()] == ["lnbTest"]
    assert b"hello" in b"".join(watch.notices[-1].varbinds)
    assert view(watch).test_text == "hello"
    assert watch.tick() == []


def test_a_heartbeat_comes_at_its_interval_and_is_not_logged(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings({"heartbeat_s": 60}, devices=()))
    watch.tick()
    logged = len(view(watch).log)
    assert [watch.tick(after_s=30) for _ in range(4)] == [
        [], [("lnbHeartbeat", "", False)], [], [("lnbHeartbeat", "", False)],
    ]  # fmt: skip
    assert len(view(watch).log) == logged
    assert told(watch.watcher.heartbeat()) == ("lnbHeartbeat", "", False)
    assert watch.watcher.sequence == view(watch).sequence == logged


def test_a_storm_is_told_once_and_a_resync_follows_it(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings({"storm": {"count": 5, "quiet_s": 30}}, devices=()))
    watch.tick()
    for number in range(40):
        watch.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
    sent = [name for name, _, _ in watch.tick()]
    assert sent == ["lnbInterAppFailed"] * 5 + ["lnbStormStarted"]
    assert view(watch).storms.keys() == {"interAppFailed"}
    assert watch.tick() == []
    watch.watcher.happened(MessageSucceeded("kind-3", ""))
    assert watch.tick() == []
    after = [name for name, _, _ in watch.tick(after_s=30)]
    assert after == ["lnbStormEnded", "lnbResyncStarted", *["lnbInterAppFailed"] * 39, "lnbResyncEnded"]
    assert ("lnbInterAppFailed", "interapp/kind-3", False) not in [told(one) for one in watch.notices[7:]]


def test_no_resync_can_be_asked_for_in_a_storm_since_one_follows(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings({"storm": {"count": 1000, "total_count": 5}}, devices=()))
    for number in range(10):
        watch.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
    watch.tick()
    assert watch.watcher.check("lnbAlarmResync", (0,), value=True) == 12
    assert watch.watcher.resync() == 0


def test_a_resync_that_was_asked_for_just_before_a_storm_waits_for_its_end(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings({"storm": {"count": 5, "quiet_s": 30}}, devices=()))
    watch.watcher.resync()
    for number in range(10):
        watch.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
    assert "lnbResyncStarted" not in [name for name, _, _ in watch.tick()]
    after = [name for name, _, _ in watch.tick(after_s=30)]
    assert after == ["lnbStormEnded", "lnbResyncStarted", *["lnbInterAppFailed"] * 10, "lnbResyncEnded"]


def test_the_log_keeps_its_limits_of_count_and_age(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings({"log_max_count": 3, "log_keep_minutes": 10}, devices=()))
    for number in range(5):
        watch.watcher.test(str(number))
        watch.tick()
    assert [entry.value for entry in view(watch).log] == ["2", "3", "4"]
    assert view(watch).bumped == 3
    watch.tick(after_s=601)
    assert view(watch).log == ()
    assert view(watch).bumped == 3


def test_lowering_the_limit_of_the_log_drops_the_oldest_at_once_and_on_disk(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings(devices=()))
    for number in range(5):
        watch.watcher.test(str(number))
        watch.tick()
    watch.watcher.reconfigure(settings({"log_max_count": 2}, devices=()), watch.now)
    assert [entry.value for entry in view(watch).log] == ["3", "4"]
    watch.tick()
    watch.stop()
    again = Watch(tmp_path, settings(devices=()))
    assert [entry.value for entry in view(again).log] == ["3", "4"]
    assert view(again).bumped == view(watch).bumped == 4


def test_a_step_back_of_the_wall_clock_holds_up_nothing(watch: Watch) -> None:
    watch.watcher.happened(failed())
    watch.tick()
    watch.seconds += 4000
    watch.watcher.tick(replace(watch.now, wall=watch.now.wall.replace(year=2001)))
    assert told(watch.notices[-1]) == ("lnbInterAppFailed", "interapp/poll-now", True)


class FullDisk:
    """A store that can be full."""

    def __init__(self, store: object) -> None:
        self.store = store
        self.full = False
        self.order: list[str] = []

    def load(self, now: object) -> Kept:
        return self.store.load(now)  # type: ignore[attr-defined, no-any-return]

    def save(self, change: Change) -> None:
        self._check()
        self.store.save(change)  # type: ignore[attr-defined]

    def save_all(self, kept: Kept) -> None:
        self._check()
        self.store.save_all(kept)  # type: ignore[attr-defined]

    def _check(self) -> None:
        self.order.append("written")
        if self.full:
            raise HostError("cannot write state.db: database or disk is full")


@pytest.fixture
def disk(watch: Watch) -> FullDisk:
    disk = FullDisk(watch.store)
    watch.watcher._around = replace(
        watch.watcher._around, store=disk, send=lambda one: (disk.order.append("sent"), watch.notices.append(one))
    )
    return disk


def timeless(watch: Watch) -> list[Alarm]:
    """The active alarms without what is monotonic time of one process."""
    return [replace(alarm, ends_s=None) for alarm in view(watch).alarms]


def test_what_is_sent_was_written_before(watch: Watch, disk: FullDisk) -> None:
    watch.watcher.happened(failed())
    watch.tick()
    assert disk.order == ["written", "sent"]


def test_with_a_full_disk_alarms_go_on_say_so_and_are_written_when_there_is_room(
    watch: Watch, disk: FullDisk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    disk.full = True
    watch.watcher.happened(failed())
    assert watch.tick() == [("lnbInterAppFailed", "interapp/poll-now", False)]
    assert watch.tick() == [("lnbStateNotWritten", "state", False)]
    assert "alarms-not-kept" in caplog.text
    disk.full = False
    watch.tick(after_s=5)
    assert watch.tick() == [("lnbStateNotWritten", "state", True)]
    assert "alarms-kept-again" in caplog.text
    watch.stop()
    again = Watch(tmp_path)
    assert timeless(again) == timeless(watch)
    assert view(again).sequence == view(watch).sequence
    assert view(again).log == view(watch).log


def test_five_thousand_alarms_in_ten_seconds_cost_one_transaction_a_tick(tmp_path: Path) -> None:
    what = settings({"storm": {"count": 10_000, "total_count": 100_000}, "log_max_count": 10_000}, devices=())
    watch = Watch(tmp_path, what)
    disk = FullDisk(watch.store)
    watch.watcher._around = replace(watch.watcher._around, store=disk)
    watch.tick()
    for second in range(10):
        for number in range(500):
            watch.watcher.happened(MessageFailed(number, f"kind-{second}-{number}", "", "timeout"))
        watch.tick()
    assert len(view(watch).alarms) == 5000
    assert [one.sequence for one in watch.notices] == list(range(1, 5002))
    assert disk.order == ["written"] * 11
    watch.stop()
    assert len(view(Watch(tmp_path, what)).alarms) == 5000


def test_five_thousand_alarms_with_the_usual_limits_are_a_storm_and_all_in_the_table(tmp_path: Path) -> None:
    watch = Watch(tmp_path, settings(devices=()))
    for number in range(5000):
        watch.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
    watch.tick()
    sent = Counter(told(one)[0] for one in watch.notices)
    assert sent == {"lnbInterAppFailed": 50, "lnbStormStarted": 2, "lnbReady": 1}
    assert len(view(watch).alarms) == 5000


def test_the_version_rises_with_what_is_shown_only(watch: Watch) -> None:
    before = watch.watcher.version
    watch.tick()
    assert watch.watcher.version == before
    watch.watcher.happened(failed())
    watch.tick()
    assert watch.watcher.version > before


def test_what_is_known_of_strangers_is_passed_over(watch: Watch) -> None:
    device = Scenery()
    device.faults.set("antenna-fault")
    watch.watcher.device_read("nobody", device.facts(), UP)
    assert watch.tick() == []
