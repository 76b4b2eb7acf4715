"""PTPv2 instances of HPS cards and what belongs to each. All paths are inferred."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from agent.mib.declaration import (
    Access,
    Column,
    Form,
    Group,
    Index,
    Table,
    described,
    described_setting,
    setting,
    with_text,
)
from agent.mib.forms import HOST, LINE
from agent.mib.groups.common import DEVICE, PTP, SLOTS, named
from agent.mib.syntax import (
    COUNTER64,
    GAUGE,
    INDEX,
    INTEGER32,
    NANOSECONDS,
    PERCENT,
    TEXT,
    TRUTH,
    UNSIGNED32,
    enumeration,
    integer32,
    octets,
    unsigned32,
)
from agent.mib.view import Row
from agent.model import reading

PLACES = ("ptp-instances", "ptpv2.instances", "ptp2.instances", "ptp2", "ptpv2", "ptpv2-instances")
"""Where a card's instances may stand below its module; the first that is there counts."""


INSTANCES = "@lnbPtpInstanceTable"
"""The rows of the instance table; what belongs to an instance stands below them, also when an overlay moves them."""

PORT_STATE = enumeration(
    uninitialized=0, initializing=1, faulty=2, disabled=3, listening=4, preMaster=5, master=6, passive=7,
    uncalibrated=8, slave=9,
    codes={
        0: "uninitialized", 1: "initializing", 2: "faulty", 3: "disabled", 4: "listening", 5: "preMaster",
        6: "master", 7: "passive", 8: "uncalibrated", 9: "slave",
    },
)  # fmt: skip
"""Numbered as IEEE 1588 numbers the states; the card's raw codes are the same."""

PROFILE = enumeration(
    "custom", "defaultE2e15882008", "defaultP2p15882008", "powerC37238", "telecomG82651", "telecomG82751",
    "smpteSt20592", "aes67", "ieee8021as", "utilityIec618509", "telecomG82752", "docsis31", "powerC372382017",
    codes={
        0: "custom", 1: "defaultE2e15882008", 2: "defaultP2p15882008", 3: "powerC37238", 4: "telecomG82651",
        5: "telecomG82751", 6: "smpteSt20592", 7: "aes67", 8: "ieee8021as", 9: "utilityIec618509",
        10: "telecomG82752", 11: "docsis31", 12: "powerC372382017",
        "powerC372382011": "powerC37238", "8021as": "ieee8021as", "utilityIec6185093": "utilityIec618509",
    },
)  # fmt: skip
ROLE = enumeration(
    "multicastSlave", "unicastSlave", "multicastMaster", "unicastMaster", "multicastAuto", "ucMcMaster",
    "ntpServer", "ntpClient", "timeMonitor", "v1Master", "v1Slave",
    codes={
        0: "multicastSlave", 1: "unicastSlave", 2: "multicastMaster", 3: "unicastMaster", 4: "multicastAuto",
        5: "ucMcMaster", 6: "ntpServer", 7: "ntpClient", 8: "timeMonitor", 9: "v1Master", 10: "v1Slave",
    },
)  # fmt: skip
PROTOCOL = enumeration(
    "udpIpv4", "udpIpv6", "ieee8023", "deviceNet", "controlNet", "profinet",
    codes={1: "udpIpv4", 2: "udpIpv6", 3: "ieee8023", 4: "deviceNet", 5: "controlNet", 6: "profinet"},
)  # fmt: skip
DELAY_MECHANISM = enumeration("e2e", "p2p", "disabled", codes={0: "e2e", 1: "p2p"})
ACCURACY = enumeration(
    timeAccurateTo25ns=32, timeAccurateTo100ns=33, timeAccurateTo250ns=34, timeAccurateTo1us=35,
    timeAccurateTo2Point5us=36, timeAccurateTo10us=37, timeAccurateTo25us=38, timeAccurateTo100us=39,
    timeAccurateTo250us=40, timeAccurateTo1ms=41, timeAccurateTo2Point5ms=42, timeAccurateTo10ms=43,
    timeAccurateTo25ms=44, timeAccurateTo100ms=45, timeAccurateTo250ms=46, timeAccurateTo1s=47,
    timeAccurateTo10s=48, timeAccurateGt10s=49, unknown=254,
    codes={
        32: "timeAccurateTo25ns", 33: "timeAccurateTo100ns", 34: "timeAccurateTo250ns", 35: "timeAccurateTo1us",
        36: "timeAccurateTo2Point5us", 37: "timeAccurateTo10us", 38: "timeAccurateTo25us", 39: "timeAccurateTo100us",
        40: "timeAccurateTo250us", 41: "timeAccurateTo1ms", 42: "timeAccurateTo2Point5ms", 43: "timeAccurateTo10ms",
        44: "timeAccurateTo25ms", 45: "timeAccurateTo100ms", 46: "timeAccurateTo250ms", 47: "timeAccurateTo1s",
        48: "timeAccurateTo10s", 49: "timeAccurateGt10s", 254: "unknown",
    },
)  # fmt: skip
"""Numbered as IEEE 1588 numbers clockAccuracy."""

TIME_SOURCE = enumeration(
    atomicClock=16, gps=32, terrestrialRadio=48, ptp=64, ntp=80, handSet=96, otherSource=144, internalOscillator=160,
    codes={
        16: "atomicClock", 32: "gps", 48: "terrestrialRadio", 64: "ptp", 80: "ntp", 96: "handSet",
        144: "otherSource", 160: "internalOscillator", "atomic": "atomicClock",
    },
)  # fmt: skip
"""Numbered as IEEE 1588 numbers timeSource."""

MESSAGE_TYPE = enumeration(
    all=1, announce=2, sync=3, followUp=4, delayReq=5, delayResp=6, pdelayReq=7, pdelayResp=8, pdelayFollowUp=9,
    signalling=10, management=11,
)  # fmt: skip
BYTE = unsigned32(0, 255)
INTERVAL = integer32(-128, 127)


def _state(row: Row) -> str:
    return "present" if row.present else "missing"


INSTANCE = Table(
    1,
    "lnbPtpInstanceTable",
    "PTPv2 instances of all HPS cards.",
    "One instance. An instance that the card no longer lists stays with state missing for the configured hold; when it "
    "comes back it has the same number.",
    (DEVICE, PTP),
    (
        Column(1, "lnbPtpInstanceIndex", INDEX,
               "Number of the instance, given when slot and name are first seen together and kept for ever.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbPtpSlotId", TEXT, "Slot of the card the instance runs on.", value=lambda row: row.keys[0]),
        Column(3, "lnbPtpName", TEXT, "Name of the instance in the card's list.", value=lambda row: row.keys[1]),
        Column(4, "lnbPtpPresence", enumeration("present", "missing"), "Whether the card lists the instance now.",
               value=_state),
        Column(5, "lnbPtpAlias", TEXT, "Name an operator gave it (path inferred).", ("general.alias", "alias")),
        Column(6, "lnbPtpEnabled", TRUTH, "Whether it is enabled (path inferred).", ("general.enabled", "enabled")),
        Column(7, "lnbPtpRunning", TRUTH, "Whether its stack runs (path inferred).", ("general.running", "running")),
        *described(8, "lnbPtpProfile", PROFILE, "PTP profile (path inferred).", "general.profile", "profile"),
        *described(10, "lnbPtpRole", ROLE, "Role (path inferred).", "general.role", "role"),
        *described(12, "lnbPtpProtocol", PROTOCOL, "Network protocol (path inferred).", "general.protocol",
                   "protocol"),
        Column(14, "lnbPtpUtilization", PERCENT, "Utilisation (path inferred).",
               ("general.utilization", "utilization"), units="percent", measured=True),
        Column(15, "lnbPtpClients", GAUGE, "Unicast clients served; a card serves 2048 at most (path inferred).",
               ("general.num-uc-slaves", "num-uc-slaves"), measured=True),
        Column(16, "lnbPtpLink", TRUTH, "Whether its port has link (path inferred).",
               ("general.port-linkup", "port-linkup")),
    ),
    rows=tuple(f"{SLOTS}.module.{place}[]" for place in PLACES),
    keep=True,
)  # fmt: skip

DEFAULT = Table(
    2,
    "lnbPtpDefaultTable",
    "Default data set of each PTPv2 instance (IEEE 1588 8.2.1; paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        Column(1, "lnbPtpTwoStep", TRUTH, "Whether it is a two-step clock.", ("default-ds.two-step",)),
        Column(2, "lnbPtpSlaveOnly", TRUTH, "Whether it can only be a slave.", ("default-ds.slave-only",)),
        Column(3, "lnbPtpNumberPorts", UNSIGNED32, "Number of PTP ports.", ("default-ds.number-ports",)),
        Column(4, "lnbPtpClockClass", BYTE, "Clock class: 6 synchronised to a primary reference, 7 in holdover, 248 "
               "default.", ("default-ds.clock-quality.clock-class",)),
        *described(5, "lnbPtpClockAccuracy", ACCURACY, "Clock accuracy.", "default-ds.clock-quality.clock-accuracy"),
        Column(7, "lnbPtpClockVariance", unsigned32(0, 65535), "Offset scaled log variance.",
               ("default-ds.clock-quality.log-variance",)),
        Column(8, "lnbPtpPriority1", BYTE, "Priority 1.", ("default-ds.priority-1",)),
        Column(9, "lnbPtpPriority2", BYTE, "Priority 2.", ("default-ds.priority-2",)),
        Column(10, "lnbPtpDomainNumber", BYTE, "Domain number.", ("default-ds.domain-number",)),
        Column(11, "lnbPtpClockIdentity", TEXT, "Clock identity (EUI-64).", ("default-ds.clock-identity",)),
    ),
    rows=(INSTANCES,),
)  # fmt: skip

CURRENT = Table(
    3,
    "lnbPtpCurrentTable",
    "Current data set of each PTPv2 instance (IEEE 1588 8.2.2; paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        *with_text(
            Column(1, "lnbPtpOffset", NANOSECONDS, "Offset from the master.", ("current-ds.offset-from-master",),
                   units="nanoseconds", read=reading.nanoseconds, measured=True),
            reading.nanoseconds_text,
        ),
        *with_text(
            Column(3, "lnbPtpMeanPathDelay", NANOSECONDS, "Mean path delay.", ("current-ds.mean-path-delay",),
                   units="nanoseconds", read=reading.nanoseconds, measured=True),
            reading.nanoseconds_text,
        ),
        Column(5, "lnbPtpStepsRemoved", UNSIGNED32, "Steps from the grandmaster.", ("current-ds.steps-removed",),
               measured=True),
    ),
    rows=(INSTANCES,),
)  # fmt: skip

PARENT = Table(
    4,
    "lnbPtpParentTable",
    "Parent data set of each PTPv2 instance: its master and grandmaster (IEEE 1588 8.2.3; paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        Column(1, "lnbPtpParentIdentity", TEXT, "Clock identity of the parent.",
               ("parent-ds.parent-port-identity.clock-identity",)),
        Column(2, "lnbPtpParentPort", unsigned32(0, 65535), "Port number of the parent.",
               ("parent-ds.parent-port-identity.port-number",)),
        Column(3, "lnbPtpParentStats", TRUTH, "Whether the two figures that follow are measured.",
               ("parent-ds.parent-stats",)),
        Column(4, "lnbPtpParentVariance", unsigned32(0, 65535), "Variance observed of the parent.",
               ("parent-ds.parent-log-variance",)),
        Column(5, "lnbPtpParentPhaseChangeRate", INTEGER32, "Phase change rate observed of the parent.",
               ("parent-ds.parent-phase-change-rate",)),
        Column(6, "lnbPtpGmIdentity", TEXT, "Clock identity of the grandmaster.",
               ("parent-ds.grandmaster-identity",)),
        Column(7, "lnbPtpGmClockClass", BYTE, "Clock class of the grandmaster.",
               ("parent-ds.grandmaster-clock-quality.clock-class",)),
        *described(8, "lnbPtpGmClockAccuracy", ACCURACY, "Clock accuracy of the grandmaster.",
                   "parent-ds.grandmaster-clock-quality.clock-accuracy"),
        Column(10, "lnbPtpGmClockVariance", unsigned32(0, 65535), "Offset scaled log variance of the grandmaster.",
               ("parent-ds.grandmaster-clock-quality.log-variance",)),
        Column(11, "lnbPtpGmPriority1", BYTE, "Priority 1 of the grandmaster.", ("parent-ds.grandmaster-priority-1",)),
        Column(12, "lnbPtpGmPriority2", BYTE, "Priority 2 of the grandmaster.", ("parent-ds.grandmaster-priority-2",)),
    ),
    rows=(INSTANCES,),
)  # fmt: skip

TIME = Table(
    5,
    "lnbPtpTimeTable",
    "Time properties data set of each PTPv2 instance (IEEE 1588 8.2.4; paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        Column(1, "lnbPtpUtcOffset", INTEGER32, "Offset of TAI from UTC.", ("time-properties-ds.current-utc-offset",),
               units="seconds"),
        Column(2, "lnbPtpUtcOffsetValid", TRUTH, "Whether that offset is valid.",
               ("time-properties-ds.utc-offset-valid",)),
        Column(3, "lnbPtpLeap61", TRUTH, "The last minute of this day has 61 seconds.",
               ("time-properties-ds.leap-61",)),
        Column(4, "lnbPtpLeap59", TRUTH, "The last minute of this day has 59 seconds.",
               ("time-properties-ds.leap-59",)),
        Column(5, "lnbPtpTimescale", TRUTH, "Whether the time scale is PTP (TAI), not arbitrary.",
               ("time-properties-ds.ptp-timescale",)),
        Column(6, "lnbPtpTimeTraceable", TRUTH, "Whether the time is traceable.",
               ("time-properties-ds.time-traceable",)),
        Column(7, "lnbPtpFrequencyTraceable", TRUTH, "Whether the frequency is traceable.",
               ("time-properties-ds.frequency-traceable",)),
        *described(8, "lnbPtpTimeSource", TIME_SOURCE, "Source of the time.", "time-properties-ds.time-source"),
    ),
    rows=(INSTANCES,),
)  # fmt: skip

PORT = Table(
    6,
    "lnbPtpPortTable",
    "Port data set of each PTPv2 instance (IEEE 1588 8.2.5; paths inferred).",
    "The port of one instance.",
    (DEVICE, PTP),
    (
        *described(1, "lnbPtpPortState", PORT_STATE, "State of the port.", "port-ds.port-state"),
        Column(3, "lnbPtpPortIdentity", TEXT, "Clock identity of the port.", ("port-ds.port-identity.clock-identity",)),
        Column(4, "lnbPtpPortNumber", unsigned32(0, 65535), "Number of the port.",
               ("port-ds.port-identity.port-number",)),
        Column(5, "lnbPtpAnnounceInterval", INTERVAL, "Interval of announce messages.", ("port-ds.intvs.ann-intv",),
               units="log2 seconds"),
        Column(6, "lnbPtpSyncInterval", INTERVAL, "Interval of sync messages.", ("port-ds.intvs.sync-intv",),
               units="log2 seconds"),
        Column(7, "lnbPtpDelayReqInterval", INTERVAL, "Smallest interval of delay requests.",
               ("port-ds.intvs.del-req-intv",), units="log2 seconds"),
        Column(8, "lnbPtpPdelayReqInterval", INTERVAL, "Smallest interval of peer delay requests.",
               ("port-ds.intvs.pdel-req-intv",), units="log2 seconds"),
        Column(9, "lnbPtpAnnounceTimeout", BYTE, "Announce intervals without a message after which a master is lost.",
               ("port-ds.announce-receipt-timeout",)),
        *described(10, "lnbPtpDelayMechanism", DELAY_MECHANISM, "How delay is measured.", "port-ds.delay-mechanism"),
        *with_text(
            Column(12, "lnbPtpPeerPathDelay", NANOSECONDS, "Peer mean path delay.", ("port-ds.peer-mean-path-delay",),
                   units="nanoseconds", read=reading.nanoseconds, measured=True),
            reading.nanoseconds_text,
        ),
        Column(14, "lnbPtpVersion", BYTE, "Version of PTP.", ("port-ds.version-number",)),
        Column(15, "lnbPtpMgmtErrors", COUNTER64, "Faulty management messages received.",
               ("packet-counters.rx-management-err",), measured=True),
        Column(16, "lnbPtpAnnounceTimeouts", COUNTER64, "Times a master was lost for want of announce messages.",
               ("packet-counters.ann-receipt-timeout",), measured=True),
    ),
    rows=(INSTANCES,),
)  # fmt: skip


def _delay_columns(arc: int, word: str, name: str, direction: str) -> tuple[Column, ...]:
    def column(place: int, suffix: str, what: str, path: str) -> tuple[Column, ...]:
        number = Column(arc + 2 * place, f"lnbPtp{name}{suffix}", NANOSECONDS, f"{what} delay {direction}.",
                        (f"delay-statistics.{word}.{path}",), units="nanoseconds", read=reading.nanoseconds,
                        measured=True)  # fmt: skip
        return with_text(number, reading.nanoseconds_text)

    return (
        *column(0, "Min", "Smallest", "min"),
        *column(1, "Mean", "Mean", "mean"),
        *column(2, "Median", "Median", "median"),
        *column(3, "StdDev", "Standard deviation of the", "std-dev"),
        Column(arc + 8, f"lnbPtp{name}Valid", TRUTH, f"Whether the figures {direction} are valid.",
               (f"delay-statistics.{word}.valid",)),
    )  # fmt: skip


DELAY = Table(
    7,
    "lnbPtpDelayTable",
    "Delay statistics of each PTPv2 instance, from master to slave and back (paths inferred).",
    "One instance.",
    (DEVICE, PTP),
    (
        *_delay_columns(1, "m2s-delay", "MasterToSlave", "from master to slave"),
        *_delay_columns(10, "s2m-delay", "SlaveToMaster", "from slave to master"),
    ),
    rows=(INSTANCES,),
)


def _message(row: Row) -> Iterable[int]:
    return (MESSAGE_TYPE.labels[str(reading.label(row.keys[2]))],)


COUNTERS = Table(
    8,
    "lnbPtpCounterTable",
    "Messages each PTPv2 instance sent and received, by type (paths inferred). The counters start anew when the card "
    "restarts.",
    "One message type of one instance.",
    (DEVICE, PTP, Index("lnbPtpMessageType", _message)),
    (
        Column(1, "lnbPtpMessageType", MESSAGE_TYPE,
               "Type of message; all counts every type.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbPtpRx", COUNTER64, "Messages received.", (".",), measured=True),
        Column(3, "lnbPtpTx", COUNTER64, "Messages sent.", ("^.packet-counters.tx.$2",), measured=True),
        Column(4, "lnbPtpRxRate", GAUGE, "Messages received per second.", ("^.packet-counters.rx-per-sec.$2",),
               units="messages per second", measured=True),
        Column(5, "lnbPtpTxRate", GAUGE, "Messages sent per second.", ("^.packet-counters.tx-per-sec.$2",),
               units="messages per second", measured=True),
    ),
    rows=(f"{INSTANCES}.packet-counters.rx[]",),
    when=lambda row: reading.label(row.keys[2]) in MESSAGE_TYPE.labels,
)  # fmt: skip


def client_key(row: Row) -> bytes:
    """A client's address in octets: 4 of IPv4, 16 of IPv6, 6 or 8 of a MAC; else the text itself, 32 at most."""
    said = row.find("addr") or row.find("address") or row.keys[-1]
    text = str(said).strip()
    try:
        return ipaddress.ip_address(text.partition("%")[0]).packed
    except ValueError:
        pass
    digits = text.replace(":", "").replace("-", "")
    try:
        address = bytes.fromhex(digits)
    except ValueError:
        address = b""
    return address if len(address) in (6, 8) else text.encode()[:32]


def _client(row: Row) -> Iterable[int]:
    key = client_key(row)
    return (len(key), *key)


CLIENTS = Table(
    9,
    "lnbPtpClientTable",
    "Unicast clients of each PTPv2 instance that is a unicast master (paths inferred); up to 2048 an instance.",
    "One client, by its address, so that a client keeps its row however the others come and go.",
    (DEVICE, PTP, Index("lnbPtpClientKey", _client)),
    (
        Column(1, "lnbPtpClientKey", octets(32),
               "Address of the client in octets: 4 of an IPv4 address, 16 of an IPv6 address, 6 or 8 of a MAC address.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbPtpClientAddress", TEXT, "Address of the client as text.", ("addr", "address")),
        Column(3, "lnbPtpClientAnnounceInterval", INTERVAL, "Interval of announce messages granted.",
               ("intvs.ann-intv",), units="log2 seconds"),
        Column(4, "lnbPtpClientSyncInterval", INTERVAL, "Interval of sync messages granted.", ("intvs.sync-intv",),
               units="log2 seconds"),
        Column(5, "lnbPtpClientDelayInterval", INTERVAL, "Interval of delay messages granted.",
               ("intvs.del-req-intv",), units="log2 seconds"),
        Column(6, "lnbPtpClientAnnounceLeft", GAUGE, "Time the grant of announce messages still holds.",
               ("ann-duration",), units="seconds", measured=True),
        Column(7, "lnbPtpClientSyncLeft", GAUGE, "Time the grant of sync messages still holds.", ("sync-duration",),
               units="seconds", measured=True),
        Column(8, "lnbPtpClientDelayLeft", GAUGE, "Time the grant of delay responses still holds.",
               ("resp-duration",), units="seconds", measured=True),
    ),
    rows=(f"{INSTANCES}.unicast-clients[]",),
)  # fmt: skip

ALIAS = Form(fits=lambda value: len(value.encode()) <= 31 and value.isprintable(), allowed="31 octets at most.")
PROFILE_WORDS = Form(
    words={
        "defaultE2e15882008": "default-e2e-1588-2008", "defaultP2p15882008": "default-p2p-1588-2008",
        "powerC37238": "power-c37-238-2011", "telecomG82651": "telecom-g8265-1", "telecomG82751": "telecom-g8275-1",
        "smpteSt20592": "smpte-st-2059-2", "utilityIec618509": "utility-iec-61850-9-3", "ieee8021as": "802-1as",
        "telecomG82752": "telecom-g8275-2", "powerC372382017": "power-c37-238-2017", "docsis31": "docsis-3-1",
    },
)  # fmt: skip
PROTOCOL_WORDS = Form(words={"ieee8023": "ieee-802-3"})


def _ns_setting(arc: int, name: str, what: str, path: str) -> tuple[Column, ...]:
    number = setting(arc, name, NANOSECONDS, what, path, units="nanoseconds", read=reading.nanoseconds)
    return with_text(number, reading.nanoseconds_text)


CONFIG = Table(
    10,
    "lnbPtpConfigTable",
    "Configured values of each PTPv2 instance, from the card's configuration (paths inferred). What is configured and "
    "not listed here stands in lnbAttributeTable.",
    "One instance.",
    (DEVICE, PTP),
    (
        setting(1, "lnbPtpConfigAlias", TEXT, "Name an operator gave it.", "alias", form=ALIAS),
        setting(2, "lnbPtpConfigDisabled", TRUTH, "Whether it is disabled.", "flags.disabled", "disabled"),
        *described_setting(3, "lnbPtpConfigRole", ROLE, "Role.", "role"),
        *described_setting(5, "lnbPtpConfigProfile", PROFILE, "PTP profile.", "profile", form=PROFILE_WORDS),
        setting(7, "lnbPtpConfigDomain", BYTE, "Domain number.", "domain-number"),
        *described_setting(8, "lnbPtpConfigDelayMechanism", DELAY_MECHANISM, "How delay is measured.", "delay-mech"),
        *described_setting(10, "lnbPtpConfigProtocol", PROTOCOL, "Network protocol.", "protocol",
                           form=PROTOCOL_WORDS),
        setting(12, "lnbPtpConfigPriority1", BYTE, "Priority 1.", "priority-1"),
        setting(13, "lnbPtpConfigPriority2", BYTE, "Priority 2.", "priority-2"),
        setting(14, "lnbPtpConfigAnnounceInterval", INTERVAL, "Interval of announce messages.", "intvs.ann-intv",
                units="log2 seconds"),
        setting(15, "lnbPtpConfigSyncInterval", INTERVAL, "Interval of sync messages.", "intvs.sync-intv",
                units="log2 seconds"),
        setting(16, "lnbPtpConfigDelayInterval", INTERVAL, "Interval of delay requests.", "intvs.del-req-intv",
                units="log2 seconds"),
        setting(17, "lnbPtpConfigAnnounceTimeout", BYTE, "Announce receipt timeout.", "ann-rcpt-timeout"),
        *_ns_setting(18, "lnbPtpConfigAsymmetry", "Delay asymmetry compensated.", "delay-asymmetry"),
        setting(20, "lnbPtpConfigMulticastTtl", BYTE, "Time to live of multicast packets.", "multicast-ttl"),
        setting(21, "lnbPtpConfigUnicastTtl", BYTE, "Time to live of unicast packets.", "unicast-ttl"),
        setting(22, "lnbPtpConfigPdelayInterval", INTERVAL, "Interval of peer delay requests.",
                "intvs.pdel-req-intv", units="log2 seconds"),
        *_ns_setting(23, "lnbPtpConfigUpperBound", "Offset above which the master is not followed; 0 for no bound.",
                     "upper-bound"),
        *_ns_setting(25, "lnbPtpConfigLowerBound", "Offset below which nothing is corrected; 0 for no bound.",
                     "lower-bound"),
        *_ns_setting(27, "lnbPtpConfigFastLocking", "Offset from which on it locks fast.", "fast-locking-boundary"),
        setting(29, "lnbPtpConfigMinGmClass", BYTE, "Worst clock class of a grandmaster that is followed; 0 for any.",
                "min-gm-clk-class"),
        setting(30, "lnbPtpConfigMinGmVariance", unsigned32(0, 65535),
                "Worst variance of a grandmaster that is followed; 0 for any.", "min-gm-clk-variance"),
        setting(31, "lnbPtpConfigLogSeverity", unsigned32(0, 4), "Severity from which on it logs.", "log-severity"),
        setting(32, "lnbPtpConfigInterface", TEXT, "Label of the interface it runs on.", "intf-label", form=LINE),
        setting(33, "lnbPtpConfigBoundaryClock", TRUTH, "Whether it is a boundary clock.", "flags.boundary-clock"),
        setting(34, "lnbPtpConfigManagement", TRUTH, "Whether management messages are answered.",
                "flags.management"),
        setting(35, "lnbPtpConfigPathTrace", TRUTH, "Whether the path trace is sent.", "flags.path-trace"),
        setting(36, "lnbPtpConfigHybrid", TRUTH, "Whether delay requests are sent unicast (hybrid mode).",
                "flags.hybrid-mode"),
        setting(37, "lnbPtpConfigCounters", TRUTH, "Whether packets are counted.", "flags.pkt-cntrs"),
        setting(38, "lnbPtpConfigArbTimescale", TRUTH, "Whether the time scale is arbitrary.",
                "flags.arb-timescale"),
        setting(39, "lnbPtpConfigClientsMax", unsigned32(0, 65535), "Unicast clients it serves at most.",
                "max-uc-slaves"),
    ),
    rows=tuple(f"configuration.chassis0.slots[].module.{place}[]" for place in PLACES),
)  # fmt: skip

UNICAST_MASTERS = Table(
    11,
    "lnbPtpUcMasterTable",
    "Unicast masters that each PTPv2 instance asks, and the limits it asks for, from the card's configuration (paths "
    "inferred).",
    "One unicast master of one instance.",
    (DEVICE, PTP, named("lnbPtpUcMasterIndex", "ptpucmaster")),
    (
        Column(1, "lnbPtpUcMasterIndex", INDEX, "Number of the unicast master.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbPtpUcMasterName", TEXT, "Name of the unicast master in the list.",
               value=lambda row: row.keys[-1]),
        setting(3, "lnbPtpUcMasterAddress", TEXT, "Address of the master.", "grantor-addr", form=HOST),
        setting(4, "lnbPtpUcMasterAnnounce", INTERVAL, "Interval of announce messages asked for.", "intvs.ann-intv",
                units="log2 seconds"),
        setting(5, "lnbPtpUcMasterSync", INTERVAL, "Interval of sync messages asked for.", "intvs.sync-intv",
                units="log2 seconds"),
        setting(6, "lnbPtpUcMasterDelay", INTERVAL, "Interval of delay requests asked for.", "intvs.del-req-intv",
                units="log2 seconds"),
        setting(7, "lnbPtpUcMasterDuration", unsigned32(0, 65535), "How long a grant is asked for.",
                "message-duration", units="seconds"),
    ),
    rows=("@lnbPtpConfigTable.unicast-masters[]",),
)  # fmt: skip

GROUP = Group(
    8,
    "lnbPtp",
    "PTPv2 instances of HPS cards.",
    (INSTANCE, DEFAULT, CURRENT, PARENT, TIME, PORT, DELAY, COUNTERS, CLIENTS, CONFIG, UNICAST_MASTERS),
)
