"""B.0.1: reference clocks, their satellites, and the sources of clocks with several references (MRS)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Index, Scalars, Table
from agent.mib.groups.chassis import has_module
from agent.mib.groups.clock import GNSS, LONG_WAVE, TIME_CODE
from agent.mib.groups.common import SLOTS
from agent.mib.groups.words import CLOCK_STATE, REFERENCE_TYPE
from agent.mib.host.common import like
from agent.mib.host.vendor.common import (
    DISPLAY,
    STATUS,
    ending,
    of_device,
    paths_of,
    renamed,
    slots,
    states,
    understood,
    words,
)
from agent.mib.syntax import INTEGER32, UNSIGNED32, closed, unsigned32
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import Absent

SYNC: Final = "status.system.sync-status"
LARGEST: Final = 2
"""The MIB knows two clocks, those of the slots clk1 and clk2."""

_LISTED: Final = (
    "unknown gps166 gps167 gps167SV gps167PC gps167PCI gps163 gps168PCI gps161 gps169PCI tcr167PCI gps164 "
    "gps170PCI pzf511 gps170 tcr511 am511 msf511 grc170 gps170PEX gps162 ptp270PEX frc511PEX gen170 tcr170PEX "
    "wwvb511 mgr170 jjy511 pzf600 tcr600 gps180 gln170 gps180PEX tcr180PEX pzf180PEX mgr180 msf600 wwvb600 jjy600 "
    "gps180HS gps180AMC esi180 cpe180 lno180 grc180 liu dcf600HS dcf600RS mri bpe gln180Pex n2x rsc180 lneGb "
    "lnePpg180 scg mdu300 sdi fdm180 spt pzf180 rel1000 hps100 vsg180 msf180 wwvb180 cpc180 ctc100 tcr180 lue180 "
    "cpc01 tsu01 cmc01 scu01 fcu01 mssb100 lne180sfp gts180 gps180csm grc181 n2x180 gns180pex mdu180 mdu312 "
    "gps165 gns181uc psx4GE rsc180rdu cpc200 fdm180m lsg180 gps190 gns181 pio180 fcm180 tcr180usb ssp100 gns165 "
    "rsc180rdmp gps16x mshps100 bpestm vsi180 gnm181 rscrduttl rsc2000 fcu200 rel1000rc wsiug2864 vsg181 bps2xxx "
    "bpe2352 bpe8XXX bpe6042 gns190 gps180msbc gns181msbc gns181ucmsbc prs181 ecm180 mro181 vsg181msbc scg181 "
    "nimbra100 rsc180scu pmu190 gns190uc vmx180 rcg181 gns191 vsg181h gps182 rsc1000 gns182 gns182uc gsr190 "
    "gen182 cpe182 fdm182 fdm182m pzf182 pzf183 bpe8nnn n2x185 anz141 msf182 rel1002 gps-gns183 gxl183 m3t "
)
_MODELS: Final = _LISTED.split()
"""Models by their number in the MIB, from 0 on."""
TYPE: Final = closed(**{model: number for number, model in enumerate(_MODELS)})
USAGE: Final = words(notAvailable=0, secondary=1, compare=2, primary=3)
STATE: Final = words(notAvailable=0, synchronized=1, notSynchronized=2)
SUBSTATE: Final = closed(
    mrsRefNone=-1, notAvailable=0, gpsSync=1, gpsTracking=2, gpsAntennaDisconnected=3, gpsWarmBoot=4, gpsColdBoot=5,
    gpsAntennaShortCircuit=6, lwNeverSync=50, lwNotSync=51, lwSync=52, tcrNotSync=100, tcrSync=101, mrsIntOscSync=149,
    mrsGpsSync=150, mrs10MhzSync=151, mrsPpsInSync=152, mrs10MhzPpsInSync=153, mrsIrigSync=154, mrsNtpSync=155,
    mrsPtpIeee1588Sync=156, mrsPtpOverE1Sync=157, mrsFixedFreqInSync=158, mrsPpsStringSync=159,
    mrsVarFreqGpioSync=160, mrsReserved=161, mrsDcf77PzfSync=162, mrsLongwaveSync=163, mrsGlonassGpsSync=164,
    mrsHavequickSync=165, mrsExtOscSync=166, mrsSyncE=167, mrsVideoInSync=168, mrsLtcSync=169, mrsOscSync=170,
)  # fmt: skip
INFORMATION: Final = words(notAvailable=0, leapSecondAnnounced=1)
PERCENT: Final = unsigned32(0, 100)

_FOLLOWED: Final = {
    "gps": "mrsGpsSync", "freqIn10mhz": "mrs10MhzSync", "ppsIn": "mrsPpsInSync", "ppsIn10mhz": "mrs10MhzPpsInSync",
    "irig": "mrsIrigSync", "ntp": "mrsNtpSync", "ptp": "mrsPtpIeee1588Sync", "ptpOverE1": "mrsPtpOverE1Sync",
    "fixedFreqIn": "mrsFixedFreqInSync", "ppsPlusString": "mrsPpsStringSync", "variableFreqGpio": "mrsVarFreqGpioSync",
    "dcf77PzfReceiver": "mrsDcf77PzfSync", "longWaveReceiver": "mrsLongwaveSync", "gnssReceiver": "mrsGlonassGpsSync",
    "haveQuick": "mrsHavequickSync", "extOsc": "mrsExtOscSync", "syncE": "mrsSyncE", "videoInput": "mrsVideoInSync",
    "ltc": "mrsLtcSync",
}  # fmt: skip
"""Substate of a clock that follows this kind of reference, by our word for it."""
_OF_ITS_OWN: Final = {
    "satellites": ("gps", "gnssReceiver"),
    "longWave": ("dcf77PzfReceiver", "longWaveReceiver"),
    "timeCode": ("irig",),
}
"""References that a clock receives by its own receiver."""


def number(row: Row) -> int | None:
    """1 or 2 of the clock in this slot, None when there is none that the MIB knows."""
    place = ending(row, r"clk(\d{1,2})")
    return place if place is not None and 1 <= place <= LARGEST and has_module(row) else None


def _index(row: Row) -> Iterable[int]:
    return (number(row) or 0,)


def _plain(model: str) -> str:
    return re.sub(r"[^a-z0-9]", "", model.lower())


_BY_MODEL: Final = {_plain(model): model for model in _MODELS}


def _type(raw: Any) -> str | Absent:
    model = reading.text(raw)
    return model if isinstance(model, Absent) else _BY_MODEL.get(_plain(model), "unknown")


def _is_selected(row: Row) -> bool:
    """Whether the device follows this clock: the clock says so, or the device names it."""
    use = understood(reading.label, row.find("module.sync-status.clock-idx"))
    reference = of_device(row, f"{SYNC}.reference")
    return use == "selected" or (use is None and str(reference).startswith(f"{row.keys[0]}-"))


def _usage(row: Row) -> str:
    if _is_selected(row):
        return "primary"
    use = understood(reading.label, row.find("module.sync-status.clock-idx"))
    return "secondary" if use == "notSelected" else "notAvailable"


_state = renamed(
    CLOCK_STATE, synchronized="synchronized", notSynchronized="notSynchronized", holdover="notSynchronized",
    other="notSynchronized",
)  # fmt: skip


def _receiver(row: Row) -> tuple[str, dict[str, Any]]:
    """What a clock receives by itself, and what it says of it."""
    module = row.find("module")
    for kind, names in (("satellites", GNSS), ("longWave", LONG_WAVE), ("timeCode", TIME_CODE)):
        for name in names:
            said = module.get(name) if isinstance(module, dict) else None
            if isinstance(said, dict):
                return kind, said
    return "", {}


def _reference(row: Row) -> str | None:
    """The kind of reference that the selected clock follows, in our words; None when it is not said."""
    return understood(REFERENCE_TYPE.read, of_device(row, f"{SYNC}.ref-type")) if _is_selected(row) else None


def _substate(row: Row) -> str:
    kind, said = _receiver(row)
    followed = _FOLLOWED.get(_reference(row) or "")
    if followed and _reference(row) not in _OF_ITS_OWN.get(kind, ()):
        return followed
    if kind == "satellites":
        return _satellites(said)
    if kind == "longWave":
        return _long_wave(said)
    state = understood(CLOCK_STATE.read, row.find("module.sync-status.clock-status.clock"))
    if kind != "timeCode" or state is None:
        return "notAvailable"
    return "tcrSync" if state == "synchronized" else "tcrNotSync"


def _satellites(said: dict[str, Any]) -> str:
    antenna, receiver = (one if isinstance(one, dict) else {} for one in (said.get("antenna"), said.get("receiver")))
    if understood(reading.truth, antenna.get("short-circuit")) is True:
        return "gpsAntennaShortCircuit"
    if understood(reading.truth, antenna.get("connected")) is False:
        return "gpsAntennaDisconnected"
    states = {"synchronized": "gpsSync", "tracking": "gpsTracking", "warm-boot": "gpsWarmBoot",
              "cold-boot": "gpsColdBoot"}  # fmt: skip
    return next(
        (state for name, state in states.items() if understood(reading.truth, receiver.get(name)) is True),
        "notAvailable",
    )


def _long_wave(said: dict[str, Any]) -> str:
    flags = said.get("pcps")
    if not isinstance(flags, dict):
        return "notAvailable"
    if understood(reading.truth, flags.get("freer")) is True:
        return "lwNotSync"
    return "lwSync" if understood(reading.truth, flags.get("syncd")) is True else "lwNeverSync"


def _at_most_100(raw: Any) -> int | Absent:
    value = reading.integer(raw)
    return value if isinstance(value, Absent) else min(value, 100)


def _of_long_wave(row: Row) -> int:
    return 100 if _receiver(row)[0] == "longWave" else 0


def _information(row: Row) -> str:
    _, said = _receiver(row)
    flags = said.get("pcps")
    announced = (
        of_device(row, f"{SYNC}.leapsecond-announced"),
        flags.get("ls-ann") if isinstance(flags, dict) else None,
    )
    return "leapSecondAnnounced" if any(understood(reading.truth, one) is True for one in announced) else "notAvailable"


def _leap_second(row: Row) -> str:
    date = reading.text(of_device(row, f"{SYNC}.leapsecond-date"))
    return "not announced" if isinstance(date, Absent) else date


CLOCKS = Table(
    2,
    "mbgLtNgRefclockTable",
    "The reference clocks in the slots clk1 and clk2; no row for an empty slot.",
    "One clock.",
    (Index("mbgLtNgRefclockIndex", _index),),
    (
        Column(1, "mbgLtNgRefclockIndex", unsigned32(1, LARGEST), "Number in the name of the slot.", value=number),
        Column(2, "mbgLtNgRefclockType", TYPE, "Model of the clock; unknown for one that the MIB does not know.",
               ("module.info.model",), read=_type, otherwise=lambda row: "unknown"),
        Column(3, "mbgLtNgRefclockUsage", USAGE,
               "primary: the device follows this clock (its clock-idx, or the device's reference).", value=_usage),
        replace(like(4, "mbgLtNgRefclockState", STATE, "lnbClockState", _state), otherwise=lambda row: "notAvailable"),
        Column(5, "mbgLtNgRefclockSubstate", SUBSTATE, "State of the clock's own receiver; of a clock that follows "
               "another reference, which one.", value=_substate),
        Column(6, "mbgLtNgRefclockStatusA", PERCENT, "Satellites that can be used, or correlation of a long-wave "
               "receiver in percent.", paths_of("lnbGnssSatellitesGood", "lnbLongWaveCorrelation"),
               read=_at_most_100, otherwise=lambda row: 0),
        Column(7, "mbgLtNgRefclockMaxStatusA", PERCENT, "Satellites in view; 100 for long wave.",
               paths_of("lnbGnssSatellitesInView"), read=_at_most_100, otherwise=_of_long_wave),
        Column(8, "mbgLtNgRefclockStatusB", PERCENT, "Field strength of a long-wave receiver in percent.",
               paths_of("lnbLongWaveFieldStrength"), read=_at_most_100, otherwise=lambda row: 0),
        Column(9, "mbgLtNgRefclockMaxStatusB", PERCENT, "100 for long wave.", value=_of_long_wave),
        Column(10, "mbgLtNgRefclockAdditionalInfo", INFORMATION,
               "Whether the device, or the clock itself, announces a leap second.",
               value=_information),
        Column(11, "mbgLtNgRefclockLeapSecondDate", DISPLAY, "Date of the leap second announced, or not announced.",
               value=_leap_second),
    ),
    rows=(SLOTS,),
    when=lambda row: number(row) is not None,
    row_name="mbgLtNgRefclockTableEntry",
)  # fmt: skip


def _utc_offset(row: Row) -> int | None:
    """GPS time is 19 s behind TAI (the difference of 1980, when GPS time began)."""
    tai = understood(reading.integer, of_device(row, "status.ntp.sys.tai"))
    return None if tai is None or tai < 19 else tai - 19


def _satellite(arc: int, name: str, what: str, own: str) -> Column:
    return Column(arc, f"mbgLtNgRefclockGps{name}", DISPLAY, what, paths_of(own), follows=own)


SATELLITES = Table(
    3,
    "mbgLtNgRefclockGpsTable",
    "Position and satellites of the clocks that receive satellites.",
    "One clock.",
    (Index("mbgLtNgRefclockGpsIndex", _index),),
    (
        Column(1, "mbgLtNgRefclockGpsIndex", UNSIGNED32, "Number in the name of the slot.", value=number),
        _satellite(2, "Latitude", "Degrees, north positive.", "lnbGnssLatitude"),
        _satellite(3, "Longitude", "Degrees, east positive.", "lnbGnssLongitude"),
        Column(4, "mbgLtNgRefclockGpsAltitude", INTEGER32, "Metres.", paths_of("lnbGnssAltitude"),
               follows="lnbGnssAltitude", units="meters"),
        _satellite(5, "Tdop", "Time dilution of precision.", "lnbGnssTdop"),
        _satellite(6, "Pdop", "Position dilution of precision.", "lnbGnssPdop"),
        Column(7, "mbgLtNgRefclockGpsUtcOffset", INTEGER32, "GPS time less UTC, from NTP's offset of TAI.",
               value=_utc_offset, units="seconds"),
    ),
    rows=(SLOTS,),
    when=lambda row: number(row) is not None and isinstance(row.find("module.satellites"), dict),
    row_name="mbgLtNgRefclockGpsTableEntry",
)  # fmt: skip


def _count(row: Row) -> int | None:
    return sum(number(slot) is not None for slot in slots(row)) if of_device(row, "status.chassis0") else None


def _position(row: Row) -> str | None:
    """One line; of the first clock that has a position, else the device's own."""
    for slot in slots(row):
        lat, lon, alt = (understood(reading.number, slot.find(f"module.satellites.{name}"))
                         for name in ("latitude", "longitude", "altitude"))  # fmt: skip
        if number(slot) is not None and None not in (lat, lon, alt):
            return f"Lat: {lat:.4f} Lon: {lon:.4f} Alt: {alt:.0f}m"
    found = re.fullmatch(r"\s*(-?\d+\.?\d*),\s*(-?\d+\.?\d*)\s*", str(of_device(row, "status.system.position")))
    return f"Lat: {float(found[1]):.4f} Lon: {float(found[2]):.4f}" if found else None


def _source(row: Row, place: int) -> str | Absent:
    """The kind of source at a priority, 0 being the highest."""
    return reading.text(row.find(f"module.mrs.priority{place}.info.settings.id.type"))


def _followed(row: Row) -> str:
    """The kind of source that is followed now; the index of its row."""
    return str(of_device(row, f"{SYNC}.ref-type"))[:64]


def _followed_index(row: Row) -> Iterable[int]:
    octets = DISPLAY.encode(_followed(row))
    return (len(octets), *octets)


def _has_several(row: Row) -> bool:
    """Whether the device follows this clock, and it may follow several references.

    A clock with one source says that it is gps, whatever it receives.
    """
    if number(row) is None or not _is_selected(row) or _reference(row) is None:
        return False
    return not isinstance(_source(row, 0), Absent) and not isinstance(_source(row, 1), Absent)


def _priority(place: int) -> Column:
    return Column(2 + place, f"mbgLtNgRefclockXmrPriority{place + 1}", DISPLAY, f"Source of priority {place + 1}.",
                  (f"module.mrs.priority{place}.info.settings.id.type",))  # fmt: skip


SOURCES = Table(
    6,
    "mbgLtNgRefclockMrsInfo",
    "The sources of the clock that the device follows, when it has several.",
    "The one that is followed.",
    (Index("mbgLtNgRefclockXmrSyncTo", _followed_index),),
    (
        Column(1, "mbgLtNgRefclockXmrSyncTo", DISPLAY, "Source that is followed now.", value=_followed),
        *map(_priority, range(10)),
    ),
    rows=(SLOTS,),
    when=_has_several,
    row_name="mbgLtNgRefclockMrsTableEntry",
)  # fmt: skip

GROUP = states(
    "mbgLtNgRefclock",
    (*STATUS, 1),
    Scalars(
        0,
        "mbgLtNgRefclockScalars",
        (
            Column(1, "mbgLtNgNumberOfRefclocks", unsigned32(0, LARGEST), "Clocks that are there.", value=_count),
            Column(5, "mbgLtNgRefclockGpsPos", DISPLAY,
                   "Position in one line: of the first clock that has one, else of the device.", value=_position),
        ),
        feed=Feed.DOCUMENT,
    ),
    CLOCKS,
    SATELLITES,
    SOURCES,
)  # fmt: skip
