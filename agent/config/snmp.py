"""Settings of the SNMP side: where it listens, who may read and write what."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from agent.config.base import Model, Oid
from agent.config.secret import OpenSecret, Secret

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
    views: dict[str, ViewSettings] = Field(default={})

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
