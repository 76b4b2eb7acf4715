"""Status of an API 8 device, LTOS 7.05: integers in place of words, and fewer members."""

from __future__ import annotations

from agent.sim.codes import LED_CODES, PTP_CODES, SYNC_CODES, coded
from agent.sim.shape import JsonObject

_SYNC_ORDER = ("reference", "ref-type", "clock-idx", "osc-type", "est-time-quality")


def legacy_status(tree: JsonObject) -> JsonObject:
    """Turn a V10 status tree, or a part of one, into what an M1000S with 7.05 answers.

    Only `sync-status` and `front-leds` are captured; the same treatment of the cards is inferred.
    """
    branches = {name: branch for name, branch in tree.items() if name != "rest-api"}
    if "system" in branches:
        branches["system"] = _system(branches["system"])
    if "chassis0" in branches:
        branches["chassis0"] = coded(branches["chassis0"], SYNC_CODES | PTP_CODES)
    return branches


def _system(system: JsonObject) -> JsonObject:
    """`sync-status` comes first, with `clock-status` as its first member and no holdover or leap second."""
    sync = coded(system["sync-status"], SYNC_CODES)
    # This device has a GPS clock with an OCXO SQ, as the captured one.
    sync |= {"reference": "clk1 gps", "ref-type": 0, "osc-type": 10}
    rest = {name: value for name, value in system.items() if name not in ("sync-status", "front-leds")}
    return {
        "sync-status": {
            "clock-status": sync["clock-status"],
            **{name: sync[name] for name in _SYNC_ORDER},
        },
        "front-leds": coded(system["front-leds"], LED_CODES),
        **rest,
    }
