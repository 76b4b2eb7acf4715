"""Delivery to one receiver: nothing is lost without being counted, order and window hold, outages are made up for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model.delivery import DeliveryState, Tally
from agent.wire.delivery import Delivery, Order, Policy
from agent.wire.notice import Notice
from tests.notify.notices import HEARTBEAT, notice


class Receiver:
    """A delivery, the alarms that are active, and what was ordered to be sent."""

    def __init__(self, *, confirmed: bool = True, heartbeat: Notice | None = HEARTBEAT, **policy: Any) -> None:
        self.active: list[Notice] = []
        self.orders: list[Order] = []
        self.now_s = 0.0
        wanted = {"timeout_s": 1, "retries": 2, "window": 3, "queue_limit": 10, "ping_interval_s": 5, **policy}
        self.delivery = Delivery(Policy(confirmed, **wanted), count(1), lambda: self.active, lambda: heartbeat, Tally())

    def go(self, to_s: float | None = None) -> list[Order]:
        """Time goes on, and what is due is sent."""
        self.now_s = self.now_s if to_s is None else to_s
        orders = self.delivery.due(self.now_s)
        for order in orders:
            self.delivery.sent(order.request_id)
        self.orders += orders
        return orders

    def offer(self, *notices: Notice) -> list[Order]:
        for one in notices:
            self.delivery.offer(one)
        return self.go()

    def die(self) -> None:
        """Let everything time out until it is pinged."""
        while self.delivery.state is DeliveryState.UP:
            self.go(self.now_s + 1)

    def answer_all(self) -> list[int]:
        """Acknowledge whatever is sent until nothing waits; the sequence numbers in the order they were answered."""
        answered = []
        while self.delivery.waiting:
            flights = list(self.delivery._flights)
            for request_id in flights:
                done = self.delivery.acknowledge(request_id)
                answered.append(done.sequence if done else -1)
            self.go()
            assert flights or self.delivery._flights, "nothing moves"
        return answered


def sequences(orders: list[Order]) -> list[int]:
    return [order.notice.sequence for order in orders]


def test_informs_in_flight_stay_within_the_window_and_go_in_order() -> None:
    receiver = Receiver()
    assert sequences(receiver.offer(*map(notice, range(1, 6)))) == [1, 2, 3]
    assert receiver.go() == []
    receiver.delivery.acknowledge(receiver.orders[1].request_id)
    assert sequences(receiver.go()) == [4]
    receiver.delivery.acknowledge(receiver.orders[0].request_id)
    assert sequences(receiver.go()) == [5]


def test_of_one_alarm_never_two_informs_are_in_flight() -> None:
    receiver = Receiver()
    raised, cleared = notice(1, identity="a"), notice(2, identity="a", cleared=True)
    assert sequences(receiver.offer(raised, cleared, notice(3, identity="b"))) == [1]
    receiver.delivery.acknowledge(receiver.orders[0].request_id)
    assert sequences(receiver.go()) == [2, 3]


def test_an_unanswered_inform_is_repeated_with_the_same_request_id_as_often_as_configured() -> None:
    receiver = Receiver()
    receiver.offer(notice())
    for second in (0.5, 1, 1.5, 2, 2.9):
        receiver.go(second)
    assert [order.request_id for order in receiver.orders] == [1, 1, 1]
    assert receiver.delivery.state is DeliveryState.UP
    receiver.go(3)
    assert receiver.delivery.state is DeliveryState.PINGING
    assert (receiver.delivery.tally.sent, receiver.delivery.tally.retried) == (1, 2)


def test_next_s_names_the_moment_when_something_is_due() -> None:
    receiver = Receiver(resend_s=0)
    assert receiver.delivery.next_s(0) == float("inf")
    receiver.delivery.offer(notice())
    assert receiver.delivery.next_s(0) == 0
    receiver.go()
    assert receiver.delivery.next_s(0) == 1
    receiver.die()
    assert receiver.delivery.next_s(receiver.now_s) == receiver.now_s + 5


def test_a_receiver_that_is_down_is_pinged_with_one_heartbeat_per_interval_and_with_nothing_else() -> None:
    receiver = Receiver()
    receiver.offer(notice(1))
    receiver.die()
    receiver.orders.clear()
    receiver.offer(notice(2), notice(3))
    for tenth in range(1, 121):
        receiver.go(3 + tenth / 10)
    assert [order.notice for order in receiver.orders] == [HEARTBEAT, HEARTBEAT]


def test_after_an_outage_each_active_alarm_and_each_clear_arrives_once() -> None:
    receiver = Receiver()
    receiver.offer(notice(1, identity="gone"), notice(2, identity="stays"))
    for order in list(receiver.orders):
        receiver.delivery.acknowledge(order.request_id)
    receiver.offer(notice(3, identity="short"))
    receiver.die()
    receiver.offer(notice(4, identity="gone", cleared=True), notice(5, identity="short", cleared=True))
    receiver.offer(notice(6, identity="new"), notice(7, identity="new"))
    receiver.active = [notice(2, identity="stays"), notice(7, identity="new")]
    (ping,) = receiver.go(receiver.now_s + 5)
    receiver.orders.clear()

    assert receiver.delivery.acknowledge(ping.request_id) is None
    assert receiver.delivery.state is DeliveryState.UP
    receiver.go()
    receiver.answer_all()
    assert sequences(receiver.orders) == [2, 4, 5, 7]
    assert receiver.delivery.tally.superseded == 3  # 3 by 5, 6 by 7, and 7 by its repetition
    assert receiver.delivery.tally.dropped == 0


def test_the_late_answer_to_a_repeated_inform_counts_and_ends_the_outage() -> None:
    receiver = Receiver()
    (order,) = receiver.offer(notice(1))
    receiver.die()
    done = receiver.delivery.acknowledge(order.request_id)
    assert done == order.notice
    assert receiver.delivery.state is DeliveryState.UP
    assert receiver.delivery.waiting == 0
    assert receiver.delivery.acknowledge(order.request_id) is None
    assert receiver.delivery.tally.acknowledged == 1


def test_a_receiver_that_may_not_have_heartbeats_is_pinged_with_what_waits() -> None:
    receiver = Receiver(heartbeat=None)
    receiver.offer(notice(1))
    receiver.die()
    (ping,) = receiver.go(receiver.now_s + 5)
    assert ping.notice.sequence == 1
    assert receiver.delivery.acknowledge(ping.request_id) == ping.notice
    assert receiver.delivery.state is DeliveryState.UP


def test_an_answer_with_an_error_ends_the_inform_counted_as_dropped() -> None:
    receiver = Receiver()
    (order,) = receiver.offer(notice(1))
    receiver.delivery.refuse(order.request_id)
    assert receiver.delivery.waiting == 0
    assert receiver.delivery.tally.dropped == 1


def test_a_full_queue_gives_up_raises_before_clears_counts_them_and_makes_up_for_them() -> None:
    receiver = Receiver(queue_limit=3, window=1)
    clears = [notice(number, cleared=True) for number in (2, 3)]
    receiver.offer(notice(1))
    receiver.offer(*clears, *map(notice, range(4, 8)))
    assert receiver.delivery.waiting == 4  # one in flight, three wait
    assert receiver.delivery.tally.dropped == 3
    receiver.active = [notice(1), *map(notice, range(4, 8))]
    assert receiver.answer_all() == [1, 2, 3, 7, 1, 4, 5, 6, 7]


def test_traps_go_at_once_and_are_held_back_while_the_network_does_not_take_them() -> None:
    receiver = Receiver(confirmed=False)
    assert sequences(receiver.offer(notice(1))) == [1]
    assert receiver.delivery.waiting == 0
    receiver.delivery.offer(notice(2, identity="a"))
    assert sequences(receiver.delivery.due(0)) == [2]
    receiver.delivery.hold(5, has_failed=True)  # it did not leave
    assert receiver.delivery.state is DeliveryState.FAILED
    receiver.offer(notice(3, identity="b"), notice(4, identity="a"))
    assert sequences(receiver.orders) == [1]
    assert sequences(receiver.go(5)) == [3, 4]
    assert receiver.delivery.tally == Tally(sent=3, superseded=1)
    assert receiver.delivery.state is DeliveryState.UP


def test_every_active_alarm_is_sent_again_after_the_configured_time() -> None:
    receiver = Receiver(confirmed=False, resend_s=60)
    receiver.active = [notice(1), notice(2)]
    receiver.offer(notice(2))
    assert receiver.go(59) == []
    assert sequences(receiver.go(60)) == [1, 2]
    assert receiver.go(61) == []


def test_what_is_settled_stops_below_the_first_that_is_still_owed() -> None:
    receiver = Receiver()
    assert receiver.delivery.settled() == 0
    receiver.offer(*map(notice, range(11, 14)))
    assert receiver.delivery.settled() == 10
    receiver.delivery.acknowledge(receiver.orders[2].request_id)
    assert receiver.delivery.settled() == 10
    receiver.delivery.acknowledge(receiver.orders[0].request_id)
    assert receiver.delivery.settled() == 11
    receiver.delivery.pass_over(14)
    receiver.delivery.acknowledge(receiver.orders[1].request_id)
    assert receiver.delivery.settled() == 14


def test_repetitions_without_a_number_leave_numbered_ones_their_place() -> None:
    receiver = Receiver(window=1)
    receiver.offer(notice(1, identity="a"), notice(2, identity="b"))
    receiver.active = [notice(0, identity=alarm) for alarm in "abc"]
    receiver.delivery.resync()
    assert receiver.delivery.settled() == 0  # what makes up for something is owed as well
    assert receiver.answer_all() == [1, 0, 2]
    assert receiver.delivery.settled() == 2
    assert receiver.delivery.tally.superseded == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), st.integers(0, 5), st.booleans()),
        st.tuples(st.just("wait"), st.floats(0, 3), st.none()),
        st.tuples(st.just("answer"), st.integers(0, 30), st.booleans()),
    ),
    max_size=60,
)


@pytest.mark.parametrize("repeats", ["numbered", "without number"])
@pytest.mark.parametrize("window", [1, 3])
@given(steps=STEPS)
def test_no_inform_is_lost_without_being_counted_whatever_happens(window: int, repeats: str, steps: list[Any]) -> None:
    """Each notice carries its number as its time, too, so that a repetition shows which state it tells of."""
    receiver = Receiver(window=window, queue_limit=4)
    delivery, tally = receiver.delivery, receiver.delivery.tally
    numbers = count(1)
    alarms: dict[str, Notice] = {}
    told: dict[str, int] = {}
    taken: Counter[str] = Counter()
    append = delivery._append

    def counted(one: Notice) -> None:
        taken["in"] += 1
        append(one)

    delivery._append = counted  # type: ignore[method-assign]

    def acknowledge(order: Order) -> None:
        done = delivery.acknowledge(order.request_id)
        if done is not None and done.identity:
            told[done.identity] = max(done.uptime_ticks, told.get(done.identity, 0))

    def check() -> None:
        ended = tally.acknowledged + tally.dropped + tally.superseded
        assert taken["in"] == ended + delivery.waiting
        in_flight = [flight.notice for flight in delivery._flights.values()]
        assert len(in_flight) <= window
        assert len({one.identity for one in in_flight}) == len(in_flight)

    for step, value, flag in steps:
        if step == "offer":
            number = next(numbers)
            one = notice(number, identity=f"alarm {value}", cleared=flag, uptime_ticks=number)
            alarms[one.identity] = one
            active = [alarm for alarm in alarms.values() if not alarm.cleared]
            receiver.active = active if repeats == "numbered" else [replace(alarm, sequence=0) for alarm in active]
            receiver.offer(one)
        elif step == "wait":
            receiver.go(receiver.now_s + value)
        elif receiver.orders:
            acknowledge(receiver.orders[-1 - value % len(receiver.orders)])
            receiver.go()
        check()

    for _ in range(200):  # the receiver is well from now on
        receiver.go(receiver.now_s + 5)
        for order in receiver.orders[-10:]:
            acknowledge(order)
        check()
    assert delivery.waiting == 0
    assert delivery.state is DeliveryState.UP
    if not tally.dropped:
        assert told == {identity: alarm.sequence for identity, alarm in alarms.items()}
        assert delivery.settled() == max((alarm.sequence for alarm in alarms.values()), default=0)
    for identity, alarm in alarms.items():
        if not alarm.cleared:  # dropped ones were made up for
            assert told[identity] == alarm.sequence


@given(steps=st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=40))
def test_informs_of_one_alarm_are_first_sent_in_the_order_they_were_made(steps: list[Any]) -> None:
    receiver = Receiver(queue_limit=1000)
    for number, (alarm, answers) in enumerate(steps, 1):
        receiver.offer(notice(number, identity=str(alarm)))
        if answers and receiver.delivery._flights:
            receiver.delivery.acknowledge(next(iter(receiver.delivery._flights)))
            receiver.go()
    receiver.answer_all()
    assert sequences(receiver.orders) == list(range(1, len(steps) + 1))
