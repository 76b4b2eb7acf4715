"""Transactions and history on disk: what is kept comes back as it was."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import HostError
from agent.model.configuring import Action, Edit, EditState, Fact, HistoryEntry, Result, State, Target, Transaction
from agent.model.document import MISSING
from agent.service.state import StateStore
from agent.service.transactions.codec import entry_of, entry_text, transaction_of, transaction_text
from agent.service.transactions.journal import Change, Journal, Numbers
from tests.service.transactions.desks import WALL

JSON = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
TARGETS = st.builds(Target, st.text(), st.text(), st.lists(st.integers(0, 2**32 - 1)).map(tuple), st.text())
EDITS = st.builds(
    Edit, st.integers(1, 99), st.one_of(st.none(), TARGETS), st.one_of(st.none(), st.text()),
    st.one_of(st.just(MISSING), JSON), st.sampled_from(EditState), st.text(), st.one_of(st.just(MISSING), JSON),
    st.one_of(st.just(MISSING), JSON),
)  # fmt: skip
TRANSACTIONS = st.builds(
    Transaction, st.integers(1, 2**32 - 1), st.text(), st.just(WALL), st.just(WALL), st.integers(0, 99),
    st.sampled_from(State), st.lists(EDITS, max_size=3).map(tuple), st.one_of(st.none(), st.sampled_from(Action)),
    lease_ends=st.one_of(st.none(), st.just(WALL)), confirm_by=st.one_of(st.none(), st.just(WALL)), text=st.text(),
    attempts=st.integers(0, 20),
)  # fmt: skip


@given(TRANSACTIONS)
def test_a_transaction_comes_back_as_it_was_and_null_is_not_the_unknown(transaction: Transaction) -> None:
    assert transaction_of(transaction_text(transaction)) == transaction


@given(st.builds(Fact, *[st.text()] * 6, st.sampled_from(Result), st.text(), st.integers(0, 9), st.integers(0, 9)))
def test_a_history_entry_comes_back_as_it_was(fact: Fact) -> None:
    entry = HistoryEntry(7, WALL, fact)
    assert entry_of(7, entry_text(entry)) == entry


@pytest.fixture
def state(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path / "state.db")


def test_a_row_that_cannot_be_read_costs_that_row_alone_and_is_logged(
    state: StateStore, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(state)
    good = Transaction(2, "agent", WALL, WALL)
    journal.keep(Change(Numbers(last=2), (Transaction(1, "agent", WALL, WALL), good)))
    with state.transaction() as database:
        database.execute("UPDATE config_transaction SET data = '{' WHERE number = 1")
    with caplog.at_level(logging.ERROR):
        assert journal.load().transactions == (good,)
    assert "config-transaction-unreadable number=1" in caplog.text


def test_what_cannot_be_written_is_not_written_at_all(state: StateStore) -> None:
    journal = Journal(state)
    with state.transaction() as database:
        database.execute("DROP TABLE config_history")
    entry = HistoryEntry(1, WALL, Fact("agent", "d", "t", "p", "0", "1", Result.WRITTEN))
    with pytest.raises(HostError):
        journal.keep(Change(Numbers(last=1), (Transaction(1, "agent", WALL, WALL),), entries=(entry,)))
    with state.transaction() as database:
        assert database.execute("SELECT count(*) FROM config_transaction").fetchone() == (0,)
    state.close()
