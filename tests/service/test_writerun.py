"""One write to one device: what is asked in which order, and what each answer comes to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from agent.config import WriteSettings
from agent.errors import CredentialsRejected, NotFound, RateLimited, ServerError, TimedOut, Unreachable
from agent.mib.module import northbound
from agent.model.configuring import Change, Posted, Target, Verdict, restoring
from agent.model.exchange import Purpose
from agent.service.writerun import LAST_WORD_S, WriteRun, escaped, slot_of

MODULE = "configuration/chassis0/slots/io1/module"
INSTANCE = f"{MODULE}/ptp-instances/i0"
COLUMNS = {name: one.column for name, one in northbound().objects.items() if one.column.writes is not None}
LOST = Posted(TimedOut("http://d: nothing came"), None, left=True)


class Device:
    """A device in memory: objects by path; what happens to a POST is up to the test."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {
            INSTANCE: {"object-id": "i0", "domain-number": 0, "role": "unicast-slave", "priority-1": 128},
            f"{INSTANCE}/intvs": {"object-id": "intvs", "sync-intv": -4},
        }
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[Any] = []
        self.deadlines: list[float] = []
        self.slots: list[str] = []
        self.pending = 0
        self.take: Callable[[str, Any], Posted] = self.obey
        self.refuse_get: Callable[[int], Exception | None] = lambda number: None
        self.now_s = 1000.0
        self.slept: list[float] = []
        self.on_sleep: Callable[[], object] = lambda: None

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Any:
        assert purpose is Purpose.SET
        self.deadlines.append(deadline_s)
        self.slots.append(slot)
        self.asked.append(("GET", path))
        problem = self.refuse_get(len(self.asked))
        if problem is not None:
            raise problem
        if path not in self.objects:
            raise NotFound(path)
        return {"changes": {"pending-changes": self.pending}, "data": copy.deepcopy(self.objects[path])}

    def post(self, path: str, body: Any, *, deadline_s: float, slot: str = "") -> Posted:
        self.deadlines.append(deadline_s)
        self.asked.append(("POST", path))
        self.bodies.append(body)
        return self.take(path, body)

    def obey(self, path: str, body: Any) -> Posted:
        self.objects.setdefault(path, {}).update(body)
        return Posted(None, 200)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds
        self.on_sleep()


def change(member: str, value: Any, name: str = "lnbPtpConfigDomain", owner: str = INSTANCE) -> Change:
    return Change(Target("d", name, (1, 1), f"{owner}/{member}"), value, value)


def run(device: Device, *changes: Change, deadline_s: float = 60.0, **settings: Any) -> Any:
    made = WriteRun(
        device, WriteSettings(**settings), COLUMNS, deadline_s, lambda: device.now_s, device.sleep
    )  # fmt: skip
    return made.write(changes)


DOMAIN = change("domain-number", 5)
SYNC = change("sync-intv", -3, "lnbPtpConfigSyncInterval", f"{INSTANCE}/intvs")
PRIORITY = change("priority-1", 7, "lnbPtpConfigPriority1")


def test_the_object_is_read_posted_whole_without_its_name_and_read_back() -> None:
    device = Device()
    done = run(device, DOMAIN)
    assert device.asked == [("GET", INSTANCE), ("POST", INSTANCE), ("GET", INSTANCE)]
    assert device.bodies == [{"domain-number": 5, "role": "unicast-slave", "priority-1": 128}]
    assert [(one.verdict, one.before, one.after) for one in done.results] == [(Verdict.WRITTEN, 0, 5)]
    assert done.answers[INSTANCE]["domain-number"] == 5
    assert set(device.slots) == {"io1"}
    assert device.slept == []


def test_neighbours_are_one_post_and_other_objects_follow_in_order() -> None:
    device = Device()
    done = run(device, DOMAIN, PRIORITY, SYNC)
    assert [path for method, path in device.asked if method == "POST"] == [INSTANCE, f"{INSTANCE}/intvs"]
    assert [one.verdict for one in done.results] == [Verdict.WRITTEN] * 3
    assert [one.change for one in done.results] == [DOMAIN, PRIORITY, SYNC]


def test_what_is_there_already_is_not_posted_however_it_is_written() -> None:
    device = Device()
    done = run(device, change("role", 1, "lnbPtpConfigRole"))
    assert device.asked == [("GET", INSTANCE)]
    assert (done.results[0].verdict, done.results[0].after) == (Verdict.WRITTEN, "unicast-slave")


def test_behind_the_first_that_is_not_written_nothing_is_tried() -> None:
    device = Device()
    device.take = lambda path, body: Posted(ServerError("http://d/api/x: 423 Locked"), 423)
    done = run(device, DOMAIN, SYNC)
    assert [one.verdict for one in done.results] == [Verdict.REFUSED] * 2
    assert done.results[0].detail == "423 Locked"
    assert done.results[1].detail == "not tried, since lnbPtpConfigDomain.1.1 was not written"
    assert device.asked == [("GET", INSTANCE), ("POST", INSTANCE)]


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer_is_made_up_for_by_reading_back_and_nothing_is_posted_twice(*, took_effect: bool) -> None:
    device = Device()

    def lose(path: str, body: Any) -> Posted:
        if took_effect:
            device.obey(path, body)
        device.now_s += 59.9
        return LOST

    device.take = lose
    (result,) = run(device, DOMAIN).results
    assert [method for method, _ in device.asked].count("POST") == 1
    assert min(device.deadlines[2:]) > LAST_WORD_S - 5, "a question is allowed although the time is nearly over"
    if took_effect:
        assert (result.verdict, result.after) == (Verdict.WRITTEN, 5)
    else:
        assert (result.verdict, result.after) == (Verdict.UNKNOWN, 0)
        assert result.detail == "wanted 5; no answer came (nothing came), and the device still says 0"


def test_when_reading_back_fails_too_nobody_knows() -> None:
    device = Device()
    device.take = lambda path, body: LOST
    device.refuse_get = lambda number: Unreachable("http://d: gone") if number > 1 else None
    (result,) = run(device, DOMAIN).results
    assert result.verdict is Verdict.UNKNOWN
    assert result.detail == "the answer was lost (nothing came), and it could not be read back: gone"
    assert restoring(result) == Change(DOMAIN.target, 0, 0)


def test_a_taken_write_that_cannot_be_read_back_is_not_known_either() -> None:
    device = Device()
    device.refuse_get = lambda number: TimedOut("http://d: late") if number > 1 else None
    (result,) = run(device, DOMAIN).results
    assert (result.verdict, result.detail) == (
        Verdict.UNKNOWN, "the device took it, but it could not be read back: late",
    )  # fmt: skip


def test_what_did_not_leave_has_changed_nothing() -> None:
    device = Device()
    device.take = lambda path, body: Posted(Unreachable("http://d: refused"), None, left=False)
    (result,) = run(device, DOMAIN).results
    assert (result.verdict, result.detail) == (Verdict.UNREACHABLE, "refused")
    assert [method for method, _ in device.asked] == ["GET", "POST"]


def test_an_error_of_the_devices_own_is_a_refusal_that_says_what_is_there_now() -> None:
    device = Device()

    def half(path: str, body: Any) -> Posted:
        device.obey(path, body)
        return Posted(ServerError("http://d: 500 Oops"), 500)

    device.take = half
    (result,) = run(device, DOMAIN).results
    assert (result.verdict, result.before, result.after) == (Verdict.REFUSED, 0, 5)
    assert result.detail == "500 Oops; the device says 5 now"


def test_another_value_is_told_with_both_and_with_what_is_held_ready() -> None:
    device = Device()

    def round_up(path: str, body: Any) -> Posted:
        device.pending = 3
        return device.obey(path, {**body, "domain-number": 10})

    device.take = round_up
    (result,) = run(device, DOMAIN).results
    assert (result.verdict, result.after) == (Verdict.DIFFERS, 10)
    assert result.detail == "wanted 5, the device took it and says 10; it holds 3 pending changes"
    assert device.slept == [], "a third value is final"


def test_the_old_value_is_waited_for_as_long_as_the_device_may_take() -> None:
    device = Device()
    device.take = lambda path, body: Posted(None, 200)
    (result,) = run(device, DOMAIN, settle_s=2.5).results
    assert result.verdict is Verdict.DIFFERS
    assert 1.5 <= sum(device.slept) <= 2.5
    slow = Device()
    slow.take = lambda path, body: Posted(None, 200)
    slow.on_sleep = lambda: slow.obey(INSTANCE, {"domain-number": 5})
    (result,) = run(slow, DOMAIN).results
    assert result.verdict is Verdict.WRITTEN


def test_the_deadline_bounds_every_request() -> None:
    device = Device()
    device.refuse_get = lambda number: setattr(device, "now_s", device.now_s + 20)
    (result,) = run(device, DOMAIN, deadline_s=15).results
    assert (result.verdict, result.detail) == (Verdict.UNREACHABLE, "the time for this write is over")
    assert device.bodies == []


def test_only_changes_are_posted_where_that_is_wanted_and_applied_where_that_has_a_path() -> None:
    device = Device()
    run(device, DOMAIN, PRIORITY, body="changes", apply_path="apply")
    assert device.asked[1:3] == [("POST", INSTANCE), ("POST", "apply")]
    assert device.bodies == [{"domain-number": 5, "priority-1": 7}, {}]


def test_a_path_the_device_does_not_have_is_a_refusal() -> None:
    device = Device()
    (result,) = run(device, change("x", 1, owner="configuration/none/here")).results
    assert (result.verdict, result.detail) == (Verdict.REFUSED, "the device has no /api/configuration/none/here")


@pytest.mark.parametrize(
    "problem",
    [CredentialsRejected("401"), RateLimited("429", 3), ServerError("503", 3)],
    ids=lambda one: type(one).__name__,
)
def test_what_concerns_more_than_this_write_is_handed_on(problem: Exception) -> None:
    device = Device()
    device.refuse_get = lambda number: problem
    done = run(device, DOMAIN)
    assert done.error is problem
    assert done.results[0].verdict is Verdict.REFUSED


def test_slots_and_paths() -> None:
    assert slot_of(INSTANCE) == "io1"
    assert slot_of("configuration/system") == ""
    assert escaped("configuration/network/interfaces/lan0:0/a b%?") == (
        "configuration/network/interfaces/lan0:0/a%20b%25%3F"
    )
