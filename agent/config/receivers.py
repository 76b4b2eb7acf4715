"""Settings of the notifications: who receives them, how, and which."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from agent.config.base import Model, Name
from agent.config.secret import OpenSecret
from agent.config.user import UserSettings

PORT = 162
"""Where notifications go unless said otherwise (RFC 3417 3.1)."""

LEVELS = ("noAuthNoPriv", "authNoPriv", "authPriv")
"""Security levels (RFC 3411 5), in rising order."""

_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")
_ADDRESS_PROBLEM = "an address like 192.0.2.1:162, [2001:db8::1]:162 or nms.example.net:162; without a port 162 is used"
_SOURCE_PROBLEM = "an own IP address, with or without a port, like 192.0.2.5, 192.0.2.5:1162 or [2001:db8::5]:1162"


def parse_endpoint(text: str, default_port: int = PORT) -> tuple[str, int]:
    """Host (name or IP address) and port of a written address.

    Raises:
        ValueError: saying what is allowed.
    """
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(_ADDRESS_PROBLEM)
    port = int(found["port"]) if found["port"] else default_port
    host = found["v6"] or found["host"]
    if found["v6"] is not None:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError(_ADDRESS_PROBLEM) from None
    elif not _is_host(host):
        raise ValueError(_ADDRESS_PROBLEM)
    if port > 65535:
        raise ValueError(_ADDRESS_PROBLEM)
    return host, port


_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def _is_host(host: str) -> bool:
    """Whether it is an IPv4 address or a host name; digits and dots alone are no name."""
    if re.fullmatch(r"[0-9.]+", host):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return False
        return True
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))


def _endpoint(text: str) -> str:
    _, port = parse_endpoint(text)
    if not port:
        raise ValueError(_ADDRESS_PROBLEM)
    return text


def parse_source(text: str) -> tuple[str, int]:
    """Own IP address and port to send from; port 0 lets the system choose one.

    Raises:
        ValueError: saying what is allowed.
    """
    try:
        host, port = parse_endpoint(text, 0) if not _is_ipv6(text) else (text, 0)
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(_SOURCE_PROBLEM) from None
    return host, port


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _source(text: str) -> str:
    parse_source(text)
    return text


class ReceiverSettings(Model):
    """One receiver of notifications.

    Attributes:
        level: security level of v3 messages; the user's highest when left out.
        view: what a v1 or v2c receiver may be told, by the name of a view of snmp.views; with v3 the user's own counts.
        dialect: whose notifications it gets: ours, those of the vendor's MIB, or one of each.
        source: own address (and port) that its messages leave from. When left out, what is about a device with an
            address of its own leaves from there, and the system chooses for the rest.
        context: with v3, whether what is about a device names the device's context rather than the default one.
        minimum_severity: alarms less severe than this are not sent; all are when left out.
        devices: names of devices, with `*`, `?` and `[...]`; empty for all.
        types: names of alarm types, in the same way.
        window: informs that may wait for their acknowledgement at the same time; 1 keeps their order strictly.
        resend_s: how often every active alarm is sent again; 0 for never.
    """

    name: Name
    enabled: bool = True
    address: Annotated[str, AfterValidator(_endpoint)]
    version: Literal["v1", "v2c", "v3"] = "v2c"
    kind: Literal["trap", "inform"] = "trap"
    community: OpenSecret | None = None
    user: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    level: Literal["noAuthNoPriv", "authNoPriv", "authPriv"] | None = None
    view: str | None = None
    dialect: Literal["own", "vendor", "both"] = "own"
    source: Annotated[str, AfterValidator(_source)] | None = None
    context: Literal["default", "device"] = "default"
    minimum_severity: Literal["critical", "major", "minor", "warning"] | None = None
    devices: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    types: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    timeout_s: Annotated[float, Field(ge=0.1, le=300)] = 5
    retries: Annotated[int, Field(ge=0, le=255)] = 3
    window: Annotated[int, Field(ge=1, le=64)] = 4
    queue_limit: Annotated[int, Field(ge=1, le=100_000)] = 1000
    ping_interval_s: Annotated[float, Field(ge=0.1, le=86_400)] = 30
    resend_s: Annotated[float, Field(ge=0, le=86_400)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> ReceiverSettings:
        if self.version == "v1" and self.kind == "inform":
            raise ValueError("kind: v1 has no informs; write version: v2c or v3, or kind: trap")
        if self.version == "v3":
            if self.community is not None:
                raise ValueError("community: not with v3; name a user of snmp.users with user:")
            if self.view is not None:
                raise ValueError("view: not with v3; what its user may be told counts")
            if self.user is None:
                raise ValueError("user: is missing; v3 needs a user of snmp.users")
        else:
            if self.user is not None or self.level is not None:
                raise ValueError(f"user, level: only with v3; {self.version} needs a community")
            if self.context != "default":
                raise ValueError(f"context: only with v3; {self.version} has no contexts")
            if self.community is None:
                raise ValueError(f"community: is missing; {self.version} needs one")
            if len(self.community.reveal()) > 255:
                raise ValueError("community: 1 to 255 characters")
        if self.source is not None and not self._same_family():
            raise ValueError("source: IPv4 and IPv6 do not mix; it must be of the same sort as address")
        if 0 < self.resend_s < 1:
            raise ValueError("resend_s: 0 for never, or 1 second at least")
        return self

    def _same_family(self) -> bool:
        host, _ = self.endpoint
        try:
            theirs = ipaddress.ip_address(host)
        except ValueError:
            return True  # a name is resolved to what the source is
        return theirs.version == ipaddress.ip_address(parse_source(self.source or "")[0]).version

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port."""
        return parse_endpoint(self.address)

    @property
    def named_view(self) -> str | None:
        """The view of a v1 or v2c receiver; None for v3, where the user's own counts."""
        return None if self.version == "v3" else self.view or "default"

    @property
    def own_endpoint(self) -> tuple[str, int] | None:
        """Own address and port to send from."""
        return None if self.source is None else parse_source(self.source)


class NotificationSettings(Model):
    """Notifications: their receivers.

    Attributes:
        enable_authen_traps: whether authenticationFailure is sent (snmpEnableAuthenTraps, RFC 3418).
    """

    receivers: tuple[ReceiverSettings, ...] = ()
    enable_authen_traps: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> NotificationSettings:
        names = [receiver.name for receiver in self.receivers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"receivers: the name {name!r} is given twice")
        sources = [receiver.own_endpoint for receiver in self.receivers if receiver.own_endpoint]
        for source in sources:
            if source[1] and sources.count(source) > 1:
                raise ValueError(f"receivers: the source {source[0]} port {source[1]} is given twice")
        return self

    def check_views(self, views: Collection[str]) -> None:
        """Check that v1 and v2c receivers name views there are.

        Raises:
            ValueError: naming the receiver, and what is allowed.
        """
        for number, receiver in enumerate(self.receivers):
            if receiver.named_view is not None and receiver.named_view not in views:
                place, known = f"notifications.receivers[{number}].view", ", ".join(sorted(views))
                raise ValueError(f"{place}: {receiver.named_view!r} is not defined; views are: {known}")

    def check_users(self, users: Sequence[UserSettings]) -> None:
        """Check that v3 receivers name users that can do what they ask.

        Raises:
            ValueError: naming the receiver, and what is allowed.
        """
        known = {user.name: user for user in users}
        for number, receiver in enumerate(self.receivers):
            if receiver.user is None:
                continue
            place = f"notifications.receivers[{number}]"
            user = known.get(receiver.user)
            if user is None:
                allowed = ", ".join(sorted(known)) or "none"
                raise ValueError(f"{place}.user: {receiver.user!r} is no user of snmp.users; known: {allowed}")
            if receiver.level and LEVELS.index(receiver.level) > LEVELS.index(user.highest_level):
                has = f"up to {user.highest_level}"
                raise ValueError(f"{place}.level: {receiver.level} is more than {user.name!r} has; {has}")
            level = receiver.level or user.highest_level
            keys = [user.auth if level != "noAuthNoPriv" else None, user.priv if level == "authPriv" else None]
            if receiver.kind == "inform" and any(getattr(key, "localized_key", None) for key in keys):
                raise ValueError(
                    f"{place}.user: informs need a passphrase of {user.name!r}: a localized key is for this agent's "
                    "engine alone, and informs go by the receiver's"
                )
