"""A device lent out: nobody else asks it meanwhile, and what it answers counts like in a poll."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from agent.errors import AccessDenied, CredentialsRejected, RateLimited, SwitchedOff
from agent.service.keeper import Keeper
from agent.service.poller import Poller
from tests.service.conftest import Benching, Script
from tests.service.test_poll_for import keeper_of
from tests.service.test_poller import SMALL, Gate, run, until


def test_work_waits_for_the_poll_under_way_and_the_next_poll_for_the_work(bench: Benching) -> None:
    keeper, gate, order = keeper_of(bench), Gate(), list[str]()
    done = threading.Event()

    def work(session: Any, known: Keeper) -> str:
        assert known is keeper
        order.append("work")
        done.wait(5)
        return "worked"

    async def body(poller: Poller) -> None:
        poll = poller.poll_for("lts1", 1)
        poll.add_done_callback(lambda _: order.append("polled"))
        await until(lambda: gate.waiting)
        lent = asyncio.ensure_future(poller.lend("lts1", 2, work))
        await asyncio.sleep(0.05)
        assert order == []
        gate.open.set()
        await until(lambda: "work" in order)
        again = poller.poll_for("lts1", 3)
        await asyncio.sleep(0.1)
        assert not again.done()
        done.set()
        assert (await lent).value == "worked"
        await asyncio.wait_for(again, 5)
        assert sorted(order) == ["polled", "work"]

    run([keeper], lambda *_: gate, body)


def test_a_device_that_is_not_polled_or_wants_rest_is_not_lent(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        with pytest.raises(SwitchedOff):
            await poller.lend("other", 1, lambda session, known: None)
        poller.answered("lts1", RateLimited("429", 30))
        with pytest.raises(RateLimited, match="left alone for another"):
            await poller.lend("lts1", 1, lambda session, known: None)
        assert poller.quiet_s("lts1") > 25

    run([keeper], lambda *_: Script(SMALL), body)


def test_refused_passwords_count_and_a_refused_right_does_not(bench: Benching) -> None:
    keeper = keeper_of(bench)

    async def body(poller: Poller) -> None:
        await poller.poll_for("lts1", 1)
        poller.answered("lts1", AccessDenied("403"))
        assert keeper.known.health.rejections == 0
        poller.answered("lts1", CredentialsRejected("401"))
        assert keeper.known.health.rejections == 1
        assert keeper.known.health.credentials.value == "rejected"
        await poller.poll_for("lts1", 2)
        assert keeper.known.health.rejections == 0, "a poll that works is proof"

    run([keeper], lambda *_: Script(SMALL), body)


def test_a_session_that_was_dropped_meanwhile_is_closed_behind_the_work(bench: Benching) -> None:
    keeper, sessions, done = keeper_of(bench), list[Any](), threading.Event()

    class Closing(Script):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    def open_session(*_: Any) -> Closing:
        session = Closing(SMALL)
        sessions.append(session)
        return session

    async def body(poller: Poller) -> None:
        lent = asyncio.ensure_future(poller.lend("lts1", 2, lambda session, known: done.wait(5)))
        await asyncio.sleep(0.05)
        poller.drop("lts1")
        assert sessions[0].closed == 0
        done.set()
        await lent
        assert sessions[0].closed == 1

    run([keeper], open_session, body)
