"""Command responder: a decoded request in, what to respond out (RFC 3413 3.2, RFC 3416 4.2). The same for all versions.

Whoever gets here is known: by its community, or as a user at the level it asked with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from agent.wire import answer, pdu
from agent.wire.access import Access, Level, Model, Refusal
from agent.wire.answer import NoSuchName, Source, TooBig
from agent.wire.later import Later, mapped
from agent.wire.pdu import Request
from agent.wire.view import View
from agent.wire.writing import NO_ACCESS, Result, Writer

TOO_BIG, NO_SUCH_NAME, GEN_ERR, AUTHORIZATION_ERROR = 1, 2, 5, 16

REQUEST_OCTETS = 8192
"""Largest request that is worked on, unless larger answers are configured; larger ones are answered tooBig."""

Complain = Callable[[str, Exception], None]
"""Told of a fault of our own: what failed, and how."""


class Asker(NamedTuple):
    """Who asks, for access control (RFC 3411 3.2.2) and for the record of a SET."""

    model: Model
    name: str
    level: Level
    context: str = ""


class Outcome(NamedTuple):
    """Error status as SNMPv2 has it (v1 reads may say noSuchName), error index, content of the varbind list."""

    status: int
    error_index: int
    varbinds: bytes

    @property
    def is_denied(self) -> bool:
        """Whether it was access control that said no."""
        return self.status in (NO_ACCESS, AUTHORIZATION_ERROR)


TOO_BIG_OUTCOME = Outcome(TOO_BIG, 0, b"")


class Commands:
    """Carries requests out.

    Args:
        source_of: where the cells of a context come from.
        complain: is told of what should never happen; the request is answered genErr.
    """

    def __init__(self, source_of: Callable[[str], Source], access: Access, writer: Writer, complain: Complain) -> None:
        self._source_of = source_of
        self._access = access
        self._writer = writer
        self._complain = complain

    def outcome(self, request: Request, asker: Asker, address: str, limit: int) -> Outcome | Later[Outcome] | None:
        """What to respond within so many octets of varbinds; None for a context there is not (RFC 3413 3.2 step 5)."""
        try:
            if request.tag == pdu.SET:
                return self._set(request, asker, address, limit)
            outcome = self._read(request, asker, limit)
        except Exception as problem:
            self._complain(f"request-failed pdu={request.tag:#04x} from={address}", problem)
            outcome = Outcome(GEN_ERR, 0, request.varbinds)
        if outcome is not None and len(outcome.varbinds) > limit:
            return TOO_BIG_OUTCOME  # errors return the request's varbinds, which may not fit either
        return outcome

    def _set(self, request: Request, asker: Asker, address: str, limit: int) -> Outcome | Later[Outcome] | None:
        view = self._access.write_view(asker.model, asker.name, asker.level, asker.context)
        if view is Refusal.NO_CONTEXT:
            return None
        if len(request.varbinds) > limit:
            return TOO_BIG_OUTCOME  # before anything is assigned (RFC 3416 4.2.5)

        def outcome_of(result: Result) -> Outcome:
            if result.problem is not None:
                self._complain(f"set-failed from={address}", result.problem)
            return Outcome(result.status, result.index, request.varbinds)

        who = f"{asker.name}@{address}" + (f"/{asker.context}" if asker.context else "")
        return mapped(self._writer.set(request, None if isinstance(view, Refusal) else view, who), outcome_of)

    def _read(self, request: Request, asker: Asker, limit: int) -> Outcome | None:
        view = self._access.read_view(asker.model, asker.name, asker.level, asker.context)
        if view is Refusal.NO_CONTEXT:
            return None
        if isinstance(view, Refusal):
            return Outcome(AUTHORIZATION_ERROR, 0, request.varbinds)  # RFC 3413 3.2 step 6
        is_v1 = asker.model is Model.V1
        result = self._look_up(self._source_of(asker.context), request, view, limit, is_v1=is_v1)
        if isinstance(result, list):
            return Outcome(0, 0, b"".join(result))
        if isinstance(result, NoSuchName):
            return Outcome(NO_SUCH_NAME, result.index, request.varbinds)
        # v1 returns the request's varbinds (RFC 1157 4.1.2), later versions none (RFC 3416 4.2.1).
        return Outcome(TOO_BIG, 0, request.varbinds if is_v1 else b"")

    @staticmethod
    def _look_up(
        source: Source, request: Request, view: View, limit: int, *, is_v1: bool
    ) -> list[bytes] | TooBig | NoSuchName:
        names = request.names
        if request.tag == pdu.GET:
            return (answer.get_v1 if is_v1 else answer.get)(source, view, names, limit)
        if request.tag == pdu.GET_NEXT:
            return (answer.get_next_v1 if is_v1 else answer.get_next)(source, view, names, limit)
        if len(names) == 1 and request.non_repeaters <= 0:
            return answer.get_bulk_column(source, view, names[0], request.max_repetitions, limit)
        return answer.get_bulk(source, view, names, request.non_repeaters, request.max_repetitions, limit)
