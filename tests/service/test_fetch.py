"""One poll's requests: which, in which order, how long, and what is left of them when one fails."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from agent.device.client import Client
from agent.errors import (
    AccessDenied,
    BadAnswer,
    CredentialsRejected,
    DeviceError,
    NotFound,
    RateLimited,
    ServerError,
    TimedOut,
    Unreachable,
    UnsupportedVersion,
)
from agent.service.fetch import Due, Harvest, Poll
from agent.sim import SimSpec
from tests.service.conftest import Answers, Clock, Script, answers_of
from tests.support.running import device, pace

STATUS = "status"


class Polling:
    """One poll after the other, as a keeper does them."""

    def __init__(self, answers: Answers, *, slots: Any = None, cost_s: float = 0.0, **poll: Any) -> None:
        self.clock = Clock()
        self.script = Script(dict(answers), self.clock, cost_s)
        self.settings = device(80, poll=pace(**poll), slots=slots or {})
        self.root: Any = {}
        self.due = Due()

    def once(self, after_s: float = 0.0) -> Harvest:
        self.clock.seconds += after_s
        harvest = Poll(self.settings, self.script, self.root, self.due, self.clock.monotonic).run()
        self.root, self.due = harvest.root, harvest.due
        return harvest

    def asked(self, after_s: float = 0.0) -> list[str]:
        """What one poll asks for."""
        self.script.taken()
        self.once(after_s)
        return self.script.taken()

    def module(self, slot: str) -> Any:
        slots = {one["slot-id"]: one for one in self.root["status"]["chassis0"]["slots"]}
        return slots[slot].get("module") if slot in slots else None

    def configured(self, slot: str) -> bool:
        return any(one["slot-id"] == slot for one in self.root.get("configuration", {}).get("chassis0", {})["slots"])


def configuration(slot: str) -> str:
    return f"configuration/chassis0/slots/{slot}/module"


def module(slot: str) -> str:
    return f"status/chassis0/slots/{slot}/module"


@pytest.fixture(scope="module")
def small() -> Answers:
    """An M1000S, which has no more slots than a test can list."""
    return answers_of(SimSpec(generation=8))


@pytest.fixture(scope="module")
def occupied(small: Answers) -> list[str]:
    return [one["slot-id"] for one in small["status"]["data"]["chassis0"]["slots"] if "module" in one]


def test_tree_mode_asks_once_and_then_for_due_configurations(small: Answers, occupied: list[str]) -> None:
    polling = Polling(small)
    assert polling.asked() == [STATUS, *map(configuration, occupied)]
    assert polling.asked(after_s=30) == [STATUS]
    assert polling.asked(after_s=569) == [STATUS]
    assert polling.asked(after_s=1) == [STATUS, *map(configuration, occupied)]


def test_requests_for_a_card_name_its_slot(small: Answers, occupied: list[str]) -> None:
    polling = Polling(small)
    polling.once()
    assert polling.script.slots == ["", *occupied]


def test_configuration_can_be_switched_off(small: Answers) -> None:
    assert Polling(small, configuration=False).asked() == [STATUS]


def test_only_configured_slots_are_asked(small: Answers) -> None:
    polling = Polling(small, slots={"io1": "HPS", "io99": None, "io4": None})
    assert polling.asked() == [STATUS, configuration("io1")]
    polling = Polling(small, mode="subtrees", subtrees=("system",), slots={"io1": "HPS", "io99": None})
    assert polling.asked() == ["status/chassis0", "status/system", configuration("io1")]
    assert polling.asked(after_s=30) == ["status/system", module("io1")]


def test_subtree_mode_asks_inventory_when_due_subtrees_and_occupied_slots(small: Answers, occupied: list[str]) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system", "ntp"), configuration=False)
    parts, modules = ["status/system", "status/ntp"], [*map(module, occupied)]
    assert polling.asked() == ["status/chassis0", *parts], "the chassis brings every module"
    assert polling.asked(after_s=30) == parts + modules
    assert polling.asked(after_s=569) == parts + modules
    assert polling.asked(after_s=1) == ["status/chassis0", *parts]


def test_both_modes_bring_the_same_tree(small: Answers) -> None:
    tree, subtrees = Polling(small), Polling(small, mode="subtrees")
    assert tree.once().error is None
    assert subtrees.once().error is None
    assert subtrees.root["configuration"] == tree.root["configuration"]
    assert subtrees.root["status"] == {name: tree.root["status"][name] for name in subtrees.root["status"]}
    assert set(tree.root["status"]) - set(subtrees.root["status"]) <= {"object-id"}


def test_a_pulled_card_costs_its_module_and_the_inventory_is_asked_anew(small: Answers) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system",))
    polling.once()
    assert polling.module("io1")
    del polling.script.answers[module("io1")]
    harvest = polling.once(after_s=30)
    assert harvest.error is None
    assert polling.module("io1") is None
    asked = polling.asked(after_s=30)
    assert asked[0] == "status/chassis0"


def test_a_subtree_the_device_does_not_have_is_no_failure(small: Answers) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system", "syncteam"), configuration=False)
    del polling.script.answers["status/syncteam"]
    polling.root = {"status": {"syncteam": {"left": "from before"}}}
    assert polling.once().error is None
    assert "syncteam" not in polling.root["status"]
    assert "system" in polling.root["status"]


def test_configurations_that_do_not_fit_into_half_the_deadline_wait_for_the_next_poll(
    small: Answers, occupied: list[str]
) -> None:
    polling = Polling(small, cost_s=2, deadline_s=10)
    first = polling.asked()
    assert first == [STATUS, *map(configuration, occupied[:2])]
    rest = [path for _ in range(4) for path in polling.asked(after_s=30)]
    assert [path for path in rest if path != STATUS] == list(map(configuration, occupied[2:]))


@pytest.mark.parametrize(
    "error",
    [ServerError("500"), TimedOut("late"), BadAnswer("no JSON"), RateLimited("429", None), Unreachable("gone")],
    ids=lambda error: error.reason,
)
def test_a_failing_configuration_does_not_fail_the_poll_and_pauses(
    error: DeviceError, small: Answers, occupied: list[str]
) -> None:
    polling = Polling(small)
    polling.script.answers[configuration(occupied[0])] = error
    harvest = polling.once()
    assert harvest.error is None
    assert polling.script.taken() == [STATUS, configuration(occupied[0])]
    assert polling.asked(after_s=30) == [STATUS], "left alone for two intervals"
    asked = polling.asked(after_s=30)
    assert configuration(occupied[1]) in asked, "one bad card does not keep the others waiting"
    assert asked[-1] == configuration(occupied[0]), "asked again, behind the others"
    polling.script.answers[configuration(occupied[0])] = {"data": {"name": "mended"}}
    assert polling.asked(after_s=60) == [STATUS, configuration(occupied[0])]


@pytest.mark.parametrize("error", [RateLimited("429", 500), ServerError("503", 500)])
def test_a_failing_configuration_waits_as_long_as_the_device_asks(error: DeviceError, small: Answers) -> None:
    polling = Polling(small)
    polling.script.answers[configuration("clk1")] = error
    polling.once()
    assert polling.asked(after_s=499) == [STATUS]
    assert len(polling.asked(after_s=1)) > 1


def test_a_retry_after_of_years_is_not_believed(small: Answers) -> None:
    polling = Polling(small)
    polling.script.answers[configuration("clk1")] = RateLimited("429", 1e9)
    polling.once()
    assert len(polling.asked(after_s=3601)) > 1


def test_a_card_without_configuration_is_asked_at_the_slow_pace_too(small: Answers) -> None:
    polling = Polling(small, slots={"io1": None})
    del polling.script.answers[configuration("io1")]
    assert polling.asked() == [STATUS, configuration("io1")]
    assert polling.asked(after_s=30) == [STATUS]


def test_the_configuration_of_a_card_that_is_gone_goes_and_is_asked_anew_when_one_comes(small: Answers) -> None:
    polling = Polling(small)
    polling.once()
    assert polling.configured("io1")
    whole = polling.script.answers[STATUS]
    slots = [
        {name: value for name, value in slot.items() if name != "module" or slot["slot-id"] != "io1"}
        for slot in whole["data"]["chassis0"]["slots"]
    ]
    chassis = {**whole["data"]["chassis0"], "slots": slots}
    polling.script.answers[STATUS] = {**whole, "data": {**whole["data"], "chassis0": chassis}}
    assert polling.asked(after_s=30) == [STATUS]
    assert not polling.configured("io1")
    assert polling.configured("io2")
    polling.script.answers[STATUS] = whole
    assert polling.asked(after_s=30) == [STATUS, configuration("io1")]
    assert polling.configured("io1")


def test_configurations_outlive_a_status_without_slots(small: Answers) -> None:
    polling = Polling(small)
    polling.once()
    whole = polling.script.answers[STATUS]
    polling.script.answers[STATUS] = {**whole, "data": {**whole["data"], "chassis0": None}}
    assert polling.asked(after_s=30) == [STATUS]
    assert polling.configured("io1")


@pytest.mark.parametrize("path", [STATUS, configuration("clk1")])
def test_rejected_credentials_end_the_poll_wherever_they_occur(path: str, small: Answers) -> None:
    polling = Polling(small)
    polling.script.answers[path] = CredentialsRejected("401")
    assert isinstance(polling.once().error, CredentialsRejected)
    assert polling.script.asked[-1] == path


def test_a_poll_asks_for_the_configuration_of_a_few_cards_only(small: Answers, occupied: list[str]) -> None:
    polling = Polling(small, configuration_batch=2)
    asked = [path for path in polling.asked() + polling.asked(after_s=30) if path.startswith("configuration/")]
    assert asked == [f"configuration/chassis0/slots/{slot}/module" for slot in occupied[:4]]


def test_a_user_who_may_not_read_configuration_still_gets_the_status(small: Answers, occupied: list[str]) -> None:
    polling = Polling(small)
    polling.script.answers[f"configuration/chassis0/slots/{occupied[0]}/module"] = AccessDenied("403")
    assert polling.once().error is None
    assert polling.asked(after_s=30) == [STATUS], "configuration pauses"


@pytest.mark.parametrize("path", ["status/chassis0", "status/system", module("io1")])
def test_rejected_credentials_end_a_poll_of_subtrees(path: str, small: Answers) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system", "ntp"))
    if path.endswith("module"):
        polling.once()
    polling.script.answers[path] = CredentialsRejected("401")
    assert isinstance(polling.once().error, CredentialsRejected)
    assert polling.script.asked[-1] == path


def test_every_request_gets_what_is_left_of_the_whole_deadline(small: Answers) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system", "ntp", "network"), cost_s=2, deadline_s=5)
    harvest = polling.once()
    assert polling.script.deadlines == [5, 3, 1]
    assert isinstance(harvest.error, TimedOut)
    assert harvest.duration_s == 6


def test_what_came_before_a_failure_is_kept_and_so_is_what_was_known(small: Answers) -> None:
    polling = Polling(small, mode="subtrees", subtrees=("system", "ntp"), configuration=False)
    polling.once()
    before = polling.root
    polling.script.answers["status/system"] = {"data": {"uptime": 4711}}
    polling.script.answers["status/ntp"] = TimedOut("late")
    harvest = polling.once(after_s=30)
    assert isinstance(harvest.error, TimedOut)
    assert harvest.changed
    assert harvest.root["status"] == {**before["status"], "system": {"uptime": 4711}}


def test_nothing_received_leaves_everything_as_it_was(small: Answers) -> None:
    polling = Polling(small)
    polling.once()
    before = polling.root
    polling.script.answers[STATUS] = Unreachable("refused")
    harvest = polling.once(after_s=30)
    assert harvest.root is before
    assert not harvest.changed


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": None}, {"data": []}, {"data": {"object-id": "status"}}])
def test_an_empty_status_is_no_status(answer: Any, small: Answers) -> None:
    polling = Polling(small)
    polling.once()
    before = polling.root
    polling.script.answers[STATUS] = answer
    harvest = polling.once(after_s=30)
    assert isinstance(harvest.error, BadAnswer)
    assert harvest.root is before


@pytest.mark.parametrize(
    ("version", "error"), [("7.05.001", UnsupportedVersion), ("8.01.001", None), ("23.01.001", None), ("none", None)]
)
def test_api_generations_before_8_are_unsupported(version: str, error: type[DeviceError] | None) -> None:
    answer = {"system-information": {"API Version": f"LANTIME REST API V{version}"}, "data": {"system": {"uptime": 1}}}
    harvest = Polling({STATUS: answer}).once().error
    assert type(harvest) is (error or type(None))


def test_a_whole_status_that_is_not_found_is_an_error_of_the_poll() -> None:
    assert isinstance(Polling({}).once().error, NotFound)
    assert isinstance(Polling({}, mode="subtrees").once().error, NotFound)


def test_one_request_in_flight_over_real_http(simulate: Any) -> None:
    """Of a simulated device that counts: each request begins after the answer to the one before."""
    simulator = simulate(SimSpec(generation=8))
    simulator.latency = 0.005
    log: list[tuple[str, int]] = []
    numbers = itertools.count()

    class Recorder:
        def number(self) -> int:
            return next(numbers)

        def begun(self, exchange: Any) -> None:
            log.append(("begun", exchange.number))

        def ended(self, exchange: Any) -> None:
            log.append(("ended", exchange.number))

    settings = device(simulator.port, poll=pace(mode="subtrees"))
    client = Client(settings, Recorder())
    try:
        assert Poll(settings, client, {}, Due()).run().error is None
    finally:
        client.close()
    assert len(log) == 2 * len(simulator.requests) > 20
    assert log == [(kind, number) for number in range(len(log) // 2) for kind in ("begun", "ended")]
