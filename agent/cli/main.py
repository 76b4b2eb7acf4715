"""The command group, and what every command shares: errors as one line and an exit code."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from agent import __version__
from agent.cli.capture import capture
from agent.cli.check import check
from agent.cli.config import config
from agent.cli.demo import demo
from agent.cli.explain import explain
from agent.cli.history import history
from agent.cli.mib import mib
from agent.cli.pack import pack
from agent.cli.reload import reload
from agent.cli.run import run
from agent.cli.send import send
from agent.cli.walk import walk
from agent.errors import AgentError, ConfigError, DeviceError, HostError, UsageError

P = ParamSpec("P")
R = TypeVar("R")

EXIT_CODES: tuple[tuple[type[AgentError], int], ...] = (
    (UsageError, 2),
    (DeviceError, 69),
    (HostError, 71),
    (ConfigError, 78),
    (AgentError, 70),
)


def exit_code(error: AgentError) -> int:
    """The exit code of an error."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _guarded(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            return function(*args, **options)
        except AgentError as error:
            click.echo(f"lantime-agent: {error}", err=True)
            sys.exit(exit_code(error))
        except BrokenPipeError:
            # The reader of a pipe (head, less) has seen enough.
            sys.stderr.close()
            sys.exit(0)

    return call


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lantime-agent")
def main() -> None:
    """Northbound SNMP agent for Meinberg LANTIME time servers.

    Exit codes: 0 done, 1 check found a problem or a message failed, 2 wrong usage, 69 device failed, 70 fault of the
    agent, 71 machine denies something, 75 message not ended in time, 78 configuration is wrong.
    """


def _add(*commands: Any) -> None:
    for command in commands:
        command.callback = _guarded(command.callback)
        main.add_command(command)


_add(run, reload, demo, check, walk, explain, mib, pack, capture, send, history)
main.add_command(config)
for _command in config.commands.values():
    if _command.callback is not None:
        _command.callback = _guarded(_command.callback)
