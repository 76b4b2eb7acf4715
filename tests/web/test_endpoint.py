"""The endpoint over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agent.config import Secret, WebSettings
from agent.errors import HostError
from agent.web.sender import Sender
from agent.web.server import Server, unix_socket
from tests.web.mail import Box

TOKEN = "a-token-of-the-test-0123"
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any], Any]]]


class Endpoint:
    """A server on a Unix socket and on TCP, both asked with a plain HTTP client."""

    def __init__(self, folder: Path) -> None:
        settings = WebSettings.model_construct(
            socket=True, socket_path=None, listen=("127.0.0.1:0",), allow_remote=False, token=Secret(TOKEN),
            body_limit_kb=4, return_urls=(),
        )  # fmt: skip
        self.box = Box()
        self.path = folder / "interapp.sock"
        self.server = Server(settings, folder, self.box)

    def run(self, test: Callable[[Ask, Ask], Awaitable[None]]) -> None:
        async def whole() -> None:
            await self.server.start()
            url = f"http://127.0.0.1:{self.server.addresses[0][1]}"
            try:
                connector = aiohttp.UnixConnector(str(self.path))
                async with aiohttp.ClientSession(connector=connector) as local, aiohttp.ClientSession() as remote:
                    await test(_asking(local, "http://localhost"), _asking(remote, url))
            finally:
                await self.server.stop()

        asyncio.run(whole())


def _asking(session: aiohttp.ClientSession, url: str) -> Ask:
    async def ask(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any], Any]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Content-Type": "application/json"} if data is not None else {}
        async with session.request(method, url + path, data=data, headers={**given, **named}) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else {}, answer.headers

    return ask


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(tmp_path)


def test_a_message_is_taken_with_its_guid_and_a_location_where_its_state_is(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        status, body, headers = await local("POST", "/messages", {"type": "pollNow", "content": {"device": "lts1"}})
        assert (status, body) == (202, {"guid": "made-1", "index": 1, "state": "waiting"})
        assert headers["Location"] == "/messages/made-1"
        status, row, _ = await local("GET", headers["Location"])
        assert (status, row["state"], row["type"], row["handler"]["state"]) == (200, "waiting", "pollNow", "idle")
        assert row["received"] == "2026-03-22T20:30:00.000+00:00"

    endpoint.run(test)


def test_everything_an_envelope_can_say_arrives(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        said = {
            "type": "pollNow", "content": {"device": "lts1"}, "source": "scheduler", "guid": "g-1", "callGuid": "c-1",
            "returnUrl": "http://127.0.0.1:9/r", "timeoutSeconds": 5, "sent": "2026-03-22T20:29:59Z",
        }  # fmt: skip
        assert (await local("POST", "/messages", said))[0] == 202
        (posted,) = endpoint.box.posted
        assert posted.model_dump(by_alias=True, mode="json") == said

    endpoint.run(test)


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [("nothing", 404, "unknownType"), ("bad", 400, "badContent"), ("full", 503, "queueFull")],
)
def test_what_is_not_taken_is_answered_with_the_reason_and_is_a_row(
    endpoint: Endpoint, kind: str, status: int, reason: str
) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        answered, body, _ = await local("POST", "/messages", {"type": kind})
        assert (answered, body["reason"], body["error"]) == (status, reason, "as the test wants")
        _, row, _ = await local("GET", f"/messages/{body['guid']}")
        assert (row["state"], row["reason"]) == ("failed", reason)

    endpoint.run(test)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "no JSON object"),
        (b"{", "no JSON object"),
        (b"[1]", "not an object"),
        (b'{"type": NaN}', "no JSON number"),
        (b"[" * 3000, "no JSON object"),
        (b"\xff\xfe", "no JSON object"),
        (b"{}", "type: Field required"),
        (b'{"type": 7}', "type:"),
        (b'{"type": "pollNow", "colour": "green"}', "colour: unknown key; known are type, content"),
        (b'{"type": "pollNow", "content": []}', "content:"),
        (b'{"type": "pollNow", "guid": "a b"}', "guid:"),
        (b'{"type": "pollNow", "timeoutSeconds": "5"}', "timeoutSeconds:"),
        (b'{"type": "pollNow", "sent": "2026-03-22T20:30:00"}', "sent:"),
    ],
)
def test_what_is_no_message_is_refused_by_name_and_is_a_failed_row(
    endpoint: Endpoint, body: bytes, problem: str
) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        status, answer, _ = await local("POST", "/messages", body)
        assert (status, answer["reason"]) == (400, "badContent")
        assert problem in answer["error"]
        _, listed, _ = await local("GET", "/messages?state=failed")
        assert [row["errorText"] for row in listed["messages"]] == [answer["error"][:255]]
        assert endpoint.box.posted == []

    endpoint.run(test)


def test_a_body_over_the_limit_is_a_failed_row_and_the_endpoint_goes_on(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        status, answer, _ = await local("POST", "/messages", {"type": "pollNow", "content": {"device": "x" * 5000}})
        assert (status, answer["reason"], answer["index"]) == (413, "badContent", 1)
        assert (await local("POST", "/messages", {"type": "pollNow"}))[0] == 202
        assert [entry.message.error_text for entry in endpoint.box.entries() if entry.message.state.ended] == [
            "the body is larger than web.body_limit_kb"
        ]

    endpoint.run(test)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("PUT", "/messages", 405), ("GET", "/messages/unknown", 404),
        ("POST", "/messages/unknown/cancel", 404), ("DELETE", "/messages/unknown", 404),
        ("GET", "/messages?state=dreaming", 400), ("GET", "/messages?limit=0", 400), ("GET", "/messages?limit=x", 400),
        ("GET", "/messages?colour=green", 400),
    ],
)  # fmt: skip
def test_other_mistakes_are_answered_as_json_too(endpoint: Endpoint, method: str, path: str, status: int) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        answered, body, _ = await local(method, path)
        assert (answered, set(body)) == (status, {"reason", "error"})
        assert (body["reason"] == "notFound") is (status == 404)

    endpoint.run(test)


def test_another_content_type_is_a_failed_row(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        status, answer, _ = await local("POST", "/messages", b"type=pollNow", Content_Type="text/plain")
        assert (status, answer["reason"], answer["index"]) == (415, "badContent", 1)

    endpoint.run(test)


def test_the_list_shows_the_newest_first(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        for kind in ("pollNow", "bad", "rediscover"):
            await local("POST", "/messages", {"type": kind})
        _, listed, _ = await local("GET", "/messages")
        assert [row["type"] for row in listed["messages"]] == ["rediscover", "bad", "pollNow"]
        _, listed, _ = await local("GET", "/messages?state=waiting&limit=1")
        assert [row["type"] for row in listed["messages"]] == ["rediscover"]

    endpoint.run(test)


def test_a_message_is_cancelled_and_then_purged(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        await local("POST", "/messages", {"type": "pollNow"})
        assert (await local("DELETE", "/messages/made-1"))[0] == 409
        status, row, _ = await local("POST", "/messages/made-1/cancel")
        assert (status, row["state"], row["reason"]) == (200, "failed", "cancelled")
        assert (await local("POST", "/messages/made-1/cancel"))[0] == 409
        assert (await local("DELETE", "/messages/made-1"))[0] == 204
        assert (await local("GET", "/messages/made-1"))[0] == 404

    endpoint.run(test)


def test_types_are_listed_with_the_schema_of_the_envelope(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        _, body, _ = await local("GET", "/types")
        assert body["types"][0]["type"] == "pollNow"
        assert "returnUrl" in body["envelope"]["properties"]

    endpoint.run(test)


@pytest.mark.parametrize("given", [None, "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ", "Bearer \xe4"])
def test_tcp_needs_the_token(endpoint: Endpoint, given: str | None, caplog: pytest.LogCaptureFixture) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        headers = {} if given is None else {"Authorization": given}
        with caplog.at_level(logging.DEBUG):
            for method, path in (("GET", "/messages"), ("POST", "/messages"), ("GET", "/types"), ("GET", "/nothing")):
                status, _, answered = await remote(method, path, {"type": "pollNow"}, **headers)
                assert (status, answered["WWW-Authenticate"]) == (401, "Bearer")
        assert endpoint.box.entries() == ()
        assert TOKEN not in caplog.text

    endpoint.run(test)


def test_tcp_with_the_token_is_served(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        with caplog.at_level(logging.DEBUG):
            status, _, _ = await remote("POST", "/messages", {"type": "pollNow"}, Authorization=f"Bearer {TOKEN}")
        assert status == 202
        assert TOKEN not in caplog.text

    endpoint.run(test)


def test_the_unix_socket_needs_no_token_but_refuses_a_wrong_one(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        assert (await local("GET", "/types"))[0] == 200
        assert (await local("GET", "/types", Authorization=f"Bearer {TOKEN}"))[0] == 200
        assert (await local("GET", "/types", Authorization="Bearer wrong"))[0] == 401

    endpoint.run(test)


def test_the_unix_socket_is_its_owners_alone_and_goes_with_the_agent(endpoint: Endpoint) -> None:
    async def test(local: Ask, remote: Ask) -> None:
        mode = endpoint.path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600

    endpoint.run(test)
    assert not endpoint.path.exists()


def test_a_socket_left_behind_is_replaced_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "interapp.sock"
    unix_socket(path).close()
    second = unix_socket(path)
    with contextlib.closing(second):
        second.listen()
        with pytest.raises(HostError, match="another program does"):
            unix_socket(path)
    path.unlink()
    path.write_text("something", encoding="ascii")
    with pytest.raises(HostError, match="no socket"):
        unix_socket(path)
    with pytest.raises(HostError, match=r"web\.socket_path"):
        unix_socket(tmp_path / ("x" * 120))


def test_a_port_in_use_is_said_and_nothing_is_left_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = WebSettings(listen=(f"127.0.0.1:{taken.getsockname()[1]}",), token=Secret(TOKEN))
        server = Server(settings, tmp_path, Box())
        with pytest.raises(HostError, match="in use"):
            asyncio.run(server.start())
    assert not (tmp_path / "interapp.sock").exists()


def test_a_sender_says_where_no_agent_answers(tmp_path: Path) -> None:
    async def ask() -> None:
        async with Sender(tmp_path / "interapp.sock") as sender:
            await sender.get("/types")

    with pytest.raises(HostError, match=r"no agent answers on .*interapp\.sock"):
        asyncio.run(ask())
