"""Status modules of the receiver cards: GNS, GPS, GNM, GNS-UC, PZF and TCR."""

from __future__ import annotations

from functools import partial

from agent.sim.moment import Moment
from agent.sim.shape import JsonList, JsonObject, Node
from agent.sim.spec import SimSpec
from agent.sim.system import ALTITUDE, LATITUDE, LONGITUDE

_STRING_TYPES = [
    "meinberg-standard",
    "sat",
    "nmea-rmc",
    "uni-erlangen",
    "computime",
    "sysplex-1-",
    "meinberg-capture",
    "spa",
    "racal",
    "meinberg-gps",
    "nmea-gga",
    "nmea-rmc-gga",
    "nmea-zda",
    "ion",
]

# The MRS inputs in order of priority, with the precision each is expected to have (s).
_MRS_INPUTS = (("gnss-receiver", 1e-7), ("pps-in", 1e-7), ("ptp", 1e-6), ("ntp", 1e-4))

_SATELLITES = (
    ("gps", 28, 44, 71, 102),
    ("gps", 1, 41, 55, 284),
    ("gps", 17, 38, 33, 61),
    ("gps", 10, 36, 25, 190),
    ("galileo", 5, 43, 62, 310),
    ("galileo", 24, 39, 40, 20),
    ("galileo", 31, 33, 18, 145),
    ("glonass", 7, 35, 29, 230),
    ("beidou", 22, 30, 12, 80),
)


def clock_module(moment: Moment, slot: str, family: str) -> JsonObject:
    """The members that follow `info` in the status module of a receiver card."""
    members: JsonObject = {
        "supported-string-types": _string_types(moment.spec),
        "mrs": _mrs(moment, slot, family),
        "sync-status": clock_sync_status(moment, slot),
    }
    if family == "pzf":
        return members | {"dcf77": _dcf77(moment, slot)}
    if family == "tcr":
        return members | {"tcr": _timecode(moment, slot)}
    receiver = "gps" if family == "gps" else "gns"
    members[receiver] = _receiver(moment, slot, receiver)
    members["satellites"] = _satellites(moment, slot, receiver)
    return members


def has_receiver_trouble(moment: Moment, slot: str) -> bool:
    """Faults of the antenna and of synchronisation hit the first clock; the others stay well."""
    return slot == "clk1" and moment.conditions.clock_state != "synchronized"


def clock_sync_status(moment: Moment, slot: str) -> JsonObject:
    """Synchronisation of one card; `clock-idx` is a text here, an int at system level."""
    trouble = has_receiver_trouble(moment, slot)
    return {
        "clock-idx": "selected" if slot == "clk1" else "not-selected",
        "osc-type": "ocxo-hq" if slot.startswith("clk") else "ocxo-lq",
        "est-time-quality": "less-than-10us" if trouble else "less-than-100ns",
        "clock-status": {
            "clock": moment.conditions.clock_state if trouble else "synchronized",
            "oscillator": "warmed-up",
        },
    }


def _string_types(spec: SimSpec) -> JsonList:
    """Empty in V10, fourteen objects in V20."""
    if not spec.is_v20:
        return []
    return [{"object-id": name, "value": value, "description": name} for value, name in enumerate(_STRING_TYPES)]


def _mrs(moment: Moment, slot: str, family: str) -> JsonList:
    """The sources of the clock by priority. Only `info.settings` is captured; the rest is inferred."""
    first = {"gps": "gps", "pzf": "dcf77-pzf-receiver", "tcr": "irig"}.get(family, "gnss-receiver")
    rows = []
    for index, (kind, precision) in enumerate(_MRS_INPUTS):
        master = index == (1 if has_receiver_trouble(moment, slot) else 0)
        at = partial(_source_setting, moment, slot, index)
        rows.append(
            {
                "object-id": f"priority{index}",
                "info": {
                    "settings": {
                        "bias": at("bias", 0.0),
                        "precision": at("precision", precision),
                        "id": {"type": at("id/type", first if index == 0 else kind), "instance": at("id/instance", 0)},
                    }
                },
                "status": {
                    "no-signal": index == 0 and has_receiver_trouble(moment, slot),
                    "is-master": master,
                    "is-locked": master,
                    "is-accurate": index < 2,
                },
                "offset": round(moment.wander(f"{slot}/mrs{index}", 40e-9 * 10**index), 10),
            }
        )
    return rows


def _source_setting(moment: Moment, slot: str, index: int, name: str, default: Node) -> Node:
    return moment.module_setting(slot, f"mrs/priority{index}/settings/{name}", default)


def _receiver(moment: Moment, slot: str, receiver: str) -> JsonObject:
    trouble = has_receiver_trouble(moment, slot)
    antenna = moment.conditions.antenna if slot == "clk1" else ""
    return {
        "ref-type": "gps" if receiver == "gps" else "gnss-receiver",
        "receiver-status": "not-synchronized" if trouble else "synchronized",
        "antenna": {"connected": antenna != "disconnected", "short-circuit": antenna == "short-circuit"},
        "receiver": {
            "synchronized": not trouble,
            "tracking": trouble and not antenna,
            "warm-boot": False,
            "cold-boot": False,
        },
    }


def _satellites(moment: Moment, slot: str, receiver: str) -> JsonObject:
    blind = slot == "clk1" and bool(moment.conditions.antenna)
    seen = [] if blind else [s for s in _SATELLITES if receiver == "gns" or s[0] == "gps"]
    branch: JsonObject = {
        "gps-mode": "normal-operation",
        "good-satellites": len(seen),
        "satellites-in-view": 0 if blind else len(seen) + 3,
        # The ECEF coordinates in m of the position below.
        "position-x": 3632545.974,
        "position-y": 285887.568,
        "position-z": 5217323.084,
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
        "altitude": ALTITUDE,
        "pdop": 0.0,
        "tdop": round(1.1 + moment.wander(f"{slot}/tdop", 0.2), 2),
        "selected-satellites": [f"{kind}{number}" for kind, number, *_ in seen[:4]],
    }
    if receiver == "gns":
        rows = [_satellite(moment, index, row) for index, row in enumerate(seen)]
        branch["gnss"] = {"satellite-list": rows}
    return branch


def _satellite(moment: Moment, index: int, row: tuple[str, int, int, int, int]) -> JsonObject:
    """One satellite; only `gnss-type` is documented, the other members are inferred."""
    kind, number, signal, elevation, azimuth = row
    return {
        "object-id": f"satellite{index}",
        "gnss-type": kind,
        "svno": number,
        "snr": signal + round(moment.wander(f"{kind}{number}", 3.0)),
        "elevation": elevation,
        "azimuth": azimuth,
    }


def _dcf77(moment: Moment, slot: str) -> JsonObject:
    """The member a V10 PZF receiver really has."""
    return {
        "ref-type": "dcf77-pzf-receiver",
        "type": "pzf",
        "correlation": int(82 + moment.wander(f"{slot}/correlation", 12)),
        "field-strength": int(64 + moment.wander(f"{slot}/field", 9)),
        "pcps": {
            "freer": False,
            "dl-enb": False,
            "syncd": True,
            "dl-ann": False,
            "utc": False,
            "ls-ann": False,
            "iftm": False,
            "invt": False,
        },
    }


def _timecode(moment: Moment, slot: str) -> JsonObject:
    """Status of the time code reader; all of it inferred."""
    return {
        "ref-type": "irig",
        "timecode": {
            "format": "b122-b123",
            "signal": True,
            "locked": True,
            "parity-error": False,
            "level": int(70 + moment.wander(f"{slot}/level", 5)),
            "offset": round(moment.wander(f"{slot}/offset", 3e-6), 9),
        },
    }
