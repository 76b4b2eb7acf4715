"""Transactions carried out: each step written down before it is taken, devices one at a time, in the stated order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from agent.errors import DeviceError, HostError
from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.spelling import Misspelt, cell_oid
from agent.model.alarm import events as alarms
from agent.model.alarm.facts import Instant
from agent.model.configuring import (
    Action,
    Edit,
    EditState,
    Fact,
    HistoryEntry,
    Result,
    State,
    Target,
    Transaction,
    Verdict,
    Written,
)
from agent.model.configuring import Change as Wanted
from agent.model.configuring.step import (
    Asked,
    Event,
    Look,
    NotAllowed,
    NotKept,
    Passed,
    Put,
    Restarted,
    Restore,
    Restored,
    Seen,
    Step,
    Todo,
    Write,
    Wrote,
    is_due,
    is_of_others,
    opened,
    resumed,
    step,
    with_edit,
    with_times,
)
from agent.model.configuring.transaction import Wish, same, shown
from agent.model.document import MISSING, Json, Missing
from agent.model.message import Message
from agent.service.handlers.configuring import Configurator
from agent.service.handlers.ports import Refused
from agent.service.transactions.journal import Change, Kept, Numbers

log = logging.getLogger(__name__)

WATCH_S: Final = 0.5
"""How often is looked for what is due."""
DISK_RETRY_S: Final = 5.0
START_S: Final = 20.0
"""What devices are given at the start to answer their first poll, before a transaction is rolled back on them."""
MESSAGE_S: Final = 30.0
"""What a message that has a transaction go on is given before it goes on without."""


class Keeping(Protocol):
    """Where transactions and history are kept."""

    def load(self) -> Kept:
        """What an earlier run kept."""

    def keep(self, change: Change) -> None:
        """Write a change down, all of it or nothing; raises HostError."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept, and what holds unless a manager says otherwise."""

    transactions: int = 50
    edits: int = 500
    history: int = 1000
    lease_s: float = 600
    confirm_s: float = 600


@dataclass(frozen=True, slots=True)
class Desk:
    """What transactions are carried out with.

    Attributes:
        configurator: reads and writes devices.
        module: the MIB, for names of cells.
        instant: this moment, by both clocks.
        happened: is told of what concerns alarms.
        remind: has a transaction that is due go on by itself (as a message, so that it is seen); False when that
            cannot be, and it goes on without.
    """

    configurator: Configurator
    module: Module
    instant: Callable[[], Instant]
    happened: Callable[[alarms.Event], None] = lambda event: None
    remind: Callable[[int], bool] = lambda index: False


@dataclass(frozen=True, slots=True)
class Records:
    """What there is to be shown."""

    transactions: tuple[Transaction, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    bounds: Bounds = field(default_factory=Bounds)


class Transactions:
    """All transactions of this agent, and the history. Used in the event loop's thread.

    Attributes:
        shown: is called when what is to be shown has changed.
    """

    def __init__(self, journal: Keeping, desk: Desk, bounds: Bounds | None = None) -> None:
        """Go on with what was kept.

        Raises:
            HostError: it cannot be read.
        """
        self.shown: Callable[[], None] = lambda: None
        self.bounds = bounds or Bounds()
        self._journal = journal
        self._desk = desk
        kept = journal.load()
        now = desk.instant()
        self._transactions = {one.index: resumed(one, now) for one in kept.transactions}
        self._history = list(kept.history)
        self._serials = dict(kept.serials)
        highest = max(self._transactions, default=0)
        self._numbers = replace(kept.numbers, last=max(kept.numbers.last, highest))
        self._device_work = asyncio.Lock()
        self._unkept: set[int] = set()
        self._unkept_entries: list[HistoryEntry] = []
        self._disk_due_s = 0.0
        self._reminded: dict[int, float] = {}
        self._told_left: dict[int, frozenset[tuple[str, str]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # Life

    async def start(self) -> None:
        """End what an earlier run left under way, and look after what is due from now on."""
        for transaction in self._transactions.values():
            self._tell_left(transaction)
        self._spawn(self._resume())

    async def stop(self) -> None:
        """Carry on nothing more; the next start does."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _resume(self) -> None:
        for one in [one for one in self._transactions.values() if not one.state.ended]:
            await self._until_standing(one)
            await self._driven(one.index, Restarted())
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                self.look()
            except Exception:
                log.exception("transactions-watch-crashed")

    async def _until_standing(self, transaction: Transaction) -> None:
        """Give devices that are about to be written a moment: none was asked yet when the agent starts."""
        if not (transaction.state.holds_devices or is_due(transaction, self._desk.instant())):
            return
        until_s = self._desk.instant().seconds + START_S
        while self._desk.instant().seconds < until_s:
            try:
                for device in transaction.devices:
                    self._desk.configurator.check_standing(device)
            except Refused:
                await asyncio.sleep(WATCH_S / 5)
            else:
                return

    def look(self) -> None:
        """Have go on what is due; done twice a second."""
        now = self._desk.instant()
        if self._unkept and now.seconds >= self._disk_due_s:
            self._keep_rest(now)
        for transaction in list(self._transactions.values()):
            if not is_due(transaction, now):
                continue
            if transaction.state.editable:
                self._take(step(transaction, Passed(), now), transaction)
            else:
                self._remind(transaction.index, now)

    def _remind(self, index: int, now: Instant) -> None:
        """Have a transaction go on: by a message, and without one where that does not come to anything in time."""
        since_s = self._reminded.get(index)
        if since_s is not None and now.seconds - since_s < MESSAGE_S:
            return
        self._reminded[index] = now.seconds
        if since_s is not None or not self._desk.remind(index):
            self._spawn(self._driven(index, Passed()))

    # What owners do

    def get(self, index: int) -> Transaction | None:
        """One transaction."""
        return self._transactions.get(index)

    @property
    def next_index(self) -> int:
        """The number that a new transaction gets unless another one is wished for."""
        return self._numbers.last + 1

    def obstacle_to_open(self, index: int, who: str) -> str:
        """Why somebody may not open a transaction now, "" when they may.

        Args:
            index: the number wished for, 0 for any.
            who: who asks.
        """
        if index and index in self._transactions:
            return f"there is a transaction {index} already"
        if index and index <= self._numbers.last:
            return f"number {index} was given before; the next is {self.next_index}"
        live = next((one for one in self._transactions.values() if self._is_live(one)), None)
        if live is not None:
            return f"transaction {live.index} of {live.owner} is {live.state.value}"
        incomplete = sum(not one.state.ended for one in self._transactions.values())
        return "" if incomplete < self.bounds.transactions else f"{incomplete} transactions are incomplete"

    def _is_live(self, transaction: Transaction) -> bool:
        """Whether it keeps others from opening one; an incomplete one keeps only its devices."""
        over = transaction.state.editable and is_due(transaction, self._desk.instant())
        return not (transaction.state.ended or transaction.state is State.INCOMPLETE or over)

    def open(self, who: str, index: int = 0, lease_s: float | None = None, confirm_s: float | None = None) -> int:
        """Open a transaction; its number.

        Raises:
            NotAllowed: another one holds, the number cannot be had, or a time is out of bounds.
            HostError: it cannot be written down.
        """
        self.look()
        problem = self.obstacle_to_open(index, who)
        if problem:
            raise NotAllowed(problem, stranger=True)
        now = self._desk.instant()
        index = index or self.next_index
        fresh = opened(index, who, self._numbers.serial, now, self.bounds.lease_s, self.bounds.confirm_s)
        if lease_s is not None or confirm_s is not None:
            fresh = with_times(fresh, who, now, lease_s, confirm_s)
        self._numbers = replace(self._numbers, last=index)
        self._take(Step(fresh), None)
        return index

    def set_times(self, index: int, who: str, lease_s: float | None, confirm_s: float | None) -> None:
        """Set the lease, which begins anew, and the time to confirm.

        Raises:
            NotAllowed: it is not theirs, not editable, or a time is out of bounds.
            HostError: it cannot be written down.
        """
        before = self._known(index)
        self._take(Step(with_times(before, who, self._desk.instant(), lease_s, confirm_s)), before)

    def edit(self, index: int, who: str, wishes: Iterable[Wish]) -> tuple[int, ...]:
        """Put edits into a transaction, change or remove them: all of it or nothing; the edits' numbers.

        Raises:
            NotAllowed: it is not theirs, or takes no edits.
            Unwritable: a target cannot be written or a value does not fit.
            HostError: it cannot be written down.
        """
        before = after = self._known(index)
        given = []
        for wish in wishes:
            number = wish.index or max((edit.index for edit in after.edits), default=0) + 1
            edit = None if wish.removed else self.edited(after.edit(number) or Edit(number), wish)
            after = with_edit(after, edit, number, who, self._desk.instant())
            given.append(number)
        if len(after.edits) > self.bounds.edits:
            raise NotAllowed(f"a transaction has {self.bounds.edits} edits at most")
        self._take(Step(after), before)
        return tuple(given)

    def edited(self, edit: Edit, wish: Wish) -> Edit:
        """An edit with what is wished for.

        Raises:
            Unwritable: the target cannot be written or the value does not fit.
        """
        configurator = self._desk.configurator
        target = configurator.resolve(wish.target) if wish.target is not None else edit.target
        value = edit.value if wish.value is None else wish.value
        if target is None or value is None:
            return replace(edit, target=target, value=value, wanted=MISSING, state=EditState.NOT_READY)
        located = self._desk.module.objects.get(target.object_name)
        is_number = located is not None and bool(located.column.syntax.labels) and value.strip().isdigit()
        wanted = configurator.change(target, int(value) if is_number else value).raw
        return replace(edit, target=target, value=value, wanted=wanted, state=EditState.PENDING)

    def oid(self, text: str) -> Oid:
        """The OID of a cell as people write it.

        Raises:
            NotAllowed: there is no such object.
        """
        try:
            return cell_oid(self._desk.module, text)
        except Misspelt as problem:
            raise NotAllowed(str(problem)) from None

    def reverting(self, index: int, who: str) -> int:
        """Open a transaction that gives everything another one wrote its old value again; its number.

        Raises:
            NotAllowed: there is nothing to revert, or no transaction can be opened now.
            HostError: it cannot be written down.
        """
        known = self._known(index)
        written = [edit for edit in known.edits if edit.state is EditState.WRITTEN]
        if known.state is not State.COMMITTED or not written:
            raise NotAllowed(f"transaction {index} is {known.state.value} and wrote nothing that stands")
        number = self.open(who)
        before = self._known(number)
        edits = tuple(Edit(edit.index, edit.target, shown(edit.old), edit.old, EditState.PENDING) for edit in written)
        self._take(Step(replace(before, edits=edits)), before)
        return number

    def remove(self, index: int, who: str) -> None:
        """Take an ended transaction out of the table; one that is still open is discarded.

        Raises:
            NotAllowed: it is not theirs, or under way.
            HostError: it cannot be written down.
        """
        before = self._known(index)
        if not before.state.ended:
            stepped = step(before, Asked(Action.DISCARD, who), self._desk.instant())
            self._take(stepped, before)
        self._drop(index)

    async def act(self, index: int, asked: Asked | Passed) -> Transaction:
        """Do something with a transaction, and come back when it waits for its owner again or has ended.

        Raises:
            NotAllowed: that is not allowed, or not now; nothing has changed.
            HostError: it cannot be written down; nothing has changed.
        """
        try:
            return await self._drive(index, asked)
        finally:
            self._reminded.pop(index, None)

    def held(self, device: str) -> str:
        """Why a device's configuration is not to be written outside a transaction now, "" when it may be."""
        for one in self._transactions.values():
            if one.state.holds_devices and device in one.devices:
                return f"transaction {one.index} of {one.owner} is {one.state.value}"
        return ""

    def record(self, fact: Fact) -> None:
        """Put a write into the history that no transaction made. What cannot be written down is logged."""
        entries = self._entries((fact,))
        try:
            self._write((), entries)
        except HostError as problem:
            self._unkept_entries += entries
            log.error("history-not-kept problem=%s", problem)
        self.shown()

    def wrote(self, message: Message, written: Sequence[Written], taken_back: Sequence[Written]) -> None:
        """Put into the history what a message wrote by itself, and what of it was taken back."""
        for one in written:
            self.record(_plain_fact(message, one, Result(one.verdict.value)))
        for one in taken_back:
            is_back = one.verdict is Verdict.WRITTEN
            self.record(_plain_fact(message, one, Result.RESTORED if is_back else Result.NOT_RESTORED))

    def records(self) -> Records:
        """What there is to be shown: oldest first."""
        transactions = tuple(self._transactions[index] for index in sorted(self._transactions))
        return Records(transactions, tuple(self._history), self._numbers, self.bounds)

    async def read(self, targets: Sequence[Oid], message: int) -> Mapping[Target, Json | Missing]:
        """What devices say now about cells, whichever devices they are of; MISSING where one does not have it.

        Raises:
            Unwritable: one of them is no configuration of a device.
            DeviceError: a device did not answer as it should.
        """
        found: dict[Target, Json | Missing] = {self._desk.configurator.resolve(oid): MISSING for oid in targets}
        for device in sorted({target.device for target in found}):
            mine = [target for target in found if target.device == device]
            async with self._device_work:
                found.update(await self._desk.configurator.read(device, mine, message=message))
        return found

    # Steps

    def _known(self, index: int) -> Transaction:
        known = self._transactions.get(index)
        if known is None:
            raise NotAllowed(f"there is no transaction {index}")
        return known

    async def _driven(self, index: int, event: Event) -> None:
        """`_drive` where nobody waits for it."""
        try:
            await self._drive(index, event)
        except Exception:
            log.exception("transaction-crashed number=%d", index)
        finally:
            self._reminded.pop(index, None)

    async def _drive(self, index: int, event: Event) -> Transaction:
        """Take steps until the transaction waits or has ended."""
        next_event: Event | None = event
        async with self._device_work:
            while next_event is not None:
                before = self._known(index)
                stepped = step(before, next_event, self._desk.instant())
                try:
                    self._take(stepped, before, in_any_case=_must_go_on(stepped, next_event))
                except HostError as problem:
                    if isinstance(next_event, Asked):
                        raise
                    next_event = NotKept(str(problem))
                    continue
                next_event = await self._done(stepped.todo, stepped.transaction) if stepped.todo else None
        return self._known(index)

    async def _done(self, todo: Todo, transaction: Transaction) -> Event:
        """Do what is to be done; a fault of our own is nothing known, never nothing done."""
        try:
            if isinstance(todo, Look):
                return await self._look_at(todo, transaction)
            if isinstance(todo, Write):
                return await self._write_to(todo, transaction)
            return await self._restore_on(todo, transaction)
        except Exception as problem:
            log.exception("transaction-crashed number=%d doing=%s", transaction.index, type(todo).__name__)
            text = f"a fault of the agent ({type(problem).__name__}); its log says more"
        if isinstance(todo, Look):
            return Seen(todo.device, problem=text)
        if isinstance(todo, Write):
            return Wrote(tuple(Put(edit.index, Verdict.UNKNOWN, text) for edit in todo.edits))
        return Restored(problem=text)

    async def _look_at(self, todo: Look, transaction: Transaction) -> Seen:
        device, message = todo.device, transaction.message
        holders = [one for one in self._transactions.values() if one.index != transaction.index]
        for one in holders:
            if one.state.holds_devices and device in one.devices:
                return Seen(device, problem=f"transaction {one.index} of {one.owner} is {one.state.value}")
        serial = self._serials.get(device, 0)
        if serial > transaction.base:
            text = f"{device} was written after this transaction was opened (history entry {serial})"
            return Seen(device, problem=text)
        targets = {edit.index: edit.target for edit in todo.edits if edit.target}
        try:
            foreign = await self._desk.configurator.foreign_changes(device, message=message)
            if foreign:
                return Seen(device, problem=f"{device} has pending changes that are not ours: {'; '.join(foreign)}")
            found = await self._desk.configurator.read(device, tuple(targets.values()), message=message)
        except DeviceError as problem:
            return Seen(device, problem=str(problem))
        return Seen(device, {index: found[target] for index, target in targets.items() if target in found})

    async def _write_to(self, todo: Write, transaction: Transaction) -> Wrote:
        log.info(
            "transaction-writes number=%d device=%s edits=%s", transaction.index, todo.device,
            ",".join(str(edit.index) for edit in todo.edits),
        )  # fmt: skip
        changes = [_change(edit, edit.wanted) for edit in todo.edits]
        return Wrote(await self._puts(todo.device, todo.edits, changes, transaction.message))

    async def _restore_on(self, todo: Restore, transaction: Transaction) -> Restored:
        targets = [edit.target for edit in todo.edits if edit.target]
        try:
            found = await self._desk.configurator.read(todo.device, targets, message=transaction.message)
        except DeviceError as problem:
            return Restored(problem=str(problem))
        puts, alone, back = [], [], []
        held = await self._held_ready(todo, found, transaction.message)
        for edit in todo.edits:
            value = found.get(edit.target, MISSING) if edit.target else MISSING
            if isinstance(value, Missing):
                gone = "the device's configuration does not have this value any more"
                puts.append(Put(edit.index, Verdict.REFUSED, gone))
            elif same(value, edit.old) and held and edit.state in _IN_THE_DARK:
                puts.append(Put(edit.index, Verdict.REFUSED, held, value, value))
            elif same(value, edit.old):
                puts.append(Put(edit.index, Verdict.WRITTEN, before=value, after=value))
            elif is_of_others(edit, value):
                alone.append(Put(edit.index, Verdict.REFUSED, after=value))
            elif isinstance(edit.old, Missing):
                puts.append(Put(edit.index, Verdict.REFUSED, "what was there before is not known", value, value))
            else:
                back.append(edit)
        back.reverse()
        changes = [_change(edit, edit.old) for edit in back]
        if changes:
            puts += await self._puts(todo.device, back, changes, transaction.message)
        return Restored(tuple(puts), tuple(alone))

    async def _held_ready(self, todo: Restore, found: Mapping[Target, Json], message: int) -> str:
        """What a device that says the old value may still hold ready of ours (changes.pending-changes)."""
        is_doubted = any(
            edit.state in _IN_THE_DARK and edit.target and same(found.get(edit.target, MISSING), edit.old)
            for edit in todo.edits
        )
        if not is_doubted:
            return ""
        try:
            foreign = await self._desk.configurator.foreign_changes(todo.device, message=message)
        except DeviceError as problem:
            return f"it says the old value; whether it holds the new one ready is not known: {problem}"
        own = self._desk.configurator.own_changes(todo.device)
        return f"it says the old value, and holds changes ready that may be ours ({own})" if own or foreign else ""

    async def _puts(
        self, device: str, edits: Sequence[Edit], changes: Sequence[Wanted], message: int
    ) -> tuple[Put, ...]:
        written = await self._desk.configurator.write(device, changes, message=message)
        by_target = {one.change.target: one for one in written}
        puts = []
        for edit, change in zip(edits, changes, strict=True):
            one = by_target.get(change.target)
            if one is None:
                puts.append(Put(edit.index, Verdict.UNKNOWN, "nothing was said of it"))
            else:
                puts.append(Put(edit.index, one.verdict, one.detail, one.before, one.after))
        return tuple(puts)

    # Taking a step: on disk, then here, then told

    def _take(self, stepped: Step, before: Transaction | None, *, in_any_case: bool = False) -> None:
        after = stepped.transaction
        if after == before and not stepped.facts:
            self._transactions[after.index] = after  # its seconds may differ
            return
        entries = self._entries(stepped.facts)
        numbers = self._numbers
        self._count(before, after)
        try:
            self._write((after,), entries)
        except HostError as problem:
            log.error("transaction-not-kept number=%d state=%s problem=%s", after.index, after.state.value, problem)
            if not in_any_case:
                self._unkept_entries += entries
                self._numbers = replace(numbers, serial=self._numbers.serial)
                raise
            self._unkept.add(after.index)
            self._unkept_entries += entries
            self._disk_due_s = self._desk.instant().seconds + DISK_RETRY_S
        self._transactions[after.index] = after
        self._log(before, after)
        self._tell(before, after)
        self._make_room()
        self.shown()

    def _entries(self, facts: Iterable[Fact]) -> list[HistoryEntry]:
        """Facts numbered; from here on they are in the history, whether the disk takes them or not."""
        entries = []
        for fact in facts:
            self._numbers = replace(self._numbers, serial=self._numbers.serial + 1)
            entries.append(HistoryEntry(self._numbers.serial, self._desk.instant().wall, fact))
            if fact.result.may_have_changed:
                self._serials[fact.device] = self._numbers.serial
            log.info(
                "config-written number=%d by=%s device=%s object=%s old=%r new=%r result=%s text=%r",
                self._numbers.serial, fact.who, fact.device, fact.target, fact.old, fact.new, fact.result.value,
                fact.detail,
            )  # fmt: skip
        self._history += entries
        return entries

    def _write(self, transactions: Iterable[Transaction], entries: Sequence[HistoryEntry]) -> None:
        surplus = len(self._history) - self.bounds.history
        dropped = tuple(entry.index for entry in self._history[: max(surplus, 0)])
        del self._history[: max(surplus, 0)]
        self._numbers = replace(self._numbers, bumped=self._numbers.bumped + len(dropped))
        rest = [self._transactions[index] for index in self._unkept if index in self._transactions]
        all_entries = (*self._unkept_entries, *entries)
        serials = {entry.fact.device: self._serials.get(entry.fact.device, 0) for entry in all_entries}
        self._journal.keep(
            Change(self._numbers, (*rest, *transactions), entries=all_entries, dropped=dropped, serials=serials)
        )
        self._unkept.clear()
        self._unkept_entries.clear()

    def _keep_rest(self, now: Instant) -> None:
        """Write down what the disk did not take."""
        try:
            self._write((), ())
            log.warning("transactions-kept-again")
        except HostError:
            self._disk_due_s = now.seconds + DISK_RETRY_S

    def _count(self, before: Transaction | None, after: Transaction) -> None:
        if before is not None and before.state is not after.state:
            name = {State.COMMITTED: "committed", State.ROLLED_BACK: "rolled_back", State.INCOMPLETE: "incomplete"}.get(
                after.state
            )
            if name and not (name == "incomplete" and after.attempts > 1):
                self._numbers = replace(self._numbers, **{name: getattr(self._numbers, name) + 1})

    def _log(self, before: Transaction | None, after: Transaction) -> None:
        if before is not None and before.state is after.state:
            return
        level = logging.ERROR if after.state is State.INCOMPLETE else logging.INFO
        if after.state in (State.ROLLING_BACK, State.ROLLED_BACK):
            level = logging.WARNING
        log.log(
            level, "transaction-%s number=%d owner=%s edits=%d text=%r", after.state.value, after.index, after.owner,
            len(after.edits), after.text,
        )  # fmt: skip
        for difference in after.differences if after.state is State.INCOMPLETE else ():
            log.error("transaction-difference number=%d %s", after.index, difference)

    def _tell(self, before: Transaction | None, after: Transaction) -> None:
        """What concerns alarms."""
        if before is None or before.state is after.state:
            return
        self._tell_left(after)
        first = after.state is State.INCOMPLETE and after.attempts <= 1
        if after.goal is not Action.CANCEL and (after.state is State.ROLLED_BACK or first):
            self._desk.happened(alarms.TransactionRolledBack(after.index, after.text))

    def _tell_left(self, after: Transaction) -> None:
        """Which values of a rollback are not what they were, and which are so again."""
        if not (after.state.ended or after.state is State.INCOMPLETE):
            return
        left = (EditState.NOT_RESTORED, EditState.LEFT_ALONE)
        texts = {
            (edit.target.device, edit.target.text): f"{edit.difference} ({edit.text})"
            for edit in after.edits
            if edit.target and edit.state in left and after.state is State.INCOMPLETE
        }
        told = self._told_left.get(after.index, frozenset())
        for device, target in told - texts.keys():
            self._desk.happened(alarms.EditLeft(after.index, device, target, is_left=False))
        for (device, target), text in texts.items():
            self._desk.happened(alarms.EditLeft(after.index, device, target, text))
        self._told_left[after.index] = frozenset(texts)

    def _make_room(self) -> None:
        surplus = len(self._transactions) - self.bounds.transactions
        ended = [index for index in sorted(self._transactions) if self._transactions[index].state.ended]
        for index in ended[: max(surplus, 0)]:
            self._drop(index)

    def _drop(self, index: int) -> None:
        try:
            self._journal.keep(Change(self._numbers, gone=(index,)))
        except HostError as problem:
            log.error("transaction-not-dropped number=%d problem=%s", index, problem)
            return
        self._transactions.pop(index, None)
        self._told_left.pop(index, None)
        self._unkept.discard(index)
        self.shown()


_IN_THE_DARK: Final = frozenset({EditState.WRITING, EditState.UNKNOWN, EditState.DIFFERS, EditState.RESTORING})
"""States of edits of which the device may hold the new value ready, whatever it says now."""
_GOING_BACK: Final = frozenset({State.ROLLING_BACK, State.ROLLED_BACK, State.INCOMPLETE})


def _must_go_on(stepped: Step, event: Event) -> bool:
    """Whether a step is taken though the disk does not take it.

    A rollback is: what was kept before its first write is enough to begin it anew after a restart.
    """
    asked_for = isinstance(event, Asked)
    return isinstance(event, NotKept) or (stepped.transaction.state in _GOING_BACK and not asked_for)


def _plain_fact(message: Message, one: Written, result: Result) -> Fact:
    target = one.change.target
    return Fact(
        message.source, target.device, target.text, target.path, shown(one.before), shown(one.change.raw), result,
        one.detail, message=message.index,
    )  # fmt: skip


def _change(edit: Edit, value: Json | Missing) -> Wanted:
    assert edit.target is not None  # noqa: S101 - only edits with both come here
    assert not isinstance(value, Missing)  # noqa: S101
    return Wanted(edit.target, value, value)
