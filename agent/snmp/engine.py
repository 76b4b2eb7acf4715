"""The pysnmp engine made ready: identity, clock, communities, users, sockets, responder."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyasn1.type.constraint import ConstraintsIntersection, ValueRangeConstraint
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config as pysnmp_config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import rfc1905
from pysnmp.proto.rfc1902 import Integer32, OctetString
from pysnmp.proto.secmod.cache import Cache

from agent.errors import HostError
from agent.snmp.engineid import EngineIdentity
from agent.snmp.gate import Gate, make_gate
from agent.snmp.responder import Limits, Responder
from agent.snmp.throttle import Throttle
from agent.wire.block import Block
from agent.wire.community import CONTEXT_SIGN, Community
from agent.wire.counters import Counters
from agent.wire.policy import Policy
from agent.wire.shelf import Shelf
from agent.wire.usm import User

log = logging.getLogger(__name__)

AUTH_PROTOCOLS = {
    "MD5": pysnmp_config.USM_AUTH_HMAC96_MD5,
    "SHA": pysnmp_config.USM_AUTH_HMAC96_SHA,
    "SHA-224": pysnmp_config.USM_AUTH_HMAC128_SHA224,
    "SHA-256": pysnmp_config.USM_AUTH_HMAC192_SHA256,
    "SHA-384": pysnmp_config.USM_AUTH_HMAC256_SHA384,
    "SHA-512": pysnmp_config.USM_AUTH_HMAC384_SHA512,
}
# net-snmp's AES-192 and AES-256 are what pysnmp names Blumenthal; the Reeder extension is -C there.
PRIV_PROTOCOLS = {
    "DES": pysnmp_config.USM_PRIV_CBC56_DES,
    "AES-128": pysnmp_config.USM_PRIV_CFB128_AES,
    "AES-192": pysnmp_config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "AES-256": pysnmp_config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "AES-192-C": pysnmp_config.USM_PRIV_CFB192_AES,
    "AES-256-C": pysnmp_config.USM_PRIV_CFB256_AES,
}
LOCALIZED = pysnmp_config.USM_KEY_TYPE_LOCALIZED


class SnmpService:
    """The pysnmp path, serving from a store until it is closed. Made and closed within a running event loop.

    It is silent until it has a policy; the first one it is given stays.
    """

    def __init__(
        self, identity: EngineIdentity, shelf: Shelf, counters: Counters, sockets: Sequence[socket.socket]
    ) -> None:
        self.shelf = shelf
        self.counters = counters
        self.started_s = identity.started_s
        self._identity = identity
        self._sockets = sockets
        self._engine: SnmpEngine | None = None
        self._opening: list[asyncio.Future[Any]] = []

    def engine_time_s(self) -> int:
        """Seconds since the engine started."""
        return int(time.monotonic() - self.started_s)

    restarts = 0

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""
        self.shelf.swap(owner, blocks)

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """The same, unless something of the owner's is served already."""
        self.shelf.propose(owner, blocks)

    def obey(self, policy: Policy) -> None:
        """Answer by this policy; a later one changes nothing, since pysnmp keeps what it was given."""
        if self._engine is not None:
            return
        if any(user.priv for user in policy.users.values()):
            check_privacy()
        self._engine = _make_engine(self._identity, policy.max_message_size)
        communities = spelled_out(policy.communities, policy.access.contexts)
        for number, (octets, community) in enumerate(communities.items()):
            _add_community(self._engine, number, octets, community)
        for user in policy.users.values():
            _add_user(self._engine, user)
        longest = {
            community.name: max(len(octets) for octets, one in communities.items() if one.name == community.name)
            for community in communities.values()
        }
        limits = Limits(policy.max_message_size, len(self._identity.engine_id), longest)
        self._responder = Responder(self._engine, self.shelf.source, policy.access, self.counters, limits)
        gate = make_gate(communities, policy.users, policy.max_message_size, self.counters)
        self._opening = _attach(self._engine, self._sockets, gate)

    def open(self, owners: Sequence[str]) -> None:
        """Nothing changes: it answers as soon as it has a policy."""

    async def close(self) -> None:
        """Close sockets and timers."""
        await asyncio.gather(*self._opening, return_exceptions=True)
        if self._engine is not None:
            self._engine.close_dispatcher()
        await asyncio.sleep(0)


def check_privacy() -> None:
    """Whether SNMPv3 privacy can work here.

    Raises:
        HostError: the installed `cryptography` lacks what pysnmp needs; users with priv would fail at every request.
    """
    from pysnmp.proto.secmod.rfc3826.priv import aes

    if aes.PysnmpCryptoError:
        raise HostError("SNMPv3 privacy does not work: install cryptography 47 or newer")


class _MonotonicTime(Integer32):  # type: ignore[misc]
    """snmpEngineTime that does not follow the wall clock; pysnmp reads it by `clone()`."""

    started_s = 0.0

    def clone(self, *args: Any, **options: Any) -> Any:
        """The time now, as pysnmp asks for it."""
        return Integer32(*(args or (int(time.monotonic() - self.started_s),)), **options)


def _make_engine(identity: EngineIdentity, max_message_size: int) -> SnmpEngine:
    # Without an engine ID given, pysnmp keeps no boots of its own in the temporary directory.
    engine = SnmpEngine(maxMessageSize=max_message_size)
    symbols = engine.get_mib_builder().import_symbols
    engine_id, boots, engine_time = symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots", "snmpEngineTime")
    engine_id.syntax = engine_id.syntax.clone(OctetString(identity.engine_id))
    engine.snmpEngineID = engine_id.syntax
    boots.syntax = boots.syntax.clone(identity.boots)
    # Without the bounds of its type (484 and more): pysnmp also keeps the room left in it, which may be less.
    (max_size,) = symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineMaxMessageSize")
    max_size.syntax = Integer32(max_message_size)
    clock = _MonotonicTime(0)
    clock.started_s = identity.started_s
    engine_time.syntax = clock
    return engine


def spelled_out(communities: Mapping[bytes, Community], contexts: Iterable[str]) -> dict[bytes, Community]:
    """Communities with one more for every context they can be used in, since pysnmp knows nothing of `name@context`."""
    more = {
        octets + CONTEXT_SIGN + context.encode(): replace(community, context=context)
        for octets, community in communities.items()
        if community.context is None
        for context in contexts
    }
    return {**more, **communities}


def _add_community(engine: SnmpEngine, number: int, octets: bytes, community: Community) -> None:
    # As octets: what pysnmp makes of text is Latin-1.
    pysnmp_config.add_v1_system(
        engine,
        f"row{number}",
        OctetString(octets),
        contextName=OctetString((community.context or "").encode()),
        securityName=community.name,
    )


def _add_user(engine: SnmpEngine, user: User) -> None:
    options: dict[str, Any] = {}
    if user.auth:
        options |= {"authProtocol": AUTH_PROTOCOLS[user.auth.name], "authKey": user.auth_key, "authKeyType": LOCALIZED}
    if user.priv:
        options |= {"privProtocol": PRIV_PROTOCOLS[user.priv.name], "privKey": user.priv_key, "privKeyType": LOCALIZED}
    pysnmp_config.add_v3_user(engine, OctetString(user.name), **options)


def _attach(engine: SnmpEngine, sockets: Iterable[socket.socket], gate: Gate) -> list[asyncio.Future[Any]]:
    """Have the engine listen; each future is done when its socket is in the event loop's care."""
    opening = []
    for number, opened in enumerate(sockets):
        is_v6 = opened.family == socket.AF_INET6
        transport = _gated(udp6.Udp6Transport if is_v6 else udp.UdpTransport, engine, gate)()
        domain = (udp6.DOMAIN_NAME if is_v6 else udp.DOMAIN_NAME) + (number,)
        pysnmp_config.add_transport(engine, domain, transport.open_server_mode(sock=opened))
        opening.append(transport._lport)
    return opening


def _gated(kind: Any, engine: SnmpEngine, gate: Gate) -> Any:
    """A transport that shows the engine only what the gate admits, and outlives whatever the engine raises."""
    throttle = Throttle()

    class Gated(kind):  # type: ignore[misc]
        def datagram_received(self, datagram: bytes, address: Any) -> None:
            try:
                if gate.admits(datagram, address[0]):
                    self._callback_function(self, address, datagram)
            except Exception as problem:
                held_back = throttle.admits()
                if held_back is not None:
                    log.warning(
                        "datagram-failed from=%s octets=%d error=%r held_back=%d",
                        address[0],
                        len(datagram),
                        problem,
                        held_back,
                    )
            _forget(engine)

        def normalize_address(self, address: Any) -> Any:
            """The address as it came: pysnmp strips the scope, without which a link-local manager gets no answer."""
            return address

    return Gated


def _forget(engine: SnmpEngine) -> None:
    """Drop what pysnmp keeps for ever of requests it did not answer; answers are sent before this is called."""
    for model in engine.security_models.values():
        if not model._cache.is_empty():
            model._cache = Cache()


def _take_any_number() -> None:
    """Have pysnmp decode negative numbers: RFC 3416 has them count as zero in GETBULK, and says nothing of others."""
    for pdu in (rfc1905.PDU, rfc1905.BulkPDU):
        for position in (1, 2):
            number = pdu.componentType.getTypeByPosition(position)
            wide = ConstraintsIntersection(ValueRangeConstraint(-(2**31), 2**31 - 1))
            number.__dict__["subtypeSpec"] = number._readOnly["subtypeSpec"] = wide


_take_any_number()
