"""Status module of an HPS100 card. No capture has one: every name in it is inferred."""

from __future__ import annotations

from agent.sim.clocks import clock_sync_status
from agent.sim.moment import Moment
from agent.sim.network import mac_address
from agent.sim.ptp import Instance, instance_status, plan
from agent.sim.shape import JsonObject
from agent.sim.spec import MAX_CLIENTS, MAX_INSTANCES

MAX_UNICAST_MASTERS = 8
PROFILES = (
    "default-e2e-1588-2008",
    "default-p2p-1588-2008",
    "power-c37-238-2011",
    "telecom-g8265-1",
    "telecom-g8275-1",
    "smpte-st-2059-2",
    "aes67",
)


def card_number(slot: str) -> int:
    """Position among the HPS100 cards, counted from zero: they sit in io1, io2 and so on."""
    digits = "".join(character for character in slot if character.isdigit())
    return int(digits) - 1 if digits else 0


def hps_members(moment: Moment, slot: str) -> JsonObject:
    """The members that follow `info` in the status module of an HPS100."""
    linked = slot not in moment.conditions.links_down
    card = card_number(slot)
    indices = range(moment.spec.instances)
    instances = [Instance(moment, slot, index, plan(moment, slot, card, index), linked) for index in indices]
    return {
        "sync-status": clock_sync_status(moment, slot),
        "network": _network(moment, slot, card, linked=linked),
        "sync-e": {
            "input-ssm": "prc" if linked else "dnu",
            "output-ssm": "prc",
            **_configured(
                moment,
                slot,
                "sync-e",
                {"sdh-option": "opt1", "quality-level-selection": "auto", "gbit-copper-mode": "auto"},
            ),
        },
        "timestampers": [_timestamper(moment, slot)],
        "global-info": {
            "system-clock-id": instances[0].clock_identity if instances else "",
            "num-timestampers": 1,
            "max-instances": MAX_INSTANCES,
            "max-uc-masters": MAX_UNICAST_MASTERS,
            "supported-profiles": list(PROFILES),
        },
        "ntp-service": _ntp_service(moment, slot),
        "ptp-instances": [instance_status(instance) for instance in instances],
    }


def _network(moment: Moment, slot: str, card: int, *, linked: bool) -> JsonObject:
    return {
        "link": linked,
        "speed": "1000" if linked else "-",
        "mac-address": mac_address(moment.spec, slot),
        **_configured(moment, slot, "network", card_network(card)),
    }


def card_network(card: int) -> JsonObject:
    """The network settings of a card that its status shows as well, as delivered."""
    return {
        "ipv4-address": f"192.0.2.{100 + card}",
        "netmask": "255.255.255.0",
        "gateway": "192.0.2.1",
        "dhcp": False,
        "vlan-id": 0,
        "vlan-priority": 0,
        "ipv6-mode": "static",
        "ipv6-address": f"2001:db8:0:2::{100 + card:x}",
        "dscp": 46,
    }


def _configured(moment: Moment, slot: str, group: str, delivered: JsonObject) -> JsonObject:
    """A group of settings as configured now."""
    return {name: moment.module_setting(slot, f"{group}/{name}", value) for name, value in delivered.items()}


def _timestamper(moment: Moment, slot: str) -> JsonObject:
    text = moment.now.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "object-id": "timestamper0",
        "current-time": f"{text}.{moment.now.microsecond * 1000:09d} UTC",
        "offset-from-int-ref": round(4.0 + moment.wander(slot + "/timestamper", 6.0)),
        "utilization": round(6.0 + moment.wander(slot + "/load", 3.0), 1),
        "phys-intf": "rj45",
        # Limits of the hardware.
        "max-ptp-packets": 250_000,
        "max-ntp-packets": 400_000,
        "max-ptp-uc-slaves": MAX_CLIENTS,
    }


def _ntp_service(moment: Moment, slot: str) -> JsonObject:
    """NTP beside PTP: counted in hardware and by a software daemon."""
    uptime = moment.card_uptime(slot)
    lost = moment.conditions.clock_state == "not-synchronized"
    serving = bool(moment.module_setting(slot, "ntp-service/hardware/enabled", default=True))
    running = bool(moment.module_setting(slot, "ntp-service/ntpd/enabled", default=True))
    return {
        "op-mode": moment.module_setting(slot, "ntp-service/op-mode", "ptp"),
        "hardware": {
            "enabled": serving,
            "requests": int(uptime * 812.5),
            "responses": int(uptime * 812.5),
            "requests-per-sec": 812.5 if serving else 0.0,
        },
        "ntpd": {
            "running": running,
            "stratum": 16 if lost else 1,
            "offset": round(moment.wander(slot + "/ntpd", 2e-6), 9),
            "requests": int(uptime * 3.25),
            "requests-per-sec": 3.25 if running else 0.0,
        },
    }
