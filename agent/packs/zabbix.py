"""Zabbix: a template in the export format of 6.0, which later versions import too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from agent.config.dump import yaml_text
from agent.mib.declaration import Column, Located
from agent.model.severity import Severity
from agent.packs.notices import of_alarms
from agent.packs.pack import Pack, Source, at
from agent.packs.selection import SCALARS, View, described, is_counter, is_text, title

AGENT, DEVICES, GROUP = "LANTIME northbound agent", "LANTIME northbound devices", "Templates/LANTIME"
VERSION, DATE = "6.0", "2026-11-27T00:00:00Z"
INTERVAL = "{$LANTIME.INTERVAL}"
PRIORITIES = {
    Severity.CRITICAL: "DISASTER", Severity.MAJOR: "HIGH", Severity.MINOR: "AVERAGE", Severity.WARNING: "WARNING",
    Severity.INDETERMINATE: "AVERAGE",
}  # fmt: skip
UNITS = {
    "": ("", 1), "seconds": ("s", 1), "milliseconds": ("s", 0.001), "percent": ("%", 1), "hundredths": ("", 0.01),
    "thousandths": ("", 0.001), "nanoseconds": ("s", 1e-9), "megabits per second": ("bps", 1e6),
}  # fmt: skip
"""Unit of a column: Zabbix's, and what a value is multiplied by for it."""

README = f"""# Zabbix

**Set**: import `lantime.yaml` (Configuration, Templates, Import; Zabbix 6.0 or newer) and link the template
`{AGENT}` to a host with an SNMP interface: the agent's address and community, or SNMPv3. Link
`{DEVICES}` to the same host for all devices, or to a host of its own for each: the same address, with
the community `public@lts1` or the context `lts1`. `{INTERVAL}` says how often is polled. For notifications:
Zabbix's trap receiver behind snmptrapd (`zabbix_trap_receiver.pl`).

**See**: items found by discovery for devices, slots, sensors, clocks, PTP instances, NTP peers, ports, alarms and
receivers, with labels for states; a problem for each alarm type of which an alarm is active, with the type's severity
and remedy; the item `Notifications` with every notification of ours that came in as a trap.
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    of_devices = [view for view in source.views if view.is_of_devices]
    others = [view for view in source.views if not view.is_of_devices]
    items = [*_scalars(source), *_alarm_types(source), _notifications(source)]
    templates = [
        _template(AGENT, f"lantime-agent itself ({source.module.name}, {source.root}).", items, others),
        _template(DEVICES, "LANTIME time servers seen through lantime-agent, or one in its context.", [], of_devices),
    ]
    export = {
        "version": VERSION,
        "date": DATE,
        "groups": [{"uuid": _uuid("group"), "name": GROUP}],
        "templates": templates,
    }
    return {"README.md": README, "lantime.yaml": yaml_text({"zabbix_export": export})}


def _template(name: str, description: str, items: list[dict[str, Any]], views: list[View]) -> dict[str, Any]:
    return {
        "uuid": _uuid(f"template {name}"),
        "template": name,
        "name": name,
        "description": description,
        "groups": [{"name": GROUP}],
        **({"items": items} if items else {}),
        "discovery_rules": [_rule(view) for view in views],
        "macros": [{"macro": INTERVAL, "value": "1m", "description": "How often values are read."}],
        "valuemaps": list(_valuemaps(views)),
    }


def _uuid(what: str) -> str:
    """32 digits in the form of a version 4 UUID, always the same for the same thing."""
    digits = sha256(f"{GROUP}/{what}".encode()).hexdigest()[:32]
    return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) % 4]}{digits[17:]}"


# Items


def _item(column: Column, key: str, oid: str, name: str, component: str) -> dict[str, Any]:
    return {
        "uuid": _uuid(key),
        "name": name,
        "type": "SNMP_AGENT",
        "snmp_oid": oid,
        "key": key,
        "delay": INTERVAL,
        **_value(column),
        "description": described(column),
        "tags": [{"tag": "component", "value": component}],
    }


def _value(column: Column) -> dict[str, Any]:
    """Type, unit, factor and labels of a value."""
    if is_text(column):
        return {"trends": "0", "value_type": "CHAR"}
    if column.syntax.labels:
        return {"valuemap": {"name": column.name}}
    units, factor = UNITS.get(column.units, (column.units, 1))
    steps = [] if factor == 1 else [{"type": "MULTIPLIER", "parameters": [f"{factor:.10f}".rstrip("0").rstrip(".")]}]
    if is_counter(column):
        steps.append({"type": "CHANGE_PER_SECOND", "parameters": [""]})
    is_whole = not steps and not column.syntax.smi.startswith("Integer32")
    return {
        **({} if is_whole else {"value_type": "FLOAT"}),
        **({"units": units} if units else {}),
        **({"preprocessing": steps} if steps else {}),
    }


def _scalars(source: Source) -> Iterator[dict[str, Any]]:
    for name in SCALARS:
        column = source.module.objects[name].column
        yield _item(column, name, source.oid(name, 0), title(column), "agent")


def _alarm_types(source: Source) -> Iterator[dict[str, Any]]:
    """Per alarm type the number of its active alarms, and a problem while there are some."""
    column = source.module.objects["lnbAlarmTypeActive"].column
    for notification, kind in of_alarms(source.module):
        key = f"{column.name}.{kind.name}"
        item = _item(column, key, source.oid(column.name, kind.arc), f"Active alarms: {kind.name}", "alarm")
        trigger = {
            "uuid": _uuid(f"trigger {notification.name}"),
            "expression": f"last(/{AGENT}/{key})>0",
            "name": kind.text,
            "priority": PRIORITIES[kind.severity],
            "description": f"{kind.cause} {kind.remedy}",
        }
        yield {**item, "triggers": [trigger]}


def _notifications(source: Source) -> dict[str, Any]:
    """Every notification of ours, whether the receiver printed names or digits."""
    types = "|".join(one.name for one in source.module.notifications)
    digits = source.root.replace(".", r"\.")
    key = f'snmptrap["{source.module.name}::({types})|{digits}\\.0\\.[0-9]+"]'
    return {
        "uuid": _uuid("notifications"),
        "name": "Notifications",
        "type": "SNMP_TRAP",
        "key": key,
        "delay": "0",
        "trends": "0",
        "value_type": "LOG",
        "logtimefmt": "yyyyMMdd.hhmmss",
        "tags": [{"tag": "component", "value": "alarm"}],
    }


# Discovery


def _macro(column: Column) -> str:
    return "{#" + column.name.removeprefix("lnb").upper() + "}"


def _rule(view: View) -> dict[str, Any]:
    first = view.columns[0]
    found = [("{#PRESENT}", first), *((_macro(one.column), one) for one in view.labels)]
    row = " ".join(_macro(one.column) for one in view.labels)
    return {
        "uuid": _uuid(f"discovery {view.name}"),
        "name": f"LANTIME {view.name}",
        "type": "SNMP_AGENT",
        "snmp_oid": f"discovery[{','.join(f'{macro},{at(one.oid)}' for macro, one in found)}]",
        "key": f"lantime.discovery[{view.name}]",
        "delay": "1h" if view.name != "alarm" else INTERVAL,
        # Labels may stand in rows that this view has not; its first column says which it has.
        "filter": {"conditions": [{"macro": "{#PRESENT}", "operator": "EXISTS", "formulaid": "A"}]},
        **({"lifetime": "0"} if view.name == "alarm" else {}),
        "item_prototypes": [_prototype(one, row, view.name) for one in view.columns],
    }


def _prototype(located: Located, row: str, component: str) -> dict[str, Any]:
    column = located.column
    name = f"{row} [{{#SNMPINDEX}}]: {title(column)}"
    return _item(column, f"{column.name}[{{#SNMPINDEX}}]", at(located.oid) + ".{#SNMPINDEX}", name, component)


def _valuemaps(views: Iterable[View]) -> Iterator[dict[str, Any]]:
    for column in _enumerations(views):
        labels = sorted(column.syntax.labels.items(), key=lambda item: item[1])
        mappings = [{"value": str(number), "newvalue": label} for label, number in labels]
        yield {"uuid": _uuid(f"valuemap {column.name}"), "name": column.name, "mappings": mappings}


def _enumerations(views: Iterable[View]) -> list[Column]:
    return [one.column for view in views for one in view.columns if one.column.syntax.labels]


PACK = Pack(
    "zabbix", "Zabbix 6.0 and newer", "items by discovery, labels, a problem for each type of active alarm", make
)
