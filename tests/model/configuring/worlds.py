"""Devices as values, and a transaction driven over them with the faults of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from agent.model.alarm.facts import Instant
from agent.model.configuring import Edit, EditState, Fact, State, Target, Transaction, Verdict
from agent.model.configuring.candidate import opened, with_edit
from agent.model.configuring.happening import Asked, Event, Look, Put, Restore, Restored, Seen, Todo, Write, Wrote
from agent.model.configuring.step import is_of_others, step
from agent.model.configuring.transaction import same
from agent.model.document import MISSING, Json

WALL = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
OWNER = "snmp:noc@192.0.2.1"


def instant(seconds: float = 0.0) -> Instant:
    return Instant(WALL + timedelta(seconds=seconds), 1000.0 + seconds)


def target(device: str, number: int, owner: str = "configuration/ntp") -> Target:
    return Target(device, "lnbThing", (1, number), f"{owner}/value{number}")


def edit(index: int, where: Target, wanted: Json) -> Edit:
    return Edit(index, where, str(wanted), wanted, EditState.PENDING)


def transaction(*edits: Edit, at: Instant | None = None, lease_s: float = 600, confirm_s: float = 120) -> Transaction:
    at = at or instant()
    made = opened(1, OWNER, 0, at, lease_s, confirm_s)
    for one in edits:
        made = with_edit(made, one, one.index, OWNER, at)
    return made


class Killed(BaseException):
    """The agent ends here."""


Fault = str
"""One of: "", refused, dead, lost, dark, rounds, overrun, liar."""


@dataclass
class World:
    """What devices hold.

    Attributes:
        values: by target.
        fault: what goes wrong with the next thing that is done, by its kind (look, write, restore) and device.
    """

    values: dict[Target, Json]
    fault: Callable[[str, str], Fault] = lambda kind, device: ""
    done: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)

    def do(self, todo: Todo) -> Event:
        kind = type(todo).__name__.lower()
        fault = self.fault(kind, todo.device)
        self.done.append((kind, todo.device, tuple(edit.index for edit in todo.edits)))
        if isinstance(todo, Look):
            if fault:
                return Seen(todo.device, problem=f"{fault} while it was read")
            return Seen(todo.device, {one.index: self.values[one.target] for one in todo.edits if one.target})
        if isinstance(todo, Write):
            return Wrote(tuple(self._puts(todo.edits, fault, lambda one: one.wanted)))
        assert isinstance(todo, Restore)
        if fault == "dead":
            return Restored(problem="dead")
        alone, back, puts = [], [], []
        for one in todo.edits:
            assert one.target is not None
            found = self.values[one.target]
            if same(found, one.old):
                puts.append(Put(one.index, Verdict.WRITTEN, before=found, after=found))
            elif is_of_others(one, found):
                alone.append(Put(one.index, Verdict.REFUSED, after=found))
            else:
                back.append(one)
        return Restored((*puts, *self._puts(back, fault, lambda one: one.old)), tuple(alone))

    def _puts(self, edits: Iterable[Edit], fault: Fault, value: Callable[[Edit], object]) -> Iterable[Put]:
        for one in edits:
            assert one.target is not None
            if fault == "overrun":
                self.values[one.target] = "theirs"
            before, wanted = self.values[one.target], value(one)
            assert wanted is not MISSING
            if fault == "refused":
                yield Put(one.index, Verdict.REFUSED, "refused", before, before)
            elif fault == "liar":  # 500, and it took it
                self.values[one.target] = wanted
                yield Put(one.index, Verdict.REFUSED, "500", before, self.values[one.target])
            elif fault == "dead":
                yield Put(one.index, Verdict.UNREACHABLE, "dead")
            elif fault == "lost":  # it took effect, and that cannot be seen
                self.values[one.target] = wanted
                yield Put(one.index, Verdict.UNKNOWN, "the answer was lost", before)
            elif fault == "dark":  # it did not take effect, and that cannot be seen
                yield Put(one.index, Verdict.UNKNOWN, "the answer was lost", before)
            elif fault == "rounds":
                self.values[one.target] = f"about {wanted}"
                yield Put(one.index, Verdict.DIFFERS, "it says something else", before, self.values[one.target])
            else:
                self.values[one.target] = wanted
                yield Put(one.index, Verdict.WRITTEN, "", before, self.values[one.target])


@dataclass
class Run:
    """A transaction on its way, and what was written down of it.

    Attributes:
        keep: is called with each step before it is taken; raises Killed to end the agent there.
    """

    kept: Transaction
    world: World
    keep: Callable[[Transaction], None] = lambda transaction: None
    seconds: float = 0.0
    facts: list[Fact] = field(default_factory=list)

    def happen(self, event: Event) -> Transaction:
        """An event, and all that follows from it by itself."""
        following: Event | None = event
        while following is not None:
            stepped = step(self.kept, following, instant(self.seconds))
            self.keep(stepped.transaction)
            self.kept = stepped.transaction
            self.facts += stepped.facts
            following = self.world.do(stepped.todo) if stepped.todo else None
        return self.kept

    def ask(self, action: object, who: str = OWNER) -> Transaction:
        return self.happen(Asked(action, who))  # type: ignore[arg-type]


def judge(run: Run, old: dict[Target, Json]) -> None:
    """All old or all new, or every difference is named."""
    found = run.kept
    wanted = {one.target: one.wanted for one in found.edits}
    values = {one.target: run.world.values[one.target] for one in found.edits if one.target}
    if found.state in (State.COMMITTED, State.PENDING_CONFIRM):
        assert values == wanted
    elif found.state is State.INCOMPLETE:
        named = {one.target for one in found.edits if one.state in (EditState.NOT_RESTORED, EditState.LEFT_ALONE)}
        differing = {where for where, value in values.items() if value != _old(found, where, old)}
        assert differing <= named
        assert len(found.differences) == len(named) > 0
        for one in found.edits:
            if one.target in named and one.target:
                assert any(f"{one.target.device} {one.target.text}: was " in text for text in found.differences)
    else:
        assert values == {where: _old(found, where, old) for where in values}, found.state


def _old(found: Transaction, where: Target, old: dict[Target, Json]) -> object:
    """What was there before it was written: what somebody else wrote just before, too."""
    edits = [one for one in found.edits if one.target == where]
    return old[where] if edits[0].old is MISSING else edits[0].old
