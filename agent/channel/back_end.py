"""The back's end of the channel: what is to be served goes out, in order; SETs and counters come in.

Of an owner's blocks only the latest wait to be sent, so that a slow front costs no memory, and no order either: what
was asked for later than a swap is sent behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from agent.channel.connection import Connection, End
from agent.wire import frames
from agent.wire.block import Block, FrozenBlock
from agent.wire.counters import Counters
from agent.wire.frames import FrameError, Hello, Kind
from agent.wire.later import Later
from agent.wire.policy import Policy
from agent.wire.policycodec import policy_text
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)

Assign = Callable[[Sequence[Assignment], str], "Result | Later[Result]"]


class BackEnd(End):
    """Stands for the front in the back's process, whichever front there is.

    Args:
        assign: carries out a SET that passed the front's checks.
        on_event: is told of the front's events.
        on_restart: is told how often a front died, when another one has.

    Attributes:
        counters: the front's, a second old at most.
        restarts: how often a front died.
    """

    def __init__(
        self,
        assign: Assign,
        on_event: Callable[[Any], None] = lambda event: None,
        on_restart: Callable[[int], None] = lambda restarts: None,
    ) -> None:
        super().__init__()
        self._on_restart = on_restart
        self.counters = Counters()
        self.restarts = 0
        self._assign = assign
        self._on_event = on_event
        self._wanted: dict[str, list[FrozenBlock]] = {}
        self._sent: dict[str, list[FrozenBlock]] = {}
        self._proposed: set[str] = set()
        self._theirs: frozenset[str] = frozenset()
        self._policy: Policy | None = None
        self._owners: list[str] | None = None
        self._pending: dict[tuple[Kind, str | int], bytes] = {}
        self._wake = asyncio.Event()

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Have an owner's blocks served in the place of the ones it had."""
        self._proposed.discard(owner)
        self._wanted[owner] = [block for block in blocks if isinstance(block, FrozenBlock) and block.keys]
        self._put((Kind.SWAP, owner))

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """The same, unless the front has something of the owner's from a back before this one."""
        self.swap(owner, blocks)
        self._proposed.add(owner)

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on."""
        self._policy = policy
        self._put((Kind.POLICY, 0))

    def open(self, owners: Sequence[str]) -> None:
        """Everything has been given: the front may answer, and forget what others than these owners gave."""
        self._owners = list(owners)
        self._put((Kind.READY, 0))

    def _put(self, key: tuple[Kind, str | int], ready: bytes = b"") -> None:
        self._pending[key] = ready
        self._wake.set()

    async def _serve(self, connected: socket.socket) -> None:
        connection = await Connection.of(connected)
        sending: asyncio.Task[None] | None = None
        try:
            async for kind, payload in connection.frames():
                if kind is Kind.HELLO:
                    await self._greet(connection, Hello.read(payload))
                    sending = asyncio.get_running_loop().create_task(self._send(connection))
                elif kind is Kind.SET:
                    self._carry_out(*frames.read_set(payload))
                elif kind is Kind.COUNTERS:
                    self.counters = Counters(**frames.read_text(payload))
                elif kind is Kind.EVENT:
                    self._on_event(frames.read_text(payload))
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
            if sending is not None:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await sending
            connection.close()

    async def _greet(self, connection: Connection, hello: Hello) -> None:
        if hello.restarts > self.restarts and not hello.owners:
            self._on_restart(hello.restarts)
        self.restarts = hello.restarts
        self._theirs = frozenset(hello.owners) - self._sent.keys()
        if not hello.owners:  # the counters of one that died go on in the next
            await connection.send([frames.text_frame(Kind.COUNTERS, self.counters.values())])
        self._sent = {}
        self._pending = {}
        if self._policy is not None:
            self.obey(self._policy)
        for owner in self._wanted:
            self._put((Kind.SWAP, owner))
        if self._owners is not None:
            self.open(self._owners)

    async def _send(self, connection: Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._pending:
                key = next(iter(self._pending))
                await connection.send(self._frames(key, self._pending.pop(key)))

    def _frames(self, key: tuple[Kind, str | int], ready: bytes) -> Iterator[bytes]:
        kind, name = key
        if kind is Kind.SWAP:
            owner = str(name)
            if owner in self._proposed and owner in self._theirs:
                return
            before, after = self._sent.get(owner, []), self._wanted[owner]
            self._sent[owner] = after
            yield from frames.swap_frames(owner, before, after)
            if not after and self._wanted.get(owner) is after:
                del self._wanted[owner], self._sent[owner]
        elif kind is Kind.POLICY and self._policy is not None:
            yield frames.frame(kind, policy_text(self._policy))
        elif kind is Kind.READY:
            yield frames.text_frame(kind, self._owners)
        elif kind is Kind.RESULT:
            yield ready

    def _carry_out(self, number: int, wanted: Sequence[Assignment], who: str) -> None:
        result = self._assign(wanted, who)
        if isinstance(result, Later):
            result.then(partial(self._tell, number))
        else:
            self._tell(number, result)

    def _tell(self, number: int, result: Result) -> None:
        self._put((Kind.RESULT, number), frames.result_frame(number, result))
