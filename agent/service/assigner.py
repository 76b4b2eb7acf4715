"""SETs on the back's side: each object's owner checks first, and only when all agree are the values assigned."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final, Protocol, runtime_checkable

from agent.mib.encoding import Oid
from agent.wire.later import Later
from agent.wire.writing import COMMIT_FAILED, NOT_WRITABLE, Assignment, Result

log = logging.getLogger(__name__)

UNDO_FAILED: Final = 15


class Settable(Protocol):
    """Owner of some writable objects."""

    @property
    def names(self) -> Iterable[str]:
        """The objects."""

    def check(self, name: str, instance: Oid, value: Any) -> int:
        """Error status that assigning would have now (RFC 3416 4.2.5), 0 for none; changes nothing."""

    def assign(self, wanted: Sequence[Assignment], who: str) -> Later[Result] | None:
        """Take the values, all of them, or raise and have changed nothing.

        Returns:
            What came of it, where that is to be waited for.
        """


@runtime_checkable
class Reviewing(Protocol):
    """An owner whose objects depend on each other, and on who writes them."""

    def review(self, wanted: Sequence[Assignment], who: str) -> Result:
        """The first of its values in one SET that cannot be assigned now; changes nothing."""


class Assigner:
    """Takes SETs for several owners.

    What may fail (the disk) should be owned by the first of them, and what may have to be waited for by the last.
    """

    def __init__(self, owners: Sequence[Settable]) -> None:
        self._owners = {name: (place, owner) for place, owner in enumerate(owners) for name in owner.names}

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Do all of it or nothing."""
        problem = self._reviewed(wanted, who)
        for each in wanted:
            known = self._owners.get(each.name)
            status = known[1].check(each.name, each.instance, each.value) if known else NOT_WRITABLE
            if status and not 0 < problem.index < each.position:
                return Result(status, each.position)
        if problem.status:
            return problem
        in_order = sorted(wanted, key=lambda each: self._owners[each.name][0])
        done = 0
        result: Later[Result] | None = None
        for _, group in groupby(in_order, key=lambda each: self._owners[each.name][0]):
            part = list(group)
            try:
                result = self._owners[part[0].name][1].assign(part, who)
            except Exception as problem:
                log.exception("set-failed by=%s objects=%s", who, ",".join(each.name for each in part))
                if done:  # what an earlier owner took stays taken, and the manager must know
                    return Result(UNDO_FAILED, 0, problem)
                return Result(COMMIT_FAILED, part[0].position, problem)
            done += len(part)
        log.info("written by=%s objects=%s", who, ",".join(each.name for each in wanted))
        return Result(0, 0) if result is None else result

    def _reviewed(self, wanted: Sequence[Assignment], who: str) -> Result:
        """The first problem that an owner finds in its values as a whole."""
        owners = {id(owner): owner for each in wanted if (owner := self._owners.get(each.name, (0, None))[1])}
        found = [
            owner.review([each for each in wanted if self._owners.get(each.name, (0, None))[1] is owner], who)
            for owner in owners.values()
            if isinstance(owner, Reviewing)
        ]
        return min((one for one in found if one.status), key=lambda one: one.index, default=Result(0, 0))
