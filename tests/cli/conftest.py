"""A configuration to run commands with, and a way to run them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli import main
from agent.sim import SimSpec, Simulator

PASSWORD = "info-secret"


@dataclass(frozen=True)
class Commands:
    """Runs `lantime-agent` in this process."""

    folder: Path

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PASSWORD", PASSWORD)
    return Commands(tmp_path)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(SimSpec(clients=1)) as running:
        yield running


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., Path]:
    """Writes a configuration for a device on a port, with more keys of the device as text."""

    def write(port: int, *, device: str = "", top: str = "") -> Path:
        path = tmp_path / "agent.yaml"
        path.write_text(
            "state_dir: state\n"
            "snmp: {listen: ['127.0.0.1:0'], communities: [{name: testing}]}\n"
            f"{top}\n"
            "devices:\n"
            f"  - {{name: one, address: 127.0.0.1, port: {port}, scheme: http, username: info, "
            f"password: '${{PASSWORD}}'{', ' if device else ''}{device}}}\n",
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def unanswered_port() -> Iterator[int]:
    """A UDP port where somebody listens and nobody answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield deaf.getsockname()[1]
