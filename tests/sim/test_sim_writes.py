"""Configuration of a simulated device, written over real HTTP."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from agent.sim import SimSpec, Simulator, WriteOptions

INSTANCE = "chassis0/slots/io1/module/ptp-instances/instance0"


def status_at(client: Any, path: str) -> Any:
    return client.data(f"/api/status/{path}")


def test_a_post_changes_what_it_names_and_nothing_else(client: Any) -> None:
    before = client.configured(INSTANCE)
    answer = client.post(INSTANCE, {"domain-number": 17, "intvs": {"sync-intv": -3}})
    assert answer.status_code == 200
    after = client.configured(INSTANCE)
    assert after == before | {"domain-number": 17, "intvs": before["intvs"] | {"sync-intv": -3}}
    assert answer.json()["data"] == after
    assert client.pending() == 0


def test_a_leaf_is_written_by_its_own_path_as_it_is_read(client: Any) -> None:
    assert client.post(f"{INSTANCE}/priority-1", {"value": 7}).status_code == 200
    assert client.configured(f"{INSTANCE}/priority-1") == 7


def test_elements_of_a_list_are_written_by_object_id_and_others_stay(client: Any) -> None:
    module = "chassis0/slots/io1/module"
    body = {"ptp-instances": [{"object-id": "instance1", "domain-number": 99}]}
    assert client.post(module, body).status_code == 200
    domains = [instance["domain-number"] for instance in client.configured(module)["ptp-instances"]]
    assert domains == [0, 99]


def test_what_was_read_can_be_written_back(client: Any) -> None:
    for path in ("notification/events/ntp-stopped", "ntp", INSTANCE + "/intvs", "chassis0/slots/clk2/module/gps"):
        before = client.configured(path)
        assert client.post(path, before).status_code == 200
        assert client.configured(path) == before


SHOWN = [
    (INSTANCE, {"domain-number": 5}, "default-ds/domain-number", 5),
    (INSTANCE, {"priority-1": 9}, "default-ds/priority-1", 9),
    (INSTANCE, {"priority-2": 8}, "default-ds/priority-2", 8),
    (INSTANCE, {"delay-mech": "p2p"}, "port-ds/delay-mechanism", "p2p"),
    (INSTANCE, {"protocol": "ieee-802-3"}, "general/protocol", "ieee-802-3"),
    (INSTANCE, {"profile": "aes67"}, "general/profile", "aes67"),
    (INSTANCE, {"alias": "north"}, "general/alias", "north"),
    (INSTANCE, {"intvs": {"ann-intv": 0}}, "port-ds/intvs/ann-intv", 0),
    (INSTANCE, {"ann-rcpt-timeout": 6}, "port-ds/announce-receipt-timeout", 6),
    (INSTANCE, {"max-uc-slaves": 1}, "general/num-uc-slaves", 1),
    (INSTANCE, {"flags": {"disabled": True}}, "port-ds/port-state", "disabled"),
    (INSTANCE, {"role": "unicast-slave"}, "port-ds/port-state", "slave"),
    (INSTANCE, {"role": "multicast-slave"}, "default-ds/slave-only", True),
    ("chassis0/slots/io1/module/network", {"vlan-id": 12}, "vlan-id", 12),
    ("chassis0/slots/io1/module/network", {"ipv4-address": "192.0.2.77"}, "ipv4-address", "192.0.2.77"),
    ("chassis0/slots/io1/module/sync-e", {"sdh-option": "opt2"}, "sdh-option", "opt2"),
    ("chassis0/slots/io1/module/ntp-service", {"op-mode": "ntp"}, "op-mode", "ntp"),
    ("chassis0/slots/io1/module/ntp-service", {"hardware": {"enabled": False}}, "hardware/requests-per-sec", 0.0),
    ("chassis0/slots/io1/module/ntp-service", {"ntpd": {"enabled": False}}, "ntpd/running", False),
    ("chassis0/slots/rsc/module/switch", {"mode": "clk2"}, "mode", "clk2"),
    ("chassis0/slots/io3/module/outputs/output0", {"mode": "disabled"}, "state", "off"),
    ("services/network/ftp", {"enabled": True}, "running", True),
    ("network/ports/lan1", {"enabled": False}, "link", False),
    ("network/ports/lan0", {"speed": "100"}, "speed", "100"),
    ("network/interfaces/vif0/addresses/ipv4-static", {"address": "192.0.2.99"}, "address", "192.0.2.99"),
]


@pytest.mark.parametrize(("path", "body", "place", "value"), SHOWN, ids=[f"{row[0]}-{row[2]}" for row in SHOWN])
def test_a_write_shows_in_the_status(client: Any, path: str, body: Any, place: str, value: Any) -> None:
    def shown() -> Any:
        found = status_at(client, f"{path}/{place}")
        return found["value"]

    assert shown() != value
    assert client.post(path, body).status_code == 200
    assert shown() == value


def test_the_host_name_shows_in_every_envelope_and_has_two_places(client: Any) -> None:
    assert client.post("system", {"hostname": "north.example.net"}).status_code == 200
    assert client.get("/api/status/ntp").json()["system-information"]["hostname"] == "north.example.net"
    assert client.configured("network/general/hostname") == "north.example.net"
    client.post("network/general", {"hostname": "south.example.net"})
    assert client.configured("system/hostname") == "south.example.net"


def test_a_clock_source_and_the_ntp_peer_show_in_the_status(client: Any) -> None:
    source = "chassis0/slots/clk1/module/mrs/priority1"
    assert client.post(source, {"settings": {"id": {"type": "ntp"}}}).status_code == 200
    assert client.module("clk1")["mrs"][1]["info"]["settings"]["id"]["type"] == "ntp"
    assert client.post("ntp/servers/server0", {"address": "192.0.2.44"}).status_code == 200
    assert client.data("/api/status/ntp/ref_2")["id"] == "192.0.2.44"


def test_a_change_is_an_event_and_moves_last_config_change(client: Any) -> None:
    assert client.event("device-configuration-changed")["last-triggered"] == "never"
    client.post("ntp", {"local-clock-stratum": 11})
    assert client.event("device-configuration-changed")["last-triggered"] != "never"
    assert client.data("/api/status/system")["last-config-change"] > 1000


def test_another_role_starts_the_instance_anew(client: Any) -> None:
    def sent() -> int:
        return int(client.module("io1")["ptp-instances"][0]["packet-counters"]["tx"]["all"])

    before = sent()
    client.post(INSTANCE, {"domain-number": 3})
    assert sent() >= before
    client.post(INSTANCE, {"role": "unicast-slave"})
    assert sent() < before


def test_every_setting_that_the_status_repeats_agrees_with_it(client_of: Any) -> None:
    with Simulator(SimSpec(hps_cards=3, instances=4)) as simulator:
        client = client_of(simulator)
        for slot in ("io1", "io2", "io3"):
            status = client.module(slot)
            configured = client.configured(f"chassis0/slots/{slot}/module")
            for name, value in status["network"].items():
                assert configured["network"].get(name, value) == value
            for shown, wanted in zip(status["ptp-instances"], configured["ptp-instances"], strict=True):
                assert shown["default-ds"]["domain-number"] == wanted["domain-number"]
                assert shown["general"]["alias"] == wanted["alias"]
                assert shown["general"]["enabled"] is not wanted["flags"]["disabled"]
                assert shown["port-ds"]["intvs"] == wanted["intvs"]
        services = client.data("/api/status/services/network")
        for name, service in client.configured("services/network").items():
            if name != "object-id":
                assert services[name]["running"] is service["enabled"]


REFUSED = [
    ("domain-number", {"domain-number": 256}, "0..255"),
    ("domain-number", {"domain-number": "5"}, "integer"),
    ("domain-number", {"domain-number": True}, "integer"),
    ("domain-number", {"domain-number": 5.0}, "integer"),
    ("sync-intv", {"intvs": {"sync-intv": 8}}, "-7..7"),
    ("role", {"role": "emperor"}, "unicast-master"),
    ("alias", {"alias": "x" * 32}, "31"),
    ("disabled", {"flags": {"disabled": 1}}, "Boolean"),
    ("flags", {"flags": True}, "object"),
    ("colour", {"colour": "red"}, "unknown member"),
    ("assigned-port-id", {"assigned-port-id": 9}, "read-only"),
    ("object-id", {"object-id": "instance1"}, "instance0"),
]


@pytest.mark.parametrize(("place", "body", "allowed"), REFUSED)
def test_a_bad_value_is_400_that_names_the_place_and_what_is_allowed(
    client: Any, place: str, body: Any, allowed: str
) -> None:
    before = client.configured(INSTANCE)
    answer = client.post(INSTANCE, {"priority-1": 1} | body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == 400
    assert place in error["message"]
    assert allowed in error["message"]
    assert client.configured(INSTANCE) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("network/interfaces/vif0/addresses/ipv4-static", {"address": "192.0.2.300"}),
        ("chassis0/slots/io1/module/network", {"ipv6-address": "192.0.2.1"}),
        ("system", {"hostname": "not a name"}),
        ("ntp/servers", [{"object-id": "server9", "address": "192.0.2.1"}]),
        ("ntp/servers", {"object-id": "server0"}),
        ("system/hostname", "bare"),
        ("system", [1]),
        ("security/users/root", {"access-level": "info"}),
    ],
)
def test_a_body_that_does_not_fit_is_400(client: Any, path: str, body: Any) -> None:
    assert client.post(path, body).status_code == 400


def test_a_number_of_an_enumeration_is_taken_for_its_word(client: Any) -> None:
    assert client.post(INSTANCE, {"role": 1, "delay-mech": 1}).status_code == 200
    assert client.configured(INSTANCE)["role"] == "unicast-slave"
    assert client.configured(INSTANCE)["delay-mech"] == "p2p"


def test_an_unknown_path_is_404_and_no_json_400(client: Any) -> None:
    for path in ("nothing", "chassis0/slots/io16/module", INSTANCE + "/nothing", "ntp/servers/server9"):
        assert client.post(path, {}).status_code == 404
    url = client.simulator.url + "/api/configuration/system"
    assert client.session.post(url, data="{", timeout=5).status_code == 400
    assert client.session.post(url, timeout=5).status_code == 400


def test_only_post_writes(client: Any) -> None:
    url = client.simulator.url + "/api/configuration/system"
    for method in ("PUT", "PATCH", "DELETE"):
        answer = client.session.request(method, url, json={"location": "x"}, timeout=5)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert client.configured("system/location") == "Rack 4"


def test_a_write_needs_the_password(simulator: Simulator) -> None:
    url = simulator.url + "/api/configuration/system"
    assert requests.post(url, json={"location": "x"}, timeout=5).status_code == 401
    assert simulator.configuration.get("system/location") == "Rack 4"


def test_writes_may_be_switched_off(client_of: Any) -> None:
    with Simulator(writes=WriteOptions(mode="off")) as simulator:
        client = client_of(simulator)
        assert client.post("system", {"location": "x"}).status_code == 405


def test_a_client_may_switch_off_the_interface_it_uses(client: Any) -> None:
    assert client.post("system/rest-api", {"enabled": False}).status_code == 200
    assert client.get("/api/status/ntp").status_code == 404
    client.simulator.configuration.change("system/rest-api/enabled", value=True)
    assert client.get("/api/status/ntp").status_code == 200


def test_a_two_step_master_is_one_whose_card_is_not_one_step(client: Any) -> None:
    client.post("chassis0/slots/io1/module/timestampers/timestamper0", {"flags": {"one-step": False}})
    assert client.module("io1")["ptp-instances"][0]["default-ds"]["two-step"] is True


def test_staged_changes_are_pending_until_they_are_applied(client_of: Any) -> None:
    with Simulator(writes=WriteOptions(mode="staged")) as simulator:
        client = client_of(simulator)
        answer = client.post(INSTANCE, {"domain-number": 17, "priority-1": 4})
        assert answer.status_code == 200
        assert answer.json()["changes"]["pending-changes"] == 2
        assert answer.json()["data"]["domain-number"] == 17
        assert client.configured(INSTANCE)["domain-number"] == 0
        assert client.post(INSTANCE, {"domain-number": 18}).status_code == 200
        assert [(owner, change.new) for owner, change in simulator.configuration.pending] == [
            ("client", 17),
            ("client", 4),
            ("client", 18),
        ]
        simulator.configuration.apply()
        assert client.configured(INSTANCE)["domain-number"] == 18
        assert client.pending() == 0


def test_staged_changes_may_apply_themselves(client_of: Any) -> None:
    with Simulator(writes=WriteOptions(mode="staged", apply_after_s=0.4)) as simulator:
        client = client_of(simulator)
        client.post("system", {"location": "Rack 9"})
        assert (client.configured("system/location"), client.pending()) == ("Rack 4", 1)
        time.sleep(0.5)
        assert (client.configured("system/location"), client.pending()) == ("Rack 9", 0)


def test_staged_changes_are_applied_and_discarded_at_paths_of_choice(client_of: Any) -> None:
    options = WriteOptions(mode="staged", apply_path="/api/changes/apply", discard_path="/api/changes/discard")
    with Simulator(writes=options) as simulator:
        client = client_of(simulator)

        def call(name: str) -> Any:
            return client.session.post(f"{simulator.url}/api/changes/{name}", timeout=5)

        client.post("system", {"location": "Rack 9"})
        assert call("discard").json()["changes"]["pending-changes"] == 0
        assert client.configured("system/location") == "Rack 4"
        client.post("system", {"location": "Rack 9"})
        assert call("apply").status_code == 200
        assert client.configured("system/location") == "Rack 9"
        assert call("nothing").status_code == 405
        assert [record.outcome for record in simulator.writes] == ["staged", "discarded", "staged", "applied"]


def test_a_write_of_the_present_value_leaves_nothing_pending(client_of: Any) -> None:
    with Simulator(writes=WriteOptions(mode="staged")) as simulator:
        client = client_of(simulator)
        assert client.post("system", {"location": "Rack 4"}).status_code == 200
        assert client.pending() == 0


@pytest.mark.parametrize(
    "wrong", [{"mode": "slowly"}, {"apply_after_s": -1}, {"apply_path": "elsewhere"}, {"apply_after_s": "1"}]
)
def test_mistaken_options_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        WriteOptions(**wrong)
