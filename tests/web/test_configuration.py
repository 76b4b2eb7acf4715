"""What the endpoint shows of the devices' configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.web.server import Server
from tests.web.test_endpoint import TOKEN, Ask, Endpoint


class Reading:
    """One device, one transaction, three entries."""

    def cells(self, device: str) -> Sequence[dict[str, Any]] | None:
        return [{"cell": "lnbThing.1.1", "path": "configuration/thing", "value": 3}] if device == "lts1" else None

    def unread(self, device: str) -> int:
        return 2

    def transactions(self) -> Sequence[dict[str, Any]]:
        return [{"transaction": 7}]

    def transaction(self, number: int) -> dict[str, Any] | None:
        return {"transaction": 7} if number == 7 else None

    def history(self, limit: int, device: str) -> Sequence[dict[str, Any]]:
        return [{"index": number, "device": device} for number in range(3, 0, -1)][:limit]


@pytest.fixture
def shown(tmp_path: Path) -> Endpoint:
    made = Endpoint(tmp_path)
    made.server = Server(made.server._settings, tmp_path, made.box, Reading())
    return made


def test_cells_transactions_and_history_are_shown(shown: Endpoint) -> None:
    async def test(local: Ask, _: Ask) -> None:
        cells = (await local("GET", "/config/cells?device=lts1"))[1]
        assert (cells["cells"][0]["value"], cells["unread"]) == (3, 2)
        assert (await local("GET", "/config/transactions"))[1] == {"transactions": [{"transaction": 7}]}
        assert (await local("GET", "/config/transactions/7"))[1] == {"transaction": 7}
        found = (await local("GET", "/config/history?limit=2&device=lts1"))[1]["history"]
        assert [(row["index"], row["device"]) for row in found] == [(3, "lts1"), (2, "lts1")]

    shown.run(test)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("cells?device=lts9", 404, "device: no device 'lts9' is configured"),
        ("cells", 404, "device: no device '' is configured"),
        ("transactions/8", 404, "there is no transaction 8"),
        ("history?limit=0", 400, "limit: 1 to 10000"),
        ("history?limit=many", 400, "limit: 1 to 10000"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_named(shown: Endpoint, path: str, status: int, said: str) -> None:
    async def test(local: Ask, _: Ask) -> None:
        found, body, _ = await local("GET", f"/config/{path}")
        assert (found, body["error"]) == (status, said)

    shown.run(test)


def test_over_tcp_nothing_is_shown_without_the_token(shown: Endpoint) -> None:
    async def test(_: Ask, remote: Ask) -> None:
        for path in ("cells?device=lts1", "transactions", "history"):
            assert (await remote("GET", f"/config/{path}"))[0] == 401
            assert (await remote("GET", f"/config/{path}", Authorization=f"Bearer {TOKEN}"))[0] == 200

    shown.run(test)


def test_an_agent_without_transactions_shows_none(tmp_path: Path) -> None:
    async def test(local: Ask, _: Ask) -> None:
        assert (await local("GET", "/config/transactions"))[0] == 404

    Endpoint(tmp_path).run(test)
