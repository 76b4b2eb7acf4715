"""A notifier that runs: an event loop in a thread, real sockets, acknowledgements kept in memory or on disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest

from agent.config import ReceiverSettings, SnmpSettings
from agent.config.snmp import UserSettings
from agent.mib.module import parse_oid
from agent.model.delivery import DeliveryRow, DeliveryState
from agent.snmp.engineid import EngineIdentity
from agent.snmp.notifier import Deliveries, Notifier
from agent.snmp.outlet import Supply
from agent.snmp.target import LocalEngine, Target
from agent.wire.notice import Notice
from agent.wire.view import View, make_view
from tests.notify.notices import HEARTBEAT
from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE, until

T = TypeVar("T")
ENGINE = EngineIdentity(bytes.fromhex("80001f8805aabbccddeeff0011"), 7)
ALL = make_view([(1, 3, 6, 1)], [])


class Memory:
    """What receivers have and are owed, in memory."""

    def __init__(self, **settled: int) -> None:
        self.settled = dict(settled)
        self.notices: dict[int, Notice] = {}

    def keep(self, settled: Mapping[str, int], owed: Iterable[Notice], done: Iterable[int]) -> None:
        self.settled.update(settled)
        self.notices.update((notice.sequence, notice) for notice in owed)
        for sequence in done:
            self.notices.pop(sequence, None)

    def last(self, receiver: str) -> int | None:
        return self.settled.get(receiver)

    def owed(self) -> list[Notice]:
        return [self.notices[sequence] for sequence in sorted(self.notices)]


def view(*include: str, exclude: Iterable[str] = ()) -> View:
    """A view of subtrees."""
    return make_view(map(parse_oid, include), map(parse_oid, exclude))


def receiver(port: int, name: str = "nms", **changes: Any) -> ReceiverSettings:
    """Settings of a receiver on the loopback interface, impatient."""
    known = {"address": f"127.0.0.1:{port}", "timeout_s": 0.3, "retries": 1, "ping_interval_s": 0.2, **changes}
    if known.get("version") != "v3":
        known.setdefault("community", "public")
    return ReceiverSettings.model_validate({"name": name, **known})


def users(monkeypatch: pytest.MonkeyPatch) -> tuple[UserSettings, ...]:
    """Users at each level."""
    monkeypatch.setenv("AUTH_PASSPHRASE", AUTH_PASSPHRASE)
    monkeypatch.setenv("PRIV_PASSPHRASE", PRIV_PASSPHRASE)
    auth = {"protocol": "SHA-256", "passphrase": "${AUTH_PASSPHRASE}"}
    priv = {"protocol": "AES-128", "passphrase": "${PRIV_PASSPHRASE}"}
    written = [
        {"name": "user-priv", "auth": auth, "priv": priv},
        {"name": "user-auth", "auth": auth},
        {"name": "user-plain", "allow_unauthenticated": True},
    ]
    return SnmpSettings.model_validate({"users": written}).users


class Running:
    """A notifier in a thread of its own."""

    def __init__(
        self,
        receivers: Sequence[ReceiverSettings],
        *,
        users: Sequence[UserSettings] = (),
        views: dict[str, View] | None = None,
        kept: Deliveries | None = None,
        active: Sequence[Notice] = (),
        last_sequence: int = 0,
        hosts: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.active = list(active)
        self.hosts = dict(hosts or {})
        self.kept: Any = kept or Memory()
        self._users = users
        self._views = views or {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="notifier-under-test")
        self._thread.start()
        self._run(self._make(receivers, last_sequence), 10)

    async def _make(self, receivers: Sequence[ReceiverSettings], last_sequence: int) -> None:
        started_s = self._loop.time()
        engine = LocalEngine(ENGINE, lambda: int(self._loop.time() - started_s) + 100, ENGINE.salts(None))
        supply = Supply(lambda: self.active, lambda: HEARTBEAT, hosts=lambda device: self.hosts.get(device, ()))
        self.notifier = Notifier(engine, supply, self.kept)
        await self.notifier.start(self._targets(receivers), last_sequence)

    def _run(self, work: Coroutine[Any, Any, None], seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _targets(self, receivers: Sequence[ReceiverSettings]) -> Any:
        by_name = {user.name: user for user in self._users}
        return [Target(one, self._views.get(one.name, ALL), by_name.get(one.user or "")) for one in receivers]

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the loop's thread."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(function())
            except BaseException as problem:
                done.set_exception(problem)

        self._loop.call_soon_threadsafe(run)
        return done.result(10)

    def send(self, *notices: Notice) -> None:
        for notice in notices:
            self.call(lambda notice=notice: self.notifier.send(notice))  # type: ignore[misc]

    def reload(self, *receivers: ReceiverSettings) -> None:
        self.call(lambda: self.notifier.reload(self._targets(receivers)))

    def row(self, name: str = "nms") -> DeliveryRow:
        """How delivery fares to a receiver."""
        return next(row for row in self.call(self.notifier.deliveries) if row.name == name)

    def wait_state(self, state: DeliveryState, name: str = "nms") -> None:
        until(lambda: self.row(name).state is state, f"state {state}, not {self.row(name)}")

    def wait_acknowledged(self, number: int, name: str = "nms") -> None:
        until(lambda: self.row(name).tally.acknowledged >= number, f"{number} acknowledged, not {self.row(name)}")

    def stop(self, drain_s: float = 0) -> None:
        """Stop it; does no harm when it is stopped."""
        if self._thread.is_alive():
            self._run(self.notifier.stop(drain_s), 10 + drain_s)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts notifiers; they are stopped after the test."""
    started: list[Running] = []

    def make(*receivers: ReceiverSettings, **options: Any) -> Running:
        running = Running(receivers, **options)
        started.append(running)
        return running

    yield make
    for running in started:
        running.stop()
