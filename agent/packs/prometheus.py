"""Prometheus: modules for snmp_exporter, in the format up to 0.23 and in the one since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.config.dump import yaml_text
from agent.mib.declaration import Column, Located
from agent.packs.pack import Pack, Source, at
from agent.packs.selection import DEVICE_NAME, SCALARS, View, described, is_counter, is_text
from agent.packs.states import JUDGED

MODULE = "lantime"
HEAD = "# {module} for snmp_exporter {versions}; printed by `lantime-agent pack prometheus`.\n"
REACH = {"max_repetitions": 50, "retries": 2, "timeout": "5s"}

README = f"""# Prometheus

**Set**: give snmp_exporter the file of its version, and put in your community or user: `snmp-0.21.yml` up to 0.23
(Debian 12 has 0.21), `snmp.yml` since 0.24. Scrape the agent through the exporter:

    - {{job_name: lantime, metrics_path: /snmp, static_configs: [{{targets: ["agent:161"]}}],
       params: {{module: [{MODULE}], auth: [{MODULE}_v2]}},       # auth since 0.24 only
       relabel_configs: [{{source_labels: [__address__], target_label: __param_target}},
                         {{source_labels: [__param_target], target_label: instance}},
                         {{target_label: __address__, replacement: "exporter:9116"}}]}}

**See**: `lnbPtpOffset{{lnbDeviceName="lts1",lnbPtpSlotId="io1",lnbPtpName="instance0",…}} -12`; states as one series a
label, `lnbDeviceState{{lnbDeviceState="up",…}} 1`; other enumerations as `lnbModuleFamily_info{{…}} 1`.
For example `lnbAlarmActiveCritical > 0`, or `lnbDeviceState{{lnbDeviceState="down"}} == 1`.
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    module = {"walk": list(_walk(source)), "get": _get(source), "metrics": list(_metrics(source))}
    older = {MODULE: {**module, "version": 2, **REACH, "auth": {"community": "public"}}}
    newer = {"auths": _auths(), "modules": {MODULE: {**module, **REACH}}}
    name = source.module.name
    return {
        "README.md": README,
        "snmp-0.21.yml": HEAD.format(module=name, versions="up to 0.23") + yaml_text(older),
        "snmp.yml": HEAD.format(module=name, versions="0.24 and newer") + yaml_text(newer),
    }


def _auths() -> dict[str, Any]:
    return {
        f"{MODULE}_v2": {"version": 2, "community": "public"},
        f"{MODULE}_v3": {
            "version": 3, "security_level": "authPriv", "username": "noc",
            "auth_protocol": "SHA256", "password": "a long passphrase",
            "priv_protocol": "AES", "priv_password": "another passphrase",
        },
    }  # fmt: skip


def _walk(source: Source) -> Iterator[str]:
    read = [located.oid for view in source.views for located in (*view.labels, *view.columns)]
    return (at(oid)[1:] for oid in sorted(set(read)))


def _get(source: Source) -> list[str]:
    return [source.oid(name, 0)[1:] for name in SCALARS]


def _metrics(source: Source) -> Iterator[dict[str, Any]]:
    for name in SCALARS:
        located = source.module.objects[name]
        yield {**_metric(located), "oid": source.oid(name, 0)[1:]}
    for view in source.views:
        for located in view.columns:
            yield {
                **_metric(located),
                "indexes": [{"labelname": name, "type": "gauge"} for name in view.index],
                "lookups": list(_lookups(source, view)),
                **_values(located.column),
            }


def _metric(located: Located) -> dict[str, Any]:
    column = located.column
    return {"name": column.name, "oid": at(located.oid)[1:], "type": _type(column), "help": described(column)}


def _type(column: Column) -> str:
    if is_text(column):
        return "DisplayString"
    if column.syntax.labels:
        # Of a state one asks since when it is so; of a kind only which it is.
        return "EnumAsStateSet" if column.name in JUDGED or column.syntax.smi == "TruthValue" else "EnumAsInfo"
    return "counter" if is_counter(column) else "gauge"


def _values(column: Column) -> dict[str, Any]:
    labels = sorted(column.syntax.labels.items(), key=lambda item: item[1])
    return {"enum_values": {number: label for label, number in labels}} if labels else {}


def _lookups(source: Source, view: View) -> Iterator[dict[str, Any]]:
    labels = [(located.column.name, located.oid, view.index) for located in view.labels]
    name = source.module.objects[DEVICE_NAME]
    if view.is_of_devices and name not in view.labels:
        labels.insert(0, (DEVICE_NAME, name.oid, view.index[:1]))
    for label, oid, index in labels:
        yield {"labels": list(index), "labelname": label, "oid": at(oid)[1:], "type": "DisplayString"}


PACK = Pack(
    "prometheus", "Prometheus snmp_exporter (0.21 to 0.23; 0.24 and newer)", "metrics with names as labels", make
)
