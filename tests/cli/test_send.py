"""`send` to an agent that runs as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.service.handlers import HANDLERS
from agent.sim import Simulator
from agent.web.sender import Sender
from tests.cli.conftest import Commands
from tests.support.ports import free_port
from tests.support.running import wait_for

TOKEN = "a-token-of-the-test-0123"


@contextmanager
def running(config: Path, socket_path: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The agent, once its socket is there; killed at the end."""
    wanted = socket_path or config.parent / "state" / "interapp.sock"
    arguments = (sys.executable, "-m", "agent", "run", "--config", str(config))
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as process:
        try:
            ends = time.monotonic() + 20
            while not _answers(wanted):
                assert process.poll() is None, "the agent ended"
                assert time.monotonic() < ends, "the agent did not start"
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(str(path))
        except OSError:
            return False
    return True


def test_a_message_is_sent_waited_for_and_shown(
    command: Commands, simulator: Simulator, configured: Callable[..., Path]
) -> None:
    config = configured(simulator.port)
    with running(config):
        waited = command("send", "-c", str(config), "pollNow", "device=one", "--wait", "10")
        as_json = command("send", "-c", str(config), "setHttpTracking", "maximum=7", "--wait", "10", "--json")
        refused = command("send", "-c", str(config), "pollNow", "device=two", "--wait", "10")
        wrong = command("send", "-c", str(config), "setHttpTracking", "maximum=0")

    assert waited.exit_code == 0, waited.output
    assert waited.output.startswith("message 1 pollNow succeeded guid ")
    shown = json.loads(as_json.output)
    assert (as_json.exit_code, shown["state"], shown["request"]) == (0, "succeeded", {"maximum": 7})
    assert shown["source"] == "web:send"
    assert (refused.exit_code, "badContent: no device 'two'" in refused.output) == (1, True)
    assert (wrong.exit_code, "content.maximum" in wrong.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("nothing",), "types are pollNow"),
        (("cardFound", "device=one", "slot=io1"), "no message type"),
        (("pollNow", "device=one", "colour=green"), "colour"),
        (("pollNow",), "device"),
        (("setHttpTracking", "maximum=many"), "maximum"),
    ],
)
def test_what_the_agent_refuses_is_said_and_seen_as_a_failed_row(
    command: Commands,
    simulator: Simulator,
    configured: Callable[..., Path],
    arguments: tuple[str, ...],
    problem: str,
) -> None:
    config = configured(simulator.port)

    async def listed() -> list[dict[str, Any]]:
        async with Sender(config.parent / "state" / "interapp.sock") as sender:
            return list((await sender.get("/messages"))[1]["messages"])

    with running(config):
        result = command("send", "-c", str(config), *arguments)
        rows = asyncio.run(listed())

    assert (result.exit_code, problem in result.output) == (2, True), result.output
    assert [(row["type"], row["state"]) for row in rows] == [(arguments[0], "failed")]


def test_what_is_not_done_in_time_has_an_exit_code_of_its_own_and_survives_a_kill(
    command: Commands, simulator: Simulator, configured: Callable[..., Path]
) -> None:
    config = configured(simulator.port)
    simulator.faults.set("hang")
    with running(config) as process:
        hanging = command("send", "-c", str(config), "pollNow", "device=one", "--wait", "0.3")
        assert (hanging.exit_code, "pollNow processing" in hanging.output) == (75, True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_for(lambda: not _answers(config.parent / "state" / "interapp.sock"), "the end of its back")
    simulator.faults.clear("hang")

    with running(config):
        after = command("send", "-c", str(config), "pollNow", "device=one", "--wait", "10")
        assert (after.exit_code, after.output.startswith("message 2 ")) == (0, True), after.output


def test_over_tcp_the_token_of_the_configuration_is_used(
    command: Commands, simulator: Simulator, configured: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("TOKEN", TOKEN)
    web = f"web: {{listen: ['127.0.0.1:{port}'], token: '${{TOKEN}}'}}"
    config = configured(simulator.port, top=web)
    with running(config):
        only_tcp = configured(simulator.port, top=web.replace("{listen", "{socket: false, listen"))
        right = command("send", "-c", str(only_tcp), "pollNow", "device=one", "--wait", "10")
        monkeypatch.setenv("TOKEN", "another-token-of-the-test")
        wrong = command("send", "-c", str(only_tcp), "pollNow", "device=one")

    assert right.exit_code == 0, right.output
    assert (wrong.exit_code, "does not take the token" in wrong.output) == (71, True)
    assert "another-token" not in wrong.output


def test_without_an_agent_it_says_where_none_answers(command: Commands, configured: Callable[..., Path]) -> None:
    result = command("send", "-c", str(configured(1)), "pollNow", "device=one")

    assert result.exit_code == 71
    assert "no agent answers on" in result.output
    assert "state/interapp.sock" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "--list shows them"),
        (("pollNow", "one"), "KEY=VALUE"),
        (("pollNow", "device=one", "device=two"), "given twice"),
    ],
)
def test_what_is_no_content_is_refused_before_anything_is_sent(
    command: Commands, configured: Callable[..., Path], arguments: tuple[str, ...], problem: str
) -> None:
    result = command("send", "-c", str(configured(1)), *arguments)

    assert result.exit_code == 2
    assert problem in result.output


def test_help_and_list_name_every_type_that_can_be_sent(command: Commands) -> None:
    helped, listed = command("send", "--help").output, command("send", "--list").output

    for spec in HANDLERS.values():
        assert (spec.type in helped, spec.type in listed) == (not spec.internal, not spec.internal), spec.type
