"""A bus with a fleet, clocks and a store of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from agent.config import InterAppSettings
from agent.device.redact import Redactor
from agent.errors import HostError
from agent.model.message import Entry, Event, Message, MessageState
from agent.service.bus import Bus, Office
from agent.service.handlers import HANDLERS, HandlerSpec, Polled, Reach, Standing
from agent.service.letter import Letter
from agent.service.messagestate import MessageStore

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)


class Fleet:
    """Devices that answer when they are let.

    Attributes:
        gates: device to what a poll of it waits for.
        polled: device and message of every poll that began; `done` of every one that ended.
    """

    def __init__(self, *names: str) -> None:
        self.standings = {name: Standing(slots=("clk1", "io1"), cards={"io1": "HPS"}, asked=frozenset({"clk1", "io1"}))
                          for name in names}  # fmt: skip
        self.results: dict[str, Polled | Exception] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.polled: list[tuple[str, int]] = []
        self.done: list[int] = []
        self.chosen: dict[tuple[str, str], bool | None] = {}
        self.busy: dict[str, int] = {}

    def standing(self, name: str) -> Standing | None:
        return self.standings.get(name)

    async def poll(self, name: str, *, message: int, anew: bool = False) -> Polled:
        assert not self.busy.get(name), "two messages worked on one device"
        self.busy[name] = message
        try:
            self.polled.append((name, message))
            if name in self.gates:
                await self.gates[name].wait()
            else:
                await asyncio.sleep(0.001)
            result = self.results.get(name, Polled(None, 7, 8))
            if isinstance(result, Exception):
                raise result
            self.done.append(message)
            return result
        finally:
            self.busy[name] = 0

    def choose_slot(self, name: str, slot: str, *, asked: bool | None) -> bool | None:
        before = self.chosen.get((name, slot))
        self.chosen[(name, slot)] = asked
        return before


class FailingStore(MessageStore):
    """A store on a disk that can be full."""

    full = False

    def keep(self, *args: Any, **options: Any) -> None:
        if self.full:
            raise HostError("cannot write state.db: database or disk is full")
        super().keep(*args, **options)


class BusBench:
    """One bus, in whose event loop a test runs."""

    def __init__(
        self, folder: Path, *, specs: Mapping[str, HandlerSpec] = HANDLERS, alarms: Any = None, **settings: Any
    ) -> None:
        self.seconds = 0.0
        self.fleet = Fleet("lts1", "lts2")
        self.assigned: list[tuple[dict[str, Any], str]] = []
        self.events: list[Event] = []
        self.replies = Replies()
        self.store = FailingStore(folder / "state.db")
        loaded = self.store.load()
        reach = Reach(self.fleet, lambda values, who: self.assigned.append((dict(values), who)), alarms)
        office = Office(self.store, Redactor(None).body, self.replies, specs, self.clock, lambda: self.seconds)
        self.bus = Bus(reach, InterAppSettings(**settings), office, loaded.last, loaded.entries)
        self.bus.observers.append(self.events.append)

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def send(self, kind: str, content: Mapping[str, Any] | None = None, **more: Any) -> Message:
        return self.bus.submit(Letter(kind, {"device": "lts1"} if content is None else content, **more))

    def entry(self, message: Message | int) -> Entry:
        index = message if isinstance(message, int) else message.index
        found = self.bus.mailbox.get(index)
        assert found is not None
        return found

    async def ended(self, message: Message) -> Entry:
        await until(lambda: self.entry(message).message.state.ended)
        return self.entry(message)

    async def processing(self, message: Message) -> None:
        await until(lambda: self.entry(message).message.state is MessageState.PROCESSING)

    def run(self, test: Callable[[], Awaitable[None]]) -> None:
        """Run a test with the bus started, and stop it."""

        async def whole() -> None:
            await self.bus.start()
            try:
                await test()
            finally:
                for gate in self.fleet.gates.values():
                    gate.set()
                await self.bus.stop()

        try:
            asyncio.run(whole())
        finally:
            self.store.close()


class Replies:
    """Takes replies, or not."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Mapping[str, Any]]] = []
        self.takes = True

    def allows(self, address: str) -> bool:
        return address.startswith("http://127.0.0.1/")

    async def deliver(self, address: str, reply: Mapping[str, Any]) -> bool:
        self.taken.append((address, reply))
        return self.takes


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until a condition holds; fails after so many seconds."""

    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.002)

    await asyncio.wait_for(wait(), seconds)
