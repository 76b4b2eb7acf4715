"""B.0.2: NTP. Every scalar is served, so that a manager that asks for all in one request gets what it counts on.

The counters of clients are 0, as on a device whose client counter is off: the REST API does not tell them.
"""

from __future__ import annotations

from typing import Final

from agent.mib.declaration import Column, Feed, Scalars
from agent.mib.groups.ntp import SYSTEM_ROW, leap
from agent.mib.host.vendor.common import DISPLAY, NOT_AVAILABLE, STATUS, fixed, of_device, states, understood, words
from agent.mib.syntax import COUNTER64, UNSIGNED32, Syntax, integer32
from agent.mib.view import Row, parsed
from agent.model import reading
from agent.model.document import records
from agent.model.reading import Absent

STATE: Final = words(notAvailable=0, notSynchronized=1, synchronized=2)
UNSYNCHRONIZED: Final = 16
"""Stratum of a server that is not synchronized (RFC 5905 7.3)."""
_OWN_CLOCK: Final = "127.127."
"""How addresses of reference clocks begin."""
_SYS: Final = f"status.ntp.{SYSTEM_ROW}"


def _stratum(row: Row) -> int | None:
    stratum: int | None = understood(reading.integer, of_device(row, f"{_SYS}.stratum"))
    return stratum


def _state(row: Row) -> str | None:
    """The service runs and follows something; what is not said of the service is taken from its variables."""
    stratum, running = _stratum(row), understood(reading.truth, of_device(row, "status.services.network.ntp.running"))
    if running is False or stratum is None:
        return fixed("notAvailable")(row)
    lost = stratum >= UNSYNCHRONIZED or understood(leap, of_device(row, f"{_SYS}.leap")) == 3
    return "notSynchronized" if lost else "synchronized"


def _associations(row: Row) -> list[Row]:
    return [Row(row.view, one) for one in records(row.view.root, parsed("status.ntp[]")) if one.keys[-1] != SYSTEM_ROW]


def _followed(row: Row) -> Row | None:
    """The association that is followed: the one of the pulse, else the peer of the system."""
    by_selection = {understood(reading.label, one.find("status-peer-selection")): one for one in _associations(row)}
    return by_selection.get("ppsPeer") or by_selection.get("sysPeer")


def _offset_ms(row: Row) -> str | None:
    """Milliseconds as a bare number; the REST API has seconds."""
    followed = _followed(row)
    seconds = understood(reading.number, followed.find("offset")) if followed else None
    if seconds is None:
        return fixed(NOT_AVAILABLE)(row)
    return f"{seconds * 1000:.3f}"


def _server(row: Row) -> Row | None:
    followed = _followed(row)
    return None if followed is None or str(followed.find("id")).startswith(_OWN_CLOCK) else followed


def _server_name(row: Row) -> str | None:
    server = _server(row)
    name = understood(reading.text, server.find("name")) if server else None
    return fixed(NOT_AVAILABLE)(row) if name is None else str(name)


def _server_offset(row: Row) -> str | None:
    server = _server(row)
    seconds = understood(reading.number, server.find("offset")) if server else None
    return fixed(NOT_AVAILABLE)(row) if seconds is None else f"{seconds:.6f}"


def _version(row: Row) -> str | None:
    """The firmware's package of NTP; the version of ntpd itself is not told."""
    version = reading.text(of_device(row, "status.system.firmware.packages.ntp.version"))
    return fixed(NOT_AVAILABLE)(row) if isinstance(version, Absent) else f"ntp package {version}"


def _counter(arc: int, name: str, syntax: Syntax, what: str) -> Column:
    return Column(arc, f"mbgLtNgNtpCC{name}", syntax, f"{what} Always 0: the REST API does not tell it.",
                  value=fixed(0))  # fmt: skip


GROUPS = (
    states(
        "mbgLtNgNtp",
        (*STATUS, 2),
        Scalars(
            0,
            "mbgLtNgNtpScalars",
            (
                Column(1, "mbgLtNgNtpCurrentState", STATE,
                       "State of the NTP service: whether it runs, its stratum and its leap indicator.", value=_state),
                Column(2, "mbgLtNgNtpStratum", integer32(0, UNSYNCHRONIZED), "Stratum of the NTP service.",
                       (f"{_SYS}.stratum",), follows="lnbNtpSystemStratum", otherwise=fixed(0)),
                Column(3, "mbgLtNgNtpRefclockName", DISPLAY, "Reference identifier of the NTP service.",
                       (f"{_SYS}.refid",), follows="lnbNtpSystemRefId", otherwise=fixed(NOT_AVAILABLE)),
                Column(4, "mbgLtNgNtpRefclockOffset", DISPLAY, "Offset of the source followed, as a number; n/a when "
                       "none is.", value=_offset_ms, units="milliseconds"),
                Column(5, "mbgLtNgNtpVersion", DISPLAY,
                       "Version of the firmware's NTP package; that of ntpd is not told.", value=_version),
            ),
            feed=Feed.DOCUMENT,
        ),
    ),
    states(
        "mbgLtNgNtpClientCounter",
        (*STATUS, 2, 8),
        Scalars(
            0,
            "mbgLtNgNtpClientCounterScalars",
            (
                _counter(1, "StartedAt", COUNTER64, "When counting of clients began."),
                _counter(2, "Duration", UNSIGNED32, "For how long clients are counted."),
                _counter(3, "NumberOfClients", UNSIGNED32, "Clients."),
                _counter(4, "TotalRequests", COUNTER64, "Requests."),
                _counter(5, "TotalRequestsCurrentDay", COUNTER64, "Requests today."),
                _counter(6, "TotalRequestsLastHour", COUNTER64, "Requests in the last hour."),
                _counter(7, "TotalRequestsLastMinute", COUNTER64, "Requests in the last minute."),
                _counter(8, "TodaysClients", UNSIGNED32, "Clients today."),
            ),
            feed=Feed.DOCUMENT,
        ),
    ),
    states(
        "mbgLtNgNtpMrs",
        (*STATUS, 2, 9),
        Scalars(
            0,
            "mbgLtNgNtpMrsScalars",
            (
                Column(1, "mbgLtNgNtpMrsServer", DISPLAY, "Other server that NTP follows; n/a when it follows a "
                       "reference clock.", value=_server_name),
                Column(2, "mbgLtNgNtpMrsOffset", DISPLAY, "Its offset, as a number.", value=_server_offset,
                       units="seconds"),
            ),
            feed=Feed.DOCUMENT,
        ),
    ),
)  # fmt: skip
