"""The agent's SNMP side as a whole, on either of two paths.

The wire path answers every datagram itself and is the one to run. The pysnmp path is a second, independent reader of
the same messages, for comparison on loopback.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Protocol

from agent.config import SnmpSettings, UserSettings
from agent.snmp.engine import SnmpService, community_name, make_access
from agent.snmp.engineid import EngineIdentity
from agent.snmp.front import Complaints, Front
from agent.snmp.throttle import FailureLog
from agent.wire.answer import Source
from agent.wire.command import Commands
from agent.wire.community import Community
from agent.wire.counters import Counters
from agent.wire.entity import Entity
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS, auth_key, priv_key
from agent.wire.usm import User, Usm
from agent.wire.writing import Writer


class Service(Protocol):
    """Something that serves until it is closed."""

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""

    def reload(self, settings: SnmpSettings) -> None:
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
    ) -> None:
        self._started_s = time.monotonic()
        self._identity = identity
        self._source = source
        self._counters = counters
        self._writer = writer
        self._failures = FailureLog()
        self._front = Front(sockets, self._entity(settings).answer, counters)

    def reload(self, settings: SnmpSettings) -> None:
        """Communities, users and views from now on; sockets, engine and counters stay."""
        self._front.answer_with(self._entity(settings).answer)

    def _entity(self, settings: SnmpSettings) -> Entity:
        engine_id = self._identity.engine_id
        users = [make_user(user, engine_id) for user in settings.users]
        usm = Usm(
            engine_id,
            self._identity.boots,
            self.engine_time_s,
            {user.name: user for user in users},
            self._counters,
            secrets.randbits(64),
        )
        commands = Commands(self._source, make_access(settings), self._writer, Complaints())
        return Entity(
            make_communities(settings), usm, commands, self._counters, settings.max_message_size, self._failures
        )

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""
        return int(time.monotonic() - self._started_s)

    async def close(self) -> None:
        """Close the sockets."""
        self._front.close()


def make_communities(settings: SnmpSettings) -> dict[bytes, Community]:
    """What each community means."""
    return {
        community.name.reveal().encode(): Community(
            community_name(number), "", tuple(ip_network(source) for source in community.sources)
        )
        for number, community in enumerate(settings.communities)
    }


def make_user(user: UserSettings, engine_id: bytes) -> User:
    """A user with its keys localized to this engine."""
    name = user.name.encode()
    if user.auth is None:
        return User(name)
    auth = AUTH_PROTOCOLS[user.auth.protocol]
    key = auth_key(user.auth.passphrase.reveal().encode(), auth, engine_id)
    if user.priv is None:
        return User(name, auth, key)
    priv = PRIV_PROTOCOLS[user.priv.protocol]
    return User(name, auth, key, priv, priv_key(user.priv.passphrase.reveal().encode(), auth, priv, engine_id))


def open_service(
    settings: SnmpSettings,
    identity: EngineIdentity,
    source: Source,
    counters: Counters,
    sockets: Sequence[socket.socket],
    writer: Writer,
) -> Service:
    """The service on the configured path."""
    if settings.engine == "pysnmp":
        return SnmpService(settings, identity, source, counters, sockets)
    return WireService(settings, identity, source, counters, sockets, writer)
