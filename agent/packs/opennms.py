"""OpenNMS: events with alarms that clear each other, and what to collect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from agent.mib.declaration import Column, Notification
from agent.mib.host.system import LANTIME
from agent.mib.syntax import TRUTH
from agent.model.alarm.kind import AlarmType
from agent.packs.notices import SEVERITIES, of_agent, of_alarms, place
from agent.packs.pack import Pack, Source, at
from agent.packs.selection import SCALARS, View, is_counter, is_text

UEI = "uei.opennms.org/vendor/Meinberg/LANTIME-NORTHBOUND-MIB"
GROUP = "LANTIME"
ALIAS_LIMIT = 19
"""Characters that the name of a data source may have in a round-robin database."""
PROBLEM, RESOLUTION = 1, 2

README = f"""# OpenNMS

**Set**: copy `lantime.events.xml` to `etc/events` and name it in `etc/eventconf.xml` above the catch-all files
(`<event-file>events/lantime.events.xml</event-file>`); copy `datacollection/lantime.xml` to `etc/datacollection` and
add `<include-collection dataCollectionGroup="{GROUP}"/>` to `etc/datacollection-config.xml`. Send
`uei.opennms.org/internal/eventsConfigChange`, and name OpenNMS as a receiver in the agent's configuration.

**See**: an alarm for each of ours, reduced by device, resource and type, with the severity that the agent sent; its end
clears it: `lts1 clk1: Clock is not synchronised (notSynchronized)`, Major, then Cleared. Resource graphs of devices,
clocks, sensors, PTP instances, NTP peers and receivers, for the agent and for contexts added as nodes
(`public@lts1`).
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    return {
        "README.md": README,
        "datacollection/lantime.xml": _text(_collection(source)),
        "lantime.events.xml": _text(_events(source)),
    }


def _text(root: Element) -> str:
    indent(root, "   ")
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{tostring(root, encoding='unicode')}\n"


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    made = SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    made.text = text or None
    return made


# Events


def _events(source: Source) -> Element:
    root = Element("events", xmlns="http://xmlns.opennms.org/xsd/eventconf")
    for notification, kind in of_alarms(source.module):
        _cleared(root, source, notification, kind)
        for severity in sorted(SEVERITIES, key=lambda one: one is not kind.severity):
            matched = {"lnbAlarmCleared": TRUTH.labels["false"], "lnbAlarmSeverity": int(severity)}
            event = _event(root, source, notification, f"/{severity.name.lower()}", matched)
            _say(event, kind, f"{_parm('lnbAlarmText')} ({_parm('lnbAlarmValue')})", severity.name.capitalize())
            _add(event, "alarm-data", reduction_key=_key(source), alarm_type=str(PROBLEM), auto_clean="false")
    for notification in of_agent(source.module):
        event = _event(root, source, notification, "", {})
        _add(event, "descr", notification.description)
        carried = ", ".join(f"{name} %parm[#{number}]%" for number, name in enumerate(notification.objects, 1))
        _add(event, "logmsg", f"{notification.name}: {carried}", dest="logndisplay")
        _add(event, "severity", "Normal")
    return root


def _cleared(root: Element, source: Source, notification: Notification, kind: AlarmType) -> None:
    event = _event(root, source, notification, "/cleared", {"lnbAlarmCleared": TRUTH.labels["true"]})
    _say(event, kind, f"cleared: {_parm('lnbAlarmText')} ({_parm('lnbAlarmValue')})", "Cleared")
    key = _key(source)
    _add(event, "alarm-data", reduction_key=f"{key}:cleared", alarm_type=str(RESOLUTION), clear_key=key,
         auto_clean="false")  # fmt: skip


def _event(root: Element, source: Source, of: Notification, behind: str, matched: Mapping[str, int]) -> Element:
    """An event with its mask; OpenNMS takes a v2 notification apart as RFC 3584 3.1 does."""
    event = _add(root, "event")
    mask = _add(event, "mask")
    for name, value in (("id", source.root), ("generic", "6"), ("specific", str(of.arc))):
        element = _add(mask, "maskelement")
        _add(element, "mename", name)
        _add(element, "mevalue", value)
    for name, number in matched.items():
        varbind = _add(mask, "varbind")
        _add(varbind, "vbnumber", str(place(name)))
        _add(varbind, "vbvalue", str(number))
    _add(event, "uei", f"{UEI}/{of.name}{behind}")
    _add(event, "event-label", f"{source.module.name}: {of.name}{behind}")
    return event


def _say(event: Element, kind: AlarmType, what: str, severity: str) -> None:
    _add(event, "descr", f"{kind.text}. {kind.cause}")
    _add(event, "logmsg", f"{_parm('lnbAlarmDeviceName')} {_parm('lnbAlarmResourceText')}: {what}", dest="logndisplay")
    _add(event, "severity", severity)
    _add(event, "operinstruct", kind.remedy)


def _parm(name: str) -> str:
    return f"%parm[#{place(name)}]%"


def _key(source: Source) -> str:
    """What makes an alarm the same alarm, whatever became of its severity."""
    names = ("lnbAlarmDeviceName", "lnbAlarmResourceText", "lnbAlarmType")
    return ":".join([source.module.name, "%nodeid%", *map(_parm, names)])


# Collection


def _collection(source: Source) -> Element:
    root = Element("datacollection-group", xmlns="http://xmlns.opennms.org/xsd/config/datacollection", name=GROUP)
    views = [view for view in source.views if view.name != "alarm"]  # alarms come and go; they are events here
    for view in views:
        shown = " ".join("${" + alias(one.column.name) + "}" for one in view.labels)
        kind = _add(root, "resourceType", name=_resource(view), label=f"LANTIME {view.name}", resourceLabel=shown)
        collection = "org.opennms.netmgt.collection.support"
        persist = _add(kind, "persistenceSelectorStrategy")
        persist.set("class", f"{collection}.PersistAllSelectorStrategy")
        _add(kind, "storageStrategy").set("class", f"{collection}.IndexStorageStrategy")
    agent = _add(root, "group", name="lantime-agent", ifType="ignore")
    for name in SCALARS:
        _object(agent, source.oid(name), "0", source.module.objects[name].column)
    for view in views:
        group = _add(root, "group", name=f"lantime-{view.name}", ifType="all")
        for one in (*view.labels, *view.columns):
            _object(group, at(one.oid), _resource(view), one.column)
    groups = ["lantime-agent", *(f"lantime-{view.name}" for view in views)]
    _system(root, "LANTIME northbound agent", source.root, groups)
    _system(root, "LANTIME context", at(LANTIME), (f"lantime-{view.name}" for view in views if view.is_of_devices))
    return root


def _resource(view: View) -> str:
    return "lantime" + title_case(view.name)


def title_case(name: str) -> str:
    """NtpPeer of ntp-peer."""
    return "".join(word.capitalize() for word in name.split("-"))


def _object(group: Element, oid: str, instance: str, column: Column) -> None:
    kind = "string" if is_text(column) else "counter" if is_counter(column) else "gauge"
    _add(group, "mibObj", oid=oid, instance=instance, alias=alias(column.name), type=kind)


def _system(root: Element, name: str, sysoid: str, groups: Iterable[str]) -> None:
    system = _add(root, "systemDef", name=name)
    _add(system, "sysoid", sysoid)
    collect = _add(system, "collect")
    for group in groups:
        _add(collect, "includeGroup", group)


def alias(name: str) -> str:
    """The name of a data source: the object's, and where that is too long without vowels inside its words."""
    short = name.removeprefix("lnb")
    return short if len(short) <= ALIAS_LIMIT else re.sub(r"(?<=[a-z])[aeiou](?=[a-z])", "", short)[:ALIAS_LIMIT]


PACK = Pack("opennms", "OpenNMS, Meridian", "alarms that clear each other, performance data", make)
