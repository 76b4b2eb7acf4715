"""HTTP exchanges: one request and its answer, and the bounded log the HTTP session table is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

DATA_LIMIT = 1024
"""Octets of a body that are kept."""


class ExchangeState(Enum):
    """Where an exchange stands."""

    PENDING = "pending"
    ANSWERED = "answered"
    TIMED_OUT = "timedOut"
    FAILED = "failed"
    ABORTED = "aborted"


class Purpose(Enum):
    """What an exchange is for."""

    POLL = "poll"
    SET = "set"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and, once it came, its answer. Never holds a credential, token or cookie.

    Attributes:
        number: unique and rising while the agent runs.
        uri: path and query, without scheme, host and port.
        slot: slot ID the request is about, "" for none.
        status: reason phrase of the answer ("OK", "Too Many Requests").
        round_trip_ms: from sending the request to the last octet of the answer.
    """

    number: int
    device: str
    method: str
    uri: str
    slot: str
    purpose: Purpose
    requested: datetime
    request_data: bytes = b""
    request_size: int = 0
    state: ExchangeState = ExchangeState.PENDING
    answered: datetime | None = None
    status_code: int | None = None
    status: str | None = None
    response_data: bytes | None = None
    response_size: int | None = None
    round_trip_ms: int | None = None
    message: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeLog:
    """The latest exchanges of one device, oldest first.

    Attributes:
        limit: how many are kept.
        dropped: how many were dropped to keep the limit.
        answered: answers had so far, failures among them included.
        refused: answers with an error status so far.
        unanswered: requests so far that got no answer.
    """

    limit: int
    entries: tuple[Exchange, ...] = ()
    dropped: int = 0
    requests: int = 0
    answered: int = 0
    refused: int = 0
    unanswered: int = 0

    @property
    def data_loss_permille(self) -> int:
        """Share of answered requests that were refused, in thousandths."""
        return round(1000 * self.refused / self.answered) if self.answered else 0


def begun(log: ExchangeLog, exchange: Exchange, *, tracked: bool) -> ExchangeLog:
    """The log after a request left."""
    log = replace(log, requests=log.requests + 1)
    return _cut(replace(log, entries=(*log.entries, exchange))) if tracked else log


def ended(log: ExchangeLog, exchange: Exchange) -> ExchangeLog:
    """The log after an exchange ended: its row completed if it is still there, counted in any case."""
    entries = tuple(exchange if entry.number == exchange.number else entry for entry in log.entries)
    answered = exchange.status_code is not None
    refused = exchange.status_code is not None and exchange.status_code >= 400
    return replace(
        log,
        entries=entries,
        answered=log.answered + answered,
        refused=log.refused + refused,
        unanswered=log.unanswered + (not answered),
    )


def resized(log: ExchangeLog, limit: int) -> ExchangeLog:
    """The log with another limit; when it shrinks the oldest go at once."""
    return _cut(replace(log, limit=limit))


def _cut(log: ExchangeLog) -> ExchangeLog:
    surplus = len(log.entries) - log.limit
    if surplus <= 0:
        return log
    return replace(log, entries=log.entries[surplus:], dropped=log.dropped + surplus)
