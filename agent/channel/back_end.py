"""The back's end of the channel: one for all fronts, with a link to each."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from agent.channel.given import Given
from agent.channel.link import Key, Link, Uses
from agent.channel.turns import Assign, Turns
from agent.wire.block import Block, FrozenBlock
from agent.wire.frames import Kind
from agent.wire.policy import Policy


class BackEnd:
    """Stands for all fronts in the back's process, whichever fronts there are.

    SETs of all fronts are carried out one after the other.

    Args:
        assign: carries out a SET that passed a front's checks.
        on_event: is told of the fronts' events.
        on_restart: is told which front died, from 0, and how often it has.
        fronts: how many there are.
    """

    def __init__(
        self,
        assign: Assign,
        on_event: Callable[[Any], None] = lambda event: None,
        on_restart: Callable[[int, int], None] = lambda front, restarts: None,
        fronts: int = 1,
    ) -> None:
        self._given = Given()
        self._links: list[Link] = []
        turns = Turns(assign)
        for front in range(fronts):
            uses = Uses(turns.assign, on_event, partial(on_restart, front), self._is_wanted, self._forget)
            self._links.append(Link(self._given, uses))

    @property
    def restarts(self) -> int:
        """How often fronts died, all together."""
        return sum(link.restarts for link in self._links)

    def attach(self, connected: socket.socket, front: int = 0) -> None:
        """A front, of this number, is there over a connected socket; the one before it counts no more."""
        self._links[front].attach(connected)

    async def close(self) -> None:
        """End all connections."""
        await asyncio.gather(*(link.close() for link in self._links))

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Have an owner's blocks served in the place of the ones it had."""
        self._given.proposed.discard(owner)
        self._given.blocks[owner] = [block for block in blocks if isinstance(block, FrozenBlock) and block.keys]
        self._put((Kind.SWAP, owner))

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """The same, unless a front has something of the owner's from a back before this one."""
        self.swap(owner, blocks)
        self._given.proposed.add(owner)

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on."""
        self._given.obey(policy)
        self._put((Kind.POLICY, 0))

    def open(self, owners: Sequence[str]) -> None:
        """Everything has been given: fronts may answer, and forget what others than these owners gave."""
        self._given.owners = list(owners)
        self._put((Kind.READY, 0))

    def _put(self, key: Key) -> None:
        for link in self._links:
            link.put(key)

    def _is_wanted(self, key: Key) -> bool:
        return any(link.is_connected and key in link.pending for link in self._links)

    def _forget(self, key: Key) -> None:
        """Drop what is empty as soon as every front knows."""
        kind, owner = key[0], str(key[1])
        if kind is not Kind.SWAP or self._given.blocks.get(owner) or any(key in link.pending for link in self._links):
            return
        self._given.blocks.pop(owner, None)
