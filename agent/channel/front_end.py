"""The front's end of the channel: blocks and policies come in, SETs and events go out."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from agent.channel.connection import Connection, End
from agent.wire import frames
from agent.wire.block import Block, FrozenBlock
from agent.wire.frames import FrameError, Hello, Kind, SwapReader
from agent.wire.later import Later
from agent.wire.policy import Policy
from agent.wire.policycodec import read_policy
from agent.wire.writing import RESOURCE_UNAVAILABLE, Assignment, Result

log = logging.getLogger(__name__)

SET_PATIENCE_S = 5.0
"""A SET whose result is not known by then is answered genErr: it may or may not have been carried out."""
RECONNECT_S = 1.0
"""A back that died is seen to by then; a connection that ended for another reason is asked for anew."""
_GEN_ERR = 5


class Answering(Protocol):
    """What answers requests."""

    @property
    def owners(self) -> list[str]:
        """Who has given something that is served."""

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""

    def blocks_of(self, owner: str) -> Sequence[Block]:
        """The blocks of an owner."""

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on."""

    def open(self, owners: Sequence[str]) -> None:
        """Everything is there: answer from now on, and forget what others than these owners gave."""


class FrontEnd(End):
    """Connects what answers with whichever back there is.

    Args:
        restarts: how often a front died before this one.
        on_ready: is called each time a back has given everything.
        on_lost: is called a while after the connection ended, when no other has been attached.
        set_patience_s: how long the result of a SET is waited for, when not SET_PATIENCE_S.
    """

    def __init__(
        self,
        answering: Answering,
        restarts: int,
        on_ready: Callable[[], None],
        on_lost: Callable[[], None],
        set_patience_s: float | None = None,
    ) -> None:
        super().__init__()
        self._set_patience_s = set_patience_s
        self._answering = answering
        self._restarts = restarts
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._connection: Connection | None = None
        self._numbers = itertools.count(1)
        self._sets: dict[int, Later[Result]] = {}
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(1000)

    def submit(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Have the back carry out a SET; without a back it is resourceUnavailable."""
        if self._connection is None or self._outbox.full():
            return Result(RESOURCE_UNAVAILABLE, wanted[0].position)
        number = next(self._numbers)
        result: Later[Result] = Later()
        self._sets[number] = result
        self._outbox.put_nowait(frames.set_frame(number, wanted, who))
        patience_s = self._set_patience_s or SET_PATIENCE_S
        asyncio.get_running_loop().call_later(patience_s, self._settle, number, Result(_GEN_ERR, 0))
        return result

    def tell(self, event: object) -> None:
        """Tell the back of an event, if there is one to hear it and it keeps up."""
        if self._connection is not None and not self._outbox.full():
            self._outbox.put_nowait(frames.text_frame(Kind.EVENT, event))

    def _settle(self, number: int, result: Result) -> None:
        later = self._sets.pop(number, None)
        if later is not None:
            later.give(result)

    async def _serve(self, connected: socket.socket) -> None:
        connection = await Connection.of(connected)
        self._outbox = asyncio.Queue(1000)
        self._connection = connection
        sending = asyncio.get_running_loop().create_task(self._send(connection))
        try:
            await connection.send([Hello(tuple(self._answering.owners), self._restarts).frame()])
            await self._take(connection)
            log.info("back-lost: the last snapshot is served on")
        except FrameError as problem:
            log.error("channel-broken problem=%r", str(problem))
        except OSError as problem:
            log.info("back-lost problem=%r: the last snapshot is served on", str(problem))
        except Exception:
            log.exception("channel-crashed")
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending
            self._connection = None
            for number in list(self._sets):
                self._settle(number, Result(_GEN_ERR, 0))
            connection.close()
        asyncio.get_running_loop().call_later(RECONNECT_S, self._miss)

    def _miss(self) -> None:
        if self._connection is None:
            self._on_lost()

    async def _take(self, connection: Connection) -> None:
        swap: SwapReader | None = None
        async for kind, payload in connection.frames():
            if kind is Kind.SWAP:
                owner, count = frames.read_text(payload)
                swap = SwapReader(owner, count, _frozen(self._answering.blocks_of(owner)))
            elif kind is Kind.BLOCK and swap is not None:
                swap.take(payload)
            elif kind is Kind.POLICY:
                self._answering.obey(read_policy(payload))
            elif kind is Kind.RESULT:
                self._settle(*frames.read_result(payload))
            elif kind is Kind.READY:
                self._answering.open(frames.read_text(payload))
                self._on_ready()
            else:
                raise FrameError(f"{kind.name} is nothing for the front")
            if swap is not None and swap.is_whole:
                self._answering.swap(swap.owner, swap.blocks)
                swap = None

    async def _send(self, connection: Connection) -> None:
        while True:
            await connection.send([await self._outbox.get()])


def _frozen(blocks: Sequence[Block]) -> list[FrozenBlock]:
    return [block for block in blocks if isinstance(block, FrozenBlock)]
