"""A small SNMP manager, for `walk` and `demo`: reads from a running agent as any manager would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_walk_cmd,
)
from pysnmp.proto.rfc1905 import EndOfMibView

from agent.config import CommunitySettings, UserSettings
from agent.config.user import Key
from agent.errors import HostError
from agent.mib.encoding import Oid
from agent.mib.render import ReadCell, dotted
from agent.snmp.engine import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from agent.wire import ber


@dataclass(frozen=True, slots=True)
class Manager:
    """Who asks whom."""

    host: str
    port: int
    identity: CommunitySettings | UserSettings
    context: str = ""
    timeout_s: float = 2.0
    retries: int = 2

    async def walk(self, base: Oid) -> AsyncIterator[ReadCell]:
        """All cells below an OID, in order.

        Raises:
            HostError: the agent does not answer, or refuses.
        """
        engine = SnmpEngine()
        try:
            kind = Udp6TransportTarget if ":" in self.host else UdpTransportTarget
            target = await kind.create((self.host, self.port), timeout=self.timeout_s, retries=self.retries)
            answers = bulk_walk_cmd(
                engine,
                self._credentials(),
                target,
                ContextData(contextName=self.context.encode()),
                0,
                25,
                ObjectType(ObjectIdentity(dotted(base))),
                lexicographicMode=False,
                lookupMib=False,
            )
            async for problem, status, _, varbinds in answers:
                if problem or status:
                    raise HostError(f"{self.host}:{self.port} answers: {problem or status.prettyPrint()}")
                for name, value in varbinds:
                    if isinstance(value, EndOfMibView):
                        return
                    yield _cell(tuple(name), value)
        finally:
            engine.close_dispatcher()

    def _credentials(self) -> Any:
        identity = self.identity
        if isinstance(identity, CommunitySettings):
            name = identity.name.reveal() + (f"@{self.context}" if self.context else "")
            return CommunityData(name, mpModel=1)  # noqa: S508 - it asks as any manager may
        options: dict[str, Any] = {}
        if identity.auth:
            options["authKey"] = _passphrase(identity.auth)
            options["authProtocol"] = AUTH_PROTOCOLS[identity.auth.protocol]
        if identity.priv:
            options["privKey"] = _passphrase(identity.priv)
            options["privProtocol"] = PRIV_PROTOCOLS[identity.priv.protocol]
        return UsmUserData(identity.name, **options)  # noqa: S509 - the configured level


def _passphrase(key: Key) -> str:
    """The passphrase of a key.

    Raises:
        HostError: there is none; a key alone is not enough to ask with here.
    """
    if key.passphrase is None:
        raise HostError("the user has keys instead of passphrases; ask as another one")
    return key.passphrase.reveal()


def _cell(oid: Oid, value: Any) -> ReadCell:
    octets = encoder.encode(value)
    tag, start, end = ber.header(octets, 0)
    return ReadCell(oid, tag, octets[start:end])
