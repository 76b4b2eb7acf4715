"""Reachability: the state diagram, written out as a table, and what is counted on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from agent import errors
from agent.errors import DeviceError
from agent.model.health import CredentialState, DeviceState, Health, RestState, aged, failed, succeeded, unpolled

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
DOWN_AFTER_S = 90.0
NEVER, UP, STALE, DOWN = DeviceState.NEVER, DeviceState.UP, DeviceState.STALE, DeviceState.DOWN
YOUNG, OLD = NOW - timedelta(seconds=89), NOW - timedelta(seconds=90)
LONG_AGO = NOW - timedelta(days=1)


def health(state: DeviceState, last_success: datetime | None) -> Health:
    return Health(state=state, last_success=last_success, state_since=LONG_AGO)


TABLE = [
    # state, last success, event, state after
    (NEVER, None, "success", UP),
    (NEVER, None, "failure", DOWN),
    (NEVER, None, "age", NEVER),
    (NEVER, None, "unpolled", NEVER),
    (UP, YOUNG, "success", UP),
    (UP, YOUNG, "failure", STALE),
    (UP, OLD, "failure", DOWN),
    (UP, YOUNG, "age", UP),
    (UP, OLD, "age", UP),
    (UP, YOUNG, "unpolled", UP),
    (STALE, YOUNG, "success", UP),
    (STALE, YOUNG, "failure", STALE),
    (STALE, OLD, "failure", DOWN),
    (STALE, YOUNG, "age", STALE),
    (STALE, OLD, "age", DOWN),
    (STALE, YOUNG, "unpolled", STALE),
    (DOWN, OLD, "success", UP),
    (DOWN, None, "success", UP),
    (DOWN, OLD, "failure", DOWN),
    (DOWN, None, "failure", DOWN),
    (DOWN, OLD, "age", DOWN),
    (DOWN, None, "age", DOWN),
    (DOWN, OLD, "unpolled", DOWN),
]


def step(before: Health, event: str) -> Health:
    if event == "success":
        return succeeded(before, NOW, 1.5)
    if event == "failure":
        return failed(before, NOW, errors.TimedOut("no answer"), DOWN_AFTER_S)
    if event == "age":
        return aged(before, NOW, DOWN_AFTER_S)
    return unpolled(before, errors.SwitchedOff("enabled: false"))


@pytest.mark.parametrize(("state", "last_success", "event", "after"), TABLE)
def test_the_state_diagram_holds(
    state: DeviceState, last_success: datetime | None, event: str, after: DeviceState
) -> None:
    got = step(health(state, last_success), event)
    assert got.state is after
    assert got.state_since == (LONG_AGO if state is after else NOW)


def test_the_table_covers_every_state_and_event() -> None:
    assert {(state, event) for state, _, event, _ in TABLE} == {
        (state, event) for state in DeviceState for event in ("success", "failure", "age", "unpolled")
    }


def test_the_reach_register_keeps_the_last_eight_polls_newest_in_bit_0() -> None:
    one = Health()
    expected = []
    for good in (True, True, False, True, False, False, False, True, True, True):
        one = succeeded(one, NOW, 1) if good else failed(one, NOW, errors.Unreachable("x"), DOWN_AFTER_S)
        expected = [*expected, good][-8:]
        assert one.reach == int("".join("1" if bit else "0" for bit in expected), 2)
    assert one.reach == 0b01000111
    for _ in range(8):
        one = succeeded(one, NOW, 1)
    assert one.reach == 255


def test_a_failure_is_counted_and_said_and_a_success_clears_it() -> None:
    bad = failed(health(UP, YOUNG), NOW, errors.RateLimited("429 Too Many Requests", 5), DOWN_AFTER_S)
    assert (bad.reason, bad.detail, bad.failures, bad.polls, bad.polls_failed) == (
        "rateLimited", "429 Too Many Requests", 1, 1, 1,
    )  # fmt: skip
    assert (bad.last_poll, bad.last_success) == (NOW, YOUNG)
    good = succeeded(bad, NOW, 0.0126)
    assert (good.reason, good.detail, good.failures, good.polls, good.polls_failed) == ("none", "", 0, 2, 1)
    assert (good.last_success, good.duration_ms) == (NOW, 13)
    assert good.credentials is CredentialState.ACCEPTED
    assert good.rest is RestState.OK


def subclasses(kind: type[DeviceError]) -> list[type[DeviceError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in subclasses(child))]


@pytest.mark.parametrize("kind", subclasses(DeviceError), ids=lambda kind: kind.__name__)
def test_every_failure_sets_what_it_says_of_credentials_and_rest_and_nothing_else(kind: type[DeviceError]) -> None:
    error = kind("x", None) if kind is errors.RateLimited else kind("x")  # type: ignore[call-arg]
    before = replace(health(UP, YOUNG), credentials=CredentialState.ACCEPTED, rest=RestState.OK)
    after = failed(before, NOW, error, DOWN_AFTER_S)
    credentials = {
        errors.CredentialsRejected: CredentialState.REJECTED,
        errors.AccessDenied: CredentialState.REJECTED,
        errors.CredentialsMissing: CredentialState.MISSING,
    }  # fmt: skip
    rest = {errors.RestDisabled: RestState.DISABLED, errors.UnsupportedVersion: RestState.UNSUPPORTED}
    assert after.credentials is credentials.get(kind, CredentialState.ACCEPTED)
    assert after.rest is rest.get(kind, RestState.OK)
    assert after.rejections == issubclass(kind, errors.CredentialsRejected)
    assert after.reason == kind.reason


def test_rejections_add_up_until_a_success() -> None:
    one = Health()
    for count in (1, 2, 3):
        one = failed(one, NOW, errors.CredentialsRejected("401"), DOWN_AFTER_S)
        assert one.rejections == count
    one = failed(one, NOW, errors.TimedOut("x"), DOWN_AFTER_S)
    assert one.rejections == 3
    assert succeeded(one, NOW, 1).rejections == 0


def test_a_device_that_is_not_asked_has_the_reason_and_counts_no_poll() -> None:
    off = unpolled(Health(), errors.SwitchedOff("enabled: false"))
    assert (off.state, off.reason, off.detail, off.polls, off.failures) == (
        NEVER,
        "switchedOff",
        "enabled: false",
        0,
        0,
    )
    assert off.credentials is CredentialState.UNVERIFIED
    assert unpolled(Health(), errors.CredentialsMissing("none given")).credentials is CredentialState.MISSING


def test_the_down_state_keeps_the_time_it_began() -> None:
    down = failed(Health(), NOW, errors.Unreachable("x"), DOWN_AFTER_S)
    later = failed(down, NOW + timedelta(hours=1), errors.Unreachable("x"), DOWN_AFTER_S)
    assert later.state_since == NOW
