"""The communities (RFC 3584 5). Their names are passwords: no view leads here at a level below authPriv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.config import CommunitySettings
from agent.config.grant import community_name
from agent.mib.declaration import Column, Feed, Group, Index, Table
from agent.mib.standard.rows import hidden, storage
from agent.mib.standard.view import SelfView
from agent.mib.syntax import TEXT, octets


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community and its security name."""

    name: str
    engine_id: bytes
    settings: CommunitySettings


def _communities(view: SelfView) -> Iterator[CommunityRow]:
    for number, community in enumerate(view.settings.communities):
        yield CommunityRow(community_name(number), view.engine_id, community)


COMMUNITIES = Table(
    1,
    "snmpCommunityTable",
    "Communities of v1 and v2c.",
    "One community.",
    (Index("snmpCommunityIndex", lambda row: row.name.encode()),),  # IMPLIED: without its length
    (
        hidden(1, "snmpCommunityIndex", TEXT, "The security name again."),
        Column(2, "snmpCommunityName", octets(255), "The community itself, a secret.",
               value=lambda row: row.settings.name.reveal().encode()),
        Column(3, "snmpCommunitySecurityName", TEXT, "Name for access control.", value=lambda row: row.name),
        Column(4, "snmpCommunityContextEngineID", octets(32), "The engine, this one.",
               value=lambda row: row.engine_id),
        Column(5, "snmpCommunityContextName", TEXT, "Context it is used in by itself.",
               value=lambda row: row.settings.context or ""),
        Column(6, "snmpCommunityTransportTag", octets(255), "Empty; sources are limited in the configuration.",
               value=lambda row: b""),
        *storage(7, "snmpCommunity"),
    ),
    feed=Feed.AGENT,
    source=_communities,
)  # fmt: skip

GROUPS = (Group(9, "snmpCommunityMIBObjects", "RFC 3584.", (COMMUNITIES,), oid=(1, 3, 6, 1, 6, 3, 18, 1)),)
