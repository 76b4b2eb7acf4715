"""The agent's SNMP side as a whole, on either of two paths.

The wire path answers every datagram itself and is the one to run. The pysnmp path is a second, independent reader of
the same messages, for comparison on loopback.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from agent.config import SnmpSettings
from agent.snmp.engineid import EngineIdentity
from agent.snmp.front import Complaints, Front
from agent.snmp.throttle import FailureLog
from agent.wire.block import Block
from agent.wire.command import Commands
from agent.wire.counters import Counters
from agent.wire.crypto import check_crypto
from agent.wire.entity import Entity
from agent.wire.later import Answer
from agent.wire.policy import DEFAULT_CONTEXT, Policy, make_policy
from agent.wire.shelf import Shelf
from agent.wire.strangers import AuthenticationFailure, FailureObserver
from agent.wire.usm import Usm
from agent.wire.view import View
from agent.wire.writing import Writer

LIVE = "live"
"""Owner of the cells that are read when they are asked for; they are the answering side's own."""


class Service(Protocol):
    """Something that serves until it is closed."""

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""

    async def close(self) -> None:
        """Close sockets and timers."""


class WireService:
    """The wire path: sockets, entity, store, nothing between. Made and closed within a running event loop.

    It is silent until it has a policy and is opened: a manager asks again after silence, but drops for good what it
    is told not to exist.

    Args:
        shelf: what is served; its owner `LIVE` is nobody's to sweep.
        sockets: what stands for the default context; `listen` says so of other contexts.
        writer: takes SETs.
        observe: is told of messages that fail authentication, a few a minute at most.
        salts: for privacy; of no other process of this engine.
    """

    def __init__(
        self,
        identity: EngineIdentity,
        shelf: Shelf,
        counters: Counters,
        sockets: Sequence[socket.socket],
        writer: Writer,
        observe: FailureObserver = lambda failure: None,
        salts: Iterator[int] | None = None,
    ) -> None:
        self._observe = observe
        self.shelf = shelf
        self.counters = counters
        self.started_s = identity.started_s
        self._identity = identity
        self._contexts: dict[socket.socket, str] = dict.fromkeys(sockets, "")
        self._fronts: dict[socket.socket, Front] = {}
        self._writer = writer
        self._complain = Complaints()
        self._failures = FailureLog()
        self._salts = salts or identity.salts()  # over reloads: no salt is used twice with one key and time
        self._entity: Entity | None = None
        self._known_contexts: Collection[str] = ()
        self._is_open = False

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""
        self.shelf.swap(owner, blocks)

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """The same, unless something of the owner's is served already."""
        self.shelf.propose(owner, blocks)

    def blocks_of(self, owner: str) -> Sequence[Block]:
        """The blocks of an owner."""
        return self.shelf.blocks_of(owner)

    restarts = 0

    @property
    def owners(self) -> list[str]:
        """Who has given something that is served."""
        return [owner for owner in self.shelf.owners if owner != LIVE]

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on; sockets, engine and counters stay."""
        usm = Usm(
            self._identity.engine_id,
            self._identity.boots,
            self.engine_time_s,
            policy.users,
            self.counters,
            self._salts,
        )
        commands = Commands(self.shelf.source, policy.access, self._writer, self._complain)
        self._entity = Entity(
            policy.communities, usm, commands, self.counters, policy.max_message_size, self._on_failure
        )
        self._known_contexts = policy.access.contexts
        self._serve()

    def listen(self, contexts: Mapping[socket.socket, str]) -> None:
        """Serve these sockets from now on, each of which stands for a context; others are closed."""
        for opened in self._contexts.keys() - contexts.keys():
            self._close(opened)
        self._contexts = dict(contexts)
        self._serve()

    def _serve(self) -> None:
        """Answer on every socket as its context is answered in now."""
        if not self._is_open:
            return
        for opened, context in self._contexts.items():
            answer = self._answer_in(context)
            if opened in self._fronts:
                self._fronts[opened].answer_with(answer)
            else:
                self._fronts[opened] = Front([opened], answer, self.counters, self._complain)

    def _answer_in(self, context: str) -> Callable[[bytes, str], Answer]:
        if self._entity is None or context not in self._known_contexts:
            return _silence  # sockets and policy come by ways of their own: the one that knows the context is to come
        return partial(self._entity.answer, here=context) if context else self._entity.answer

    def _close(self, opened: socket.socket) -> None:
        front = self._fronts.pop(opened, None)
        if front is not None:
            front.close()
        opened.close()

    def open(self, owners: Sequence[str]) -> None:
        """Answer from now on, and serve nothing of others than these owners."""
        for owner in set(self.owners) - set(owners):
            self.shelf.swap(owner, [])
        if not self._is_open:
            self._is_open = True
            self._serve()

    def _on_failure(self, failure: AuthenticationFailure) -> None:
        self._failures(failure)
        self._observe(failure)

    def engine_time_s(self) -> int:
        """Seconds since the engine's boots rose."""
        return int(time.monotonic() - self.started_s)

    async def close(self) -> None:
        """Close the sockets."""
        for opened in self._contexts:
            self._close(opened)
        self._contexts = {}


def _silence(datagram: bytes, address: str) -> Answer:
    return None


def open_service(
    settings: SnmpSettings,
    identity: EngineIdentity,
    shelf: Shelf,
    counters: Counters,
    sockets: Sequence[socket.socket],
    writer: Writer,
    contexts: Mapping[str, View] = DEFAULT_CONTEXT,
) -> Service:
    """The service on the configured path, answering at once.

    Raises:
        HostError: a protocol that a user has does not work on this machine.
    """
    check_crypto(settings)
    if settings.engine == "pysnmp":
        from agent.snmp.engine import SnmpService  # not loaded where it is not used: it costs 20 MB and half a second

        service: WireService | SnmpService = SnmpService(identity, shelf, counters, sockets)
    else:
        service = WireService(identity, shelf, counters, sockets, writer)
    service.obey(make_policy(settings, identity.engine_id, contexts))
    service.open(shelf.owners)
    return service
