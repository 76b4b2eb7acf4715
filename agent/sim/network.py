"""The `network` and `services` branches of the status."""

from __future__ import annotations

from agent.sim.moment import Moment
from agent.sim.shape import JsonList, JsonObject
from agent.sim.spec import SimSpec

CPU_MODEL = "c15g2"
# Position of the CPU in the slot layout: an int here, a text in chassis0.
CPU_SLOT_NUMBER = 7
LAN_PORTS = ("lan0", "lan1")
_ABSENT_PORTS = ("lan2", "lan3")

_STATISTICS = [
    "rx-packets",
    "rx-bytes",
    "rx-dropped",
    "rx-compressed",
    "rx-nohandler",
    "rx-errors",
    "rx-crc-errors",
    "rx-fifo-errors",
    "rx-frame-errors",
    "rx-length-errors",
    "rx-missed-errors",
    "rx-over-errors",
    "tx-packets",
    "tx-bytes",
    "tx-dropped",
    "tx-compressed",
    "tx-errors",
    "tx-aborted-errors",
    "tx-carrier-errors",
    "tx-fifo-errors",
    "tx-heartbeat-errors",
    "tx-window-errors",
    "multicast",
    "collisions",
    "gro-flush-timeout",
    "mtu",
]
_RATES = {"rx-packets": 61, "rx-bytes": 5_490, "tx-packets": 44, "tx-bytes": 18_700}


def network_branch(moment: Moment) -> JsonObject:
    """`/api/status/network`."""
    return {"ports": _ports(moment), "interfaces": _interfaces(moment)}


def mac_address(spec: SimSpec, name: str) -> str:
    """A locally administered MAC address, so that no maker's number is used."""
    digits = f"{spec.number('mac/' + name):08x}"
    return "02:00:" + ":".join(digits[i : i + 2] for i in range(0, 8, 2))


def _ports(moment: Moment) -> JsonList:
    ports = []
    for index, name in enumerate(LAN_PORTS):
        linked = name not in moment.conditions.links_down
        linked = linked and bool(moment.setting(f"network/ports/{name}/enabled", default=True))
        speed = str(moment.setting(f"network/ports/{name}/speed", "auto"))
        port: JsonObject = {
            "object-id": name,
            "duplex": "full" if linked else "-",
            "operstate": linked,
            "speed": speed.replace("auto", "1000") if linked else "-",
            "mac-address": mac_address(moment.spec, name),
            "link": linked,
            "slot-id": CPU_SLOT_NUMBER,
            "slot-name": "cpu",
            "port-id": index,
            "card-name": CPU_MODEL,
        }
        if moment.spec.is_v20:
            port |= _v20_members(moment, port, available=True)
        ports.append(port)
    if moment.spec.is_v20:
        ports += [_absent_port(moment, name) for name in _ABSENT_PORTS]
    return ports


def _absent_port(moment: Moment, name: str) -> JsonObject:
    """V20 lists LAN ports that do not exist."""
    port: JsonObject = {
        "object-id": name,
        "duplex": "-",
        "operstate": False,
        "speed": "-",
        "mac-address": "00:00:00:00:00:00",
        "link": False,
        "slot-id": -1,
        "slot-name": "",
        "port-id": -1,
        "card-name": "unknown",
    }
    return port | _v20_members(moment, port, available=False)


def _v20_members(moment: Moment, port: JsonObject, *, available: bool) -> JsonObject:
    """The members that API version 20 added to a port."""
    uptime = moment.uptime if available else 0.0
    return {
        "port-available": available,
        "statistics": {name: int(uptime * _RATES.get(name, 0)) for name in _STATISTICS},
        "bonding-slave": {
            "ad-actor-oper-port-state": "N/A",
            "ad-aggregator-id": "N/A",
            "ad-partner-oper-port-state": "N/A",
            "link-failure-count": "-" if available else "",
            "mii-status": port["link"],
            "perm-hwaddr": port["mac-address"],
            "queue-id": "-",
            "state": "standalone",
        },
    }


def _interfaces(moment: Moment) -> JsonList:
    addresses = interface_addresses()
    for address in addresses:
        place = f"network/interfaces/vif0/addresses/{address['object-id']}"
        address |= {name: moment.setting(f"{place}/{name}", value) for name, value in address.items()}
    first: JsonObject = {"object-id": "vif0", "ifname": "lan0:0", "addresses": addresses}
    # An interface without an address has no `addresses` member.
    second: JsonObject = {"object-id": "vif1", "ifname": "lan1:1"}
    if moment.spec.is_v20:
        for interface in (first, second):
            interface["cluster"] = {"ipv4": _cluster(), "ipv6": _cluster()}
    return [first, second]


def interface_addresses() -> JsonList:
    """The addresses of the first interface, as they left the factory."""
    return [
        _address("ipv4-static", "ipv4", "255.255.255.0", "192.0.2.10"),
        # No capture has IPv6; its prefix length as `subnet` is inferred.
        _address("ipv6-static", "ipv6", "64", "2001:db8:0:1::10"),
    ]


def _address(name: str, kind: str, subnet: str, address: str) -> JsonObject:
    return {
        "object-id": name,
        "iftype": "static",
        "addresstype": kind,
        "subnet": subnet,
        "address": address,
    }


def _cluster() -> JsonObject:
    return {
        "enabled": False,
        "timestamp": "",
        "cluster-ip": "",
        "communication-ip": "",
        "port-state": "",
        "master-serial": "",
        "master-ip": "",
        "master-priority": 0,
        "clock-class": "",
        "clock-status": "",
        "ntp-status": "unknown",
        "reconfig-state": "currently-none",
    }


def services_branch(moment: Moment) -> JsonObject:
    """`/api/status/services`."""
    network = service_names(moment.spec)
    # serial_console has an underscore on the device as well.
    system = [
        "filemon",
        "ldap",
        "noise",
        "serial_console",
        "softwatch",
        "syslog",
        "syncteam",
        "linkmonitor",
        "lldp",
        "netconfig",
    ]
    system += ["portauth", "avahi", "dbus"]
    if moment.spec.is_v20:
        system += ["clidaemon", "sendmail", "autoupdate", "syncmon", "bird"]
    running = {"filemon", "serial_console", "syslog", "linkmonitor", "netconfig", "dbus", "clidaemon", "syncmon"}
    return {
        "network": {
            name: {"running": moment.setting(f"services/network/{name}/enabled", runs)}
            for name, runs in network.items()
        },
        "global": {name: {"running": name in running} for name in system},
    }


def service_names(spec: SimSpec) -> dict[str, bool]:
    """The network services of this generation in the order of the device, and whether they run as delivered."""
    names = ["daytime", "ftp", "telnet", "time", *([] if spec.is_v20 else ["mbgdevman"]), "webshell"]
    names += ["ssh", "ntp", "http", "https", "snmp", *(["mms", "ptp"] if spec.is_v20 else [])]
    return {name: name in ("ssh", "ntp", "http", "https", "snmp", "ptp") for name in names}
