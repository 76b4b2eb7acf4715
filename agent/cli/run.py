"""`run`: the agent itself."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import click

from agent.app import App
from agent.cli.options import config_option
from agent.config import Settings, load_settings
from agent.errors import AgentError

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
    asyncio.run(_run_until_signal(config_path, load_settings(config_path)))


async def _run_until_signal(config_path: Path, settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    app = App(settings)
    await app.start()
    loop.add_signal_handler(signal.SIGHUP, _reload, app, config_path)
    try:
        await stopped.wait()
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        await app.stop()


def _reload(app: App, config_path: Path) -> None:
    """Go on with what the file says now; with a broken file, as before."""
    try:
        app.reload(load_settings(config_path))
    except AgentError as problem:
        log.error("reload-refused problem=%r: the configuration is as before", str(problem))
