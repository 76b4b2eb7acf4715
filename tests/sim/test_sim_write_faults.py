"""Every way a write may go wrong, seen by a client over real HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from agent.sim import Simulator, WriteOptions, WriteRecord
from agent.sim.catalogue import CATALOGUE

INSTANCE = "chassis0/slots/io1/module/ptp-instances/instance0"
SYSTEM = "system"


def place(client: Any, location: str) -> Any:
    return client.post(SYSTEM, {"location": location})


def location(client: Any) -> Any:
    return client.configured("system/location")


def outcomes(simulator: Simulator) -> list[tuple[str, int | None]]:
    return [(record.outcome, record.status) for record in simulator.writes]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 503])
def test_a_refused_write_changes_nothing_and_reading_goes_on(client: Any, status: int) -> None:
    client.simulator.faults.set("write-refused", status=status, message="no", times=1)
    assert location(client) == "Rack 4"
    answer = place(client, "Rack 9")
    assert answer.status_code == status
    assert answer.json() == {"error": {"code": status, "message": "no"}}
    assert location(client) == "Rack 4"
    assert place(client, "Rack 9").status_code == 200


@pytest.mark.parametrize(
    ("fault", "parameters", "status"),
    [("unauthorized", {}, 401), ("rate-limited", {"retry_after": 3}, 429), ("server-error", {"status": 502}, 502)],
)
def test_a_fault_may_be_for_one_method_alone(client: Any, fault: str, parameters: dict[str, Any], status: int) -> None:
    client.simulator.faults.set(fault, method="POST", **parameters)
    answer = place(client, "Rack 9")
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("3" if status == 429 else None)
    assert location(client) == "Rack 4"


def test_a_fault_may_skip_so_many_writes(client: Any) -> None:
    client.simulator.faults.set("rate-limited", method="POST", skip=2, times=1, retry_after=1)
    assert [place(client, f"Rack {number}").status_code for number in range(4)] == [200, 200, 429, 200]


def test_a_lock_is_423_for_a_number_of_writes_or_for_a_time(client: Any) -> None:
    client.simulator.faults.set("config-locked", owner="mary", times=2)
    answers = [place(client, "Rack 9") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [423, 423, 200]
    assert "mary" in answers[0].json()["error"]["message"]
    client.simulator.faults.set("config-locked", lasting=0.3, retry_after=1)
    answer = place(client, "Rack 9")
    assert (answer.status_code, answer.headers["Retry-After"]) == (423, "1")
    time.sleep(0.35)
    assert place(client, "Rack 9").status_code == 200
    assert client.simulator.faults.active() == []


@pytest.mark.parametrize("taken", [True, False])
def test_an_answer_is_lost_after_or_before_the_write_was_taken(client: Any, taken: bool) -> None:  # noqa: FBT001
    client.simulator.faults.set("answer-lost", taken=taken, times=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        place(client, "Rack 9")
    assert location(client) == ("Rack 9" if taken else "Rack 4")
    assert outcomes(client.simulator) == [("applied" if taken else "lost", None)]


def test_an_answer_may_be_lost_in_silence(client: Any) -> None:
    client.simulator.faults.set("answer-lost", how="hang", times=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.post(SYSTEM, {"location": "Rack 9"}, timeout=0.3)
    assert location(client) == "Rack 9"


def test_a_late_answer_is_a_delay_of_posts(client: Any) -> None:
    client.simulator.faults.set("delay", seconds=0.3, method="POST")
    assert place(client, "Rack 9").elapsed.total_seconds() >= 0.3
    assert client.get("/api/configuration/system").elapsed.total_seconds() < 0.3


def test_numbers_are_rounded_to_a_multiple_and_kept_within_bounds(client: Any) -> None:
    client.simulator.faults.set("value-adjusted", leaf="delay-asymmetry", step=8)
    client.simulator.faults.set("value-adjusted", leaf="intvs/sync-intv", range=[-4, 0])
    answer = client.post(INSTANCE, {"delay-asymmetry": 1003, "intvs": {"sync-intv": 3, "ann-intv": 2}})
    assert answer.status_code == 200
    found = client.configured(INSTANCE)
    assert found["delay-asymmetry"] == 1000
    assert (found["intvs"]["sync-intv"], found["intvs"]["ann-intv"]) == (0, 2)
    assert answer.json()["data"]["delay-asymmetry"] == 1000


@pytest.mark.parametrize(("value", "kept"), [(12, 16), (-12, -16), (11, 8), (-11, -8), (0, 0)])
def test_halves_are_rounded_away_from_zero(client: Any, value: int, kept: int) -> None:
    client.simulator.faults.set("value-adjusted", leaf="delay-asymmetry", step=8)
    client.post(INSTANCE, {"delay-asymmetry": value})
    assert client.configured(f"{INSTANCE}/delay-asymmetry") == kept


def test_a_write_may_be_accepted_and_ignored_in_whole_or_in_part(client: Any) -> None:
    client.simulator.faults.set("write-ignored", times=1)
    assert client.post(SYSTEM, {"location": "Rack 9", "contact": "a"}).status_code == 200
    assert location(client) == "Rack 4"
    client.simulator.faults.set("write-ignored", leaf="location")
    assert client.post(SYSTEM, {"location": "Rack 9", "contact": "b"}).status_code == 200
    assert (location(client), client.configured("system/contact")) == ("Rack 4", "b")
    assert outcomes(client.simulator) == [("ignored", 200), ("applied", 200)]


def test_a_slow_write_is_answered_at_once_and_takes_effect_later(client: Any) -> None:
    client.simulator.faults.set("slow-apply", seconds=0.5)
    answer = place(client, "Rack 9")
    assert answer.elapsed.total_seconds() < 0.5
    assert (location(client), client.pending()) == ("Rack 4", 0)
    time.sleep(0.6)
    assert location(client) == "Rack 9"
    assert outcomes(client.simulator) == [("accepted", 200)]


def test_a_later_write_does_not_overtake_a_slow_one(client: Any) -> None:
    client.simulator.faults.set("slow-apply", seconds=0.4, times=1)
    place(client, "first")
    place(client, "second")
    assert location(client) == "Rack 4"
    time.sleep(0.5)
    assert location(client) == "second"
    assert outcomes(client.simulator) == [("accepted", 200), ("accepted", 200)]


def refuses_connections(simulator: Simulator) -> bool:
    try:
        socket.create_connection(("127.0.0.1", simulator.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def wait_until_refused(simulator: Simulator) -> None:
    ends = time.monotonic() + 5
    while not refuses_connections(simulator):
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_device_dies_at_the_nth_write_and_lives_again_when_revived(client: Any) -> None:
    simulator = client.simulator
    simulator.faults.set("dies-at-write", skip=1)
    assert [place(client, f"Rack {number}").status_code for number in (1, 2)] == [200, 200]
    wait_until_refused(simulator)
    assert simulator.is_dead
    with pytest.raises(requests.exceptions.ConnectionError):
        place(client, "Rack 3")
    simulator.revive()
    assert location(client) == "Rack 2"
    assert place(client, "Rack 3").status_code == 200


@pytest.mark.parametrize("taken", [True, False])
def test_a_device_may_die_without_an_answer(client: Any, taken: bool) -> None:  # noqa: FBT001
    client.simulator.faults.set("dies-at-write", answered=False, taken=taken)
    with pytest.raises(requests.exceptions.ConnectionError):
        place(client, "Rack 9")
    wait_until_refused(client.simulator)
    client.simulator.revive()
    assert location(client) == ("Rack 9" if taken else "Rack 4")


def test_a_dead_device_may_come_back_by_itself(client: Any) -> None:
    client.simulator.kill(0.3)
    assert refuses_connections(client.simulator)
    time.sleep(0.5)
    assert location(client) == "Rack 4"


def test_what_was_only_staged_or_not_in_effect_yet_is_lost_with_the_device(client_of: Any) -> None:
    with Simulator(writes=WriteOptions(mode="staged")) as simulator:
        client = client_of(simulator)
        place(client, "Rack 9")
        simulator.kill()
        simulator.revive()
        assert (location(client), client.pending()) == ("Rack 4", 0)


def test_a_value_changes_behind_the_back(client: Any) -> None:
    client.simulator.configuration.change(f"{INSTANCE}/domain-number", 44)
    assert client.configured(INSTANCE)["domain-number"] == 44
    assert client.module("io1")["ptp-instances"][0]["default-ds"]["domain-number"] == 44
    client.simulator.configuration.change("system", {"location": "Cellar", "contact": "me"})
    assert location(client) == "Cellar"
    assert client.simulator.writes == []
    with pytest.raises(ValueError, match=r"0\.\.255"):
        client.simulator.configuration.change(f"{INSTANCE}/domain-number", 256)
    with pytest.raises(LookupError):
        client.simulator.configuration.change("nothing", 1)


@pytest.mark.parametrize(("first", "left"), [(True, "ours"), (False, "theirs")])
def test_somebody_else_writes_together_with_us(client: Any, first: bool, left: str) -> None:  # noqa: FBT001
    client.simulator.faults.set("changed-by-other", path="system/location", value=["theirs"], first=first)
    assert place(client, "ours").status_code == 200
    assert location(client) == left
    assert place(client, "later").status_code == 200
    assert location(client) == "later"


def test_a_write_of_the_value_read_undoes_what_somebody_changed_meanwhile(client: Any) -> None:
    client.simulator.faults.set("changed-by-other", first=True)
    assert place(client, "Rack 4").status_code == 200
    assert location(client) == "Rack 4"


def test_pending_changes_of_somebody_else_are_counted(client: Any) -> None:
    client.simulator.configuration.stage("system/location", "Cellar", owner="mary")
    assert (client.pending(), location(client)) == (1, "Rack 4")
    assert [(owner, change.path) for owner, change in client.simulator.configuration.pending] == [
        ("mary", "system/location")
    ]
    client.simulator.configuration.discard()
    assert client.pending() == 0


def test_a_card_that_is_out_cannot_be_written(client: Any) -> None:
    client.simulator.faults.set("card-pulled", slot="io1")
    assert client.post(INSTANCE, {"domain-number": 1}).status_code == 404


def test_the_journal_tells_what_was_written_in_which_order(client: Any) -> None:
    client.post(INSTANCE, {"domain-number": 5, "priority-1": 1}, headers={"X-Correlation-Id": "7"})
    client.post(SYSTEM, {"location": 5})
    client.simulator.faults.set("hang", method="POST", times=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.post(SYSTEM, {"location": "x"}, timeout=0.3)
    first, second, third = client.simulator.writes
    assert (first.method, first.path, first.correlation) == ("POST", f"/api/configuration/{INSTANCE}", "7")
    assert first.body == {"domain-number": 5, "priority-1": 1}
    assert [(change.path, change.old, change.new) for change in first.changes] == [
        (f"{INSTANCE}/domain-number", 0, 5),
        (f"{INSTANCE}/priority-1", 128, 1),
    ]
    assert (second.outcome, second.status, second.changes) == ("refused", 400, ())
    assert (third.body, third.status) == ({"location": "x"}, None)
    client.simulator.forget_writes()
    assert client.simulator.writes == []


def test_a_call_is_made_at_each_write_before_its_answer(client: Any) -> None:
    seen: list[tuple[str, str]] = []

    def note(record: WriteRecord) -> None:
        seen.append((record.outcome, threading.current_thread().name))

    client.simulator.on_write = note
    place(client, "Rack 9")
    assert seen == [("applied", "simulated-lantime")]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("config-locked", {"lasting": 0}),
        ("config-locked", {"skip": -1}),
        ("answer-lost", {"how": "politely"}),
        ("value-adjusted", {"range": [1]}),
        ("value-adjusted", {"range": ["a", "b"]}),
        ("changed-by-other", {"path": "nothing"}),
        ("changed-by-other", {"path": "system/location", "value": [5]}),
        ("changed-by-other", {"value": []}),
    ],
)
def test_a_mistaken_fault_of_writes_is_refused(simulator: Simulator, name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"lasting|skip|how|range|nothing|location|value"):
        simulator.faults.set(name, **parameters)
    assert simulator.faults.active() == []


@pytest.fixture
def control() -> Iterator[Any]:
    """A simulator with a control port, and a function that calls a control resource."""
    with Simulator(control_port=0) as simulator, requests.Session() as session:

        def call(method: str, path: str, body: Any = None, status: int = 200) -> Any:
            answer = session.request(method, f"{simulator.control_url}/{path}", json=body, timeout=5)
            assert answer.status_code == status, answer.text
            return answer.json()

        call.simulator = simulator  # type: ignore[attr-defined]
        yield call


def test_everything_about_writes_is_controlled_over_http(control: Any, client_of: Any) -> None:
    client = client_of(control.simulator)
    assert control("PUT", "options", {"mode": "staged"})["mode"] == "staged"
    place(client, "Rack 9")
    control("PUT", "pending/system/contact?owner=mary", "mary@example.net")
    assert [row["owner"] for row in control("GET", "pending")["pending"]] == ["client", "mary"]
    assert control("POST", "pending")["pending"] == []
    assert control("GET", "configuration/system/location") == {"value": "Rack 9"}
    assert control("PUT", "configuration/system/location", "Cellar") == {"value": "Cellar"}
    assert location(client) == "Cellar"
    assert [record["outcome"] for record in control("GET", "writes")["writes"]] == ["staged"]
    assert control("DELETE", "writes") == {"writes": []}
    control("DELETE", "configuration")
    assert location(client) == "Rack 4"
    control("PUT", "pending/system/location", "Cellar")
    assert control("DELETE", "pending") == {"pending": []}
    control("PUT", "configuration/nothing", 1, status=404)
    control("PUT", "configuration/system/location", 1, status=400)
    control("PUT", "options", {"mode": "slowly"}, status=400)
    control("PUT", "options", {"colour": "red"}, status=400)
    control("PUT", "power", {}, status=400)
    control("GET", "options/more", status=404)


def test_a_dead_device_is_revived_by_its_control_port(control: Any, client_of: Any) -> None:
    client = client_of(control.simulator)
    assert control("PUT", "power", {"on": False}) == {"on": False}
    wait_until_refused(control.simulator)
    assert control("GET", "")["dead"] is True
    control("PUT", "power", {"on": True})
    ends = time.monotonic() + 5
    while not control("GET", "power")["on"]:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert location(client) == "Rack 4"


def test_the_control_port_is_no_device(control: Any) -> None:
    base = control.simulator.control_url.removesuffix("/_sim")
    assert requests.get(base + "/api/status", timeout=5).status_code == 404


def test_the_documentation_has_every_fault_with_its_parameters_and_defaults() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page[page.index("## Faults") :].splitlines() if line.startswith("| `")}
    assert rows.keys() == CATALOGUE.keys()
    for name, kind in CATALOGUE.items():
        defaults = ", ".join(f"`{key}` {json.dumps(value)}" for key, value in kind.defaults.items())
        assert rows[name] == f"| `{name}` | {kind.summary} | {defaults} |"
