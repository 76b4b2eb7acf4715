"""What is said of transactions beside their rows: in the log, and to the alarms."""

from __future__ import annotations

import logging
from collections.abc import Callable

from agent.model.alarm import events as alarms
from agent.model.configuring import Action, EditState, State, Transaction

log = logging.getLogger(__name__)

LEFT = frozenset({EditState.NOT_RESTORED, EditState.LEFT_ALONE})


class Teller:
    """Tells of transactions whose state changes.

    Args:
        happened: is told of what concerns alarms.
    """

    def __init__(self, happened: Callable[[alarms.Event], None]) -> None:
        self._happened = happened
        self._left: dict[int, frozenset[tuple[str, str]]] = {}

    def tell(self, before: Transaction | None, after: Transaction) -> None:
        """A transaction took a step."""
        if before is not None and before.state is after.state:
            return
        _log(after)
        if before is None:
            return
        self.tell_left(after)
        is_first = after.state is State.INCOMPLETE and after.attempts <= 1
        if after.goal is not Action.CANCEL and (after.state is State.ROLLED_BACK or is_first):
            self._happened(alarms.TransactionRolledBack(after.index, after.text))

    def tell_left(self, after: Transaction) -> None:
        """Tell which values of a rollback are not what they were, and which are so again."""
        if not (after.state.ended or after.state is State.INCOMPLETE):
            return
        texts = {
            (edit.target.device, edit.target.text): f"{edit.difference} ({edit.text})"
            for edit in after.edits
            if edit.target and edit.state in LEFT and after.state is State.INCOMPLETE
        }
        told = self._left.pop(after.index, frozenset())
        for device, target in sorted(told - texts.keys()):
            self._happened(alarms.EditLeft(after.index, device, target, is_left=False))
        for (device, target), text in texts.items():
            self._happened(alarms.EditLeft(after.index, device, target, text))
        if texts:
            self._left[after.index] = frozenset(texts)


def _log(after: Transaction) -> None:
    level = logging.WARNING if after.state in (State.ROLLING_BACK, State.ROLLED_BACK) else logging.INFO
    log.log(
        logging.ERROR if after.state is State.INCOMPLETE else level,
        "transaction-%s number=%d owner=%s edits=%d text=%r",
        after.state.value, after.index, after.owner, len(after.edits), after.text,
    )  # fmt: skip
    for difference in after.differences if after.state is State.INCOMPLETE else ():
        log.error("transaction-difference number=%d %s", after.index, difference)
