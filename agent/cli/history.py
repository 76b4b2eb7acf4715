"""`history`: what was written to the devices' configuration, by whom, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from agent.cli.configclient import ConfigClient, run
from agent.cli.configview import print_history
from agent.cli.options import config_option
from agent.config import load_settings


@click.command()
@config_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="The newest so many.")
@click.option("--device", default="", help="Of one device.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the oldest first.")
def history(
    config_path: Path,
    limit: int,
    device: str,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Show what was written to the devices' configuration: who, when, what, old, new, and what came of it."""

    async def work(client: ConfigClient) -> int:
        rows = await client.history(limit, device)
        if as_json:
            click.echo(json.dumps(rows[::-1], indent=2))
        elif rows:
            print_history(Console(), rows)
        else:
            click.echo(f"nothing was written{f' to {device}' if device else ''} as far as is known", err=True)
        return 0

    run(load_settings(config_path), work)
