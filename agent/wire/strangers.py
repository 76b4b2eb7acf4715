"""Those who have not proven who they are: their Reports are limited, and an observer is told of failed proofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from agent.wire.limits import Rate, SourceLimit

SOURCES = 4096
"""Sources remembered at most."""
REPORTS_PER_SOURCE = Rate(250, 1000)
"""A manager needs one Report for a discovery and one for the time; a host that starts a manager for each of 100 checks
a second stays below this."""
REPORTS_IN_TOTAL = Rate(1000, 2000)
"""About a megabit a second: all that this agent can be made to add to a flood by forged addresses."""
FAILURES_PER_SOURCE = Rate(1 / 60, 1)
FAILURES_IN_TOTAL = Rate(1 / 6, 10)


class Reason(Enum):
    """Why a message is not properly authenticated (RFC 3418 2, authenticationFailure)."""

    BAD_COMMUNITY = "badCommunity"
    UNKNOWN_USER = "unknownUser"
    WRONG_DIGEST = "wrongDigest"


@dataclass(frozen=True, slots=True)
class AuthenticationFailure:
    """A message that is not properly authenticated.

    Attributes:
        address: the IP address it came from, by its own word.
        held_back: how many of this reason, of any source, nobody was told of since the last one.
    """

    reason: Reason
    address: str
    held_back: int


FailureObserver = Callable[[AuthenticationFailure], None]


class Strangers:
    """Limits what senders without proof can cause. A sender with proof is remembered, and apart from the strangers.

    So a storm of forged discoveries uses up the strangers' Reports, and not those of the managers at work.

    Args:
        time_s: a clock that does not go back.
        observer: is told of failures: of one source and reason once a minute, in all ten times a minute.
    """

    def __init__(self, time_s: Callable[[], float], observer: FailureObserver | None = None) -> None:
        self._time_s = time_s
        self._observer = observer
        self._strange = SourceLimit(REPORTS_PER_SOURCE, REPORTS_IN_TOTAL, SOURCES, time_s())
        self._known = SourceLimit(REPORTS_PER_SOURCE, REPORTS_IN_TOTAL, SOURCES, time_s())
        self._failures = SourceLimit(FAILURES_PER_SOURCE, FAILURES_IN_TOTAL, SOURCES, time_s())
        self._proven: dict[str, None] = {}
        self._held_back = dict.fromkeys(Reason, 0)

    def proven(self, address: str) -> None:
        """A message from there was authentic and timely."""
        self._proven.pop(address, None)
        self._proven[address] = None
        if len(self._proven) > SOURCES:
            del self._proven[next(iter(self._proven))]

    def may_have_report(self, address: str) -> bool:
        """Whether a Report may go to a sender who has proven nothing by this message."""
        limit = self._known if address in self._proven else self._strange
        return limit.admits(address, self._time_s())

    def failed(self, reason: Reason, address: str) -> None:
        """A message from there was not properly authenticated."""
        if self._observer is None:
            return
        if not self._failures.admits((reason, address), self._time_s()):
            self._held_back[reason] += 1
            return
        held_back, self._held_back[reason] = self._held_back[reason], 0
        self._observer(AuthenticationFailure(reason, address, held_back))
