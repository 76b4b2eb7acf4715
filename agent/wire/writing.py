"""SET over objects of the agent's own: all of it or none (RFC 3416 4.2.5).

The first phase checks each varbind in the RFC's order and names the first that fails; nothing is changed before all
have passed. The second has them assigned as if at once, by whoever owns the objects, which may be another process:
then the result comes later, and SETs behind it wait for their turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from agent.mib.declaration import Access, Column, Module, Table
from agent.mib.encoding import Oid, packed, unpacked
from agent.mib.writing import Unacceptable, decoded_for
from agent.wire.later import Later
from agent.wire.pdu import Request, Value
from agent.wire.repeats import Repeats
from agent.wire.view import View

NO_ACCESS, NO_CREATION, INCONSISTENT_VALUE, RESOURCE_UNAVAILABLE, COMMIT_FAILED, NOT_WRITABLE = 6, 11, 12, 13, 14, 17
AUTHORIZATION_ERROR = 16
WAITING_SETS: Final = 64
"""SETs that may wait for one that is under way; further ones are answered resourceUnavailable."""


@dataclass(frozen=True, slots=True)
class Result:
    """Error status and index; 0, 0 when everything was assigned. The problem is what assigning raised."""

    status: int
    index: int
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One value that passed all checks of the first phase that need no knowledge of the row.

    Attributes:
        position: of its varbind, from 1.
        name: of the object.
        instance: sub-identifiers behind the object's OID; (0,) of a scalar.
        value: as the object's syntax has it: a number, text, octets, truth or label.
    """

    position: int
    name: str
    instance: Oid
    value: Any


@dataclass(frozen=True, slots=True)
class Writable:
    """An object that may be written.

    Attributes:
        is_column: whether it has rows, rather than the one instance of a scalar.
        is_creatable: whether rows come about by writing; whose they are says whether one may.
    """

    oid: Oid
    column: Column
    is_column: bool = False
    is_creatable: bool = False


Submit = Callable[[Sequence[Assignment], str], "Result | Later[Result]"]
"""Assigns all of it or nothing, and says how that went; is told who asks. May also raise, having changed nothing."""


class Writer:
    """Takes SETs.

    Args:
        exists: whether there is an instance, by packed OID: rows that are not there cannot be made.
        repeats: knows SETs that are sent again; without it each is a new one.
    """

    def __init__(
        self,
        writables: Iterable[Writable],
        submit: Submit,
        exists: Callable[[bytes], bool] = lambda key: False,
        repeats: Repeats[Result] | None = None,
    ) -> None:
        self._repeats = repeats
        self._by_key = {packed(writable.oid): writable for writable in writables}
        self._submit = submit
        self._exists = exists
        self._under_way = False
        self._waiting: deque[tuple[Later[Result], Callable[[], Result | Later[Result]]]] = deque()

    def set(self, request: Request, view: View | None, who: str) -> Result | Later[Result]:
        """Do all of a SET or none of it; without a view nothing may be written by anybody.

        A SET sent again is the same SET: it is done once, and answered as often as it is asked.
        """
        if view is None:  # RFC 3413 3.2 step 6
            return Result(AUTHORIZATION_ERROR, 0)
        if self._repeats is None or not request.names:
            return self._in_turn(request, view, who)
        asker, request_id = (who, view), bytes(request.request_id)
        what = (tuple(request.names), tuple((value.tag, bytes(value.content)) for value in request.values))
        known = self._repeats.known(asker, what, request_id)
        if known is not None:
            return known
        result = self._in_turn(request, view, who)

        def note(done: Result) -> Result:
            assert self._repeats is not None  # noqa: S101 - checked above
            if done.status:
                self._repeats.forget(asker)
            else:
                self._repeats.done(asker, what, request_id, done)
            return done

        if isinstance(result, Later):
            return self._repeats.begun(asker, what, request_id, result.map(note))
        return note(result)

    def _in_turn(self, request: Request, view: View, who: str) -> Result | Later[Result]:
        if not self._under_way:
            return self._carry_out(request, view, who)
        if len(self._waiting) >= WAITING_SETS:
            return Result(RESOURCE_UNAVAILABLE, 1)
        result: Later[Result] = Later()
        self._waiting.append((result, partial(self._carry_out, request, view, who)))
        return result

    def _carry_out(self, request: Request, view: View, who: str) -> Result | Later[Result]:
        values: dict[tuple[str, Oid], Assignment] = {}
        for position, (name, value) in enumerate(zip(request.names, request.values, strict=True), 1):
            status = self._check(position, name, value, view, values)
            if status:
                return Result(status, position)
        result = self._submitted(list(values.values()), who) if values else Result(0, 0)
        if not isinstance(result, Later):
            return result
        self._under_way = True
        return result.map(self._done)

    def _submitted(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        try:
            return self._submit(wanted, who)
        except Exception as problem:
            # What `submit` promises holds even then: nothing was changed, so this is commitFailed, not undoFailed.
            return Result(COMMIT_FAILED, wanted[0].position, problem)

    def _done(self, result: Result) -> Result:
        self._under_way = False
        while self._waiting and not self._under_way:
            waiting, carry_out = self._waiting.popleft()
            outcome = carry_out()
            if isinstance(outcome, Later):
                outcome.then(waiting.give)
            else:
                waiting.give(outcome)
        return result

    def _check(
        self, position: int, name: bytes, value: Value, view: View, values: dict[tuple[str, Oid], Assignment]
    ) -> int:
        """Error status of one varbind, 0 when it passes; one that passes is added to `values`."""
        if name not in view:
            return NO_ACCESS
        writable = self._find(name)
        if writable is None:
            return NOT_WRITABLE
        try:
            wanted = decoded_for(writable.column, value.tag, value.content)
        except Unacceptable as problem:
            return problem.status
        if isinstance(wanted, tuple) and packed(wanted) not in view:
            return NO_ACCESS  # what names an object to be written needs the right to write that object
        instance = unpacked(name[4 * len(writable.oid) :])
        if not (writable.is_creatable or (self._exists(name) if writable.is_column else instance == (0,))):
            return NO_CREATION
        known = writable.column.name
        before = values.setdefault((known, instance), Assignment(position, known, instance, wanted))
        return 0 if before.value == wanted else INCONSISTENT_VALUE

    def _find(self, name: bytes) -> Writable | None:
        for size in range(len(name), 0, -4):
            writable = self._by_key.get(name[:size])
            if writable is not None:
                return writable
        return None


def writables(modules: Iterable[Module]) -> list[Writable]:
    """The objects of modules that are declared to be written."""
    return [
        Writable(
            located.oid,
            located.column,
            isinstance(located.part, Table),
            located.column.access is Access.READ_CREATE,
        )
        for module in modules
        for located in module.objects.values()
        if located.column.access in (Access.READ_WRITE, Access.READ_CREATE)
    ]
