"""The groups of SNMPv2-MIB (RFC 3418): system with sysORTable, snmpSet, snmp."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Feed, Group, Scalars
from agent.mib.standard.common import counter
from agent.mib.standard.modules import module_table
from agent.mib.syntax import INTEGER32, OBJECT_IDENTIFIER, TEXT, TIME_TICKS, closed, integer32

SERVICES = 72
"""sysServices of a host with applications: 2^(4-1) + 2^(7-1) (RFC 3418)."""


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


_MODULES = (
    ((1, 3, 6, 1, 6, 3, 1), "SNMPv2-MIB: the system and snmp groups"),
    ((1, 3, 6, 1, 2, 1, 92), "NOTIFICATION-LOG-MIB: notifications (RFC 3014)"),
    ((1, 3, 6, 1, 2, 1, 118), "ALARM-MIB: active alarms (RFC 3877)"),
    ((1, 3, 6, 1, 6, 3, 10, 3, 1, 1), "SNMP-FRAMEWORK-MIB: the engine group"),
    ((1, 3, 6, 1, 6, 3, 11, 3, 1, 1), "SNMP-MPD-MIB: statistics of message processing"),
    ((1, 3, 6, 1, 6, 3, 12, 3, 1, 1), "SNMP-TARGET-MIB: receivers of notifications, and statistics of contexts"),
    ((1, 3, 6, 1, 6, 3, 13, 3, 1, 1), "SNMP-NOTIFICATION-MIB: which receivers get traps and which informs"),
    ((1, 3, 6, 1, 6, 3, 15, 2, 1, 1), "SNMP-USER-BASED-SM-MIB: users and statistics of the user-based security model"),
    ((1, 3, 6, 1, 6, 3, 16, 2, 1, 1), "SNMP-VIEW-BASED-ACM-MIB: contexts, groups and views"),
    ((1, 3, 6, 1, 6, 3, 18, 2, 1, 1), "SNMP-COMMUNITY-MIB: communities"),
)


MODULES = module_table("agent", lambda view: (*_MODULES, (view.object_id, "LANTIME-NORTHBOUND-MIB")), Feed.AGENT)
SET = Scalars(
    0,
    "snmpSet",
    (
        Column(1, "snmpSetSerialNo", integer32(0, 2**31 - 1), "Advisory lock: a SET that names it must know its value.",
               value=lambda self: self.serial_number, access=Access.READ_WRITE),
    ),
)  # fmt: skip


SNMP = Scalars(
    0,
    "snmp",
    (
        counter(1, "snmpInPkts", "Messages received.", lambda self: self.counts.in_pkts),
        counter(3, "snmpInBadVersions", "Messages of an unknown version.", lambda self: self.counts.in_bad_versions),
        counter(4, "snmpInBadCommunityNames", "Messages with an unknown community.",
                 lambda self: self.counts.in_bad_community_names),
        counter(5, "snmpInBadCommunityUses", "Messages with a community not allowed to do what they ask.",
                 lambda self: self.counts.in_bad_community_uses),
        counter(6, "snmpInASNParseErrs", "Messages that are no valid BER.",
                 lambda self: self.counts.in_asn_parse_errs),
        Column(30, "snmpEnableAuthenTraps", closed(enabled=1, disabled=2),
               "Whether authenticationFailure is sent.",
               value=lambda self: "enabled" if self.notifications.enable_authen_traps else "disabled"),
        counter(31, "snmpSilentDrops", "Requests dropped because not even an empty answer fits.",
                 lambda self: self.counts.silent_drops),
        counter(32, "snmpProxyDrops", "Requests dropped because they could not be forwarded.",
                 lambda self: self.counts.proxy_drops),
    ),
)  # fmt: skip


GROUPS = (
    Group(1, "system", "RFC 3418.", (SYSTEM, MODULES), oid=(1, 3, 6, 1, 2, 1, 1)),
    Group(2, "snmpSet", "RFC 3418.", (SET,), oid=(1, 3, 6, 1, 6, 3, 1, 1, 6)),
    Group(11, "snmp", "RFC 3418.", (SNMP,), oid=(1, 3, 6, 1, 2, 1, 11)),
)
