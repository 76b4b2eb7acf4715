"""Refused credentials, remembered over restarts: a device locks an account however often the agent was restarted."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from agent.config import DeviceSettings

_ROUNDS = 100_000
"""So that the note in the state directory does not make a password easy to guess."""


class Notebook(Protocol):
    """Where notes are kept."""

    def written(self) -> dict[str, tuple[Any, Any]]:
        """All notes: name to value and what it was written over."""

    def keep_written(self, values: Mapping[str, tuple[Any, Any]]) -> None:
        """Write notes down."""


class Rejections:
    """Until when devices are not to be asked, as long as address and credentials are the same."""

    def __init__(self, notebook: Notebook, clock: Callable[[], float] = time.time) -> None:
        self._notebook = notebook
        self._clock = clock

    def held_s(self, settings: DeviceSettings) -> float:
        """Seconds for which a device is not to be asked yet, 0 when it may be."""
        note, _ = self._notebook.written().get(_name(settings), (None, None))
        if not isinstance(note, dict) or note.get("digest") != _digest(settings, str(note.get("salt"))):
            return 0.0
        left_s = float(note.get("until", 0)) - self._clock()
        return left_s if 0 < left_s <= settings.poll.rejected_pause_s else 0.0

    def hold(self, settings: DeviceSettings) -> None:
        """Note that a device refused these credentials just now."""
        salt = secrets.token_hex(16)
        until = self._clock() + settings.poll.rejected_pause_s
        note = {"salt": salt, "digest": _digest(settings, salt), "until": until}
        self._notebook.keep_written({_name(settings): (note, None)})


def _name(settings: DeviceSettings) -> str:
    return f"rejected:{settings.name}"


def _digest(settings: DeviceSettings, salt: str) -> str:
    password = settings.password.reveal() if settings.password else ""
    secret = "\0".join((settings.base_url, settings.auth.value, settings.user or "", password))
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), _ROUNDS).hex()
