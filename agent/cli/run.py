"""`run`: the agent itself."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import click

from agent.app import App
from agent.app.supervisor import Supervisor
from agent.cli.options import config_option
from agent.config import Settings, load_settings

log = logging.getLogger(__name__)

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
    """Poll the configured devices and serve them over SNMP until stopped (SIGTERM, SIGINT); SIGHUP reloads."""
    start_logging(log_level)
    os.umask(0o077)  # what is in the state directory is nobody else's business
    settings = load_settings(config_path)
    if settings.snmp.engine == "pysnmp":
        asyncio.run(_run_in_one_process(settings))
    else:
        sys.exit(Supervisor(settings, lambda: load_settings(config_path)).run())


async def _run_in_one_process(settings: Settings) -> None:
    """The pysnmp path, for comparison: everything in this process, nothing reloads."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, log.error, "reload-refused problem=%r", "the pysnmp path does not reload")
    app = App(settings)
    await app.start()
    try:
        await stopped.wait()
    finally:
        await app.stop()
