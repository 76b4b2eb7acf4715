"""HTTP exchanges: one request and its answer, and the bounded log the HTTP session table is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

DATA_LIMIT = 1024
"""Octets of a body that are kept."""

URI_LIMIT = 1024
"""Octets of a URI that are shown."""

LOSS_WINDOW = 100
"""Answers that data loss is counted over."""

LOSS_ANSWERS = 10
"""Answers it takes before data loss counts as too much."""


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
        number: unique and rising while the agent runs, over tracking off and on.
        uri: path and query, without scheme, host and port.
        slot: slot ID the request is about, "" for none.
        status: reason phrase of the answer ("OK", "Too Many Requests").
        round_trip_ms: from sending the request to the last octet of the answer.
        message: index of the inter-application message that caused it, 0 for none.
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
        loss_limit_percent: data loss above this is too much.
        dropped: how many were dropped to keep the limit.
        answered: answers had so far, failures among them included.
        refused: answers with an error status so far.
        unanswered: requests so far that got no answer.
        late: answers to rows that had been dropped before they came.
        latest: whether the answer was refused, for the last LOSS_WINDOW answers.
        awaited: numbers of rows that were dropped while pending.
    """

    limit: int
    loss_limit_percent: int = 100
    entries: tuple[Exchange, ...] = ()
    dropped: int = 0
    requests: int = 0
    answered: int = 0
    refused: int = 0
    unanswered: int = 0
    late: int = 0
    latest: tuple[bool, ...] = ()
    awaited: frozenset[int] = frozenset()

    @property
    def data_loss_permille(self) -> int:
        """Share of the latest answers that were refused, in thousandths. Requests without an answer do not count."""
        return round(1000 * sum(self.latest) / len(self.latest)) if self.latest else 0

    @property
    def loses_too_much(self) -> bool:
        """Whether data loss is above its limit; a few answers do not tell yet."""
        return len(self.latest) >= LOSS_ANSWERS and self.data_loss_permille > 10 * self.loss_limit_percent


def begun(log: ExchangeLog, exchange: Exchange, *, tracked: bool) -> ExchangeLog:
    """The log after a request left."""
    log = replace(log, requests=log.requests + 1)
    return _cut(replace(log, entries=(*log.entries, exchange))) if tracked else log


def ended(log: ExchangeLog, exchange: Exchange) -> ExchangeLog:
    """The log after an exchange ended: its row completed if it is still there, counted in any case."""
    entries = tuple(exchange if entry.number == exchange.number else entry for entry in log.entries)
    answered = exchange.status_code is not None
    refused = exchange.status_code is not None and exchange.status_code >= 400
    late = exchange.number in log.awaited
    return replace(
        log,
        entries=entries,
        answered=log.answered + answered,
        refused=log.refused + refused,
        unanswered=log.unanswered + (not answered),
        late=log.late + (late and answered),
        latest=(*log.latest, refused)[-LOSS_WINDOW:] if answered else log.latest,
        awaited=log.awaited - {exchange.number} if late else log.awaited,
    )


def resized(log: ExchangeLog, limit: int) -> ExchangeLog:
    """The log with another limit; when it shrinks, surplus rows go at once."""
    return _cut(replace(log, limit=limit))


def bounded(log: ExchangeLog, limit: int, loss_limit_percent: int) -> ExchangeLog:
    """The log with other bounds."""
    return resized(replace(log, loss_limit_percent=loss_limit_percent), limit)


def _cut(log: ExchangeLog) -> ExchangeLog:
    """The log without its surplus: of the rows that are complete the oldest go first, then those still pending."""
    surplus = len(log.entries) - log.limit
    if surplus <= 0:
        return log
    complete_first = sorted(log.entries, key=lambda entry: (entry.state is ExchangeState.PENDING, entry.number))
    gone = {entry.number: entry.state for entry in complete_first[:surplus]}
    pending = {number for number, state in gone.items() if state is ExchangeState.PENDING}
    return replace(
        log,
        entries=tuple(entry for entry in log.entries if entry.number not in gone),
        dropped=log.dropped + surplus,
        awaited=log.awaited | pending,
    )
