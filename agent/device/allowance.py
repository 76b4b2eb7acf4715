"""The time one request may take, shared by everything that waits for it, and what its sockets saw meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """What is left of a request's time.

    A timeout of requests and urllib3 is one per socket read, so a device that drips would never reach it. Every
    socket here asks this object before each wait instead, which bounds name lookup, connecting, proxy, handshake,
    headers and body alike, with no timer thread.

    Attributes:
        clock: monotonic seconds.
        connect_s: longest wait for one connection.
        read_s: longest wait for the next octets.
        deadline_s: what the request was given in all.
        ends: when that is over.
        received: octets that came since the request began.
        sent: whether the request itself left.
        reused: whether it left on a connection that had served another request before.
    """

    clock: Callable[[], float]
    connect_s: float
    read_s: float
    deadline_s: float = 0.0
    ends: float = 0.0
    received: int = 0
    sent: bool = False
    reused: bool = False

    def open(self, deadline_s: float) -> None:
        """Give the next request its time."""
        self.deadline_s = deadline_s
        self.ends = self.clock() + deadline_s
        self.begin()

    def begin(self) -> None:
        """Another request within the same time."""
        self.received = 0
        self.sent = False
        self.reused = False

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.clock() >= self.ends

    def connecting_s(self) -> float:
        """Seconds to wait for a connection now.

        Raises:
            TimeoutError: no time is left.
        """
        return self._bounded(self.connect_s)

    def reading_s(self) -> float:
        """Seconds to wait for the peer now.

        Raises:
            TimeoutError: no time is left.
        """
        return self._bounded(self.read_s)

    def _bounded(self, limit_s: float) -> float:
        left = self.ends - self.clock()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return min(limit_s, left)
