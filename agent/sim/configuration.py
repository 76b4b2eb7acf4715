"""The configuration tree: `/api/configuration` and what is below.

The names of the branches are captured, their content is not: all leaves here are inferred.
Nothing in it is secret, as the simulator makes no use of secrets but the password of its caller.
"""

from __future__ import annotations

from agent.sim.cards import OUTPUTS
from agent.sim.chassis import FAMILY_OF_MODEL, RECEIVERS, Slot, fitted_model, slots
from agent.sim.events import event_kinds
from agent.sim.hps import card_network, card_number
from agent.sim.moment import Moment
from agent.sim.network import LAN_PORTS, interface_addresses, service_names
from agent.sim.ntp import PEER_ADDRESS
from agent.sim.ptp import Plan, factory_plan
from agent.sim.shape import JsonList, JsonObject
from agent.sim.tree import overlay

# Flags of a PTPv2 instance that are off as delivered.
_FLAGS_OFF = (
    "arb-timescale",
    "v1-hw-compat",
    "boundary-clock",
    "sw-tstamping",
    "no-clk-adj",
    "path-trace",
    "custom-port-id",
    "fixed-quality",
    "authentication",
    "delay-asymmetry",
    "glb-clock-id",
    "servo-settings",
    "hybrid-mode",
    "min-gm-clk-quality",
)


def configuration_tree(moment: Moment) -> JsonObject:
    """The whole configuration: as it left the factory, with what was written since."""
    return overlay(_factory(moment), moment.conditions.configured)


def _factory(moment: Moment) -> JsonObject:
    return {
        "system": _system(moment),
        "notification": _notification(moment),
        "network": _network(moment),
        "services": {"network": {name: {"enabled": runs} for name, runs in service_names(moment.spec).items()}},
        "ntp": _ntp(),
        "security": _security(),
        "chassis0": {"slots": [_slot(moment, slot) for slot in slots(moment.spec)]},
    }


def _slot(moment: Moment, slot: Slot) -> JsonObject:
    node: JsonObject = {"object-id": slot.name, "slot-id": slot.name}
    model = fitted_model(moment, slot)
    if model and slot.kind not in ("pwr", "cpu"):
        node["module"] = _module(moment, slot.name, FAMILY_OF_MODEL.get(model, ""))
    return node


def _module(moment: Moment, slot: str, family: str) -> JsonObject:
    if family == "hps":
        return _hps(moment, slot)
    if family in RECEIVERS:
        return _clock(family)
    if family in OUTPUTS:
        return {"outputs": _outputs(family)}
    if family == "rsc":
        return {"switch": {"mode": "automatic"}}
    return {"enabled": True}


def _outputs(family: str) -> JsonList:
    return [
        {"object-id": f"output{index}", "type": kind, "mode": mode}
        for index, (kind, mode) in enumerate(OUTPUTS[family])
    ]


def _clock(family: str) -> JsonObject:
    """A receiver: `<family>.timezone` is captured for gps with `dst-off.name` and `.hour` only."""
    member = "gns" if family.startswith("gn") else family
    first = {"gps": "gps", "pzf": "dcf77-pzf-receiver", "tcr": "irig"}.get(family, "gnss-receiver")
    kinds = (first, "pps-in", "ptp", "ntp")
    return {
        member: {"timezone": {"dst-off": _switch("CET", 10, 3, 3600), "dst-on": _switch("CEST", 3, 2, 7200)}},
        "mrs": [
            {
                "object-id": f"priority{index}",
                "settings": {"bias": 0.0, "precision": 0.0, "id": {"type": kind, "instance": 0}},
            }
            for index, kind in enumerate(kinds)
        ],
        "enable-flags": {"serial": "if-sync", "pulse": "if-sync", "frequency": "always", "synth": "if-sync"},
    }


def _switch(name: str, month: int, hour: int, offset: int) -> JsonObject:
    """One change of the local time, with the parts of the cards' own structure."""
    return {
        "name": name,
        "hour": hour,
        "min": 0,
        "sec": 0,
        "year": 0,
        "month": month,
        "mday": 25,
        "wday": 0,
        "utc-offset": offset,
    }


def _hps(moment: Moment, slot: str) -> JsonObject:
    card = card_number(slot)
    return {
        "network": {
            "hostname": f"{slot}.example.net",
            "nameserver-1": "192.0.2.53",
            "nameserver-2": "",
            "vlan-enabled": False,
            **card_network(card),
        },
        "sync-e": {"sdh-option": "opt1", "quality-level-selection": "auto", "gbit-copper-mode": "auto"},
        "timestampers": [
            {
                "object-id": "timestamper0",
                "mode": "all",
                "protocol": "udp-ipv4",
                "domain": 0,
                "flags": {"one-step": True, "packet-generator": False, "hybrid": False, "p2p-one-step": False},
            }
        ],
        "ntp-service": {"op-mode": "ptp", "hardware": {"enabled": True}, "ntpd": {"enabled": True}},
        "ptp-instances": [_instance(slot, i, factory_plan(slot, card, i)) for i in range(moment.spec.instances)],
    }


def _instance(slot: str, index: int, made: Plan) -> JsonObject:
    """The settings of one PTPv2 instance."""
    return {
        "object-id": f"instance{index}",
        "tstamper-idx": 0,
        "assigned-port-id": index + 1,
        "intf-label": f"{slot}:{index}",
        "log-severity": 3,
        "ipv6-multicast-scope": "link",
        "role": made.role,
        "profile": made.profile,
        "domain-number": made.domain,
        "delay-mech": made.delay_mechanism,
        "protocol": made.protocol,
        "priority-1": made.priority_1,
        "priority-2": made.priority_2,
        "intvs": made.intervals(),
        "min-gm-clk-class": 0,
        "min-gm-clk-accuracy": 0,
        "min-gm-clk-variance": 0,
        "multicast-ttl": 5,
        "unicast-ttl": 128,
        "ann-rcpt-timeout": made.announce_timeout,
        "upper-bound": 0,
        "lower-bound": 0,
        "fast-locking-boundary": 100_000,
        "delay-asymmetry": 0,
        # Named after `num-uc-slaves` of the status: where the limit of one instance is set is not known.
        "max-uc-slaves": made.max_clients,
        "alias": made.alias,
        "flags": {
            **dict.fromkeys(_FLAGS_OFF, False),
            "management": True,
            "pkt-cntrs": True,
            "disabled": not made.enabled,
        },
        "unicast-masters": _unicast_masters() if made.role == "unicast-slave" else [],
    }


def _unicast_masters() -> JsonList:
    return [
        {
            "object-id": "master0",
            "grantor-addr": "198.51.100.254",
            "gm-port-identity": {"clock-identity": "ffffffffffffffff", "port-number": 65_535},
            "intvs": {"ann-intv": 1, "sync-intv": -4, "del-req-intv": -4},
            "message-duration": 60,
        }
    ]


def _system(moment: Moment) -> JsonObject:
    return {
        "hostname": moment.hostname,
        "domain": "example.net",
        "location": "Rack 4",
        "contact": "noc@example.net",
        "rest-api": {"enabled": True},
        "timezone": "UTC",
    }


def _notification(moment: Moment) -> JsonObject:
    """Which actions follow an event; SNMP and syslog for errors."""
    rows = []
    for event in event_kinds(moment.spec):
        loud = event.kind in ("error", "critical")
        actions = {"email": False, "snmp": loud, "display": False, "syslog": True, "relay": False, "led": loud}
        rows.append({"object-id": event.name, "type": event.kind, "actions": actions})
    return {"events": rows}


def _network(moment: Moment) -> JsonObject:
    return {
        "general": {
            "hostname": moment.hostname,
            "default-gateway-ipv4": "192.0.2.1",
            "default-gateway-ipv6": "2001:db8:0:1::1",
            "nameservers": [{"object-id": "nameserver0", "address": "192.0.2.53"}],
        },
        "interfaces": [
            {"object-id": "vif0", "ifname": "lan0:0", "vlan": False, "addresses": interface_addresses()},
            {"object-id": "vif1", "ifname": "lan1:1", "vlan": False, "addresses": []},
        ],
        "ports": [{"object-id": n, "speed": "auto", "bonding": "none", "enabled": True} for n in LAN_PORTS],
    }


def _ntp() -> JsonObject:
    server = {"object-id": "server0", "address": PEER_ADDRESS, "minpoll": 6, "maxpoll": 10, "iburst": True}
    return {
        "servers": [server],
        "local-clock-stratum": 12,
        "trusted-time": False,
        "authentication": {"enabled": False},
        "broadcast": {"enabled": False},
    }


def _security() -> JsonObject:
    """Users by name and level only."""
    return {
        "users": [
            {"object-id": "root", "access-level": "super-user"},
            {"object-id": "info", "access-level": "info"},
        ],
        "faillock": {"enabled": True, "attempts": 5, "unlock-time": 600},
        "https": {"self-signed": True},
    }
