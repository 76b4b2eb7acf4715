"""NTPv4-MIB (RFC 5907): the device's NTP daemon and its associations.

What the device does not count (packets, errors) is absent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.groups.ntp import SELECTION, SYSTEM_ROW, leap
from agent.mib.host.common import like
from agent.mib.standard.rows import hidden
from agent.mib.syntax import INTEGER32, TEXT, TIME_TICKS, UNSIGNED32, closed, integer32, octets, unsigned32
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import ABSENT, Unreadable

BASE: Final[Oid] = (1, 3, 6, 1, 2, 1, 197)
SYS: Final = f"status.ntp.{SYSTEM_ROW}"
NTP_EPOCH: Final = datetime(1900, 1, 1, tzinfo=timezone.utc)
UNSYNCHRONIZED: Final = 16

MODE = closed(
    notRunning=1, notSynchronized=2, noneConfigured=3, syncToLocal=4, syncToRefclock=5, syncToRemoteServer=6, unknown=99
)  # fmt: skip
STRATUM = unsigned32(1, UNSYNCHRONIZED)
ADDRESS_TYPE = closed(ipv4=1, ipv6=2)
ASSOCIATION = unsigned32(1, 99_999)


def milliseconds(raw: Any) -> Any:
    """Seconds as text in milliseconds, as ntpq prints them, with the unit."""
    value = reading.number(raw)
    return f"{value * 1000:.3f} ms" if isinstance(value, (int, float)) else ABSENT


def ntp_date(moment: datetime) -> bytes:
    """A time as the 128-bit NTP date of RFC 5905 6: era, seconds within it, fraction of a second."""
    since = moment - NTP_EPOCH
    seconds = since.days * 86_400 + since.seconds
    return (
        (seconds >> 32).to_bytes(4, "big", signed=True)
        + (seconds & 0xFFFFFFFF).to_bytes(4, "big")
        + (since.microseconds * 2**64 // 1_000_000).to_bytes(8, "big")
    )


def _number(row: Row, path: str) -> int | None:
    try:
        value = reading.integer(row.find(path))
    except Unreadable:
        return None
    return value if isinstance(value, int) else None


def selected(row: Row) -> Row | None:
    """The association that NTP follows."""
    return next((peer for peer in row.view.opened("lnbNtpPeerTable") if is_selected(peer)), None)


def is_selected(peer: Row) -> bool:
    """Whether NTP follows an association."""
    return SELECTION.read(peer.find("status-peer-selection")) in {"sysPeer", "ppsPeer"}


def is_synchronized(row: Row) -> bool | None:
    """Whether the daemon is synchronized; None where it says nothing of itself."""
    stratum = _number(row, f"{SYS}.stratum")
    if stratum is None:
        return None
    try:
        return stratum < UNSYNCHRONIZED and leap(row.find(f"{SYS}.leap")) != 3
    except Unreadable:
        return stratum < UNSYNCHRONIZED


def is_running(row: Row) -> bool | None:
    """Whether the daemon runs, where the device says so."""
    for path in ("status.services.network.ntp.running", "status.services.ntp.running"):
        value = row.find(path)
        if value is not None:
            truth = reading.truth(value)
            return truth if isinstance(truth, bool) else None
    return None


def _mode(row: Row) -> str:
    if is_running(row) is False:
        return "notRunning"
    synchronized = is_synchronized(row)
    if synchronized is None:
        return "unknown"
    if not row.view.opened("lnbNtpPeerTable"):
        return "noneConfigured"
    peer = selected(row)
    if not synchronized or peer is None:
        return "notSynchronized"
    address = str(peer.find("id") or "")
    if address.startswith("127.127.1."):
        return "syncToLocal"
    return "syncToRefclock" if address.startswith("127.127.") else "syncToRemoteServer"


def _of_selected(read: Callable[[Row], Any]) -> Callable[[Row], Any]:
    """A value of the association that NTP follows."""

    def value(row: Row) -> Any:
        peer = selected(row)
        return None if peer is None else read(peer)

    return value


def _association(peer: Row) -> int | None:
    number = _number(peer, "association-id")
    return number if number is not None and 1 <= number <= 99_999 else None


def _resolution(row: Row) -> int | None:
    """Divisions of a second: 2 to the power of the negated precision."""
    precision = _number(row, f"{SYS}.precision")
    return 2**-precision if precision is not None and -31 <= precision <= 0 else None


def _distance(row: Row) -> str | None:
    """Root distance (RFC 5905 11.2): half the root delay and the root dispersion."""
    delay, dispersion = reading.number(row.find(f"{SYS}.rootdelay")), reading.number(row.find(f"{SYS}.rootdisp"))
    if not isinstance(delay, (int, float)) or not isinstance(dispersion, (int, float)):
        return None
    text: str = milliseconds(delay / 2 + dispersion)
    return text


def _stratum(raw: Any) -> Any:
    """A stratum that the MIB can say: of a reference clock, whose stratum is 0, there is none."""
    value = reading.integer(raw)
    return value if isinstance(value, int) and 1 <= value <= UNSYNCHRONIZED else ABSENT


def _now(row: Row) -> bytes | None:
    """The device's time when it was asked; nothing while it is not synchronized (as the MIB says)."""
    if not is_synchronized(row):
        return b""
    moment = reading.moment(row.find("status.system.current-time-iso"))
    return ntp_date(moment) if isinstance(moment, datetime) else None


def _leap_second(row: Row) -> bytes | None:
    """When the next leap second is; nothing where none is announced."""
    announced = row.find("status.system.sync-status.leapsecond-announced")
    if announced is None:
        return None
    moment = reading.moment(row.find("status.system.sync-status.leapsecond-date")) if announced else ABSENT
    return ntp_date(moment) if isinstance(moment, datetime) else b""


def _direction(row: Row) -> int | None:
    raw = row.find(f"{SYS}.leap")
    value = leap(raw) if raw is not None else None
    return {0: 0, 1: 1, 2: -1}.get(value) if isinstance(value, int) else None


def _system_type(row: Row) -> str | None:
    model, version = row.find("system-information.model"), row.find("system-information.version")
    return " ".join(str(word) for word in ("LANTIME", model, version) if word) if model else None


def _version(row: Row) -> str | None:
    for package in _packages(row):
        if package.get("object-id") == "ntp":
            return str(package.get("version") or "") or None
    return str(row.find("system-information.version") or "") or None


def _packages(row: Row) -> list[Any]:
    listed = row.find("status.system.firmware.packages")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _known(row: Row) -> bool:
    """Whether the device says anything of NTP."""
    return row.find(SYS) is not None


def ticks(raw: Any) -> Any:
    """Seconds as hundredths."""
    value = reading.number(raw)
    return round(value * 100) if isinstance(value, (int, float)) else ABSENT


INFO = Scalars(
    1,
    "ntpEntInfo",
    (
        Column(1, "ntpEntSoftwareName", TEXT, "The daemon.", value=lambda row: "ntpd" if _known(row) else None),
        Column(2, "ntpEntSoftwareVersion", TEXT, "Its package, or the firmware.",
               value=lambda row: _version(row) if _known(row) else None),
        Column(3, "ntpEntSoftwareVendor", TEXT, "Who made it.", value=lambda row: "Meinberg" if _known(row) else None),
        Column(4, "ntpEntSystemType", TEXT, "Model and firmware.", value=_system_type),
        Column(5, "ntpEntTimeResolution", UNSIGNED32, "Divisions of a second.", value=_resolution),
        Column(6, "ntpEntTimePrecision", INTEGER32, "Precision as a power of two.", (f"{SYS}.precision",)),
        Column(7, "ntpEntTimeDistance", TEXT, "Root distance.", value=_distance, measured=True),
    ),
    feed=Feed.DOCUMENT,
)  # fmt: skip

STATUS = Scalars(
    2,
    "ntpEntStatus",
    (
        Column(1, "ntpEntStatusCurrentMode", MODE, "What the daemon is synchronized to.", value=_mode, measured=True),
        Column(2, "ntpEntStatusStratum", STRATUM, "Stratum.", (f"{SYS}.stratum",), read=_stratum, measured=True),
        Column(3, "ntpEntStatusActiveRefSourceId", unsigned32(0, 99_999), "Association that is followed.",
               value=_of_selected(_association), measured=True),
        Column(4, "ntpEntStatusActiveRefSourceName", TEXT, "Its name.",
               value=_of_selected(lambda peer: peer.find("name") or peer.find("refid")), measured=True),
        Column(5, "ntpEntStatusActiveOffset", TEXT, "Its offset.",
               value=_of_selected(lambda peer: milliseconds(peer.find("offset"))), measured=True),
        Column(6, "ntpEntStatusNumberOfRefSources", unsigned32(0, 99), "Associations.",
               value=lambda row: len(row.view.opened("lnbNtpPeerTable")) if _known(row) else None),
        Column(7, "ntpEntStatusDispersion", TEXT, "Root dispersion.", (f"{SYS}.rootdisp",), read=milliseconds,
               measured=True),
        Column(8, "ntpEntStatusEntityUptime", TIME_TICKS, "Uptime of the device: that of the daemon is not known.",
               ("status.system.uptime",), read=ticks, measured=True),
        Column(9, "ntpEntStatusDateTime", octets(16), "Time of the device when it was asked.", value=_now,
               measured=True),
        Column(10, "ntpEntStatusLeapSecond", octets(16), "When the next leap second is.", value=_leap_second),
        Column(11, "ntpEntStatusLeapSecDirection", integer32(-1, 1), "Whether a second is added or deleted.",
               value=_direction),
    ),
    feed=Feed.DOCUMENT,
)  # fmt: skip


def _address(raw: Any) -> Any:
    try:
        return ipaddress.ip_address(str(raw).partition("%")[0]).packed
    except ValueError:
        return ABSENT


def _address_type(raw: Any) -> Any:
    address = _address(raw)
    return ABSENT if address is ABSENT else "ipv4" if len(address) == 4 else "ipv6"


ASSOCIATIONS = Table(
    1,
    "ntpAssociationTable",
    "Associations of the daemon.",
    "One association, by the identifier that NTP gives it.",
    (Index("ntpAssocId", lambda row: (_association(row) or 0,)),),
    (
        hidden(1, "ntpAssocId", ASSOCIATION, "Identifier."),
        like(2, "ntpAssocName", TEXT, "lnbNtpPeerName"),
        like(3, "ntpAssocRefId", TEXT, "lnbNtpPeerRefId"),
        like(4, "ntpAssocAddressType", ADDRESS_TYPE, "lnbNtpPeerAddress", _address_type),
        like(5, "ntpAssocAddress", octets(20), "lnbNtpPeerAddress", _address),
        like(6, "ntpAssocOffset", TEXT, "lnbNtpPeerOffset", milliseconds),
        like(7, "ntpAssocStratum", STRATUM, "lnbNtpPeerStratum", _stratum),
        like(9, "ntpAssocStatusDelay", TEXT, "lnbNtpPeerDelay", milliseconds),
        like(10, "ntpAssocStatusDispersion", TEXT, "lnbNtpPeerDispersion", milliseconds),
    ),
    rows=("@lnbNtpPeerTable",),
    when=lambda row: row.keys[-1] != SYSTEM_ROW and _association(row) is not None,
)

_WHAT: Final = "RFC 5907."
GROUPS: Final = (
    Group(1, "ntpSnmpMIBObjects", _WHAT, (INFO, STATUS), oid=(*BASE, 1)),
    Group(3, "ntpAssociation", _WHAT, (ASSOCIATIONS,), oid=(*BASE, 1, 3)),
)
