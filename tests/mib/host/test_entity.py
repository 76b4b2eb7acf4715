"""ENTITY-MIB, ENTITY-SENSOR-MIB and ENTITY-STATE-MIB from chassis, slots, modules, ports and sensors."""

from __future__ import annotations

from typing import Any

import pytest

from agent.mib.encoding import Oid
from agent.mib.host.logical import own_address
from tests.mib.host.hosts import Cells, Watched, answers, host, instance_of, labelled, numbers, slot, texts_in

SENSOR_LIMIT = 1_000_000_000


def entity(cells: Cells, name: str) -> Oid:
    return instance_of(cells, "entPhysicalName", name)


def containers(cells: Cells, name: str) -> list[str]:
    """Names of what an entity is in, from near to far."""
    names, within = texts_in(cells, "entPhysicalName"), numbers(cells, "entPhysicalContainedIn")
    found, at = [], within[entity(cells, name)]
    while at:
        found.append(names[at,])
        at = within[at,]
    return found


def test_a_port_is_in_a_module_in_a_slot_in_the_chassis() -> None:
    cells = host(answers())
    assert containers(cells, "lan0") == ["cpu c15g2", "cpu", "chassis0"]
    assert containers(cells, "io1 port") == ["io1 hps100", "io1", "chassis0"]
    assert containers(cells, "io1 temperature-1") == ["io1 hps100", "io1", "chassis0"]


def test_classes_are_those_of_the_mib() -> None:
    cells = host(answers())
    classes = labelled(cells, "entPhysicalClass")
    wanted = {
        "chassis0": "chassis", "io1": "container", "io1 hps100": "module", "pwr1 psu": "powerSupply",
        "cpu c15g2": "cpu", "lan0": "port", "io3 output0": "port", "io1 temperature-1": "sensor",
    }  # fmt: skip
    assert {name: classes[entity(cells, name)] for name in wanted} == wanted


def test_rfc6933_contained_in_and_the_table_of_what_contains_what_say_the_same() -> None:
    cells = host(answers())
    within = {(parent, child) for (child,), parent in numbers(cells, "entPhysicalContainedIn").items() if parent}
    assert set(cells["entPhysicalChildIndex"]) == within


def test_an_empty_slot_is_a_container_with_room() -> None:
    cells = host(answers())
    assert not [name for name in texts_in(cells, "entPhysicalName").values() if name.startswith("esi2 ")]
    usage = labelled(cells, "entStateUsage")
    assert (usage[entity(cells, "esi2")], usage[entity(cells, "io1")]) == ("idle", "busy")


def test_modules_have_model_serial_and_revision_and_can_be_replaced() -> None:
    cells = host(answers())
    module = slot(answers(), "io1")["module"]["info"]
    key = entity(cells, "io1 hps100")
    texts = [texts_in(cells, f"entPhysical{one}")[key] for one in ("ModelName", "SerialNum", "FirmwareRev", "MfgName")]
    assert texts == [module["model"], module["serial-number"].strip(), module["software-revision"], "Meinberg"]
    replaceable = labelled(cells, "entPhysicalIsFRU")
    assert (replaceable[key], replaceable[entity(cells, "io1")]) == ("true", "false")


def test_slots_are_placed_by_their_column() -> None:
    cells = host(answers())
    assert numbers(cells, "entPhysicalParentRelPos")[entity(cells, "io1")] == 12
    assert numbers(cells, "entPhysicalParentRelPos")[entity(cells, "chassis0")] == -1


def test_a_port_that_the_unit_does_not_have_is_no_entity() -> None:
    names = texts_in(host(answers("api20-m3000")), "entPhysicalName").values()
    assert "lan0" in names
    assert "lan2" not in names


def test_ports_are_mapped_to_their_interfaces() -> None:
    cells = host(answers())
    lan, interface = entity(cells, "lan0")[0], instance_of(cells, "ifName", "lan0")[0]
    assert cells["entAliasMappingIdentifier"][lan, 0] == bytes((43, 6, 1, 2, 1, 2, 2, 1, 1, interface))
    assert len(cells["entAliasMappingIdentifier"]) == 4


def test_each_child_context_and_the_ntp_daemon_are_logical_entities() -> None:
    engine = bytes.fromhex("80001f8880aabbccdd")
    cells = Watched(engine).read(answers())
    contexts = {text: key for key, text in texts_in(cells, "entLogicalContextName").items()}
    assert {"m3000", "m3000/ptp1", "m3000/ptp4", "m3000/node1"} <= contexts.keys()
    assert set(cells["entLogicalContextEngineID"].values()) == {engine}
    assert texts_in(cells, "entLogicalDescr")[contexts["m3000/ptp1"]] == "PTPv2 instance io1/instance0"
    assert cells["entLogicalType"][contexts["m3000/ptp1"]] == bytes((43, 6, 1, 2, 1, 0x81, 0x71))  # PTPBASE-MIB
    assert "entLogicalTAddress" not in cells


def test_each_logical_entity_has_the_devices_own_address_beside_its_context() -> None:
    cells = Watched(listen=["192.0.2.110:161"]).read(answers())
    assert cells["entLogicalTAddress"].keys() == cells["entLogicalContextName"].keys()
    assert set(cells["entLogicalTAddress"].values()) == {bytes((192, 0, 2, 110, 0, 161))}
    assert set(cells["entLogicalTDomain"].values()) == {bytes((43, 6, 1, 6, 1, 1))}


def test_a_logical_entity_runs_on_its_module_and_port() -> None:
    cells = host(answers())
    instance = instance_of(cells, "entLogicalContextName", "m3000/ptp1")[0]
    daemon = instance_of(cells, "entLogicalContextName", "m3000")[0]
    pairs = set(cells["entLPPhysicalIndex"])
    assert {(instance, entity(cells, "io1 hps100")[0]), (instance, entity(cells, "io1 port")[0])} <= pairs
    assert (daemon, entity(cells, "cpu c15g2")[0]) in pairs


class _Listening:
    def __init__(self, *listen: str) -> None:
        self.listen = listen


@pytest.mark.parametrize(
    ("listen", "domain", "address"),
    [
        ("192.0.2.1:161", (1, 3, 6, 1, 6, 1, 1), bytes((192, 0, 2, 1, 0, 161))),
        ("[2001:db8::1]:1161", (1, 3, 6, 1, 2, 1, 100, 1, 2), bytes.fromhex("20010db8" + "00" * 11 + "01" + "0489")),
    ],
)
def test_an_address_of_a_devices_own_is_a_transport_address(listen: str, domain: Oid, address: bytes) -> None:
    assert own_address(_Listening(listen)) == (domain, address)


def test_an_address_that_stands_for_all_is_none_of_a_devices_own() -> None:
    assert own_address(_Listening("0.0.0.0:161")) is None
    assert own_address(object()) is None


def sensor(cells: Cells, name: str) -> dict[str, Any]:
    key = entity(cells, name)
    return {
        "type": labelled(cells, "entPhySensorType")[key],
        "scale": labelled(cells, "entPhySensorScale")[key],
        "precision": numbers(cells, "entPhySensorPrecision")[key],
        "value": numbers(cells, "entPhySensorValue").get(key),
        "status": labelled(cells, "entPhySensorOperStatus")[key],
    }


def test_a_temperature_is_tenths_of_a_degree() -> None:
    documents = answers()
    slot(documents, "io1")["module"]["info"]["sensors"]["temperature-1"] = 41.5
    assert sensor(host(documents), "io1 temperature-1") == {
        "type": "celsius", "scale": "units", "precision": 1, "value": 415, "status": "ok",
    }  # fmt: skip


def test_a_sensor_without_a_reading_is_unavailable_and_has_no_value() -> None:
    documents = answers()
    slot(documents, "io1")["module"]["info"]["sensors"]["temperature-1"] = 0.0  # how a device writes no reading
    found = sensor(host(documents), "io1 temperature-1")
    assert (found["status"], found["value"], found["precision"]) == ("unavailable", None, 1)


def test_rfc3433_a_truth_value_is_1_or_2() -> None:
    documents = answers()
    assert sensor(host(documents), "clk1 antenna connected")["value"] == 1
    slot(documents, "clk1")["module"]["gns"]["antenna"]["connected"] = False
    assert sensor(host(documents), "clk1 antenna connected")["value"] == 2


def test_rfc3433_a_value_beyond_a_thousand_million_is_absent() -> None:
    documents = answers()
    slot(documents, "io1")["module"]["info"]["sensors"]["temperature-1"] = 1e9
    assert sensor(host(documents), "io1 temperature-1")["value"] is None
    slot(documents, "io1")["module"]["info"]["sensors"]["temperature-1"] = 1e8
    assert sensor(host(documents), "io1 temperature-1")["value"] == SENSOR_LIMIT


def test_an_external_oscillator_that_gives_no_reading_is_not_there() -> None:
    shelf: dict[str, Any] = {
        "object-id": "clk1",
        "xhe-sys-status": {"temperature-sensors": {"cell": 0.0, "lamp": 61.0}},
    }
    documents = answers()
    documents["status"]["data"]["chassis-xhe"] = [shelf]
    names = texts_in(host(documents), "entPhysicalName").values()
    assert "clk1 lamp" in names
    assert "clk1 cell" not in names


def test_readings_are_as_old_as_the_poll_and_go_when_the_device_is_down() -> None:
    documents, device = answers(), Watched()
    device.read(documents, seconds=10)
    cells = device.read(documents, seconds=20)
    key = entity(cells, "io1 temperature-1")
    assert numbers(cells, "entPhySensorValueTimeStamp")[key] == 3000
    assert numbers(cells, "entPhySensorValueUpdateRate")[key] == 30_000
    down = device.lose(3600)
    assert "entPhySensorValue" not in down
    assert labelled(down, "entPhySensorOperStatus")[key] == "unavailable"
    assert texts_in(down, "entPhysicalName")[key] == "io1 temperature-1"


def test_the_clock_that_is_followed_provides_service_and_the_other_stands_by() -> None:
    cells = host(answers())
    standby, usage = labelled(cells, "entStateStandby"), labelled(cells, "entStateUsage")
    first, second, card = (entity(cells, name) for name in ("clk1 gns183", "clk2 gps180", "io1 hps100"))
    assert (standby[first], usage[first]) == ("providingService", "active")
    assert (standby[second], usage[second]) == ("hotStandby", "idle")
    assert (standby[card], usage[card]) == ("unknown", "unknown")


def alarm(cells: Cells, name: str) -> int:
    return cells["entStateAlarm"][entity(cells, name)][0]


def test_rfc4268_what_is_wrong_is_told_in_bits() -> None:
    documents = answers()
    slot(documents, "clk1")["module"]["sync-status"]["clock-status"]["clock"] = "not-synchronized"
    slot(documents, "clk2")["module"]["sync-status"]["clock-status"]["clock"] = "holdover"
    slot(documents, "pwr1")["module"]["power-available"] = False
    cells = host(documents)
    assert alarm(cells, "clk1 gns183") == 0x10  # major(3)
    assert alarm(cells, "clk2 gps180") == 0x08  # minor(4)
    assert alarm(cells, "pwr1 psu") == 0x10
    assert alarm(cells, "pwr2 psu") == 0
    oper = labelled(cells, "entStateOper")
    assert (oper[entity(cells, "pwr1 psu")], oper[entity(cells, "pwr2 psu")]) == ("disabled", "enabled")


def test_the_chassis_has_the_alarms_of_the_devices_own_events() -> None:
    documents = answers()
    for event in documents["status"]["data"]["notification"]["events"]:
        event["triggered"] = int(event["object-id"] in ("ntp-stopped", "antenna-faulty"))
    assert alarm(host(documents), "chassis0") == 0x20 | 0x10  # critical(2), major(3)


def test_a_change_of_state_has_the_time_it_was_seen_at() -> None:
    documents, device = answers(), Watched()
    key = entity(device.read(documents), "pwr1 psu")
    slot(documents, "pwr1")["module"]["power-available"] = False
    changed = device.read(documents, seconds=90)["entStateLastChanged"]
    assert changed[key][4:7] == bytes((12, 1, 30))
    assert changed[entity(device.read(documents), "pwr2 psu")][4:7] == bytes((12, 0, 0))


def test_a_module_that_is_pulled_goes_and_comes_back_with_the_same_number() -> None:
    documents, device = answers(), Watched()
    key = entity(device.read(documents), "io1 hps100")
    module = slot(documents, "io1").pop("module")
    pulled = device.read(documents, seconds=60)
    assert key not in pulled["entPhysicalName"]
    assert numbers(pulled, "entLastChangeTime") == {(0,): 6000}
    assert "m3000/ptp1" in texts_in(pulled, "entLogicalContextName").values()  # its context stays for the hold
    slot(documents, "io1")["module"] = module
    assert entity(device.read(documents, seconds=60), "io1 hps100") == key


def test_nothing_changed_where_only_states_did() -> None:
    documents, device = answers(), Watched()
    device.read(documents)
    slot(documents, "pwr1")["module"]["power-available"] = False
    assert numbers(device.read(documents, seconds=60), "entLastChangeTime") == {(0,): 0}
