"""Transactions carried out: on disk before it is done, one device at a time, and what remains when something fails."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from agent.errors import HostError, RateLimited
from agent.model.alarm import events as alarms
from agent.model.configuring import Action, EditState, Fact, Result, State
from agent.model.configuring.candidate import NotAllowed
from agent.model.configuring.happening import Passed
from agent.model.configuring.transaction import Wish
from agent.service.handlers.configuring import Unwritable
from tests.service.transactions.desks import DOMAIN, NOC, OTHER, WANTED, Devices, Killed, Life, all_new, until


@pytest.fixture
def devices() -> Devices:
    return Devices()


@pytest.fixture
def life(tmp_path: Path, devices: Devices) -> Life:
    return Life(tmp_path, devices)


def test_a_commit_writes_all_of_it_and_the_history_says_who_and_what(life: Life, devices: Devices) -> None:
    async def test() -> None:
        life.begin()
        assert (await life.act(Action.COMMIT, message=7)).state is State.COMMITTED
        assert all_new(devices)
        facts = [entry.fact for entry in life.desk.records().history]
        assert facts[0] == Fact(
            NOC, "lts1", "lnbPtpConfigDomain.1.1.1", "configuration/chassis0/slots/io1/module/ptp-instances/instance1"
            "/domain-number", "0", "24", Result.WRITTEN, "", 1, 7,
        )  # fmt: skip
        assert [fact.device for fact in facts] == ["lts1"] * 3 + ["lts2"] * 2
        assert life.desk.records().numbers.serial == 5

    life.run(test)


def test_a_second_owner_is_refused_while_the_lease_holds(life: Life, devices: Devices) -> None:
    async def test() -> None:
        life.begin()
        with pytest.raises(NotAllowed, match=r"transaction 1 of snmp:noc@192\.0\.2\.1 is open"):
            life.desk.open(OTHER)
        with pytest.raises(NotAllowed, match="held by"):
            life.desk.edit(1, OTHER, [Wish(1, None, "9")])
        with pytest.raises(NotAllowed, match="held by"):
            await life.act(Action.COMMIT, who=OTHER)
        life.seconds = 600
        assert life.desk.open(OTHER) == 2
        assert life.known(1).state is State.EXPIRED
        with pytest.raises(NotAllowed, match="is expired"):
            await life.act(Action.COMMIT)
        assert devices.writes == []

    life.run(test)


def test_of_two_managers_that_race_the_later_commit_finds_its_device_changed(life: Life, devices: Devices) -> None:
    """The one writes by a plain SET while the other's transaction is open."""

    async def test() -> None:
        life.begin()
        await life.act(Action.VALIDATE)
        target = devices.resolve((*DOMAIN, 2, 1, 2))
        life.desk.record(Fact(OTHER, "lts2", target.text, target.path, "0", "3", Result.WRITTEN))
        ended = await life.act(Action.COMMIT)
        assert (ended.state, devices.writes) == (State.INVALID, [])
        assert "lts2 was written after this transaction was opened (history entry 1)" in ended.text

    life.run(test)


def test_pending_changes_that_are_not_ours_stop_a_commit(life: Life, devices: Devices) -> None:
    async def test() -> None:
        devices.foreign["lts2"] = "lts2 has pending changes that are not the agent's (2 of 2)"
        life.begin()
        ended = await life.act(Action.COMMIT)
        assert (ended.state, devices.writes) == (State.INVALID, [])
        assert "the agent's (2 of 2); they are to be applied or discarded there first" in ended.text

    life.run(test)


def test_while_a_commit_waits_to_be_confirmed_its_devices_are_held(life: Life, devices: Devices) -> None:
    async def test() -> None:
        life.begin(values={(*DOMAIN, 1, 1, 1): 24})
        assert life.desk.held("lts1") == ""
        await life.act(Action.COMMIT_CONFIRMED, confirm_s=60)
        assert life.desk.held("lts1") == "transaction 1 of snmp:noc@192.0.2.1 is pendingConfirm"
        assert life.desk.held("lts2") == ""
        with pytest.raises(NotAllowed, match="is pendingConfirm"):
            life.desk.open(OTHER)
        await life.act(Action.CONFIRM)
        assert life.desk.held("lts1") == ""

    life.run(test)


@pytest.mark.parametrize("fault", ["lost", "dark", "refused", "rounds"])
@pytest.mark.parametrize("write", range(5))
def test_one_write_that_fails_leaves_everything_as_it_was(life: Life, devices: Devices, fault: str, write: int) -> None:
    async def test() -> None:
        before, count = devices.snapshot(), 0

        def met(kind: str, _: str) -> str:
            nonlocal count
            count += kind == "write"
            return fault if kind == "write" and count == write + 1 else ""

        devices.fault = met
        life.begin()
        ended = await life.act(Action.COMMIT)
        assert (ended.state, devices.snapshot()) == (State.ROLLED_BACK, before)
        assert life.events == [alarms.TransactionRolledBack(1, ended.text)]
        assert {entry.fact.result for entry in life.desk.records().history} & {
            Result.UNKNOWN,
            Result.REFUSED,
            Result.DIFFERS,
        }

    life.run(test)


def test_a_device_that_asks_to_be_left_alone_in_a_commit_has_the_rest_taken_back_when_it_may_be_asked(
    life: Life, devices: Devices
) -> None:
    """429 while the second device is written, which then refuses everything for a while."""

    async def test() -> None:
        before, count = devices.snapshot(), 0

        def met(kind: str, device: str) -> object:
            nonlocal count
            count += kind == "write" and device == "lts2"
            is_rest = device == "lts2" and count >= 2 and life.seconds < 40
            return RateLimited("429", 30) if is_rest else ""

        devices.fault = met
        life.begin(values={(*DOMAIN, 1, 1, 1): 24, (*DOMAIN, 2, 1, 1): 24, (*DOMAIN, 2, 1, 2): 24})
        ended = await life.act(Action.COMMIT)
        assert ended.state is State.INCOMPLETE
        assert ended.differences == ("lts2 lnbPtpConfigDomain.2.1.1: was 0, is 24 (429)",)
        assert alarms.EditLeft(1, "lts2", "lnbPtpConfigDomain.2.1.1", ended.differences[0]) in life.events
        life.seconds = 15
        assert (await life.desk.act(1, Passed())).state is State.INCOMPLETE
        life.seconds = 45
        assert (await life.desk.act(1, Passed())).state is State.ROLLED_BACK
        assert devices.snapshot() == before
        assert life.events[-2] == alarms.EditLeft(1, "lts2", "lnbPtpConfigDomain.2.1.1", is_left=False)

    life.run(test)


def test_a_device_that_dies_between_two_writes_is_named_in_row_log_and_alarm_and_restored_when_it_is_back(
    life: Life, devices: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        before, count = devices.snapshot(), 0

        def met(kind: str, device: str) -> str:
            nonlocal count
            count += kind == "write"
            if kind == "write" and count == 3:
                devices.down.add(device)
            return ""

        devices.fault = met
        life.begin()
        with caplog.at_level(logging.INFO):
            ended = await life.act(Action.COMMIT)
        assert ended.state is State.INCOMPLETE
        differing = [key for key, value in devices.values.items() if value != before[key]]
        assert len(differing) == len(ended.differences) == 2
        for difference in ended.differences:
            assert f"transaction-difference number=1 {difference}" in caplog.text
            assert any(isinstance(one, alarms.EditLeft) and one.text == difference for one in life.events)
        assert life.desk.held("lts1").endswith("is incomplete")
        devices.down.clear()
        life.seconds = 20
        life.desk.look()  # no message can be sent here, so it goes on without
        await until(lambda: life.known().state is State.ROLLED_BACK)
        assert devices.snapshot() == before

    life.run(test)


def test_a_value_changed_behind_our_back_while_a_commit_waits_is_left_alone_and_named(
    life: Life, devices: Devices
) -> None:
    async def test() -> None:
        before = devices.snapshot()
        life.begin()
        await life.act(Action.COMMIT_CONFIRMED, confirm_s=10)
        devices.values[("lts2", "lnbPtpConfigPriority1", (2, 1, 1))] = 77
        life.seconds = 10
        ended = await life.desk.act(1, Passed())
        assert ended.state is State.INCOMPLETE
        assert devices.snapshot() == {**before, ("lts2", "lnbPtpConfigPriority1", (2, 1, 1)): 77}
        (difference,) = ended.differences
        assert difference.startswith("lts2 lnbPtpConfigPriority1.2.1.1: was 128, is 77 (somebody else changed it")
        assert (await life.act(Action.DISCARD)).state is State.DISCARDED
        assert life.events[-1] == alarms.EditLeft(1, "lts2", "lnbPtpConfigPriority1.2.1.1", is_left=False)

    life.run(test)


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_killed_at_every_write_of_the_journal_a_commit_is_all_old_or_all_new(
    tmp_path: Path, *, confirmed: bool, before: bool
) -> None:
    """The n-th write of the journal ends the agent, before it is on disk or just behind; then it starts anew."""
    for dies_at in range(1, 100):
        folder, devices = tmp_path / f"{dies_at}", Devices()
        old = devices.snapshot()
        first = Life(folder, devices)
        first.journal.dies_at, first.journal.before = dies_at, before

        async def commit(life: Life = first) -> None:
            life.begin()
            await life.act(Action.COMMIT_CONFIRMED if confirmed else Action.COMMIT, confirm_s=10)
            if confirmed:
                life.seconds = 10
                await life.desk.act(1, Passed())

        killed = False
        try:
            first.run(commit)
        except Killed:
            killed = True
        second = Life(folder, devices, seconds=60)

        async def settle(life: Life = second) -> None:
            await until(lambda: all(not one.state.holds_devices for one in life.desk.records().transactions))

        second.run(settle)
        for one in second.desk.records().transactions:
            assert one.state in (State.ROLLED_BACK, State.COMMITTED, State.OPEN, State.EXPIRED)
            new = one.state is State.COMMITTED
            assert all_new(devices) if new else devices.snapshot() == old, (dies_at, one)
            assert not (new and confirmed)
        if not killed:
            break
    assert dies_at > 8, "no write was met"


def test_a_commit_that_is_not_confirmed_when_the_agent_is_down_is_taken_back_at_the_next_start(
    tmp_path: Path, devices: Devices
) -> None:
    old, first = devices.snapshot(), Life(tmp_path, devices)

    async def commit() -> None:
        first.begin()
        await first.act(Action.COMMIT_CONFIRMED, confirm_s=120)

    first.run(commit)
    assert all_new(devices)
    in_time, late = Life(tmp_path, devices, seconds=119), None

    async def wait() -> None:
        await asyncio.sleep(0.05)
        assert in_time.known().state is State.PENDING_CONFIRM

    in_time.run(wait)
    assert all_new(devices)
    late = Life(tmp_path, devices, seconds=120)
    late.run(lambda: until(lambda: late.known().state is State.ROLLED_BACK))
    assert devices.snapshot() == old
    assert late.known().text == "not confirmed within 120 s"


def test_at_the_start_a_rollback_waits_for_its_devices_to_have_been_asked(tmp_path: Path, devices: Devices) -> None:
    old, first = devices.snapshot(), Life(tmp_path, devices)

    async def commit() -> None:
        first.begin()
        await first.act(Action.COMMIT_CONFIRMED, confirm_s=1)

    first.run(commit)
    second = Life(tmp_path, devices, seconds=60)

    async def wait() -> None:
        devices.down = {"lts1", "lts2"}
        await asyncio.sleep(0.3)
        assert second.known().state is State.PENDING_CONFIRM
        devices.down = set()
        await until(lambda: second.known().state is State.ROLLED_BACK)

    second.run(wait)
    assert devices.snapshot() == old
    assert not [event for event in second.events if isinstance(event, alarms.EditLeft)]


@pytest.mark.parametrize("full_from", range(1, 14))
def test_a_disk_that_fills_up_ends_a_commit_with_all_old_or_all_new(
    tmp_path: Path, devices: Devices, full_from: int
) -> None:
    old, life = devices.snapshot(), Life(tmp_path, devices)

    async def commit() -> None:
        life.begin()
        life.journal.full_from = life.journal.count + full_from
        try:
            ended = await life.act(Action.COMMIT)
        except HostError:
            assert devices.writes == []
            return
        if ended.state is State.COMMITTED:
            assert all_new(devices)
        else:
            assert ended.state in (State.ROLLED_BACK, State.INVALID)
            assert devices.snapshot() == old
            assert "could not write down" in ended.text

    life.run(commit)
    again = Life(tmp_path, devices, seconds=30)
    again.run(lambda: until(lambda: not again.known().state.holds_devices))
    assert again.known().state is State.COMMITTED or devices.snapshot() == old


def test_what_the_disk_did_not_take_is_written_when_it_does(tmp_path: Path, devices: Devices) -> None:
    life = Life(tmp_path, devices)

    async def test() -> None:
        life.begin()
        life.journal.full_from = life.journal.count + 5
        assert (await life.act(Action.COMMIT)).state is State.ROLLED_BACK
        life.journal.full_from = 10**9
        life.seconds = 6
        life.desk.look()

    life.run(test)
    again = Life(tmp_path, devices, seconds=30)
    assert again.known().state is State.ROLLED_BACK
    assert again.desk.records().history == life.desk.records().history
    again.state.close()


def test_a_fault_of_our_own_is_taken_as_nothing_known(life: Life, devices: Devices) -> None:
    async def test() -> None:
        before, count = devices.snapshot(), 0

        def met(kind: str, _: str) -> object:
            nonlocal count
            count += kind == "write"
            return ZeroDivisionError("a bug") if kind == "write" and count == 2 else ""

        devices.fault = met
        life.begin()
        ended = await life.act(Action.COMMIT)
        assert (ended.state, devices.snapshot()) == (State.ROLLED_BACK, before)
        assert "a fault of the agent (ZeroDivisionError)" in ended.text

    life.run(test)


def test_what_a_committed_transaction_wrote_is_reverted_by_another_one(life: Life, devices: Devices) -> None:
    async def test() -> None:
        before = devices.snapshot()
        life.begin()
        await life.act(Action.COMMIT)
        number = life.desk.reverting(1, OTHER)
        assert (await life.act(Action.COMMIT, number, OTHER)).state is State.COMMITTED
        assert devices.snapshot() == before
        with pytest.raises(NotAllowed, match="there is no transaction 9"):
            life.desk.reverting(9, OTHER)

    life.run(test)


def test_the_history_is_bounded_and_goes_on_over_restarts(tmp_path: Path, devices: Devices) -> None:
    life = Life(tmp_path, devices, history=7)

    async def test() -> None:
        for value in (1, 2):
            index = life.begin(values=dict.fromkeys(WANTED, value))
            await life.act(Action.COMMIT, index)

    life.run(test)
    again = Life(tmp_path, devices, history=7)
    assert [entry.index for entry in again.desk.records().history] == list(range(4, 11))
    assert again.desk.records().numbers.bumped == 3
    again.state.close()


def test_transactions_that_have_ended_go_when_there_are_too_many(life: Life, tmp_path: Path) -> None:
    life.state.close()
    small = Life(tmp_path, Devices(), transactions=3)

    async def test() -> None:
        for _ in range(5):
            index = small.begin()
            await small.act(Action.DISCARD, index)
        assert [one.index for one in small.desk.records().transactions] == [3, 4, 5]

    small.run(test)


def test_a_number_that_was_given_is_not_given_again(life: Life) -> None:
    async def test() -> None:
        assert life.desk.open(NOC, 7) == 7
        await life.act(Action.DISCARD, 7)
        life.desk.remove(7, NOC)
        assert life.desk.get(7) is None
        with pytest.raises(NotAllowed, match="the next is 8"):
            life.desk.open(NOC, 7)
        assert life.desk.open(NOC) == 8

    life.run(test)


def test_edits_are_taken_all_or_none(life: Life) -> None:
    async def test() -> None:
        life.desk.open(NOC)
        with pytest.raises(Unwritable, match="no number from 0 to 255"):
            life.desk.edit(1, NOC, [Wish(0, (*DOMAIN, 1, 1, 1), "3"), Wish(0, (*DOMAIN, 1, 1, 2), "300")])
        assert life.known().edits == ()
        life.desk.edit(1, NOC, [Wish(4, (*DOMAIN, 1, 1, 1))])
        assert life.known().edits[0].state is EditState.NOT_READY
        life.desk.edit(1, NOC, [Wish(4, None, "3")])
        assert (life.known().edits[0].state, life.known().edits[0].wanted) == (EditState.PENDING, 3)
        life.desk.edit(1, NOC, [Wish(4, removed=True)])
        assert life.known().edits == ()

    life.run(test)
