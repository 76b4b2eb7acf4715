"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agent.config import DeviceSettings, Settings
from agent.errors import UsageError

DEFAULT_CONFIG = Path("/etc/lantime-agent/lantime-agent.yaml")


def config_option(function: Any) -> Any:
    """--config FILE."""
    return click.option(
        "-c",
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=DEFAULT_CONFIG,
        show_default=True,
        help="Configuration file.",
    )(function)


def device_named(settings: Settings, name: str) -> DeviceSettings:
    """The configured device of a name.

    Raises:
        UsageError: there is none; names the ones there are.
    """
    for device in settings.devices:
        if device.name == name:
            return device
    known = ", ".join(device.name for device in settings.devices) or "none"
    raise UsageError(f"no device {name!r} in the configuration; devices are: {known}")
