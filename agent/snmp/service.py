"""The agent's SNMP side as a whole, on either of two paths.

The wire path answers every datagram itself and is the one to run. The pysnmp path is a second, independent reader of
the same messages, for comparison on loopback.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
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
        writer: takes SETs.
        observe: is told of messages that fail authentication, a few a minute at most.
    """

    def __init__(
        self,
        identity: EngineIdentity,
        shelf: Shelf,
        counters: Counters,
        sockets: Sequence[socket.socket],
        writer: Writer,
        observe: FailureObserver = lambda failure: None,
    ) -> None:
        self._observe = observe
        self.shelf = shelf
        self.counters = counters
        self.started_s = identity.started_s
        self._identity = identity
        self._sockets = sockets
        self._writer = writer
        self._complain = Complaints()
        self._failures = FailureLog()
        self._salts = count(secrets.randbits(64))  # over reloads: no salt is used twice with one key and time
        self._answer: Callable[[bytes, str], Answer] = lambda datagram, address: None
        self._front: Front | None = None

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
        entity = Entity(policy.communities, usm, commands, self.counters, policy.max_message_size, self._on_failure)
        self._answer = entity.answer
        if self._front is not None:
            self._front.answer_with(self._answer)

    def open(self, owners: Sequence[str]) -> None:
        """Answer from now on, and serve nothing of others than these owners."""
        for owner in set(self.owners) - set(owners):
            self.shelf.swap(owner, [])
        if self._front is None:
            self._front = Front(self._sockets, self._answer, self.counters)

    def _on_failure(self, failure: AuthenticationFailure) -> None:
        self._failures(failure)
        self._observe(failure)

    def engine_time_s(self) -> int:
        """Seconds since the engine's boots rose."""
        return int(time.monotonic() - self.started_s)

    async def close(self) -> None:
        """Close the sockets."""
        if self._front is not None:
            self._front.close()


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
