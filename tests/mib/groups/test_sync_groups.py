"""SyncMon and SyncTeam: mostly inferred, so the tests say what is made of each plausible form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from reading_cells import NOW, Reader, read, row

from agent.mib.groups import syncmon, syncteam
from agent.model.health import DeviceState


def team(**members: Any) -> dict[str, Any]:
    base = {
        "operational-mode": "disabled",
        "time-quality": "unknown",
        "leapsecond-state": "no-leap-second",
        "current-tfom": 15,
        "team-members": 0,
        "online-members": 0,
        "offline-members": 0,
        "reference": {"current-team-master": "unknown", "current-team-reference": "unknown"},
        "members": [],
    }
    return {"syncteam": base | {name.replace("_", "-"): value for name, value in members.items()}}


def test_team_that_is_switched_off() -> None:
    reader = Reader(syncteam.GROUP)
    assert row(reader.read(team())) == {
        "lnbSyncTeamMode": "disabled",
        "lnbSyncTeamModeText": "disabled",
        "lnbSyncTeamQualityText": "unknown",
        "lnbSyncTeamLeapState": "noLeapSecond",
        "lnbSyncTeamLeapStateText": "no-leap-second",
        "lnbSyncTeamTfom": 15,
        "lnbSyncTeamMembers": 0,
        "lnbSyncTeamMembersOnline": 0,
        "lnbSyncTeamMembersOffline": 0,
        "lnbSyncTeamMaster": "unknown",
        "lnbSyncTeamReference": "unknown",
    }
    assert not reader.drift
    assert not list(reader.unserved("syncteam"))


def test_leap_state_renamed_in_v20_is_the_same() -> None:
    reader = Reader(syncteam.GROUP)
    cells = row(reader.read(team(leapsecond_state="no-leapsecond")))
    assert cells["lnbSyncTeamLeapState"] == "noLeapSecond"
    assert cells["lnbSyncTeamLeapStateText"] == "no-leapsecond"
    assert not reader.drift


def test_team_at_work() -> None:
    members = [
        {"object-id": "0", "name": "lt-a", "address": "192.0.2.10", "state": "online"},
        {"object-id": "1", "hostname": "lt-b", "ip-address": "2001:db8::b", "status": "resting"},
    ]
    status = team(operational_mode="master", time_quality="less-than-1us", members=members)
    cells = read(syncteam.GROUP, status)
    assert (cells["lnbSyncTeamMode"], cells["lnbSyncTeamModeText"]) == ({(): "other"}, {(): "master"})
    assert cells["lnbSyncTeamQuality"] == {(): 1000}
    assert cells["lnbSyncTeamMemberId"] == {(1,): "0", (2,): "1"}
    assert cells["lnbSyncTeamMemberName"] == {(1,): "lt-a", (2,): "lt-b"}
    assert cells["lnbSyncTeamMemberAddress"] == {(1,): "192.0.2.10", (2,): "2001:db8::b"}
    assert cells["lnbSyncTeamMemberState"] == {(1,): "online", (2,): "other"}
    assert cells["lnbSyncTeamMemberStateText"] == {(1,): "online", (2,): "resting"}


def node(**members: Any) -> dict[str, Any]:
    base = {
        "object-id": "node0",
        "name": "client.example.net",
        "address": "198.51.100.1",
        "type": "ptp",
        "status": "ok",
        "offset": -2_500,
        "path-delay": 41_000,
        "offset-limit": 1_000_000,
        "location": "Rack 1",
        "stratum": 2,
        "last-measured": "2026-03-22T20:29:52",
    }
    return base | {name.replace("_", "-"): value for name, value in members.items()}


def nodes(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"syncmon": {"last-updated": "2026-03-22T20:29:59", "nodes": list(listed)}}


def test_syncmon_without_nodes() -> None:
    reader = Reader(syncmon.GROUP)
    assert row(reader.read({"syncmon": {"last-updated": "never", "nodes": []}})) == {"lnbSyncmonNodes": 0}
    assert not reader.drift


def test_node() -> None:
    reader = Reader(syncmon.GROUP)
    cells = reader.read(nodes(node()))
    assert row(cells) == {"lnbSyncmonLastUpdated": "2026-03-22T20:29:59", "lnbSyncmonNodes": 1}
    assert row(cells, 1) == {
        "lnbSyncmonNodeId": "node0",
        "lnbSyncmonNodeState": "present",
        "lnbSyncmonNodeName": "client.example.net",
        "lnbSyncmonNodeAddress": "198.51.100.1",
        "lnbSyncmonNodeType": "ptp",
        "lnbSyncmonNodeTypeText": "ptp",
        "lnbSyncmonNodeStatus": "ok",
        "lnbSyncmonNodeStatusText": "ok",
        "lnbSyncmonNodeOffset": -2_500,
        "lnbSyncmonNodeOffsetText": "-2.50 us",
        "lnbSyncmonNodePathDelay": 41_000,
        "lnbSyncmonNodePathDelayText": "41 us",
        "lnbSyncmonNodeOffsetLimit": 1_000_000,
        "lnbSyncmonNodeOffsetLimitText": "1 ms",
        "lnbSyncmonNodeLocation": "Rack 1",
        "lnbSyncmonNodeStratum": 2,
        "lnbSyncmonNodeLastMeasured": "2026-03-22T20:29:52",
    }
    assert not list(reader.unserved("syncmon"))


@pytest.mark.parametrize(
    ("raw", "number", "text"),
    [
        (0, 0, "0 ns"),
        (-12, -12, "-12 ns"),
        ("17", 17, "17 ns"),
        (55.0, 55, "55 ns"),
        ("1.5 us", 1_500, "1.50 us"),
        ("-3ms", -3_000_000, "-3 ms"),
        (3_000_000_000, None, "3 s"),
        ("-", None, None),
        (None, None, None),
        ("never", None, None),
    ],
)
def test_forms_of_an_offset(raw: object, number: int | None, text: str | None) -> None:
    reader = Reader(syncmon.GROUP)
    cells = row(reader.read(nodes(node(offset=raw))), 1)
    assert cells.get("lnbSyncmonNodeOffset") == number
    assert cells.get("lnbSyncmonNodeOffsetText") == text
    assert not reader.drift


@pytest.mark.parametrize("raw", [-4e-06, 0.5, "0.25", "12 ppm"])
def test_an_offset_of_unclear_unit_is_no_zero_and_stays_readable(raw: object) -> None:
    reader = Reader(syncmon.GROUP)
    cells = row(reader.read(nodes(node(offset=raw))), 1)
    assert "lnbSyncmonNodeOffset" not in cells
    assert cells["lnbSyncmonNodeOffsetText"] == str(raw)
    assert "lnbSyncmonNodeOffset" in reader.drift


def test_a_node_that_vanished_is_missing_and_comes_back_with_its_index() -> None:
    reader = Reader(syncmon.GROUP)
    first, second = node(), node(object_id="node1")
    reader.read(nodes(first, second))
    gone = reader.read(nodes(second), now=NOW + timedelta(seconds=30))
    assert gone["lnbSyncmonNodeState"] == {(1,): "missing", (2,): "present"}
    assert gone["lnbSyncmonNodeName"][(1,)] == "client.example.net"
    assert gone["lnbSyncmonNodeOffset"] == {(2,): -2_500}
    assert gone["lnbSyncmonNodes"] == {(): 1}
    back = reader.read(nodes(second, first), now=NOW + timedelta(seconds=60))
    assert back["lnbSyncmonNodeState"] == {(1,): "present", (2,): "present"}


def test_a_missing_node_goes_after_the_hold() -> None:
    reader = Reader(syncmon.GROUP)
    hold = timedelta(seconds=reader.settings.poll.hold_missing_s)
    reader.read(nodes(node()))
    assert reader.read(nodes(), now=NOW)["lnbSyncmonNodeState"] == {(1,): "missing"}
    assert "lnbSyncmonNodeState" in reader.read(nodes(), now=NOW + hold - timedelta(seconds=1))
    assert "lnbSyncmonNodeState" not in reader.read(nodes(), now=NOW + hold)


def test_measurements_of_nodes_go_when_the_device_is_down() -> None:
    cells = row(Reader(syncmon.GROUP).read(nodes(node()), DeviceState.DOWN), 1)
    assert not {"lnbSyncmonNodeOffset", "lnbSyncmonNodeOffsetText", "lnbSyncmonNodePathDelay"} & set(cells)
    assert cells["lnbSyncmonNodeOffsetLimit"] == 1_000_000
    assert cells["lnbSyncmonNodeStatus"] == "ok"


def test_other_names_of_the_fields() -> None:
    other = {
        "object-id": "a", "alias": "alpha", "ip": "192.0.2.9", "protocol": "ntp", "state": "on-fire",
        "time-offset": 5, "mean-path-delay": 6, "limit": 7, "last-update": "2026-03-22 20:00:00",
    }  # fmt: skip
    reader = Reader(syncmon.GROUP)
    cells = row(reader.read(nodes(other)), 1)
    assert cells["lnbSyncmonNodeName"] == "alpha"
    assert (cells["lnbSyncmonNodeStatus"], cells["lnbSyncmonNodeStatusText"]) == ("other", "on-fire")
    assert (cells["lnbSyncmonNodeOffset"], cells["lnbSyncmonNodePathDelay"]) == (5, 6)
    assert cells["lnbSyncmonNodeLastMeasured"] == "2026-03-22T20:00:00"
    assert not list(reader.unserved("syncmon"))
