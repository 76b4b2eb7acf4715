"""B.0.3: PTP, a row for each PTPv2 instance of an HPS card, under the number that it has everywhere else.

A device without PTP has one row that says so, which is what a LANTIME without a PTP card answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Index, Scalars, Table
from agent.mib.groups.ptp import DELAY_MECHANISM, INSTANCES, PLACES
from agent.mib.host.common import by_label, by_number, like
from agent.mib.host.vendor.common import DISPLAY, STATUS, SWITCH, of_device, renamed, slots, states, switch, words
from agent.mib.syntax import COUNTER64, UNSIGNED32, Reader, unsigned32
from agent.mib.view import Row, parsed
from agent.model import reading
from agent.model.document import Json, records
from agent.model.reading import ABSENT, UTC, Absent

MODE: Final = words(notAvailable=0, stopped=1, master=2, slave=3, ordinary=4)
PORT_STATE: Final = words(
    uninitialized=0, initializing=1, faulty=2, disabled=3, listening=4, preMaster=5, master=6, passive=7,
    uncalibrated=8, slave=9,
)  # fmt: skip
_BOUNDS: Final = (
    "25ns", "100ns", "250ns", "1us", "2Point5us", "10us", "25us", "100us", "250us", "1ms", "2to5ms", "10ms", "25ms",
    "100ms", "250ms", "1s", "10s",
)  # fmt: skip
CLOCK_ACCURACY: Final = words(
    notAvailable=0,
    **{f"timeAccurateTo{bound}": number for number, bound in enumerate(_BOUNDS, 32)},
    timeAccurateToGT10s=49,
    timeAccurateToUnknown=254,
)
SOURCE: Final = words(
    notAvailable=0, atomicClock=16, gps=32, terrestrialRadio=48, ptp=64, ntp=80, handSet=96, other=144,
    internalOscillator=160,
)  # fmt: skip
DELAY: Final = words(end2End=0, peer2Peer=1)
AVAILABLE: Final = words(no=0, yes=1)
_BYTE: Final = unsigned32(0, 255)

_port_state = by_label("lnbPtpPortState", PORT_STATE)
_accuracy = by_number("lnbPtpClockAccuracy", CLOCK_ACCURACY)
_source = by_number("lnbPtpTimeSource", SOURCE)
_delay = renamed(DELAY_MECHANISM, e2e="end2End", p2p="peer2Peer")


def _is_instance(row: Row) -> bool:
    return bool(row.keys)


def _number(row: Row) -> int:
    """Number of the instance; 1 in the row of a device that has none."""
    return row.view.identities.index("ptp", "/".join(row.keys[:2])) if _is_instance(row) else 1


def _index(row: Row) -> Iterable[int]:
    return (_number(row),)


def _bare(raw: Json) -> str | Absent:
    """Nanoseconds as a bare number."""
    value = reading.nanoseconds(raw)
    return value if isinstance(value, Absent) else str(value)


def _mac_of(raw: Json) -> str | Absent:
    """The MAC address that a clock identity was made of (IEEE 1588 7.5.2.2.2: ff fe in the middle)."""
    text = reading.text(raw)
    if isinstance(text, Absent):
        return text
    digits = text.replace(":", "").replace("-", "").replace(".", "").lower()
    if len(digits) != 16 or digits[6:10] != "fffe":
        return ABSENT
    octets = digits[:6] + digits[10:]
    return ":".join(octets[at : at + 2] for at in range(0, 12, 2))


def _when_there(value: Callable[[Row], Any]) -> Callable[[Row], Any]:
    return lambda row: value(row) if _is_instance(row) else None


def _seconds(row: Row) -> int | None:
    """Seconds of PTP's time scale when the device was read: UTC and its offset, leap seconds included."""
    now = reading.moment(of_device(row, "status.system.current-time-iso"))
    offset = reading.integer(row.find("time-properties-ds.current-utc-offset"))
    if isinstance(now, Absent) or isinstance(offset, Absent):
        return None
    return int((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) + offset


def _configured(row: Row) -> Iterator[Json]:
    """The configuration of the row's instance, where it is read."""
    for place in PLACES:
        for record in records(row.view.root, parsed(f"configuration.chassis0.slots[].module.{place}[]")):
            if record.keys == row.keys:
                yield record.chain[-1]


def _asymmetry(row: Row) -> str | Absent | None:
    instance = next(_configured(row), None)
    return _bare(instance.get("delay-asymmetry")) if isinstance(instance, dict) else None


def _text(arc: int, name: str, own: str, read: Reader, what: str = "") -> Column:
    return like(arc, f"mbgLtNgPtp{name}", DISPLAY, own, read, units=what)


TABLE = Table(
    2,
    "mbgLtNgPtpTable",
    "The PTPv2 instances of all cards; without any, one row that is not available.",
    "One instance.",
    (Index("mbgLtNgPtpIndex", _index),),
    (
        Column(1, "mbgLtNgPtpIndex", UNSIGNED32, "Number of the instance, as lnbPtpInstanceIndex.", value=_number),
        Column(2, "mbgLtNgPtpMode", MODE, "Obsolete; always 0.", value=_when_there(lambda row: "notAvailable")),
        replace(like(3, "mbgLtNgPtpPortState", PORT_STATE, "lnbPtpPortState", _port_state),
                otherwise=lambda row: None if _is_instance(row) else "disabled"),
        _text(4, "GrandmasterMac", "lnbPtpGmIdentity", _mac_of),
        like(5, "mbgLtNgPtpClockAccuracy", CLOCK_ACCURACY, "lnbPtpClockAccuracy", _accuracy),
        like(6, "mbgLtNgPtpClockClass", _BYTE, "lnbPtpClockClass"),
        like(7, "mbgLtNgPtpTimeSource", SOURCE, "lnbPtpTimeSource", _source),
        like(8, "mbgLtNgPtpUtcOffset", UNSIGNED32, "lnbPtpUtcOffset", units="seconds"),
        Column(9, "mbgLtNgPtpTimeSeconds", COUNTER64, "Seconds of PTP's time scale when the device was read.",
               value=_when_there(_seconds), units="seconds"),
        Column(10, "mbgLtNgPtpTsuTime", DISPLAY, "Time of the card's time-stamp unit.",
               ("^.module.timestampers[0].current-time",)),
        Column(11, "mbgLtNgPtpSysTime", DISPLAY, "Time of the device when it was read.",
               value=_when_there(lambda row: reading.text(of_device(row, "status.system.current-time")))),
        like(12, "mbgLtNgPtpPortLinkup", SWITCH, "lnbPtpLink", switch),
        _text(13, "OffsetFromGM", "lnbPtpOffset", _bare, "nanoseconds"),
        _text(14, "PathDelay", "lnbPtpMeanPathDelay", _bare, "nanoseconds"),
        like(15, "mbgLtNgPtpDelayMec", DELAY, "lnbPtpDelayMechanism", _delay),
        like(16, "mbgLtNgPtpDomain", _BYTE, "lnbPtpDomainNumber"),
        _text(17, "GrandmasterUuid", "lnbPtpGmIdentity", reading.text),
        Column(18, "mbgLtNgPtpLocalMac", DISPLAY, "MAC address of the card's port.",
               ("^.module.network.mac-address",)),
        Column(19, "mbgLtNgPtpDelayAsymmetry", DISPLAY, "Delay asymmetry configured.", value=_when_there(_asymmetry),
               units="nanoseconds"),
        Column(20, "mbgLtNgPtpAvail", AVAILABLE, "no: the row of a device without PTP.",
               value=lambda row: "yes" if _is_instance(row) else "no"),
    ),
    rows=(INSTANCES, "status"),
    when=lambda row: _is_instance(row) or isinstance(row.find("chassis0"), dict),
    row_name="mbgLtNgPtpTableEntry",
)  # fmt: skip


def _modules(row: Row) -> int | None:
    """Cards that list PTPv2 instances."""
    if not isinstance(of_device(row, "status.chassis0"), dict):
        return None
    return sum(any(slot.find(f"module.{place}") for place in PLACES) for slot in slots(row))


GROUP = states(
    "mbgLtNgPtp",
    (*STATUS, 3),
    Scalars(
        0,
        "mbgLtNgPtpScalars",
        (
            Column(1, "mbgLtNgPtpNumberOfModules", UNSIGNED32, "Cards with PTPv2 instances.", value=_modules),
        ),
        feed=Feed.DOCUMENT,
    ),
    TABLE,
)  # fmt: skip
