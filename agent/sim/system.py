"""The `system` branch of the status: synchronisation, LEDs, storage and firmware."""

from __future__ import annotations

from agent.sim.moment import Moment, stamp
from agent.sim.shape import JsonList, JsonObject
from agent.sim.spec import SimSpec

# A place in the North Sea: nobody's antenna stands there.
LATITUDE, LONGITUDE, ALTITUDE = 55.25, 4.5, 31.5

_PACKAGES_V10 = "cli data lantime ltmgmt manuals network ntp ptp2 snmp ssh system web"
_PACKAGES_V20 = (
    "bird cli data himem iec61850 ims lantime lptp ltmgmt manuals network ntp nts ptp2 snmp ssh syncmon system web"
)


def system_branch(moment: Moment) -> JsonObject:
    """`/api/status/system`."""
    spec = moment.spec
    text = moment.now.strftime("%Y-%m-%dT%H:%M:%S")
    micro = moment.now.microsecond
    free = 118_400 + int(moment.wander("memory", 3000))
    branch: JsonObject = {
        "uptime": round(moment.uptime, 2),
        "current-time": f"{text}.{micro * 1000 + 42:09d} UTC",
        "current-time-iso": f"{text}.{micro // 1000:03d}Z",
        "cpuload": _cpuload(moment),
        "memory": f"228428 kB total memory, {free} kB free ({free * 100 // 228428} %)",
        "position": f"{LATITUDE:.6f}, {LONGITUDE:.6f}",
        "last-position-update": _position_update(moment),
        "last-config-change": _last_change(moment),
        "sync-status": sync_status(moment),
        "front-leds": front_leds(moment),
        "storage": _storage(spec),
        "firmware": _firmware(spec),
    }
    if spec.is_v20:
        branch["api-last-update"] = stamp(moment.now)
    return branch


def _last_change(moment: Moment) -> float:
    """Uptime in seconds at the last change of the configuration: inferred from two captured values."""
    changes = moment.conditions.configured_at.values()
    if not changes:
        return 146.93
    return round(max(0.0, (max(changes) - moment.booted).total_seconds()), 2)


def sync_status(moment: Moment) -> JsonObject:
    """The device's own synchronisation, as text."""
    conditions = moment.conditions
    since = conditions.unsync_since
    elapsed = int((moment.now - since).total_seconds()) if since else 0
    return {
        "reference": "clk1-gns",
        "ref-type": "gnss-receiver",
        "clock-idx": 0,
        "osc-type": "ocxo-hq",
        "est-time-quality": "less-than-10us" if since else "less-than-100ns",
        "leapsecond-announced": False,
        "leapsecond-date": "",
        "clock-status": {
            "clock": conditions.clock_state,
            "oscillator": "warmed-up",
            "antenna": conditions.antenna or "connected",
        },
        "holdover-status": {
            # Grows by 1 ns every 10 s, which a good OCXO keeps.
            "time-offset": elapsed // 10,
            "time-elapsed": elapsed,
            "tfom-out": 6 if since else 0,
        },
    }


def front_leds(moment: Moment) -> JsonObject:
    """The four front LEDs; an unlit one is blue in V10 and `none` in V20."""
    conditions = moment.conditions
    off = "none" if moment.spec.is_v20 else "blue"
    synchronised = conditions.unsync_since is None
    linked = not {"lan0", "lan1"} & conditions.links_down
    alarm = not (synchronised and linked and not conditions.lost_supplies and not conditions.antenna)
    return {
        "led-ref-time": _led("green" if synchronised else "red"),
        "led-time-service": _led("green" if conditions.clock_state != "not-synchronized" else "red"),
        "led-network": _led("green" if linked else "red"),
        "led-alarm": _led("red" if alarm else off, lit=alarm),
    }


def _led(color: str, *, lit: bool = True) -> JsonObject:
    led: JsonObject = {}
    for age in ("current", "last"):
        led[f"{age}-color"] = color
        led[f"{age}-state"] = lit
        led[f"{age}-mode"] = "permanent"
    return led


def _cpuload(moment: Moment) -> str:
    """Loads over 1, 5 and 15 minutes, running/total tasks, last process id in one text."""
    loads = [0.40 + abs(moment.wander(f"load{minutes}", 0.3)) for minutes in (1, 5, 15)]
    return f"{loads[0]:.2f} {loads[1]:.2f} {loads[2]:.2f} 2/99 {20_000 + int(moment.uptime) % 10_000}"


def _position_update(moment: Moment) -> str:
    """V20 writes dots; V10 shows the epoch although a position is known."""
    if not moment.spec.is_v20:
        return "1970-01-01 00:00:00"
    return moment.now.strftime("%Y.%m.%d %H:00:00")


def _storage(spec: SimSpec) -> JsonList:
    sizes = [
        ("rootfs", 109_932, 34_452, "/"),
        ("var", 32_768, 4_324, "/var"),
        ("www", 16_384, 2_904, "/www"),
        ("dev_sda7", 35_897, 520, "/data"),
        ("dev_sda5", 390_952, 201_064, "/mnt/flash"),
    ]
    if spec.is_v20:
        sizes.insert(1, ("none", 114_212, 4, "/dev/shm"))  # noqa: S108 - a mount point in the answer
    return [
        {
            "object-id": name,
            "size": size,
            "used": used,
            "available": size - used,
            "used-percent": -(-used * 100 // size),
            "mountpoint": mountpoint,
        }
        for name, size, used, mountpoint in sizes
    ]


def _firmware(spec: SimSpec) -> JsonObject:
    release = spec.release
    names = _PACKAGES_V20 if spec.is_v20 else _PACKAGES_V10
    major, minor, build = release.version.split(".")
    return {
        "running": release.firmware,
        "selected": release.firmware,
        "fwimage": release.image,
        "firmware": [
            {
                "object-id": release.firmware,
                "version": f"{major}.{minor}.{int(build)}",
                "type": "Compressed",
            },
            {"object-id": "osv", "version": "6.24.26", "type": "Standard"},
        ],
        "update": {
            "update-in-progress": False,
            "update-progress": 0,
            "last-update-successful": spec.is_v20,
            "last-update-started": "2026-01-04T08:20:13" if spec.is_v20 else "never",
            "last-update-ended": "2026-01-04T08:22:17" if spec.is_v20 else "never",
            "last-update-error": "none",
        },
        "packages": [{"object-id": name, "version": _package_version(spec, name)} for name in names.split()],
    }


def _package_version(spec: SimSpec, name: str) -> str:
    if name == "data":
        return "no version information"
    major, minor, _build = spec.release.version.split(".")
    return f"{major}.{int(minor)}.{spec.number(name) % 300}"
