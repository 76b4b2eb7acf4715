"""LibreNMS: how the agent and its contexts are recognised, and the sensors found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.config.dump import yaml_text
from agent.mib.declaration import Located
from agent.mib.host.system import LANTIME
from agent.packs.pack import Pack, Source, at
from agent.packs.selection import View, title
from agent.packs.states import JUDGED, judged

AGENT, CONTEXT = "lantime-agent", "lantime-context"
README = f"""# LibreNMS

**Set**: copy `os_detection` and `os_discovery` into LibreNMS's `resources/definitions`, and LANTIME-NORTHBOUND-MIB.txt,
without `.txt`, into its `mibs` folder. Add the agent itself (all devices), or each device as a host of its own:
community `public@lts1`, or SNMPv3 with the context `lts1`. `{CONTEXT}` takes every sysObjectID below
{at(LANTIME)}; leave that file away where LANTIMEs are also asked directly, LibreNMS's own definitions then hold.

**See**: operating system `{AGENT}` or `{CONTEXT}`; below Health the states of devices, clocks, slots,
modules and PTP ports (green, yellow, red by label), temperatures, voltages, currents, powers, offsets and delays,
satellites, clients.
"""

SENSOR_CLASSES = {"celsius": "temperature", "volts": "voltage", "amperes": "current", "watts": "power"}
"""lnbSensorType: LibreNMS's class; lnbSensorValue is in thousandths of these."""
NUMBERS = {
    "delay": (
        1_000_000_000, ("lnbSyncQuality", "lnbPtpOffset", "lnbPtpMeanPathDelay", "lnbNtpPeerOffset", "lnbNtpPeerDelay"),
    ),
    "percent": (1, ("lnbSystemMemoryFreePercent", "lnbPtpUtilization", "lnbStorageUsedPercent")),
    "count": (
        1, ("lnbGnssSatellitesGood", "lnbGnssSatellitesInView", "lnbPtpClients", "lnbNtpSystemStratum",
            "lnbAlarmTypeActive"),
    ),
}  # fmt: skip
"""LibreNMS's class: what the value is divided by for its unit, and the columns of that class."""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    text = {AGENT: "LANTIME northbound agent", CONTEXT: "Meinberg LANTIME (northbound agent)"}
    kind = {AGENT: source.root, CONTEXT: at(LANTIME)}
    files = {"README.md": README}
    for os in (AGENT, CONTEXT):
        detection = {
            "os": os, "text": text[os], "type": "timing", "icon": "meinberg", "group": "meinberg",
            "discovery": [{"sysObjectID": [kind[os]]}],
        }  # fmt: skip
        files[f"os_detection/{os}.yaml"] = yaml_text(detection)
        files[f"os_discovery/{os}.yaml"] = yaml_text(_discovery(source))
    return files


def _discovery(source: Source) -> dict[str, Any]:
    found = {one.column.name: (view, one) for view in source.views for one in view.columns}
    shown = (*JUDGED, *(name for _, names in NUMBERS.values() for name in names), "lnbSensorValue")
    labels = sorted({one.column.name for name in shown for one in found[name][0].labels})
    sensors: dict[str, Any] = {"pre-cache": {"data": [{"oid": labels}]}}
    sensors["state"] = {"data": [_state(source, *found[name]) for name in JUDGED]}
    for kind, (divisor, names) in NUMBERS.items():
        sensors[kind] = {"data": [_sensor(*found[name], divisor) for name in names]}
    for data in _of_cards(source, found):
        sensors.update(data)
    return {"mib": source.module.name, "modules": {"sensors": sensors}}


def _of_cards(source: Source, found: Mapping[str, tuple[View, Located]]) -> Iterator[dict[str, Any]]:
    """Sensors of cards, of which lnbSensorType says what they measure."""
    view, value = found["lnbSensorValue"]
    types = source.module.objects["lnbSensorType"].column.syntax.labels
    for label, kind in SENSOR_CLASSES.items():
        other = {"oid": "lnbSensorType", "op": "!=", "value": types[label]}
        # Values to skip by are looked for in the row that was walked, so it has to be the table's.
        walked = {"oid": value.part.name, "descr": _labels(view), "skip_values": [other]}
        sensor = {**_sensor(view, value, 1000), **walked}
        yield {kind: {"data": [sensor]}}


def _labels(view: View) -> str:
    return " ".join("{{ $" + one.column.name + " }}" for one in view.labels)


def _sensor(view: View, located: Located, divisor: int) -> dict[str, Any]:
    name = located.column.name
    return {
        "oid": name,
        "value": name,
        "num_oid": at(located.oid) + ".{{ $index }}",
        "descr": f"{_labels(view)} {title(located.column)}",
        "index": name + ".{{ $index }}",
        **({"divisor": divisor} if divisor != 1 else {}),
    }


def _state(source: Source, view: View, located: Located) -> dict[str, Any]:
    name, labels = located.column.name, located.column.syntax.labels
    states = [
        {"value": labels[label], "descr": label, "graph": labels[label], "generic": int(verdict)}
        for label, verdict in judged(source.module, name).items()
    ]
    # A state's name must not be that of an object: LibreNMS would put the object's value in its place.
    state_name = f"lantime{name.removeprefix('lnb')}"
    return {**_sensor(view, located, 1), "state_name": state_name, "states": states}


PACK = Pack("librenms", "LibreNMS", "states by colour, sensors, offsets, of the agent or of one device", make)
