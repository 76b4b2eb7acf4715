"""Transactions carried out: each step written down before it is taken, devices one at a time, in the stated order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agent.errors import HostError
from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.spelling import Misspelt, cell_oid
from agent.model.alarm import events as alarms
from agent.model.alarm.facts import Instant
from agent.model.configuring import Action, Edit, EditState, Fact, Result, State, Transaction, Verdict, Written
from agent.model.configuring.candidate import NotAllowed, check_owner, opened, with_edit, with_times
from agent.model.configuring.happening import Asked, Event, Look, NotKept, Passed, Restarted, Step, Todo
from agent.model.configuring.step import is_due, step
from agent.model.configuring.transaction import Wish, shown
from agent.model.document import MISSING
from agent.model.message import Message
from agent.service.handlers.configuring import Configurator
from agent.service.handlers.ports import Refused
from agent.service.transactions.book import Book, Bounds, Keeping, Records
from agent.service.transactions.deeds import Deeds
from agent.service.transactions.telling import Teller

log = logging.getLogger(__name__)

WATCH_S: Final = 0.5
"""How often is looked for what is due."""
START_S: Final = 20.0
"""What devices are given at the start to answer their first poll, before a transaction is rolled back on them."""
MESSAGE_S: Final = 30.0
"""What a message that has a transaction go on is given before it goes on without."""


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


class Transactions:
    """All transactions of this agent, and the history. Used in the event loop's thread.

    Attributes:
        shown: is called when what is to be shown has changed.
        settled: is called when an action has come to its end, before who asked for it is told.
    """

    def __init__(self, journal: Keeping, desk: Desk, bounds: Bounds | None = None) -> None:
        """Go on with what was kept.

        Raises:
            HostError: it cannot be read.
        """
        self.shown: Callable[[], None] = lambda: None
        self.settled: Callable[[], None] = lambda: None
        self._desk = desk
        self._book = Book(journal, bounds or Bounds(), desk.instant())
        self._deeds = Deeds(desk.configurator)
        self._teller = Teller(desk.happened)
        self._device_work = asyncio.Lock()
        self._reminded: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def bounds(self) -> Bounds:
        """How much is kept."""
        return self._book.bounds

    @bounds.setter
    def bounds(self, bounds: Bounds) -> None:
        self._book.bounds = bounds

    # Life

    async def start(self) -> None:
        """End what an earlier run left under way, and look after what is due from now on."""
        for transaction in self._book.transactions.values():
            self._teller.tell_left(transaction)
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
        for one in [one for one in self._book.transactions.values() if not one.state.ended]:
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
        is_under_way = transaction.state in (State.COMMITTING, State.ROLLING_BACK)
        if not (is_under_way or is_due(transaction, self._desk.instant())):
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
        self._book.catch_up(now)
        for transaction in list(self._book.transactions.values()):
            if not is_due(transaction, now):
                continue
            if transaction.state.editable:
                self._take(step(transaction, Passed(), now), transaction, in_any_case=True)
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
        return self._book.transactions.get(index)

    @property
    def next_index(self) -> int:
        """The number that a new transaction gets unless another one is wished for."""
        return self._book.last + 1

    def obstacle_to_open(self, index: int) -> str:
        """Why no transaction can be opened now, "" when one can; the number wished for is 0 for any."""
        if index and index in self._book.transactions:
            return f"there is a transaction {index} already"
        if index and index <= self._book.last:
            return f"number {index} was given before; the next is {self.next_index}"
        live = next((one for one in self._book.transactions.values() if self._is_live(one)), None)
        if live is not None:
            return f"transaction {live.index} of {live.owner} is {live.state.value}"
        incomplete = sum(not one.state.ended for one in self._book.transactions.values())
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
        problem = self.obstacle_to_open(index)
        if problem:
            raise NotAllowed(problem, stranger=True)
        now = self._desk.instant()
        index = index or self.next_index
        fresh = opened(index, who, self._book.serial, now, self.bounds.lease_s, self.bounds.confirm_s)
        if lease_s is not None or confirm_s is not None:
            fresh = with_times(fresh, who, now, lease_s, confirm_s)
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
        check_owner(before, who)
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
            self.settled()

    def held(self, device: str) -> str:
        """Why a device's configuration is not to be written outside a transaction now, "" when it may be."""
        for one in self._book.transactions.values():
            if one.state.holds_devices and device in one.devices:
                return f"transaction {one.index} of {one.owner} is {one.state.value}"
        return ""

    def record(self, *facts: Fact) -> None:
        """Put writes into the history that no transaction made."""
        self._book.record(facts, self._desk.instant())
        self.shown()

    def wrote(self, message: Message, written: Sequence[Written], taken_back: Sequence[Written]) -> None:
        """Put into the history what a message wrote by itself, and what of it was taken back."""
        results = [(one, Result(one.verdict.value)) for one in written]
        results += [
            (one, Result.RESTORED if one.verdict is Verdict.WRITTEN else Result.NOT_RESTORED) for one in taken_back
        ]
        self.record(*(_plain_fact(message, one, result) for one, result in results))

    def records(self) -> Records:
        """What there is to be shown: oldest first."""
        return self._book.records()

    # Steps

    def _known(self, index: int) -> Transaction:
        known = self._book.transactions.get(index)
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
                todo = stepped.todo
                next_event = None if todo is None else await self._done(todo, stepped.transaction)
        return self._known(index)

    async def _done(self, todo: Todo, transaction: Transaction) -> Event:
        obstacle = self._obstacle(todo.device, transaction) if isinstance(todo, Look) else ""
        return await self._deeds.done(todo, transaction, obstacle)

    def _obstacle(self, device: str, transaction: Transaction) -> str:
        """Why a transaction may not write a device, "" when it may."""
        for one in self._book.transactions.values():
            if one.index != transaction.index and one.state.holds_devices and device in one.devices:
                return f"transaction {one.index} of {one.owner} is {one.state.value}"
        serial = self._book.serial_of(device)
        if serial > transaction.base:
            return f"{device} was written after this transaction was opened (history entry {serial})"
        return ""

    def _take(self, stepped: Step, before: Transaction | None, *, in_any_case: bool = False) -> None:
        """Take a step: on disk, then here, then told."""
        after = stepped.transaction
        if after == before and not stepped.facts:
            self._book.transactions[after.index] = after  # its seconds may differ
            return
        self._book.take(stepped, before, self._desk.instant(), in_any_case=in_any_case)
        self._teller.tell(before, after)
        for index in self._book.surplus():
            self._book.drop(index)
        self.shown()

    def _drop(self, index: int) -> None:
        if self._book.drop(index):
            self.shown()


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
