"""`reload`: tell the running agent to read its configuration anew."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import click

from agent.cli.options import config_option
from agent.config import load_settings
from agent.errors import ConfigError, HostError
from agent.service.statelock import TAKEN, last_reload, running_agent

PATIENCE_S = 15.0


@click.command()
@config_option
def reload(config_path: Path) -> None:
    """Check the configuration, and have the running agent go on with it.

    Sockets, data and indexes stay. What only a restart can change is refused, with exit code 78, and all is as before.
    """
    settings = load_settings(config_path)
    process = running_agent(settings.state_dir)
    before = last_reload(settings.state_dir)
    os.kill(process, signal.SIGHUP)
    ends = time.monotonic() + PATIENCE_S
    while (outcome := last_reload(settings.state_dir)) == before:
        if time.monotonic() > ends:
            raise HostError(f"process {process} was told, and has not said in {PATIENCE_S:g} s what became of it")
        time.sleep(0.05)
    said = outcome.partition(" ")[2]
    if said != TAKEN:
        raise ConfigError(str(config_path), said)
    click.echo(f"process {process} goes on with {config_path}")
