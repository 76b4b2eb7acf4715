"""An agent as a process of its own, with a simulated device behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.processes import AgentProcess, start_simulator
from scripts.settings import devices_section, secrets_of, snmp_section


@pytest.fixture(scope="module")
def simulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    child, url = start_simulator(Path(tmp_path_factory.mktemp("simulator")), 1)
    with child:
        yield url


@pytest.fixture(scope="module")
def agent(simulator_url: str) -> Iterator[AgentProcess]:
    """`lantime-agent run`, which must still run at the end and stop cleanly."""
    with AgentProcess(snmp_section(), devices_section({"one": simulator_url}), secrets_of()) as running:
        yield running
        assert running.process.poll() is None, running.output
        assert running.stop() == 0
