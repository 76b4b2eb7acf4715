"""Work that is wanted often and done in turn: at once when it has rested, else once when its rest is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agent.model.rest import Rest


class Paced:
    """One piece of work. Used in the event loop's thread.

    Args:
        work: is done; what it works from is looked at then.
        rest: how long it rests after it was done.
    """

    def __init__(self, work: Callable[[], None], rest: Rest) -> None:
        self._work = work
        self._rest = rest
        self._planned: asyncio.TimerHandle | None = None

    def want(self) -> None:
        """Have it done: now, or as soon as it may be."""
        if self._planned is not None:
            return
        loop = asyncio.get_running_loop()
        left_s = self._rest.left_s(loop.time())
        if left_s:
            self._planned = loop.call_later(left_s, self._do)
        else:
            self._do()

    def stop(self) -> None:
        """Do nothing that is still planned."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None

    def _do(self) -> None:
        self._planned = None
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            self._work()
        finally:
            self._rest.begin(began_s, loop.time())
