"""NTP system variables and associations."""

from __future__ import annotations

from typing import Any

import pytest
from reading_cells import Reader, read, row

from agent.mib.groups.ntp import GROUP
from agent.model.health import DeviceState


def system(**members: Any) -> dict[str, Any]:
    base = {
        "object-id": "sys",
        "association-id": 0,
        "id": "127.0.0.1",
        "name": "localhost",
        "status": "02f8",
        "status-sys-leap-indicator": "none",
        "status-sys-clock-source": "lf-radio",
        "status-sys-event-counter": 15,
        "status-sys-event-code": "no-system-peer",
        "leap": "0",
        "stratum": 1,
        "precision": -18,
        "rootdelay": 0.0,
        "rootdisp": 0.000151,
        "refid": "PZF",
        "tai": 37,
        "leapsec": "201701010000",
        "clk-jitter": 6e-06,
        "clk-wander": 5e-06,
        "expire": "202612280000",
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def peer(**members: Any) -> dict[str, Any]:
    base = {
        "object-id": "ref_1",
        "association-id": 39640,
        "id": "127.127.8.0",
        "name": "127.127.8.0",
        "status": "971a",
        "status-peer-configured": True,
        "status-peer-auth-enabled": False,
        "status-peer-auth-ok": False,
        "status-peer-reach-ok": True,
        "status-peer-broadcast": False,
        "status-peer-selection": "pps-peer",
        "status-peer-event-counter": 1,
        "status-peer-event-code": "sys-peer",
        "leap": "0",
        "stratum": 0,
        "precision": -20,
        "rootdelay": 0.0,
        "rootdisp": 0.0,
        "refid": "PZF",
        "offset": -4e-06,
        "delay": 0.000413,
        "dispersion": 0.00011999999999999999,
        "reach": 0,
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def test_system_variables() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read({"ntp": [system(status_sys_leap_indicator="add-sec"), peer()]}))
    assert {name.removeprefix("lnbNtpSystem"): value for name, value in cells.items()} == {
        "Association": 0,
        "Address": "127.0.0.1",
        "Name": "localhost",
        "Status": "02f8",
        "LeapState": "addSec",
        "LeapStateText": "add-sec",
        "ClockSource": "lfRadio",
        "ClockSourceText": "lf-radio",
        "Event": "noSystemPeer",
        "EventText": "no-system-peer",
        "EventCount": 15,
        "Leap": 0,
        "Stratum": 1,
        "Precision": -18,
        "RootDelay": 0,
        "RootDelayText": "0 ns",
        "RootDispersion": 151_000,
        "RootDispersionText": "151 us",
        "RefId": "PZF",
        "Tai": 37,
        "LeapFileDate": "2017-01-01T00:00:00",
        "LeapFileExpiry": "2026-12-28T00:00:00",
        "Jitter": 6_000,
        "JitterText": "6 us",
        "Wander": 5,
        "WanderText": "5e-06 ppm",
    }
    assert not reader.drift


@pytest.mark.parametrize(
    ("word", "label"), [("none", "none"), ("add-sec", "addSec"), ("del-sec", "delSec"), ("alarm", "alarm")]
)
def test_leap_indicator_none_is_a_state_and_not_an_absent_value(word: str, label: str) -> None:
    cells = read(GROUP, {"ntp": [system(status_sys_leap_indicator=word)]})
    assert cells["lnbNtpSystemLeapState"] == {(): label}


def test_association() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read({"ntp": [system(), peer()]}), 1)
    assert {name.removeprefix("lnbNtpPeer"): value for name, value in cells.items()} == {
        "Id": "ref_1",
        "Association": 39640,
        "Address": "127.127.8.0",
        "Name": "127.127.8.0",
        "Status": "971a",
        "Selection": "ppsPeer",
        "SelectionText": "pps-peer",
        "Event": "sysPeer",
        "EventText": "sys-peer",
        "EventCount": 1,
        "Configured": True,
        "AuthEnabled": False,
        "AuthOk": False,
        "Reachable": True,
        "Broadcast": False,
        "Leap": 0,
        "Stratum": 0,
        "Precision": -20,
        "RootDelay": 0,
        "RootDelayText": "0 ns",
        "RootDispersion": 0,
        "RootDispersionText": "0 ns",
        "RefId": "PZF",
        "Offset": -4_000,
        "OffsetText": "-4 us",
        "Delay": 413_000,
        "DelayText": "413 us",
        "Dispersion": 120_000,
        "DispersionText": "120 us",
        "Reach": 0,
    }
    assert not reader.drift
    assert not list(reader.unserved("ntp"))


def test_the_system_row_is_no_association_and_any_other_row_is() -> None:
    rows = [peer(object_id="other_9"), system(), peer()]
    assert read(GROUP, {"ntp": rows})["lnbNtpPeerId"] == {(1,): "other_9", (2,): "ref_1"}


@pytest.mark.parametrize(("raw", "number"), [("0", 0), (0, 0), (3, 3), ("3", 3), ("01", 1), ("10", 2), ("11", 3)])
def test_leap_is_text_in_v10_and_a_number_in_v20(raw: object, number: int) -> None:
    cells = read(GROUP, {"ntp": [system(leap=raw), peer(leap=raw)]})
    assert cells["lnbNtpSystemLeap"] == {(): number}
    assert cells["lnbNtpPeerLeap"] == {(1,): number}


def test_v20_reach_and_poll_status() -> None:
    cells = row(read(GROUP, {"ntp": [peer(reach=255, poll_status="11111111 [377]")]}), 1)
    assert (cells["lnbNtpPeerReach"], cells["lnbNtpPeerPollStatus"]) == (255, "11111111 [377]")


def test_offset_beyond_integer32_is_absent_and_its_text_stays() -> None:
    reader = Reader(GROUP)
    cells = row(reader.read({"ntp": [peer(offset=-3.25, delay=2.147483647)]}), 1)
    assert "lnbNtpPeerOffset" not in cells
    assert cells["lnbNtpPeerOffsetText"] == "-3.25 s"
    assert cells["lnbNtpPeerDelay"] == 2_147_483_647
    assert not reader.drift


@pytest.mark.parametrize("nothing", [None, "-", "N/A", ""])
def test_numbers_that_say_nothing_are_absent(nothing: object) -> None:
    reader = Reader(GROUP)
    silent = {"offset": nothing, "stratum": nothing, "leap": nothing, "reach": nothing, "refid": nothing}
    cells = row(reader.read({"ntp": [peer(**silent)]}), 1)
    for name in ("Offset", "OffsetText", "Stratum", "Leap", "Reach", "RefId"):
        assert f"lnbNtpPeer{name}" not in cells
    assert not reader.drift


def test_unknown_words_read_other_and_keep_their_text() -> None:
    cells = read(GROUP, {"ntp": [system(status_sys_clock_source="laser"), peer(status_peer_selection="the-best")]})
    assert (cells["lnbNtpSystemClockSource"], cells["lnbNtpSystemClockSourceText"]) == ({(): "other"}, {(): "laser"})
    assert (cells["lnbNtpPeerSelection"], cells["lnbNtpPeerSelectionText"]) == ({(1,): "other"}, {(1,): "the-best"})


def test_the_device_may_itself_say_other() -> None:
    reader = Reader(GROUP)
    assert reader.read({"ntp": [system(status_sys_clock_source="other")]})["lnbNtpSystemClockSource"] == {(): "other"}
    assert not reader.drift


def test_raw_numbers_of_words_without_known_codes_read_other() -> None:
    cells = row(read(GROUP, {"ntp": [peer(status_peer_selection=7)]}), 1)
    assert (cells["lnbNtpPeerSelection"], cells["lnbNtpPeerSelectionText"]) == ("other", "7")


def test_measurements_go_when_the_device_is_down() -> None:
    cells = Reader(GROUP).read({"ntp": [system(), peer()]}, DeviceState.DOWN)
    assert not {"lnbNtpPeerOffset", "lnbNtpPeerOffsetText", "lnbNtpPeerReach", "lnbNtpSystemJitter"} & set(cells)
    assert cells["lnbNtpSystemStratum"] == {(): 1}
    assert cells["lnbNtpPeerSelection"] == {(1,): "ppsPeer"}


def test_wander_is_a_whole_number_of_a_small_unit() -> None:
    assert read(GROUP, {"ntp": [system(clk_wander=-0.0125)]})["lnbNtpSystemWander"] == {(): -12_500}
