"""The bus: what becomes of messages, in which order, and that nothing ends in silence."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.errors import CredentialsRejected, RateLimited, Unreachable
from agent.model.message import (
    Direction,
    HandlerState,
    MailboxFree,
    MailboxFull,
    MessageFailed,
    MessageStalled,
    MessageState,
    Phase,
    Reason,
    ReplyState,
    StallEnded,
)
from agent.service.handlers import HANDLERS, Content, HandlerSpec, Polled, Standing, Work
from tests.service.buses import BusBench, until


@pytest.fixture
def bench(tmp_path: Path) -> BusBench:
    return BusBench(tmp_path)


def test_a_message_waits_is_processed_and_succeeds_with_all_it_did(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        sent = bench.send("pollNow", source="web")
        assert (sent.state, sent.index, sent.target) == (MessageState.WAITING, 1, "lts1")
        await bench.processing(sent)
        await until(lambda: bench.entry(sent).handler.phase is Phase.AWAIT_DEVICE)
        assert bench.entry(sent).handler.state is HandlerState.WAITING_DEVICE
        bench.fleet.gates["lts1"].set()

        entry = await bench.ended(sent)

        assert entry.message.state is MessageState.SUCCEEDED
        assert json.loads(entry.message.response.data) == {"slots": ["clk1", "io1"], "cards": {"io1": "HPS"}}
        handler = entry.handler
        assert (handler.state, handler.phase, handler.valid) == (HandlerState.DONE, Phase.DONE, True)
        assert (handler.attempts, handler.http_first, handler.http_last) == (1, 7, 8)
        assert bench.fleet.polled == [("lts1", sent.index)]

    bench.run(test)


def test_work_on_one_device_is_done_one_at_a_time_in_order_of_arrival(bench: BusBench) -> None:
    async def test() -> None:
        sent = [bench.send("pollNow", {"device": f"lts{1 + number % 2}"}) for number in range(12)]
        for message in sent:
            await bench.ended(message)
        for name in ("lts1", "lts2"):
            assert [index for device, index in bench.fleet.polled if device == name] == [
                message.index for message in sent if message.target == name
            ]

    bench.run(test)


def test_a_device_that_is_busy_holds_up_no_other(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        stuck = bench.send("pollNow")
        behind = bench.send("rediscover")
        other = bench.send("pollNow", {"device": "lts2"})
        assert (await bench.ended(other)).message.state is MessageState.SUCCEEDED
        assert bench.entry(stuck).message.state is MessageState.PROCESSING
        assert bench.entry(behind).message.state is MessageState.WAITING

    bench.run(test)


def test_messages_from_many_threads_are_all_taken_each_with_an_index_of_its_own(bench: BusBench) -> None:
    async def test() -> None:
        indexes: list[int] = []

        def send() -> None:
            indexes.extend(bench.send("pollNow", {"device": f"lts{1 + n % 2}"}).index for n in range(10))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
        assert sorted(indexes) == list(range(1, 81))
        await until(lambda: not bench.bus.mailbox.open)
        assert bench.bus.mailbox.counts.succeeded == 80
        for name in ("lts1", "lts2"):
            worked = [index for device, index in bench.fleet.polled if device == name]
            assert worked == sorted(worked)

    bench.run(test)


@pytest.mark.parametrize(
    ("kind", "content", "reason", "text"),
    [
        ("nothing", {}, Reason.UNKNOWN_TYPE, "types are pollNow"),
        ("cardFound", {"device": "lts1", "slot": "io1"}, Reason.UNKNOWN_TYPE, "no message type"),
        ("pollNow", {}, Reason.BAD_CONTENT, "content.device"),
        ("pollNow", {"device": 7}, Reason.BAD_CONTENT, "valid string"),
        ("pollNow", {"device": "lts1", "slot": "io1"}, Reason.BAD_CONTENT, "slot: unknown key; known here: device"),
        ("attachCard", {"device": "lts1", "slot": "../x"}, Reason.BAD_CONTENT, "content.slot"),
        ("setHttpTracking", {}, Reason.BAD_CONTENT, "at least one of"),
        ("setHttpTracking", {"maximum": 0}, Reason.BAD_CONTENT, "content.maximum"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_a_failed_row_with_the_reason(
    bench: BusBench, kind: str, content: dict[str, Any], reason: Reason, text: str
) -> None:
    async def test() -> None:
        sent = bench.send(kind, content)
        assert (sent.state, sent.reason) == (MessageState.FAILED, reason)
        assert text in sent.error_text
        assert bench.entry(sent).message == sent
        assert [type(event) for event in bench.events] == [MessageFailed]
        assert bench.bus.mailbox.counts.rejected == 1

    bench.run(test)


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (Polled(Unreachable("no route"), 3, 3), Reason.DEVICE_UNREACHABLE),
        (Polled(CredentialsRejected("401"), 3, 3), Reason.DEVICE_REJECTED),
        (Polled(RateLimited("429", 5.0), 3, 3), Reason.DEVICE_REJECTED),
    ],
)
def test_a_device_that_fails_makes_its_message_fail(bench: BusBench, result: Polled, reason: Reason) -> None:
    async def test() -> None:
        bench.fleet.results["lts1"] = result
        entry = await bench.ended(bench.send("pollNow"))
        assert (entry.message.reason, entry.message.error_text) == (reason, str(result.error))
        assert (entry.handler.state, entry.handler.phase) == (HandlerState.ABORTED, Phase.AWAIT_DEVICE)
        assert entry.handler.http_first == 3
        await until(lambda: bench.events == [MessageFailed(bench.clock(), entry.message)])

    bench.run(test)


def test_a_device_that_is_not_there_or_not_asked_is_refused_before_anything_is_done(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.standings["lts2"] = Standing(obstacle="switched off in the configuration")
        unknown = await bench.ended(bench.send("pollNow", {"device": "lts9"}))
        off = await bench.ended(bench.send("pollNow", {"device": "lts2"}))
        assert unknown.message.reason is Reason.BAD_CONTENT
        assert (off.message.reason, off.handler.valid) == (Reason.NOT_READY, False)
        assert bench.fleet.polled == []

    bench.run(test)


def test_a_handler_that_crashes_is_a_failed_message_with_a_reply(
    bench: BusBench, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        bench.fleet.results["lts1"] = ZeroDivisionError("a fault")
        with caplog.at_level(logging.ERROR):
            entry = await bench.ended(bench.send("pollNow", return_address="http://127.0.0.1/r"))
        assert entry.message.reason is Reason.INTERNAL
        assert "ZeroDivisionError" in entry.message.error_text
        await until(lambda: bool(bench.replies.taken))
        _, reply = bench.replies.taken[0]
        assert (reply["success"], reply["reason"], reply["guid"]) == (False, "internal", entry.message.guid)
        assert "handler-crashed" in caplog.text
        bench.fleet.results.clear()
        assert (await bench.ended(bench.send("pollNow"))).message.state is MessageState.SUCCEEDED

    bench.run(test)


def test_a_fault_in_the_bus_itself_costs_one_message_and_not_the_lane(
    bench: BusBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        begin = bench.bus._ledger.begin
        faults = iter([True, False])

        def crash(index: int) -> bool:
            if next(faults):
                raise RuntimeError("a fault")
            return begin(index)

        monkeypatch.setattr(bench.bus._ledger, "begin", crash)
        first, second = bench.send("pollNow"), bench.send("pollNow")
        assert (await bench.ended(first)).message.reason is Reason.INTERNAL
        assert (await bench.ended(second)).message.state is MessageState.SUCCEEDED

    bench.run(test)


def test_a_reply_is_delivered_and_its_state_shown(bench: BusBench) -> None:
    async def test() -> None:
        entry = await bench.ended(bench.send("pollNow", return_address="http://127.0.0.1/r", call_guid="call"))
        await until(lambda: bench.entry(entry.index).message.reply is ReplyState.DELIVERED)
        address, reply = bench.replies.taken[0]
        assert address == "http://127.0.0.1/r"
        assert reply == {
            "guid": entry.message.guid, "callGuid": "call", "kind": "response", "type": "pollNow", "success": True,
            "reason": "none", "description": "polled; 1 cards",
            "response": {"slots": ["clk1", "io1"], "cards": {"io1": "HPS"}},
        }  # fmt: skip
        bench.replies.takes = False
        refused = await bench.ended(bench.send("pollNow", return_address="http://127.0.0.1/r"))
        await until(lambda: bench.entry(refused.index).message.reply is ReplyState.FAILED)
        assert bench.entry(refused.index).message.state is MessageState.SUCCEEDED

    bench.run(test)


def test_a_return_address_that_is_not_allowed_is_refused_and_never_used(bench: BusBench) -> None:
    async def test() -> None:
        sent = bench.send("pollNow", return_address="http://192.0.2.1/")
        assert (sent.reason, sent.return_address, sent.reply) == (Reason.BAD_CONTENT, "", ReplyState.NOT_WANTED)
        assert "web.return_urls" in sent.error_text

    bench.run(test)


def test_only_a_waiting_message_is_cancelled_and_nobody_is_alarmed(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        first, second = bench.send("pollNow"), bench.send("pollNow")
        await bench.processing(first)
        assert not bench.bus.cancel(first.index, "noc")
        assert bench.bus.cancel(second.index, "noc")
        assert not bench.bus.cancel(second.index, "noc")
        bench.fleet.gates["lts1"].set()
        await bench.ended(first)
        assert bench.entry(second).message.reason is Reason.CANCELLED
        assert bench.fleet.polled == [("lts1", first.index)]
        assert bench.events == []

    bench.run(test)


def test_only_what_has_ended_is_purged(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        sent = bench.send("pollNow")
        assert not bench.bus.purge(sent.index)
        bench.fleet.gates["lts1"].set()
        await bench.ended(sent)
        assert bench.bus.purge(sent.index)
        assert bench.bus.entries() == ()

    bench.run(test)


def test_a_message_whose_turn_does_not_come_fails_at_its_deadline(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        first, second = bench.send("pollNow", timeout_s=600.0), bench.send("pollNow", timeout_s=5.0)
        await bench.processing(first)
        bench.seconds = 5.0
        bench.bus.look()
        assert bench.entry(second).message.reason is Reason.TIMEOUT
        assert bench.entry(first).message.state is MessageState.PROCESSING
        assert bench.bus.mailbox.counts.timed_out == 1

    bench.run(test)


def test_a_late_answer_does_not_change_a_message_and_holds_up_the_next_one_until_it_came(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        late, behind = bench.send("pollNow", timeout_s=1.0), bench.send("pollNow")
        assert (await bench.ended(late)).message.reason is Reason.TIMEOUT
        assert bench.entry(behind).message.state is MessageState.WAITING
        bench.fleet.gates["lts1"].set()
        await bench.ended(behind)
        entry = bench.entry(late)
        assert (entry.message.state, entry.message.reason) == (MessageState.FAILED, Reason.TIMEOUT)
        assert "ended late: polled" in entry.handler.result

    bench.run(test)


@pytest.mark.parametrize("seconds", [0.5, 601.0, -1.0])
def test_a_senders_deadline_has_bounds(bench: BusBench, seconds: float) -> None:
    async def test() -> None:
        assert bench.send("pollNow", timeout_s=seconds).reason is Reason.BAD_CONTENT

    bench.run(test)


def test_a_full_mailbox_rejects_visibly_and_tells_once_until_there_is_room(tmp_path: Path) -> None:
    bench = BusBench(tmp_path, max_count=3)

    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        taken = [bench.send("pollNow"), bench.send("pollNow")]
        rejected = [bench.send("pollNow"), bench.send("pollNow")]
        assert [message.reason for message in rejected] == [Reason.QUEUE_FULL, Reason.QUEUE_FULL]
        assert [entry.index for entry in bench.bus.entries()] == [taken[0].index, taken[1].index, rejected[1].index]
        assert [type(event) for event in bench.events] == [MailboxFull, MessageFailed, MessageFailed]
        bench.fleet.gates["lts1"].set()
        await bench.ended(taken[1])
        bench.bus.look()
        assert isinstance(bench.events[-1], MailboxFree)
        assert bench.send("pollNow").state is MessageState.WAITING

    bench.run(test)


def test_a_message_that_waits_or_works_too_long_is_stalled_until_it_goes_on(tmp_path: Path) -> None:
    bench = BusBench(tmp_path, stalled_after_s=30)

    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        first, second = bench.send("pollNow"), bench.send("pollNow")
        await bench.processing(first)
        bench.seconds = 31
        bench.bus.look()
        bench.bus.look()
        stalled = [event.message.index for event in bench.events if isinstance(event, MessageStalled)]
        assert stalled == [first.index, second.index]
        bench.fleet.gates["lts1"].set()
        await bench.ended(second)
        await until(lambda: sum(isinstance(event, StallEnded) for event in bench.events) == 2)

    bench.run(test)


def test_the_same_letter_with_the_same_guid_is_the_same_message(bench: BusBench) -> None:
    async def test() -> None:
        first = bench.send("pollNow", guid="mine")
        again = bench.send("pollNow", guid="mine")
        other = bench.send("rediscover", guid="mine")
        assert again.index == first.index
        assert (other.reason, other.guid != "mine") == (Reason.BAD_CONTENT, True)
        await bench.ended(first)
        assert bench.fleet.polled == [("lts1", first.index)]

    bench.run(test)


def test_http_tracking_is_set_before_submit_returns(bench: BusBench) -> None:
    async def test() -> None:
        sent = bench.send("setHttpTracking", {"enabled": False, "maximum": 5}, source="snmp:noc")
        assert sent.state is MessageState.SUCCEEDED
        assert bench.assigned == [({"lnbHttpTracking": False, "lnbHttpMaxCount": 5}, "snmp:noc")]

    bench.run(test)


def test_http_tracking_from_another_thread_is_set_in_the_loops(bench: BusBench) -> None:
    async def test() -> None:
        sent = await asyncio.to_thread(bench.send, "setHttpTracking", {"limit": 20})
        await bench.ended(sent)
        assert bench.assigned == [({"lnbHttpDataLossLimit": 20}, "agent")]

    bench.run(test)


def test_secrets_are_not_shown_and_long_contents_are_cut_with_their_true_size(tmp_path: Path) -> None:
    class Free(Content):
        password: str
        text: str

    spec = HandlerSpec("free", "Takes anything.", Free, Work)
    bench = BusBench(tmp_path, specs={"free": spec})

    async def test() -> None:
        sent = bench.send("free", {"password": "hush-hush", "text": "x" * 5000})
        await bench.ended(sent)
        kept = bench.entry(sent).message.request
        assert b"hush-hush" not in kept.data
        assert (len(kept.data), kept.size) == (1024, 5034)

    bench.run(test)
    assert b"hush-hush" not in (tmp_path / "state.db").read_bytes()


def test_what_is_open_when_the_process_dies_has_failed_at_the_next_start(tmp_path: Path) -> None:
    dying = BusBench(tmp_path)
    sent = [dying.send("pollNow"), dying.send("pollNow", return_address="http://127.0.0.1/r")]
    assert [message.state for message in sent] == [MessageState.WAITING] * 2

    bench = BusBench(tmp_path)  # the first one was never stopped

    async def test() -> None:
        entries = [bench.entry(message) for message in sent]
        assert {entry.message.reason for entry in entries} == {Reason.RESTARTED}
        assert [event.message.index for event in bench.events if isinstance(event, MessageFailed)] == [1, 2]
        await until(lambda: len(bench.replies.taken) == 1)
        assert bench.replies.taken[0][1]["reason"] == "restarted"
        assert bench.send("pollNow").index == 3

    bench.run(test)
    dying.store.close()


def test_nothing_is_done_that_cannot_be_written_down(bench: BusBench) -> None:
    async def test() -> None:
        bench.store.full = True
        sent = bench.send("pollNow")
        assert (sent.state, sent.reason) == (MessageState.FAILED, Reason.INTERNAL)
        assert "disk is full" in sent.error_text
        bench.store.full = False
        again = await bench.ended(bench.send("pollNow"))
        assert again.message.state is MessageState.SUCCEEDED
        assert bench.fleet.polled == [("lts1", again.index)]
        kept = {entry.index: entry.message.state for entry in bench.store.load().entries}
        assert kept[sent.index] is MessageState.FAILED

    bench.run(test)


def test_a_message_is_written_down_before_its_handler_starts(bench: BusBench) -> None:
    async def test() -> None:
        bench.fleet.gates["lts1"] = asyncio.Event()
        sent = bench.send("pollNow")
        await until(lambda: bool(bench.fleet.polled))
        (entry,) = bench.store.load().entries
        assert (entry.index, entry.message.state) == (sent.index, MessageState.PROCESSING)

    bench.run(test)


def test_an_observer_that_crashes_stops_nothing(bench: BusBench) -> None:
    async def test() -> None:
        def crash(event: object) -> None:
            raise RuntimeError("a fault")

        bench.bus.observers.insert(0, crash)
        sent = bench.send("nothing", {})
        assert sent.reason is Reason.UNKNOWN_TYPE
        assert len(bench.events) == 1

    bench.run(test)


def test_lowering_the_maximum_drops_what_has_ended_at_once(bench: BusBench) -> None:
    async def test() -> None:
        for _ in range(5):
            await bench.ended(bench.send("pollNow"))
        bench.bus.configure(bench.bus.settings.model_copy(update={"max_count": 2}))
        assert [entry.index for entry in bench.bus.entries()] == [4, 5]
        assert bench.bus.mailbox.counts.evicted == 3
        assert [entry.index for entry in bench.store.load().entries] == [4, 5]

    bench.run(test)


def test_a_card_that_is_attached_is_read_back_and_a_choice_that_fails_is_taken_back(bench: BusBench) -> None:
    async def test() -> None:
        done = await bench.ended(bench.send("attachCard", {"device": "lts1", "slot": "io1"}))
        assert (done.message.state, done.handler.result) == (MessageState.SUCCEEDED, "io1: HPS attached")
        empty = await bench.ended(bench.send("attachCard", {"device": "lts1", "slot": "clk1"}))
        assert (empty.message.reason, empty.message.error_text) == (Reason.NOT_READY, "no card is in clk1")
        absent = await bench.ended(bench.send("attachCard", {"device": "lts1", "slot": "io9"}))
        assert absent.message.reason is Reason.BAD_CONTENT
        assert bench.fleet.chosen == {("lts1", "io1"): True, ("lts1", "clk1"): None}

    bench.run(test)


OWN = {"source": "poller", "direction": Direction.OUTBOUND}
CARD = {"device": "lts1", "slot": "io1", "family": "HPS"}


def test_a_card_that_is_found_is_attached_by_a_message_of_its_own(bench: BusBench) -> None:
    async def test() -> None:
        found = await bench.ended(bench.send("cardFound", CARD, **OWN))
        assert found.handler.result == "io1: HPS found; attachCard is message 2"
        attached = await bench.ended(bench.entry(2).message)
        assert (attached.message.type, attached.message.state) == ("attachCard", MessageState.SUCCEEDED)
        assert attached.message.call_guid == found.message.guid

    bench.run(test)


def test_a_card_in_a_slot_that_is_not_asked_for_is_left_alone(bench: BusBench) -> None:
    async def test() -> None:
        found = await bench.ended(bench.send("cardFound", {**CARD, "slot": "io5"}, **OWN))
        assert "not asked for" in found.handler.result
        bench.bus.configure(bench.bus.settings.model_copy(update={"attach_found_cards": False}))
        found = await bench.ended(bench.send("cardFound", CARD, **OWN))
        assert "attach_found_cards is off" in found.handler.result
        assert len(bench.bus.entries()) == 2

    bench.run(test)


def test_a_pulled_card_takes_back_what_was_chosen_for_its_slot(bench: BusBench) -> None:
    async def test() -> None:
        await bench.ended(bench.send("attachCard", {"device": "lts1", "slot": "io1"}))
        bench.fleet.standings["lts1"] = replace(bench.fleet.standings["lts1"], cards={})
        await bench.ended(bench.send("cardGone", CARD, **OWN))
        detached = await bench.ended(bench.entry(3).message)
        assert detached.message.state is MessageState.SUCCEEDED
        assert bench.fleet.chosen == {("lts1", "io1"): None}

    bench.run(test)


class Alarms:
    """A watcher with one alarm and two receivers."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []

    def acknowledge(self, index: int, who: str) -> None:
        if index != 3:
            raise LookupError(index)
        self.seen.append((index, who))

    def resync(self) -> int:
        return 1

    def test(self, receiver: str | None, text: str = "") -> int:
        if receiver not in (None, "noc"):
            raise LookupError(receiver)
        return 2 if receiver is None else 1


def test_alarms_are_acknowledged_and_sent_again_and_receivers_tested(tmp_path: Path) -> None:
    alarms = Alarms()
    bench = BusBench(tmp_path, alarms=alarms)

    async def test() -> None:
        async def done(kind: str, content: dict[str, Any]) -> tuple[Reason, Any]:
            entry = await bench.ended(bench.send(kind, content, source="snmp:noc"))
            return entry.message.reason, json.loads(entry.message.response.data or b"null")

        assert await done("acknowledgeAlarm", {"index": 3}) == (Reason.NONE, {})
        assert await done("acknowledgeAlarm", {"index": 4}) == (Reason.BAD_CONTENT, None)
        assert await done("resyncAlarms", {}) == (Reason.NONE, {"alarms": 1})
        assert await done("testNotification", {}) == (Reason.NONE, {"receivers": 2})
        assert await done("testNotification", {"receiver": "noc"}) == (Reason.NONE, {"receivers": 1})
        assert await done("testNotification", {"receiver": "x"}) == (Reason.BAD_CONTENT, None)
        assert alarms.seen == [(3, "snmp:noc")]

    bench.run(test)


def test_alarms_that_nobody_watches_are_not_ready(bench: BusBench) -> None:
    async def test() -> None:
        for kind, content in (("resyncAlarms", {}), ("testNotification", {}), ("acknowledgeAlarm", {"index": 3})):
            assert (await bench.ended(bench.send(kind, content))).message.reason is Reason.NOT_READY

    bench.run(test)


def test_every_message_type_describes_its_content() -> None:
    for spec in HANDLERS.values():
        assert spec.description.endswith(".")
        assert all("description" in member for member in spec.schema.get("properties", {}).values()), spec.type
