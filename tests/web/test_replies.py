"""Replies to return URLs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from agent.web.replies import HttpReplies

REPLY = {"guid": "g", "success": True}


class Taker:
    """An application that takes replies, with the statuses the test wants, one after the other."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[Any] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        status = self.statuses.pop(0)
        headers = {"Location": "/elsewhere"} if status == 302 else {}
        return web.Response(status=status, headers=headers)

    def delivered(self, pauses_s: tuple[float, ...] = (0, 0, 0)) -> bool:
        async def run() -> bool:
            app = web.Application()
            app.router.add_post("/replies", self.take)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            try:
                port = runner.addresses[0][1]
                return await HttpReplies([], pauses_s).deliver(f"http://127.0.0.1:{port}/replies", REPLY)
            finally:
                await runner.cleanup()

        return asyncio.run(run())


def test_a_reply_is_posted_once_when_it_is_taken() -> None:
    taker = Taker(200)
    assert taker.delivered()
    assert taker.bodies == [REPLY]


def test_a_reply_is_tried_again_when_it_is_not_taken() -> None:
    taker = Taker(500, 503, 204)
    assert taker.delivered()
    assert len(taker.bodies) == 3


def test_a_reply_is_given_up_after_the_last_try() -> None:
    taker = Taker(500, 500, 500, 200)
    assert not taker.delivered()
    assert taker.statuses == [200]


def test_a_redirect_is_not_followed() -> None:
    taker = Taker(302)
    assert not taker.delivered((0,))
    assert len(taker.bodies) == 1


def test_a_place_where_nobody_listens_is_given_up() -> None:
    assert not asyncio.run(HttpReplies([], (0, 0)).deliver("http://127.0.0.1:9/replies", REPLY))


ALLOWED = HttpReplies(["http://127.0.0.1:8080/replies", "https://noc.example.net/"])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/replies", "http://127.0.0.1:8080/replies/", "http://127.0.0.1:8080/replies/a?b=c",
        "https://noc.example.net/anything", "https://NOC.example.net:443/",
    ],
)  # fmt: skip
def test_urls_below_an_allowed_one_are_allowed(url: str) -> None:
    assert ALLOWED.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "replies", "http://127.0.0.1:8081/replies", "https://127.0.0.1:8080/replies",
        "http://127.0.0.1:8080/repliesX", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/replies/../admin",
        "http://127.0.0.1:8080/replies/%2e%2e/admin", "http://127.0.0.1:8080/replies/\\..\\admin",
        "http://127.0.0.1:8080@evil.example/replies", "http://user@127.0.0.1:8080/replies",
        "https://noc.example.net.evil.example/", "https://noc.example.net:444/", "file:///etc/passwd",
        "http://127.0.0.1:x/replies", "http://[::1/replies", "https://noc.example.net/#x",
    ],
)  # fmt: skip
def test_no_other_url_is_allowed(url: str) -> None:
    assert not ALLOWED.allows(url)


def test_nothing_is_allowed_unless_it_is_configured() -> None:
    assert not HttpReplies([]).allows("http://127.0.0.1/")
