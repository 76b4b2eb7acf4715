"""The REST service of a simulated device over real HTTP."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from agent.sim import SimSpec, Simulator, build_status, make_certificate
from agent.sim.__main__ import main


def test_the_whole_status_is_what_the_builder_makes(client_of: Any, now: datetime) -> None:
    with Simulator(clock=lambda: now) as simulator:
        answer = client_of(simulator).get()
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.content.startswith(b"\n{\n  ")
    assert answer.content.endswith(b"}\n")
    served = answer.json()
    assert served["data"] == build_status(SimSpec(), now)["data"] | {"notification": served["data"]["notification"]}


def test_the_root_holds_status_and_configuration(client: Any) -> None:
    data = client.data("/api/")
    assert data["status"]["chassis0"]["model"] == "M3000"
    assert "chassis0" in data["configuration"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/status/system",
        "/api/status/network/ports/lan0",
        "/api/status/chassis0/slots/io1/module",
        "/api/configuration/chassis0/slots/clk2/module/gps/timezone",
        "/api/configuration/network/general",
        "/api/configuration/security",
    ],
)
def test_a_sub_path_gives_the_object_with_its_name_first(client: Any, path: str) -> None:
    answer = client.get(path + "?raw").json()
    name = path.rsplit("/", 1)[1]
    assert next(iter(answer["data"].items())) == ("object-id", name)
    assert answer["links"]["self"] == f"http://localhost{path}"


def test_a_list_element_is_found_by_object_id_and_a_leaf_has_a_value(client: Any) -> None:
    assert client.data("/api/status/ntp/ref_1")["id"] == "127.127.8.0"
    assert client.data("/api/status/network/ports/lan0/speed") == {"object-id": "speed", "value": "1000"}
    assert isinstance(client.data("/api/status/ntp"), list)


def test_an_unknown_path_is_404_with_a_json_error(client: Any) -> None:
    for path in ("/api/status/nothing", "/api/status/chassis0/slots/io99/module", "/api/other"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == 404


def test_raw_gives_integers_in_the_system_status(client: Any) -> None:
    data = client.get("/api/status/system?raw").json()["data"]
    assert data["sync-status"]["clock-status"] == {"clock": 3, "oscillator": 1, "antenna": 0}
    assert data["sync-status"]["reference"] == "clk1 gns"
    assert data["front-leds"]["led-alarm"]["current-state"] is False


def test_the_status_cannot_be_written(client: Any) -> None:
    answer = client.session.post(client.simulator.url + "/api/status/system", json={}, timeout=5)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert answer.headers["Allow"] == "GET"


def test_without_a_password_the_answer_is_401_with_a_challenge(simulator: Simulator) -> None:
    answer = requests.get(simulator.url + "/api/status", timeout=5)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert simulator.accounts.failures == 0


def test_five_wrong_passwords_lock_the_account_for_ten_minutes(client_of: Any, now: datetime) -> None:
    times = [now]
    with Simulator(clock=lambda: times[-1]) as simulator:
        client = client_of(simulator)
        for _ in range(5):
            answer = requests.get(simulator.url + "/api/status", auth=("info", "wrong"), timeout=5)
            assert answer.status_code == 401
        assert simulator.accounts.is_locked
        assert client.get().status_code == 401
        times.append(now + timedelta(minutes=10))
        assert client.event("faillock:-user-banned")["last-triggered"] == now.strftime("%Y-%m-%dT%H:%M:%S")


def test_a_lock_can_be_lifted(simulator: Simulator, client: Any) -> None:
    for _ in range(5):
        requests.get(simulator.url + "/api/status", auth=("info", "wrong"), timeout=5)
    simulator.accounts.unlock()
    assert client.get("/api/status/ntp").status_code == 200


def test_a_token_is_issued_accepted_and_revoked() -> None:
    with Simulator(SimSpec(generation=20)) as simulator, requests.Session() as session:
        login = {"username": "info", "password": "info-secret"}
        token = session.put(simulator.url + "/api/get-token", json=login, timeout=5).json()["token"]
        assert len(token) == 64
        assert token == token.upper()
        session.headers["Authorization"] = f"Bearer {token}"
        assert session.get(simulator.url + "/api/status/ntp", timeout=5).status_code == 200
        simulator.accounts.revoke_tokens()
        assert session.get(simulator.url + "/api/status/ntp", timeout=5).status_code == 401
        wrong = {"username": "info", "password": "wrong"}
        assert session.put(simulator.url + "/api/get-token", json=wrong, timeout=5).status_code == 401
        assert session.put(simulator.url + "/api/get-token", data="?", timeout=5).status_code == 400


def test_v10_has_no_tokens(client: Any) -> None:
    login = {"username": "info", "password": "info-secret"}
    answer = client.session.put(client.simulator.url + "/api/get-token", json=login, timeout=5)
    assert answer.status_code == 404


def test_the_correlation_id_is_mirrored_on_every_answer(client: Any) -> None:
    for path in ("/api/status/ntp", "/api/nothing"):
        answer = client.get(path, headers={"X-Correlation-Id": "00-00-00-00-00-00-23-4d"})
        assert answer.headers["X-Correlation-Id"] == "00-00-00-00-00-00-23-4d"


def test_requests_are_recorded_without_secrets(simulator: Simulator, client: Any) -> None:
    client.get("/api/status/system?raw", headers={"X-Correlation-Id": "7"})
    record = simulator.requests[-1]
    assert (record.method, record.path, record.query) == ("GET", "/api/status/system", "raw")
    assert record.headers["X-Correlation-Id"] == "7"
    assert record.headers["Authorization"] == "Basic ..."


def test_latency_delays_every_answer(simulator: Simulator, client: Any) -> None:
    simulator.latency = 0.3
    assert client.get("/api/status/ntp").elapsed.total_seconds() >= 0.3


def test_https_is_served_with_a_self_signed_certificate(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    assert len(certificate.fingerprint) == 64
    with Simulator(tls=certificate.server_context()) as simulator:
        assert simulator.url.startswith("https://")
        answer = requests.get(
            simulator.url + "/api/status",
            auth=("info", "info-secret"),
            verify=str(certificate.certificate),
            timeout=5,
        )
        assert answer.json()["links"]["self"] == "https://localhost/api/status"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(simulator.url + "/api/status", timeout=5)


def test_a_large_document_does_not_hold_up_small_requests(client_of: Any) -> None:
    with Simulator(SimSpec(hps_cards=10, instances=4, clients=2048)) as simulator:
        sizes: list[int] = []
        large = client_of(simulator)
        thread = threading.Thread(target=lambda: sizes.append(len(large.get(timeout=30).content)))
        thread.start()
        small, slowest = client_of(simulator), 0.0
        while thread.is_alive():
            slowest = max(slowest, small.get("/api/status/ntp").elapsed.total_seconds())
            time.sleep(0.02)
        thread.join()
    assert sizes[0] > 20_000_000
    assert slowest < 2


def test_the_port_is_free_again_after_the_end() -> None:
    with Simulator() as simulator:
        port = simulator.port
        assert simulator.address == f"127.0.0.1:{port}"
    with Simulator(port=port) as simulator:
        assert simulator.port == port


def test_the_command_says_in_one_line_that_a_port_is_taken(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["agent.sim", "--port", str(simulator.port)])
    with pytest.raises(SystemExit, match=rf"agent\.sim: .*{simulator.port}.*in use"):
        main()


def test_a_taken_port_is_reported(simulator: Simulator) -> None:
    other = Simulator(port=simulator.port)
    with pytest.raises(OSError, match="address"):
        other.start()
