"""Log lines that anybody can cause by a datagram, at most one a minute."""

from __future__ import annotations

import time

INTERVAL_S = 60.0


class Throttle:
    """Lets one line through per interval, and says how many were held back before it."""

    def __init__(self) -> None:
        self._open_s = float("-inf")
        self._held_back = 0

    def admits(self) -> int | None:
        """The number of lines held back since the last one, None when this one is to be held back too."""
        now = time.monotonic()
        if now < self._open_s:
            self._held_back += 1
            return None
        self._open_s = now + INTERVAL_S
        held_back, self._held_back = self._held_back, 0
        return held_back
