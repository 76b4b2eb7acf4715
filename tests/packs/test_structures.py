"""Packs of tools that are not installed: their form, and that what they name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from agent.mib.declaration import Located, Table
from agent.mib.groups.alarm import ALARM_OBJECTS
from agent.mib.render import dotted
from agent.model.alarm.catalogue import TYPES
from agent.packs.selection import SCALARS, SELECTIONS
from agent.packs.states import JUDGED
from tests.support.cells import MODULE, OBJECTS
from tests.support.tools import PROJECT

PACKS = PROJECT / "config" / "packs"
ROOT = "." + dotted(MODULE.root)
BY_OID = {f".{dotted(located.oid)}": located for located in OBJECTS.values()}
COLUMNS = {name for one in SELECTIONS for name in one.columns}


def index_size(name: str) -> int:
    part = OBJECTS[name].part
    return len(part.index) if isinstance(part, Table) else 1


def labels_of(name: str) -> dict[int, str]:
    return {number: label for label, number in OBJECTS[name].column.syntax.labels.items()}


# Zabbix

EXPORT = yaml.safe_load((PACKS / "zabbix" / "lantime.yaml").read_text(encoding="utf-8"))["zabbix_export"]
AGENT, DEVICES = EXPORT["templates"]
RULES = [*AGENT["discovery_rules"], *DEVICES["discovery_rules"]]
PROTOTYPES = [item for rule in RULES for item in rule["item_prototypes"]]
ITEMS = [*AGENT["items"], *PROTOTYPES]
TRIGGERS = [trigger for item in ITEMS for trigger in item.get("triggers", ())]
SHARED = {"uuid", "name", "type", "snmp_oid", "key", "delay", "tags", "description"}
ITEM_KEYS = {*SHARED, "value_type", "trends", "units", "valuemap", "preprocessing", "triggers", "logtimefmt"}


def everything(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping within."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from everything(one)


def test_zabbix_every_uuid_has_the_form_of_version_4_and_is_unique() -> None:
    uuids = [one["uuid"] for one in everything(EXPORT) if "uuid" in one]
    assert len(uuids) == len(set(uuids)) > 150
    assert all(re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", one) for one in uuids)


def test_zabbix_the_template_has_what_an_import_demands() -> None:
    assert EXPORT["version"] == "6.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", EXPORT["date"])
    maps = [*AGENT["valuemaps"], *DEVICES["valuemaps"]]
    with_uuid = [*EXPORT["groups"], *EXPORT["templates"], *ITEMS, *RULES, *TRIGGERS, *maps]
    assert all(len(one["uuid"]) == 32 for one in with_uuid)
    for template in (AGENT, DEVICES):
        assert {"name", "template", "description"} <= set(template)
        assert [one["name"] for one in template["groups"]] == [one["name"] for one in EXPORT["groups"]]
        (macro,) = template["macros"]
        assert macro["macro"] == "{$LANTIME.INTERVAL}"


def test_zabbix_what_a_device_has_in_its_context_is_a_template_of_its_own() -> None:
    oids = [oid for rule in DEVICES["discovery_rules"] for oid in rule["snmp_oid"].rstrip("]").split(",")[1::2]]
    assert {BY_OID[oid].part.index[0].name for oid in oids} == {"lnbDeviceIndex"}  # type: ignore[union-attr]
    assert "items" not in DEVICES


def test_zabbix_items_have_known_keys_and_values_and_each_key_once() -> None:
    for item in ITEMS:
        assert set(item) <= ITEM_KEYS
        assert {"uuid", "name", "type", "key", "delay"} <= set(item)
        assert item["type"] in ("SNMP_AGENT", "SNMP_TRAP")
        assert item.get("value_type", "UNSIGNED") in ("UNSIGNED", "FLOAT", "CHAR", "LOG")
        assert len(item["name"]) <= 255
        for step in item.get("preprocessing", ()):
            assert step["type"] in ("MULTIPLIER", "CHANGE_PER_SECOND")
            assert isinstance(step["parameters"], list)
        if item.get("value_type") in ("CHAR", "LOG"):
            assert item["trends"] == "0"
    keys = [item["key"] for item in (*ITEMS, *RULES)]
    assert len(keys) == len(set(keys))


def test_zabbix_a_value_that_may_be_negative_or_is_scaled_is_no_unsigned_one() -> None:
    for item in PROTOTYPES:
        syntax = OBJECTS[item["key"].partition("[")[0]].column.syntax
        if syntax.kind == "number" and (syntax.smi.startswith("Integer32") or "preprocessing" in item):
            assert item["value_type"] == "FLOAT", item["key"]


def test_zabbix_every_value_map_that_is_named_exists_and_has_the_labels_of_its_enumeration() -> None:
    for template in (AGENT, DEVICES):
        maps = {one["name"]: one["mappings"] for one in template["valuemaps"]}
        assert {one["name"] for one in everything(template["discovery_rules"]) if set(one) == {"name"}} == set(maps)
        for name, mappings in maps.items():
            assert {int(one["value"]): one["newvalue"] for one in mappings} == labels_of(name)


def test_zabbix_every_item_asks_for_the_object_its_key_names() -> None:
    for item in PROTOTYPES:
        name = item["key"].partition("[")[0]
        assert BY_OID[item["snmp_oid"].removesuffix(".{#SNMPINDEX}")].column.name == name
    for item in AGENT["items"]:
        if item["type"] == "SNMP_AGENT":
            column, _, instance = item["snmp_oid"].rpartition(".")
            assert BY_OID[column].column.name == item["key"].partition(".")[0]
            assert instance == "0" or item["key"].startswith("lnbAlarmTypeActive.")
    assert {item["key"].partition("[")[0] for item in PROTOTYPES} == COLUMNS


def test_zabbix_discovery_asks_for_columns_and_its_macros_are_those_of_its_prototypes() -> None:
    for rule in RULES:
        assert len(rule["snmp_oid"]) <= 512, "what Zabbix's database holds"
        asked = rule["snmp_oid"].removeprefix("discovery[").removesuffix("]").split(",")
        macros, oids = asked[::2], asked[1::2]
        assert all(re.fullmatch(r"\{#[A-Z0-9_.]+\}", macro) for macro in macros)
        assert all(oid in BY_OID for oid in oids)
        assert [one["macro"] for one in rule["filter"]["conditions"]] == ["{#PRESENT}"]
        for item in rule["item_prototypes"]:
            used = set(re.findall(r"\{#\w+\}", item["name"] + item["key"]))
            assert used <= {*macros, "{#SNMPINDEX}"}
            assert "{#SNMPINDEX}" in item["key"]


def test_zabbix_has_a_problem_for_every_alarm_type_with_its_severity() -> None:
    priorities = {"critical": "DISASTER", "major": "HIGH", "minor": "AVERAGE", "warning": "WARNING"}
    shown = {one["name"]: one for one in TRIGGERS}
    keys = {item["key"] for item in ITEMS}
    assert len(TRIGGERS) == len(shown) == len(TYPES)
    for kind in TYPES:
        trigger = shown[kind.text]
        assert trigger["priority"] == priorities.get(kind.severity.name.lower(), "AVERAGE")
        host, key = re.fullmatch(r"last\(/([^/]+)/([\w.]+)\)>0", trigger["expression"]).groups()  # type: ignore[union-attr]
        assert host == AGENT["template"]
        assert key in keys
        (item,) = [one for one in ITEMS if one["key"] == key]
        assert item["snmp_oid"] == f".{dotted(OBJECTS['lnbAlarmTypeActive'].oid)}.{kind.arc}"


def test_zabbix_the_trap_item_takes_every_notification_of_ours_by_name_and_by_number_and_no_other() -> None:
    (item,) = [one for one in ITEMS if one["type"] == "SNMP_TRAP"]
    pattern = re.fullmatch(r'snmptrap\["(.*)"\]', item["key"])[1]  # type: ignore[index]
    assert '"' not in pattern
    for one in MODULE.notifications:
        assert re.search(pattern, f"snmpTrapOID.0 type=6 value=OID: {MODULE.name}::{one.name}")
        assert re.search(pattern, f"snmpTrapOID.0 type=6 value=OID: .{dotted(MODULE.notification_oid(one))}")
    assert not re.search(pattern, "value=OID: .1.3.6.1.6.3.1.1.5.3")
    assert not re.search(pattern, f"value=STRING: {ROOT}.1.19.2.1.5")


# LibreNMS


@pytest.mark.parametrize(
    ("os", "kind"), [("lantime-agent", ROOT), ("lantime-context", ".1.3.6.1.4.1.5597.30")], ids=["agent", "context"]
)
def test_librenms_an_os_is_recognised_by_the_sysobjectid_of_agent_and_contexts(os: str, kind: str) -> None:
    detection = yaml.safe_load((PACKS / "librenms" / "os_detection" / f"{os}.yaml").read_text())
    assert detection["os"] == os
    assert detection["discovery"] == [{"sysObjectID": [kind]}]
    assert {"text", "type"} <= set(detection)


def discovered() -> list[tuple[str, dict[str, Any]]]:
    """Sensor class and entry, of both definitions, which are the same."""
    texts = {path.read_text() for path in (PACKS / "librenms" / "os_discovery").iterdir()}
    (text,) = texts
    definition = yaml.safe_load(text)
    assert definition["mib"] == MODULE.name
    sensors = definition["modules"]["sensors"]
    return [(kind, entry) for kind, one in sensors.items() if kind != "pre-cache" for entry in one["data"]]


CLASSES = {"state", "delay", "percent", "count", "temperature", "voltage", "current", "power"}


def test_librenms_every_sensor_is_a_column_of_ours_with_a_label_that_is_read_before() -> None:
    text = (PACKS / "librenms" / "os_discovery" / "lantime-agent.yaml").read_text()
    (cached,) = yaml.safe_load(text)["modules"]["sensors"]["pre-cache"]["data"]
    assert all(name in OBJECTS for name in cached["oid"])
    entries = discovered()
    assert {kind for kind, _ in entries} == CLASSES
    for _, entry in entries:
        located = BY_OID[entry["num_oid"].removesuffix(".{{ $index }}")]
        assert entry["value"] == located.column.name
        assert entry["oid"] in (located.column.name, located.part.name)
        assert entry["index"].startswith(f"{located.column.name}.")
        used = re.findall(r"\{\{ \$(\w+) \}\}", entry["descr"])
        assert used
        assert set(used) <= set(cached["oid"])
        for skip in entry.get("skip_values", ()):
            assert OBJECTS[skip["oid"]].part.name == entry["oid"], "it is looked for in the row walked"
            assert skip["value"] in labels_of(skip["oid"])


def test_librenms_every_judged_state_has_all_labels_of_its_enumeration() -> None:
    states = {entry["value"]: entry for kind, entry in discovered() if kind == "state"}
    assert set(states) == set(JUDGED)
    for name, entry in states.items():
        assert entry["state_name"] not in OBJECTS
        assert {one["value"]: one["descr"] for one in entry["states"]} == labels_of(name)
        assert all(one["generic"] in (0, 1, 2, 3) for one in entry["states"])
        by_label = {one["descr"]: one["generic"] for one in entry["states"]}
        assert [by_label[label] for label in JUDGED[name].ok] == [0] * len(JUDGED[name].ok)
        assert [by_label[label] for label in JUDGED[name].critical] == [2] * len(JUDGED[name].critical)
        assert by_label.get("other", 3) == 3


def test_librenms_values_in_nanoseconds_become_seconds_and_those_of_cards_their_unit() -> None:
    for kind, entry in discovered():
        units = OBJECTS[entry["value"]].column.units
        divisor = {"nanoseconds": 1_000_000_000, "thousandths": 1000}.get(units, 1)
        assert entry.get("divisor", 1) == divisor, entry["value"]
        assert (kind == "delay") == (units == "nanoseconds")


# OpenNMS

EVENTCONF = "{http://xmlns.opennms.org/xsd/eventconf}"
COLLECTION = "{http://xmlns.opennms.org/xsd/config/datacollection}"
EVENTS = ElementTree.parse(PACKS / "opennms" / "lantime.events.xml").getroot()
GROUP = ElementTree.parse(PACKS / "opennms" / "datacollection" / "lantime.xml").getroot()
ORDER = ("mask", "uei", "event-label", "descr", "logmsg", "severity", "operinstruct", "alarm-data")
SEVERITIES = {"Critical", "Major", "Minor", "Warning", "Indeterminate", "Normal", "Cleared"}
PARM = re.compile(r"%parm\[#(\d+)\]%")


def text_of(event: ElementTree.Element, tag: str) -> str:
    return event.findtext(EVENTCONF + tag) or ""


def mask(event: ElementTree.Element) -> dict[str, str]:
    elements = event.iter(f"{EVENTCONF}maskelement")
    shown = {one.findtext(f"{EVENTCONF}mename"): one.findtext(f"{EVENTCONF}mevalue") for one in elements}
    for one in event.iter(f"{EVENTCONF}varbind"):
        number = int(one.findtext(f"{EVENTCONF}vbnumber") or "")
        shown[ALARM_OBJECTS[number - 1]] = one.findtext(f"{EVENTCONF}vbvalue")
    return shown  # type: ignore[return-value]


def test_opennms_every_event_has_what_the_schema_demands_in_its_order() -> None:
    assert EVENTS.tag == f"{EVENTCONF}events"
    for event in EVENTS:
        tags = [child.tag.removeprefix(EVENTCONF) for child in event]
        assert tags == [tag for tag in ORDER if tag in tags]
        assert {"mask", "uei", "event-label", "descr", "logmsg", "severity"} <= set(tags)
        assert text_of(event, "severity") in SEVERITIES
        assert {"id": mask(event)["id"], "generic": mask(event)["generic"]} == {"id": ROOT, "generic": "6"}
    ueis = [text_of(event, "uei") for event in EVENTS]
    assert len(ueis) == len(set(ueis))


def test_opennms_every_notification_has_its_events_and_an_alarm_one_for_each_severity_and_its_end() -> None:
    about: dict[int, list[ElementTree.Element]] = {}
    for event in EVENTS:
        about.setdefault(int(mask(event)["specific"]), []).append(event)
    assert set(about) == {one.arc for one in MODULE.notifications}
    numbers = {label: str(number) for number, label in labels_of("lnbAlarmSeverity").items() if label != "cleared"}
    for kind in TYPES:
        shown = {text_of(event, "severity").lower(): mask(event) for event in about[kind.arc]}
        assert shown.pop("cleared")["lnbAlarmCleared"] == "1"
        assert {severity: one["lnbAlarmSeverity"] for severity, one in shown.items()} == numbers
        assert {one["lnbAlarmCleared"] for one in shown.values()} == {"2"}


def test_opennms_the_end_of_an_alarm_clears_what_its_beginning_made() -> None:
    for kind in TYPES:
        events = [one for one in EVENTS if mask(one)["specific"] == str(kind.arc)]
        data = {text_of(one, "severity"): one.find(f"{EVENTCONF}alarm-data") for one in events}
        cleared = data.pop("Cleared")
        assert cleared is not None
        assert cleared.get("alarm-type") == "2"
        assert {one.get("alarm-type") for one in data.values() if one is not None} == {"1"}
        assert {one.get("reduction-key") for one in data.values() if one is not None} == {cleared.get("clear-key")}
        assert cleared.get("reduction-key") != cleared.get("clear-key")
        carried = [ALARM_OBJECTS[int(number) - 1] for number in PARM.findall(cleared.get("clear-key") or "")]
        assert carried == ["lnbAlarmDeviceName", "lnbAlarmResourceText", "lnbAlarmType"]


def test_opennms_texts_name_varbinds_that_the_notification_carries() -> None:
    carried = {one.arc: len(one.objects) for one in MODULE.notifications}
    for event in EVENTS:
        numbers = [int(number) for number in PARM.findall(text_of(event, "logmsg"))]
        assert numbers
        assert max(numbers) <= carried[int(mask(event)["specific"])]


def test_opennms_what_is_collected_exists_and_its_names_fit() -> None:
    kinds = {one.get("name") for one in GROUP.iter(f"{COLLECTION}resourceType")}
    groups = {one.get("name"): list(one) for one in GROUP.iter(f"{COLLECTION}group")}
    aliases: dict[str, str] = {}
    for one in (one for objects in groups.values() for one in objects):
        located: Located = BY_OID[one.get("oid") or ""]
        assert one.get("instance") in (kinds if isinstance(located.part, Table) else {"0"})
        assert one.get("type") in ("gauge", "counter", "string")
        alias = one.get("alias") or ""
        assert 0 < len(alias) <= 19
        assert aliases.setdefault(alias, located.column.name) == located.column.name
    lasting = {name for one in SELECTIONS if one.name != "alarm" for name in (*one.columns, *one.labels)}
    assert set(aliases.values()) == lasting | set(SCALARS)
    included = {one.text for one in GROUP.iter(f"{COLLECTION}includeGroup")}
    assert included == set(groups)
    assert [one.text for one in GROUP.iter(f"{COLLECTION}sysoid")] == [ROOT, ".1.3.6.1.4.1.5597.30"]


# Telegraf


@pytest.fixture
def telegraf() -> dict[str, Any]:
    tomllib = pytest.importorskip("tomllib", reason="tomllib is there from Python 3.11 on")
    return dict(tomllib.loads((PACKS / "telegraf" / "lantime.conf").read_text(encoding="utf-8")))


def test_telegraf_reads_columns_of_ours_under_their_names_and_labels_are_tags(telegraf: dict[str, Any]) -> None:
    (snmp,) = telegraf["inputs"]["snmp"]
    assert {one["name"]: one["oid"] for one in snmp["field"]} == {
        name: f".{dotted(OBJECTS[name].oid)}.0" for name in SCALARS
    }
    assert [one["name"] for one in snmp["table"]] == [f"lantime_{one.name.replace('-', '_')}" for one in SELECTIONS]
    for table, selection in zip(snmp["table"], SELECTIONS, strict=True):
        assert table["index_as_tag"] is True
        fields = {one["name"]: one for one in table["field"]}
        assert {name for name, one in fields.items() if one.get("is_tag")} == set(selection.labels)
        assert set(fields) == {*selection.labels, *selection.columns}
        assert all(BY_OID[one["oid"]].column.name == name for name, one in fields.items())
        assert len({index_size(name) for name in fields}) == 1


def test_telegraf_names_the_labels_of_every_enumeration(telegraf: dict[str, Any]) -> None:
    (enum,) = telegraf["processors"]["enum"]
    mapped = {name: one["value_mappings"] for one in enum["mapping"] for name in one["fields"]}
    assert set(mapped) == {name for name in COLUMNS if OBJECTS[name].column.syntax.labels}
    for name, values in mapped.items():
        assert {int(number): label for number, label in values.items()} == labels_of(name)
    assert enum["namepass"] == ["lantime_*"]
