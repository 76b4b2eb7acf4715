"""Writing a device's configuration: what is written where, in transactions too, and what came of it. Pure values."""

from agent.model.configuring.change import Change, Target, Verdict, Written, restoring
from agent.model.configuring.history import Author, Fact, HistoryEntry, Result
from agent.model.configuring.posted import Posted
from agent.model.configuring.transaction import Action, Edit, EditState, State, Transaction

__all__ = [
    "Action",
    "Author",
    "Change",
    "Edit",
    "EditState",
    "Fact",
    "HistoryEntry",
    "Posted",
    "Result",
    "State",
    "Target",
    "Transaction",
    "Verdict",
    "Written",
    "restoring",
]
