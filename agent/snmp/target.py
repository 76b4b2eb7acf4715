"""Receivers as the notifier takes them: settings, user and view together, and the dialect each is spoken to in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from agent.config import NotificationSettings, ReceiverSettings, UserSettings
from agent.model.severity import Severity
from agent.snmp.engineid import EngineIdentity
from agent.wire.access import Level
from agent.wire.counters import Counters
from agent.wire.delivery import Policy
from agent.wire.peer import V3Informs
from agent.wire.policy import LEVELS, make_user
from agent.wire.selection import Selection
from agent.wire.trap import Dialect, V1Traps, V2cNotifications, V3Traps
from agent.wire.usm import Usm
from agent.wire.view import View


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """This agent's own SNMP engine, as the notifications name it.

    Attributes:
        time_s: seconds since its boots last rose; the same as the answering side's.
        salts: for the privacy of traps, shared with nobody who answers.
    """

    identity: EngineIdentity
    time_s: Callable[[], int]
    salts: Iterator[int]


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver.

    Attributes:
        user: of v3.
        view: the notify view of its community or user; what is not in it is not sent (RFC 3413 3.3).
        views: the same by device, where the device's context is named and its view is another one.
    """

    settings: ReceiverSettings
    view: View
    user: UserSettings | None = None
    views: Mapping[str, View] = field(default_factory=dict)

    @property
    def is_confirmed(self) -> bool:
        """Informs rather than traps."""
        return self.settings.kind == "inform"


def make_targets(
    settings: NotificationSettings,
    users: Iterable[UserSettings],
    views: Mapping[str, View],
    of_user: Callable[[str, Level, str], View],
    devices: Collection[str] = (),
) -> tuple[Target, ...]:
    """The receivers of a configuration.

    Args:
        settings: already checked, users and views included.
        users: of snmp.users.
        views: of snmp.views and the built-in ones, by name.
        of_user: the notify view of a user at a level in a context.
        devices: whose contexts there are.
    """
    by_name = {user.name: user for user in users}

    def target(one: ReceiverSettings) -> Target:
        if one.user is None:
            return Target(one, views[one.named_view or ""])
        user = by_name[one.user]
        level = LEVELS[one.level or user.highest_level]
        view = of_user(user.name, level, "")
        named = {device: of_user(user.name, level, device) for device in devices if one.context == "device"}
        return Target(one, view, user, {device: other for device, other in named.items() if other != view})

    return tuple(map(target, settings.receivers))


def make_policy(settings: ReceiverSettings) -> Policy:
    """How a receiver is served."""
    return Policy(
        settings.kind == "inform",
        settings.timeout_s,
        settings.retries,
        settings.window,
        settings.queue_limit,
        settings.ping_interval_s,
        settings.resend_s,
    )


def make_selection(target: Target) -> Selection:
    """What a receiver gets."""
    settings = target.settings
    minimum = Severity[settings.minimum_severity.upper()] if settings.minimum_severity else None
    return Selection(
        target.view, settings.version != "v1", minimum, settings.devices, settings.types, views=target.views
    )


def make_dialect(target: Target, engine: LocalEngine) -> Dialect:
    """How a receiver is spoken to."""
    settings = target.settings
    if target.user is None:
        community = settings.community.reveal().encode() if settings.community else b""
        if settings.version == "v1":
            return V1Traps(community)
        return V2cNotifications(community, is_confirmed=target.is_confirmed)
    level = LEVELS[settings.level or target.user.highest_level]
    identity = engine.identity
    localized = partial(make_user, target.user)
    of_device = settings.context == "device"
    if target.is_confirmed:
        return V3Informs(
            localized, level, identity.engine_id, _message_id, secrets.randbits(64), names_device=of_device
        )
    usm = Usm(identity.engine_id, identity.boots, engine.time_s, {}, Counters(), engine.salts)
    return V3Traps(usm, localized(identity.engine_id), level, _message_id, names_device=of_device)


def _message_id() -> int:
    return secrets.randbits(31)
