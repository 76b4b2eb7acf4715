"""The handler of one message: which phase it is in, and what came of it. Every message has one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from agent.model.message.message import TEXT_LIMIT, IllegalStep


class Phase(Enum):
    """The phases of a handler, in order."""

    DATA_GETS = "dataGets"
    PARSE = "parse"
    VALIDATE = "validate"
    MODIFY = "modify"
    DATA_SETS = "dataSets"
    AWAIT_DEVICE = "awaitDevice"
    POST_VALIDATE = "postValidate"
    REPLY = "reply"
    DONE = "done"


ORDER = tuple(Phase)


class HandlerState(Enum):
    """What a handler is doing."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING_DEVICE = "waitingDevice"
    DONE = "done"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Handler:
    """The handler of one message.

    Attributes:
        attempts: how often it was started.
        phase: None before it starts.
        duration_ms: from its start to its end.
        valid: what it found the request to be; None before it looked.
        http_first: number of the first HTTP exchange it caused, 0 for none; `http_last` of the last.
        result: what came of it, for a person.
    """

    name: str
    state: HandlerState = HandlerState.IDLE
    attempts: int = 0
    phase: Phase | None = None
    phase_since: datetime | None = None
    started: datetime | None = None
    duration_ms: int | None = None
    valid: bool | None = None
    http_first: int = 0
    http_last: int = 0
    result: str = ""


def entered(handler: Handler, phase: Phase, at: datetime) -> Handler:
    """The handler in another phase; phases are only gone through in order.

    Raises:
        IllegalStep: the phase is over, or the handler has ended.
    """
    if handler.state in (HandlerState.DONE, HandlerState.ABORTED):
        raise IllegalStep(f"handler {handler.name} has ended")
    if handler.phase is not None and ORDER.index(phase) <= ORDER.index(handler.phase):
        raise IllegalStep(f"handler {handler.name} cannot go from {handler.phase.value} to {phase.value}")
    first = handler.phase is None
    return replace(
        handler,
        state=HandlerState.WAITING_DEVICE if phase is Phase.AWAIT_DEVICE else HandlerState.RUNNING,
        phase=phase,
        phase_since=at,
        attempts=handler.attempts + first,
        started=at if first else handler.started,
    )


def judged(handler: Handler, *, valid: bool) -> Handler:
    """The handler once it has looked at the request."""
    return replace(handler, valid=valid)


def asked(handler: Handler, first: int, last: int) -> Handler:
    """The handler after it caused HTTP exchanges."""
    return replace(handler, http_first=handler.http_first or first, http_last=max(handler.http_last, last))


def finished(handler: Handler, at: datetime, result: str, *, aborted: bool = False) -> Handler:
    """The handler at its end: in phase done, or aborted in the phase where it stopped."""
    duration_ms = None
    if handler.started is not None:
        duration_ms = max(round((at - handler.started).total_seconds() * 1000), 0)
    done = replace(handler, duration_ms=duration_ms, result=result[:TEXT_LIMIT])
    if aborted:
        return replace(done, state=HandlerState.ABORTED)
    return replace(done, state=HandlerState.DONE, phase=Phase.DONE, phase_since=at)


def noted(handler: Handler, text: str) -> Handler:
    """The handler with a remark behind its result: what came after its message had ended."""
    return replace(handler, result=f"{handler.result}; {text}"[:TEXT_LIMIT])
