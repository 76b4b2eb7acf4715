"""`run`: the agent itself."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import click

from agent.app import serve
from agent.cli.options import config_option
from agent.config import Settings, load_settings

LOG_FORMAT = "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"


def start_logging(level: str) -> None:
    """Log lines to standard error; APScheduler's own job chatter only when something is wrong."""
    logging.basicConfig(format=LOG_FORMAT, level=level.upper())
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)


@click.command()
@config_option
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
def run(config_path: Path, log_level: str) -> None:
    """Poll the configured devices and serve them over SNMP until stopped (SIGTERM, SIGINT)."""
    start_logging(log_level)
    settings = load_settings(config_path)
    asyncio.run(_run_until_signal(settings))


async def _run_until_signal(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await serve(settings, stopped)
