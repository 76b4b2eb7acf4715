"""The agent's SNMP side as a whole, on either of two paths.

The wire path answers every datagram itself and is the one to run. The pysnmp path is a second, independent reader of
the same messages, for comparison on loopback.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from agent.config import SnmpSettings
from agent.snmp.engine import SnmpService
from agent.snmp.engineid import EngineIdentity
from agent.snmp.front import Complaints, Front
from agent.wire.answer import Source
from agent.wire.command import Commands
from agent.wire.counters import Counters
from agent.wire.crypto import check_crypto
from agent.wire.entity import Entity
from agent.wire.policy import DEFAULT_CONTEXT, make_policy
from agent.wire.usm import Usm
from agent.wire.view import View
from agent.wire.writing import Writer


class Service(Protocol):
    """Something that serves until it is closed."""

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""

    def reload(self, settings: SnmpSettings, contexts: Mapping[str, View] = DEFAULT_CONTEXT) -> None:
        """Communities, users and views from now on."""

    async def close(self) -> None:
        """Close sockets and timers."""


class WireService:
    """The wire path: sockets, entity, nothing between. Made and closed within a running event loop."""

    def __init__(
        self,
        settings: SnmpSettings,
        identity: EngineIdentity,
        source: Source,
        counters: Counters,
        sockets: Sequence[socket.socket],
        writer: Writer,
        contexts: Mapping[str, View] = DEFAULT_CONTEXT,
    ) -> None:
        self._started_s = time.monotonic()
        self._identity = identity
        self._source = source
        self._counters = counters
        self._writer = writer
        self._front = Front(sockets, self._entity(settings, contexts).answer, counters)

    def reload(self, settings: SnmpSettings, contexts: Mapping[str, View] = DEFAULT_CONTEXT) -> None:
        """Communities, users, views and contexts from now on; sockets, engine and counters stay."""
        check_crypto(settings)
        self._front.answer_with(self._entity(settings, contexts).answer)

    def _entity(self, settings: SnmpSettings, contexts: Mapping[str, View]) -> Entity:
        policy = make_policy(settings, self._identity.engine_id, contexts)
        usm = Usm(
            self._identity.engine_id,
            self._identity.boots,
            self.engine_time_s,
            policy.users,
            self._counters,
            secrets.randbits(64),
        )
        commands = Commands(self._source, policy.access, self._writer, Complaints())
        return Entity(policy.communities, usm, commands, self._counters, policy.max_message_size)

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""
        return int(time.monotonic() - self._started_s)

    async def close(self) -> None:
        """Close the sockets."""
        self._front.close()


def open_service(
    settings: SnmpSettings,
    identity: EngineIdentity,
    source: Source,
    counters: Counters,
    sockets: Sequence[socket.socket],
    writer: Writer,
    contexts: Mapping[str, View] = DEFAULT_CONTEXT,
) -> Service:
    """The service on the configured path.

    Raises:
        HostError: a protocol that a user has does not work on this machine.
    """
    check_crypto(settings)
    if settings.engine == "pysnmp":
        return SnmpService(settings, identity, source, counters, sockets, contexts)
    return WireService(settings, identity, source, counters, sockets, writer, contexts)
