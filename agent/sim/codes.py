"""Integer codes that `?raw` puts in place of enumeration words."""

from __future__ import annotations

from agent.sim.shape import JsonObject, Node

# Codes of the user interface level are the device's own; the others are those of
# the maker's public header file and MIB.
SYNC_CODES: dict[str, dict[str, int]] = {
    "clock": {"unknown": 0, "not-synchronized": 1, "holdover": 2, "synchronized": 3},
    "oscillator": {"not-warmed-up": 0, "warmed-up": 1},
    # Only 0 on a healthy unit is captured; the others are inferred.
    "antenna": {"connected": 0, "disconnected": 1, "short-circuit": 2},
    "ref-type": {"gps": 0, "pps-in": 2, "irig": 4, "ntp": 5, "ptp": 6, "gnss-receiver": 14},
    "osc-type": {"tcxo": 2, "ocxo-lq": 3, "ocxo-mq": 4, "ocxo-hq": 5, "rubidium": 7, "ocxo-sq": 10},
    "est-time-quality": {"less-than-100ns": 6, "less-than-1us": 8, "less-than-10us": 10},
}
LED_CODES: dict[str, dict[str, int]] = {
    "current-color": {"none": 0, "blue": 0, "green": 1, "red": 2},
    "last-color": {"none": 0, "blue": 0, "green": 1, "red": 2},
    "current-mode": {"permanent": 0},
    "last-mode": {"permanent": 0},
}
PTP_CODES: dict[str, dict[str, int]] = {
    "port-state": {
        "uninitialized": 0,
        "initializing": 1,
        "faulty": 2,
        "disabled": 3,
        "listening": 4,
        "pre-master": 5,
        "master": 6,
        "passive": 7,
        "uncalibrated": 8,
        "slave": 9,
    },
    "delay-mechanism": {"e2e": 0, "p2p": 1},
    "protocol": {"udp-ipv4": 1, "udp-ipv6": 2, "ieee-802-3": 3},
    "role": {
        "multicast-slave": 0,
        "unicast-slave": 1,
        "multicast-master": 2,
        "unicast-master": 3,
        "multicast-auto": 4,
        "uc-mc-master": 5,
    },
    "profile": {
        "custom": 0,
        "default-e2e-1588-2008": 1,
        "default-p2p-1588-2008": 2,
        "power-c37-238-2011": 3,
        "telecom-g8265-1": 4,
        "telecom-g8275-1": 5,
        "smpte-st-2059-2": 6,
        "aes67": 7,
    },
    "clock-accuracy": {"time-accurate-to-100ns": 33, "time-accurate-to-1us": 35, "time-accurate-gt-10s": 49},
    "time-source": {"gps": 32, "internal-oscillator": 160},
    "ipv6-mode": {"static": 0, "ra": 1, "dhcp": 2},
}


def coded(node: Node, codes: dict[str, dict[str, int]]) -> Node:
    """A copy of the node in which members with a known code have it in place of their word."""
    if isinstance(node, list):
        return [coded(item, codes) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: codes[name].get(value, value) if name in codes and isinstance(value, str) else coded(value, codes)
        for name, value in node.items()
    }


def raw_system(system: JsonObject) -> JsonObject:
    """The `system` branch as `?raw` shows it. Other branches are left as they are: their codes are unknown."""
    changed = dict(system)
    changed["sync-status"] = coded(system["sync-status"], SYNC_CODES)
    # The blank in "clk1 gps" was seen with `?raw` only.
    changed["sync-status"]["reference"] = system["sync-status"]["reference"].replace("-", " ")
    changed["front-leds"] = coded(system["front-leds"], LED_CODES)
    return changed
