"""Alarms on disk: whole after kill -9, numbers never used twice, corrupt and full disks survived."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import HostError
from agent.mib.groups.alarm import LogEntry
from agent.model.alarm.events import MessageFailed
from agent.model.alarm.table import Alarm
from agent.model.severity import Severity
from agent.service.alarmstate import AlarmStore, Change, Kept, Numbers
from agent.service.notifylog import Logged
from agent.service.state import StateStore
from tests.support.tools import PROJECT
from tests.support.watching import START, Watch, settings, told
from tests.wire.test_notices import ALARM, NOTICES, VIEW

ENTRY = LogEntry(1, START, "lnbAntennaFault", "lts1", 12, Severity.MAJOR, text="Antenna fault", value="x")
LOGGED = Logged(ENTRY, NOTICES.of_alarm(ALARM, VIEW, 5))
LIVES = 5
SECOND = replace(LOGGED, entry=replace(ENTRY, sequence=2))


def opened(folder: Path) -> tuple[StateStore, AlarmStore]:
    state = StateStore(folder / "state.db")
    return state, AlarmStore(state, folder)


def test_alarms_log_and_numbers_are_read_as_they_were_written(tmp_path: Path) -> None:
    odd = replace(ALARM, resource="half \ud800 pair", text="ä\n", lasts_s=60.0, ends_s=5.0, acknowledged=True)
    state, store = opened(tmp_path)
    store.save(Change(Numbers(12, 40, 3), (ALARM, odd), log=(LOGGED,)))
    state.close()
    kept = opened(tmp_path)[1].load(START)
    assert set(kept.alarms) == {ALARM, replace(odd, ends_s=None)}
    assert kept.log == (LOGGED,)
    assert kept.numbers == Numbers(12, 40, 3)


def test_what_is_over_or_dropped_is_gone(tmp_path: Path) -> None:
    _, store = opened(tmp_path)
    store.save(Change(Numbers(), (ALARM,), log=(LOGGED,)))
    store.save(Change(Numbers(), over=(ALARM.identity,), dropped=(1,)))
    assert store.load(START) == Kept()


def test_writing_everything_replaces_what_was_there(tmp_path: Path) -> None:
    _, store = opened(tmp_path)
    other = replace(ALARM, resource="clk2")
    store.save(Change(Numbers(), (ALARM,), log=(LOGGED,)))
    store.save_all(Kept((other,), (SECOND,), Numbers(1, 2, 0)))
    assert store.load(START) == Kept((other,), (SECOND,), Numbers(1, 2, 0))


def test_an_alarm_of_a_type_this_version_does_not_know_is_left_out_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, store = opened(tmp_path)
    store.save(Change(Numbers(), (replace(ALARM, alarm_type="ofTheFuture"), ALARM)))
    assert store.load(START).alarms == (ALARM,)
    assert "ofTheFuture" in caplog.text


def spoilt(path: Path) -> None:
    """Overwrite everything behind the first page, as a broken disk may."""
    octets = bytearray(path.read_bytes())
    octets[4096:] = random.Random(1).randbytes(len(octets) - 4096)
    path.write_bytes(octets)


@pytest.mark.parametrize("damage", ["no database at all", "broken pages"])
def test_a_corrupt_file_is_kept_aside_and_told_and_numbers_go_on_above(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = Watch(tmp_path, settings(devices=()))
    for number in range(60):
        first.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
        first.tick()
    highest = first.watcher.view().sequence
    first.stop()
    file = tmp_path / "state.db"
    file.write_bytes(b"nonsense" * 2000) if damage == "no database at all" else spoilt(file)

    second = Watch(tmp_path, settings(devices=()))
    names = [name for name, _, _ in second.tick()]
    assert names == ["lnbStateLost", "lnbReady", "lnbResyncStarted", "lnbStateLost", "lnbResyncEnded"]
    assert second.notices[0].sequence > highest
    assert "state-corrupt" in caplog.text
    (aside,) = tmp_path.glob("state.db.corrupt-*")
    assert aside.stat().st_size > 0
    second.stop()
    third = Watch(tmp_path, settings(devices=()), at_s=10)
    assert [told(one) for one in third.watcher.active_notices()] == [("lnbStateLost", "state", False)]


def test_the_write_ahead_log_of_a_corrupt_database_is_not_played_into_the_new_one(tmp_path: Path) -> None:
    files = [tmp_path / f"state.db{ending}" for ending in ("", "-wal", "-shm")]
    state, store = opened(tmp_path)
    store.save(Change(Numbers(12, 40, 0), tuple(replace(ALARM, resource=f"clk{n}" * 20) for n in range(200))))
    state.close()
    state, store = opened(tmp_path)
    store.save(Change(Numbers(13, 41, 0), (ALARM,)))
    left = [file.read_bytes() for file in files]  # as a killed process leaves them
    state.close()
    for file, octets in zip(files, left, strict=True):
        file.write_bytes(octets)
    files[0].write_bytes(b"nonsense" * 1000)

    state, store = opened(tmp_path)
    assert state.set_aside is not None
    assert state.set_aside.with_name(f"{state.set_aside.name}-wal").read_bytes() == left[1]
    assert store.load(START).alarms == ()


def limit_pages(store: StateStore) -> None:
    """Let the database grow no more, as on a full disk."""
    with store.transaction() as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count={pages}")


def test_a_full_database_refuses_whole_steps_and_numbers_are_still_never_used_twice(tmp_path: Path) -> None:
    first = Watch(tmp_path, settings(devices=()))
    first.tick()
    limit_pages(first.state)
    for number in range(300):
        first.watcher.happened(MessageFailed(number, f"kind-{number}" * 20, "", "timeout"))
        first.tick()
    assert "stateNotWritten" in {alarm.alarm_type for alarm in first.watcher.view().alarms}
    highest = max(one.sequence for one in first.notices)
    last_index = max(alarm.index for alarm in first.watcher.view().alarms)
    # Killed here: nothing is closed, nothing is written any more.
    second = Watch(tmp_path, settings(devices=()), at_s=1)
    second.watcher.happened(MessageFailed(1, "another", "", "timeout"))
    second.tick()
    assert min(one.sequence for one in second.notices if one.sequence) > highest
    assert max(alarm.index for alarm in second.watcher.view().alarms) > last_index


def test_a_failed_step_leaves_nothing_of_itself(tmp_path: Path) -> None:
    state, store = opened(tmp_path)
    store.save(Change(Numbers(1, 1, 0), (ALARM,)))
    limit_pages(state)
    many = tuple(replace(ALARM, resource=f"clk{number}" * 50) for number in range(500))
    with pytest.raises(HostError, match="full"):
        store.save(Change(Numbers(2, 2, 0), many, over=(ALARM.identity,)))
    assert store.load(START).alarms == (ALARM,)


def fill(file: Path) -> None:
    """Write into a file until the disk is full."""
    opened_file = os.open(file, os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError, match="No space"):
        _write_for_ever(opened_file)
    os.close(opened_file)


def _write_for_ever(file: int) -> None:
    while os.write(file, b"\0" * 512):
        pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def test_on_a_disk_that_is_really_full_alarms_go_on_and_are_written_once_there_is_room(small_disk: Path) -> None:
    watch = Watch(small_disk, settings(devices=()))
    watch.tick()
    filler = small_disk / "filler"
    fill(filler)
    for number in range(40):
        watch.watcher.happened(MessageFailed(number, f"kind-{number}", "", "timeout"))
        watch.tick()
    assert "stateNotWritten" in {alarm.alarm_type for alarm in watch.watcher.view().alarms}
    filler.unlink()
    watch.tick(after_s=5)
    watch.tick()
    assert told(watch.notices[-1]) == ("lnbStateNotWritten", "state", True)
    watch.stop()
    kept = opened(small_disk)[1].load(START)
    assert {one.index for one in kept.alarms} == {one.index for one in watch.watcher.view().alarms}
    assert kept.numbers.sequence == watch.watcher.view().sequence


def lines(output: bytes) -> list[tuple[int, str, bool]]:
    """Sequence, identity and cleared of each whole line."""
    whole = output.decode().split("\n")[:-1]
    return [(int(first), identity, cleared == "1") for first, identity, cleared in (line.split() for line in whole)]


def test_kill_9_at_any_moment_loses_nothing_that_was_sent_and_uses_no_number_twice(tmp_path: Path) -> None:
    chance = random.Random(7)
    seen: list[tuple[int, str, bool]] = []
    for _ in range(LIVES):
        command = [sys.executable, "-m", "tests.service.alarm_child", str(tmp_path)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, cwd=PROJECT)
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(chance.uniform(0, 0.4))
        child.send_signal(signal.SIGKILL)
        rest, problem = child.communicate(timeout=30)
        assert first, problem.decode()
        seen += lines(first + rest)

        state, store = opened(tmp_path)
        kept = store.load(START)
        state.close()
        logged = {one.sequence: one.entry for one in kept.log}
        assert kept.numbers.sequence >= seen[-1][0]
        assert all(number in logged and logged[number].cleared is cleared for number, _, cleared in seen)
        # What was written just before a kill may not have been sent; of everything else the table says what was said.
        numbers_said = {number for number, _, _ in seen}
        unsaid = {entry.resource for number, entry in logged.items() if number not in numbers_said}
        assert len(logged.keys() - numbers_said) <= LIVES * 3
        said = {
            identity: cleared
            for _, identity, cleared in seen
            if identity != "-" and identity.split("|")[1] not in unsaid
        }
        active = {"|".join(alarm.identity) for alarm in kept.alarms}
        assert {identity for identity, cleared in said.items() if not cleared} <= active
        assert not {identity for identity, cleared in said.items() if cleared} & active

    numbers = [number for number, _, _ in seen]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 50


def test_the_database_is_written_ahead_and_synchronised(tmp_path: Path) -> None:
    state, _ = opened(tmp_path)
    with state.transaction() as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_an_error_in_a_transaction_undoes_it(tmp_path: Path) -> None:
    state, store = opened(tmp_path)
    store.save(Change(Numbers(), (ALARM,)))
    with pytest.raises(HostError, match="cannot write"):
        _delete_and_fail(state)
    assert [type(one) for one in store.load(START).alarms] == [Alarm]


def _delete_and_fail(state: StateStore) -> None:
    with state.transaction() as database:
        database.execute("DELETE FROM alarm")
        database.execute("DELETE FROM no_such_table")
