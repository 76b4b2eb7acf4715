"""The back's connection to one front: what is to be served goes out, in order; SETs and events come in.

Of an owner's blocks only the latest wait to be sent, so that a slow front costs no memory, and no order either: what
was asked for later than a swap is sent behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from agent.channel.connection import Connection, End
from agent.channel.given import NO_BLOCKS, Blocks, Given
from agent.channel.turns import Assign
from agent.wire import frames
from agent.wire.frames import FrameError, Hello, Kind
from agent.wire.later import Later
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)

Key = tuple[Kind, str | int]


@dataclass(frozen=True, slots=True)
class Uses:
    """Whom a link calls.

    Attributes:
        assign: carries out a SET that passed the front's checks.
        on_event: is told of the front's events.
        on_restart: is told how often this front died, when another one has.
        is_wanted: whether another front is to be sent the same.
        on_sent: something was taken out of what waits.
    """

    assign: Assign
    on_event: Callable[[Any], None]
    on_restart: Callable[[int], None]
    is_wanted: Callable[[Key], bool]
    on_sent: Callable[[Key], None]


class Link(End):
    """Stands for one front, whichever process that is just now.

    Attributes:
        restarts: how often it died.
        pending: what waits to be sent.
    """

    def __init__(self, given: Given, uses: Uses) -> None:
        super().__init__()
        self._given = given
        self._uses = uses
        self.restarts = 0
        self.pending: dict[Key, bytes] = {}
        self._connection: Connection | None = None
        self._sent: dict[str, Blocks] = {}
        self._theirs: frozenset[str] = frozenset()
        self._wake = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether there is a front that takes what is sent."""
        return self._connection is not None

    def put(self, key: Key, ready: bytes = b"") -> None:
        """Have something sent; what is ready as it is, the rest as it is then."""
        self.pending[key] = ready
        self._wake.set()

    async def _serve(self, connected: socket.socket) -> None:
        connection = await Connection.of(connected)
        sending: asyncio.Task[None] | None = None
        try:
            async for kind, payload in connection.frames():
                if kind is Kind.HELLO:
                    self._greet(Hello.read(payload))
                    self._connection = connection
                    sending = asyncio.get_running_loop().create_task(self._send(connection))
                elif kind is Kind.SET:
                    self._carry_out(*frames.read_set(payload))
                elif kind is Kind.EVENT:
                    self._uses.on_event(frames.read_text(payload))
                else:
                    raise FrameError(f"{kind.name} is nothing for the back")
            log.info("front-lost: it gets everything when it is back")
        except FrameError as problem:
            log.error("channel-broken problem=%r", str(problem))
        except OSError as problem:
            log.info("front-lost problem=%r", str(problem))
        except Exception:
            log.exception("channel-crashed")
        finally:
            if self._connection is connection:
                self._connection = None
            if sending is not None:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await sending
            connection.close()

    def _greet(self, hello: Hello) -> None:
        if hello.restarts > self.restarts and not hello.owners:
            self._uses.on_restart(hello.restarts)
        self.restarts = hello.restarts
        self._theirs = frozenset(hello.owners) - self._sent.keys()
        self._sent = {}
        self.pending = {}
        if self._given.policy is not None:
            self.put((Kind.POLICY, 0))
        for owner in self._given.blocks:
            self.put((Kind.SWAP, owner))
        if self._given.owners is not None:
            self.put((Kind.READY, 0))

    async def _send(self, connection: Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.pending:
                key = next(iter(self.pending))
                await connection.send(self._frames(key, self.pending.pop(key)))
                self._uses.on_sent(key)
                await asyncio.sleep(0)  # other fronts are sent the same now, from the same octets

    def _frames(self, key: Key, ready: bytes) -> Iterable[bytes]:
        kind, name = key
        given = self._given
        if kind is Kind.SWAP:
            return self._swap_frames(str(name))
        if kind is Kind.POLICY and given.policy is not None:
            return (given.policy,)
        if kind is Kind.READY:
            return (frames.text_frame(kind, given.owners),)
        return (ready,)

    def _swap_frames(self, owner: str) -> Iterable[bytes]:
        given = self._given
        if owner not in given.blocks or (owner in given.proposed and owner in self._theirs):
            return ()
        before = self._sent.get(owner, NO_BLOCKS)
        self._sent[owner] = given.blocks[owner]
        if not given.blocks[owner]:
            del self._sent[owner]
        return given.swap_frames(owner, before, is_asked_again=self._uses.is_wanted((Kind.SWAP, owner)))

    def _carry_out(self, number: int, wanted: Sequence[Assignment], who: str) -> None:
        result = self._uses.assign(wanted, who)
        if isinstance(result, Later):
            result.then(partial(self._tell, number))
        else:
            self._tell(number, result)

    def _tell(self, number: int, result: Result) -> None:
        self.put((Kind.RESULT, number), frames.result_frame(number, result))
