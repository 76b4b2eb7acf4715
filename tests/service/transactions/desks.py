"""Transactions over devices that are values, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from agent.errors import DeviceError, HostError, TimedOut, Unreachable
from agent.mib.encoding import Oid
from agent.mib.module import northbound
from agent.model.alarm.facts import Instant
from agent.model.configuring import Action, Change, Target, Transaction, Verdict, Written
from agent.model.configuring.happening import Asked
from agent.model.configuring.transaction import Wish
from agent.model.document import MISSING, Json, Missing
from agent.model.message import Reason
from agent.service.handlers.configuring import Unwritable
from agent.service.state import StateStore
from agent.service.transactions import journal as journals
from agent.service.transactions.book import Bounds
from agent.service.transactions.journal import Journal
from agent.service.transactions.office import Desk, Transactions

WALL = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
NOC, OTHER = "snmp:noc@192.0.2.1", "snmp:noc@192.0.2.2"
MODULE = northbound()
DOMAIN = MODULE.objects["lnbPtpConfigDomain"].oid
PRIORITY = MODULE.objects["lnbPtpConfigPriority1"].oid


class Killed(BaseException):
    """The agent ends here, whatever it was doing."""


class Devices:
    """What devices hold, by cell; and the agent's way to them.

    The second sub-identifier of an instance is the device: 1 is lts1.

    Attributes:
        fault: asked before each action with its kind (read, write, foreign) and device; what it raises or says
            happens: a DeviceError, "lost", "dark", "refused", "rounds".
        reads: how often a device was read; `writes` each change that was posted.
    """

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, Oid], Json] = {}
        for number in (1, 2):
            for instance in (1, 2):
                self.values[(f"lts{number}", "lnbPtpConfigDomain", (number, 1, instance))] = 0
                self.values[(f"lts{number}", "lnbPtpConfigPriority1", (number, 1, instance))] = 128
        self.fault: Callable[[str, str], Any] = lambda kind, device: ""
        self.foreign: dict[str, str] = {}
        self.own: dict[str, int] = {}
        self.down: set[str] = set()
        self.writes: list[tuple[str, str, Json]] = []
        self.reads = 0
        self.busy = 0

    def snapshot(self) -> dict[tuple[str, str, Oid], Json]:
        return dict(self.values)

    def resolve(self, oid: Oid) -> Target:
        for name in ("lnbPtpConfigDomain", "lnbPtpConfigPriority1"):
            base = MODULE.objects[name].oid
            if oid[: len(base)] == base:
                return self.target(name, tuple(oid[len(base) :]))
        raise Unwritable(17, "not written to a device")

    def target(self, name: str, instance: Oid) -> Target:
        device = f"lts{instance[0]}" if instance else ""
        if (device, name, instance) not in self.values:
            raise Unwritable(11, "no such row")
        member = {"lnbPtpConfigDomain": "domain-number", "lnbPtpConfigPriority1": "priority-1"}[name]
        place = f"configuration/chassis0/slots/io1/module/ptp-instances/instance{instance[-1]}"
        return Target(device, name, instance, f"{place}/{member}")

    def check_standing(self, device: str) -> None:
        if device in self.down:
            raise Unwritable(13, "down", Reason.NOT_READY)

    def change(self, target: Target, value: object) -> Change:
        text = str(value)
        if not text.isdigit() or int(text) > 255:
            raise Unwritable(10, f"{target.text}: {value!r} is no number from 0 to 255")
        return Change(target, int(text), int(text))

    async def read(self, device: str, targets: Sequence[Target], *, message: int = 0) -> Mapping[Target, Json]:
        self.reads += 1
        await self._met("read", device)
        return {one: self.values[_key(one)] for one in targets if _key(one) in self.values}

    async def write(self, device: str, changes: Sequence[Change], *, message: int = 0) -> Sequence[Written]:
        assert not self.busy, "two devices written at a time"
        self.busy += 1
        try:
            return [await self._written(device, change) for change in changes]
        finally:
            self.busy -= 1

    def own_changes(self, device: str) -> int:
        return self.own.get(device, 0)

    async def foreign_changes(self, device: str, *, message: int = 0) -> str:
        await self._met("foreign", device)
        return self.foreign.get(device, "")

    async def _written(self, device: str, change: Change) -> Written:
        before = self.values[_key(change.target)]
        try:
            fault = await self._met("write", device)
        except Unreachable as problem:
            return Written(change, Verdict.UNREACHABLE, str(problem))
        except DeviceError as problem:
            return Written(change, Verdict.REFUSED, str(problem), before, before)
        if fault == "refused":
            return Written(change, Verdict.REFUSED, "422", before, before)
        if fault == "dark":
            return Written(change, Verdict.UNKNOWN, "the answer was lost", before)
        self.writes.append((device, change.target.text, change.raw))
        self.values[_key(change.target)] = f"about {change.raw}" if fault == "rounds" else change.raw
        if fault == "lost":
            return Written(change, Verdict.UNKNOWN, "the answer was lost", before)
        after = self.values[_key(change.target)]
        return Written(change, Verdict.DIFFERS if fault == "rounds" else Verdict.WRITTEN, fault, before, after)

    async def _met(self, kind: str, device: str) -> str:
        await asyncio.sleep(0)
        fault = self.fault(kind, device)
        if device in self.down:
            raise Unreachable(f"{device}: no route") if kind == "write" else TimedOut(f"{device}: no answer")
        if isinstance(fault, BaseException):
            raise fault
        return str(fault)


def _key(target: Target) -> tuple[str, str, Oid]:
    return (target.device, target.object_name, target.instance)


class MortalJournal(Journal):
    """A journal that the agent's end, or a full disk, meets at its n-th write."""

    def __init__(self, state: StateStore) -> None:
        super().__init__(state)
        self.count = 0
        self.dies_at = self.full_from = 10**9
        self.before = True

    def keep(self, change: journals.Change) -> None:
        self.count += 1
        if self.count >= self.full_from:
            raise HostError("cannot write state.db: database or disk is full")
        if self.count == self.dies_at and self.before:
            raise Killed
        super().keep(change)
        if self.count == self.dies_at:
            raise Killed


class Life:
    """One run of the agent's transactions; several may follow each other over the same folder and devices."""

    def __init__(self, folder: Path, devices: Devices, seconds: float = 0.0, **bounds: Any) -> None:
        self.seconds = seconds
        self.devices = devices
        self.state = StateStore(folder / "state.db")
        self.journal = MortalJournal(self.state)
        self.events: list[Any] = []
        desk = Desk(devices, MODULE, self.instant, self.events.append)  # type: ignore[arg-type]
        self.desk = Transactions(self.journal, desk, replace(Bounds(), **bounds))

    def instant(self) -> Instant:
        return Instant(WALL + timedelta(seconds=self.seconds), 7000.0 + self.seconds)

    def known(self, index: int = 1) -> Transaction:
        found = self.desk.get(index)
        assert found is not None
        return found

    def begin(self, who: str = NOC, values: Mapping[Oid, int] | None = None) -> int:
        """Open a transaction over both devices."""
        index = self.desk.open(who)
        wanted = WANTED if values is None else values
        self.desk.edit(index, who, [Wish(0, oid, str(value)) for oid, value in wanted.items()])
        return index

    async def act(self, action: Action, index: int = 1, who: str = NOC, **more: Any) -> Transaction:
        return await self.desk.act(index, Asked(action, who, **more))

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            await self.desk.start()
            try:
                return await work()
            finally:
                await self.desk.stop()

        try:
            return asyncio.run(whole())
        finally:
            self.state.close()


WANTED = {
    (*DOMAIN, 1, 1, 1): 24, (*PRIORITY, 1, 1, 1): 10, (*DOMAIN, 1, 1, 2): 25, (*DOMAIN, 2, 1, 1): 24,
    (*PRIORITY, 2, 1, 1): 11,
}  # fmt: skip


def all_new(devices: Devices) -> bool:
    return all(devices.values[_key(devices.resolve(oid))] == value for oid, value in WANTED.items())


def is_missing(value: Json | Missing) -> bool:
    return value is MISSING


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.002)

    await asyncio.wait_for(wait(), seconds)
