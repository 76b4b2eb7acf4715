"""The watcher: what was seen becomes alarms, alarms become notifications; written first, then sent.

Everything that is seen is taken in at once and worked off by `tick`, all of it in one step and one transaction, so
that thousands of changes cost one write. All methods are called in one thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from agent.errors import HostError
from agent.mib.declaration import Module, Notification
from agent.mib.groups.alarm import (
    HEARTBEAT,
    READY,
    RESYNC_ENDED,
    RESYNC_STARTED,
    STORM_ENDED,
    STORM_STARTED,
    TEST,
    AlarmView,
    alarm_instance,
)
from agent.mib.host.vendor import notifications as vendor
from agent.mib.writing import WRONG_VALUE
from agent.model.alarm.catalogue import forgotten, happened, look_at
from agent.model.alarm.events import Event, StateSetAside, StateWriting
from agent.model.alarm.facts import Facts, Instant, Key, Scene
from agent.model.alarm.finding import Identity, Look
from agent.model.alarm.step import acknowledge, step
from agent.model.alarm.storm import Ended, Started, Told, Weather, weathered
from agent.model.alarm.table import Alarm, AlarmTable, Transition, following
from agent.model.health import DeviceState, Health
from agent.service.alarmstate import Change, Kept, Numbers
from agent.service.notifylog import Logged, NotifyLog
from agent.service.watched import Watched
from agent.wire.notice import Notice, Wording
from agent.wire.notices import Notices, logged_agent, logged_alarm
from agent.wire.vendorwords import wording, wording_of_alarm

log = logging.getLogger(__name__)

NO_CREATION, INCONSISTENT_VALUE = 11, 12

RETRY_S: Final = 5.0
"""How often writing is tried anew while the disk does not take it and nothing happens."""


class Store(Protocol):
    """Where alarms are kept."""

    def load(self, now: datetime) -> Kept:
        """What was kept."""

    def save(self, change: Change) -> None:
        """Write what changed."""

    def save_all(self, kept: Kept) -> None:
        """Write everything."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a watcher works with.

    Attributes:
        module: the MIB, for OIDs.
        send: takes each notice, in order; must neither block nor raise.
        uptime_ticks: sysUpTime now, hundredths of a second.
        system_name: sysName of the agent.
    """

    module: Module
    store: Store
    send: Callable[[Notice], None]
    uptime_ticks: Callable[[], int]
    system_name: Callable[[], str] = lambda: ""


class Watcher:
    """The alarms of a fleet.

    Attributes:
        version: rises whenever `view` shows something else.
    """

    def __init__(self, around: Surroundings, what: Watched, now: Instant, set_aside: str = "") -> None:
        """Go on with what was kept.

        Args:
            around: what the watcher works with.
            what: what is watched.
            now: the moment of the start.
            set_aside: where a corrupt state file was put, if there was one.

        Raises:
            HostError: what was kept cannot be read.
        """
        self.version = 0
        self._around = around
        self._what = what
        self._notices = Notices(around.module)
        kept = around.store.load(now.wall)
        active = {alarm.identity: _resumed(alarm, now) for alarm in kept.alarms}
        self._table = AlarmTable(active, kept.numbers.last_index, kept.numbers.sequence)
        self._log = NotifyLog(kept.log, kept.numbers.bumped)
        self._changed = max((alarm.changed for alarm in kept.alarms), default=None)
        self._weather = Weather()
        self._before: dict[str, Facts] = {}
        self._unread = set(what.sites)
        self._faults: set[tuple[str, str]] = set()
        self._looks: list[Look] = []
        self._events: list[Event] = [StateSetAside(set_aside)] if set_aside else []
        self._acknowledged: list[Identity] = []
        self._heartbeat_s = now.seconds + what.settings.heartbeat_s
        self._is_ready = self._resync_wanted = self._test_wanted = self._is_behind = False
        self._has_lost_alarms = bool(set_aside)
        self._retry_s = 0.0
        self._test_text = ""
        self._looks += forgotten(kept.alarms)
        self._end_what_is_not_watched()

    def reconfigure(self, what: Watched, now: Instant) -> None:
        """Watch other devices, or otherwise; alarms of devices that are gone end with the next tick."""
        self._what = what
        self._unread &= set(what.sites)
        self._before = {name: facts for name, facts in self._before.items() if name in what.sites}
        self._heartbeat_s = now.seconds + what.settings.heartbeat_s
        self._end_what_is_not_watched()
        self._log.trim(what.settings, now.wall)
        self.version += 1

    def _end_what_is_not_watched(self) -> None:
        """Alarms of devices that are not configured (any more), and of rules that are switched off, end."""
        for alarm in self._table.active.values():
            name = alarm.site.name
            is_stranger = bool(name) and name not in self._what.sites
            if is_stranger or not self._what.rules(name)(alarm.alarm_type).enabled:
                self._looks.append(Look(alarm.site, retired=frozenset({alarm.alarm_type})))

    def device_read(self, name: str, facts: Facts, health: Health) -> None:
        """A poll of a device ended, or it was decided not to poll it: what is known of it now."""
        site = self._what.sites.get(name)
        if site is None:
            return
        scene = Scene(site, health, facts, self._before.get(name))
        look = look_at(scene, self._what.rules(name))
        for alarm_type, problem in look.faults:
            if (name, alarm_type) not in self._faults:
                self._faults.add((name, alarm_type))
                log.error("alarm-rule-failed device=%s type=%s problem=%s", name, alarm_type, problem)
        self._looks.append(look)
        if health.state is DeviceState.UP:
            self._before[name] = facts
        self._unread.discard(name)

    def happened(self, event: Event) -> None:
        """Something happened within the agent."""
        self._events.append(event)

    def tick(self, now: Instant) -> None:
        """Work off what was taken in, and what time has brought; write it; send the notices.

        To be called about once a second, and soon after anything was taken in.
        """
        looks = [*happened(self._events, self._what.sites, self._what.rules), *self._looks]
        self._events, self._looks = [], []
        settings, before = self._what.settings, self._table.active
        over = self._take_acknowledged(now)
        self._table, transitions = step(self._table, looks, now, settings.patience)
        transitions = (*over, *transitions)
        self._weather, told = weathered(self._weather, transitions, now, settings.storm_limits)
        if transitions:
            self._changed = now.wall
        notices = [self._tell(one, now) for one in told]
        notices += self._other_notices(now, told)
        self._log.trim(settings, now.wall)
        if transitions or notices or self._table.active != before:
            self.version += 1
        self._write(transitions, now)
        for notice in notices:
            self._around.send(notice)

    def _take_acknowledged(self, now: Instant) -> tuple[Transition, ...]:
        transitions: tuple[Transition, ...] = ()
        for identity in self._acknowledged:
            self._table, over = acknowledge(self._table, identity, now)
            transitions += over
        return transitions

    def _other_notices(self, now: Instant, told: Iterable[Told]) -> Iterator[Notice]:
        """What is due beside the alarms' own news."""
        if any(isinstance(one, Ended) for one in told) and not self._weather.storms:
            self._resync_wanted = True
        if not self._is_ready and not self._unread:
            self._is_ready = True
            self._resync_wanted = self._resync_wanted or self._has_lost_alarms
            yield self._numbered(READY, now, self.view(), "Agent is ready")
        if self._resync_wanted and not self._weather.storms:
            self._resync_wanted = False
            yield from self._resync(now)
        if self._test_wanted:
            self._test_wanted = False
            yield self._numbered(TEST, now, self.view(), "Test", self._test_text)
        interval_s = self._what.settings.heartbeat_s
        if interval_s and now.seconds >= self._heartbeat_s:
            self._heartbeat_s = now.seconds + interval_s
            yield self.heartbeat()

    def _tell(self, told: Told, now: Instant) -> Notice:
        if isinstance(told, Transition):
            return self._tell_alarm(told.alarm, now)
        kind = STORM_STARTED if isinstance(told, Started) else STORM_ENDED
        storm = told.storm
        view = replace(self.view(), storms={storm.alarm_type: storm})
        return self._numbered(kind, now, view, f"Storm of {storm.alarm_type}", f"{storm.held_back} held back")

    def _tell_alarm(self, alarm: Alarm, now: Instant) -> Notice:
        """The numbered, logged notice about an alarm; the alarm, where it is still the active one, gets the number."""
        alarm = replace(alarm, sequence=self._next_sequence(), repeat=False)
        current = self._table.active.get(alarm.identity)
        if current is not None and current.index == alarm.index:
            self._set_alarm(replace(current, sequence=alarm.sequence, repeat=False))
        notice = self._notices.of_alarm(alarm, self._bare_view(), self._around.uptime_ticks(), self._in_vendors(alarm))
        self._log.add(Logged(logged_alarm(alarm, now.wall), notice))
        log.info(
            "alarm-%s sequence=%d alarm=%d type=%s severity=%s device=%s resource=%r value=%r",
            "cleared" if alarm.cleared else "active", alarm.sequence, alarm.index, alarm.alarm_type,
            alarm.severity.name.lower(), alarm.site.name, alarm.resource, alarm.value,
        )  # fmt: skip
        return notice

    def _in_vendors(self, alarm: Alarm) -> Wording | None:
        """The alarm in the words of the vendor's MIB."""
        name = alarm.site.name
        return wording_of_alarm(alarm, self._before.get(name), self._what.rules(name))

    def _in_vendors_test(self, text: str) -> Wording:
        return wording(vendor.TEST, text or "Test notification", self._around.system_name())

    def _numbered(self, kind: Notification, now: Instant, view: AlarmView, text: str, value: str = "") -> Notice:
        sequence = self._next_sequence()
        other = self._in_vendors_test(value) if kind is TEST else None
        view = replace(view, sequence=sequence)
        notice = self._notices.of_agent(kind, view, self._around.uptime_ticks(), other=other)
        self._log.add(Logged(logged_agent(kind, sequence, now.wall, text, value), notice))
        log.info("notification name=%s sequence=%d text=%r value=%r", kind.name, sequence, text, value)
        return notice

    def _next_sequence(self) -> int:
        self._table = replace(self._table, sequence=following(self._table.sequence))
        return self._table.sequence

    def _set_alarm(self, alarm: Alarm) -> None:
        # The table of this tick is nobody else's yet; one that was handed out is never written to.
        assert isinstance(self._table.active, dict)  # noqa: S101 - as `step` makes it
        self._table.active[alarm.identity] = alarm

    def _resync(self, now: Instant) -> Iterator[Notice]:
        view = self.view()
        yield self._numbered(RESYNC_STARTED, now, view, "Resync", f"{view.active()} active")
        yield from self.active_notices()
        yield self._numbered(RESYNC_ENDED, now, view, "Resync", f"{view.active()} active")

    def heartbeat(self) -> Notice:
        """A heartbeat as of now; not numbered."""
        other = wording(vendor.HEARTBEAT, "Heartbeat", self._around.system_name())
        return self._notices.of_agent(HEARTBEAT, self.view(), self._around.uptime_ticks(), numbered=False, other=other)

    @property
    def sequence(self) -> int:
        """Number of the notification that was decided on last."""
        return self._table.sequence

    def active_notices(self) -> tuple[Notice, ...]:
        """A notice about every active alarm, marked as repeat; for receivers that come back, too."""
        view, ticks = self._bare_view(), self._around.uptime_ticks()
        repeats = (replace(alarm, repeat=True) for alarm in self._alarms())
        return tuple(self._notices.of_alarm(alarm, view, ticks, self._in_vendors(alarm)) for alarm in repeats)

    def since(self, sequence: int) -> tuple[Notice, ...]:
        """The notices behind a number, oldest first, as far as the log goes back.

        For who sends them: what was decided on and written before the agent was killed may not have left.
        """
        return self._log.since(sequence)

    def _alarms(self) -> tuple[Alarm, ...]:
        return tuple(sorted(self._table.active.values(), key=lambda alarm: alarm.index))

    @property
    def logged(self) -> tuple[Logged, ...]:
        """The notification log, oldest first."""
        return self._log.logged

    def view(self) -> AlarmView:
        """What the MIB group shows."""
        return replace(
            self._bare_view(),
            alarms=self._alarms(),
            log=self._log.entries,
            bumped=self._log.bumped,
            changed=self._changed,
            storms=self._weather.storms,
            resyncing=self._resync_wanted,
            test_text=self._test_text,
        )

    def _bare_view(self) -> AlarmView:
        """The view without its rows: enough for the varbinds of one alarm."""
        settings = self._what.settings
        return AlarmView(settings, settings.rules.rule, self._notices.locate, sequence=self._table.sequence)

    def _write(self, transitions: Iterable[Transition], now: Instant) -> None:
        """On disk before anything is sent; where that fails everything goes on, is written later, and is said."""
        changed = {one.alarm.identity for one in transitions}.union(self._acknowledged)
        self._acknowledged = []
        added, dropped = self._log.take_changes()
        if not (changed or added or dropped or (self._is_behind and now.seconds >= self._retry_s)):
            return
        active = self._table.active
        numbers = Numbers(self._table.last_index, self._table.sequence, self._log.bumped)
        store = self._around.store
        try:
            if self._is_behind:
                store.save_all(Kept(self._alarms(), self._log.logged, numbers))
            else:
                alarms = tuple(active[identity] for identity in changed if identity in active)
                store.save(Change(numbers, alarms, tuple(changed - active.keys()), added, dropped))
        except HostError as problem:
            self._retry_s = now.seconds + RETRY_S
            if not self._is_behind:
                log.error("alarms-not-kept problem=%s: they go on in memory", problem)
                self._events.append(StateWriting(written=False, problem=str(problem)))
            self._is_behind = True
        else:
            if self._is_behind:
                log.warning("alarms-kept-again active=%d", len(active))
                self._events.append(StateWriting(written=True))
            self._is_behind = False

    def acknowledge(self, index: int, who: str) -> None:
        """Acknowledge an active alarm with the next tick. What happened once is over with that.

        Raises:
            LookupError: no alarm of that number is active.
        """
        alarm = self._table.by_index(index)
        if alarm is None:
            raise LookupError(f"no alarm {index} is active")
        log.info("alarm-acknowledged alarm=%d by=%s", index, who)
        self._acknowledged.append(alarm.identity)

    def resync(self) -> int:
        """Have every active alarm sent once more with the next tick; how many. A storm allows none: one follows it."""
        if self._weather.storms:
            return 0
        self._resync_wanted = True
        self.version += 1
        return len(self._table.active)

    def test(self, text: str) -> None:
        """Have a test notification sent with the next tick."""
        self._test_text, self._test_wanted = text, True
        self.version += 1

    def test_notice(self, text: str) -> Notice:
        """A test notification for one receiver alone; not numbered."""
        view = replace(self.view(), test_text=text)
        other = self._in_vendors_test(text)
        return self._notices.of_agent(TEST, view, self._around.uptime_ticks(), numbered=False, other=other)

    def check(self, name: str, instance: Key, value: Any) -> int:
        """Whether a manager may set an object of the alarm group: an error status of RFC 3416, 0 when it may."""
        if name == "lnbAlarmAcknowledged" and self._at(instance) is None:
            return NO_CREATION
        if name in ("lnbAlarmAcknowledged", "lnbAlarmResync") and value is not True:
            return WRONG_VALUE
        if name == "lnbAlarmResync" and self._weather.storms:
            return INCONSISTENT_VALUE
        return 0

    def assign(self, name: str, instance: Key, value: Any, who: str) -> None:
        """What a manager set takes effect; the log's limits are settings and come by `reconfigure`."""
        if name == "lnbAlarmAcknowledged":
            alarm = self._at(instance)
            if alarm is not None:
                self.acknowledge(alarm.index, who)
        elif name == "lnbAlarmResync":
            self.resync()
        elif name == "lnbAlarmTest":
            self.test(str(value))

    def _at(self, instance: Key) -> Alarm | None:
        found = (alarm for alarm in self._table.active.values() if alarm_instance(alarm) == instance)
        return next(found, None)


def _resumed(alarm: Alarm, now: Instant) -> Alarm:
    """An alarm kept by another process; how long a thing that happened once stays is told from the wall clock."""
    if alarm.lasts_s is None:
        return alarm
    age_s = (now.wall - alarm.changed).total_seconds()
    left_s = min(max(alarm.lasts_s - age_s, 0.0), alarm.lasts_s)
    return replace(alarm, ends_s=now.seconds + left_s)
