"""A running agent: the App in a thread with an event loop of its own, read over real UDP."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agent.app import App
from agent.config import DeviceSettings, PollSettings, Settings
from agent.config.secret import Secret
from agent.mib import encoding
from agent.mib.encoding import Oid
from agent.mib.render import ReadCell
from agent.service.keeper import Keeper
from agent.sim import Simulator
from agent.snmp.manager import Manager
from agent.wire import ber
from tests.support.cells import MODULE, Cells, by_name, plain

PASSWORD = "info-secret"
COMMUNITY = "public-for-tests"
T = TypeVar("T")

FAST = {
    "interval_s": 0.2, "backoff_max_s": 0.2, "connect_timeout_s": 0.5, "read_timeout_s": 0.3, "deadline_s": 0.5,
    "down_after_s": 60, "body_limit_mb": 2,
}  # fmt: skip
"""Pace and patience for tests, below the floors that the configuration file is held to."""


def pace(**changes: Any) -> PollSettings:
    """Poll settings that are not checked, so that they may be faster than allowed; every card is due at once."""
    return PollSettings().model_copy(update={"configuration_batch": 100, **changes})


def device(port: int, name: str = "lts1", *, poll: PollSettings | None = None, **changes: Any) -> DeviceSettings:
    """Settings of a device on the loopback interface."""
    keys = {"username": "info", "password": Secret(PASSWORD), "scheme": "http", **changes}
    return DeviceSettings(name=name, address="127.0.0.1", port=port, poll=poll or pace(**FAST), **keys)


def configured(state_dir: Path, *devices: DeviceSettings, **changes: Any) -> Settings:
    """Settings of an agent on a free port of the loopback interface."""
    snmp = {"listen": ["127.0.0.1:0"], "communities": [{"name": COMMUNITY}], **changes.pop("snmp", {})}
    return Settings(state_dir=state_dir, snmp=snmp, devices=devices, **changes)


def wait_for(condition: Callable[[], T], what: str = "", seconds: float = 8.0) -> T:
    """What the condition gives once that is true; fails after so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < ends, f"not within {seconds:g} s: {what or condition}"
        time.sleep(0.01)


class RunningAgent:
    """An App that runs until `stop`."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        self.app = App(settings, **options)
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="agent-under-test")

    def start(self) -> RunningAgent:
        """Start it; what `App.start` raises is raised here."""
        self._thread.start()
        try:
            self._ready.result(20)
        except BaseException:
            self._thread.join()
            raise
        return self

    def stop(self) -> None:
        """Stop it as SIGTERM does; does no harm when it is stopped."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            await self.app.start()
        except BaseException as problem:
            self._ready.set_exception(problem)
            return
        self._ready.set_result(None)
        await self._stopping.wait()
        await self.app.stop()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the agent's own thread."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(function())
            except BaseException as problem:
                done.set_exception(problem)

        self._loop.call_soon_threadsafe(run)
        return done.result(10)

    def poll_now(self) -> None:
        """Plan a poll of every device at once."""
        self.call(self.app.poller.poll_now)

    def keeper(self, name: str = "lts1") -> Keeper:
        """The keeper of a device."""
        return self.app.keepers[name]

    def wait_reason(self, reason: str, name: str = "lts1") -> None:
        """Until the last poll of a device ended so."""
        wait_for(
            lambda: (health := self.keeper(name).known.health).reason == reason and health.polls,
            f"reason {reason}, not {self.keeper(name).known.health}",
        )

    def wait_up(self, *names: str) -> None:
        """Until devices (all by default) are up."""
        for name in names or self.app.keepers:
            self.wait_reason("none", name)

    @property
    def port(self) -> int:
        """The first UDP port it listens on."""
        return int(self.app.addresses[0][1])

    def walk(self, part: str | None = None) -> Cells:
        """All cells below a table or group, or of this agent's own MIB, as a manager reads them."""
        base = (*MODULE.root, 1) if part is None else MODULE.parts[part][0]
        manager = Manager("127.0.0.1", self.port, self.app.settings.snmp.communities[0])

        async def collect() -> list[ReadCell]:
            return [cell async for cell in manager.walk(base)]

        return by_name(asyncio.run(collect()))

    def get(self, name: str, *index: int) -> Any:
        """One cell over UDP, None when there is none; any answer within a second."""
        tag, content = get(self.port, (*MODULE.objects[name].oid, *index))
        return None if tag in (0x80, 0x81) else plain(name, tag, content)


def get(port: int, oid: Oid, seconds: float = 1.0) -> tuple[int, bytes]:
    """Tag and content of the answer to one SNMPv2c GET."""
    tlv = encoding.tlv
    number = secrets.randbelow(2**31)
    bind = tlv(0x30, tlv(0x06, encoding.oid(oid)) + b"\x05\x00")
    pdu = tlv(0xA0, tlv(2, encoding.integer(number)) + b"\x02\x01\x00\x02\x01\x00" + tlv(0x30, bind))
    request = tlv(0x30, b"\x02\x01\x01" + tlv(4, COMMUNITY.encode()) + pdu)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(seconds)
        asking.connect(("127.0.0.1", port))
        asking.send(request)
        answer = asking.recv(65_535)
    at, _ = ber.expect(answer, 0, 0x30)
    _, at = ber.integer(answer, at)
    _, at = ber.string(answer, at)
    at, _ = ber.expect(answer, at, 0xA2)
    answered, at = ber.integer(answer, at)
    status, at = ber.integer(answer, at)
    _, at = ber.integer(answer, at)
    at, _ = ber.expect(answer, at, 0x30)
    name, tag, content = ber.varbind(answer[at:])
    assert (answered, status, name) == (number, 0, oid)
    return tag, content


Starting = Callable[..., RunningAgent]
Simulating = Callable[..., Simulator]


@pytest.fixture
def agent_on() -> Iterator[Starting]:
    """Starts agents from settings; they are stopped after the test."""
    started: list[RunningAgent] = []

    def start(settings: Settings, **options: Any) -> RunningAgent:
        agent = RunningAgent(settings, **options).start()
        started.append(agent)
        return agent

    yield start
    for agent in started:
        agent.stop()


@pytest.fixture
def simulate() -> Iterator[Simulating]:
    """Starts simulated devices; they are stopped after the test."""
    started: list[Simulator] = []

    def start(*args: Any, **options: Any) -> Simulator:
        simulator = Simulator(*args, **options)
        simulator.start()
        started.append(simulator)
        return simulator

    yield start
    for simulator in started:
        simulator.stop()
