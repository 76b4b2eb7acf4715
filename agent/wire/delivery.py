"""Delivery of notifications to one receiver: what is sent when, repeated, given up or made up for.

A notification waits, is in flight, and ends: sent (traps), acknowledged (informs), superseded or dropped. Informs are
repeated with the same request-id. When one stays unanswered to the end, the receiver counts as down: it is only pinged,
and what waits shrinks to the newest of each alarm. When it answers again, every active alarm is sent once.

There is no clock here: every call is told the time, in seconds of a clock that only goes forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from agent.model.delivery import DeliveryState, Tally
from agent.wire.backlog import Backlog
from agent.wire.notice import Notice

BURST: Final = 64
"""Traps handed over at once, before others get their turn."""
_PINGS_KEPT: Final = 8
"""Pings whose late answers still count."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How one receiver is served.

    Attributes:
        is_confirmed: informs rather than traps.
        retries: how often an unanswered inform is repeated.
        window: informs in flight at most.
        queue_limit: notifications that may wait; a resynchronisation may exceed it.
        resend_s: every active alarm is sent again so often; 0 for never.
    """

    is_confirmed: bool
    timeout_s: float = 5
    retries: int = 3
    window: int = 4
    queue_limit: int = 1000
    ping_interval_s: float = 30
    resend_s: float = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A notification to be put into a datagram now."""

    request_id: int
    notice: Notice


@dataclass(slots=True)
class _Flight:
    notice: Notice
    deadline_s: float
    repeats: int = 0
    is_sent: bool = False


class Delivery:
    """The notifications on their way to one receiver.

    Args:
        numbers: request-ids, each given once.
        active_notices: every active alarm as it is now, for this receiver.
        heartbeat: the newest heartbeat, None where the receiver may not have it.
        tally: counted on from what it says.
        settled: sequence number up to which nothing is owed, from an earlier run.

    Attributes:
        held_until_s: nothing is sent before.
        last_sequence: the highest sequence number acknowledged, or of traps sent.
    """

    def __init__(
        self,
        policy: Policy,
        numbers: Iterator[int],
        active_notices: Callable[[], Iterable[Notice]],
        heartbeat: Callable[[], Notice | None],
        tally: Tally,
        settled: int = 0,
    ) -> None:
        self.policy = policy
        self.tally = tally
        self.last_sequence: int | None = None
        self._numbers = numbers
        self._active_notices = active_notices
        self._heartbeat = heartbeat
        self._waiting = Backlog()
        self._flights: dict[int, _Flight] = {}
        self._pings: dict[int, Notice] = {}
        self._is_pinging = False
        self._has_failed = False
        self.held_until_s = -inf
        self._ping_at_s = inf
        self._resend_at_s: float | None = None
        self._owes_resync = False
        self._settled = self._highest = settled

    @property
    def state(self) -> DeliveryState:
        """What is thought of the receiver."""
        if self._has_failed:
            return DeliveryState.FAILED
        return DeliveryState.PINGING if self._is_pinging else DeliveryState.UP

    @property
    def waiting(self) -> int:
        """Notifications that are not at their end."""
        return len(self._waiting) + len(self._flights)

    def outstanding(self) -> list[Notice]:
        """Notifications that are not at their end, in order."""
        return [*(flight.notice for flight in self._flights.values()), *self._waiting]

    def settled(self) -> int:
        """The sequence number up to which nothing is owed to the receiver."""
        outstanding = self.outstanding()
        if self._owes_resync or any(one.identity and not one.sequence for one in outstanding):
            return self._settled  # what makes up for something is owed as well
        owed = [notice.sequence for notice in outstanding if notice.sequence > self._settled]
        self._settled = min(owed) - 1 if owed else self._highest
        return self._settled

    def pass_over(self, sequence: int) -> None:
        """A notification that is not for this receiver."""
        self._highest = max(sequence, self._highest)

    def offer(self, notice: Notice) -> None:
        """Take a notification to deliver."""
        self.pass_over(notice.sequence)
        is_full = len(self._waiting) >= self.policy.queue_limit
        if self._is_pinging or self._has_failed or is_full:
            self._supersede(notice)
        if len(self._waiting) >= self.policy.queue_limit:
            self._make_room()
        self._append(notice)

    def due(self, now_s: float) -> list[Order]:
        """What is to be sent now."""
        if now_s < self.held_until_s:
            return []
        self._has_failed, self.held_until_s = False, -inf
        orders = [] if self._is_pinging else self._repeated(now_s)
        if self._is_pinging:
            return self._pinged(now_s)
        self._plan_resync(now_s)
        return orders + self._fresh(now_s)

    def next_s(self, now_s: float) -> float:
        """When `due` has something to say again; infinite when only an event can change that."""
        if now_s < self.held_until_s:
            return self.held_until_s
        if self._is_pinging:
            return self._ping_at_s
        if self._may_send() or (self._owes_resync and not self.waiting):
            return now_s
        deadlines = [flight.deadline_s for flight in self._flights.values()] if self.policy.is_confirmed else []
        return min([*deadlines, self._resend_at_s or inf])

    def find(self, request_id: int) -> Order | None:
        """The inform or ping with a request-id, as long as an answer to it matters."""
        flight = self._flights.get(request_id)
        notice = flight.notice if flight else self._pings.get(request_id)
        return Order(request_id, notice) if notice else None

    def sent(self, request_id: int) -> None:
        """An order went onto the network; a trap is at its end with that."""
        flight = self._flights.get(request_id)
        if flight is None or flight.is_sent:
            return
        flight.is_sent = True
        self.tally.sent += 1
        if not self.policy.is_confirmed:
            del self._flights[request_id]
            self._note(flight.notice)

    def acknowledge(self, request_id: int) -> Notice | None:
        """The receiver answered an inform or a ping; the inform's notification, when it was waited for."""
        notice = self._ended(request_id)
        if notice is not None:
            self.tally.acknowledged += 1
            self._note(notice)
        self._answered(request_id, notice)
        return notice

    def refuse(self, request_id: int) -> None:
        """The receiver answered with an error: given up, and counted."""
        notice = self._ended(request_id)
        if notice is not None:
            self.tally.dropped += 1
        self._answered(request_id, notice)

    def discard(self, request_id: int) -> None:
        """No datagram can hold a notification: given up, and counted."""
        if self._ended(request_id) is not None:
            self.tally.dropped += 1

    def hold(self, until_s: float, *, has_failed: bool) -> None:
        """Send nothing until then: the network does not take it (failed), or not at the moment."""
        self.held_until_s = until_s
        if not self.policy.is_confirmed:
            self._take_back()
        if has_failed and not self._has_failed:
            self._has_failed = True
            self._coalesce()

    def release(self) -> None:
        """The hold is over."""
        self.held_until_s = -inf

    def owe_resync(self) -> None:
        """Have every active alarm sent once, as soon as nothing else waits."""
        self._owes_resync = True

    def resync(self) -> None:
        """Every active alarm once, in the place of what waits about the same alarms.

        What waits stays when it has a higher number, as it has beside a repetition without one: it is as new, and a
        manager misses its number.
        """
        self._owes_resync = False
        in_flight = {flight.notice.identity: flight.notice.sequence for flight in self._flights.values()}
        for notice in self._active_notices():
            waiting = self._waiting.newest(notice)
            if waiting is not None and waiting.sequence > notice.sequence:
                continue
            if in_flight.get(notice.identity, -1) >= notice.sequence:
                continue
            self._supersede(notice)
            self._append(notice)
        self._waiting.sort()

    def _repeated(self, now_s: float) -> list[Order]:
        """Informs whose time is up, to be sent again; or the receiver is down."""
        orders: list[Order] = []
        if not self.policy.is_confirmed:
            return orders
        for request_id, flight in self._flights.items():
            if flight.deadline_s > now_s:
                continue
            if flight.repeats >= self.policy.retries:
                self._go_pinging(now_s)
                return []
            flight.repeats += 1
            flight.deadline_s = now_s + self.policy.timeout_s
            orders.append(Order(request_id, flight.notice))
        self.tally.retried += len(orders)
        return orders

    def _fresh(self, now_s: float) -> list[Order]:
        orders = []
        while self._may_send():
            request_id, notice = self._waiting.first
            self._waiting.remove(request_id)
            self._flights[request_id] = _Flight(notice, now_s + self.policy.timeout_s)
            orders.append(Order(request_id, notice))
        return orders

    def _may_send(self) -> bool:
        """Whether the first that waits may go: of one alarm never two at once, or the later might arrive first."""
        if not self._waiting:
            return False
        if not self.policy.is_confirmed:
            return len(self._flights) < BURST
        if len(self._flights) >= self.policy.window:
            return False
        _, first = self._waiting.first
        return not first.identity or all(flight.notice.identity != first.identity for flight in self._flights.values())

    def _pinged(self, now_s: float) -> list[Order]:
        if now_s < self._ping_at_s:
            return []
        self._ping_at_s = now_s + self.policy.ping_interval_s
        heartbeat = self._heartbeat()
        if heartbeat is not None:
            request_id = next(self._numbers)
        elif self._waiting:  # where no heartbeat may go, what waits serves as well
            request_id, heartbeat = self._waiting.first
        else:
            self._is_pinging, self._owes_resync = False, True
            return []
        self._pings[request_id] = heartbeat
        while len(self._pings) > _PINGS_KEPT:
            del self._pings[next(iter(self._pings))]
        return [Order(request_id, heartbeat)]

    def _plan_resync(self, now_s: float) -> None:
        if self.policy.resend_s and self._resend_at_s is None:
            self._resend_at_s = now_s + self.policy.resend_s
        is_time = self._resend_at_s is not None and now_s >= self._resend_at_s
        if is_time:
            self._resend_at_s = now_s + self.policy.resend_s
        if is_time or (self._owes_resync and not self.waiting):
            self.resync()

    def _go_pinging(self, now_s: float) -> None:
        self._is_pinging = True
        self._ping_at_s = now_s + self.policy.ping_interval_s
        self._take_back()
        self._coalesce()

    def _answered(self, request_id: int, notice: Notice | None) -> None:
        """Whatever the receiver says to what it was sent shows that it is there."""
        is_ping = self._pings.pop(request_id, None) is not None
        if self._is_pinging and (is_ping or notice is not None):
            self._is_pinging = False
            self._pings.clear()
            self.resync()

    def _ended(self, request_id: int) -> Notice | None:
        flight = self._flights.pop(request_id, None)
        if flight is not None:
            return flight.notice
        return self._waiting.remove(request_id) if request_id in self._waiting else None

    def _note(self, notice: Notice) -> None:
        if notice.sequence:
            self.last_sequence = max(notice.sequence, self.last_sequence or 0)

    def _append(self, notice: Notice) -> None:
        self._waiting.append(next(self._numbers), notice)

    def _supersede(self, notice: Notice) -> None:
        if self._waiting.remove_newest(notice):
            self.tally.superseded += 1

    def _make_room(self) -> None:
        if self._waiting.remove_least().identity:
            self._owes_resync = True
        self.tally.dropped += 1

    def _take_back(self) -> None:
        """What is in flight waits again, before the rest."""
        self._waiting.put_back({request_id: flight.notice for request_id, flight in self._flights.items()})
        self._flights.clear()

    def _coalesce(self) -> None:
        self.tally.superseded += self._waiting.coalesce()
