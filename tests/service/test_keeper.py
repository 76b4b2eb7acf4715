"""What is served of a device from poll to poll: its state and reason, and which cells stay, go and come back."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.config import DeviceSettings
from agent.config.secret import Secret
from agent.errors import BadAnswer, CredentialsRejected, HostError, RateLimited, RestDisabled, TimedOut, Unreachable
from agent.mib.declaration import Feed
from agent.model.document import graft
from agent.service.keeper import Keeper
from agent.service.state import StateStore
from agent.sim import SimSpec, Simulator
from tests.service.conftest import Bench, Benching, Script, answers_of, failing
from tests.support.cells import MODULE, OBJECTS, row, rows, table_of, where
from tests.support.running import PASSWORD, device, pace

STATUS_TABLES = ("lnbDeviceTable", "lnbDriftTable")
HTTP_TABLES = ("lnbHttpDeviceTable", "lnbHttpSessionTable")
PACE = pace(down_after_s=90, hold_missing_s=600, deadline_s=5, read_timeout_s=1.5, body_limit_mb=2)
MEASURED = {name for name, located in OBJECTS.items() if located.column.measured}
STATE = ("lnbDeviceState", "lnbDeviceReason", "lnbDeviceRestState", "lnbDeviceCredentialState")


def settings(simulator: Simulator, **changes: Any) -> DeviceSettings:
    return device(simulator.port, **{"poll": PACE, **changes})


def state(bench: Bench) -> tuple[Any, ...]:
    return tuple(bench.device(column) for column in STATE)


@pytest.fixture
def simulator(still: Callable[..., Simulator]) -> Simulator:
    return still()


@pytest.fixture
def polled(simulator: Simulator, bench: Benching) -> Bench:
    """A device that was polled with success: once with its configurations, once without."""
    made = bench(settings(simulator))
    assert made.poll().error is None
    assert made.poll().error is None
    return made


# States and reasons


def test_a_device_is_served_before_it_is_polled(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator))
    assert state(made) == ("neverPolled", "none", "unknown", "unverified")
    assert made.device("lnbDeviceName") == "lts1"
    assert made.device("lnbDeviceLastPoll") is None
    assert {table_of(name) for name in made.cells()} == {"lnbDeviceTable", "lnbHttpDeviceTable"}


def test_never_to_up(polled: Bench) -> None:
    assert state(polled) == ("up", "none", "ok", "accepted")
    assert polled.device("lnbDeviceReach") == 0b11
    assert polled.device("lnbDeviceLastPoll") == polled.device("lnbDeviceLastSuccess")


def test_never_to_down(bench: Benching) -> None:
    made = bench(device(80, poll=PACE))
    made.poll(failing(Unreachable("refused")))
    assert state(made) == ("down", "unreachable", "unknown", "unverified")
    assert made.device("lnbDeviceReasonText") == "refused"
    assert made.device("lnbDeviceLastSuccess") is None
    assert made.device("lnbDeviceFailures") == 1


def test_up_to_stale_to_down_and_back_up(polled: Bench) -> None:
    since = polled.device("lnbDeviceStateSince")
    polled.poll(failing(TimedOut("late")), after_s=30)
    assert state(polled) == ("stale", "timedOut", "ok", "accepted")
    assert polled.device("lnbDeviceStateSince") != since
    polled.poll(failing(Unreachable("gone")), after_s=59)
    assert state(polled)[:2] == ("stale", "unreachable"), "stale until the last success is 90 s old"
    polled.poll(failing(BadAnswer("cut")), after_s=1)
    assert state(polled)[:2] == ("down", "badAnswer")
    assert polled.device("lnbDeviceFailures") == 3
    assert polled.device("lnbDeviceReach") == 0b11000
    polled.poll(after_s=30)
    assert state(polled) == ("up", "none", "ok", "accepted")
    assert polled.device("lnbDeviceReach") == 0b110001
    assert polled.device("lnbDeviceReasonText") == ""
    assert polled.device("lnbDeviceFailures") == 0


def test_stale_to_up(polled: Bench) -> None:
    polled.poll(failing(TimedOut("late")), after_s=30)
    polled.poll(after_s=30)
    assert state(polled)[:2] == ("up", "none")


def test_a_stale_device_that_is_not_asked_goes_down_by_its_age(polled: Bench) -> None:
    polled.poll(failing(RateLimited("429", 3000)), after_s=30)
    polled.clock.seconds = 89
    assert not polled.keeper.overdue
    polled.clock.seconds = 90
    assert polled.keeper.overdue
    outcome = polled.keeper.aged()
    assert state(polled)[0] == "stale", "nothing changes before it is accepted"
    polled.keeper.accept(outcome)
    assert not polled.keeper.overdue
    assert state(polled)[:2] == ("down", "rateLimited")
    assert not MEASURED & polled.cells().keys()


def test_a_device_that_is_up_does_not_age(polled: Bench) -> None:
    polled.clock.seconds = 10_000
    assert not polled.keeper.overdue


def test_reasons_of_refusals(polled: Bench) -> None:
    polled.poll(failing(CredentialsRejected("401")), after_s=1)
    assert state(polled) == ("stale", "credentialsRejected", "ok", "rejected")
    polled.poll(failing(RestDisabled("404")), after_s=1)
    assert state(polled) == ("stale", "restDisabled", "disabled", "rejected")
    polled.poll(after_s=1)
    assert state(polled) == ("up", "none", "ok", "accepted")


def test_an_old_api_is_said_to_be_unsupported(bench: Benching, sound: Any) -> None:
    old = {"system-information": {"API Version": "LANTIME REST API V7.01.001"}, "data": {"system": {"uptime": 1}}}
    made = bench(device(80, poll=PACE))
    made.poll(Script({"status": old}))
    assert state(made) == ("down", "unsupportedVersion", "unsupportedVersion", "unverified")
    made.poll(Script(dict(sound)))
    assert state(made) == ("up", "none", "ok", "accepted")


def test_a_device_without_credentials_says_so(bench: Benching) -> None:
    made = bench(device(80, username=None, password=None))
    assert state(made) == ("neverPolled", "credentialsMissing", "unknown", "missing")
    assert made.device("lnbDeviceReasonText")


def test_a_device_that_is_switched_off_says_so(bench: Benching) -> None:
    made = bench(device(80, enabled=False))
    assert state(made)[:2] == ("neverPolled", "switchedOff")


def test_one_log_line_per_change_of_state_or_reason(polled: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="agent.service.keeper")
    for _ in range(4):
        polled.poll(failing(TimedOut("late")), after_s=1)
    polled.poll(failing(Unreachable("gone")), after_s=1)
    for _ in range(3):
        polled.poll(after_s=1)
    said = [record.getMessage() for record in caplog.records]
    assert [(text.split()[0], text.split()[2]) for text in said] == [
        ("device-stale", "reason=timedOut"),
        ("device-stale", "reason=unreachable"),
        ("device-up", "reason=none"),
    ]


# Which cells stay and which go


def test_stale_keeps_every_cell_octet_for_octet(polled: Bench, simulator: Simulator) -> None:
    status = (*STATUS_TABLES, *HTTP_TABLES)
    before, device_cells = polled.octets(without=status), row(polled.cells(), "lnbDeviceTable", 1)
    assert len(before) > 1000
    for fault, options in [("not-json", {}), ("huge", {"size": 3_000_000}), ("empty", {}), ("hang", {})]:
        simulator.faults.set(fault, **options)
        assert polled.poll(after_s=1).error is not None
        simulator.faults.clear()
        assert state(polled)[0] == "stale"
        assert polled.octets(without=status) == before
    changed = {name for name, value in row(polled.cells(), "lnbDeviceTable", 1).items() if device_cells[name] != value}
    assert changed == {
        "lnbDeviceState", "lnbDeviceReason", "lnbDeviceReasonText", "lnbDeviceStateSince", "lnbDeviceLastPoll",
        "lnbDeviceReach", "lnbDeviceFailures", "lnbDevicePolls", "lnbDevicePollsFailed",
    }  # fmt: skip


def test_down_drops_the_measured_cells_only_and_recovery_brings_all_back(polled: Bench) -> None:
    before = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES))
    served = polled.cells().keys()
    polled.poll(failing(Unreachable("gone")), after_s=91)
    assert state(polled)[0] == "down"
    gone = served - polled.cells().keys()
    assert gone == served & MEASURED
    assert len(gone) > 40
    left = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES))
    assert left.items() <= before.items()
    polled.poll(after_s=30)
    assert polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES)) == before


def test_an_identical_second_poll_gives_identical_blocks(polled: Bench) -> None:
    first = polled.poll(after_s=30).blocks
    second = polled.poll(after_s=30).blocks
    assert first[Feed.DOCUMENT]
    assert second[Feed.DOCUMENT] == first[Feed.DOCUMENT]
    assert second[Feed.LEFTOVERS] == first[Feed.LEFTOVERS]


TOLD_AGAIN = ("lnbLinkInterfaceTable", "lnbLinkTable")
"""Tables that say in other words what others say."""


def test_broken_fields_cost_their_cells_and_are_counted(polled: Bench, simulator: Simulator) -> None:
    before = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES, *TOLD_AGAIN, "lnbAttributeTable"))
    drift_before = drift_in(polled)
    broken = {
        "status/system/uptime": "12abc",
        "status/chassis0/slots/io1/module/ptp-instances/instance0/port-ds/port-state": "quantum",
        "status/chassis0/slots/io1/module/ptp-instances/instance0/default-ds/priority-1": "high",
        "status/chassis0/slots/clk1/module/satellites/good-satellites": True,
    }
    simulator.faults.set("bad-fields", paths=list(broken), values=list(broken.values()))
    assert polled.poll(after_s=30).error is None
    assert state(polled)[0] == "up"
    cells = polled.cells()
    all_drift = drift_in(polled)
    assert polled.device("lnbDeviceDrift") == len(rows(cells, "lnbDriftTable")) == len(all_drift)
    assert set(drift_before) < set(all_drift)
    drift = {name: (raw, place) for name, place, raw in set(all_drift) - set(drift_before)}
    assert drift["lnbSystemUptime"][0] == '"12abc"'
    assert drift["lnbPtpPortState"][0] == '"quantum"'
    assert drift["lnbPtpPriority1"][0] == '"high"'
    assert "io1/instance0" in drift["lnbPtpPortState"][1]
    ptp = where(cells, "lnbPtpPortStateText", "quantum")
    assert cells["lnbPtpPortState"][ptp] == "other"
    assert ptp not in cells["lnbPtpPriority1"]
    after = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES, *TOLD_AGAIN, "lnbAttributeTable"))
    differ = {oid for oid in before.keys() | after.keys() if before.get(oid) != after.get(oid)}
    touched = {name_of(oid) for oid in differ if oid[: len(MODULE.root)] == MODULE.root}
    assert {name.removesuffix("Text") for name in touched} <= {name.removesuffix("Text") for name in drift}
    simulator.faults.clear()
    polled.poll(after_s=30)
    assert polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES, *TOLD_AGAIN, "lnbAttributeTable")) == before
    assert drift_in(polled) == drift_before


def drift_in(bench: Bench) -> list[tuple[str, str, str]]:
    """Object, place and value of every mismatch listed."""
    cells = bench.cells()
    columns = [cells.get(name, {}) for name in ("lnbDriftObject", "lnbDriftPlace", "lnbDriftValue")]
    return [tuple(column[index] for column in columns) for index in sorted(columns[0])]  # type: ignore[misc]


def name_of(oid: tuple[int, ...]) -> str:
    """The object an OID is an instance of."""
    return next(name for name, one in MODULE.objects.items() if oid[: len(one.oid)] == one.oid)


def test_any_broken_field_leaves_the_device_up(polled: Bench, simulator: Simulator) -> None:
    simulator.faults.set("bad-fields")
    assert polled.poll(after_s=30).error is None
    assert state(polled)[0] == "up"
    assert polled.device("lnbDeviceDrift")


def test_half_a_surrogate_pair_is_a_name_like_any_other(
    bench: Benching, state_at: Callable[[], StateStore], sound: Any
) -> None:
    """JSON can write it, UTF-8 cannot: neither a cell nor the index map may break over it."""
    strange = graft({}, "status", sound["status"])["status"] | {"\ud800": {"x\udfff": 1, "y": "\ud801"}}
    answers = {**sound, "status": {**sound["status"], "data": strange}}
    made = bench(device(80, poll=PACE), state_at())
    assert made.poll(Script(answers)).error is None
    assert state(made)[0] == "up"
    given = made.keeper._identities.index("attribute", "/status/\ud800/x\udfff")
    again = Keeper(1, made.settings, made.keeper._around)
    assert again._identities.index("attribute", "/status/\ud800/x\udfff") == given
    assert given in {one.index for one in state_at().given("lts1") if one.key == "/status/\ud800/x\udfff"}


# Cards


def test_a_pulled_card_stays_missing_for_the_hold_and_has_its_index_when_it_is_back(
    polled: Bench, simulator: Simulator
) -> None:
    cells = polled.cells()
    slot = where(cells, "lnbSlotId", "io1")
    serial = cells["lnbModuleSerial"][slot]
    instances = {index for index, name in cells["lnbPtpSlotId"].items() if name == "io1"}
    others = {index for index, name in cells["lnbPtpSlotId"].items() if name != "io1"}
    assert len(instances) == 2

    simulator.faults.set("card-pulled", slot="io1")
    polled.poll(after_s=30)
    for _ in range(2):
        cells = polled.cells()
        assert cells["lnbSlotState"][slot] == "empty"
        assert cells["lnbModuleState"][slot] == "missing"
        assert cells["lnbModuleSerial"][slot] == serial
        assert {cells["lnbPtpPresence"][index] for index in instances} == {"missing"}
        assert {cells["lnbPtpPresence"][index] for index in others} == {"present"}
        assert not instances & cells["lnbPtpOffset"].keys(), "measured cells of a missing thing are gone"
        assert not instances & cells.get("lnbPtpConfigRole", {}).keys()
        polled.poll(after_s=250)
    polled.poll(after_s=99)
    assert polled.cells()["lnbModuleState"][slot] == "missing"
    polled.poll(after_s=2)
    cells = polled.cells()
    assert slot not in cells["lnbModuleState"]
    assert cells["lnbSlotState"][slot] == "empty"
    assert not instances & cells["lnbPtpPresence"].keys()

    simulator.faults.clear()
    polled.poll(after_s=30)
    cells = polled.cells()
    assert cells["lnbModuleState"][slot] == "present"
    assert {index for index, name in cells["lnbPtpSlotId"].items() if name == "io1"} == instances
    assert {cells["lnbPtpPresence"][index] for index in instances} == {"present"}
    assert instances <= cells["lnbPtpConfigRole"].keys(), "the configuration is asked at once"


def test_missing_things_stay_through_a_failure(polled: Bench, simulator: Simulator) -> None:
    slot = where(polled.cells(), "lnbSlotId", "io1")
    simulator.faults.set("card-pulled", slot="io1")
    polled.poll(after_s=30)
    polled.poll(failing(Unreachable("gone")), after_s=95)
    assert state(polled)[0] == "down"
    assert polled.cells()["lnbModuleState"][slot] == "missing"


def test_slots_in_another_order_are_the_same_slots(polled: Bench, simulator: Simulator) -> None:
    before = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES))
    simulator.faults.set("slots-reordered")
    polled.poll(after_s=30)
    assert polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES)) == before


def test_configured_slots_restrict_and_report(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator, slots={"io1": "HPS", "io3": "HPS", "io99": None}))
    made.poll()
    cells = made.cells()
    at = {name: index for index, name in cells["lnbSlotId"].items()}
    assert set(at) == {"io1", "io3", "io99"}
    assert {name: cells["lnbSlotState"][index] for name, index in at.items()} == {
        "io1": "occupied",
        "io3": "otherCard",
        "io99": "notFound",
    }
    assert cells["lnbModuleState"] == {at["io1"]: "present", at["io3"]: "otherCard"}
    assert made.device("lnbDeviceSlotProblems") == "io3: another card than HPS; io99: no such slot"
    assert made.device("lnbDeviceSlots") == "io1, io3, io99"
    assert set(cells["lnbPtpSlotId"].values()) == {"io1"}
    paths = set(cells["lnbAttributePath"].values())
    assert not [path for path in paths if "/slots/" in path and path.split("/slots/")[1].split("/")[0] not in at]
    asked = {record.path.split("/")[5] for record in simulator.requests if "configuration" in record.path}
    assert asked == {"io1", "io3"}


def test_a_slot_that_empties_is_no_slot_that_is_not_there(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator, slots={"io1": "HPS"}))
    simulator.faults.set("card-pulled", slot="io1")
    made.poll()
    assert set(made.cells()["lnbSlotState"].values()) == {"empty"}
    assert made.device("lnbDeviceSlotProblems") == "io1: empty, HPS expected"


def test_a_replaced_card_is_another_card(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator, slots={"io1": "HPS", "io2": "HPS"}))
    made.poll()
    slot = where(made.cells(), "lnbSlotId", "io1")
    simulator.faults.set("card-replaced", slot="io1", model="bpe2352")
    made.poll(after_s=30)
    cells = made.cells()
    assert cells["lnbModuleState"][slot] == "otherCard"
    assert cells["lnbModuleFamily"][slot] == "bpe"
    assert {cells["lnbPtpPresence"][index] for index, name in cells["lnbPtpSlotId"].items() if name == "io1"} == {
        "missing"
    }


# Indexes


def test_indexes_outlive_the_process_and_are_never_given_to_another_thing(
    bench: Benching, state_at: Callable[[], StateStore], sound: Any
) -> None:
    one = device(80, poll=PACE)
    first = bench(one, state_at())
    first.poll(Script(dict(sound)))
    before = {name: index for index, name in first.cells()["lnbSlotId"].items()}
    instances = {
        (slot, first.cells()["lnbPtpName"][index]): index for index, slot in first.cells()["lnbPtpSlotId"].items()
    }

    fewer = answers_of(SimSpec(hps_cards=1, instances=1))
    second = bench(one, state_at())
    second.poll(Script(fewer))
    now = second.cells()
    assert {name: index for index, name in now["lnbSlotId"].items()} == before
    assert {(slot, now["lnbPtpName"][index]): index for index, slot in now["lnbPtpSlotId"].items()} == {
        ("io1", "instance0"): instances["io1", "instance0"]
    }

    more = answers_of(SimSpec(hps_cards=3, instances=3))
    third = bench(one, state_at())
    third.poll(Script(more))
    now = third.cells()
    after = {(slot, now["lnbPtpName"][index]): index for index, slot in now["lnbPtpSlotId"].items()}
    assert after.items() >= instances.items()
    assert len(set(after.values())) == len(after) == 9


def test_indexes_are_written_before_they_are_served(bench: Benching, sound: Any) -> None:
    events: list[str] = []

    class Watched:
        def given(self, scope: str) -> list[Any]:
            return []

        def keep(self, scope: str, given: Any) -> None:
            events.append("kept" if list(given) else "nothing")

    made = bench(device(80, poll=PACE), Watched())
    outcome = made.keeper.poll(Script(dict(sound)))
    assert events == ["kept"]
    assert "lnbSlotId" not in made.cells()
    made.keeper.accept(outcome)
    assert "lnbSlotId" in made.cells()


def test_indexes_that_cannot_be_written_are_served_and_written_later(
    bench: Benching, sound: Any, caplog: pytest.LogCaptureFixture
) -> None:
    kept: list[Any] = []
    full = True

    class Disk:
        def given(self, scope: str) -> list[Any]:
            return []

        def keep(self, scope: str, given: Any) -> None:
            if full:
                raise HostError("disk full")
            kept.extend(given)

    made = bench(device(80, poll=PACE), Disk())
    made.poll(Script(dict(sound)))
    assert state(made)[0] == "up"
    assert "indexes-not-kept" in caplog.text
    full = False
    made.poll(Script(dict(sound)), after_s=30)
    assert {one.key for one in kept if one.kind == "slot"} == set(made.cells()["lnbSlotId"].values())


# Exchanges


def test_exchanges_are_listed_as_they_happen(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator, slots={"io1": None}))
    made.poll()
    cells = made.cells()
    sessions = rows(cells, "lnbHttpSessionTable")
    assert [cells["lnbHttpUri"][index] for index in sorted(sessions)] == [record.path for record in simulator.requests]
    assert [cells["lnbHttpSlotId"][index] for index in sorted(sessions)] == ["", "io1"]
    assert set(cells["lnbHttpState"].values()) == {"answered"}
    assert set(cells["lnbHttpStatusCode"].values()) == {200}
    assert set(cells["lnbHttpStatus"].values()) == {"OK"}
    assert cells["lnbHttpRequests"] == cells["lnbHttpAnswered"] == cells["lnbHttpSessions"] == {(1,): 2}
    assert cells["lnbHttpDataLoss"] == {(1,): 0}


def test_a_request_is_pending_until_it_is_answered_and_unanswered_ones_stay_without_response(
    simulator: Simulator, bench: Benching
) -> None:
    made = bench(settings(simulator, slots={"io1": None}, poll=PACE.model_copy(update={"configuration": False})))
    seen: list[dict[str, Any]] = []
    begun = made.begun

    def watched(exchange: Any) -> None:
        begun(exchange)
        made.keeper.show_exchanges()
        seen.append(row(made.cells(), "lnbHttpSessionTable", 1, exchange.number))

    made.begun = watched  # type: ignore[method-assign]
    simulator.faults.set("hang", times=1)
    made.poll()
    made.poll(after_s=30)
    request = {
        "lnbHttpMethod", "lnbHttpUri", "lnbHttpSlotId", "lnbHttpPurpose", "lnbHttpState", "lnbHttpRequestTime",
        "lnbHttpRequestData", "lnbHttpRequestSize", "lnbHttpMessage", "lnbHttpUriTruncated",
    }  # fmt: skip
    assert [cells["lnbHttpState"] for cells in seen] == ["pending", "pending"]
    assert all(set(cells) == request for cells in seen)
    cells = made.cells()
    unanswered, answered = (row(cells, "lnbHttpSessionTable", *index) for index in sorted(cells["lnbHttpState"]))
    assert unanswered["lnbHttpState"] == "timedOut"
    assert set(unanswered) == request
    assert answered["lnbHttpState"] == "answered"
    assert set(answered) - request == {
        "lnbHttpResponseTime", "lnbHttpStatusCode", "lnbHttpStatus", "lnbHttpResponseData", "lnbHttpResponseSize",
        "lnbHttpRoundTrip",
    }  # fmt: skip
    assert len(answered["lnbHttpResponseData"]) == 1024
    assert answered["lnbHttpResponseSize"] > 10_000
    assert cells["lnbHttpUnanswered"] == {(1,): 1}


def test_no_more_sessions_than_the_max_count(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator), http_max_count=3)
    made.poll()
    cells = made.cells()
    total = len(simulator.requests)
    assert sorted(cells["lnbHttpUri"]) == [(1, number) for number in range(total - 2, total + 1)]
    assert cells["lnbHttpSessions"] == {(1,): 3}
    assert cells["lnbHttpDropped"] == {(1,): total - 3}
    assert cells["lnbHttpRequests"] == {(1,): total}


def test_without_tracking_the_counters_go_on(simulator: Simulator, bench: Benching) -> None:
    made = bench(settings(simulator), tracking=False)
    simulator.faults.set("server-error", times=1)
    made.poll()
    made.poll(after_s=30)
    cells = made.cells()
    assert not rows(cells, "lnbHttpSessionTable")
    assert cells["lnbHttpRequests"] == {(1,): len(simulator.requests)}
    assert cells["lnbHttpRefused"][(1,)] >= 1


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_no_cell_holds_a_credential(auth: str, still: Callable[..., Simulator], bench: Benching) -> None:
    simulator = still(SimSpec(generation=20))
    made = bench(settings(simulator, auth=auth))
    made.poll()
    simulator.faults.set("unauthorized", times=1)
    made.poll(after_s=30)
    simulator.accounts.revoke_tokens()
    made.poll(after_s=30)
    wrong = bench(settings(simulator, auth=auth, password=Secret(PASSWORD + "-wrong")))
    wrong.poll()
    held = b"\n".join([*made.octets().values(), *wrong.octets().values()])
    assert b"/api/status" in held
    basic = base64.b64encode(f"info:{PASSWORD}".encode())
    secrets = [PASSWORD.encode(), base64.b64encode(PASSWORD.encode()).rstrip(b"="), basic[:-4]]
    secrets += [token.encode() for token in simulator.accounts._tokens]
    for secret in secrets:
        assert secret not in held
        assert secret.hex().encode() not in held


# Faults of the agent's own


def test_a_poll_that_crashed_is_a_failure_like_any_other(polled: Bench) -> None:
    before = polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES))
    polled.clock.seconds = 30
    polled.keeper.accept(polled.keeper.crashed(AttributeError("oops")))
    assert state(polled)[:2] == ("stale", "badAnswer")
    assert "AttributeError" in polled.device("lnbDeviceReasonText")
    assert polled.octets(without=(*STATUS_TABLES, *HTTP_TABLES)) == before
    polled.clock.seconds = 90
    polled.keeper.accept(polled.keeper.crashed(AttributeError("oops")))
    assert state(polled)[0] == "down"
    assert not MEASURED & polled.cells().keys()


def test_a_poll_changes_nothing_that_is_served_until_it_is_accepted(polled: Bench, simulator: Simulator) -> None:
    before = polled.octets()
    simulator.faults.set("card-pulled", slot="io1")
    outcome = polled.keeper.poll(polled.client)  # type: ignore[arg-type]
    assert polled.octets() == before
    polled.keeper.accept(outcome)
    assert polled.octets() != before


# What alarm rules are given


def test_what_alarm_rules_look_at_is_handed_on_after_each_poll(polled: Bench) -> None:
    seen: list[tuple[str, Any, Any]] = []
    polled.keeper.renew(replace(polled.keeper._around, seen=lambda *what: seen.append(what)))
    polled.poll()
    ((name, facts, health),) = seen
    assert name == "lts1"
    assert set(facts.rows("lnbSyncClockState").values()) == {"synchronized"}
    assert health is polled.keeper.known.health


def test_a_device_that_is_held_is_handed_on_too(bench: Benching) -> None:
    made = bench(device(80, poll=PACE))
    seen: list[tuple[str, Any, Any]] = []
    made.keeper.renew(replace(made.keeper._around, seen=lambda *what: seen.append(what)))
    made.keeper.hold(CredentialsRejected("refused"))
    assert [(name, health.credentials.value) for name, _, health in seen] == [("lts1", "rejected")]
    assert seen[0][1].rows("lnbSyncClockState") == {}
