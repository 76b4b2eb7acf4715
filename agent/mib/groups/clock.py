"""Reference clocks: receivers of every kind, satellites, long wave, time code, MRS sources."""

from __future__ import annotations

from collections.abc import Callable

from agent.mib.declaration import Access, Column, Group, Table, described
from agent.mib.groups.chassis import has_module
from agent.mib.groups.common import DEVICE, SLOT, SLOTS, named
from agent.mib.groups.words import CLOCK_STATE, OSCILLATOR_STATE, OSCILLATOR_TYPE, REFERENCE_TYPE
from agent.mib.syntax import (
    GAUGE,
    INDEX,
    INTEGER32,
    TEXT,
    TRUTH,
    UNSIGNED32,
    WORDS,
    enumeration,
    integer32,
    unsigned32,
)
from agent.mib.view import Row
from agent.model import reading

GNSS = ("gns", "gps", "gnss", "grc", "gnm", "gnsuc", "gns-uc", "glonass")
"""Members that hold the state of a satellite receiver; one member named after the receiver's family is there."""

LONG_WAVE = ("dcf77", "pzf", "msf", "jjy", "wwvb")
TIME_CODE = ("tcr", "time-code", "timecode", "irig")


def member(names: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The same path below each of several members of the module."""
    return tuple(f"module.{name}.{path}" for name in names)


def _receiver(row: Row) -> str | None:
    module = row.find("module")
    names = (*GNSS, *LONG_WAVE, *TIME_CODE)
    return next((name for name in names if isinstance(module, dict) and isinstance(module.get(name), dict)), None)


def is_clock(row: Row) -> bool:
    """Whether a slot's module is a reference clock: it has a receiver, or a sync status, or stands in a clock slot."""
    if not has_module(row):
        return False
    return bool(_receiver(row)) or row.find("slot-type") == "clk" or isinstance(row.find("module.sync-status"), dict)


def _has(names: tuple[str, ...]) -> Callable[[Row], bool]:
    def has(row: Row) -> bool:
        module = row.find("module")
        return isinstance(module, dict) and any(isinstance(module.get(name), dict) for name in names)

    return has


RECEIVER_STATE = enumeration("synchronized", "notSynchronized", "tracking", "warmBoot", "coldBoot", "unknown")
GNSS_MODE = enumeration("normalOperation", "coldBoot", "warmBoot", "tracking", "timeMode", "navigationMode", "unknown")
GNSS_TYPE = enumeration("gps", "glonass", "galileo", "beidou", "qzss", "sbas", "navic")
USE = enumeration("selected", "notSelected", "unknown")

CLOCKS = Table(
    1,
    "lnbClockTable",
    "Modules that receive or keep time: reference clocks, and cards with a synchronisation status of their own.",
    "One clock, by its slot.",
    (DEVICE, SLOT),
    (
        Column(1, "lnbClockSlotId", TEXT, "Slot the clock stands in.", value=lambda row: row.keys[0]),
        Column(2, "lnbClockReceiver", TEXT, "Kind of receiver, as the module's own member is named (gps, dcf77).",
               value=_receiver),
        *described(3, "lnbClockState", CLOCK_STATE, "State of the clock.", "module.sync-status.clock-status.clock"),
        *described(5, "lnbClockOscillatorState", OSCILLATOR_STATE, "State of the oscillator.",
                   "module.sync-status.clock-status.oscillator"),
        *described(7, "lnbClockOscillatorType", OSCILLATOR_TYPE, "Kind of the oscillator.",
                   "module.sync-status.osc-type"),
        *described(9, "lnbClockUse", USE, "Whether the device follows this clock.", "module.sync-status.clock-idx"),
        Column(11, "lnbClockQuality", UNSIGNED32,
               "Upper bound of the estimated error; absent when the clock gives no bound.",
               ("module.sync-status.est-time-quality",), read=reading.quality_ns, units="nanoseconds", measured=True),
        Column(12, "lnbClockQualityText", TEXT, "The estimate as the clock writes it.",
               ("module.sync-status.est-time-quality",), follows="lnbClockQuality", measured=True),
        *described(13, "lnbClockReferenceType", REFERENCE_TYPE, "Kind of reference received.",
                   *member((*GNSS, *LONG_WAVE, *TIME_CODE), "ref-type")),
        *described(15, "lnbClockReceiverState", RECEIVER_STATE, "State of the receiver.",
                   *member((*GNSS, *TIME_CODE), "receiver-status")),
        Column(17, "lnbClockAntennaConnected", TRUTH, "Whether an antenna is connected.",
               (*member(GNSS, "antenna.connected"), "module.antenna.connected")),
        Column(18, "lnbClockAntennaShortCircuit", TRUTH, "Whether the antenna line is short-circuited.",
               (*member(GNSS, "antenna.short-circuit"), "module.antenna.short-circuit")),
        Column(19, "lnbClockReceiverSynchronized", TRUTH, "Whether the receiver is synchronised.",
               member(GNSS, "receiver.synchronized")),
        Column(20, "lnbClockReceiverTracking", TRUTH, "Whether the receiver tracks satellites.",
               member(GNSS, "receiver.tracking")),
        Column(21, "lnbClockReceiverWarmBoot", TRUTH, "Whether the receiver is in warm boot.",
               member(GNSS, "receiver.warm-boot")),
        Column(22, "lnbClockReceiverColdBoot", TRUTH, "Whether the receiver is in cold boot.",
               member(GNSS, "receiver.cold-boot")),
        Column(23, "lnbClockDacCalibration", INTEGER32, "Calibration value of the oscillator's converter (API 20).",
               ("module.dac-cal",), measured=True),
        Column(24, "lnbClockDacValue", INTEGER32, "Value of the oscillator's converter (API 20).",
               ("module.dac-val",), measured=True),
    ),
    rows=(SLOTS,),
    when=is_clock,
)  # fmt: skip

SATELLITES = Table(
    2,
    "lnbGnssTable",
    "Satellite reception and position of GNSS clocks.",
    "One GNSS clock, by its slot.",
    (DEVICE, SLOT),
    (
        *described(1, "lnbGnssMode", GNSS_MODE, "Operating mode of the receiver.", "module.satellites.gps-mode",
                   "module.satellites.gnss-mode", "module.satellites.mode"),
        Column(3, "lnbGnssSatellitesGood", GAUGE, "Satellites that can be used.",
               ("module.satellites.good-satellites",), measured=True),
        Column(4, "lnbGnssSatellitesInView", GAUGE, "Satellites in view.",
               ("module.satellites.satellites-in-view",), measured=True),
        Column(5, "lnbGnssSatellitesSelected", WORDS, "Satellites selected, such as gps28.",
               ("module.satellites.selected-satellites",), measured=True),
        Column(6, "lnbGnssLatitude", integer32(-90_000_000, 90_000_000), "Latitude, north positive.",
               ("module.satellites.latitude",), read=reading.micro, units="microdegrees"),
        Column(7, "lnbGnssLongitude", integer32(-180_000_000, 180_000_000), "Longitude, east positive.",
               ("module.satellites.longitude",), read=reading.micro, units="microdegrees"),
        Column(8, "lnbGnssAltitude", INTEGER32, "Altitude.", ("module.satellites.altitude",), read=reading.centi,
               units="centimetres"),
        Column(9, "lnbGnssPositionX", INTEGER32, "Position in the earth-centred frame, X.",
               ("module.satellites.position-x",), read=reading.centi, units="centimetres"),
        Column(10, "lnbGnssPositionY", INTEGER32, "Position in the earth-centred frame, Y.",
               ("module.satellites.position-y",), read=reading.centi, units="centimetres"),
        Column(11, "lnbGnssPositionZ", INTEGER32, "Position in the earth-centred frame, Z.",
               ("module.satellites.position-z",), read=reading.centi, units="centimetres"),
        Column(12, "lnbGnssPdop", UNSIGNED32, "Position dilution of precision.", ("module.satellites.pdop",),
               read=reading.centi, units="hundredths", measured=True),
        Column(13, "lnbGnssTdop", UNSIGNED32, "Time dilution of precision.", ("module.satellites.tdop",),
               read=reading.centi, units="hundredths", measured=True),
    ),
    rows=(SLOTS,),
    when=lambda row: has_module(row) and isinstance(row.find("module.satellites"), dict),
)  # fmt: skip

SATELLITE = Table(
    3,
    "lnbSatelliteTable",
    "Satellites that GNSS clocks list one by one.",
    "One satellite of one clock.",
    (DEVICE, SLOT, named("lnbSatelliteIndex", "satellite")),
    (
        Column(1, "lnbSatelliteIndex", INDEX, "Number of the satellite in this clock's list.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbSatelliteName", TEXT, "Name or position of the entry in the clock's list.",
               value=lambda row: row.keys[-1]),
        *described(3, "lnbSatelliteSystem", GNSS_TYPE, "Satellite system.", "gnss-type"),
        Column(5, "lnbSatelliteNumber", UNSIGNED32, "Number of the satellite in its system (path inferred).",
               ("svno", "sv-number", "prn")),
        Column(6, "lnbSatelliteSignal", INTEGER32, "Signal to noise ratio (path inferred).", ("snr", "cn0"),
               units="decibels", measured=True),
        Column(7, "lnbSatelliteElevation", integer32(-90, 90), "Elevation (path inferred).", ("elevation",),
               units="degrees", measured=True),
        Column(8, "lnbSatelliteAzimuth", unsigned32(0, 360), "Azimuth (path inferred).", ("azimuth",),
               units="degrees", measured=True),
    ),
    rows=(f"{SLOTS}.module.satellites.gnss.satellite-list[]", f"{SLOTS}.module.satellites.satellite-list[]"),
)  # fmt: skip

LONG_WAVE_TABLE = Table(
    4,
    "lnbLongWaveTable",
    "Long-wave receivers (DCF77 and PZF).",
    "One long-wave clock, by its slot.",
    (DEVICE, SLOT),
    (
        Column(1, "lnbLongWaveType", TEXT, "Type of receiver, such as pzf.", member(LONG_WAVE, "type")),
        Column(2, "lnbLongWaveCorrelation", unsigned32(0, 100), "Correlation of the received sequence.",
               member(LONG_WAVE, "correlation"), units="percent", measured=True),
        Column(3, "lnbLongWaveFieldStrength", unsigned32(0, 100), "Field strength.",
               member(LONG_WAVE, "field-strength"), units="percent", measured=True),
        Column(4, "lnbLongWaveFreeRunning", TRUTH, "The clock runs on its oscillator, without reception.",
               member(LONG_WAVE, "pcps.freer")),
        Column(5, "lnbLongWaveSynchronized", TRUTH, "The clock has synchronised since it was started.",
               member(LONG_WAVE, "pcps.syncd")),
        Column(6, "lnbLongWaveDstActive", TRUTH, "Daylight saving time is in force.",
               member(LONG_WAVE, "pcps.dl-enb")),
        Column(7, "lnbLongWaveDstAnnounced", TRUTH, "A change of daylight saving time is announced.",
               member(LONG_WAVE, "pcps.dl-ann")),
        Column(8, "lnbLongWaveUtc", TRUTH, "The clock works in UTC.", member(LONG_WAVE, "pcps.utc")),
        Column(9, "lnbLongWaveLeapAnnounced", TRUTH, "A leap second is announced.",
               member(LONG_WAVE, "pcps.ls-ann")),
        Column(10, "lnbLongWaveTimeSetByHost", TRUTH, "The time was set by hand or host, not by reception.",
               member(LONG_WAVE, "pcps.iftm")),
        Column(11, "lnbLongWaveInvalid", TRUTH, "The time is invalid, since the battery was empty.",
               member(LONG_WAVE, "pcps.invt")),
    ),
    rows=(SLOTS,),
    when=_has(LONG_WAVE),
)  # fmt: skip

TIME_CODE_TABLE = Table(
    5,
    "lnbTimeCodeTable",
    "Time-code receivers (IRIG, AFNOR). No public document shows their members; all paths are inferred.",
    "One time-code clock, by its slot.",
    (DEVICE, SLOT),
    (
        Column(1, "lnbTimeCodeFormat", TEXT, "Time code expected (path inferred).",
               (*member(TIME_CODE, "code"), *member(TIME_CODE, "time-code"), *member(TIME_CODE, "format"))),
        Column(2, "lnbTimeCodeSignal", TRUTH, "Whether a signal is received (path inferred).",
               (*member(TIME_CODE, "signal"), *member(TIME_CODE, "signal-ok"), *member(TIME_CODE, "signal-present"))),
        Column(3, "lnbTimeCodeLevel", INTEGER32, "Level of the signal (path inferred).",
               (*member(TIME_CODE, "signal-level"), *member(TIME_CODE, "level")), units="percent", measured=True),
        *described(4, "lnbTimeCodeState", RECEIVER_STATE, "State of the receiver (path inferred).",
                   *member(TIME_CODE, "receiver-status"), *member(TIME_CODE, "status")),
    ),
    rows=(SLOTS,),
    when=_has(TIME_CODE),
)  # fmt: skip

MRS = Table(
    6,
    "lnbMrsTable",
    "Sources of clocks with several references (MRS), by priority.",
    "One source of one clock.",
    (DEVICE, SLOT, named("lnbMrsIndex", "mrs")),
    (
        Column(1, "lnbMrsIndex", INDEX, "Number of the source.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbMrsPriority", TEXT, "Priority as the device names it, such as priority0 (the highest).",
               value=lambda row: row.keys[-1]),
        *described(3, "lnbMrsType", REFERENCE_TYPE,
                   "Kind of source. A clock with one source shows gps here whatever it receives.",
                   "info.settings.id.type"),
        Column(5, "lnbMrsInstance", UNSIGNED32, "Which of several sources of the kind.",
               ("info.settings.id.instance",)),
        Column(6, "lnbMrsBias", TEXT, "Fixed offset set for the source, as the device writes it (no unit is stated).",
               ("info.settings.bias",)),
        Column(7, "lnbMrsPrecision", TEXT, "Precision set for the source, as the device writes it (no unit is stated).",
               ("info.settings.precision",)),
        Column(8, "lnbMrsState", WORDS, "State of the source (path inferred).",
               ("info.state", "state")),
        Column(9, "lnbMrsOffset", INTEGER32, "Offset of the source (path inferred).",
               ("info.offset", "offset"), units="nanoseconds", measured=True),
    ),
    rows=(f"{SLOTS}.module.mrs[]",),
)  # fmt: skip

GROUP = Group(
    5,
    "lnbClocks",
    "Reference clocks.",
    (CLOCKS, SATELLITES, SATELLITE, LONG_WAVE_TABLE, TIME_CODE_TABLE, MRS),
)
