"""The settings, frozen. Every key of the configuration file is a field here, with its default and its bounds."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from agent.config.secret import OpenSecret, Secret, expand

DEFAULT_ROOT = "1.3.6.1.4.1.8072.9999.9999.5597"
"""Below net-snmp's arc for experiments, until an enterprise number is assigned."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_OID = re.compile(r"[0-2](\.\d{1,10})+")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("1 to 32 letters, digits, '.', '_' or '-', beginning with a letter or digit")
    return value


def _oid(value: Any) -> str:
    text = str(value).lstrip(".")
    if not _OID.fullmatch(text) or any(int(part) >= 2**32 for part in text.split(".")):
        raise ValueError("an OID in dotted digits, like 1.3.6.1.2.1.1")
    return text


_HOST_PROBLEM = "a host name or IP address, without scheme, port, path or credentials"


def _host(value: str) -> str:
    if not value or len(value) > 253 or re.search(r"[\s/@?#]", value):
        raise ValueError(_HOST_PROBLEM)
    host = value.strip("[]")
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError(_HOST_PROBLEM) from None
    return host


def _fingerprint(value: str) -> str:
    digits = value.replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(digits):
        raise ValueError("a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed")
    return digits


def _from_folder(value: Path, info: ValidationInfo) -> Path:
    """The path, counted from the configuration file's folder when there is a file."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / value


Name = Annotated[str, AfterValidator(_name)]
Oid = Annotated[str, BeforeValidator(_oid)]
Host = Annotated[str, AfterValidator(_host)]


class Model(BaseModel):
    """Base of all settings: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TlsSettings(Model):
    """How a device's HTTPS certificate is checked: `verify`, and a CA file or a pinned fingerprint of your own."""

    verify: bool = True
    ca_file: Annotated[Path, AfterValidator(_from_folder)] | None = None
    fingerprint: Annotated[str, AfterValidator(_fingerprint)] | None = None

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


class PollSettings(Model):
    """How often and how patiently a device is asked."""

    interval_s: Annotated[float, Field(ge=10, le=86_400)] = 30
    configuration_interval_s: Annotated[float, Field(ge=60, le=604_800)] = 600
    configuration_batch: Annotated[int, Field(ge=1, le=100)] = 4
    inventory_interval_s: Annotated[float, Field(ge=60, le=86_400)] = 600
    mode: Literal["tree", "subtrees"] = "tree"
    subtrees: tuple[str, ...] = DEFAULT_SUBTREES
    configuration: bool = True
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
        for path in self.subtrees:
            if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.:-]+)*", path):
                raise ValueError(f"subtrees: {path!r} is not a path below /api/status, like network/ports")
        return self


class Auth(str, Enum):
    """How requests are authenticated."""

    BASIC = "basic"
    TOKEN = "token"  # noqa: S105 - a scheme, not a secret


class DeviceSettings(Model):
    """One LANTIME."""

    name: Name
    address: Host
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    scheme: Literal["https", "http"] = "https"
    username: str | None = None
    password: Secret | None = None
    auth: Auth = Auth.BASIC
    tls: TlsSettings = TlsSettings()
    proxy: str = "bypass"
    slots: dict[str, str | None] = {}
    poll: PollSettings = PollSettings()
    overlays: tuple[Path, ...] = ()
    enabled: bool = True

    @model_validator(mode="before")
    @classmethod
    def _slot_list(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("slots"), list):
            data = {**data, "slots": {str(slot): None for slot in data["slots"]}}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> DeviceSettings:
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
    def base_url(self) -> str:
        """URL without path: scheme, address, and the port where it is not the scheme's own."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        own = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port not in (None, own) else "")

    @property
    def user(self) -> str | None:
        """User name with ${VARIABLE} replaced."""
        return None if self.username is None else expand(self.username)

    @property
    def proxy_mode(self) -> str:
        """bypass, system or explicit."""
        mode = self.proxy.lower()
        return "bypass" if mode == "bypassproxy" else mode if mode in {"bypass", "system"} else "explicit"


AuthProtocol = Literal["SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
PrivProtocol = Literal["AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C"]


class AuthKey(Model):
    """Authentication of an SNMPv3 user."""

    protocol: AuthProtocol = "SHA-256"
    passphrase: Secret


class PrivKey(Model):
    """Privacy of an SNMPv3 user. AES-192 and AES-256 as net-snmp names them; -C is the Reeder extension."""

    protocol: PrivProtocol = "AES-128"
    passphrase: Secret


class UserSettings(Model):
    """One SNMPv3 user; what it is given decides its level: authPriv, authNoPriv, or (explicitly) noAuthNoPriv."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    auth: AuthKey | None = None
    priv: PrivKey | None = None
    view: str = "default"
    write_view: str | None = None
    allow_unauthenticated: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> UserSettings:
        if self.priv and not self.auth:
            raise ValueError("priv needs auth")
        if not self.auth and not self.allow_unauthenticated:
            raise ValueError("a user without auth lets everybody read; write allow_unauthenticated: true to mean it")
        for key in (self.auth, self.priv):
            if key and len(key.passphrase.reveal()) < 8:
                raise ValueError("passphrases have 8 or more characters (RFC 3414 11.2)")
        return self

    @property
    def level(self) -> str:
        """The user's security level."""
        return "authPriv" if self.priv else "authNoPriv" if self.auth else "noAuthNoPriv"


class CommunitySettings(Model):
    """One v1/v2c community, and the networks it may be used from (none given: all)."""

    name: OpenSecret
    view: str = "default"
    write_view: str | None = None
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _networks(self) -> CommunitySettings:
        for source in self.sources:
            try:
                ipaddress.ip_network(source)
            except ValueError as problem:
                raise ValueError(f"sources: {source!r} is not a network like 192.0.2.0/24") from problem
        if not 1 <= len(self.name.reveal()) <= 255:
            raise ValueError("name: 1 to 255 characters")
        return self


class ViewSettings(Model):
    """What a group may see: subtrees included and excluded; the longest match decides (RFC 3415)."""

    include: tuple[Oid, ...]
    exclude: tuple[Oid, ...] = ()


SECURITY_SUBTREES = ("1.3.6.1.6.3.15", "1.3.6.1.6.3.16", "1.3.6.1.6.3.18")
"""Users, views and communities: in no view unless one is written that includes them."""

DEFAULT_VIEW = ViewSettings(include=("1.3.6.1",), exclude=SECURITY_SUBTREES)
_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%\w]+)\]|(?P<v4>[0-9.]+)):(?P<port>\d{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Address and port of "127.0.0.1:1161" or "[::1]:1161".

    Raises:
        ValueError: saying what is allowed.
    """
    found = _LISTEN.fullmatch(text)
    if found:
        host, port = found["v6"] or found["v4"], int(found["port"])
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            found = None
        else:
            if port < 65536:
                return host, port
    raise ValueError(f"{text!r} is not an address and port like 0.0.0.0:161 or [::]:161")


class SnmpSettings(Model):
    """The SNMP side: where it listens, and who may read what."""

    listen: tuple[str, ...] = ("0.0.0.0:1161", "[::]:1161")
    engine_id: str | None = None
    engine: Literal["wire", "pysnmp"] = "wire"
    max_message_size: Annotated[int, Field(ge=484, le=65507)] = 1472
    contact: Annotated[str, Field(max_length=255)] = ""
    system_name: Annotated[str, Field(max_length=255)] = ""
    location: Annotated[str, Field(max_length=255)] = ""
    communities: tuple[CommunitySettings, ...] = ()
    users: tuple[UserSettings, ...] = ()
    views: dict[str, ViewSettings] = {}

    @model_validator(mode="after")
    def _consistent(self) -> SnmpSettings:
        for number, text in enumerate(self.listen):
            try:
                parse_listen(text)
            except ValueError as problem:
                raise ValueError(f"listen[{number}]: {problem}") from None
        if not self.listen:
            raise ValueError("listen: at least one address and port")
        if self.engine == "pysnmp" and not all(text.startswith(("127.", "[::1]")) for text in self.listen):
            raise ValueError("engine: pysnmp is for comparison and listens on loopback only (127.x.x.x, [::1])")
        granted: list[tuple[str, CommunitySettings | UserSettings]] = []
        granted += [(f"communities[{n}]", entry) for n, entry in enumerate(self.communities)]
        granted += [(f"users[{n}]", entry) for n, entry in enumerate(self.users)]
        for place, entry in granted:
            for key, view in (("view", entry.view), ("write_view", entry.write_view)):
                if view is not None and view not in self.all_views:
                    known = ", ".join(sorted(self.all_views))
                    raise ValueError(f"{place}.{key}: {view!r} is not defined; views are: {known}")
        if len({entry.name for entry in self.communities}) != len(self.communities):
            raise ValueError("communities: a name is given twice")
        if len({entry.name for entry in self.users}) != len(self.users):
            raise ValueError("users: a name is given twice")
        if self.engine_id is not None and not re.fullmatch(r"(?:0x)?[89a-fA-F][0-9a-fA-F]{9,63}", self.engine_id):
            raise ValueError("engine_id: 5 to 32 octets in hexadecimal, the first bit set (RFC 3411 5)")
        if self.engine_id is not None and len(self.engine_id.removeprefix("0x")) % 2:
            raise ValueError("engine_id: an even number of hexadecimal digits")
        return self

    @property
    def all_views(self) -> dict[str, ViewSettings]:
        """The views, with the built-in `default` unless the file defines its own."""
        return {"default": DEFAULT_VIEW, **self.views}


class HttpSettings(Model):
    """Tracking of the requests to the devices, as served in the HTTP session table."""

    tracking: bool = True
    max_count: Annotated[int, Field(ge=1, le=10_000)] = 25


class AttributeSettings(Model):
    """The table of leaves that no typed column serves."""

    max_count: Annotated[int, Field(ge=0, le=1_000_000)] = 50_000


class Settings(Model):
    """The whole configuration."""

    state_dir: Path = Path("/var/lib/lantime-agent")
    root_oid: Oid = DEFAULT_ROOT
    snmp: SnmpSettings = SnmpSettings()
    http: HttpSettings = HttpSettings()
    attributes: AttributeSettings = AttributeSettings()
    poll: PollSettings = PollSettings()
    max_parallel_polls: Annotated[int, Field(ge=1, le=256)] = 32
    overlays: tuple[Path, ...] = ()
    devices: tuple[DeviceSettings, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _device_defaults(cls, data: Any) -> Any:
        """`poll` at the top holds the defaults of every device's own `poll`."""
        if not isinstance(data, dict) or not isinstance(data.get("poll"), dict):
            return data
        devices = data.get("devices")
        if isinstance(devices, list):
            data = {**data, "devices": [_with_defaults(device, data["poll"]) for device in devices]}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        names = [device.name for device in self.devices]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"devices: the name {name!r} is given twice")
        if not self.root_oid.startswith(("1.3.6.1.4.1.", "1.3.6.1.3.")):
            raise ValueError("root_oid: below 1.3.6.1.4.1 (enterprises) or 1.3.6.1.3 (experimental)")
        if self.root_oid.startswith("1.3.6.1.4.1.5597.") or self.root_oid == "1.3.6.1.4.1.5597":
            raise ValueError("root_oid: below 1.3.6.1.4.1.5597 is the device vendor's own arc; choose another")
        return self


def _with_defaults(device: Any, poll: dict[str, Any]) -> Any:
    if not isinstance(device, dict) or not isinstance(device.get("poll", {}), dict):
        return device
    return {**device, "poll": {**poll, **device.get("poll", {})}}


class Overlay(Model):
    """Other paths for named objects, for all API generations or for the ones listed."""

    generations: tuple[int, ...] = ()
    paths: dict[str, tuple[str, ...]]

    @model_validator(mode="before")
    @classmethod
    def _single_paths(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("paths"), dict):
            paths = {name: [path] if isinstance(path, str) else path for name, path in data["paths"].items()}
            return {**data, "paths": paths}
        return data

    def applies_to(self, generation: int | None) -> bool:
        """Whether the overlay is for this API generation."""
        return not self.generations or generation in self.generations
