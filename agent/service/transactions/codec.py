"""Transactions and history entries as JSON, for the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from agent.model.configuring import Action, Edit, EditState, Fact, HistoryEntry, Result, State, Target, Transaction
from agent.model.document import Missing

_COUNTED: Final = frozenset({"lease_due_s", "confirm_due_s", "retry_due_s"})
"""Monotonic time means nothing to the next process; it is worked out from the wall clock there."""
_MOMENTS: Final = frozenset({"opened", "changed", "lease_ends", "confirm_by"})


def transaction_text(transaction: Transaction) -> str:
    """A transaction as JSON."""
    plain = {name: value for name, value in _fields(transaction).items() if name not in _COUNTED}
    return json.dumps({**plain, "edits": [_edit(edit) for edit in transaction.edits]}, default=_plain)


def transaction_of(text: str) -> Transaction:
    """The transaction that a JSON text stands for; its monotonic times are 0.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    plain = _known(Transaction, json.loads(text))
    for name in _MOMENTS & plain.keys():
        plain[name] = plain[name] and datetime.fromisoformat(plain[name])
    plain["state"] = State(plain["state"])
    plain["goal"] = Action(plain["goal"]) if plain.get("goal") else None
    plain["edits"] = tuple(_edit_of(edit) for edit in plain["edits"])
    return Transaction(**plain)


def entry_text(entry: HistoryEntry) -> str:
    """A history entry as JSON."""
    return json.dumps({"when": entry.when, **_fields(entry.fact)}, default=_plain)


def entry_of(index: int, text: str) -> HistoryEntry:
    """The history entry that a JSON text stands for.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    plain = json.loads(text)
    when = datetime.fromisoformat(plain.pop("when"))
    plain = _known(Fact, plain)
    return HistoryEntry(index, when, Fact(**{**plain, "result": Result(plain["result"])}))


def _edit(edit: Edit) -> dict[str, Any]:
    """What an edit does not know is left out: JSON null is a value."""
    return {name: value for name, value in _fields(edit).items() if not isinstance(value, Missing)}


def _edit_of(plain: Mapping[str, Any]) -> Edit:
    known = _known(Edit, plain)
    target = known.get("target")
    if target is not None:
        target = Target(**{**_known(Target, target), "instance": tuple(target["instance"])})
    return Edit(**{**known, "target": target, "state": EditState(known["state"])})


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _known(kind: Any, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Members of another version of the agent are left out."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (State, Action, EditState, Result)):
        return value.value
    return _fields(value)
