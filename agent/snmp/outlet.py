"""One receiver's way out: its socket, its timer, its queue. What goes wrong here stays here.

Made, used and closed within one event loop.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import secrets
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import count
from math import isinf

from agent.mib.render import dotted
from agent.model.delivery import DeliveryRow, DeliveryState, Tally
from agent.snmp.route import LARGEST, Events, Route
from agent.snmp.target import LocalEngine, Target, make_dialect, make_policy, make_selection
from agent.wire.ber import BerError
from agent.wire.delivery import Delivery, Order
from agent.wire.notice import Notice
from agent.wire.selection import Reason
from agent.wire.trap import Acknowledged, Again, Answer, Complaint, Refused

log = logging.getLogger(__name__)

RESOLVE_AGAIN_S = 300
"""A host name is looked up again after so long; sooner when the receiver does not answer."""
_BATCH = 64
_BUSY_PAUSE_S = 0.05
_REQUEST_IDS = 2**31


@dataclass(frozen=True, slots=True)
class Supply:
    """What the agent is asked for.

    Attributes:
        active_notices: every active alarm as it is now, each marked as a repeat.
        heartbeat: a heartbeat as of now.
        on_progress: something was settled, which is to be written down.
        hosts: the IP addresses of this agent that stand for a device, by its name.
    """

    active_notices: Callable[[], Iterable[Notice]]
    heartbeat: Callable[[], Notice]
    on_progress: Callable[[], None] = lambda: None
    hosts: Callable[[str], tuple[str, ...]] = lambda device: ()


class Outlet:
    """Delivers to one receiver until it is closed.

    Args:
        target: who it is, and how it is spoken to.
        engine: this agent's own SNMP engine.
        supply: what the agent is asked for.
        resolver: where host names are looked up, which may take long.
        settled: sequence number up to which nothing is owed, from an earlier run.
        tally: counted on from what it says.
    """

    def __init__(
        self,
        target: Target,
        engine: LocalEngine,
        supply: Supply,
        resolver: Executor,
        settled: int,
        tally: Tally | None = None,
    ) -> None:
        self.target = target
        self._loop = asyncio.get_running_loop()
        self._supply = supply
        self._dialect = make_dialect(target, engine)
        self._selection = make_selection(target)
        first = secrets.randbelow(_REQUEST_IDS)
        numbers = (number % _REQUEST_IDS for number in count(first))
        self._delivery = Delivery(
            make_policy(target.settings), numbers, self._active, self._heartbeat, tally or Tally(), settled
        )
        events = Events(self._read, self._opened, self._not_opened, self._note_error)
        self._route = Route(target.settings, resolver, events)
        self._timer: asyncio.TimerHandle | None = None
        self._is_planned = False
        self._is_closed = False
        self._last_state = DeliveryState.UP
        self._last_error = ""
        self._last_sent: datetime | None = None
        self._last_acknowledged: datetime | None = None
        self._plan()

    @property
    def name(self) -> str:
        """The receiver's name."""
        return self.target.settings.name

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to wait for: all is delivered, or the receiver is down."""
        return not self._delivery.waiting or self._delivery.state is not DeliveryState.UP

    def settled(self) -> int:
        """The sequence number up to which nothing is owed to the receiver."""
        return self._delivery.settled()

    def outstanding(self) -> list[Notice]:
        """Notifications that are not at their end, each once, as they were decided on."""
        decided = (notice.as_decided() for notice in self._delivery.outstanding())
        return list({(notice.sequence, notice.identity, notice.oid): notice for notice in decided}.values())

    def owe_resync(self) -> None:
        """Have every active alarm sent once, as soon as nothing else waits."""
        self._delivery.owe_resync()
        self._plan()

    def row(self) -> DeliveryRow:
        """How delivery fares."""
        settings, delivery = self.target.settings, self._delivery
        return DeliveryRow(
            settings.name,
            settings.address,
            settings.version,
            settings.kind,
            delivery.state,
            delivery.tally,
            delivery.waiting,
            settings.queue_limit,
            self._last_error,
            self._last_sent,
            self._last_acknowledged,
            delivery.last_sequence,
        )

    def offer(self, notice: Notice) -> None:
        """Deliver a notification, if it is for this receiver, in the words it is told in."""
        told = notice.told(self.target.settings.dialect)
        if not told:
            self._pass_over(notice, Reason.NO_WORDS)
        for one in told:
            self._offer(one)

    def _offer(self, notice: Notice) -> None:
        try:
            reason = self._selection.against(notice)
        except BerError as problem:
            log.error("notification-malformed receiver=%s oid=%s: %s", self.name, dotted(notice.oid), problem)
            self._delivery.tally.dropped += 1
            return
        if reason is None:
            self._delivery.offer(notice)
            self._plan()
            return
        self._pass_over(notice, reason)

    def _pass_over(self, notice: Notice, reason: Reason) -> None:
        self._delivery.pass_over(notice.sequence)
        if reason in (Reason.FILTERED, Reason.NO_WORDS):
            self._delivery.tally.filtered += 1
        else:
            self._delivery.tally.withheld += 1
            self._last_error = f"not sent: {reason.value}"
        self._supply.on_progress()

    def adopt(self, before: Outlet) -> None:
        """Go on with what another outlet for the same receiver was at."""
        self._selection.known |= before._selection.known
        self._last_error, self._last_sent = before._last_error, before._last_sent
        self._last_acknowledged = before._last_acknowledged
        self._delivery.last_sequence = before._delivery.last_sequence
        for notice in before.outstanding():
            self.offer(notice)

    def close(self) -> None:
        """Close the socket and the timer; what waits is not sent any more."""
        self._is_closed = True
        if self._timer:
            self._timer.cancel()
        self._route.close()

    def _active(self) -> list[Notice]:
        return [one for notice in self._supply.active_notices() for one in self._told(notice)]

    def _heartbeat(self) -> Notice | None:
        return next(iter(self._told(self._supply.heartbeat())), None)

    def _told(self, notice: Notice) -> list[Notice]:
        """A notification as the receiver may get it."""
        return [one for one in notice.told(self.target.settings.dialect) if self._selection.against(one) is None]

    def _plan(self) -> None:
        """Look at the queue as soon as the loop comes to it, once."""
        if not self._is_planned and not self._is_closed:
            self._is_planned = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._is_planned = False
        if self._is_closed:
            return
        try:
            self._pump(self._loop.time())
        except Exception as problem:
            self._fail(problem)
        self._note_state()
        self._schedule()

    def _pump(self, now_s: float) -> None:
        """Send what is due, and see to the address first where that is needed."""
        if now_s < self._delivery.held_until_s:
            return
        is_up = self._delivery.state is DeliveryState.UP
        self._route.see_to(now_s, RESOLVE_AGAIN_S if is_up else self.target.settings.ping_interval_s)
        if self._route.is_open:
            for order in self._delivery.due(now_s):
                if not self._send(order, now_s):
                    break

    def _schedule(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._route.is_opening and not self._route.is_open:
            return  # goes on when that is done
        now_s = self._loop.time()
        next_s = self._delivery.next_s(now_s)
        if next_s <= now_s:
            self._plan()
        elif not isinf(next_s):
            self._timer = self._loop.call_at(next_s, self._run)

    def _send(self, order: Order, now_s: float) -> bool:
        """Whether more may be sent."""
        try:
            hosts = self._supply.hosts(order.notice.device)
            datagram = self._dialect.message(order, now_s, self._route.ipv4_of(hosts) if hosts else b"")
            self._put(datagram, hosts)
        except BlockingIOError:
            self._delivery.hold(now_s + _BUSY_PAUSE_S, has_failed=False)
            return False
        except OSError as problem:
            self._note_error(problem)
            if problem.errno == errno.EMSGSIZE:
                self._delivery.discard(order.request_id)
                return True
            self._route.lose()
            self._hold()
            return False
        except Exception as problem:  # a notification that cannot be encoded stops nothing but itself
            self._fail(problem)
            self._delivery.discard(order.request_id)
            return False
        self._delivery.sent(order.request_id)
        self._last_sent = _now()
        if not self.target.is_confirmed:
            self._supply.on_progress()
        return True

    def _put(self, datagram: bytes, hosts: tuple[str, ...]) -> None:
        try:
            self._route.send(datagram, hosts)
        except ConnectionRefusedError as problem:  # of an earlier datagram; this one did not leave
            self._note_error(problem)
            self._route.send(datagram, hosts)

    def _read(self, opened: socket.socket) -> None:
        """Read what the receiver, or the network about it, says."""
        try:
            for _ in range(_BATCH):
                try:
                    datagram = opened.recv(LARGEST)
                except BlockingIOError:
                    break
                except OSError as problem:  # an ICMP error, told by the kernel here
                    self._note_error(problem)
                    continue
                self._take(datagram)
        except Exception as problem:
            self._fail(problem)
        self._note_state()
        self._plan()

    def _take(self, datagram: bytes) -> None:
        now_s = self._loop.time()
        try:
            answer: Answer | None = self._dialect.read(datagram, now_s)
        except BerError:
            return
        if isinstance(answer, Acknowledged):
            if self._delivery.acknowledge(answer.request_id) is not None:
                self._last_acknowledged = _now()
                self._supply.on_progress()
        elif isinstance(answer, Refused):
            self._last_error = answer.problem
            self._delivery.refuse(answer.request_id)
            self._supply.on_progress()
        elif isinstance(answer, Complaint):
            self._last_error = answer.problem
        elif isinstance(answer, Again):
            order = self._delivery.find(answer.request_id)
            if order is not None:
                self._send(order, now_s)

    def _opened(self, own_ipv4: bytes) -> None:
        self._dialect.leaves_from(own_ipv4)
        self._delivery.release()
        self._plan()

    def _not_opened(self, problem: str) -> None:
        self._last_error = problem
        self._hold()
        self._plan()

    def _note_error(self, problem: OSError | str) -> None:
        self._last_error = problem if isinstance(problem, str) else problem.strerror or str(problem)

    def _hold(self) -> None:
        """Nothing can be sent: try again after a pause."""
        self._delivery.hold(self._loop.time() + self.target.settings.timeout_s, has_failed=True)

    def _fail(self, problem: Exception) -> None:
        """A fault of our own: said, and tried again after a pause."""
        log.error("notification-failed receiver=%s", self.name, exc_info=problem)
        self._last_error = f"internal error: {type(problem).__name__}"
        self._hold()

    def _note_state(self) -> None:
        state = self._delivery.state
        if state is self._last_state:
            return
        waiting = self._delivery.waiting
        if state is DeliveryState.UP:
            log.info("receiver name=%s state=%s waiting=%d", self.name, state.value, waiting)
        else:
            error = self._last_error or "none"
            log.warning("receiver name=%s state=%s waiting=%d last_error=%r", self.name, state.value, waiting, error)
        self._last_state = state


def _now() -> datetime:
    return datetime.now(timezone.utc)
