"""One step of the alarm table: findings in, transitions out.

    condition true  for raise_after_s without interruption → raise
    condition false for clear_after_s without interruption → clear
    unknown → neither; what has waited so far begins anew
    resource not there any more for vanished_after_s, type switched off, device removed → clear

What happened once (a reboot) is raised at once, changes each time it happens again, and is cleared by
acknowledgement, by the opposite event, or when it is `clear_after_s` old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.model.alarm.facts import Instant
from agent.model.alarm.finding import Condition, Finding, Identity, Look
from agent.model.alarm.table import Alarm, AlarmTable, News, Transition, Waiting, following


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the table waits, whatever the rule.

    Attributes:
        vanished_after_s: how long a resource must be gone before its alarms are cleared.
        flapping_count: raises within `flapping_within_s` from which on an alarm flaps: it is then cleared only after
            `flapping_hold_s` without its condition.
    """

    vanished_after_s: float = 300
    flapping_count: int = 5
    flapping_within_s: float = 600
    flapping_hold_s: float = 600


_USUAL = Patience()


def step(
    table: AlarmTable, looks: Iterable[Look], now: Instant, patience: Patience = _USUAL
) -> tuple[AlarmTable, tuple[Transition, ...]]:
    """The table after these looks, and after what time alone has brought (no looks: only that)."""
    draft = _Draft(table, now, patience)
    for look in looks:
        draft.take(look)
    draft.ripen()
    return draft.table(), tuple(draft.transitions)


def acknowledge(table: AlarmTable, identity: Identity, now: Instant) -> tuple[AlarmTable, tuple[Transition, ...]]:
    """The table with one alarm acknowledged; what happened once is over with that."""
    alarm = table.active.get(identity)
    if alarm is None:
        return table, ()
    draft = _Draft(table, now, _USUAL)
    draft.active[identity] = replace(alarm, acknowledged=True, changed=now.wall)
    if alarm.lasts_s is not None:
        draft.clear(identity)
    return draft.table(), tuple(draft.transitions)


class _Draft:
    """A table being written; nothing of it is seen outside before it is done."""

    def __init__(self, table: AlarmTable, now: Instant, patience: Patience) -> None:
        self.active = dict(table.active)
        self.raising = dict(table.raising)
        self.clearing = dict(table.clearing)
        self.unseen_s = dict(table.unseen_s)
        self.raised_s = dict(table.raised_s)
        self.last_index = table.last_index
        self.transitions: list[Transition] = []
        self._sequence = table.sequence
        self._now = now
        self._patience = patience

    def table(self) -> AlarmTable:
        return AlarmTable(
            self.active, self.last_index, self._sequence, self.raising, self.clearing, self.unseen_s, self.raised_s
        )

    def take(self, look: Look) -> None:
        for finding in look.findings:
            self._find(finding)
        if look.whole or look.unknown or look.retired:
            self._absent(look, {finding.identity for finding in look.findings})

    def ripen(self) -> None:
        """What is due by now."""
        seconds = self._now.seconds
        for waiting in [one for one in self.raising.values() if one.due_s <= seconds]:
            self._raise(waiting.finding)
        for identity in [key for key, one in self.clearing.items() if one.due_s <= seconds]:
            self.clear(identity)
        over = [one.identity for one in self.active.values() if one.ends_s is not None and one.ends_s <= seconds]
        for identity in over:
            self.clear(identity)
        oldest = seconds - self._patience.flapping_within_s
        self.raised_s = {key: times for key, times in self.raised_s.items() if times[-1] > oldest}

    def _find(self, finding: Finding) -> None:
        identity = finding.identity
        self.unseen_s.pop(identity, None)
        if finding.condition is Condition.SAME:
            return
        if finding.condition is not Condition.TRUE:
            self.raising.pop(identity, None)
        if finding.condition is not Condition.FALSE:
            self.clearing.pop(identity, None)
        if finding.condition is Condition.TRUE:
            self._is_true(finding)
        elif finding.condition is Condition.FALSE and identity in self.active:
            self._is_false(finding)

    def _is_true(self, finding: Finding) -> None:
        alarm = self.active.get(finding.identity)
        if alarm is not None:
            self._again(alarm, finding)
        elif finding.raise_after_s <= 0 or finding.once:
            self._raise(finding)
        else:
            before = self.raising.get(finding.identity)
            since_s = before.since_s if before else self._now.seconds
            self.raising[finding.identity] = Waiting(finding, since_s, since_s + finding.raise_after_s)

    def _again(self, alarm: Alarm, finding: Finding) -> None:
        after = replace(
            alarm,
            site=finding.site,
            severity=finding.severity,
            text=finding.text,
            value=finding.value,
            object_name=finding.object_name,
            key=finding.key,
        )
        if finding.once:
            after = replace(after, count=alarm.count + 1, lasts_s=finding.clear_after_s, ends_s=self._end_s(finding))
        if not finding.once and (after.severity, after.text) == (alarm.severity, alarm.text):
            self.active[alarm.identity] = after
            return
        after = replace(after, changed=self._now.wall, acknowledged=False)
        self.active[alarm.identity] = after
        self.transitions.append(Transition(News.CHANGE, after))

    def _is_false(self, finding: Finding) -> None:
        alarm = self.active[finding.identity]
        self.active[finding.identity] = alarm = replace(alarm, value=finding.value)
        hold_s = 0.0 if finding.once else finding.clear_after_s
        if self._flaps(finding.identity):
            hold_s = max(hold_s, self._patience.flapping_hold_s)
        if hold_s <= 0:
            self.clear(finding.identity)
            return
        before = self.clearing.get(finding.identity)
        since_s = before.since_s if before else self._now.seconds
        self.clearing[finding.identity] = Waiting(finding, since_s, since_s + hold_s)

    def _flaps(self, identity: Identity) -> bool:
        times = self.raised_s.get(identity, ())
        if len(times) < self._patience.flapping_count:
            return False
        return times[0] > self._now.seconds - self._patience.flapping_within_s

    def _raise(self, finding: Finding) -> None:
        identity = finding.identity
        self.raising.pop(identity, None)
        times = (*self.raised_s.get(identity, ()), self._now.seconds)
        self.raised_s[identity] = times[-self._patience.flapping_count :]
        self.last_index = following(self.last_index)
        alarm = Alarm(
            index=self.last_index,
            site=finding.site,
            resource=finding.resource,
            alarm_type=finding.alarm_type,
            severity=finding.severity,
            text=finding.text,
            value=finding.value,
            raised=self._now.wall,
            changed=self._now.wall,
            object_name=finding.object_name,
            key=finding.key,
            flapping=self._flaps(identity),
            lasts_s=finding.clear_after_s if finding.once else None,
            ends_s=self._end_s(finding) if finding.once else None,
        )
        self.active[identity] = alarm
        self.transitions.append(Transition(News.RAISE, alarm))

    def _end_s(self, finding: Finding) -> float:
        return self._now.seconds + finding.clear_after_s

    def clear(self, identity: Identity, why: str = "") -> None:
        for waiting in (self.raising, self.clearing):
            waiting.pop(identity, None)
        self.unseen_s.pop(identity, None)
        alarm = self.active.pop(identity)
        text = f"{alarm.text} ({why})" if why else alarm.text
        self.transitions.append(Transition(News.CLEAR, replace(alarm, cleared=True, text=text, changed=self._now.wall)))

    def _absent(self, look: Look, seen: set[Identity]) -> None:
        """Alarms of types that were looked at as a whole, and whose resource was not among them."""
        name = look.site.name
        silent = look.unknown | look.retired
        for waiting in (self.raising, self.clearing):
            gone = [key for key in waiting if key[0] == name and (key[2] in silent or self._is_gone(key, look, seen))]
            for key in gone:
                del waiting[key]
        for identity, alarm in list(self.active.items()):
            if identity[0] != name:
                continue
            if identity[2] in look.retired:
                self.clear(identity, "no longer watched")
            elif self._is_gone(identity, look, seen) and alarm.lasts_s is None:
                since_s = self.unseen_s.setdefault(identity, self._now.seconds)
                if self._now.seconds - since_s >= self._patience.vanished_after_s:
                    self.clear(identity, "no longer there")

    @staticmethod
    def _is_gone(identity: Identity, look: Look, seen: set[Identity]) -> bool:
        return identity[2] in look.whole and identity not in seen
