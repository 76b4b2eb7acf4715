"""A running simulator and an authenticated client for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from agent.sim import Simulator

NOW = datetime(2026, 3, 22, 20, 26, 47, 622380, tzinfo=timezone.utc)


class Client:
    """GETs documents of one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.session = requests.Session()
        self.session.auth = ("info", "info-secret")
        self.session.trust_env = False

    def get(self, path: str = "/api/status", **options: Any) -> requests.Response:
        options.setdefault("timeout", 5)
        return self.session.get(self.simulator.url + path, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        """POST to a path below /api/configuration/."""
        options.setdefault("timeout", 5)
        return self.session.post(f"{self.simulator.url}/api/configuration/{path}", json=body, **options)

    def configured(self, path: str) -> Any:
        """What a path below /api/configuration/ holds; of a leaf its value."""
        found = self.data(f"/api/configuration/{path}")
        return found["value"] if set(found) == {"object-id", "value"} else found

    def pending(self) -> int:
        return int(self.get("/api/status/ntp/sys").json()["changes"]["pending-changes"])

    def data(self, path: str = "/api/status") -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def module(self, slot: str) -> Any:
        return self.data(f"/api/status/chassis0/slots/{slot}/module")

    def event(self, name: str) -> Any:
        return self.data(f"/api/status/notification/events/{name}")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    made = Client(simulator)
    with made.session:
        yield made


@pytest.fixture
def client_of() -> Iterator[Any]:
    """Make clients for simulators of the test's own; they are closed after it."""
    made: list[Client] = []

    def make(simulator: Simulator) -> Client:
        made.append(Client(simulator))
        return made[-1]

    yield make
    for client in made:
        client.session.close()
