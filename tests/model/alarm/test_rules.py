"""Each rule, seen through the simulated device's own documents and the real declarations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.mib.module import northbound
from agent.mib.plan import make_plan
from agent.model.alarm.finding import Condition
from agent.model.health import CredentialState, DeviceState, RestState
from agent.model.severity import Severity
from agent.sim import SimSpec
from tests.support.scenes import UP, Scenery, calm, findings

EVERY_GENERATION = pytest.mark.parametrize("generation", [8, 10, 20])


def edited(*path: str | int, to: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change of the document at one place."""

    def edit(root: dict[str, Any]) -> dict[str, Any]:
        node: Any = root
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = to
        return root

    return edit


def slot(root: dict[str, Any], name: str) -> Any:
    slots = root["status"]["chassis0"]["slots"]
    return next(one for one in slots if one.get("slot-id", one.get("object-id")) == name)


@EVERY_GENERATION
def test_a_healthy_device_raises_only_what_its_document_says_is_wrong(generation: int) -> None:
    device = calm(generation=generation)
    expected = {"syncmonNodeAlert"} | ({"powerSupplyLost"} if generation != 8 else set())
    assert {alarm.alarm_type for alarm in device.table.active.values()} == expected
    assert device.poll() == []


@EVERY_GENERATION
@pytest.mark.parametrize(
    ("fault", "parameters", "alarm_type", "resources"),
    [
        ("clock-unsync", {}, "clockNotSynchronized", {"", "clk1"}),
        ("clock-unsync", {"state": "holdover"}, "clockHoldover", {"", "clk1"}),
        ("clock-unsync", {}, "ntpNotSynchronized", {""}),
        ("antenna-fault", {}, "antennaFault", {"clk1"}),
        ("antenna-fault", {"state": "short-circuit"}, "antennaFault", {"clk1"}),
        ("link-down", {"port": "lan0"}, "networkLinkDown", {"lan0"}),
        ("link-down", {"port": "io1"}, "networkLinkDown", {"io1/instance0", "io1/instance1"}),
        ("card-pulled", {"slot": "io1"}, "slotEmptied", {"io1"}),
        ("event", {"event": "ntp-stopped"}, "deviceEvent", {"event/ntp-stopped"}),
    ],
)
def test_what_a_fault_raises_is_cleared_when_the_fault_is_over(
    generation: int, fault: str, parameters: dict[str, Any], alarm_type: str, resources: set[str]
) -> None:
    device = calm(generation=generation)
    device.faults.set(fault, **parameters)
    raised = device.changes(alarm_type, device.poll())
    assert {(news, resource) for news, resource in raised if resource in resources} == {
        ("raise", resource) for resource in resources
    }
    assert device.changes(alarm_type, device.poll()) == []

    device.faults.clear()
    cleared = device.changes(alarm_type, device.poll())
    assert {("clear", resource) for resource in resources} <= set(cleared)


def test_the_devices_own_word_for_the_antenna_counts_and_a_raw_code_without_known_meaning_does_not() -> None:
    for generation, expected in ((10, {"", "clk1"}), (8, {"clk1"})):
        device = calm(generation=generation)
        device.faults.set("antenna-fault")
        device.poll()
        assert set(device.active("antennaFault")) == expected


def test_a_power_supply_that_loses_its_mains_is_lost_and_no_pulled_module() -> None:
    device = calm()
    device.faults.set("psu-lost", slot="pwr2")
    transitions = device.poll()
    assert device.changes("powerSupplyLost", transitions) == [("raise", "pwr2")]
    assert device.changes("slotEmptied", transitions) == []


def test_a_power_supply_that_was_pulled_is_lost_until_it_is_back() -> None:
    device = calm()

    def pull(root: dict[str, Any]) -> dict[str, Any]:
        slot(root, "pwr2").pop("module")
        return root

    device.edit = pull
    assert device.changes("powerSupplyLost", device.poll()) == [("raise", "pwr2")]
    assert device.changes("powerSupplyLost", device.poll()) == []
    device.edit = lambda root: root
    assert device.changes("powerSupplyLost", device.poll()) == [("clear", "pwr2")]


def test_a_pulled_card_names_what_was_there_and_leaves_its_instances_alarms_unknown() -> None:
    device = calm()
    device.faults.set("link-down", port="io1")
    device.poll()
    device.faults.set("card-pulled", slot="io1")
    transitions = device.poll()
    (emptied,) = [one.alarm for one in transitions if one.alarm.alarm_type == "slotEmptied"]
    assert emptied.value == "hps100"
    assert device.changes("networkLinkDown", transitions) == []
    assert set(device.active("networkLinkDown")) == {"io1/instance0", "io1/instance1"}


def test_a_slot_that_was_empty_from_the_start_is_no_alarm_unless_a_card_is_expected_there() -> None:
    assert calm().active("slotEmptied") == {}
    pulled = Scenery(slots={"io1": "HPS"})
    pulled.faults.set("card-pulled", slot="io1")
    pulled.poll()
    assert set(pulled.active("slotEmptied")) == {"io1"}


def test_a_card_of_another_family_than_expected_is_a_module_fault() -> None:
    device = Scenery(slots={"io1": "GNS", "io9": None})
    device.poll()
    assert device.active("moduleFault") == {"io1": "Module is not of the family expected"}


def test_another_module_in_the_slot_is_told_once_and_is_over_by_age() -> None:
    device = calm(rules={"moduleChanged": {"clear_after_s": 600}})
    device.faults.set("card-replaced", slot="io1", model="psx210")
    assert device.changes("moduleChanged", device.poll()) == [("raise", "io1")]
    assert device.changes("moduleChanged", device.poll()) == []
    assert device.changes("moduleChanged", device.poll(600)) == [("clear", "io1")]


def test_a_replugged_card_is_no_changed_module() -> None:
    device = calm()
    device.faults.set("card-pulled", slot="io1")
    device.poll()
    device.faults.clear("card-pulled")
    assert device.changes("moduleChanged", device.poll()) == []


def temperature(value: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def edit(root: dict[str, Any]) -> dict[str, Any]:
        sensors = slot(root, "clk1")["module"]["info"]["sensors"]
        name = next(iter(sensors)) if isinstance(sensors, dict) else 0
        if isinstance(sensors[name], dict):
            sensors[name]["value"] = value
        else:
            sensors[name] = value
        return root

    return edit


def test_a_temperature_is_out_of_range_above_its_limit_and_over_below_the_dead_band() -> None:
    device = calm(rules={"temperatureOutOfRange": {"high_c": 70, "band_c": 5}})
    for value, expected in ((70.0, []), (70.5, ["raise"]), (66.0, []), (69.0, []), (65.0, ["clear"])):
        device.edit = temperature(value)
        news = [one for one, _ in device.changes("temperatureOutOfRange", device.poll())]
        assert news == expected, value


def test_a_temperature_below_its_lowest_says_so() -> None:
    device = calm(rules={"temperatureOutOfRange": {"low_c": 5}})
    device.edit = temperature(-3.5)
    device.poll()
    assert list(device.active("temperatureOutOfRange").values()) == ["Temperature below 5 C"]


def test_a_temperature_the_device_does_not_measure_is_unknown() -> None:
    device = calm(rules={"temperatureOutOfRange": {"low_c": 5}})
    device.edit = temperature(0.0)
    look = device.look()
    assert findings(look, "temperatureOutOfRange")["clk1/temperature-1"] is Condition.UNKNOWN


def test_a_limit_of_a_device_holds_for_that_device() -> None:
    assert calm().active("temperatureOutOfRange") == {}
    assert calm(rules={"temperatureOutOfRange": {"high_c": 30}}).active("temperatureOutOfRange") != {}


def test_a_port_state_that_changes_is_told_each_time() -> None:
    device = calm()
    device.faults.set("ptp-port-state", slot="io1", instance=0, state="passive")
    assert device.changes("ptpPortStateChanged", device.poll()) == [("raise", "io1/instance0")]
    device.faults.set("ptp-port-state", slot="io1", instance=0, state="faulty")
    assert device.changes("ptpPortStateChanged", device.poll()) == [("change", "io1/instance0")]


def test_a_port_state_is_unexpected_once_it_has_lasted() -> None:
    device = calm(rules={"ptpPortUnexpected": {"raise_after_s": 60}})
    device.faults.set("ptp-port-state", slot="io1", instance=1, state="listening")
    assert device.changes("ptpPortUnexpected", device.poll(30)) == []
    assert device.changes("ptpPortUnexpected", device.poll(30)) == []
    assert device.changes("ptpPortUnexpected", device.poll(30)) == [("raise", "io1/instance1")]
    assert device.active("ptpPortUnexpected") == {"io1/instance1": "PTP port state is not slave"}


def test_configured_port_states_replace_those_of_the_role() -> None:
    device = calm(rules={"ptpPortUnexpected": {"states": ["master"], "raise_after_s": 0}})
    assert set(device.active("ptpPortUnexpected")) == {"io1/instance1", "io2/instance1"}


def test_the_port_states_that_can_be_configured_are_those_of_the_mib() -> None:
    from agent.mib.groups.ptp import PORT_STATE
    from agent.model.alarm.rules.ptp import PORT_STATES

    assert set(PORT_STATES) == set(PORT_STATE.labels) - {"other"}


def test_another_grandmaster_is_told_with_its_identity() -> None:
    device = calm()
    device.faults.set("grandmaster-change", slot="io1", instance=1)
    (told,) = [one.alarm for one in device.poll() if one.alarm.alarm_type == "ptpGrandmasterChanged"]
    assert told.resource == "io1/instance1"
    assert device.facts().at("lnbPtpGmIdentity", told.key) == told.value


@pytest.mark.parametrize(
    ("alarm_type", "member"), [("ptpOffsetHigh", "offset-from-master"), ("ptpDelayHigh", "mean-path-delay")]
)
def test_an_offset_or_delay_over_its_limit_is_raised_and_over_below_the_band(alarm_type: str, member: str) -> None:
    device = calm(rules={alarm_type: {"limit_ns": 5000, "band_ns": 1000, "raise_after_s": 0}})
    already = set(device.active(alarm_type))

    def set_to(value: Any) -> None:
        def edit(root: dict[str, Any]) -> dict[str, Any]:
            slot(root, "io2")["module"]["ptp-instances"][1]["current-ds"][member] = value
            return root

        device.edit = edit

    assert "io2/instance1" not in already
    for value, news in ((-5001, ["raise"]), (4500, []), (4000, ["clear"]), (9_000_000_000, ["raise"])):
        set_to(value)
        told = device.changes(alarm_type, device.poll())
        assert [one for one, resource in told if resource == "io2/instance1"] == news, value


def test_clients_near_the_limit_of_a_card_are_a_warning() -> None:
    device = calm(spec=SimSpec(hps_cards=1, instances=2, clients=1901))
    assert device.active("ptpClientsNearLimit") == {"io1/instance0": "PTP unicast clients near the card's limit"}


def test_an_unreachable_and_an_alarming_node_differ_in_text() -> None:
    assert set(calm().active("syncmonNodeAlert").values()) == {
        "SyncMon node client-2.example.net is beyond its limit", "SyncMon node client-3.example.net cannot be reached",
    }  # fmt: skip


def test_two_nodes_of_the_same_name_are_two_resources() -> None:
    device = Scenery()

    def same_names(root: dict[str, Any]) -> dict[str, Any]:
        for node in root["status"]["syncmon"]["nodes"]:
            node["name"] = "twin"
        return root

    device.edit = same_names
    device.poll()
    assert len(device.active("syncmonNodeAlert")) == 2
    assert device.changes("syncmonNodeAlert", device.poll()) == []


def test_a_port_without_link_that_nothing_stands_on_is_no_alarm() -> None:
    device = calm(generation=20)
    links = device.facts().rows("lnbNetPortLink")
    assert False in links.values()
    assert device.active("networkLinkDown") == {}


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        ("ntp-stopped", Severity.CRITICAL),
        ("fan-failure", Severity.MAJOR),
        ("low-system-resources", Severity.WARNING),
    ],
)
def test_an_event_has_the_severity_of_its_type(event: str, severity: Severity) -> None:
    device = calm()
    device.faults.set("event", event=event)
    (raised,) = device.poll()
    assert (raised.alarm.resource, raised.alarm.severity) == (f"event/{event}", severity)


def test_an_event_of_type_info_or_action_and_an_ignored_one_is_no_alarm() -> None:
    device = calm(rules={"deviceEvent": {"ignored": ["fan-failure"]}})
    for event in ("cluster-master-changed", "fan-failure"):
        device.faults.set("event", event=event)
    assert device.poll() == []


def test_an_event_that_came_and_went_between_two_polls_is_raised_and_cleared() -> None:
    device = calm()
    device.faults.set("event", event="fan-failure")
    device.faults.clear()
    device.device._mark("fan-failure", 0, device.now)  # as the device shows it: not triggered, but lately
    assert device.changes("deviceEvent", device.poll()) == [("raise", "event/fan-failure")]
    assert device.changes("deviceEvent", device.poll()) == [("clear", "event/fan-failure")]


def test_a_changed_configuration_is_told_by_the_devices_own_event() -> None:
    device = calm()
    device.faults.set("event", event="device-configuration-changed", triggered=0)
    assert device.changes("deviceConfigChanged", device.poll()) == [("raise", "")]
    assert device.changes("deviceConfigChanged", device.poll()) == []


def test_a_restarted_device_is_told_by_its_uptime() -> None:
    device = calm()
    device.faults.set("reboot", seconds=0.0)
    assert device.changes("deviceRebooted", device.poll()) == [("raise", "")]
    assert device.changes("deviceRebooted", device.poll()) == []


def test_the_first_poll_says_nothing_about_changes() -> None:
    device = Scenery()
    changed = {"deviceRebooted", "deviceConfigChanged", "moduleChanged", "ptpPortStateChanged"}
    assert changed.isdisjoint(one.alarm.alarm_type for one in device.poll())


def test_an_oscillator_that_is_not_warmed_up_is_a_warning_and_an_unknown_word_is_none() -> None:
    device = calm()
    place = ("status", "system", "sync-status", "clock-status", "oscillator")
    device.edit = edited(*place, to="not-warmed-up")
    assert device.changes("oscillatorFault", device.poll()) == [("raise", "")]
    device.edit = edited(*place, to="beyond-words")
    assert device.poll() == []
    device.edit = lambda root: root
    assert device.changes("oscillatorFault", device.poll()) == [("clear", "")]


def test_while_a_device_is_stale_or_down_its_cells_neither_raise_nor_clear() -> None:
    device = calm()
    device.faults.set("clock-unsync")
    device.poll()
    active = set(device.table.active)
    device.faults.clear()
    for state in (DeviceState.STALE, DeviceState.DOWN):
        device.health = replace(UP, state=state, failures=1, reason="timedOut")
        assert device.poll() == []
    assert set(device.table.active) == active


def test_a_device_is_unreachable_after_some_failures_and_back_with_a_good_poll() -> None:
    device = calm(rules={"deviceUnreachable": {"failures": 2}})
    device.health = replace(UP, state=DeviceState.STALE, failures=1, reason="timedOut", detail="no answer")
    assert device.poll() == []
    device.health = replace(device.health, failures=2)
    (raised,) = device.poll()
    assert (raised.alarm.alarm_type, raised.alarm.value) == ("deviceUnreachable", "no answer")
    device.health = UP
    assert device.changes("deviceUnreachable", device.poll()) == [("clear", "")]


@pytest.mark.parametrize(
    ("alarm_type", "health"),
    [
        ("credentialsRejected", {"credentials": CredentialState.REJECTED, "reason": "credentialsRejected"}),
        ("restApiDisabled", {"rest": RestState.DISABLED, "reason": "restDisabled"}),
        ("unsupportedVersion", {"rest": RestState.UNSUPPORTED, "reason": "unsupportedVersion"}),
    ],
)
def test_a_refusal_has_an_alarm_of_its_own_and_is_not_unreachable(alarm_type: str, health: dict[str, Any]) -> None:
    device = calm()
    device.health = replace(UP, state=DeviceState.DOWN, failures=9, **health)
    assert [one.alarm.alarm_type for one in device.poll()] == [alarm_type]
    device.health = replace(UP, credentials=CredentialState.ACCEPTED, rest=RestState.OK)
    assert device.changes(alarm_type, device.poll()) == [("clear", "")]


def test_an_overlay_moves_what_a_rule_looks_at() -> None:
    plan = make_plan(northbound(), {"lnbSyncClockState": ("elsewhere.state",)})
    device = calm(plan=plan)
    assert device.active("clockNotSynchronized") == {}
    device.edit = edited("status", "system", "sync-status", "elsewhere", to={"state": "not-synchronized"})
    assert device.changes("clockNotSynchronized", device.poll()) == [("raise", "")]


def test_a_rule_that_is_switched_off_raises_nothing_and_ends_what_it_raised() -> None:
    device = calm()
    assert device.active("powerSupplyLost") != {}
    off = device.settings.model_copy(
        update={"alarms": type(device.settings.alarms).model_validate({"powerSupplyLost": {"enabled": False}})}
    )
    device.settings = off
    (cleared,) = device.poll()
    assert cleared.alarm.text == "Power supply lost (no longer watched)"
    assert device.poll() == []


def test_a_resource_that_is_no_longer_listed_is_cleared_after_a_while() -> None:
    device = calm()

    def without_nodes(root: dict[str, Any]) -> dict[str, Any]:
        root["status"]["ntp"] = []
        return root

    device.faults.set("clock-unsync")
    device.poll()
    device.edit = without_nodes
    assert device.changes("ntpNotSynchronized", device.poll(200)) == []
    assert device.changes("ntpNotSynchronized", device.poll(200)) == []
    (cleared,) = [one for one in device.poll(200) if one.alarm.alarm_type == "ntpNotSynchronized"]
    assert cleared.alarm.text == "NTP is not synchronised (no longer there)"
