"""When a device is asked next: interval, jitter, back-off, what the device itself asked for.

Pure: the outcome of the last poll, the clock's reading and a random number in, a delay in seconds out.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from agent.errors import CredentialsRejected, DeviceError, RateLimited, ServerError
from agent.model.health import Health

JITTER = 0.1
"""Share of the interval by which polls are spread, up and down."""

REJECTIONS_BEFORE_PAUSE = 2
"""The device locks accounts after repeated bad passwords (event faillock-user-banned), so two refusals are enough."""

RETRY_AFTER_LIMIT_S = 3600.0
"""A longer Retry-After is not believed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The configured pace of one device, all in seconds."""

    interval_s: float
    backoff_max_s: float
    rejected_pause_s: float


def first_delay_s(name: str, interval_s: float) -> float:
    """The phase of a device within the interval, from its name, so that a fleet's polls are spread."""
    digest = blake2b(name.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32 * interval_s


def next_delay_s(pace: Pace, health: Health, error: DeviceError | None, duration_s: float, chance: float) -> float:
    """Seconds from the end of a poll to the start of the next.

    Args:
        pace: the device's pace.
        health: after the poll.
        error: what the poll ended with, None for a success.
        duration_s: how long the poll took; a slow device is left alone for at least as long.
        chance: a random number from 0 to 1.
    """
    jitter = 1 + JITTER * (2 * chance - 1)
    if error is None:
        return max(pace.interval_s * jitter - duration_s, duration_s, 0.0)
    if health.rejections >= REJECTIONS_BEFORE_PAUSE and isinstance(error, CredentialsRejected):
        return pace.rejected_pause_s
    delay_s = backoff_s(pace.interval_s, pace.backoff_max_s, health.failures) * jitter
    return max(delay_s, retry_after_s(error), duration_s)


def retry_after_s(error: DeviceError | None) -> float:
    """Seconds for which the device asked to be left alone, as far as that is believed."""
    asked_s = error.retry_after_s if isinstance(error, (RateLimited, ServerError)) else None
    return min(asked_s or 0.0, RETRY_AFTER_LIMIT_S)


def backoff_s(interval_s: float, limit_s: float, failures: int) -> float:
    """The interval doubled per failure after the first, up to a limit; never overflows."""
    doublings = min(max(failures - 1, 0), 32)
    return float(min(interval_s * 2**doublings, max(limit_s, interval_s)))
