"""Indexes on disk."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.errors import HostError
from agent.model.identity import Given
from agent.service.state import KeptIndexes, StateStore

ONE = Given("slot", "io1", 1)
TWO = Given("ptp", "io1/instance0", 1)


def test_what_is_kept_is_given_again_by_scope(tmp_path: Path) -> None:
    path = tmp_path / "below" / "state" / "state.db"
    state = StateStore(path)
    assert state.given("a") == []
    state.keep("a", [ONE, TWO])
    state.keep("b", [Given("slot", "io1", 7)])
    state.keep("b", [])
    state.close()
    state = StateStore(path)
    assert sorted(state.given("a"), key=str) == sorted([ONE, TWO], key=str)
    assert state.given("b") == [Given("slot", "io1", 7)]
    assert state.given("") == []
    state.close()


def test_who_only_looks_at_the_indexes_sees_them_in_use_and_at_rest_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert not KeptIndexes(path).readable
    assert not list(tmp_path.iterdir())
    state = StateStore(path)
    state.keep("a", [ONE])
    looking = KeptIndexes(path)
    assert looking.readable
    assert looking.given("a") == [ONE]
    looking.keep("a", [TWO])
    assert state.given("a") == [ONE]
    state.close()
    assert KeptIndexes(path).given("a") == [ONE]
    assert [one.name for one in tmp_path.iterdir()] == ["state.db"]
    path.write_text("no database", encoding="utf-8")
    assert not KeptIndexes(path).readable


def test_the_database_is_written_ahead_and_synced(tmp_path: Path) -> None:
    state = StateStore(tmp_path / "state.db")
    state.keep("a", [ONE])
    other = sqlite3.connect(tmp_path / "state.db")
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
    assert state._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    state.close()


@pytest.mark.parametrize("key", ["\ud800", "a/\udfff/b", "", "\0", "ü/雪/🕰", "x" * 5000, "a'b;--"])
def test_any_key_is_kept_as_it_is(key: str, tmp_path: Path) -> None:
    state = StateStore(tmp_path / "state.db")
    state.keep("a", [Given("attribute", key, 5), Given("attribute", "other", 6)])
    state.keep("a", [Given("attribute", key, 5)])
    state.close()
    state = StateStore(tmp_path / "state.db")
    assert {(one.key, one.index) for one in state.given("a")} == {(key, 5), ("other", 6)}
    state.close()


def test_several_threads_may_use_it(tmp_path: Path) -> None:
    state = StateStore(tmp_path / "state.db")

    def keep(scope: str) -> None:
        for number in range(1, 21):
            state.keep(scope, [Given("slot", f"io{number}", number)])
            assert len(state.given(scope)) == number

    threads = [threading.Thread(target=keep, args=(f"device{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(state.given(f"device{number}")) for number in range(4)] == [20] * 4
    state.close()


def test_a_directory_that_cannot_be_made_is_the_hosts_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HostError, match="state_dir must be writable"):
        StateStore(tmp_path / "file" / "state" / "state.db")


def test_a_database_that_cannot_be_opened_is_the_hosts_fault(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(HostError, match="cannot use"):
        StateStore(tmp_path / "state.db")
    assert (tmp_path / "state.db").is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission_is_the_hosts_fault(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(HostError, match="cannot use"):
            StateStore(tmp_path / "state.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_database_that_is_locked_is_the_hosts_fault_and_not_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    StateStore(path).close()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **{**options, "timeout": 0.05}))
    other = connect(path)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(HostError, match="locked"):
        StateStore(path)
    other.close()
    assert [file.name for file in tmp_path.iterdir() if "corrupt" in file.name] == []


@pytest.mark.parametrize("damage", ["no database", "torn page"])
def test_a_corrupt_database_is_kept_aside_loudly(damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.db"
    state = StateStore(path)
    state.keep("a", [Given("attribute", f"/status/{number}", number) for number in range(1, 2000)])
    state.close()
    content = bytearray(path.read_bytes())
    if damage == "torn page":
        content[4096:] = b"\xff" * (len(content) - 4096)
    else:
        content[:] = b"\0corrupt" * 1000
    path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        state = StateStore(path)
    assert state.given("a") == []
    state.keep("a", [ONE])
    assert state.given("a") == [ONE]
    state.close()
    (aside,) = tmp_path.glob("state.db.corrupt-*")
    assert aside.read_bytes() == content
    assert "state-corrupt" in caplog.text
    assert str(aside) in caplog.text


def test_what_cannot_be_written_is_the_hosts_fault(tmp_path: Path) -> None:
    state = StateStore(tmp_path / "state.db")
    state._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(HostError, match="cannot write"):
        state.keep("a", [ONE])
    state._connection.execute("PRAGMA query_only=OFF")
    state.keep("a", [ONE])
    assert state.given("a") == [ONE]
    state.close()


_KEEP_AND_WAIT = """
import sys, time
from pathlib import Path
from agent.model.identity import Given
from agent.service.state import StateStore
state = StateStore(Path(sys.argv[1]))
state.keep("a", [Given("slot", "io1", 1)])
print("kept", flush=True)
time.sleep(60)
"""


def test_what_is_kept_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with subprocess.Popen(
        [sys.executable, "-c", _KEEP_AND_WAIT, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "kept\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    state = StateStore(path)
    assert state.given("a") == [ONE]
    state.close()
