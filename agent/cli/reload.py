"""`reload`: tell the running agent to read its configuration anew."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import click

from agent.cli.options import config_option
from agent.config import load_settings
from agent.service.statelock import running_agent


@click.command()
@config_option
def reload(config_path: Path) -> None:
    """Check the configuration, and tell the running agent to go on with it.

    Sockets, data and indexes stay. What only a restart can change is refused by the agent, in its log.
    """
    settings = load_settings(config_path)
    process = running_agent(settings.state_dir)
    os.kill(process, signal.SIGHUP)
    click.echo(f"told process {process}")
