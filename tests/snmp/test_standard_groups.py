"""System, snmp and engine groups (K of the list), of the whole application without devices, and its restart (R)."""

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
ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)
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


def test_rfc3418_the_system_group_is_complete_and_of_the_right_types(path: str, tmp_path: Path) -> None:
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


def test_rfc3418_snmp_in_pkts_rises_by_one_per_request(agent: RunningAgent) -> None:
    asking = messages.get((*SNMP, 1, 0))
    values = [messages.number(agent.ask(asking).values[0][1]) for _ in range(3)]
    assert values[1:] == [values[0] + 1, values[0] + 2]


def test_rfc3418_sys_up_time_advances_by_100_a_second(path: str, tmp_path: Path) -> None:
    async def use(app: App) -> tuple[int, int]:
        ticks = []
        for _ in range(2):
            answer = messages.read(await ask(app, messages.get((*SYSTEM, 3, 0))))
            ticks.append(messages.number(answer.values[0][1]))
            await asyncio.sleep(0.5)
        return ticks[0], ticks[1]

    first, second = with_app(app_settings(tmp_path, engine=path), use)
    assert 45 <= second - first <= 90


def test_rfc3418_sys_up_time_and_counters_wrap_at_32_bits(agent: RunningAgent) -> None:
    agent.within(setattr, agent.counters, "silent_drops", 2**32 + 7)
    assert agent.ask(messages.get((*SNMP, 31, 0))).values == [(messages.COUNTER32, b"\x07")]
    agent.within(setattr, agent.counters, "silent_drops", 2**32 - 1)
    assert messages.number(agent.ask(messages.get((*SNMP, 31, 0))).values[0][1]) == 2**32 - 1
    agent.within(setattr, agent.counters, "silent_drops", 0)


@pytest.mark.parametrize("arc", [1, 3, 4, 5, 6, 31, 32])
def test_rfc3418_the_counters_of_the_snmp_group_are_served(agent: RunningAgent, arc: int) -> None:
    ((tag, content),) = agent.ask(messages.get((*SNMP, arc, 0))).values
    assert tag == messages.COUNTER32
    assert messages.number(content) >= 0


def test_rfc3418_authentication_traps_are_disabled(agent: RunningAgent) -> None:
    assert agent.ask(messages.get((*SNMP, 30, 0))).values == [(2, b"\x02")]


def test_rfc3411_the_engine_group_says_what_discovery_says(path: str, tmp_path: Path) -> None:
    async def use(app: App) -> tuple[Peer, Answer]:
        peer = await discover(app)
        return peer, messages.read(await ask(app, messages.get(*((*ENGINE, arc, 0) for arc in range(1, 5)))))

    peer, answer = with_app(app_settings(tmp_path, engine=path), use)
    assert answer.values[0] == (4, peer.engine_id)
    assert messages.number(answer.values[1][1]) == peer.boots
    assert abs(messages.number(answer.values[2][1]) - peer.time) <= 1
    assert answer.values[3] == (2, (1472).to_bytes(2, "big"))


def test_rfc3414_2_3_a_restart_keeps_the_engine_id_and_raises_the_boots(path: str, tmp_path: Path) -> None:
    peers = [with_app(app_settings(tmp_path, engine=path), discover) for _ in range(3)]
    assert len({peer.engine_id for peer in peers}) == 1
    assert [peer.boots for peer in peers] == [1, 2, 3]
    assert all(peer.time <= 1 for peer in peers)


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


def test_rfc3418_the_modules_of_sys_or_table_have_an_oid_a_text_and_a_time(agent: RunningAgent) -> None:
    entry = (*SYSTEM, 9, 1)
    cells = agent.ask(messages.get_bulk(0, 30, entry)).varbinds
    table = {name: value for name, value in cells if name[: len(entry)] == entry}
    rows = {name[-1] for name in table}
    assert len(rows) >= 5
    assert set(table) == {(*entry, arc, row) for arc in (2, 3, 4) for row in rows}
    assert {value[0] for name, value in table.items() if name[-2] == 2} == {6}
