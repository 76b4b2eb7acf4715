"""The branches `syncmon`, `syncteam` and `chassis-xhe` of the status."""

from __future__ import annotations

from datetime import timedelta

from agent.sim.moment import Moment, stamp
from agent.sim.shape import JsonList, JsonObject

_KINDS = ("ntp", "ptp")
_LOCATIONS = ("Rack 1", "Rack 2", "Annex", "")


def syncmon_branch(moment: Moment) -> JsonObject:
    """`/api/status/syncmon`.

    No public document shows a node, so all its fields are inferred.
    The last but one node is over its limit and the last one does not answer, if there are so many.
    """
    count = moment.spec.syncmon_nodes
    nodes = [_node(moment, index, _node_state(index, count)) for index in range(count)]
    last = stamp(moment.now - timedelta(seconds=8)) if nodes else "never"
    return {"last-updated": last, "nodes": nodes}


def _node_state(index: int, count: int) -> str:
    if count >= 3 and index == count - 1:
        return "not-reachable"
    if count >= 3 and index == count - 2:
        return "alert"
    return "ok"


def _node(moment: Moment, index: int, state: str) -> JsonObject:
    name = f"node{index}"
    limit = 1_000_000
    offset = int(2_500 + moment.wander(name, 1_800))
    if state == "alert":
        offset += 2 * limit
    answered = state != "not-reachable"
    measured = moment.now - timedelta(seconds=8 + index) if answered else moment.booted
    return {
        "object-id": name,
        "name": f"client-{index}.example.net",
        "address": f"2001:db8:0:5::{index + 1:x}" if index % 4 == 3 else f"198.51.100.{index % 250 + 1}",
        "type": _KINDS[index % 2],
        "status": state,
        "offset": offset if answered else 0,
        "path-delay": int(41_000 + moment.wander(name + "/delay", 900)) if answered else 0,
        "offset-limit": limit,
        "location": _LOCATIONS[index % len(_LOCATIONS)],
        "stratum": 2 if answered else 16,
        "last-measured": stamp(measured),
    }


def syncteam_branch(moment: Moment) -> JsonObject:
    """`/api/status/syncteam`, switched off as in both captures."""
    return {
        "operational-mode": "disabled",
        "time-quality": "unknown",
        "leapsecond-state": "no-leapsecond" if moment.spec.is_v20 else "no-leap-second",
        "current-tfom": 15,
        "team-members": 0,
        "online-members": 0,
        "offline-members": 0,
        "reference": {"current-team-master": "unknown", "current-team-reference": "unknown"},
        "members": [],
    }


def rubidium_branch(moment: Moment) -> JsonList:
    """`/api/status/chassis-xhe`; `hxe-id` and `ppl-enabled` are misspelt on the device."""
    return [
        {
            "object-id": "clk1",
            "xhe-info": {
                "status": "ok",
                "osc-type": 7,
                "features": 1,
                "software-revision": "v1.02",
                "xhe-id": moment.spec.serial("xhe"),
                "rub-id": moment.spec.serial("rub"),
                "comstat": {
                    "xhe-type": True,
                    "xhe-features": True,
                    "software-revision": True,
                    "hxe-id": True,
                    "rub-id": True,
                },
            },
            "xhe-sys-status": _rubidium_system(moment),
            "xhe-psu-status": {
                "status": "ok",
                "comstat": {"status": True, "alarm-status": True},
                "psu-status": {"psu1": "ok", "psu2": "ok"},
                "alarms": {"alarm-led": False},
            },
        }
    ]


def _rubidium_system(moment: Moment) -> JsonObject:
    return {
        "status": {
            "voltage-overrange": False,
            "low-voltage": False,
            "generic-cell-error": False,
            "low-temperature": False,
            "overheated": False,
            "pps-lock": True,
            "ppl-enabled": True,
            "pps-input-signal": True,
        },
        "comstat": {"status": True, "temperature": True},
        "temperature-sensors": {
            "chassis": moment.temperature("xhe/chassis", 35.0),
            "xtal": moment.temperature("xhe/xtal", 55.0),
            "cell": moment.temperature("xhe/cell", 70.0),
            "lamp": moment.temperature("xhe/lamp", 95.0),
        },
    }
