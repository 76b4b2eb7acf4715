"""Simulated devices of the fleet: what they say, and how they are asked."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from benchmarks import devices
from benchmarks.devices import STATUS, Kind, Large
from benchmarks.farm import ASKED, HOST, Connection, Farm, number_of

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


def kind(count: int, now_s: Callable[[], float] = lambda: 0.0) -> Kind:
    return Kind(devices.M300, count, NOON, 60, now_s)


def said(body: bytes | None) -> Any:
    assert body is not None
    return json.loads(body)


def test_an_m300_has_one_receiver_and_the_slots_that_a_captured_one_has() -> None:
    slots = devices.status_of(devices.M300, 1, NOON)["data"]["chassis0"]["slots"]
    models = {slot["slot-id"]: slot.get("module", {}).get("info", {}).get("model") for slot in slots}
    assert list(models) == ["pwr1", "pwr2", "cpu", "clk1", "clk2", "int1", "int2"]
    assert models["clk1"] == "pzf180"
    assert not models["clk2"]


def test_every_device_has_a_name_and_a_serial_number_of_its_own() -> None:
    count = devices.SEEDS + 3
    made = kind(count)
    heads = [said(made.body(number, STATUS))["system-information"] for number in range(count)]
    assert len({head["hostname"] for head in heads[1:]}) >= count - devices.SEEDS
    assert len({head["serial-number"] for head in heads}) == count


def test_what_a_device_says_changes_with_time_until_that_is_over() -> None:
    now_s = 0.0
    made = kind(1, lambda: now_s)
    bodies = []
    for moment in (0.0, 29.0, 31.0, 61.0, 600.0):
        now_s = moment
        bodies.append(made.body(0, STATUS))
    assert bodies[0] == bodies[1]
    assert len({bodies[1], bodies[2], bodies[3]}) == 3
    assert bodies[3] == bodies[4]


def test_a_card_has_a_configuration_and_an_empty_slot_has_none() -> None:
    made = kind(1)
    path = "/api/configuration/chassis0/slots/{}/module"
    assert said(made.body(0, path.format("clk1")))["data"]
    assert made.body(0, path.format("int1")) is None


def test_the_large_document_has_ten_megabytes_and_changes_between_polls() -> None:
    now_s = 0.0
    large = Large(NOON, lambda: now_s)
    first = large.body(0, STATUS)
    now_s = 10.0
    second = large.body(0, STATUS)
    assert first is not None
    assert 10e6 < len(first) < 11e6
    assert first != second
    assert large.body(0, "/api/status/system") is None


@pytest.mark.parametrize(
    ("header", "number"),
    [("info-17:x", 17), ("info-:x", None), ("admin:x", None), ("17:x", None)],
)
def test_a_device_is_known_by_its_user_name(header: str, number: int | None) -> None:
    assert number_of("Basic " + base64.b64encode(header.encode()).decode()) == number


def test_what_is_no_basic_is_no_device() -> None:
    assert [number_of(text) for text in ("", "Bearer x", "Basic %%%")] == [None] * 3


@pytest.fixture
def farm() -> Iterator[str]:
    """The URL of two devices that are served."""
    made = Farm({range(2): kind(2)})
    ready: list[int] = []
    started, stopping = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        server = await loops[0].create_server(lambda: Connection(made), HOST, 0)
        ready.append(server.sockets[0].getsockname()[1])
        started.set()
        await stopping.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(10)
    yield f"http://{HOST}:{ready[0]}"
    loops[0].call_soon_threadsafe(stopping.set)
    thread.join(10)


def ask(url: str, user: str = "") -> Any:
    headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:any".encode()).decode()} if user else {}
    answer = requests.get(url, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


def test_devices_answer_over_http_and_it_is_noted_who_was_asked(farm: str) -> None:
    assert ask(farm + STATUS, "info-1")["data"]["chassis0"]["model"] == "M300"
    assert ask(farm + STATUS, "info-1")
    assert ask(farm + STATUS, "info-0")
    asked = ask(farm + ASKED)
    assert {number: len(times) for number, times in asked.items()} == {"0": 1, "1": 2}
    assert asked["1"] == sorted(asked["1"])


@pytest.mark.parametrize(
    ("path", "user", "status"), [(STATUS, "", 401), (STATUS, "info-2", 404), ("/x", "info-1", 404)]
)
def test_what_is_not_there_is_refused(farm: str, path: str, user: str, status: int) -> None:
    with pytest.raises(requests.HTTPError, match=f"^{status} "):
        ask(farm + path, user)


def test_time_in_documents_is_that_of_the_clock() -> None:
    head = devices.status_of(devices.M300, 1, NOON + timedelta(seconds=30))["system-information"]
    assert head["time-stamp"] != devices.status_of(devices.M300, 1, NOON)["system-information"]["time-stamp"]
