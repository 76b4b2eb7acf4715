"""The standard objects an agent has of itself: system and snmp groups (RFC 3418), engine group (RFC 3411).

Declared as every other object; their OIDs are their own, and no MIB text is printed for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from agent.config import SnmpSettings
from agent.mib.declaration import Access, Column, Feed, Group, Index, Module, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.syntax import (
    COUNTER32,
    INDEX,
    INTEGER32,
    OBJECT_IDENTIFIER,
    TEXT,
    TIME_TICKS,
    enumeration,
    integer32,
    octets,
)

SERVICES = 72
"""sysServices of a host with applications: 2^(4-1) + 2^(7-1) (RFC 3418)."""


class Counts(Protocol):
    """The counters that the groups serve."""

    in_pkts: int
    in_bad_versions: int
    in_bad_community_names: int
    in_bad_community_uses: int
    in_asn_parse_errs: int
    silent_drops: int
    proxy_drops: int
    unknown_security_models: int
    invalid_msgs: int
    unknown_pdu_handlers: int
    unsupported_sec_levels: int
    not_in_time_windows: int
    unknown_user_names: int
    unknown_engine_ids: int
    wrong_digests: int
    decryption_errors: int
    unavailable_contexts: int
    unknown_contexts: int


@dataclass(frozen=True, slots=True)
class SelfView:
    """What the agent says of itself as an SNMP entity.

    Attributes:
        uptime_ticks: hundredths of a second since the agent started.
        engine_time_s: seconds since the engine's boots last rose.
        serial_number: snmpSetSerialNo, which every SET that names it must know.
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
    serial_number: Callable[[], int] = lambda: 0


SYSTEM = Scalars(
    0,
    "system",
    (
        Column(1, "sysDescr", TEXT, "What this agent is.", value=lambda self: self.description),
        Column(2, "sysObjectID", OBJECT_IDENTIFIER, "Kind of agent.", value=lambda self: self.object_id),
        Column(3, "sysUpTime", TIME_TICKS, "Time since the agent started.",
               value=lambda self: self.uptime_ticks(), live=True),
        Column(4, "sysContact", TEXT, "Who to ask.", value=lambda self: self.settings.contact,
               access=Access.READ_WRITE),
        Column(5, "sysName", TEXT, "Name of the agent.",
               value=lambda self: self.settings.system_name or self.host_name, access=Access.READ_WRITE),
        Column(6, "sysLocation", TEXT, "Where it is.", value=lambda self: self.settings.location,
               access=Access.READ_WRITE),
        Column(7, "sysServices", INTEGER32, "Layers served.", value=lambda self: SERVICES),
        Column(8, "sysORLastChange", TIME_TICKS, "When sysORTable last changed.", value=lambda self: 0),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A MIB module this agent implements."""

    number: int
    oid: Oid
    what: str


_MODULES = (
    ((1, 3, 6, 1, 6, 3, 1), "SNMPv2-MIB: the system and snmp groups"),
    ((1, 3, 6, 1, 6, 3, 10, 3, 1, 1), "SNMP-FRAMEWORK-MIB: the engine group"),
    ((1, 3, 6, 1, 6, 3, 11, 3, 1, 1), "SNMP-MPD-MIB: statistics of message processing"),
    ((1, 3, 6, 1, 6, 3, 12, 3, 1, 1), "SNMP-TARGET-MIB: statistics of contexts"),
    ((1, 3, 6, 1, 6, 3, 15, 2, 1, 1), "SNMP-USER-BASED-SM-MIB: statistics of the user-based security model"),
)


def _module_rows(view: SelfView) -> Iterator[ModuleRow]:
    for number, (oid, what) in enumerate((*_MODULES, (view.object_id, "LANTIME-NORTHBOUND-MIB")), 1):
        yield ModuleRow(number, oid, what)


def _module_number(row: ModuleRow) -> Iterable[int]:
    return (row.number,)


MODULES = Table(
    9,
    "sysORTable",
    "MIB modules this agent implements.",
    "One module.",
    (Index("sysORIndex", _module_number),),
    (
        Column(1, "sysORIndex", INDEX, "Place in the list.", access=Access.NOT_ACCESSIBLE),
        Column(2, "sysORID", OBJECT_IDENTIFIER, "The module.", value=lambda row: row.oid),
        Column(3, "sysORDescr", TEXT, "What it is.", value=lambda row: row.what),
        Column(4, "sysORUpTime", TIME_TICKS, "When it was added.", value=lambda row: 0),
    ),
    feed=Feed.AGENT,
    source=_module_rows,
)  # fmt: skip
SET = Scalars(
    0,
    "snmpSet",
    (
        Column(1, "snmpSetSerialNo", integer32(0, 2**31 - 1), "Advisory lock: a SET that names it must know its value.",
               value=lambda self: self.serial_number(), live=True, access=Access.READ_WRITE),
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

MPD = Scalars(
    0,
    "snmpMPDStats",
    (
        _counter(1, "snmpUnknownSecurityModels", "Messages of a security model there is not.",
                 lambda self: self.counts.unknown_security_models),
        _counter(2, "snmpInvalidMsgs", "Messages with privacy and without authentication, or otherwise impossible.",
                 lambda self: self.counts.invalid_msgs),
        _counter(3, "snmpUnknownPDUHandlers", "Messages nobody here takes.",
                 lambda self: self.counts.unknown_pdu_handlers),
    ),
)  # fmt: skip
USM = Scalars(
    0,
    "usmStats",
    (
        _counter(1, "usmStatsUnsupportedSecLevels", "Messages at a level the user does not have.",
                 lambda self: self.counts.unsupported_sec_levels),
        _counter(2, "usmStatsNotInTimeWindows", "Messages outside the time window.",
                 lambda self: self.counts.not_in_time_windows),
        _counter(3, "usmStatsUnknownUserNames", "Messages of users there are not.",
                 lambda self: self.counts.unknown_user_names),
        _counter(4, "usmStatsUnknownEngineIDs", "Messages for other engines, discovery included.",
                 lambda self: self.counts.unknown_engine_ids),
        _counter(5, "usmStatsWrongDigests", "Messages whose digest is wrong.",
                 lambda self: self.counts.wrong_digests),
        _counter(6, "usmStatsDecryptionErrors", "Messages that could not be decrypted.",
                 lambda self: self.counts.decryption_errors),
    ),
)  # fmt: skip
CONTEXTS = Scalars(
    0,
    "snmpTargetStats",
    (
        _counter(4, "snmpUnavailableContexts", "Messages for a context that is not available now.",
                 lambda self: self.counts.unavailable_contexts),
        _counter(5, "snmpUnknownContexts", "Messages for a context there is not.",
                 lambda self: self.counts.unknown_contexts),
    ),
)  # fmt: skip

STANDARD = Module(
    "SNMPv2-MIB",
    (1, 3, 6, 1),
    (
        Group(1, "system", "RFC 3418.", (SYSTEM, MODULES), oid=(1, 3, 6, 1, 2, 1, 1)),
        Group(2, "snmpSet", "RFC 3418.", (SET,), oid=(1, 3, 6, 1, 6, 3, 1, 1, 6)),
        Group(11, "snmp", "RFC 3418.", (SNMP,), oid=(1, 3, 6, 1, 2, 1, 11)),
        Group(10, "snmpEngine", "RFC 3411.", (ENGINE,), oid=(1, 3, 6, 1, 6, 3, 10, 2, 1)),
        Group(3, "snmpMPDStats", "RFC 3412.", (MPD,), oid=(1, 3, 6, 1, 6, 3, 11, 2, 1)),
        Group(4, "snmpTargetStats", "RFC 3413.", (CONTEXTS,), oid=(1, 3, 6, 1, 6, 3, 12, 1)),
        Group(5, "usmStats", "RFC 3414.", (USM,), oid=(1, 3, 6, 1, 6, 3, 15, 1, 1)),
    ),
)
