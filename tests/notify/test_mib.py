"""The tables of receivers, ours and the standard ones, as they are served."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timezone
from typing import Any

import pytest

from agent.config import NotificationSettings, Settings, SnmpSettings
from agent.mib.build import build
from agent.mib.declaration import Feed, Module
from agent.mib.encoding import Oid, oid, unpacked
from agent.mib.groups.agent import AgentView
from agent.mib.groups.receiver import ReceiverRow
from agent.mib.plan import make_plan
from agent.mib.standard import STANDARD, SelfView, target
from agent.model.delivery import DeliveryRow, DeliveryState, Tally
from tests.notify.notices import MODULE
from tests.support.tools import shared

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def cells(module: Module, view: Any, prefix: Oid) -> dict[tuple[str, Oid], bytes]:
    """Content octets by object name and index, of what is served below a prefix."""
    names = {located.oid: name for name, located in module.objects.items()}
    built, _ = build(make_plan(module), (Feed.AGENT,), view, {})
    return {
        (names[column.oid], unpacked(key)): content
        for column in built
        if column.oid[: len(prefix)] == prefix
        for key, content in zip(column.keys, column.contents, strict=True)
    }


def self_view(receivers: list[dict[str, Any]], **changes: Any) -> SelfView:
    snmp = SnmpSettings.model_validate({"users": [{"name": "noc", "allow_unauthenticated": True}]})
    notifications = NotificationSettings.model_validate({"receivers": receivers, **changes})
    return SelfView(snmp, "", "", (1, 3), b"", 1, notifications=notifications)


RECEIVERS: list[dict[str, Any]] = [
    {"name": "a", "address": "192.0.2.1", "community": "very secret", "timeout_s": 1.5, "retries": 2},
    {"name": "b6", "address": "[2001:db8::1]:1162", "version": "v3", "user": "noc", "kind": "inform"},
    {"name": "c", "address": "nms.example.net:99", "version": "v1", "community": "very secret", "enabled": False},
]


def test_the_standard_tables_say_what_is_configured() -> None:
    served = cells(STANDARD, self_view(RECEIVERS), (1, 3, 6, 1, 6, 3, 12))
    a, b, c = (97,), (98, 54), (99,)
    assert served["snmpTargetAddrTDomain", a] == oid((1, 3, 6, 1, 6, 1, 1))
    assert served["snmpTargetAddrTAddress", a] == bytes((192, 0, 2, 1, 0, 162))
    assert served["snmpTargetAddrTimeout", a] == b"\x00\x96"
    assert served["snmpTargetAddrRetryCount", a] == b"\x02"
    assert served["snmpTargetAddrTagList", b] == b"inform"
    assert served["snmpTargetAddrTDomain", b] == oid((1, 3, 6, 1, 2, 1, 100, 1, 2))
    assert served["snmpTargetAddrTAddress", b] == bytes.fromhex("20010db8000000000000000000000001") + b"\x04\x8a"
    assert served["snmpTargetAddrTAddress", c] == b"nms.example.net:99"
    assert [served["snmpTargetAddrRowStatus", index] for index in (a, b, c)] == [b"\x01", b"\x01", b"\x02"]
    assert {served["snmpTargetAddrStorageType", index] for index in (a, b, c)} == {b"\x05"}
    params = [
        [served[f"snmpTargetParams{name}", index] for name in ("MPModel", "SecurityModel", "SecurityLevel")]
        for index in (a, b, c)
    ]
    assert params == [[b"\x01", b"\x02", b"\x01"], [b"\x03", b"\x03", b"\x01"], [b"\x00", b"\x01", b"\x01"]]
    assert served["snmpTargetParamsSecurityName", b] == b"noc"
    assert not any(b"secret" in content for content in served.values())

    kinds = cells(STANDARD, self_view(RECEIVERS), (1, 3, 6, 1, 6, 3, 13))
    assert kinds["snmpNotifyType", tuple(b"inform")] == b"\x02"
    assert kinds["snmpNotifyTag", tuple(b"trap")] == b"trap"
    assert cells(STANDARD, self_view([]), (1, 3, 6, 1, 6, 3, 13)) == {}


def test_snmp_enable_authen_traps_says_what_is_configured() -> None:
    for enabled, value in ((True, b"\x01"), (False, b"\x02")):
        served = cells(STANDARD, self_view([], enable_authen_traps=enabled), (1, 3, 6, 1, 2, 1, 11))
        assert served["snmpEnableAuthenTraps", (0,)] == value


def test_the_table_of_receivers_says_how_delivery_fares() -> None:
    tally = Tally(sent=7, acknowledged=5, retried=2, dropped=1, superseded=3, filtered=4, withheld=6)
    row = DeliveryRow(
        "nms", "192.0.2.1:162", "v2c", "inform", DeliveryState.PINGING, tally, 2, 1000, "Connection refused", NOW,
        last_sequence=9,
    )  # fmt: skip
    fresh = DeliveryRow("new", "nms", "v1", "trap", DeliveryState.DISABLED, Tally(), 0, 10)
    view = AgentView("", NOW, NOW, Settings(), Counter(), 0, 0, receivers=(ReceiverRow(4, row), ReceiverRow(2, fresh)))
    served = cells(MODULE, view, (*MODULE.root, 1, 22))
    said = {name.removeprefix("lnbReceiver"): content for (name, index), content in served.items() if index == (4,)}
    assert said.pop("LastSent")[:7] == bytes((7, 234, 1, 2, 3, 4, 5))
    assert said == {
        "Name": b"nms", "Address": b"192.0.2.1:162", "Version": b"\x03", "Kind": b"\x03", "State": b"\x03",
        "Sent": b"\x07", "Acknowledged": b"\x05", "Retried": b"\x02", "Dropped": b"\x01", "Superseded": b"\x03",
        "Filtered": b"\x04", "Withheld": b"\x06", "Queue": b"\x02", "QueueLimit": b"\x03\xe8",
        "LastError": b"Connection refused", "LastSequence": b"\x09",
    }  # fmt: skip
    assert ("lnbReceiverLastSent", (2,)) not in served
    assert served["lnbReceiverState", (2,)] == b"\x05"


STANDARD_MODULES: Oid = (1, 3, 6, 1, 6, 3)
ASSIGNMENT = re.compile(
    r"^(\w+)\s+(OBJECT IDENTIFIER|OBJECT-TYPE|MODULE-IDENTITY)\b(.*?)::=\s*\{\s*(\w+)\s+(\d+)\s*\}", re.M | re.S
)
SYNTAX = re.compile(r"SYNTAX\s+(SEQUENCE OF \w+|[\w-]+)\s*(\{.*?\})?", re.S)


@pytest.mark.parametrize(("module", "number"), [("SNMP-TARGET-MIB", 17), ("SNMP-NOTIFICATION-MIB", 5)])
def test_oids_syntaxes_and_enumerations_are_those_of_the_standard_text(module: str, number: int) -> None:
    text = re.sub(r"--.*|\"[^\"]*\"", "", (shared("mibs") / module).read_text(encoding="ascii"))
    text = text.partition(";")[2]  # behind the imports
    nodes = {"snmpModules": STANDARD_MODULES}
    syntaxes: dict[str, tuple[str, str]] = {}
    for name, _, body, parent, arc in ASSIGNMENT.findall(text):
        nodes[name] = (*nodes[parent], int(arc))
        found = SYNTAX.search(body)
        if found:
            syntaxes[name] = found[1], found[2] or ""
    declared = [column for group in target.GROUPS for part in group.parts for column in part.columns]
    checked = [column for column in declared if column.name in nodes]
    assert len(checked) == number
    for column in checked:
        kind, labels = syntaxes[column.name]
        assert STANDARD.objects[column.name].oid == nodes[column.name], column.name
        assert column.syntax.tag == TAGS[kind], column.name
        for label, value in re.findall(r"(\w+)\((\d+)\)", labels):
            assert column.syntax.labels[label] == int(value), column.name


TAGS = {
    "SnmpAdminString": 4, "TDomain": 6, "TAddress": 4, "TimeInterval": 2, "Integer32": 2, "SnmpTagList": 4,
    "SnmpTagValue": 4, "StorageType": 2, "RowStatus": 2, "SnmpMessageProcessingModel": 2, "SnmpSecurityModel": 2,
    "SnmpSecurityLevel": 2, "TestAndIncr": 2, "INTEGER": 2,
}  # fmt: skip
