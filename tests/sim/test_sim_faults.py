"""Every fault can be seen by a client."""

from __future__ import annotations

import http.client
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from agent.sim import SimSpec, Simulator
from agent.sim.catalogue import CATALOGUE


@pytest.mark.parametrize(
    ("fault", "status"),
    [("unauthorized", 401), ("rate-limited", 429), ("rest-disabled", 404), ("server-error", 500)],
)
def test_a_refusal_has_its_status_for_so_many_requests(client: Any, fault: str, status: int) -> None:
    client.simulator.faults.set(fault, times=2)
    statuses = [client.get("/api/status/ntp").status_code for _ in range(3)]
    assert statuses == [status, status, 200]


def test_unauthorized_brings_a_challenge(client: Any) -> None:
    client.simulator.faults.set("unauthorized")
    assert "WWW-Authenticate" in client.get().headers


def test_rate_limited_may_say_when_to_retry(client: Any) -> None:
    for value in (17, "Wed, 21 Oct 2026 07:28:00 GMT"):
        client.simulator.faults.set("rate-limited", retry_after=value)
        assert client.get().headers["Retry-After"] == str(value)
    client.simulator.faults.set("rate-limited")
    assert "Retry-After" not in client.get().headers


def test_rate_limited_may_allow_some_requests_per_window(client: Any) -> None:
    client.simulator.faults.set("rate-limited", after=2, window=60)
    statuses = [client.get("/api/status/ntp").status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_rest_disabled_is_a_web_page(client: Any) -> None:
    client.simulator.faults.set("rest-disabled")
    assert client.get().headers["Content-Type"].startswith("text/html")


def test_hang_never_answers_and_ends_with_the_fault(client: Any) -> None:
    client.simulator.faults.set("hang", times=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.get(timeout=0.4)
    assert client.get("/api/status/ntp").status_code == 200
    client.simulator.faults.set("hang")
    client.simulator.faults.clear("hang")
    assert client.get("/api/status/ntp").status_code == 200


def test_a_hanging_request_does_not_hold_up_the_end(client_of: Any) -> None:
    with Simulator() as simulator:
        simulator.faults.set("hang")
        with pytest.raises(requests.exceptions.ReadTimeout):
            client_of(simulator).get(timeout=0.2)
        ended = time.monotonic()
    assert time.monotonic() - ended < 2


def test_slow_drip_outlasts_a_read_timeout_per_piece(client: Any) -> None:
    client.simulator.faults.set("slow-drip", piece=20, interval=0.05)
    started = time.monotonic()
    answer = client.get("/api/status/ntp/sys", timeout=0.5)
    assert time.monotonic() - started > 1
    assert answer.json()["data"]["object-id"] == "sys"


def test_slow_headers_delay_the_status(client: Any) -> None:
    client.simulator.faults.set("slow-headers", piece=20, interval=0.1)
    answer = client.get("/api/status/ntp/sys")
    assert answer.elapsed.total_seconds() > 0.4
    assert answer.json()["data"]["object-id"] == "sys"


def test_truncated_json_arrives_as_a_complete_answer(client: Any) -> None:
    client.simulator.faults.set("truncated", fraction=0.5)
    answer = client.get()
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_truncated_with_mismatch_breaks_the_promise_of_the_length(client: Any) -> None:
    client.simulator.faults.set("truncated", mismatch=True)
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get()


def test_reset_breaks_the_connection_within_the_body(simulator: Simulator) -> None:
    simulator.faults.set("reset", after=100)
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=5)
    connection.request("GET", "/api/status", headers={"Authorization": "Basic aW5mbzppbmZvLXNlY3JldA=="})
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises(ConnectionResetError):
        answer.read()
    answer.close()
    connection.close()


def test_wrong_content_type_is_a_login_page_with_200(client: Any) -> None:
    client.simulator.faults.set("wrong-content-type")
    answer = client.get()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Login" in answer.text


def test_not_json_and_empty_claim_to_be_json(client: Any) -> None:
    for fault in ("not-json", "empty"):
        client.simulator.faults.set(fault, times=1)
        answer = client.get()
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("application/json")
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.content)


@pytest.mark.parametrize("chunked", [True, False])
def test_huge_is_as_large_as_asked_for(client: Any, chunked: bool) -> None:  # noqa: FBT001
    client.simulator.faults.set("huge", size=3_000_000, chunked=chunked)
    answer = client.get()
    assert 2_900_000 < len(answer.content) <= 3_000_100
    assert ("Content-Length" in answer.headers) is not chunked
    assert answer.json()["data"]["padding"]


def test_delay_makes_the_answer_late_and_combines_with_others(client: Any) -> None:
    client.simulator.faults.set("delay", seconds=0.3)
    client.simulator.faults.set("server-error", status=503)
    answer = client.get()
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() >= 0.3


def test_bad_fields_have_wrong_types_at_the_named_places(client: Any) -> None:
    client.simulator.faults.set("bad-fields", paths=["status/system/uptime", "status/ntp/sys/stratum"], values=["N/A"])
    data = client.data()
    assert data["system"]["uptime"] == "N/A"
    assert data["ntp"][0]["stratum"] == "N/A"
    assert client.data("/api/status/ntp/sys")["stratum"] == "N/A"


def test_bad_fields_have_defaults(client: Any) -> None:
    healthy = client.data()
    client.simulator.faults.set("bad-fields", times=1)
    bad = client.data()
    assert bad["system"]["uptime"] == "N/A"
    assert bad["system"]["sync-status"]["clock-status"] is None
    assert client.data()["system"].keys() == healthy["system"].keys()


def test_reboot_restarts_uptime_and_counters(client: Any) -> None:
    def received() -> int:
        counters = client.module("io1")["ptp-instances"][0]["packet-counters"]
        return int(counters["rx"]["all"])

    before = received()
    client.simulator.faults.set("reboot", seconds=0.4)
    assert client.get().status_code == 503
    time.sleep(0.5)
    assert client.data("/api/status/system")["uptime"] < 10
    assert received() < before


def test_reboot_may_close_the_port(client: Any) -> None:
    client.simulator.faults.set("reboot", seconds=0.6, mode="refuse")
    time.sleep(0.2)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get()
    time.sleep(0.7)
    assert client.get("/api/status/ntp").status_code == 200


def test_clock_jump_shifts_the_time_stamp(client_of: Any, now: datetime) -> None:
    with Simulator(clock=lambda: now) as simulator:
        client = client_of(simulator)
        simulator.faults.set("clock-jump", seconds=-86_400)
        stamp = client.get().json()["system-information"]["time-stamp"]
    assert stamp == (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")


def test_clock_unsync_shows_in_status_events_and_ntp_and_is_taken_back(client: Any) -> None:
    client.simulator.faults.set("clock-unsync")
    data = client.data()
    assert data["system"]["sync-status"]["clock-status"]["clock"] == "not-synchronized"
    assert data["system"]["front-leds"]["led-ref-time"]["current-color"] == "red"
    assert data["ntp"][0]["stratum"] == 16
    assert client.event("ntp-not-sync")["triggered"] == 1
    assert client.event("ntp-sync")["triggered"] == 0
    assert client.event("normal-operation")["triggered"] == 0
    client.simulator.faults.clear("clock-unsync")
    assert client.event("ntp-not-sync")["triggered"] == 0
    assert client.event("ntp-sync")["triggered"] == 1
    assert client.event("normal-operation")["triggered"] == 1


def test_holdover_lowers_the_clock_class_of_the_masters(client: Any) -> None:
    client.simulator.faults.set("clock-unsync", state="holdover")
    quality = client.module("io1")["ptp-instances"][0]["default-ds"]["clock-quality"]
    assert quality["clock-class"] == 7


@pytest.mark.parametrize("state", ["disconnected", "short-circuit"])
def test_antenna_fault_shows_at_the_first_clock(client: Any, state: str) -> None:
    client.simulator.faults.set("antenna-fault", state=state)
    clock = client.module("clk1")
    assert clock["gns"]["antenna"]["connected"] is (state != "disconnected")
    assert clock["gns"]["antenna"]["short-circuit"] is (state == "short-circuit")
    assert clock["satellites"]["good-satellites"] == 0
    assert client.event("antenna-faulty")["triggered"] == 1


def test_link_down_hits_a_lan_port_or_a_card(client: Any) -> None:
    client.simulator.faults.set("link-down", port="lan1")
    client.simulator.faults.set("link-down", port="io1")
    ports = client.data("/api/status/network/ports")
    assert [port["link"] for port in ports] == [True, False]
    assert ports[1]["speed"] == "-"
    module = client.module("io1")
    assert module["network"]["link"] is False
    assert module["ptp-instances"][0]["port-ds"]["port-state"] == "faulty"
    assert client.event("ptp-link-down")["triggered"] == 1


def test_psu_lost_takes_the_power(client: Any) -> None:
    client.simulator.faults.set("psu-lost", slot="pwr1")
    assert client.module("pwr1")["power-available"] is False
    assert client.event("power-supply-failure")["triggered"] == 1


def test_an_event_can_be_triggered(client: Any) -> None:
    client.simulator.faults.set("event", event="ntp-stopped")
    row = client.event("ntp-stopped")
    assert row["triggered"] == 1
    assert row["last-triggered"] != "never"
    client.simulator.faults.clear("event")
    assert client.event("ntp-stopped")["triggered"] == 0


def test_a_pulled_card_leaves_an_empty_slot_and_restarts_when_it_is_back(client: Any) -> None:
    client.simulator.faults.set("card-pulled", slot="io1")
    assert client.get("/api/status/chassis0/slots/io1/module").status_code == 404
    assert "module" not in client.data("/api/status/chassis0/slots/io1")
    client.simulator.faults.clear("card-pulled")
    counters = client.module("io1")["ptp-instances"][0]["packet-counters"]
    assert counters["rx"]["all"] < 10_000_000


def test_a_replaced_card_has_another_model_and_serial(client: Any) -> None:
    old = client.module("io1")["info"]
    client.simulator.faults.set("card-replaced", slot="io1", model="hps100")
    same_model = client.module("io1")["info"]
    assert same_model["model"] == old["model"]
    assert same_model["serial-number"] != old["serial-number"]
    client.simulator.faults.set("card-replaced", slot="io1", model="lno180")
    assert "outputs" in client.module("io1")


def test_a_replugged_card_is_the_same_with_new_counters(client: Any) -> None:
    before = client.module("io2")
    client.simulator.faults.set("card-replugged", slot="io2", seconds=0.3)
    assert client.get("/api/status/chassis0/slots/io2/module").status_code == 404
    time.sleep(0.4)
    after = client.module("io2")
    assert after["info"]["serial-number"] == before["info"]["serial-number"]
    counters = [module["ptp-instances"][0]["packet-counters"]["rx"]["all"] for module in (before, after)]
    assert counters[1] < counters[0]


def test_a_ptp_port_state_can_be_set(client: Any) -> None:
    client.simulator.faults.set("ptp-port-state", slot="io1", instance=0, state="passive")
    instances = client.module("io1")["ptp-instances"]
    assert [instance["port-ds"]["port-state"] for instance in instances] == ["passive", "slave"]
    assert client.event("ptp-state-changed")["last-triggered"] != "never"


def test_a_grandmaster_change_gives_the_slave_another_one_each_time(client: Any) -> None:
    def grandmaster() -> str:
        return str(client.module("io1")["ptp-instances"][1]["parent-ds"]["grandmaster-identity"])

    seen = [grandmaster()]
    for _ in range(2):
        client.simulator.faults.set("grandmaster-change", slot="io1", instance=1)
        seen.append(grandmaster())
    assert len(set(seen)) == 3


def test_slots_can_be_reordered(client: Any) -> None:
    before = [slot["slot-id"] for slot in client.data("/api/status/chassis0/slots")]
    client.simulator.faults.set("slots-reordered")
    assert [slot["slot-id"] for slot in client.data("/api/status/chassis0/slots")] == before[::-1]


def test_a_fault_can_be_limited_to_a_path(client: Any) -> None:
    client.simulator.faults.set("server-error", prefix="/api/status/chassis0")
    assert client.get("/api/status/ntp").status_code == 200
    assert client.get("/api/status/chassis0/slots/io1").status_code == 500


def test_faults_with_times_make_a_script(client: Any) -> None:
    client.simulator.faults.set("server-error", times=1)
    client.simulator.faults.set("rate-limited", times=1)
    assert [client.get("/api/status/ntp").status_code for _ in range(3)] == [500, 429, 200]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("no-such-fault", {}),
        ("hang", {"times": 0}),
        ("server-error", {"colour": 1}),
        ("server-error", {"status": "500"}),
        ("card-pulled", {"slot": "io99"}),
        ("event", {"event": "no-such-event"}),
        ("reboot", {"mode": "slowly"}),
    ],
)
def test_a_mistaken_fault_is_refused(simulator: Simulator, name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fault|times|parameter|slot|event|mode"):
        simulator.faults.set(name, **parameters)
    assert simulator.faults.active() == []


def test_faults_are_listed_set_and_cleared_over_http(simulator: Simulator, client: Any) -> None:
    base = simulator.url + "/_sim"
    with requests.Session() as session:
        listing = session.get(base + "/", timeout=5).json()
        assert {fault["name"] for fault in listing["faults"]} == set(CATALOGUE)
        answer = session.put(base + "/faults/server-error", json={"status": 502, "times": 5}, timeout=5).json()
        assert answer["active"][0]["parameters"] == {"status": 502}
        assert client.get().status_code == 502
        session.delete(base + "/faults/server-error", timeout=5)
        assert client.get("/api/status/ntp").status_code == 200
        session.put(base + "/faults/link-down", timeout=5)
        session.delete(base + "/faults", timeout=5)
        assert simulator.faults.active() == []
        assert session.put(base + "/faults/nothing", timeout=5).status_code == 404
        assert session.put(base + "/faults/hang", json={"times": -1}, timeout=5).status_code == 400
        assert session.put(base + "/faults/hang", data="{", timeout=5).status_code == 400


def test_control_requests_are_not_recorded(simulator: Simulator) -> None:
    requests.get(simulator.url + "/_sim/", timeout=5)
    assert simulator.requests == []


def test_v20_faults_use_the_names_of_v20(client_of: Any) -> None:
    with Simulator(SimSpec(generation=20)) as simulator:
        simulator.faults.set("event", event="leapsecond-announced")
        client = client_of(simulator)
        assert client.event("leapsecond-announced")["triggered"] == 1
