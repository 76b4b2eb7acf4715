"""Messages on disk."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from agent.errors import HostError
from agent.model.message import Content, Direction, Entry, Handler, Kind, Message, Phase, Reason
from agent.model.message.handler import entered, finished
from agent.model.message.message import begun, failed, succeeded
from agent.service.messagestate import MessageStore

NOW = datetime(2026, 3, 22, 20, 30, 1, 250_000, tzinfo=timezone.utc)
WAITING = Message(
    "guid", "pollNow", NOW, NOW + timedelta(seconds=60), index=3, call_guid="call", direction=Direction.OUTBOUND,
    kind=Kind.EVENT, source="agent", return_address="http://127.0.0.1/r", target="lts1/io1", sent=NOW,
    request=Content(b'{"a":"\xc3\xa4\xff"}', 5000),
)  # fmt: skip
HANDLER = entered(Handler("pollNowHandler"), Phase.AWAIT_DEVICE, NOW)
ENTRIES = [
    Entry(WAITING, Handler("pollNowHandler")),
    Entry(replace(begun(WAITING, NOW), index=4), HANDLER),
    Entry(replace(succeeded(begun(WAITING, NOW), NOW, Content(b"{}", 2)), index=5), finished(HANDLER, NOW, "done")),
    Entry(
        replace(failed(WAITING, NOW, Reason.TIMEOUT, "late \ud800"), index=6), finished(HANDLER, NOW, "", aborted=True)
    ),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_rows_come_back_as_they_were(path: Path) -> None:
    first = MessageStore(path)
    first.keep(ENTRIES, 6)
    first.close()
    second = MessageStore(path)
    loaded = second.load()
    second.close()
    assert loaded.entries == tuple(ENTRIES)
    assert loaded.last == 6


def test_the_last_index_outlives_the_rows_and_never_falls(path: Path) -> None:
    store = MessageStore(path)
    store.keep(ENTRIES, 6)
    store.keep([], 9, dropped=[3, 4, 5, 6])
    store.keep([], 2)
    loaded = store.load()
    store.close()
    assert (loaded.last, loaded.entries) == (9, ())


def test_a_row_that_cannot_be_read_is_left_out_loudly(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = MessageStore(path)
    store.keep(ENTRIES, 6)
    with sqlite3.connect(path) as connection:
        connection.execute('UPDATE message SET message = \'{"state": "dreaming"}\' WHERE number = 4')
        connection.execute("UPDATE message SET handler = '[' WHERE number = 5")
    connection.close()
    loaded = store.load()
    store.close()
    assert [entry.index for entry in loaded.entries] == [3, 6]
    assert caplog.text.count("message-unreadable") == 2


def test_tables_that_cannot_be_read_begin_anew_loudly(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE message (something TEXT)")
    connection.close()
    store = MessageStore(path)
    assert store.load().entries == ()
    store.keep(ENTRIES, 6)
    assert store.load().entries == tuple(ENTRIES)
    store.close()
    assert "messages-corrupt" in caplog.text


def test_members_of_another_version_are_left_out(path: Path) -> None:
    store = MessageStore(path)
    store.keep(ENTRIES[:1], 3)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE message SET message = json_set(message, '$.colour', 'green')")
    connection.close()
    loaded = store.load()
    store.close()
    assert loaded.entries == tuple(ENTRIES[:1])


def test_slot_choices_come_back_and_can_be_taken_back(path: Path) -> None:
    store = MessageStore(path)
    store.keep_slot_choice("lts1", "io1", asked=True)
    store.keep_slot_choice("lts1", "io2", asked=False)
    store.keep_slot_choice("lts2", "io1", asked=True)
    store.keep_slot_choice("lts2", "io1", asked=None)
    store.close()
    store = MessageStore(path)
    assert store.slot_choices() == {"lts1": {"io1": True, "io2": False}}
    store.close()


def test_what_cannot_be_written_is_said(path: Path) -> None:
    store = MessageStore(path)
    store.close()
    with pytest.raises(HostError, match="cannot write"):
        store.keep(ENTRIES, 6)
    with pytest.raises(HostError, match="cannot use"):
        MessageStore(path / "below")
