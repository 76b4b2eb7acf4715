"""When a child that died is started anew."""

from __future__ import annotations

import socket
import time

import pytest

from agent.app import child as child_module
from agent.app.child import STEADY_S, Child, restart_delay_s


async def nothing(control: socket.socket, restarts: int) -> None:
    """A body that is never run."""


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    monkeypatch.setattr(child_module.time, "monotonic", lambda: 1000.0)
    return Child("front", nothing)


def test_the_first_death_costs_no_wait_and_each_further_one_a_longer_one_up_to_half_a_minute() -> None:
    delays = [restart_delay_s(deaths) for deaths in range(1, 20)]
    assert delays[0] == 0
    assert delays == sorted(delays)
    assert len(set(delays)) > 4
    assert delays[-1] == 30


def test_deaths_of_young_children_add_up_and_a_steady_life_forgives_them(child: Child) -> None:
    waits = []
    for lived_s in (1.0, 1.0, 1.0, STEADY_S + 1, 1.0):
        child.started_s = time.monotonic() - lived_s
        child.ended()
        waits.append(child.due_s - time.monotonic())
    assert waits[0] == 0 < waits[1] < waits[2]
    assert waits[3] == 0
    assert waits[4] == waits[1]
    assert child.restarts == 5


def test_a_child_that_is_not_there_is_told_nothing(child: Child) -> None:
    child.tell(b"S")
    assert child.control is None
