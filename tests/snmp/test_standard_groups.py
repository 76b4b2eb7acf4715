"""System and snmp groups of the whole application without devices, beyond what tests/conformance shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agent.app import App
from agent.config import Settings
from agent.errors import HostError
from tests.snmp import messages
from tests.snmp.agents import PLAIN, SEALED, RunningAgent, connection, exchange, snmp_settings
from tests.snmp.messages import Answer, Oid, Peer, User

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SNMP: Oid = (1, 3, 6, 1, 2, 1, 11)
T = TypeVar("T")


def app_settings(state_dir: Path, *listen: str, engine: str = "wire") -> Settings:
    snmp = snmp_settings([SEALED], listen=list(listen) or ["127.0.0.1:0"], engine=engine)
    return Settings(state_dir=state_dir, snmp=snmp)


def with_app(settings: Settings, use: Callable[[App], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        app = App(settings)
        await app.start()
        try:
            return await use(app)
        finally:
            await app.stop()

    return asyncio.run(run())


async def ask(app: App, datagram: bytes) -> bytes:
    answer = await asyncio.to_thread(exchange, app.addresses[0], datagram)
    assert answer is not None
    return answer


async def discover(app: App) -> Peer:
    said = Peer().read(await ask(app, Peer().build(User(b""), messages.pdu(messages.GET))), User(b""))
    return Peer(said.engine_id, said.boots, said.time)


def test_the_system_group_says_what_is_configured(path: str, tmp_path: Path) -> None:
    async def use(app: App) -> Answer:
        return messages.read(await ask(app, messages.get(*((*SYSTEM, arc, 0) for arc in range(1, 9)))))

    answer = with_app(app_settings(tmp_path, engine=path), use)
    assert answer.outcome == (0, 0)
    assert [tag for tag, _ in answer.values] == [4, 6, 0x43, 4, 4, 4, 2, 0x43]
    texts = [content for tag, content in answer.values if tag == 4]
    assert texts[0].startswith(b"LANTIME northbound SNMP agent")
    assert texts[1:] == [b"operations", b"north", b"room 1"]
    assert messages.read_oid(answer.values[1][1])[:7] == (1, 3, 6, 1, 4, 1, 8072)
    assert answer.values[6] == (2, b"\x48")
    assert messages.number(answer.values[2][1]) < 500


def test_rfc3418_sys_up_time_and_counters_wrap_at_32_bits(agent: RunningAgent) -> None:
    agent.within(setattr, agent.counters, "silent_drops", 2**32 + 7)
    assert agent.ask(messages.get((*SNMP, 31, 0))).values == [(messages.COUNTER32, b"\x07")]
    agent.within(setattr, agent.counters, "silent_drops", 2**32 - 1)
    assert messages.number(agent.ask(messages.get((*SNMP, 31, 0))).values[0][1]) == 2**32 - 1
    agent.within(setattr, agent.counters, "silent_drops", 0)


def test_rfc3414_5_statistics_are_in_the_default_view_and_users_are_not(agent: RunningAgent) -> None:
    usm = (1, 3, 6, 1, 6, 3, 15, 1)
    statistics, lock = agent.ask(messages.get((*usm, 1, 1, 0), (*usm, 2, 1, 0))).values
    assert statistics[0] == messages.COUNTER32
    assert lock == messages.NO_SUCH_OBJECT


def test_rfc3418_authentication_traps_are_disabled(agent: RunningAgent) -> None:
    assert agent.ask(messages.get((*SNMP, 30, 0))).values == [(2, b"\x02")]


def test_rfc3414_3_2_7_after_a_restart_the_old_boots_are_not_in_time(path: str, tmp_path: Path) -> None:
    old = with_app(app_settings(tmp_path, engine=path), discover)

    async def use(app: App) -> Oid:
        raw = await ask(app, old.build(SEALED, messages.pdu(messages.GET, [(*SYSTEM, 5, 0)])))
        return old.read(raw, SEALED).pdu.names[0]

    assert with_app(app_settings(tmp_path, engine=path), use) == (1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0)


def test_an_application_on_an_address_in_use_does_not_start(agent: RunningAgent, tmp_path: Path) -> None:
    settings = app_settings(tmp_path, "127.0.0.1:0", f"127.0.0.1:{agent.address[1]}")

    async def never(app: App) -> None:
        raise AssertionError("it started")

    with pytest.raises(HostError, match=f"127.0.0.1:{agent.address[1]}"):
        with_app(settings, never)


def test_a_service_closed_at_once_gives_its_socket_back(tmp_path: Path) -> None:
    async def nothing(app: App) -> tuple[str, int]:
        return app.addresses[0]

    host, port = with_app(app_settings(tmp_path), nothing)
    with_app(app_settings(tmp_path, f"{host}:{port}"), nothing)


def test_the_same_manager_may_ask_many_times_from_one_socket(agent: RunningAgent) -> None:
    with connection(agent.address) as asking:
        peer = agent.discover()
        for _ in range(20):
            asking.send(peer.build(PLAIN, messages.pdu(messages.GET, [(*SYSTEM, 5, 0)])))
            assert peer.read(asking.recv(65535), PLAIN).pdu.values == [(4, b"north")]
