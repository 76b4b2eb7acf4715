"""Running agents, on both answering paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.wire.policy import DEFAULT_CONTEXT
from agent.wire.view import View
from tests.snmp.agents import USERS, RunningAgent, snmp_settings

Start = Callable[..., RunningAgent]

on_wire = pytest.mark.parametrize("path", ["wire"], indirect=True)
"""A test of what the wire path alone has."""
on_pysnmp = pytest.mark.parametrize("path", ["pysnmp"], indirect=True)
"""A test of the pysnmp path's own parts: its gate, its engine, its limits."""


def wrong_on_pysnmp(reason: str) -> pytest.MarkDecorator:
    """A test that the wire path passes, and the pysnmp path does not for a reason of pysnmp's."""
    failing = pytest.param("pysnmp", marks=pytest.mark.xfail(strict=True, reason=reason))
    return pytest.mark.parametrize("path", ["wire", failing], indirect=True)


@pytest.fixture(scope="module", params=["wire", "pysnmp"])
def path(request: pytest.FixtureRequest) -> str:
    """The answering path: SnmpSettings.engine."""
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def agent(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent with the test table, communities and users, shared by the tests of a module.

    Its event loop must have had nothing to complain about when it is closed.
    """
    running = RunningAgent(snmp_settings(USERS, engine=path), tmp_path_factory.mktemp("state"))
    yield running
    running.close()
    assert not running.problems


@pytest.fixture
def start(path: str, tmp_path: Path) -> Iterator[Start]:
    """Starts agents with settings of their own, and closes them after the test."""
    running: list[RunningAgent] = []

    def begin(
        *,
        state_dir: Path = tmp_path,
        prepare: Callable[[Any], None] | None = None,
        contexts: Mapping[str, View] = DEFAULT_CONTEXT,
        **changes: Any,
    ) -> RunningAgent:
        settings = snmp_settings(**{"engine": path, **changes})
        running.append(RunningAgent(settings, state_dir, prepare, contexts=contexts))
        return running[-1]

    yield begin
    for one in running:
        one.close()
        assert not one.problems
