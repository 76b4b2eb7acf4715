"""NTP: the device's own system variables, and its associations."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described, with_text
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import DATE_AND_TIME, GAUGE, INDEX, INTEGER32, NANOSECONDS, TEXT, TRUTH, enumeration, unsigned32
from agent.model import reading
from agent.model.document import Json
from agent.model.reading import Absent

LEAP_INDICATOR = enumeration("none", "addSec", "delSec", "alarm")
CLOCK_SOURCE = enumeration("unspec", "pps", "lfRadio", "hfRadio", "uhfRadio", "local", "ntp", "wristwatch", "telephone")
SYSTEM_EVENT = enumeration(
    "unspecified",
    "freqNotSet",
    "freqSet",
    "spikeDetect",
    "freqMode",
    "clockSync",
    "restart",
    "panicStop",
    "noSystemPeer",
    "leapArmed",
    "leapDisarmed",
    "leapEvent",
    "clockStep",
    "kern",
    "tai",
    "staleLeapsecondValues",
    "clockhop",
)
SELECTION = enumeration(
    "reject", "falsetick", "excess", "outlyer", "outlier", "candidate", "backup", "sysPeer", "ppsPeer"
)
PEER_EVENT = enumeration(
    "mobilize",
    "demobilize",
    "unreachable",
    "reachable",
    "restart",
    "noReply",
    "rateExceeded",
    "accessDenied",
    "leapArmed",
    "sysPeer",
    "clockEvent",
    "badAuth",
    "popcorn",
    "interleaveMode",
    "interleaveError",
)
PEER = named("lnbNtpPeerIndex", "ntppeer")
SYSTEM_ROW = "sys"
"""Name of the row that holds the device's own variables; all others are associations."""

_TWO_BITS = {"00": 0, "01": 1, "10": 2, "11": 3}


def leap(raw: Json) -> int | Absent:
    """The leap indicator 0 to 3: an int, its digit as text, or its two bits as ntpq prints them."""
    if isinstance(raw, str) and raw.strip() in _TWO_BITS:
        return _TWO_BITS[raw.strip()]
    return reading.integer(raw)


def seconds_text(raw: Json) -> str | Absent:
    """Seconds as text in the unit that suits their size."""
    ns = reading.ns_from_s(raw)
    return ns if isinstance(ns, Absent) else reading.time_text(ns)


def wander_text(raw: Json) -> str | Absent:
    """A frequency deviation in ppm as text."""
    ppm = reading.number(raw)
    return ppm if isinstance(ppm, Absent) else f"{ppm:g} ppm"


def _time(arc: int, name: str, path: str, what: str) -> tuple[Column, ...]:
    what = f"{what} Absent outside what Integer32 holds (about 2.1 s); {name}Text then still has it."
    return with_text(
        Column(arc, name, NANOSECONDS, what, (path,), read=reading.ns_from_s, units="nanoseconds", measured=True),
        seconds_text,
    )


SYSTEM = Table(
    1,
    "lnbNtpSystemTable",
    "The NTP system variables of each device.",
    "The NTP system variables of one device.",
    (DEVICE,),
    (
        Column(
            1,
            "lnbNtpSystemAssociation",
            unsigned32(0, 65535),
            "Association identifier, 0 for the system itself.",
            ("association-id",),
        ),
        Column(2, "lnbNtpSystemAddress", TEXT, "Address that NTP gives for itself, 127.0.0.1 usually.", ("id",)),
        Column(3, "lnbNtpSystemName", TEXT, "Name that NTP gives for itself, localhost usually.", ("name",)),
        Column(
            4,
            "lnbNtpSystemStatus",
            TEXT,
            "System status word in hexadecimal (RFC 9327). Its parts are in lnbNtpSystemLeapState, "
            "lnbNtpSystemClockSource, lnbNtpSystemEventCount and lnbNtpSystemEvent.",
            ("status",),
        ),
        *described(
            5,
            "lnbNtpSystemLeapState",
            LEAP_INDICATOR,
            "Leap indicator of the status word: none, a second will be added or deleted at the end of the day, or "
            "alarm when NTP is not synchronized.",
            "status-sys-leap-indicator",
        ),
        *described(
            7,
            "lnbNtpSystemClockSource",
            CLOCK_SOURCE,
            "Kind of source NTP is synchronized by: lfRadio for long wave such as DCF77, uhfRadio for satellite "
            "navigation, unspec when not synchronized.",
            "status-sys-clock-source",
        ),
        *described(
            9, "lnbNtpSystemEvent", SYSTEM_EVENT, "The latest event of the NTP system.", "status-sys-event-code"
        ),
        Column(
            11,
            "lnbNtpSystemEventCount",
            GAUGE,
            "Events of the NTP system since its status was last read; it does not go beyond 15.",
            ("status-sys-event-counter",),
            measured=True,
        ),
        Column(
            12,
            "lnbNtpSystemLeap",
            unsigned32(0, 3),
            "Leap indicator as a number: 0 none, 1 a second will be added, 2 deleted, 3 not synchronized.",
            ("leap",),
            read=leap,
        ),
        Column(
            13,
            "lnbNtpSystemStratum",
            unsigned32(0, 255),
            "Stratum: 1 with a reference clock, 16 when not synchronized.",
            ("stratum",),
        ),
        Column(
            14,
            "lnbNtpSystemPrecision",
            INTEGER32,
            "Precision of the system clock as power of two; -18 is about 4 us.",
            ("precision",),
            units="log2 seconds",
        ),
        *_time(15, "lnbNtpSystemRootDelay", "rootdelay", "Round-trip delay to the primary reference clock."),
        *_time(17, "lnbNtpSystemRootDispersion", "rootdisp", "Largest error relative to the primary reference clock."),
        Column(
            19,
            "lnbNtpSystemRefId",
            TEXT,
            "Reference identifier: a word such as GPS at stratum 1, otherwise the address of the source.",
            ("refid",),
        ),
        Column(20, "lnbNtpSystemTai", INTEGER32, "Offset of TAI from UTC.", ("tai",), units="seconds"),
        Column(
            21,
            "lnbNtpSystemLeapFileDate",
            DATE_AND_TIME,
            "Time of the latest leap second in the leap second file, UTC.",
            ("leapsec",),
        ),
        Column(
            22,
            "lnbNtpSystemLeapFileExpiry",
            DATE_AND_TIME,
            "Time until which the leap second file is valid, UTC. A time in the past means that the file must be "
            "renewed.",
            ("expire",),
        ),
        *_time(23, "lnbNtpSystemJitter", "clk-jitter", "Jitter of the system clock."),
        *with_text(
            Column(
                25,
                "lnbNtpSystemWander",
                INTEGER32,
                "Frequency wander of the system clock. The device writes ppm (inferred from ntpq); 1000000 here is "
                "1 ppm.",
                ("clk-wander",),
                read=reading.micro,
                units="parts per 10^12",
                measured=True,
            ),
            wander_text,
        ),
    ),
    rows=(f"status.ntp.{SYSTEM_ROW}",),
)

PEERS = Table(
    2,
    "lnbNtpPeerTable",
    "The NTP associations of each device: reference clocks and other servers.",
    "One NTP association.",
    (DEVICE, PEER),
    (
        Column(
            1,
            "lnbNtpPeerIndex",
            INDEX,
            "Number of the association, given when its identifier is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbNtpPeerId", TEXT, "Identifier of the association on the device, such as ref_1.", ("object-id",)),
        Column(
            3,
            "lnbNtpPeerAssociation",
            unsigned32(0, 65535),
            "Association identifier that NTP gives; another one after each start of NTP.",
            ("association-id",),
        ),
        Column(
            4,
            "lnbNtpPeerAddress",
            TEXT,
            "Address of the source; 127.127.t.u is a reference clock of driver type t, unit u.",
            ("id",),
        ),
        Column(5, "lnbNtpPeerName", TEXT, "Host name of the source, or its address.", ("name",)),
        Column(
            6,
            "lnbNtpPeerStatus",
            TEXT,
            "Peer status word in hexadecimal (RFC 9327). Its parts are in the columns that follow.",
            ("status",),
        ),
        *described(
            7,
            "lnbNtpPeerSelection",
            SELECTION,
            "What NTP makes of the source: sysPeer and ppsPeer are the one it follows, candidate and backup are good, "
            "excess, outlyer (in some versions outlier), falsetick and reject are not used.",
            "status-peer-selection",
        ),
        *described(9, "lnbNtpPeerEvent", PEER_EVENT, "The latest event of the association.", "status-peer-event-code"),
        Column(
            11,
            "lnbNtpPeerEventCount",
            GAUGE,
            "Events of the association since its status was last read; it does not go beyond 15.",
            ("status-peer-event-counter",),
            measured=True,
        ),
        Column(
            12, "lnbNtpPeerConfigured", TRUTH, "Whether the association is configured.", ("status-peer-configured",)
        ),
        Column(
            13,
            "lnbNtpPeerAuthEnabled",
            TRUTH,
            "Whether the source is to be authenticated.",
            ("status-peer-auth-enabled",),
        ),
        Column(14, "lnbNtpPeerAuthOk", TRUTH, "Whether the source is authenticated.", ("status-peer-auth-ok",)),
        Column(
            15,
            "lnbNtpPeerReachable",
            TRUTH,
            "Whether the source is reachable. Rely on this rather than on lnbNtpPeerReach.",
            ("status-peer-reach-ok",),
        ),
        Column(16, "lnbNtpPeerBroadcast", TRUTH, "Whether it is a broadcast association.", ("status-peer-broadcast",)),
        Column(
            17,
            "lnbNtpPeerLeap",
            unsigned32(0, 3),
            "Leap indicator of the source: 0 none, 1 a second will be added, 2 deleted, 3 not synchronized.",
            ("leap",),
            read=leap,
        ),
        Column(
            18,
            "lnbNtpPeerStratum",
            unsigned32(0, 255),
            "Stratum of the source, 0 for a reference clock.",
            ("stratum",),
        ),
        Column(
            19,
            "lnbNtpPeerPrecision",
            INTEGER32,
            "Precision of the source's clock as power of two; -18 is about 4 us.",
            ("precision",),
            units="log2 seconds",
        ),
        *_time(20, "lnbNtpPeerRootDelay", "rootdelay", "Round-trip delay from the source to its primary reference."),
        *_time(
            22, "lnbNtpPeerRootDispersion", "rootdisp", "Largest error of the source relative to its primary reference."
        ),
        Column(24, "lnbNtpPeerRefId", TEXT, "Reference identifier of the source.", ("refid",)),
        *_time(25, "lnbNtpPeerOffset", "offset", "Offset of the source from the system clock."),
        *_time(27, "lnbNtpPeerDelay", "delay", "Round-trip delay to the source."),
        *_time(29, "lnbNtpPeerDispersion", "dispersion", "Dispersion of the source."),
        Column(
            31,
            "lnbNtpPeerReach",
            unsigned32(0, 255),
            "Reach register: the last eight polls as bits, the latest in the lowest bit. API generation V10 writes 0 "
            "for sources that are reachable.",
            ("reach",),
            measured=True,
        ),
        Column(
            32,
            "lnbNtpPeerPollStatus",
            TEXT,
            "Reach register as the device writes it, in binary and octal. API generation V20.",
            ("poll-status",),
            measured=True,
        ),
    ),
    rows=("status.ntp[]",),
    when=lambda row: row.keys[-1] != SYSTEM_ROW,
)

GROUP = Group(11, "lnbNtp", "NTP system variables and associations.", (SYSTEM, PEERS))
