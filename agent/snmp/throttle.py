"""Log lines that anybody can cause by a datagram, at most one a minute and kind."""

from __future__ import annotations

import logging
import time

from agent.wire.limits import OncePerKind
from agent.wire.strangers import AuthenticationFailure

log = logging.getLogger(__name__)

INTERVAL_S = 60.0


class Throttle:
    """Lets one line of each kind through per interval, and says how many were held back before it."""

    def __init__(self) -> None:
        self._kinds = OncePerKind(INTERVAL_S)

    def admits(self, kind: str = "", count: int = 1) -> int | None:
        """The number of lines of a kind held back since its last one, None when this one is to be held back too.

        Args:
            kind: what is told apart; the texts must be few.
            count: how many lines this one stands for.
        """
        return self._kinds.admits(kind, time.monotonic(), count)


class FailureLog:
    """Logs who could not prove who it is: one line a minute for each reason. An observer for `Entity`."""

    def __init__(self) -> None:
        self._throttle = Throttle()

    def __call__(self, failure: AuthenticationFailure) -> None:
        """Log a failure, or count it."""
        held_back = self._throttle.admits(failure.reason.value, failure.held_back + 1)
        if held_back is not None:
            log.warning(
                "authentication-failed reason=%s from=%s held_back=%d", failure.reason.value, failure.address, held_back
            )
