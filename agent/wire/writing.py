"""SET over scalars of the agent's own: all of it or none (RFC 3416 4.2.5).

The first phase checks each varbind in the RFC's order and names the first that fails; nothing is changed before all
have passed. The second assigns all as if at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Column
from agent.mib.encoding import Oid, packed
from agent.mib.writing import Unacceptable, decoded
from agent.wire.pdu import Request, Value
from agent.wire.view import View

NO_ACCESS, NO_CREATION, INCONSISTENT_VALUE, COMMIT_FAILED, NOT_WRITABLE = 6, 11, 12, 14, 17
AUTHORIZATION_ERROR = 16
_INSTANCE = b"\0\0\0\0"


@dataclass(frozen=True, slots=True)
class Result:
    """Error status and index; 0, 0 when everything was assigned. The problem is what `assign` raised."""

    status: int
    index: int
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class Writable:
    """A scalar that may be written.

    Attributes:
        consistent: whether a value can be assigned now (a spin lock must match).
    """

    oid: Oid
    column: Column
    consistent: Callable[[Any], bool] = lambda value: True


class Writer:
    """Takes SETs.

    Args:
        assign: assigns all new values by object name, or raises and has changed nothing; is told who asks.
    """

    def __init__(self, writables: list[Writable], assign: Callable[[Mapping[str, Any], str], None]) -> None:
        self._by_key = {packed(writable.oid): writable for writable in writables}
        self._assign = assign

    def set(self, request: Request, view: View | None, who: str) -> Result:
        """Do all of a SET or none of it; without a view nothing may be written by anybody."""
        if view is None:  # RFC 3413 3.2 step 6
            return Result(AUTHORIZATION_ERROR, 0)
        values: dict[str, Any] = {}
        for position, (name, value) in enumerate(zip(request.names, request.values, strict=True), 1):
            status = self._check(name, value, view, values)
            if status:
                return Result(status, position)
        if not values:
            return Result(0, 0)
        try:
            self._assign(values, who)
        except Exception as problem:
            # What `assign` promises holds even then: nothing was changed, so this is commitFailed, not undoFailed.
            return Result(COMMIT_FAILED, 1, problem)
        return Result(0, 0)

    def _check(self, name: bytes, value: Value, view: View, values: dict[str, Any]) -> int:
        """Error status of one varbind, 0 when it passes; a value that passes is added to `values`."""
        if name not in view:
            return NO_ACCESS
        writable = self._find(name)
        if writable is None:
            return NOT_WRITABLE
        try:
            wanted = decoded(writable.column.syntax, value.tag, value.content)
        except Unacceptable as problem:
            return problem.status
        if not name.endswith(_INSTANCE) or len(name) != 4 * len(writable.oid) + 4:
            return NO_CREATION
        known = writable.column.name
        if not writable.consistent(wanted) or (known in values and values[known] != wanted):
            return INCONSISTENT_VALUE
        values[known] = wanted
        return 0

    def _find(self, name: bytes) -> Writable | None:
        for size in range(len(name), 0, -4):
            writable = self._by_key.get(name[:size])
            if writable is not None:
                return writable
        return None
