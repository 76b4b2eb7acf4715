"""Recording a device, simulated or scripted, and reading what was recorded."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from agent import __version__
from agent.config import DeviceSettings, Secret
from agent.device.client import Client
from agent.errors import (
    BadAnswer,
    ConfigError,
    CredentialsRejected,
    DeviceError,
    NotFound,
    RateLimited,
    RestDisabled,
    ServerError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from agent.model.document import Json, find, parse_path
from agent.model.exchange import Exchange, Purpose
from agent.service.capture import capture, merged, paths, read_documents, written
from agent.sim import SimSpec, Simulator, build_configuration, build_status

NOW = datetime(2026, 3, 22, 20, 26, 47, tzinfo=timezone.utc)
CAPTURE = Path(__file__).resolve().parents[3] / "shared" / "captures" / "m300-api10.json"
BRANCHES = [
    "system",
    "notification",
    "network/general",
    "network/interfaces",
    "network/ports",
    "services/network",
    "ntp",
]
SPEC = SimSpec(hps_cards=1, instances=1, clients=1)
STATUS = build_status(SPEC, NOW)
IO1 = build_configuration(SPEC, "io1", NOW)


def settings(**changes: Any) -> DeviceSettings:
    return DeviceSettings(**{"name": "zrh-core", "address": "127.0.0.1", "scheme": "http", **changes})


class Scripted:
    """A fetcher that answers as told: by path a document, an error, or a list of those in turn."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"status": STATUS, "configuration/chassis0/slots/io1/module": IO1, **answers}
        self.asked: list[str] = []
        self.purposes: set[Purpose] = set()

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Json:
        assert deadline_s > 0
        assert (f"/slots/{slot}/" in path) == bool(slot)
        self.asked.append(path)
        self.purposes.add(purpose)
        answer = self.answers.get(path, NotFound(f"http://127.0.0.1/api/{path}: 404; the device has no such path"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, DeviceError):
            raise answer
        return answer


class Numbers:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

    def begun(self, exchange: Exchange) -> None:
        pass

    def ended(self, exchange: Exchange) -> None:
        pass


def ignore(number: int, total: int, path: str) -> None:
    pass


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


def record(fetcher: Any, **options: Any) -> dict[str, Any]:
    made = options.pop("settings", settings())
    return capture(fetcher, made, options.pop("progress", ignore), **{"sleep": no_sleep, "key": b"k", **options})


@pytest.fixture
def client_for() -> Iterator[Callable[[Simulator], Client]]:
    made: list[Client] = []

    def make(simulator: Simulator) -> Client:
        device = settings(port=simulator.port, username="info", password=Secret("info-secret"))
        made.append(Client(device, Numbers()))
        return made[-1]

    yield make
    for client in made:
        client.close()


def test_what_is_asked_of_every_device() -> None:
    assert paths(settings()) == ["status", *(f"configuration/{branch}" for branch in BRANCHES)]
    assert paths(settings(), security=True)[-1] == "configuration/security"
    assert paths(settings(slots=["io1"]))[1] == "configuration/chassis0/slots/io1/module"


@pytest.mark.parametrize("generation", [8, 10, 20])
def test_a_simulated_device(generation: int, client_for: Callable[[Simulator], Client]) -> None:
    spec = SimSpec(generation=generation, hps_cards=2)
    told: list[tuple[int, int, str]] = []
    with Simulator(spec) as simulator:
        result = capture(client_for(simulator), settings(), lambda *now: told.append(now), sleep=no_sleep)
        asked = [record.path for record in simulator.requests]
    assert list(result) == [
        "format", "version", "agent", "api-version", "model", "anonymised", "replaced", "documents", "errors",
    ]  # fmt: skip
    assert (result["format"], result["version"], result["agent"]) == ("lantime-capture", 1, __version__)
    assert result["api-version"] == {8: None, 10: "10.21.016", 20: "20.05.013"}[generation]
    assert result["model"] == spec.release.model
    assert result["anonymised"] is True
    assert result["replaced"]["serial"] > 10
    documents = result["documents"]
    assert documents["status"]["data"]["object-id"] == "status"
    assert "configuration/chassis0/slots/io2/module" in documents
    assert {f"configuration/{branch}" for branch in BRANCHES} <= documents.keys()
    assert "configuration/security" not in documents
    assert not any(path.startswith("status/") for path in documents)
    # Power supplies have a module, but nothing to be configured.
    assert result["errors"]["configuration/chassis0/slots/pwr1/module"]["reason"] == "notFound"
    assert {entry["reason"] for entry in result["errors"].values()} == {"notFound"}
    assert [f"/api/{path}" for _, _, path in told] == asked
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1]
    text = written(result)
    assert text.endswith("}\n")
    assert json.loads(text) == result
    for original in (spec.hostname, "example.net", spec.serial("chassis"), "55.250000", "Rack 4", "127.0.0.1:", "zrh"):
        assert original not in text
    assert read_documents(text, "x.json") == documents


def test_it_does_not_touch_what_is_asked_with_the_purpose_of_a_poll() -> None:
    fetcher = Scripted()
    record(fetcher)
    assert fetcher.purposes == {Purpose.PROBE}
    assert len(fetcher.asked) == len(set(fetcher.asked))


def test_keys_are_new_for_each_capture() -> None:
    first, second = (capture(Scripted(), settings(), ignore)["documents"]["status"] for _ in range(2))
    serials = [answer["system-information"]["serial-number"] for answer in (first, second)]
    assert serials[0] != serials[1] != STATUS["system-information"]["serial-number"]


def test_security_is_asked_only_when_told_to(client_for: Callable[[Simulator], Client]) -> None:
    with Simulator(SPEC) as simulator:
        result = record(client_for(simulator), security=True)
    assert "users" in result["documents"]["configuration/security"]["data"]


def test_only_configured_slots_are_asked_for() -> None:
    fetcher = Scripted()
    record(fetcher, settings=settings(slots=["io1", "io99"]))
    assert [path for path in fetcher.asked if "slots" in path] == ["configuration/chassis0/slots/io1/module"]


def test_errors_are_noted_without_identities_and_the_rest_is_asked() -> None:
    fetcher = Scripted(
        **{
            "configuration/ntp": ServerError("https://127.0.0.1/api/configuration/ntp: 500 zrh-core.acme.ch is ill"),
            "configuration/system": BadAnswer("http://ZRH-core:8080/x: no JSON of 10.1.2.3, serial "
                                              + STATUS["system-information"]["serial-number"]),
        }
    )  # fmt: skip
    result = record(fetcher, settings=settings(address="zrh-core.acme.ch"))
    errors = result["errors"]
    assert errors["configuration/ntp"]["reason"] == "serverError"
    assert errors["configuration/system"]["reason"] == "badAnswer"
    assert errors["configuration/network/general"]["reason"] == "notFound"
    assert "io1" in "".join(result["documents"])
    text = json.dumps(errors).lower()
    for original in ("zrh", "acme", "10.1.2.3", STATUS["system-information"]["serial-number"]):
        assert original not in text


@pytest.mark.parametrize("problem", [TooLarge("big"), TimedOut("late"), ServerError("500"), BadAnswer("cut")])
def test_cards_and_branches_are_asked_one_by_one_when_the_whole_tree_fails(problem: DeviceError) -> None:
    slots = [{"object-id": "io1", "slot-id": "io1", "module": {"info": {"model": "hps100"}}}, {"object-id": "io2"}]
    chassis = {"data": {"object-id": "chassis0", "model": "M3000", "slots": slots}}
    fetcher = Scripted(
        status=problem,
        **{
            "status/chassis0": chassis,
            "status/system": {"data": {"uptime": 1.0}},
            "status/chassis0/slots/io1/module": {"data": {"info": {"model": "hps100"}, "extra": 1}},
        },
    )
    result = record(fetcher)
    assert fetcher.asked[:3] == ["status", "status/chassis0", "status/rest-api"]
    assert result["errors"]["status"]["reason"] == problem.reason
    assert [path for path in fetcher.asked if "slots" in path] == [
        "status/chassis0/slots/io1/module", "configuration/chassis0/slots/io1/module",
    ]  # fmt: skip
    root = merged(result["documents"])
    assert find(root, parse_path("status.chassis0.slots.io1.module.extra").steps) == 1
    assert find(root, parse_path("status.system.uptime").steps) == 1.0


def test_the_configured_slots_are_asked_for_when_not_even_the_chassis_answers() -> None:
    fetcher = Scripted(status=TooLarge("big"), **{"status/system": {"data": {"uptime": 1.0}}})
    record(fetcher, settings=settings(slots=["io1"]))
    assert "status/chassis0/slots/io1/module" in fetcher.asked


def test_a_busy_device_is_given_time() -> None:
    slept: list[float] = []
    busy = RateLimited("429", None)
    fetcher = Scripted(
        status=[busy, RateLimited("429", 33.0), STATUS],
        **{"configuration/ntp": [busy, busy, {"data": {"servers": []}}]},
    )
    result = record(fetcher, sleep=slept.append)
    assert slept == [5.0, 33.0, 5.0, 10.0]
    assert "configuration/ntp" in result["documents"]
    assert "status" not in result["errors"]


def test_a_device_that_stays_busy_is_left_alone() -> None:
    slept: list[float] = []
    answers = {f"configuration/{branch}": RateLimited("429", None) for branch in BRANCHES}
    result = record(Scripted(**answers), sleep=slept.append)
    assert len(slept) == 20
    reasons = [result["errors"][f"configuration/{branch}"]["reason"] for branch in BRANCHES]
    # Cards are asked first; what is not asked any more is noted as such.
    assert reasons == ["rateLimited"] * 5 + ["notAsked"] * 2
    assert "configuration/chassis0/slots/io1/module" in result["documents"]


def test_a_device_that_wants_to_be_left_alone_for_long_is() -> None:
    fetcher = Scripted(**{"configuration/system": RateLimited("429", 7200.0)})
    result = record(fetcher)
    assert fetcher.asked[-1] == "configuration/system"
    assert result["errors"]["configuration/ntp"]["reason"] == "notAsked"


def test_rejected_credentials_end_it() -> None:
    fetcher = Scripted(**{"configuration/system": CredentialsRejected("403")})
    result = record(fetcher)
    assert fetcher.asked[-1] == "configuration/system"
    assert result["errors"]["configuration/system"]["reason"] == "credentialsRejected"
    assert result["errors"]["configuration/ntp"] == {
        "reason": "notAsked",
        "text": "not asked after credentialsRejected",
    }


@pytest.mark.parametrize(
    "problem", [CredentialsRejected("401"), Unreachable("no route"), RestDisabled("page")], ids=lambda p: p.reason
)
def test_without_any_document_the_first_failure_is_raised_at_once(problem: DeviceError) -> None:
    fetcher = Scripted(status=problem)
    with pytest.raises(type(problem)):
        record(fetcher)
    assert fetcher.asked == ["status"]


def test_a_device_that_goes_away_is_not_asked_for_ever() -> None:
    answers = {f"configuration/{branch}": Unreachable("gone") for branch in BRANCHES}
    fetcher = Scripted(**answers)
    result = record(fetcher)
    assert fetcher.asked[-1] == "configuration/network/general"
    assert result["errors"]["configuration/ntp"]["reason"] == "notAsked"


def test_faults_of_a_simulated_device(client_for: Callable[[Simulator], Client]) -> None:
    slept: list[float] = []
    with Simulator(SPEC) as simulator:
        simulator.faults.set("rate-limited", times=1, retry_after="7")
        simulator.faults.set("not-json", times=1, prefix="/api/configuration/ntp")
        result = record(client_for(simulator), sleep=slept.append)
        simulator.faults.set("unauthorized")
        with pytest.raises(CredentialsRejected):
            record(client_for(simulator))
    assert slept == [7.0]
    assert result["errors"]["configuration/ntp"]["reason"] == "badAnswer"
    assert result["errors"]["configuration/ntp"]["text"].startswith("/api/configuration/ntp: no JSON")
    assert not re.search(r"127\.0\.0\.1:|info-secret", json.dumps(result))


# Reading.


def test_a_bare_answer_is_read() -> None:
    text = "\r\n\ufeff" + json.dumps(STATUS, indent=2) + "\r\n\r\n"
    assert read_documents(text, "x") == {"status": STATUS}


def test_the_tree_without_envelope_is_read() -> None:
    documents = read_documents(json.dumps(STATUS["data"]), "x")
    assert merged(documents)["status"]["chassis0"] == STATUS["data"]["chassis0"]


def test_an_answer_to_another_path_lands_where_its_link_says() -> None:
    documents = read_documents(json.dumps(IO1), "x")
    assert list(documents) == ["configuration/chassis0/slots/io1/module"]


def test_an_answer_without_link_is_known_by_its_content() -> None:
    assert list(read_documents(json.dumps({"data": STATUS["data"]}), "x")) == ["status"]


def test_the_real_capture_is_read() -> None:
    if not CAPTURE.exists():
        pytest.skip(f"the real capture is not part of the project and not at {CAPTURE}")
    root = merged(read_documents(CAPTURE.read_text(encoding="utf-8"), str(CAPTURE)))
    assert root["system-information"]["model"] == "M300"
    assert root["status"]["chassis0"]["slots"][3]["module"]["info"]["model"] == "pzf511"


GOOD = {"format": "lantime-capture", "version": 1, "documents": {"status": {}}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON: Expecting value at line 1, column 1"),
        ("<html>", "not JSON"),
        ('{"data": {"a": NaN}}', "NaN is no JSON number"),
        ('{"data": {"a": 1e999}}', "a number is too large"),
        ('{"data": {"a": %s}}' % ("9" * 5000), "a number of 5000 digits"),
        ("[1]", "JSON, but not an object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"data":' * 150 + "1" + "}" * 150, "nested more than 100 levels deep"),
        ('{"sys": 1}', "neither a capture file of this agent nor an answer"),
        ('{"data": 3}', "data: an object is expected"),
        ('{"data": {"object-id": "x"}}', "without a link that says to what"),
        (json.dumps({**GOOD, "format": "other"}), "its format is not 'lantime-capture'"),
        (json.dumps({**GOOD, "version": 2}), "written by a newer agent: format version 2, this agent reads 1"),
        (json.dumps({**GOOD, "version": "1"}), "version: a whole number"),
        (json.dumps({**GOOD, "documents": {}}), "with one at least"),
        (json.dumps({**GOOD, "documents": {"status": 3}}), "documents: status: an object or list is expected"),
        (json.dumps({**GOOD, "documents": {"status//x": {}}}), "is no path below status or configuration"),
        (json.dumps({**GOOD, "documents": {"/etc": {}}}), "is no path below status or configuration"),
    ],
)
def test_anything_else_is_refused_with_what_it_is(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_documents(text, "dir/x.json")
    assert raised.value.place == "dir/x.json"
    assert problem in raised.value.problem
    assert len(raised.value.problem) < 400
    assert raised.value.__context__ is None
