"""NTPv4-MIB from what the device says of its NTP daemon."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from agent.mib.encoding import integer
from agent.mib.host.ntpv4 import ntp_date
from tests.mib.host.hosts import answers, host

SCALAR = (0,)


def ntp(documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The NTP part of the status, by name."""
    return {one["object-id"]: one for one in documents["status"]["data"]["ntp"]}


def selected(documents: dict[str, Any]) -> dict[str, Any]:
    words = {"pps-peer", "sys-peer"}
    return next(one for one in ntp(documents).values() if one.get("status-peer-selection") in words)


def test_the_mode_follows_the_association_that_is_selected() -> None:
    documents = answers()
    one = selected(documents)
    for address, mode in (("127.127.8.0", 5), ("127.127.1.0", 4), ("192.0.2.9", 6)):
        one["id"] = address
        assert host(documents)["ntpEntStatusCurrentMode"][SCALAR] == integer(mode), address
    ntp(documents)["sys"]["stratum"] = 16
    assert host(documents)["ntpEntStatusCurrentMode"][SCALAR] == integer(2)


def test_offsets_are_text_in_milliseconds() -> None:
    documents = answers()
    selected(documents)["offset"] = -4e-06
    assert host(documents)["ntpEntStatusActiveOffset"][SCALAR] == b"-0.004 ms"


def test_a_reference_clock_has_no_stratum_that_the_mib_can_say() -> None:
    documents = answers()
    one = selected(documents)
    one["stratum"] = 0
    cells = host(documents)
    assert (one["association-id"],) in cells["ntpAssocName"]
    assert (one["association-id"],) not in cells.get("ntpAssocStratum", {})


def test_an_association_is_found_by_the_identifier_that_ntp_gave_it_and_the_device_itself_is_none() -> None:
    documents = answers()
    numbers = {(one["association-id"],) for name, one in ntp(documents).items() if name != "sys"}
    cells = host(documents)
    assert set(cells["ntpAssocName"]) == numbers
    assert cells["ntpEntStatusNumberOfRefSources"][SCALAR] == integer(len(numbers))


@pytest.mark.parametrize(
    ("moment", "era", "seconds"),
    [
        (datetime(1900, 1, 1, tzinfo=timezone.utc), 0, 0),
        (datetime(1972, 1, 1, tzinfo=timezone.utc), 0, 2_272_060_800),  # RFC 5905 figure 4
        (datetime(2036, 2, 7, 6, 28, 16, tzinfo=timezone.utc), 1, 0),
    ],
)
def test_rfc5905_6_an_ntp_date_has_era_seconds_and_fraction(moment: datetime, era: int, seconds: int) -> None:
    assert ntp_date(moment) == era.to_bytes(4, "big") + seconds.to_bytes(4, "big") + bytes(8)


def test_the_time_of_a_device_that_is_not_synchronized_is_empty() -> None:
    documents = answers()
    assert len(host(documents)["ntpEntStatusDateTime"][SCALAR]) == 16
    ntp(documents)["sys"]["stratum"] = 16
    assert host(documents)["ntpEntStatusDateTime"][SCALAR] == b""


def test_a_device_that_says_nothing_of_ntp_has_no_daemon_and_no_association() -> None:
    documents = answers()
    del documents["status"]["data"]["ntp"]
    cells = host(documents)
    assert "ntpEntSoftwareName" not in cells
    assert "ntpAssocName" not in cells
    assert cells["ntpEntStatusCurrentMode"][SCALAR] == integer(99)
