"""The standard objects an agent has of itself: system and snmp groups (RFC 3418), engine group (RFC 3411).

Declared as every other object; their OIDs are their own, and no MIB text is printed for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.config import SnmpSettings
from agent.mib.declaration import Column, Group, Module, Scalars
from agent.mib.encoding import Oid
from agent.mib.syntax import COUNTER32, INTEGER32, OBJECT_IDENTIFIER, TEXT, TIME_TICKS, enumeration, octets

SERVICES = 72
"""sysServices of a host with applications: 2^(4-1) + 2^(7-1) (RFC 3418)."""


class Counts(Protocol):
    """The counters of the snmp group."""

    in_pkts: int
    in_bad_versions: int
    in_bad_community_names: int
    in_bad_community_uses: int
    in_asn_parse_errs: int
    silent_drops: int
    proxy_drops: int


@dataclass(frozen=True, slots=True)
class SelfView:
    """What the agent says of itself as an SNMP entity.

    Attributes:
        uptime_ticks: hundredths of a second since the agent started.
        engine_time_s: seconds since the engine's boots last rose.
    """

    settings: SnmpSettings
    description: str
    host_name: str
    object_id: Oid
    engine_id: bytes
    engine_boots: int
    uptime_ticks: Callable[[], int]
    engine_time_s: Callable[[], int]
    counts: Counts


SYSTEM = Scalars(
    0,
    "system",
    (
        Column(1, "sysDescr", TEXT, "What this agent is.", value=lambda self: self.description),
        Column(2, "sysObjectID", OBJECT_IDENTIFIER, "Kind of agent.", value=lambda self: self.object_id),
        Column(3, "sysUpTime", TIME_TICKS, "Time since the agent started.",
               value=lambda self: self.uptime_ticks(), live=True),
        Column(4, "sysContact", TEXT, "Who to ask.", value=lambda self: self.settings.contact),
        Column(5, "sysName", TEXT, "Name of the agent.",
               value=lambda self: self.settings.system_name or self.host_name),
        Column(6, "sysLocation", TEXT, "Where it is.", value=lambda self: self.settings.location),
        Column(7, "sysServices", INTEGER32, "Layers served.", value=lambda self: SERVICES),
        Column(8, "sysORLastChange", TIME_TICKS, "When sysORTable last changed.", value=lambda self: 0),
    ),
)  # fmt: skip


def _counter(arc: int, name: str, what: str, value: Callable[[SelfView], int]) -> Column:
    return Column(arc, name, COUNTER32, what, value=value, live=True)


SNMP = Scalars(
    0,
    "snmp",
    (
        _counter(1, "snmpInPkts", "Messages received.", lambda self: self.counts.in_pkts),
        _counter(3, "snmpInBadVersions", "Messages of an unknown version.", lambda self: self.counts.in_bad_versions),
        _counter(4, "snmpInBadCommunityNames", "Messages with an unknown community.",
                 lambda self: self.counts.in_bad_community_names),
        _counter(5, "snmpInBadCommunityUses", "Messages with a community not allowed to do what they ask.",
                 lambda self: self.counts.in_bad_community_uses),
        _counter(6, "snmpInASNParseErrs", "Messages that are no valid BER.",
                 lambda self: self.counts.in_asn_parse_errs),
        Column(30, "snmpEnableAuthenTraps", enumeration(enabled=1, disabled=2),
               "Whether authenticationFailure is sent.", value=lambda self: "disabled"),
        _counter(31, "snmpSilentDrops", "Requests dropped because not even an empty answer fits.",
                 lambda self: self.counts.silent_drops),
        _counter(32, "snmpProxyDrops", "Requests dropped because they could not be forwarded.",
                 lambda self: self.counts.proxy_drops),
    ),
)  # fmt: skip

ENGINE = Scalars(
    0,
    "snmpEngine",
    (
        Column(1, "snmpEngineID", octets(32), "Identity of this engine.", value=lambda self: self.engine_id),
        Column(2, "snmpEngineBoots", INTEGER32, "Times the engine was started.", value=lambda self: self.engine_boots),
        Column(3, "snmpEngineTime", INTEGER32, "Seconds since it was last started.",
               value=lambda self: self.engine_time_s(), live=True),
        Column(4, "snmpEngineMaxMessageSize", INTEGER32, "Largest message it handles.",
               value=lambda self: self.settings.max_message_size),
    ),
)  # fmt: skip

STANDARD = Module(
    "SNMPv2-MIB",
    (1, 3, 6, 1),
    (
        Group(1, "system", "RFC 3418.", (SYSTEM,), oid=(1, 3, 6, 1, 2, 1, 1)),
        Group(11, "snmp", "RFC 3418.", (SNMP,), oid=(1, 3, 6, 1, 2, 1, 11)),
        Group(10, "snmpEngine", "RFC 3411.", (ENGINE,), oid=(1, 3, 6, 1, 6, 3, 10, 2, 1)),
    ),
)
