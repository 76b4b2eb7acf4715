"""HPS cards: network port, SyncE, timestampers, NTP service. All paths are inferred."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described, with_text
from agent.mib.groups.chassis import family_of, has_module
from agent.mib.groups.common import DEVICE, SLOT, SLOTS, named
from agent.mib.groups.device import NS_TEXT
from agent.mib.syntax import (
    COUNTER64,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    MAC_ADDRESS,
    NANOSECONDS,
    PERCENT,
    TEXT,
    TRUTH,
    UNSIGNED32,
    WORDS,
    enumeration,
    unsigned32,
)
from agent.mib.view import Row
from agent.model import reading

SSM = enumeration(
    "unknown", "stuUnk", "prs", "prc", "inv3", "ssuA", "tnc", "inv5", "inv6", "st2", "ssuB", "inv9", "eec2", "st3",
    "eec1", "sec", "smc", "st3e", "prov", "dnu", "dus",
    codes={
        0: "stuUnk", 1: "prs", 2: "prc", 3: "inv3", 4: "ssuA", 5: "inv5", 6: "inv6", 7: "st2", 8: "ssuB", 9: "inv9",
        10: "eec2", 11: "eec1", 12: "smc", 13: "st3e", 14: "prov", 15: "dnu",
    },
)  # fmt: skip
COPPER = enumeration(
    "auto", "forceSyncEAuto", "forceMaster", "forceSlave", "preferMaster", "preferSlave",
    codes={
        0: "auto", 1: "forceSyncEAuto", 2: "forceMaster", 3: "forceSlave", 4: "preferMaster", 5: "preferSlave",
    },
)  # fmt: skip
SDH = enumeration("opt1", "opt2", codes={0: "opt1", 1: "opt2"})
IPV6_MODE = enumeration("static", "ra", "dhcp", "disabled", codes={0: "static", 1: "ra", 2: "dhcp"})
OP_MODE = enumeration("ptp", "ntp", "all", "hardware", "ntpd", "off", codes={0: "ptp", 1: "ntp"})


def is_hps(row: Row) -> bool:
    """Whether a slot holds an HPS card, or another card with PTPv2 instances (the PSX family)."""
    return has_module(row) and (family_of(row) == "HPS" or bool(instances_of(row)))


def instances_of(row: Row) -> object:
    """The card's PTPv2 instances, wherever they stand."""
    paths = ("module.ptp-instances", "module.ptpv2.instances", "module.ptp2", "module.ptpv2-instances")
    return next((found for found in (row.find(path) for path in paths) if found), None)


def _instance_count(row: Row) -> int | None:
    instances = instances_of(row)
    return len(instances) if isinstance(instances, (list, dict)) else None


CARD = Table(
    1,
    "lnbHpsTable",
    "HPS cards: PTP and NTP servers in a slot.",
    "One card, by its slot.",
    (DEVICE, SLOT),
    (
        Column(1, "lnbHpsSlotId", TEXT, "Slot the card stands in.", value=lambda row: row.keys[0]),
        Column(2, "lnbHpsModel", TEXT, "Model of the card.",
               value=lambda row: reading.text(row.find("module.info.model"))),
        Column(3, "lnbHpsInstances", GAUGE, "PTPv2 instances the card lists.", value=_instance_count),
        Column(4, "lnbHpsClockIdentity", TEXT, "Clock identity of the card (path inferred).",
               ("module.global-info.system-clock-id",)),
        Column(5, "lnbHpsTimestampers", UNSIGNED32, "Timestampers the card has (path inferred).",
               ("module.global-info.num-timestampers",)),
        Column(6, "lnbHpsInstancesMax", UNSIGNED32, "PTPv2 instances the card can have (path inferred).",
               ("module.global-info.max-instances",)),
        Column(7, "lnbHpsUnicastMastersMax", UNSIGNED32, "Unicast masters a slave can have (path inferred).",
               ("module.global-info.max-uc-masters",)),
        Column(8, "lnbHpsProfiles", WORDS, "PTP profiles the card supports (path inferred).",
               ("module.global-info.supported-profiles",)),
        Column(9, "lnbHpsLink", TRUTH, "Whether the port has link (path inferred).", ("module.network.link",)),
        Column(10, "lnbHpsSpeed", GAUGE, "Speed of the port (path inferred).", ("module.network.speed",),
               units="megabits per second"),
        Column(11, "lnbHpsMacAddress", MAC_ADDRESS, "MAC address of the port (path inferred).",
               ("module.network.mac-address",)),
        Column(12, "lnbHpsIpv4Address", TEXT, "IPv4 address (path inferred).", ("module.network.ipv4-address",)),
        Column(13, "lnbHpsIpv4Netmask", TEXT, "IPv4 network mask (path inferred).", ("module.network.netmask",)),
        Column(14, "lnbHpsIpv4Gateway", TEXT, "IPv4 gateway (path inferred).", ("module.network.gateway",)),
        Column(15, "lnbHpsDhcp", TRUTH, "Whether the address comes from DHCP (path inferred).",
               ("module.network.dhcp",)),
        Column(16, "lnbHpsVlanId", unsigned32(0, 4094), "VLAN, 0 for none (path inferred).",
               ("module.network.vlan-id",)),
        Column(17, "lnbHpsVlanPriority", unsigned32(0, 7), "VLAN priority (path inferred).",
               ("module.network.vlan-priority",)),
        *described(18, "lnbHpsIpv6Mode", IPV6_MODE, "How the IPv6 address is had (path inferred).",
                   "module.network.ipv6-mode"),
        Column(20, "lnbHpsIpv6Address", TEXT, "IPv6 address (path inferred).", ("module.network.ipv6-address",)),
        Column(21, "lnbHpsDscp", unsigned32(0, 64), "DSCP of the packets sent (path inferred).",
               ("module.network.dscp",)),
    ),
    rows=(SLOTS,),
    when=is_hps,
)  # fmt: skip

SYNC_E = Table(
    2,
    "lnbHpsSyncETable",
    "Synchronous Ethernet of HPS cards (paths inferred).",
    "One card, by its slot.",
    (DEVICE, SLOT),
    (
        *described(1, "lnbSyncEInput", SSM, "Quality level received.", "module.sync-e.input-ssm"),
        *described(3, "lnbSyncEOutput", SSM, "Quality level sent.", "module.sync-e.output-ssm"),
        *described(5, "lnbSyncEOption", SDH, "SDH option by which levels are named.", "module.sync-e.sdh-option"),
        Column(7, "lnbSyncESelection", TEXT, "How the quality level is selected.",
               ("module.sync-e.quality-level-selection",)),
        *described(8, "lnbSyncECopperMode", COPPER, "Clock role of a copper gigabit link.",
                   "module.sync-e.gbit-copper-mode"),
    ),
    rows=(SLOTS,),
    when=lambda row: is_hps(row) and isinstance(row.find("module.sync-e"), dict),
)  # fmt: skip

TIMESTAMPER = Table(
    3,
    "lnbHpsTimestamperTable",
    "Timestampers of HPS cards (paths inferred).",
    "One timestamper.",
    (DEVICE, SLOT, named("lnbTimestamperIndex", "timestamper")),
    (
        Column(1, "lnbTimestamperIndex", INDEX, "Number of the timestamper.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbTimestamperName", TEXT, "Name of the timestamper in the card's list.",
               value=lambda row: row.keys[-1]),
        Column(3, "lnbTimestamperTime", DATE_AND_TIME, "Time of the timestamper.", ("current-time",), measured=True),
        *with_text(
            Column(4, "lnbTimestamperOffset", NANOSECONDS, "Offset from the card's internal reference.",
                   ("offset-from-int-ref",), units="nanoseconds", read=reading.nanoseconds, measured=True),
            reading.nanoseconds_text,
        ),
        Column(6, "lnbTimestamperUtilization", PERCENT, "Utilisation.", ("utilization",), units="percent",
               measured=True),
        Column(7, "lnbTimestamperInterface", TEXT, "Physical interface.", ("phys-intf",)),
        Column(8, "lnbTimestamperPtpPacketsMax", UNSIGNED32, "PTP packets it can handle.", ("max-ptp-packets",),
               units="packets per second"),
        Column(9, "lnbTimestamperNtpPacketsMax", UNSIGNED32, "NTP packets it can handle.", ("max-ntp-packets",),
               units="packets per second"),
        Column(10, "lnbTimestamperClientsMax", UNSIGNED32, "Unicast clients it can serve.",
               ("max-ptp-uc-slaves",)),
    ),
    rows=(f"{SLOTS}.module.timestampers[]",),
)  # fmt: skip

NTP = Table(
    4,
    "lnbHpsNtpTable",
    "NTP service of HPS cards, in hardware and by NTPD (paths inferred).",
    "One card, by its slot.",
    (DEVICE, SLOT),
    (
        *described(1, "lnbHpsNtpMode", OP_MODE, "What the card serves.", "module.ntp-service.op-mode"),
        Column(3, "lnbHpsNtpHardwareEnabled", TRUTH, "Whether requests are answered in hardware.",
               ("module.ntp-service.hardware.enabled",)),
        Column(4, "lnbHpsNtpHardwareRequests", COUNTER64, "Requests received in hardware.",
               ("module.ntp-service.hardware.requests",), measured=True),
        Column(5, "lnbHpsNtpHardwareResponses", COUNTER64, "Requests answered in hardware.",
               ("module.ntp-service.hardware.responses",), measured=True),
        Column(6, "lnbHpsNtpHardwareRate", GAUGE, "Rate of requests in hardware.",
               ("module.ntp-service.hardware.requests-per-sec",), units="requests per second", measured=True),
        Column(7, "lnbHpsNtpdRunning", TRUTH, "Whether NTPD runs.", ("module.ntp-service.ntpd.running",)),
        Column(8, "lnbHpsNtpdStratum", unsigned32(0, 16), "Stratum of NTPD.", ("module.ntp-service.ntpd.stratum",)),
        *with_text(
            Column(9, "lnbHpsNtpdOffset", NANOSECONDS, "Offset of NTPD.", ("module.ntp-service.ntpd.offset",),
                   read=reading.ns_from_s, units="nanoseconds", measured=True),
            lambda raw: NS_TEXT(reading.ns_from_s(raw)),
        ),
        Column(11, "lnbHpsNtpdRequests", COUNTER64, "Requests received by NTPD.",
               ("module.ntp-service.ntpd.requests",), measured=True),
        Column(12, "lnbHpsNtpdRate", GAUGE, "Rate of requests to NTPD.",
               ("module.ntp-service.ntpd.requests-per-sec",), units="requests per second", measured=True),
    ),
    rows=(SLOTS,),
    when=lambda row: is_hps(row) and isinstance(row.find("module.ntp-service"), dict),
)  # fmt: skip

GROUP = Group(7, "lnbHps", "HPS cards.", (CARD, SYNC_E, TIMESTAMPER, NTP))
