"""`capture`: record a device's documents, anonymised, to be sent in or kept as a test."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from agent.cli.listener import Listener
from agent.cli.options import config_option, device_named
from agent.config import load_settings
from agent.device.client import Client
from agent.errors import HostError
from agent.service.capture import capture as record
from agent.service.capture import written


@click.command()
@click.argument("device", metavar="DEVICE")
@config_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: DEVICE.json)."
)
def capture(device: str, config_path: Path, output: Path | None) -> None:
    """Record DEVICE's status and card configuration with serials, addresses, host names and positions replaced."""
    settings = device_named(load_settings(config_path), device)
    target = output or Path(f"{device}.json")
    client = Client(settings, Listener())
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("asking", total=None)

        def told(done: int, total: int, path: str) -> None:
            progress.update(task, completed=done, total=total, description=path)

        try:
            recorded = record(client, settings, told)
        finally:
            client.close()
    try:
        target.write_text(written(recorded), encoding="ascii")
    except OSError as problem:
        raise HostError(f"cannot write {target}: {problem.strerror}") from problem
    replaced = ", ".join(f"{count} {kind}" for kind, count in recorded["replaced"].items())
    click.echo(f"{target}: {len(recorded['documents'])} documents; replaced: {replaced or 'nothing'}")
