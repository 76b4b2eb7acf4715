"""Who may see and set what (RFC 3415 3): model, name, level and context in, a view or a refusal out. Fails closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

from agent.wire.view import NOTHING, View

Network = IPv4Network | IPv6Network


class Model(IntEnum):
    """Security models (RFC 3411 5)."""

    V1 = 1
    V2C = 2
    USM = 3


class Level(IntEnum):
    """Security levels (RFC 3411 5), in rising order."""

    NO_AUTH_NO_PRIV = 1
    AUTH_NO_PRIV = 2
    AUTH_PRIV = 3


class Refusal(Enum):
    """Why there is no view (RFC 3415 3.2)."""

    NO_GROUP = "noGroupName"
    NO_ACCESS_ENTRY = "noAccessEntry"
    NO_CONTEXT = "noSuchContext"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one security name may read and write, from this level up."""

    level: Level
    read: View
    write: View = NOTHING


@dataclass(frozen=True, slots=True)
class Access:
    """The whole access policy; what is not granted is refused."""

    grants: Mapping[tuple[Model, str], Grant]
    contexts: frozenset[str] = frozenset({""})

    def read_view(self, model: int, name: str, level: int, context: str) -> View | Refusal:
        """The view for reading, or why there is none."""
        grant = self._grant(model, name, level, context)
        return grant if isinstance(grant, Refusal) else grant.read

    def write_view(self, model: int, name: str, level: int, context: str) -> View | Refusal:
        """The view for writing, or why there is none; a name that may write nothing has an empty one."""
        grant = self._grant(model, name, level, context)
        return grant if isinstance(grant, Refusal) else grant.write

    def _grant(self, model: int, name: str, level: int, context: str) -> Grant | Refusal:
        if context not in self.contexts:
            return Refusal.NO_CONTEXT
        try:
            grant = self.grants.get((Model(model), name))
        except ValueError:
            grant = None
        if grant is None:
            return Refusal.NO_GROUP
        if level < grant.level:
            return Refusal.NO_ACCESS_ENTRY
        return grant


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an IP address, with or without a zone, lies in one of the networks; without networks every one does."""
    if not networks:
        return True
    here = ip_address(address.partition("%")[0])
    return any(here in network for network in networks)
