"""SETs of managers on transactions and edits: checked here as a whole, and turned into messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agent.errors import HostError
from agent.mib.encoding import Oid
from agent.model.configuring import Action, Edit, Transaction
from agent.model.configuring.candidate import NotAllowed, check_action, check_owner, opened, with_edit, with_times
from agent.model.configuring.transaction import Wish
from agent.model.message import Message, MessageState
from agent.service.bus import Bus
from agent.service.handlers.configuring import Unwritable
from agent.service.letter import Letter
from agent.service.transactions.office import Transactions
from agent.wire.writing import NO_CREATION, RESOURCE_UNAVAILABLE, Assignment, Result

WRONG_VALUE: Final = 10
INCONSISTENT_VALUE: Final = 12
INCONSISTENT_NAME: Final = 18
"""Error statuses of RFC 3416 3."""

MESSAGES: Final = {
    Action.VALIDATE: "validateConfig",
    Action.COMMIT: "commitConfig",
    Action.COMMIT_CONFIRMED: "commitConfirmedConfig",
    Action.CONFIRM: "confirmConfig",
    Action.CANCEL: "cancelConfig",
    Action.DISCARD: "discardConfig",
}
"""The message type that an action becomes."""

TXN_COLUMNS: Final = frozenset(
    {"lnbConfigTxnStatus", "lnbConfigTxnLease", "lnbConfigTxnAction", "lnbConfigTxnConfirmTimeout"}
)
EDIT_COLUMNS: Final = frozenset({"lnbConfigEditStatus", "lnbConfigEditTarget", "lnbConfigEditValue"})
MIDDLING: Final = "createAndWait", "notInService", "notReady"


class _Failed(Exception):
    """A varbind fails with a status."""

    def __init__(self, status: int, position: int) -> None:
        super().__init__(status, position)
        self.result = Result(status, position)


@dataclass
class _Asked:
    """What a SET asks of one transaction: its own columns, and those of edits by number; the values with places."""

    columns: dict[str, Assignment] = field(default_factory=dict)
    edits: dict[int, dict[str, Assignment]] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return self.columns[name].value if name in self.columns else None

    @property
    def creates(self) -> bool:
        return bool(self.value("lnbConfigTxnStatus") == "createAndGo")

    @property
    def destroys(self) -> bool:
        return bool(self.value("lnbConfigTxnStatus") == "destroy")

    @property
    def action(self) -> Action | None:
        value = self.value("lnbConfigTxnAction")
        return None if value in (None, "none") else Action(value)

    @property
    def first(self) -> int:
        """The first of its varbinds."""
        places = [each.position for each in self.columns.values()]
        return min([*places, *(each.position for edit in self.edits.values() for each in edit.values())])


class TransactionControls:
    """The writable objects of the group lnbConfig. Used in the event loop's thread.

    Args:
        bus: takes the messages.
        transactions: all of them.
        instant: this moment, by both clocks.
        show: serves the transactions as they are; a SET is answered behind that.
    """

    names = TXN_COLUMNS | EDIT_COLUMNS

    def __init__(
        self, bus: Bus, transactions: Transactions, instant: Callable[[], Any], show: Callable[[], None] = lambda: None
    ) -> None:
        self._show = show
        self._bus = bus
        self._transactions = transactions
        self._instant = instant

    def check(self, name: str, instance: Oid, value: Any) -> int:
        """Nothing can be said of one varbind alone; `review` has them all."""
        return 0

    def review(self, wanted: Sequence[Assignment], who: str) -> Result:
        """The first varbind that cannot be assigned, with those beside it, by who asks; changes nothing."""
        try:
            for index, asked in _by_transaction(wanted).items():
                self._review(index, asked, f"snmp:{who}")
        except _Failed as failed:
            return failed.result
        return Result(0, 0)

    def assign(self, wanted: Sequence[Assignment], who: str) -> None:
        """Turn one SET, which has passed `review`, into messages; all but actions are done when this returns.

        Raises:
            HostError: it could not be written down; nothing has changed.
        """
        source = f"snmp:{who}"
        for index, asked in _by_transaction(wanted).items():
            fresh = asked.creates and self._transactions.get(index) is None
            try:
                for letter in self._letters(index, asked, source, fresh=fresh):
                    _done(self._bus.submit(letter))
            except HostError:
                if fresh and self._transactions.get(index) is not None:
                    self._bus.submit(Letter("purgeConfig", {"transaction": index}, source))
                raise
            if asked.action is not None and not self._is_open(asked.action, index, source):
                self._bus.submit(Letter(MESSAGES[asked.action], _content(index, asked), source))
        self._show()

    # Checks

    def _review(self, index: int, asked: _Asked, who: str) -> None:
        known = self._transactions.get(index)
        self._check_statuses(known, asked)
        if asked.destroys:
            if known is not None:
                self._check_removal(known, asked, who)
            return
        if known is None:
            known = self._created(index, asked, who)
        draft = self._with_columns(known, asked, who)
        for number, columns in asked.edits.items():
            draft = self._with_edit(draft, number, columns, who)
        if len(draft.edits) > self._transactions.bounds.edits:
            raise _Failed(RESOURCE_UNAVAILABLE, asked.first)
        if asked.action is not None:
            self._check_action(draft, asked.action, asked, who)

    def _check_statuses(self, known: Transaction | None, asked: _Asked) -> None:
        status = asked.columns.get("lnbConfigTxnStatus")
        if status is None:
            return
        if status.value in MIDDLING:
            raise _Failed(WRONG_VALUE, status.position)
        if status.value == "active" and known is None:
            raise _Failed(INCONSISTENT_VALUE, status.position)
        if status.value == "destroy" and (len(asked.columns) > 1 or asked.edits):
            raise _Failed(INCONSISTENT_VALUE, status.position)

    def _check_removal(self, known: Transaction, asked: _Asked, who: str) -> None:
        try:
            if known.state.ended:
                check_owner(known, who)
            else:
                check_action(known, Action.DISCARD, who)
        except NotAllowed:
            raise _Failed(INCONSISTENT_VALUE, asked.first) from None

    def _created(self, index: int, asked: _Asked, who: str) -> Transaction:
        if not asked.creates:
            raise _Failed(INCONSISTENT_NAME, asked.first)
        position = asked.columns["lnbConfigTxnStatus"].position
        if index < self._transactions.next_index:  # it was given before
            raise _Failed(INCONSISTENT_VALUE, position)
        if self._transactions.obstacle_to_open(index) or self._bus.is_full:
            raise _Failed(RESOURCE_UNAVAILABLE, position)
        bounds = self._transactions.bounds
        return opened(index, who, 0, self._instant(), bounds.lease_s, bounds.confirm_s)

    def _with_columns(self, known: Transaction, asked: _Asked, who: str) -> Transaction:
        """With its times; only its owner may write anything."""
        try:
            check_owner(known, who)
            if asked.creates and not known.state.editable:
                raise NotAllowed("it is there already")
            lease_s, confirm_s = asked.value("lnbConfigTxnLease"), asked.value("lnbConfigTxnConfirmTimeout")
            is_later = asked.action is Action.COMMIT_CONFIRMED and lease_s is None
            if (lease_s, confirm_s) == (None, None) or is_later:
                return known
            return with_times(known, who, self._instant(), lease_s, confirm_s)
        except NotAllowed:
            raise _Failed(INCONSISTENT_VALUE, asked.first) from None

    def _with_edit(self, draft: Transaction, number: int, columns: Mapping[str, Assignment], who: str) -> Transaction:
        first = min(each.position for each in columns.values())
        known = draft.edit(number)
        status = columns.get("lnbConfigEditStatus")
        if status is not None and status.value in ("notInService", "notReady"):
            raise _Failed(WRONG_VALUE, status.position)
        if status is not None and status.value == "active" and known is None and len(columns) == 1:
            raise _Failed(INCONSISTENT_VALUE, status.position)
        wish = _wish(number, columns)
        try:
            after = None if wish.removed else self._edited(known or Edit(number), wish, columns)
            return with_edit(draft, after, number, who, self._instant())
        except NotAllowed:
            raise _Failed(INCONSISTENT_VALUE, first) from None

    def _edited(self, edit: Edit, wish: Wish, columns: Mapping[str, Assignment]) -> Edit:
        target, value = columns.get("lnbConfigEditTarget"), columns.get("lnbConfigEditValue")
        if target is not None:
            try:
                edit = self._transactions.edited(edit, Wish(wish.index, wish.target, None))
            except Unwritable as problem:
                # The value it had may be what does not fit the new target; then a new one must come with it.
                is_target = value is None or not self._resolves(wish)
                if is_target:
                    raise _Failed(_status_of(problem), target.position) from None
        try:
            return self._transactions.edited(edit, wish)
        except Unwritable as problem:
            place = value or target
            raise _Failed(_status_of(problem), place.position if place else 1) from None

    def _resolves(self, wish: Wish) -> bool:
        try:
            self._transactions.edited(Edit(wish.index), Wish(wish.index, wish.target))
        except Unwritable:
            return False
        return True

    def _check_action(self, draft: Transaction, action: Action, asked: _Asked, who: str) -> None:
        position = asked.columns["lnbConfigTxnAction"].position
        try:
            check_action(draft, action, who)
        except NotAllowed:
            if not self._is_open(action, draft.index, who):  # the same again while it is under way is the same
                raise _Failed(INCONSISTENT_VALUE, position) from None
        if self._bus.is_full:
            raise _Failed(RESOURCE_UNAVAILABLE, position)

    # Messages

    def _letters(self, index: int, asked: _Asked, source: str, *, fresh: bool) -> Iterable[Letter]:
        """What is done at once, in this order."""
        times = {
            "lease": asked.value("lnbConfigTxnLease"),
            "confirmTimeout": None if asked.action is Action.COMMIT_CONFIRMED and not fresh
            else asked.value("lnbConfigTxnConfirmTimeout"),
        }  # fmt: skip
        times = {name: value for name, value in times.items() if value is not None}
        if asked.destroys:
            if self._transactions.get(index) is not None:
                yield Letter("purgeConfig", {"transaction": index}, source)
            return
        if fresh:
            yield Letter("openConfig", {"transaction": index, **times}, source)
        elif times:
            yield Letter("holdConfig", {"transaction": index, **times}, source)
        if asked.edits:
            edits = [_edit(_wish(number, columns)) for number, columns in asked.edits.items()]
            yield Letter("editConfig", {"transaction": index, "edits": edits}, source)

    def _is_open(self, action: Action, index: int, source: str) -> bool:
        """Whether the same was asked for and is still being done: a manager that got no answer repeats its SET."""
        for entry in self._bus.open():
            message = entry.message
            if (message.type, message.source) == (MESSAGES[action], source):
                try:
                    content = json.loads(message.request.data)
                except ValueError:
                    continue
                if content.get("transaction") == index:
                    return True
        return False


def _by_transaction(wanted: Sequence[Assignment]) -> dict[int, _Asked]:
    asked: dict[int, _Asked] = {}
    for each in wanted:
        if len(each.instance) != (1 if each.name in TXN_COLUMNS else 2) or 0 in each.instance:
            raise _Failed(NO_CREATION, each.position)
        mine = asked.setdefault(each.instance[0], _Asked())
        if each.name in TXN_COLUMNS:
            mine.columns[each.name] = each
        else:
            mine.edits.setdefault(each.instance[1], {})[each.name] = each
    return asked


def _wish(number: int, columns: Mapping[str, Assignment]) -> Wish:
    def value(name: str) -> Any:
        return columns[name].value if name in columns else None

    removed = value("lnbConfigEditStatus") == "destroy"
    target = value("lnbConfigEditTarget")
    return Wish(number, None if target is None else tuple(target), value("lnbConfigEditValue"), removed)


def _edit(wish: Wish) -> dict[str, Any]:
    """An edit as editConfig has it."""
    if wish.removed:
        return {"edit": wish.index, "remove": True}
    parts = {"target": wish.target and ".".join(map(str, wish.target)), "value": wish.value}
    return {"edit": wish.index, **{name: value for name, value in parts.items() if value is not None}}


def _content(index: int, asked: _Asked) -> dict[str, Any]:
    confirm_s = asked.value("lnbConfigTxnConfirmTimeout")
    if asked.action is Action.COMMIT_CONFIRMED and confirm_s is not None:
        return {"transaction": index, "confirmTimeout": confirm_s}
    return {"transaction": index}


def _status_of(problem: Unwritable) -> int:
    """The status of a value that names a cell: one that can never be right, or one that is not right now."""
    is_now = problem.status in (NO_CREATION, INCONSISTENT_VALUE, RESOURCE_UNAVAILABLE)
    return INCONSISTENT_VALUE if is_now else WRONG_VALUE


def _done(message: Message) -> None:
    if message.state is MessageState.FAILED:
        raise HostError(message.error_text)
