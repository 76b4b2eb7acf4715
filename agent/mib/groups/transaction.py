"""Transactions over the devices' configuration, their edits, and the history of every write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from agent.mib.declaration import Access, Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.standard.rows import ROW_STATUS
from agent.mib.syntax import (
    COUNTER32,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    OBJECT_IDENTIFIER,
    TEXT,
    UNSIGNED32,
    Syntax,
    closed,
    text,
    unsigned32,
)
from agent.model.configuring.candidate import CONFIRM_S, LEASE_S
from agent.model.configuring.history import Author, HistoryEntry, Result
from agent.model.configuring.order import in_order
from agent.model.configuring.transaction import Action, Edit, EditState, State, Transaction, shown
from agent.model.document import Json, Missing


def _words(kind: type[Enum]) -> Syntax:
    """An enumeration of this agent's own, numbered from 1 in order of declaration; new words go to the end."""
    return closed(**{member.value: number for number, member in enumerate(kind, 1)})


STATUS = replace(ROW_STATUS, smi="RowStatus", imports=(("SNMPv2-TC", "RowStatus"),))
ACTION = closed(none=1, **{action.value: number for number, action in enumerate(Action, 2)})
ZERO: Oid = (0, 0)


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit of a transaction, with the OID of its target, and its place in the order of applying (0 for none)."""

    transaction: Transaction
    edit: Edit
    oid: Oid = ZERO
    place: int = 0


@dataclass(frozen=True, slots=True)
class TransactionView:
    """Transactions and history at one moment, the oldest first.

    Attributes:
        oids: OID of each target's object, by its name.
        serial: number of the newest history entry.
        following: number of the next transaction.
    """

    transactions: tuple[Transaction, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    oids: dict[str, Oid] = field(default_factory=dict)
    serial: int = 0
    following: int = 1
    max_transactions: int = 0
    max_edits: int = 0
    max_history: int = 0
    bumped: int = 0
    committed: int = 0
    rolled_back: int = 0
    incomplete: int = 0


def _edits(view: TransactionView) -> Iterable[EditRow]:
    for transaction in view.transactions:
        places = {edit.index: place for place, edit in enumerate(in_order(transaction.edits), 1)}
        for edit in transaction.edits:
            oid: Oid = ZERO
            if edit.target is not None and edit.target.object_name in view.oids:
                oid = (*view.oids[edit.target.object_name], *edit.target.instance)
            yield EditRow(transaction, edit, oid, places.get(edit.index, 0))


def _known(value: Json | Missing) -> str | None:
    """A device's value as text; an absent cell when it is not known."""
    return None if isinstance(value, Missing) else shown(value)


CONTROL = Scalars(
    1,
    "lnbConfigControl",
    (
        Column(1, "lnbConfigSerial", UNSIGNED32,
               "Number of the newest entry in lnbConfigHistoryTable: it rises with every write to a device's "
               "configuration, whoever made it.", value=lambda view: view.serial),
        Column(2, "lnbConfigTxnNext", INDEX,
               "The lnbConfigTxnIndex that a new transaction may be created with; larger ones may be, too.",
               value=lambda view: view.following),
        Column(3, "lnbConfigTxnOpen", GAUGE, "Transactions that have not ended.",
               value=lambda view: sum(not one.state.ended for one in view.transactions)),
        Column(4, "lnbConfigTxnMaxCount", UNSIGNED32,
               "Transactions kept; the oldest that have ended go when there are more.",
               value=lambda view: view.max_transactions),
        Column(5, "lnbConfigEditMaxCount", UNSIGNED32, "Edits that a transaction may have.",
               value=lambda view: view.max_edits),
        Column(6, "lnbConfigHistoryMaxCount", UNSIGNED32, "History entries kept; the oldest go when there are more.",
               value=lambda view: view.max_history),
        Column(7, "lnbConfigHistoryEntries", GAUGE, "Entries in lnbConfigHistoryTable.",
               value=lambda view: len(view.history)),
        Column(8, "lnbConfigHistoryBumped", COUNTER32, "Entries dropped to keep lnbConfigHistoryMaxCount.",
               value=lambda view: view.bumped),
        Column(9, "lnbConfigTxnCommitted", COUNTER32, "Transactions that were committed, and confirmed if they had to.",
               value=lambda view: view.committed),
        Column(10, "lnbConfigTxnRolledBack", COUNTER32, "Transactions that were rolled back as a whole.",
               value=lambda view: view.rolled_back),
        Column(11, "lnbConfigTxnIncomplete", COUNTER32,
               "Transactions of which a rollback left something, even if only for a while.",
               value=lambda view: view.incomplete),
    ),
    feed=Feed.TRANSACTIONS,
)  # fmt: skip

TRANSACTIONS = Table(
    2,
    "lnbConfigTxnTable",
    "Transactions: changes of many values on many devices that take effect together or not at all. One is open at a "
    "time; who opened it owns it until it has ended, and nobody else acts on it. Rows are kept over restarts, and a "
    "restart ends what is under way: all of it is there then, or all of it was taken back. This table is not indexed "
    "by device.",
    "One transaction.",
    (Index("lnbConfigTxnIndex", lambda row: (row.index,)),),
    (
        Column(1, "lnbConfigTxnIndex", INDEX, "Number of the transaction, never used again.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbConfigTxnStatus", STATUS,
               "Reads active. createAndGo(4) opens a transaction with a number that was not given before; while "
               "another one is open, resourceUnavailable. destroy(6) discards one that wrote nothing, and takes one "
               "that has ended out of the table. createAndWait(5) and notInService(2) are wrongValue.",
               value=lambda row: "active", access=Access.READ_CREATE),
        Column(3, "lnbConfigTxnOwner", TEXT, "Who opened it: user or community, address, and context if any.",
               value=lambda row: row.owner),
        Column(4, "lnbConfigTxnLease", unsigned32(*LEASE_S),
               "How long it stays open without its owner doing anything about it. Writing it begins it anew.",
               value=lambda row: round(row.lease_s), units="seconds", access=Access.READ_CREATE),
        Column(5, "lnbConfigTxnLeaseEnds", DATE_AND_TIME, "When it expires; absent unless it is open.",
               value=lambda row: row.lease_ends if row.state.editable else None),
        Column(6, "lnbConfigTxnBase", UNSIGNED32,
               "lnbConfigSerial when it was opened. A device that was written since stops validation and commit.",
               value=lambda row: row.base),
        Column(7, "lnbConfigTxnAction", ACTION,
               "Reads none. validate(2) reads the old values from the devices and looks for what stops a commit; "
               "commit(3) does so and writes; commitConfirmed(4) the same, for lnbConfigTxnConfirmTimeout unless "
               "confirm(5) comes, and again to begin that time anew; cancel(6) takes a confirmed commit back, or "
               "tries a rollback again; discard(7) gives up what is open, or what a rollback left. Each becomes an "
               "inter-application message, lnbConfigTxnMessage. What does not fit the state, or comes from another "
               "than the owner, is inconsistentValue.",
               value=lambda row: "none", access=Access.READ_CREATE),
        Column(8, "lnbConfigTxnConfirmTimeout", unsigned32(*CONFIRM_S),
               "How long a confirmed commit waits to be confirmed.", value=lambda row: round(row.confirm_s),
               units="seconds", access=Access.READ_CREATE),
        Column(9, "lnbConfigTxnConfirmBy", DATE_AND_TIME,
               "When it is rolled back unless it is confirmed; absent unless it is pendingConfirm.",
               value=lambda row: row.confirm_by if row.state is State.PENDING_CONFIRM else None),
        Column(10, "lnbConfigTxnState", _words(State),
               "Where it stands. open, valid and invalid ones take edits. committed, rolledBack, discarded and "
               "expired have ended. incomplete: a rollback left something, which is named in lnbConfigTxnDifference "
               "and in the edits; it is tried again by itself while a device does not answer.",
               value=lambda row: row.state.value),
        Column(11, "lnbConfigTxnErrors", GAUGE, "Edits that are faulty.", value=lambda row: row.errors),
        Column(12, "lnbConfigTxnErrorText", TEXT, "Why it is in its state; empty when there is nothing to say.",
               value=lambda row: row.text),
        Column(13, "lnbConfigTxnDifference", text(1024),
               "What could not be taken back: each value, what it was and what it is. Empty when there is nothing.",
               value=lambda row: "" if row.state.ended else "; ".join(row.differences)),
        Column(14, "lnbConfigTxnMessage", UNSIGNED32, "lnbIacMessageIndex of the newest action, 0 for none.",
               value=lambda row: row.message),
        Column(15, "lnbConfigTxnOpened", DATE_AND_TIME, "When it was opened.", value=lambda row: row.opened),
        Column(16, "lnbConfigTxnChanged", DATE_AND_TIME, "When it last changed.", value=lambda row: row.changed),
        Column(17, "lnbConfigTxnEdits", GAUGE, "Its edits.", value=lambda row: len(row.edits)),
    ),
    feed=Feed.TRANSACTIONS,
    source=lambda view: view.transactions,
)  # fmt: skip

EDITS = Table(
    3,
    "lnbConfigEditTable",
    "What transactions change. Rows are created by writing any column of one that is not there, while the transaction "
    "takes edits.",
    "One value of one device.",
    (
        Index("lnbConfigTxnIndex", lambda row: (row.transaction.index,)),
        Index("lnbConfigEditIndex", lambda row: (row.edit.index,)),
    ),
    (
        Column(1, "lnbConfigEditIndex", INDEX, "Number of the edit within its transaction.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbConfigEditStatus", STATUS,
               "active, or notReady while target or value is missing. createAndGo(4) and createAndWait(5) create the "
               "edit, destroy(6) takes it out.",
               value=lambda row: "notReady" if row.edit.state is EditState.NOT_READY else "active",
               access=Access.READ_CREATE),
        Column(3, "lnbConfigEditTarget", OBJECT_IDENTIFIER,
               "The cell to be written: an object of a device's configuration, with its instance. 0.0 while there is "
               "none.", value=lambda row: row.oid, access=Access.READ_CREATE),
        Column(4, "lnbConfigEditValue", TEXT,
               "What it is to become, as text: digits, true or false, the label of an enumeration or its number.",
               value=lambda row: row.edit.value or "", access=Access.READ_CREATE),
        Column(5, "lnbConfigEditState", _words(EditState),
               "What became of it. valid and unchanged: the device was asked, and has another or the same value. "
               "writing and restoring: under way. written: the device says the new value. refused, unreachable: it "
               "was not written. unknown: the answer was lost. differs: the device made something else of it. "
               "restored: the old value is there again. notRestored: it is not. leftAlone: somebody else changed it "
               "since, so it was not touched.", value=lambda row: row.edit.state.value),
        Column(6, "lnbConfigEditText", TEXT, "Why it is in its state.", value=lambda row: row.edit.text),
        Column(7, "lnbConfigEditOld", TEXT,
               "What the device said before, which a rollback gives back; absent until it was asked.",
               value=lambda row: _known(row.edit.old)),
        Column(8, "lnbConfigEditFound", TEXT, "What the device said after the write; absent until it was asked.",
               value=lambda row: _known(row.edit.found)),
        Column(9, "lnbConfigEditDevice", text(32), "Name of the device; empty while there is no target.",
               value=lambda row: row.edit.target.device if row.edit.target else ""),
        Column(10, "lnbConfigEditPath", TEXT, "Where it is written, below /api of the device.",
               value=lambda row: row.edit.target.path if row.edit.target else ""),
        Column(11, "lnbConfigEditOrder", UNSIGNED32,
               "Its place in the order of applying, 0 while there is no target. A rollback goes the other way.",
               value=lambda row: row.place),
    ),
    feed=Feed.TRANSACTIONS,
    source=_edits,
)  # fmt: skip

HISTORY = Table(
    4,
    "lnbConfigHistoryTable",
    "Every write to a device's configuration, by transactions and by plain SETs, and what came of it. Kept over "
    "restarts. This table is not indexed by device.",
    "One write of one value.",
    (Index("lnbConfigHistoryIndex", lambda row: (row.index,)),),
    (
        Column(1, "lnbConfigHistoryIndex", INDEX, "Number of the entry, rising.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbConfigHistoryTime", DATE_AND_TIME, "When it was written.", value=lambda row: row.when),
        Column(3, "lnbConfigHistoryUser", TEXT, "Who asked for it: user, community or program.",
               value=lambda row: Author.of(row.fact.who).user),
        Column(4, "lnbConfigHistoryAddress", TEXT, "The asker's address; empty for a program on this host.",
               value=lambda row: Author.of(row.fact.who).address),
        Column(5, "lnbConfigHistoryContext", TEXT, "The context it was asked in; empty for the default.",
               value=lambda row: Author.of(row.fact.who).context),
        Column(6, "lnbConfigHistoryDevice", text(32), "Name of the device.", value=lambda row: row.fact.device),
        Column(7, "lnbConfigHistoryObject", TEXT, "The cell, such as lnbPtpConfigDomain.1.7.1.",
               value=lambda row: row.fact.target),
        Column(8, "lnbConfigHistoryPath", TEXT, "Where it was written, below /api of the device.",
               value=lambda row: row.fact.path),
        Column(9, "lnbConfigHistoryOld", TEXT, "What was there before, as the device has it.",
               value=lambda row: row.fact.old),
        Column(10, "lnbConfigHistoryNew", TEXT, "What was to be there.", value=lambda row: row.fact.new),
        Column(11, "lnbConfigHistoryResult", _words(Result),
               "What came of it. restored, notRestored, leftAlone: the write was one of a rollback.",
               value=lambda row: row.fact.result.value),
        Column(12, "lnbConfigHistoryText", TEXT, "Why, when it did not come to what was wanted.",
               value=lambda row: row.fact.detail),
        Column(13, "lnbConfigHistoryTxn", UNSIGNED32, "lnbConfigTxnIndex of its transaction, 0 for a plain SET.",
               value=lambda row: row.fact.transaction),
        Column(14, "lnbConfigHistoryMessage", UNSIGNED32, "lnbIacMessageIndex of the message that wrote it.",
               value=lambda row: row.fact.message),
    ),
    feed=Feed.TRANSACTIONS,
    source=lambda view: view.history,
)  # fmt: skip

GROUP = Group(
    20, "lnbConfig", "Configuration in transactions, and its history.", (CONTROL, TRANSACTIONS, EDITS, HISTORY)
)
