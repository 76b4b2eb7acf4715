"""Who may read: the password, the lock after failed attempts, and tokens."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

# The device bans a user by PAM's faillock; number and time are inferred from its usual defaults.
MAX_FAILURES = 5
LOCK_TIME = timedelta(minutes=10)


class Accounts:
    """The one account of the simulated device."""

    def __init__(
        self, username: str, password: str, clock: Callable[[], datetime], on_lock: Callable[[], None]
    ) -> None:
        self._username = username
        self._password = password
        self._clock = clock
        self._on_lock = on_lock
        self._failures = 0
        self._locked_until: datetime | None = None
        self._tokens: set[str] = set()
        self._lock = threading.Lock()

    @property
    def failures(self) -> int:
        """Failed attempts since the last success."""
        return self._failures

    @property
    def is_locked(self) -> bool:
        """Whether even the right password is refused."""
        return self._locked_until is not None and self._clock() < self._locked_until

    def admits(self, authorization: str) -> bool:
        """Whether this Authorization header lets a request in.

        No header at all is the usual first step of a client and counts as no attempt.
        """
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return value.strip() in self._tokens
        if scheme.lower() == "basic":
            username, _, password = _decoded(value).partition(":")
            return self.verify(username, password)
        return False

    def verify(self, username: str, password: str) -> bool:
        """Check a password, count a failure, and lock the account after too many."""
        with self._lock:
            if self.is_locked:
                return False
            if username == self._username and hmac.compare_digest(password.encode(), self._password.encode()):
                self._failures = 0
                return True
            self._failures += 1
            locked = self._failures >= MAX_FAILURES
            if locked:
                self._locked_until = self._clock() + LOCK_TIME
                self._failures = 0
        if locked:
            self._on_lock()
        return False

    def issue_token(self, username: str, password: str) -> str | None:
        """A new token of 64 upper-case hex digits, or None if the password is wrong."""
        if not self.verify(username, password):
            return None
        token = secrets.token_hex(32).upper()
        self._tokens.add(token)
        return token

    def revoke_tokens(self) -> None:
        """Make all tokens invalid."""
        self._tokens.clear()

    def unlock(self) -> None:
        """Forget failed attempts and open a locked account."""
        with self._lock:
            self._failures = 0
            self._locked_until = None


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
