"""The ledger's writing: nobody goes on before the own row is written, and a burst shares commits."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from agent.errors import HostError
from agent.model.message import Entry, Handler, Mailbox, Message, MessageState, Reason
from agent.service.ledger import Ledger
from agent.service.letter import Letter, drafted
from tests.support.running import wait_for

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)


class SlowDisk:
    """Keeps rows in memory; every commit waits until it is let go."""

    def __init__(self) -> None:
        self.states: dict[int, MessageState] = {}
        self.commits = 0
        self.is_full = False
        self.go = threading.Event()

    def keep(self, entries: Iterable[Entry], last: int, dropped: Iterable[int] = ()) -> None:
        rows = {entry.index: entry.message.state for entry in entries}
        self.commits += 1
        assert self.go.wait(5)
        if self.is_full:
            raise HostError("no room")
        self.states.update(rows)


def message(kind: str = "pollNow") -> Message:
    return drafted(Letter(kind, {}, "test"), NOW, 60, str, None, "")


def test_a_burst_from_many_threads_shares_commits_and_every_row_is_written_before_its_sender_goes_on() -> None:
    disk = SlowDisk()
    ledger = Ledger(Mailbox(100), disk, lambda: NOW)

    def reject(number: int) -> bool:
        row = ledger.reject(message(f"kind{number}"), Handler("none"), Reason.UNKNOWN_TYPE, "unknown")
        return row.index in disk.states

    with ThreadPoolExecutor(16) as threads:
        done = [threads.submit(reject, number) for number in range(16)]
        wait_for(lambda: len(ledger.mailbox.entries) == 16, "all sixteen wait")
        assert not any(one.done() for one in done)
        disk.go.set()
        assert all(one.result(5) for one in done)
    assert disk.commits < 16


def test_a_row_that_changes_while_it_is_being_written_is_written_once_more() -> None:
    disk = SlowDisk()
    ledger = Ledger(Mailbox(100), disk, lambda: NOW)
    entry = ledger.mailbox.admit(message(), Handler("none"))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(ledger.keep, entry)
        wait_for(lambda: disk.commits == 1, "the first commit")
        second = threads.submit(ledger.fail, entry.index, Reason.CANCELLED, "cancelled")
        wait_for(lambda: ledger.state(entry.index) is MessageState.FAILED, "the change")
        disk.go.set()
        assert first.result(5)
        assert second.result(5)
    assert disk.states == {entry.index: MessageState.FAILED}


def test_who_shared_a_commit_that_failed_is_told_so() -> None:
    disk = SlowDisk()
    disk.is_full = True
    ledger = Ledger(Mailbox(100), disk, lambda: NOW)
    entries = [ledger.mailbox.admit(message(), Handler("none")) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        kept = [threads.submit(ledger.keep, entry) for entry in entries]
        wait_for(lambda: disk.commits == 1, "the first commit")
        disk.go.set()
        assert not any(one.result(5) for one in kept)
    assert {entry.message.state for entry in ledger.mailbox.entries} == {MessageState.FAILED}
