"""One handler run through its phases; whatever happens, there is an outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from agent.errors import DeviceError, HostError
from agent.model.message import Phase, Reason
from agent.service.handlers.base import Work
from agent.service.handlers.ports import Refused, refusal

log = logging.getLogger(__name__)


class Judge(Protocol):
    """Is told whether a request is valid."""

    def __call__(self, *, valid: bool) -> None:
        """Whether it is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a handler: a failure when there is a reason.

    Attributes:
        text: the result, or why it failed, for a person.
    """

    reason: Reason
    text: str
    response: Mapping[str, Any] = field(default_factory=dict)


async def worked(work: Work[Any], enter: Callable[[Phase], None], judge: Judge) -> Outcome:
    """Go through the phases in order: gather, parse, validate; then, if valid, write, wait, read back, reply.

    Args:
        work: the handler's work on one message.
        enter: is told of each phase as it begins.
        judge: is told whether the request is valid.
    """
    writing = False
    try:
        enter(Phase.DATA_GETS)
        work.data_gets()
        enter(Phase.PARSE)  # the content was parsed when the message arrived, so that its sender knew at once
        enter(Phase.VALIDATE)
        _validate(work, judge)
        enter(Phase.MODIFY)
        work.modify()
        enter(Phase.DATA_SETS)
        writing = True
        await work.data_sets()
        enter(Phase.AWAIT_DEVICE)
        await work.await_device()
        enter(Phase.POST_VALIDATE)
        work.post_validate()
        enter(Phase.REPLY)
        return Outcome(Reason.NONE, work.result, work.response())
    except Exception as problem:
        failure = _failure(work, problem)
        if writing:
            _undo(work)
        return failure


def _validate(work: Work[Any], judge: Judge) -> None:
    try:
        work.validate()
    except Refused:
        judge(valid=False)
        raise
    judge(valid=True)


def _failure(work: Work[Any], problem: Exception) -> Outcome:
    if isinstance(problem, DeviceError):
        problem = refusal(problem)
    if isinstance(problem, Refused):
        return Outcome(problem.reason, str(problem))
    if isinstance(problem, HostError):
        return Outcome(Reason.INTERNAL, str(problem))
    log.error("handler-crashed message=%d handler=%s", work.job.message.index, type(work).__name__, exc_info=problem)
    return Outcome(Reason.INTERNAL, f"a fault of the agent ({type(problem).__name__}); its log says more")


def _undo(work: Work[Any]) -> None:
    try:
        work.undo()
    except Exception:
        log.exception("undo-failed message=%d handler=%s", work.job.message.index, type(work).__name__)
