"""How well a device is being reached: a frozen value and the steps that make the next one.

    never ──success──► up ──failure──► stale ──down_after──► down
      │                ▲                 │                     │
      └───failure──► down     ◄──────────┴──── success ────────┘

While stale every cell stays; once down, identity and status stay and measured cells go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from agent.errors import CredentialsMissing, CredentialsRejected, DeviceError, RestDisabled, UnsupportedVersion


class DeviceState(Enum):
    """What is known of a device's data."""

    NEVER = "neverPolled"
    UP = "up"
    STALE = "stale"
    DOWN = "down"


class CredentialState(Enum):
    """What the device said of the credentials."""

    MISSING = "missing"
    UNVERIFIED = "unverified"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RestState(Enum):
    """What is known of the device's REST API."""

    UNKNOWN = "unknown"
    OK = "ok"
    DISABLED = "disabled"
    UNSUPPORTED = "unsupportedVersion"


@dataclass(frozen=True, slots=True)
class Health:
    """Reachability of one device.

    Attributes:
        reason: why the last poll failed (label of the device table), "none" after a success.
        detail: the same for a person.
        reach: the last eight polls as bits, the newest in bit 0, set for a success (as NTP keeps it).
        failures: polls failed since the last success.
        rejections: answers 401 or 403 since the credentials last worked.
    """

    state: DeviceState = DeviceState.NEVER
    reason: str = "none"
    detail: str = ""
    reach: int = 0
    failures: int = 0
    rejections: int = 0
    polls: int = 0
    polls_failed: int = 0
    last_poll: datetime | None = None
    last_success: datetime | None = None
    state_since: datetime | None = None
    duration_ms: int | None = None
    credentials: CredentialState = CredentialState.UNVERIFIED
    rest: RestState = RestState.UNKNOWN


def succeeded(health: Health, now: datetime, duration_s: float) -> Health:
    """After a poll that brought all it should."""
    return replace(
        health,
        state=DeviceState.UP,
        reason="none",
        detail="",
        reach=(health.reach << 1 | 1) & 0xFF,
        failures=0,
        rejections=0,
        polls=health.polls + 1,
        last_poll=now,
        last_success=now,
        state_since=health.state_since if health.state is DeviceState.UP else now,
        duration_ms=round(duration_s * 1000),
        credentials=CredentialState.ACCEPTED,
        rest=RestState.OK,
    )


def failed(health: Health, now: datetime, error: DeviceError, down_after_s: float) -> Health:
    """After a poll that failed."""
    credentials, rest = health.credentials, health.rest
    rejected = isinstance(error, CredentialsRejected)
    if rejected:
        credentials = CredentialState.REJECTED
    elif isinstance(error, CredentialsMissing):
        credentials = CredentialState.MISSING
    if isinstance(error, RestDisabled):
        rest = RestState.DISABLED
    elif isinstance(error, UnsupportedVersion):
        rest = RestState.UNSUPPORTED
    after = replace(
        health,
        reason=error.reason,
        detail=str(error),
        reach=health.reach << 1 & 0xFF,
        failures=health.failures + 1,
        rejections=health.rejections + rejected,
        polls=health.polls + 1,
        polls_failed=health.polls_failed + 1,
        last_poll=now,
        credentials=credentials,
        rest=rest,
    )
    if health.state is DeviceState.NEVER:
        return replace(after, state=DeviceState.DOWN, state_since=now)
    if health.state is DeviceState.UP:
        after = replace(after, state=DeviceState.STALE, state_since=now)
    return aged(after, now, down_after_s)


def rejected(health: Health, error: CredentialsRejected) -> Health:
    """After a request outside a poll whose credentials were refused."""
    return replace(
        health,
        reason=error.reason,
        detail=str(error),
        rejections=health.rejections + 1,
        credentials=CredentialState.REJECTED,
    )


def unpolled(health: Health, error: DeviceError) -> Health:
    """A device that is not asked (no credentials, refused ones, disabled): it stays never polled, with the reason."""
    credentials = health.credentials
    if isinstance(error, CredentialsMissing):
        credentials = CredentialState.MISSING
    elif isinstance(error, CredentialsRejected):
        credentials = CredentialState.REJECTED
    return replace(health, reason=error.reason, detail=str(error), credentials=credentials)


def aged(health: Health, now: datetime, down_after_s: float) -> Health:
    """A stale device is down once its last success is `down_after_s` seconds old."""
    if health.state is not DeviceState.STALE or health.last_success is None:
        return health
    if (now - health.last_success).total_seconds() < down_after_s:
        return health
    return replace(health, state=DeviceState.DOWN, state_since=now)
