"""Work done in turn."""

from __future__ import annotations

import asyncio
import time

from agent.model.rest import Rest
from agent.service.paced import Paced


def test_work_is_done_at_once_and_then_once_for_all_that_was_wanted_while_it_rested() -> None:
    done: list[float] = []

    def work() -> None:
        time.sleep(0.01)
        done.append(time.monotonic())

    async def run() -> None:
        paced = Paced(work, Rest(5, 1.0))
        paced.want()
        assert len(done) == 1
        for _ in range(100):
            paced.want()
        assert len(done) == 1
        while len(done) < 2:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.2)
        assert len(done) == 2

    asyncio.run(asyncio.wait_for(run(), 10))
    assert done[1] - done[0] >= 0.05


def test_what_is_planned_is_not_done_after_the_stop() -> None:
    done: list[int] = []

    async def run() -> None:
        paced = Paced(lambda: done.append(1), Rest(0, 0))
        paced.want()
        paced = Paced(lambda: (time.sleep(0.01), done.append(2))[1], Rest(5, 1.0))
        paced.want()
        paced.want()
        paced.stop()
        await asyncio.sleep(0.1)

    asyncio.run(run())
    assert done == [1, 2]
