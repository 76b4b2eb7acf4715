"""PTPv2 instances of an HPS100 card. No capture shows one: every name here is inferred."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from agent.sim.moment import Moment
from agent.sim.shape import JsonObject
from agent.sim.spec import MAX_CLIENTS, SimSpec
from agent.sim.traffic import SILENT, SLAVE, Traffic, master_traffic, packet_counters
from agent.sim.unicast import unicast_clients


@dataclass(frozen=True)
class Plan:
    """What an instance is set up for."""

    state: str
    profile: str
    role: str
    protocol: str
    delay_mechanism: str = "e2e"
    enabled: bool = True
    domain: int = 0
    priority_1: int = 128
    priority_2: int = 128
    announce_timeout: int = 3
    announce: int = 1
    sync: int = -4
    delay_request: int = -4
    pdelay_request: int = 0
    alias: str = ""
    max_clients: int = MAX_CLIENTS

    def intervals(self) -> JsonObject:
        """Intervals of the messages as powers of two of a second."""
        return {
            "ann-intv": self.announce,
            "sync-intv": self.sync,
            "del-req-intv": self.delay_request,
            "pdel-req-intv": self.pdelay_request,
        }


_MASTER = Plan("master", "default-e2e-1588-2008", "unicast-master", "udp-ipv4")
_PLANS = {
    0: (
        _MASTER,
        Plan("slave", "default-e2e-1588-2008", "unicast-slave", "udp-ipv4"),
        Plan("master", "telecom-g8265-1", "unicast-master", "udp-ipv6"),
        Plan("master", "smpte-st-2059-2", "uc-mc-master", "udp-ipv4"),
    ),
    1: (
        Plan("master", "telecom-g8275-1", "uc-mc-master", "ieee-802-3"),
        Plan("disabled", "default-p2p-1588-2008", "multicast-master", "udp-ipv4", "p2p", enabled=False),
        Plan("master", "aes67", "uc-mc-master", "udp-ipv4"),
        Plan("master", "default-e2e-1588-2008", "unicast-master", "udp-ipv6"),
    ),
}
_FURTHER = (_MASTER, _PLANS[0][2], _PLANS[1][2], _PLANS[0][3])


# Attribute of a plan: place of its value in the configuration of an instance.
_PLACES = {
    "profile": "profile",
    "role": "role",
    "protocol": "protocol",
    "delay_mechanism": "delay-mech",
    "domain": "domain-number",
    "priority_1": "priority-1",
    "priority_2": "priority-2",
    "announce_timeout": "ann-rcpt-timeout",
    "announce": "intvs/ann-intv",
    "sync": "intvs/sync-intv",
    "delay_request": "intvs/del-req-intv",
    "pdelay_request": "intvs/pdel-req-intv",
    "alias": "alias",
    "max_clients": "max-uc-slaves",
}
# Inferred: a change of these starts the instance, and with it its counters, anew.
_RESTARTING = ("profile", "role", "protocol", "delay-mech", "flags/disabled")


def factory_plan(slot: str, card: int, index: int) -> Plan:
    """The plan of one instance as delivered: variety on the first two cards, masters on all further ones."""
    made = _PLANS.get(card, _FURTHER)[index]
    domain = 24 if made.profile == "telecom-g8275-1" else index
    return dataclasses.replace(made, domain=domain, alias=f"{slot.upper()} PTP {index + 1}")


def plan(moment: Moment, slot: str, card: int, index: int) -> Plan:
    """The plan of one instance as configured now; its port state follows from role and `disabled`."""
    made = factory_plan(slot, card, index)
    place = f"ptp-instances/instance{index}"
    values = {
        name: moment.module_setting(slot, f"{place}/{path}", getattr(made, name)) for name, path in _PLACES.items()
    }
    enabled = not moment.module_setting(slot, f"{place}/flags/disabled", not made.enabled)
    state = made.state
    if not enabled:
        state = "disabled"
    elif values["role"] != made.role or not made.enabled:
        state = "slave" if values["role"].endswith("-slave") else "master"
    return Plan(state=state, enabled=enabled, **values)


@dataclass(frozen=True)
class Instance:
    """One PTPv2 instance at one moment."""

    moment: Moment
    slot: str
    index: int
    plan: Plan
    linked: bool

    @property
    def name(self) -> str:
        """Name that is unique within the chassis."""
        return f"{self.slot}/ptp{self.index}"

    @property
    def spec(self) -> SimSpec:
        """The spec of the device."""
        return self.moment.spec

    @property
    def state(self) -> str:
        """The port state: as planned, unless the link is down or a fault sets it."""
        forced = self.moment.conditions.port_states.get((self.slot, self.index))
        if forced:
            return forced
        return self.plan.state if self.linked or not self.plan.enabled else "faulty"

    @property
    def uptime(self) -> float:
        """Seconds since the instance started: with its card, or with a change of what it is."""
        moment = self.moment
        module = f"chassis0/slots/{self.slot}/module"
        places = [f"{module}/ptp-instances/instance{self.index}/{name}" for name in _RESTARTING]
        changed = moment.conditions.configured_at
        own = [max(0.0, (moment.now - changed[place]).total_seconds()) for place in places if place in changed]
        return min([moment.card_uptime(self.slot), *own])

    @property
    def clients(self) -> int:
        """Number of unicast clients; only a master has some."""
        return min(self.spec.clients, self.plan.max_clients) if self.state == "master" else 0

    @property
    def traffic(self) -> Traffic:
        """What the instance sends and receives in its present state."""
        if self.state == "master":
            return master_traffic(self.clients)
        return SLAVE if self.state == "slave" else SILENT

    @property
    def clock_identity(self) -> str:
        """The EUI-64 of the instance's own clock."""
        return _identity(self.spec, self.slot)

    @property
    def grandmaster(self) -> str:
        """The EUI-64 of the grandmaster: another one for each change, itself if master."""
        if self.state != "slave":
            return self.clock_identity
        change = self.moment.conditions.grandmasters.get((self.slot, self.index), 0)
        return _identity(self.spec, f"grandmaster{change}")


def instance_status(instance: Instance) -> JsonObject:
    """One element of `ptp-instances`."""
    return {
        "object-id": f"instance{instance.index}",
        "general": _general(instance),
        "default-ds": _default_ds(instance),
        "current-ds": _current_ds(instance),
        "parent-ds": _parent_ds(instance),
        "time-properties-ds": _time_properties_ds(instance),
        "port-ds": _port_ds(instance),
        "delay-statistics": _delay_statistics(instance),
        "packet-counters": packet_counters(instance.traffic, instance.uptime),
        "unicast-clients": unicast_clients(instance.moment, instance.name, instance.clients),
    }


def _general(instance: Instance) -> JsonObject:
    return {
        "alias": instance.plan.alias,
        "enabled": instance.plan.enabled,
        "running": instance.plan.enabled,
        "profile": instance.plan.profile,
        "role": instance.plan.role,
        "protocol": instance.plan.protocol,
        "utilization": min(100, 2 + instance.clients // 21) if instance.plan.enabled else 0,
        "num-uc-slaves": instance.clients,
        "port-linkup": instance.linked,
    }


def _quality(clock_class: int, accuracy: str, variance: int) -> JsonObject:
    return {"clock-class": clock_class, "clock-accuracy": accuracy, "log-variance": variance}


def _own_quality(instance: Instance) -> JsonObject:
    """Class 6 while synchronised, 7 in holdover, 248 as a default or as a slave (IEEE 1588 7.6.2.4)."""
    clock_state = instance.moment.conditions.clock_state
    if instance.state == "slave" or clock_state == "not-synchronized":
        return _quality(248, "time-accurate-gt-10s", 65_535)
    if clock_state == "holdover":
        return _quality(7, "time-accurate-to-1us", 20_061)
    return _quality(6, "time-accurate-to-100ns", 13_563)


def _default_ds(instance: Instance) -> JsonObject:
    return {
        "two-step": not instance.moment.module_setting(
            instance.slot, "timestampers/timestamper0/flags/one-step", default=True
        ),
        "slave-only": instance.plan.role.endswith("-slave"),
        "number-ports": 1,
        "clock-quality": _own_quality(instance),
        "priority-1": instance.plan.priority_1,
        "priority-2": instance.plan.priority_2,
        "domain-number": instance.plan.domain,
        "clock-identity": instance.clock_identity,
    }


def _current_ds(instance: Instance) -> JsonObject:
    """Offset and delay in ns; both are zero unless the port is a slave."""
    slave = instance.state == "slave"
    offset = 23.0 + instance.moment.wander(instance.name + "/offset", 18.0)
    delay = 1_840.0 + instance.moment.wander(instance.name + "/delay", 35.0)
    return {
        "offset-from-master": round(offset, 3) if slave else 0.0,
        "mean-path-delay": round(delay, 3) if slave else 0.0,
        "steps-removed": 1 if slave else 0,
    }


def _parent_ds(instance: Instance) -> JsonObject:
    slave = instance.state == "slave"
    quality = _quality(6, "time-accurate-to-100ns", 13_563) if slave else _own_quality(instance)
    return {
        "parent-port-identity": {
            "clock-identity": instance.grandmaster,
            "port-number": 1 if slave else 0,
        },
        "parent-stats": False,
        "parent-log-variance": 65_535,
        "parent-phase-change-rate": 2_147_483_647,
        "grandmaster-identity": instance.grandmaster,
        "grandmaster-clock-quality": quality,
        "grandmaster-priority-1": 100 if slave else instance.plan.priority_1,
        "grandmaster-priority-2": 101 if slave else instance.plan.priority_2,
    }


def _time_properties_ds(instance: Instance) -> JsonObject:
    traceable = instance.moment.conditions.clock_state != "not-synchronized"
    return {
        "current-utc-offset": 37,
        "leap-61": False,
        "leap-59": False,
        "utc-offset-valid": traceable,
        "ptp-timescale": True,
        "time-traceable": traceable,
        "frequency-traceable": traceable,
        "time-source": "gps" if traceable else "internal-oscillator",
    }


def _port_ds(instance: Instance) -> JsonObject:
    return {
        "port-identity": {"clock-identity": instance.clock_identity, "port-number": instance.index + 1},
        "port-state": instance.state,
        "intvs": instance.plan.intervals(),
        "announce-receipt-timeout": instance.plan.announce_timeout,
        "delay-mechanism": instance.plan.delay_mechanism,
        "peer-mean-path-delay": 412.5 if instance.plan.delay_mechanism == "p2p" else 0.0,
        "version-number": 2,
    }


def _delay_statistics(instance: Instance) -> JsonObject:
    return {
        "m2s-delay": _delays(instance, "m2s", 1_863.0),
        "s2m-delay": _delays(instance, "s2m", 1_817.0),
    }


def _delays(instance: Instance, direction: str, centre: float) -> JsonObject:
    """Figures of one direction in ns; not valid unless the port is a slave."""
    if instance.state != "slave":
        return {"min": 0.0, "mean": 0.0, "median": 0.0, "std-dev": 0.0, "valid": False}
    mean = centre + instance.moment.wander(f"{instance.name}/{direction}", 30.0)
    return {
        "min": round(mean - 41.5, 3),
        "mean": round(mean, 3),
        "median": round(mean - 1.25, 3),
        "std-dev": 12.5,
        "valid": True,
    }


def _identity(spec: SimSpec, name: str) -> str:
    """An EUI-64 with the locally administered bit, in the usual hex text."""
    return f"0200{spec.number(name) >> 24:02x}fffe{spec.number(name) & 0xFFFFFF:06x}"
