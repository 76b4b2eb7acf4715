"""Running agents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.snmp.agents import USERS, RunningAgent, snmp_settings

Start = Callable[..., RunningAgent]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent with the test table, communities and users, shared by the tests of a module.

    Its event loop must have had nothing to complain about when it is closed.
    """
    running = RunningAgent(snmp_settings(USERS), tmp_path_factory.mktemp("state"))
    yield running
    running.close()
    assert not running.problems


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts agents with settings of their own, and closes them after the test."""
    running: list[RunningAgent] = []

    def begin(
        *, state_dir: Path = tmp_path, prepare: Callable[[Any], None] | None = None, **changes: Any
    ) -> RunningAgent:
        running.append(RunningAgent(snmp_settings(**changes), state_dir, prepare))
        return running[-1]

    yield begin
    for one in running:
        one.close()
        assert not one.problems
