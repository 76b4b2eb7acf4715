"""What is watched for alarms: devices and the rules that hold for them, as configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.config import AlarmSettings, Settings
from agent.model.alarm.catalogue import Rules
from agent.model.alarm.facts import Site


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched, and how.

    Attributes:
        sites: the devices that are asked, by name.
        rules: the rules of a device by its name; "" for the agent itself.
    """

    settings: AlarmSettings
    sites: Mapping[str, Site]
    rules: Callable[[str], Rules]


def watched(settings: Settings, indexes: Mapping[str, int]) -> Watched:
    """What a configuration says is to be watched: the devices that are asked, so not those without credentials.

    Args:
        settings: the configuration.
        indexes: lnbDeviceIndex by device name.
    """
    asked = (device for device in settings.devices if device.enabled and device.username is not None)
    devices = {device.name: device for device in asked}
    sites = {name: Site(name, indexes[name], device.address) for name, device in devices.items()}
    rules = {name: device.alarms.rule for name, device in devices.items()}
    return Watched(settings.alarms, sites, lambda name: rules.get(name, settings.alarms.rules.rule))
