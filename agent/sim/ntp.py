"""The `ntp` branch of the status: the local system variables and the associations."""

from __future__ import annotations

from agent.sim.moment import Moment
from agent.sim.shape import JsonList, JsonObject
from agent.sim.spec import SimSpec

PEER_ADDRESS = "192.0.2.20"
PEER_NAME = "ntp-2.example.net"


def ntp_branch(moment: Moment) -> JsonList:
    """`/api/status/ntp`."""
    # The remote peer is our addition: both captures have the reference clock only.
    return [_system_row(moment), _reference_row(moment), _peer_row(moment)]


def _leap(spec: SimSpec, value: int) -> str | int:
    """V10 sends the leap indicator as text, V20 as a number."""
    return value if spec.is_v20 else str(value)


def _system_row(moment: Moment) -> JsonObject:
    lost = moment.conditions.clock_state == "not-synchronized"
    return {
        "object-id": "sys",
        "association-id": 0,
        "id": "127.0.0.1",
        "name": "localhost",
        "status": "c011" if lost else "0415",
        "status-sys-leap-indicator": "alarm" if lost else "none",
        "status-sys-clock-source": "unspec" if lost else "uhf-radio",
        "status-sys-event-counter": 1,
        "status-sys-event-code": "no-system-peer" if lost else "clock-sync",
        "leap": _leap(moment.spec, 3 if lost else 0),
        "stratum": 16 if lost else 1,
        "precision": -18,
        "rootdelay": 0.0,
        "rootdisp": 0.00012 + round(abs(moment.wander("rootdisp", 4e-5)), 6),
        "refid": "GPS",
        "tai": 37,
        "leapsec": "201701010000",
        "clk-jitter": 6e-6,
        "clk-wander": 5e-6,
        "expire": "202612280000",
    }


def _reference_row(moment: Moment) -> JsonObject:
    """The reference clock, which ntpd sees as the parse driver 127.127.8.0."""
    row = _association("ref_1", 39_640, "127.127.8.0", "127.127.8.0")
    row |= {
        "status-peer-selection": "pps-peer",
        "status-peer-event-counter": 1,
        "status-peer-event-code": "sys-peer",
        "leap": _leap(moment.spec, 0),
        "stratum": 0,
        "precision": -18,
        "rootdelay": 0.0,
        "rootdisp": 0.0,
        "refid": "GPS",
        "offset": round(moment.wander("ref_1", 4e-6), 9),
        "delay": 0.0,
        "dispersion": 0.00012,
    }
    return row | _reach(moment.spec)


def _peer_row(moment: Moment) -> JsonObject:
    address = str(moment.setting("ntp/servers/server0/address", PEER_ADDRESS))
    # The name of another peer is not known here.
    row = _association("ref_2", 39_641, address, PEER_NAME if address == PEER_ADDRESS else address)
    row |= {
        "status": "9424",
        "status-peer-selection": "candidate",
        "status-peer-event-counter": 2,
        "status-peer-event-code": "reachable",
        "leap": _leap(moment.spec, 0),
        "stratum": 1,
        "precision": -20,
        "rootdelay": 0.0,
        "rootdisp": 0.000244,
        "refid": "PZF",
        "offset": round(0.000021 + moment.wander("ref_2", 9e-6), 9),
        "delay": round(0.000413 + moment.wander("ref_2/delay", 2e-5), 9),
        "dispersion": 0.000181,
    }
    return row | _reach(moment.spec)


def _association(name: str, association: int, address: str, host: str) -> JsonObject:
    return {
        "object-id": name,
        "association-id": association,
        "id": address,
        "name": host,
        "status": "971a",
        "status-peer-configured": True,
        "status-peer-auth-enabled": False,
        "status-peer-auth-ok": False,
        "status-peer-reach-ok": True,
        "status-peer-broadcast": False,
    }


def _reach(spec: SimSpec) -> JsonObject:
    """V10 shows 0 although the peer is reachable; V20 repaired it and shows the bits."""
    if spec.is_v20:
        return {"reach": 255, "poll-status": "11111111 [377]"}
    return {"reach": 0}
