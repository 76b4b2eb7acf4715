"""Transactions and history as the MIB and the local endpoint show them."""

from __future__ import annotations

from typing import Any

from agent.mib.declaration import Module
from agent.mib.groups.transaction import TransactionView
from agent.model.configuring import Author, Edit, HistoryEntry, Transaction
from agent.model.configuring.order import in_order
from agent.model.document import Missing
from agent.service.transactions.book import Records


def view_of(records: Records, module: Module, following: int) -> TransactionView:
    """What the MIB group shows."""
    names = {edit.target.object_name for one in records.transactions for edit in one.edits if edit.target}
    numbers, bounds = records.numbers, records.bounds
    return TransactionView(
        transactions=records.transactions,
        history=records.history,
        oids={name: module.objects[name].oid for name in names if name in module.objects},
        serial=numbers.serial,
        following=following,
        max_transactions=bounds.transactions,
        max_edits=bounds.edits,
        max_history=bounds.history,
        bumped=numbers.bumped,
        committed=numbers.committed,
        rolled_back=numbers.rolled_back,
        incomplete=numbers.incomplete,
    )


def transaction_row(transaction: Transaction) -> dict[str, Any]:
    """A transaction with its edits, in the order of applying, as the endpoint shows it."""
    placed = in_order(transaction.edits)
    loose = [edit for edit in transaction.edits if edit.target is None]
    return {
        "transaction": transaction.index,
        "owner": transaction.owner,
        "state": transaction.state.value,
        "text": transaction.text,
        "errors": transaction.errors,
        "differences": list(transaction.differences),
        "opened": transaction.opened.isoformat(),
        "changed": transaction.changed.isoformat(),
        "leaseEnds": transaction.lease_ends.isoformat() if transaction.lease_ends else None,
        "confirmBy": transaction.confirm_by.isoformat() if transaction.confirm_by else None,
        "message": transaction.message,
        "edits": [_edit_row(edit) for edit in (*placed, *loose)],
    }


def _edit_row(edit: Edit) -> dict[str, Any]:
    """An edit; what the device did not say is left out."""
    target = edit.target
    values = {"old": edit.old, "wanted": edit.wanted, "found": edit.found}
    return {
        "edit": edit.index,
        "device": target.device if target else "",
        "object": target.text if target else "",
        "path": target.path if target else "",
        "value": edit.value,
        "state": edit.state.value,
        "text": edit.text,
        **{name: value for name, value in values.items() if not isinstance(value, Missing)},
    }


def history_row(entry: HistoryEntry) -> dict[str, Any]:
    """A history entry as the endpoint shows it."""
    fact, author = entry.fact, Author.of(entry.fact.who)
    return {
        "index": entry.index,
        "time": entry.when.isoformat(),
        "user": author.user,
        "address": author.address,
        "context": author.context,
        "device": fact.device,
        "object": fact.target,
        "path": fact.path,
        "old": fact.old,
        "new": fact.new,
        "result": fact.result.value,
        "text": fact.detail,
        "transaction": fact.transaction,
        "message": fact.message,
    }
