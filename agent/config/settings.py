"""The settings, frozen. Every key of the configuration file is a field, with its default and its bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from agent.config.alarms import AlarmSettings
from agent.config.base import Model, Oid
from agent.config.device import DeviceSettings, HostSettings, PollSettings
from agent.config.interapp import InterAppSettings, WebSettings
from agent.config.listen import ListenAddress, check_apart
from agent.config.receivers import NotificationSettings
from agent.config.snmp import SnmpSettings
from agent.config.transactions import TransactionSettings

DEFAULT_ROOT = "1.3.6.1.4.1.8072.9999.9999.5597"
"""Below net-snmp's arc for experiments, until an enterprise number is assigned."""


class HttpSettings(Model):
    """Tracking of the requests to the devices, as served in the HTTP session table."""

    tracking: bool = True
    max_count: Annotated[int, Field(ge=1, le=10_000)] = 25
    data_loss_limit_percent: Annotated[int, Field(ge=0, le=100)] = 50


class WritingSettings(Model):
    """Writing the devices' configuration, for the devices that have `writes: true`.

    Attributes:
        answer: when a SET is answered: at once, or after the device was written and read back.
        deadline_s: how long an answer waits for that at most; it is genErr then.
        allow_insecure: whether it may be written by communities, and by users at less than authPriv.
    """

    answer: Literal["at_once", "after"] = "at_once"
    deadline_s: Annotated[float, Field(gt=0, le=60)] = 5
    allow_insecure: bool = False


class AttributeSettings(Model):
    """The table of leaves that no typed column serves."""

    max_count: Annotated[int, Field(ge=0, le=1_000_000)] = 50_000


class Settings(Model):
    """The whole configuration."""

    state_dir: Path = Path("/var/lib/lantime-agent")
    root_oid: Oid = DEFAULT_ROOT
    snmp: SnmpSettings = SnmpSettings()
    notifications: NotificationSettings = NotificationSettings()
    http: HttpSettings = HttpSettings()
    interapp: InterAppSettings = InterAppSettings()
    writing: WritingSettings = WritingSettings()
    transactions: TransactionSettings = TransactionSettings()
    web: WebSettings = WebSettings()
    attributes: AttributeSettings = AttributeSettings()
    alarms: AlarmSettings = AlarmSettings()
    poll: PollSettings = PollSettings()
    host: HostSettings = HostSettings()
    max_parallel_polls: Annotated[int, Field(ge=1, le=256)] = 32
    overlays: tuple[Path, ...] = ()
    devices: tuple[DeviceSettings, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _device_defaults(cls, data: Any) -> Any:
        """`poll`, `host` and `alarms.rules` at the top hold defaults for the same sections of every device."""
        if not isinstance(data, dict) or not isinstance(data.get("devices"), list):
            return data
        alarms = data.get("alarms")
        defaults = {
            "poll": data.get("poll"),
            "host": data.get("host"),
            "alarms": alarms.get("rules") if isinstance(alarms, dict) else None,
        }
        return {**data, "devices": [_with_defaults(device, defaults) for device in data["devices"]]}

    @property
    def listening(self) -> tuple[ListenAddress, ...]:
        """All addresses to listen on, each with the context it stands for."""
        fleet = [ListenAddress(text, "", f"snmp.listen[{number}]") for number, text in enumerate(self.snmp.listen)]
        own = [
            ListenAddress(text, device.name, f"devices[{place}].listen[{number}]")
            for place, device in enumerate(self.devices)
            for number, text in enumerate(device.listen)
        ]
        return (*fleet, *own)

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        names = [device.name for device in self.devices]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"devices: the name {name!r} is given twice")
        self.snmp.check_contexts(names)
        if self.snmp.engine == "pysnmp":
            for number, device in enumerate(self.devices):
                if device.listen:
                    raise ValueError(f"devices[{number}].listen: not with snmp.engine: pysnmp; use name@{device.name}")
        check_apart(self.listening)
        self.notifications.check_users(self.snmp.users)
        self.notifications.check_views(self.snmp.all_views)
        if not self.root_oid.startswith(("1.3.6.1.4.1.", "1.3.6.1.3.")):
            raise ValueError("root_oid: below 1.3.6.1.4.1 (enterprises) or 1.3.6.1.3 (experimental)")
        if self.root_oid.startswith("1.3.6.1.4.1.5597.") or self.root_oid == "1.3.6.1.4.1.5597":
            raise ValueError("root_oid: below 1.3.6.1.4.1.5597 is the device vendor's own arc; choose another")
        return self


def _with_defaults(device: Any, defaults: dict[str, Any]) -> Any:
    """A device with the defaults at the top below its own settings, key by key, in sections of sections too."""
    if not isinstance(device, dict):
        return device
    return {**device, **{key: _merged(value, device.get(key, {})) for key, value in defaults.items() if value}}


def _merged(defaults: Any, own: Any) -> Any:
    if not isinstance(defaults, dict) or not isinstance(own, dict):
        return own
    return {
        **defaults,
        **{key: _merged(defaults[key], value) if key in defaults else value for key, value in own.items()},
    }


class Overlay(Model):
    """Other paths for named objects, for all API generations or for the ones listed.

    Attributes:
        paths: where they are read.
        writes: where they are written, when that is not where they are read.
    """

    generations: tuple[int, ...] = ()
    paths: dict[str, tuple[str, ...]]
    writes: dict[str, tuple[str, ...]] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _single_paths(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if "writes" in data:  # an overlay may say nothing but where things are written
            data = {"paths": {}, **data}
        return data | {key: _listed(data[key]) for key in ("paths", "writes") if isinstance(data.get(key), dict)}

    def applies_to(self, generation: int | None) -> bool:
        """Whether the overlay is for this API generation."""
        return not self.generations or generation in self.generations


def _listed(paths: dict[str, Any]) -> dict[str, Any]:
    return {name: [path] if isinstance(path, str) else path for name, path in paths.items()}
