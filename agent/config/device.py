"""Settings of a device: where it is, how it is reached, how often it is asked."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from agent.config.alarms import AlarmRules
from agent.config.base import Host, Model, Name, fingerprint_digits, from_folder
from agent.config.listen import check_listen, parse_listen
from agent.config.secret import Secret, expand


class TlsSettings(Model):
    """How a device's HTTPS certificate is checked: `verify`, and a CA file or a pinned fingerprint of your own."""

    verify: bool = True
    ca_file: Annotated[Path, AfterValidator(from_folder)] | None = None
    fingerprint: Annotated[str, AfterValidator(fingerprint_digits)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> TlsSettings:
        if self.ca_file and self.fingerprint:
            raise ValueError("ca_file and fingerprint exclude each other")
        if not self.verify and (self.ca_file or self.fingerprint):
            raise ValueError("verify: false excludes ca_file and fingerprint")
        if self.ca_file and not self.ca_file.is_file():
            raise ValueError(f"ca_file: {self.ca_file} is not a file")
        return self


DEFAULT_SUBTREES = (
    "rest-api", "system", "notification", "network", "services", "ntp", "syncmon", "syncteam",
)  # fmt: skip


CONFIGURATION_BRANCHES = (
    "system", "notification", "network/general", "network/interfaces", "network/ports", "services/network", "ntp",
)  # fmt: skip
"""Branches of the configuration that the device is known to have, but for `security`."""


class PollSettings(Model):
    """How often and how patiently a device is asked."""

    interval_s: Annotated[float, Field(ge=10, le=86_400)] = 30
    configuration_interval_s: Annotated[float, Field(ge=60, le=604_800)] = 600
    configuration_batch: Annotated[int, Field(ge=1, le=100)] = 4
    inventory_interval_s: Annotated[float, Field(ge=60, le=86_400)] = 600
    mode: Literal["tree", "subtrees"] = "tree"
    subtrees: tuple[str, ...] = DEFAULT_SUBTREES
    configuration: bool = True
    branches: tuple[str, ...] | None = None
    connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 3
    read_timeout_s: Annotated[float, Field(gt=0, le=120)] = 10
    deadline_s: Annotated[float, Field(gt=0, le=600)] | None = None
    body_limit_mb: Annotated[float, Field(gt=0, le=1024)] = 8
    backoff_max_s: Annotated[float, Field(ge=10, le=3600)] = 300
    rejected_pause_s: Annotated[float, Field(ge=60, le=604_800)] = 3600
    down_after_s: Annotated[float, Field(ge=10, le=604_800)] = 90
    hold_missing_s: Annotated[float, Field(ge=0, le=31_536_000)] = 86_400

    @property
    def whole_deadline_s(self) -> float:
        """Seconds a whole poll may take; subtrees are many requests of several seconds each."""
        return self.deadline_s or (15 if self.mode == "tree" else 60)

    @model_validator(mode="after")
    def _consistent(self) -> PollSettings:
        for key, root, paths in (("subtrees", "status", self.subtrees), ("branches", "configuration", self.branches)):
            for path in paths or ():
                if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.:-]+)*", path):
                    raise ValueError(f"{key}: {path!r} is not a path below /api/{root}, like network/ports")
        return self


class HostSettings(Model):
    """What a device shows in its own context, as an SNMP host of its own.

    Attributes:
        views: standard MIBs, the vendor's MIB, or neither.
        contact: sysContact there; `location` sysLocation.
    """

    views: tuple[Literal["standard", "vendor"], ...] = ("standard", "vendor")
    contact: str = ""
    location: str = ""


class WriteSettings(Model):
    """Whether a device's configuration may be written, and how it wants that.

    Attributes:
        enabled: whether it may; `writes: true` is short for it.
        body: what is posted: the whole object that holds the value, as the device was seen to be written, or only
            the members that change.
        settle_s: how long the device may take until it says the new value.
        apply_path: a path below /api that is posted to after each write, for a device that only holds writes ready;
            none is publicly known.
    """

    enabled: bool = True
    body: Literal["object", "changes"] = "object"
    settle_s: Annotated[float, Field(ge=0, le=60)] = 3
    apply_path: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+(/[A-Za-z0-9_.:-]+)*)?$")] = ""


class Auth(str, Enum):
    """How requests are authenticated."""

    BASIC = "basic"
    TOKEN = "token"  # noqa: S105 - a scheme, not a secret


class DeviceSettings(Model):
    """One LANTIME.

    Attributes:
        listen: addresses of this agent that stand for the device, as if it were an SNMP host of its own.
    """

    name: Name
    address: Host
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    listen: tuple[str, ...] = ()
    scheme: Literal["https", "http"] = "https"
    username: str | None = None
    password: Secret | None = None
    auth: Auth = Auth.BASIC
    tls: TlsSettings = TlsSettings()
    proxy: str = "bypass"
    slots: dict[str, str | None] = Field(default={})
    poll: PollSettings = PollSettings()
    host: HostSettings = HostSettings()
    overlays: tuple[Path, ...] = ()
    alarms: AlarmRules = AlarmRules()
    enabled: bool = True
    writes: WriteSettings = WriteSettings(enabled=False)

    @model_validator(mode="before")
    @classmethod
    def _short_writes(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("writes"), bool):
            data = {**data, "writes": {"enabled": data["writes"]}}
        return data

    @model_validator(mode="before")
    @classmethod
    def _slot_list(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("slots"), list):
            data = {**data, "slots": {str(slot): None for slot in data["slots"]}}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> DeviceSettings:
        check_listen(self.listen)
        if self.username is not None and (not expand(self.username) or ":" in expand(self.username)):
            raise ValueError("username: must not be empty or hold a colon (RFC 7617 2)")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together; give both or none")
        if self.proxy.lower() not in {"bypass", "bypassproxy", "system"} and not re.fullmatch(
            r"https?://[^\s/@]+(:\d+)?/?", self.proxy
        ):
            raise ValueError("proxy: bypass, system, or a URL like http://proxy.example:3128 (no credentials)")
        if self.scheme == "http" and self.tls != TlsSettings():
            raise ValueError("tls: has no meaning with scheme: http")
        for slot in self.slots:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", slot):
                raise ValueError(f"slots: {slot!r} is not a slot ID like clk1 or io3")
        return self

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The IP addresses of this agent that stand for the device, wildcards included."""
        return tuple(parse_listen(text)[0] for text in self.listen)

    @property
    def base_url(self) -> str:
        """URL without path: scheme, address, and the port where it is not the scheme's own."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        own = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port not in (None, own) else "")

    @property
    def branches(self) -> tuple[str, ...]:
        """Branches of its configuration that are read: those asked for, else those there are if it may be written."""
        if self.poll.branches is not None:
            return self.poll.branches
        return CONFIGURATION_BRANCHES if self.writes.enabled else ()

    @property
    def user(self) -> str | None:
        """User name with ${VARIABLE} replaced."""
        return None if self.username is None else expand(self.username)

    @property
    def proxy_mode(self) -> str:
        """bypass, system or explicit."""
        mode = self.proxy.lower()
        return "bypass" if mode == "bypassproxy" else mode if mode in {"bypass", "system"} else "explicit"
