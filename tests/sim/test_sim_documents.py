"""The documents a simulated device answers with."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.sim import SimSpec, build_configuration, build_status
from agent.sim.chassis import FAMILY_OF_MODEL
from agent.sim.render import render

CAPTURE = Path(__file__).parents[2].parent / "shared" / "captures" / "m300-api10.json"


def members(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every member; the elements of a list share a path."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{path}/{name}", value
            yield from members(value, f"{path}/{name}")
    elif isinstance(node, list):
        for item in node:
            yield from members(item, path + "[]")


def capture() -> Any:
    if not CAPTURE.is_file():
        pytest.skip("no captured document beside the repository")
    return json.loads(CAPTURE.read_text())


def slots_of(document: Any) -> dict[str, Any]:
    return {slot["slot-id"]: slot for slot in document["data"]["chassis0"]["slots"]}


def module_of(document: Any, slot: str) -> Any:
    return slots_of(document)[slot]["module"]


def test_every_member_of_the_captured_v10_document_exists_with_the_same_type(now: datetime) -> None:
    captured = capture()
    # A document as the captured one was: with the object of an external rubidium.
    simulated: dict[str, set[str]] = {}
    for path, value in members(build_status(SimSpec(rubidium=True), now)):
        simulated.setdefault(path, set()).add(type(value).__name__)
    for path, value in members(captured):
        assert type(value).__name__ in simulated.get(path, set()), path


def test_members_outside_the_cards_are_those_of_the_capture_in_its_order(now: datetime) -> None:
    captured, simulated = capture(), build_status(SimSpec(rubidium=True), now)
    for document in (captured, simulated):
        document["data"]["chassis0"].pop("slots")
        document["data"]["syncmon"].pop("nodes")
    names = list(dict.fromkeys(path for path, _ in members(captured)))
    assert list(dict.fromkeys(path for path, _ in members(simulated))) == names


def test_identities_are_not_those_of_the_capture(now: datetime) -> None:
    captured = capture()
    text = json.dumps(build_status(SimSpec(), now))
    identities = [captured["system-information"]["serial-number"], captured["data"]["system"]["position"]]
    identities += [captured["system-information"]["hostname"]]
    identities += [port["mac-address"] for port in captured["data"]["network"]["ports"]]
    assert not [identity for identity in identities if identity in text]


def test_each_of_the_twenty_card_families_is_present(now: datetime) -> None:
    document = build_status(SimSpec(), now)
    models = {
        slot["module"]["info"]["model"] for slot in slots_of(document).values() if "info" in slot.get("module", {})
    }
    assert len(set(FAMILY_OF_MODEL.values())) == 20
    assert set(FAMILY_OF_MODEL) <= models


def test_a_document_follows_from_spec_and_time_alone(now: datetime) -> None:
    assert build_status(SimSpec(seed=3), now) == build_status(SimSpec(seed=3), now)
    assert build_status(SimSpec(seed=3), now) != build_status(SimSpec(seed=4), now)


def test_power_bays_are_filled_dead_or_empty(now: datetime) -> None:
    bays = {
        name: slot["module"] for name, slot in slots_of(build_status(SimSpec(), now)).items() if name.startswith("pwr")
    }
    assert [bay["power-available"] for bay in bays.values()] == [True, True, False, False]
    assert "info" in bays["pwr3"]
    assert bays["pwr4"] == {"power-available": False, "power-capacity": 0.0}


def test_an_empty_slot_has_no_module(now: datetime) -> None:
    slots = slots_of(build_status(SimSpec(), now))
    assert "module" not in slots["esi2"]
    assert "module" not in slots["io16"]


def test_one_instance_is_a_slave_of_a_grandmaster_and_one_is_disabled(now: datetime) -> None:
    document = build_status(SimSpec(), now)
    slave = module_of(document, "io1")["ptp-instances"][1]
    assert slave["port-ds"]["port-state"] == "slave"
    assert slave["current-ds"]["offset-from-master"] != 0
    assert slave["current-ds"]["mean-path-delay"] > 1000
    assert slave["parent-ds"]["grandmaster-identity"] != slave["default-ds"]["clock-identity"]
    disabled = module_of(document, "io2")["ptp-instances"][1]
    assert disabled["general"]["enabled"] is False
    assert disabled["packet-counters"]["rx"]["all"] == 0


def test_unicast_clients_have_ipv4_ipv6_and_mac_addresses(now: datetime) -> None:
    clients = module_of(build_status(SimSpec(), now), "io1")["ptp-instances"][0]["unicast-clients"]
    ipv4, ipv6, mac = (client["addr"] for client in clients)
    assert ipv4.startswith("198.51.100.")
    assert ipv6.startswith("2001:db8:")
    assert len(mac.split(":")) == 6


def test_client_addresses_of_a_full_instance_are_distinct(now: datetime) -> None:
    instance = module_of(build_status(SimSpec(clients=2048), now), "io1")["ptp-instances"][0]
    assert len({client["addr"] for client in instance["unicast-clients"]}) == 2048
    assert instance["general"]["num-uc-slaves"] == 2048


def test_counters_grow_with_time_and_pass_32_bits(now: datetime) -> None:
    def received(when: datetime) -> Any:
        return module_of(build_status(SimSpec(), when), "io1")["ptp-instances"][0]["packet-counters"]["rx"]

    earlier, later = received(now), received(now + timedelta(seconds=10))
    assert later["all"] - earlier["all"] == pytest.approx(10 * 1072, rel=0.01)
    assert later["all"] > 2**32
    assert later["all"] == sum(count for kind, count in later.items() if kind != "all")


def test_v10_prints_floats_with_seventeen_digits_and_v20_the_shortest_text() -> None:
    assert b"0.00014999999999999999" in render({"rootdisp": 0.00015}, long_floats=True)
    assert b": 0.00015\n" in render({"rootdisp": 0.00015})
    assert b": 50.0\n" in render({"power": 50.0}, long_floats=True)
    assert b"6.0000000000000002e-6" in render({"jitter": 6e-6}, long_floats=True)


@pytest.mark.parametrize("generation", [8, 10, 16, 20])
def test_the_text_reads_back_as_the_document(generation: int, now: datetime) -> None:
    document = build_status(SimSpec(generation=generation), now)
    for long_floats in (True, False):
        assert json.loads(render(document, long_floats=long_floats)) == document


def test_v20_applies_the_drift(now: datetime) -> None:
    v10, v20 = (build_status(SimSpec(generation=generation), now) for generation in (10, 20))
    data = v20["data"]
    assert v20["system-information"]["API Version"] == "LANTIME REST API V20.05.013"
    assert v20["system-information"]["version"] == "fw_7.10.008"
    assert v20["links"]["self"] == "https://localhost/api/status"
    assert (v10["data"]["ntp"][0]["leap"], data["ntp"][0]["leap"]) == ("0", 0)
    assert (v10["data"]["ntp"][1]["reach"], data["ntp"][1]["reach"]) == (0, 255)
    assert data["ntp"][1]["poll-status"] == "11111111 [377]"
    assert data["syncteam"]["leapsecond-state"] == "no-leapsecond"
    assert data["system"]["front-leds"]["led-alarm"]["current-color"] == "none"
    assert "api-last-update" in data["system"]
    assert [port["slot-id"] for port in data["network"]["ports"]] == [7, 7, -1, -1]
    assert len(data["network"]["ports"][0]["statistics"]) == 26
    assert len(data["network"]["interfaces"][0]["cluster"]["ipv6"]) == 12
    assert "mms" in data["services"]["network"]
    assert "mbgdevman" not in data["services"]["network"]
    clock = module_of(v20, "clk1")
    assert clock["dac-cal"] is None
    assert len(clock["supported-string-types"]) == 14


def test_v20_renames_and_adds_events(now: datetime) -> None:
    v10, v20 = (
        {event["object-id"] for event in build_status(SimSpec(generation=g), now)["data"]["notification"]["events"]}
        for g in (10, 20)
    )
    assert v10 - v20 == {"leap-second-announced", "faillock:-user-banned"}
    assert {"leapsecond-announced", "faillock-user-banned", "antenna-short-circuit"} <= v20 - v10
    assert len(v20) - len(v10) == 6


def test_v10_lists_the_cpu_before_the_clocks_and_v20_after(now: datetime) -> None:
    for generation, cpu_first in ((10, True), (20, False)):
        names = list(slots_of(build_status(SimSpec(generation=generation), now)))
        assert (names.index("cpu") < names.index("clk1")) is cpu_first


def test_generation_8_has_integers_and_no_api_version(now: datetime) -> None:
    document = build_status(SimSpec(generation=8), now)
    system = document["data"]["system"]
    assert "API Version" not in document["system-information"]
    assert document["system-information"]["model"] == "M1000S"
    assert list(system)[:2] == ["sync-status", "front-leds"]
    assert system["sync-status"] == {
        "clock-status": {"clock": 3, "oscillator": 1, "antenna": 0},
        "reference": "clk1 gps",
        "ref-type": 0,
        "clock-idx": 0,
        "osc-type": 10,
        "est-time-quality": 6,
    }
    instances = module_of(document, "io1")["ptp-instances"]
    assert [instance["port-ds"]["port-state"] for instance in instances] == [6, 9]


def test_a_card_configuration_has_the_envelope_and_the_module(now: datetime) -> None:
    document = build_configuration(SimSpec(), "io1", now)
    assert document["data"]["object-id"] == "module"
    assert document["links"]["self"].endswith("/api/configuration/chassis0/slots/io1/module")
    assert document["data"]["ptp-instances"][0]["min-gm-clk-class"] == 0
    clock = build_configuration(SimSpec(), "clk2", now)["data"]
    assert {"name", "hour"} <= set(clock["gps"]["timezone"]["dst-off"])


def test_a_slot_without_a_card_has_no_configuration(now: datetime) -> None:
    with pytest.raises(LookupError):
        build_configuration(SimSpec(), "io16", now)


def test_sizes_that_no_device_has_are_refused() -> None:
    for wrong in ({"generation": 9}, {"hps_cards": 11}, {"instances": 5}, {"clients": 2049}):
        with pytest.raises(ValueError, match="must be"):
            SimSpec(**wrong)


def test_the_full_size_document_builds_in_a_few_seconds(now: datetime) -> None:
    started = time.monotonic()
    document = build_status(SimSpec(hps_cards=10, instances=4, clients=2048), now)
    text = render(document, long_floats=True)
    assert time.monotonic() - started < 8
    assert text.count(b'"resp-duration"') == 38 * 2048
