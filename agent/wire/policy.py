"""The policy: all that the answering process needs to know of the configuration, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from agent.config import AccessSettings, SnmpSettings, UserSettings, ViewSettings
from agent.config.grant import community_name
from agent.config.user import Key
from agent.mib.declaration import Module
from agent.mib.module import parse_oid
from agent.wire.access import Access, AccessRow, Level, Match, Model
from agent.wire.community import Community
from agent.wire.family import Family
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS, AuthProtocol, auth_key, extended, localized
from agent.wire.usm import User
from agent.wire.view import EVERYTHING, View, make_view, view_of

MODELS = {"any": Model.ANY, "v1": Model.V1, "v2c": Model.V2C, "usm": Model.USM}
LEVELS = {
    "noAuthNoPriv": Level.NO_AUTH_NO_PRIV,
    "authNoPriv": Level.AUTH_NO_PRIV,
    "authPriv": Level.AUTH_PRIV,
}
MATCHES = {"exact": Match.EXACT, "prefix": Match.PREFIX}

DEFAULT_CONTEXT: Mapping[str, View] = {"": EVERYTHING}


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is known, and what they may see and set. Nothing secret is in its `repr`.

    Attributes:
        communities: by their octets as they come in messages.
        users: by name, with keys localized to this engine.
        max_message_size: the largest message that is sent, octets.
    """

    communities: Mapping[bytes, Community] = field(repr=False)
    users: Mapping[bytes, User]
    access: Access
    max_message_size: int


def make_policy(
    settings: SnmpSettings,
    engine_id: bytes,
    contexts: Mapping[str, View] = DEFAULT_CONTEXT,
    insecure_writes: View = EVERYTHING,
) -> Policy:
    """The policy of a configuration.

    Args:
        settings: the SNMP side of the configuration.
        engine_id: the engine that keys are localized to.
        contexts: what each context shows, by name.
        insecure_writes: what may be written at less than authPriv.
    """
    users = [make_user(user, engine_id) for user in settings.users]
    return Policy(
        make_communities(settings),
        {user.name: user for user in users},
        make_access(settings, contexts, insecure_writes),
        settings.max_message_size,
    )


def make_communities(settings: SnmpSettings) -> dict[bytes, Community]:
    """What each community means."""
    return {
        community.name.reveal().encode(): Community(
            community_name(number), community.context, tuple(ip_network(source) for source in community.sources)
        )
        for number, community in enumerate(settings.communities)
    }


def make_access(
    settings: SnmpSettings, contexts: Mapping[str, View] = DEFAULT_CONTEXT, insecure_writes: View = EVERYTHING
) -> Access:
    """Groups, rows and views of a configuration, over these contexts."""
    return Access(
        groups={(MODELS[member.model], member.name): member.group for member in settings.members},
        rows={name: tuple(map(_row, rows)) for name, rows in settings.all_groups.items()},
        views={name: _view(view) for name, view in settings.all_views.items()},
        contexts=contexts,
        insecure_writes=insecure_writes,
    )


def without_settings(module: Module) -> View:
    """All but what is written to the devices."""
    guarded = [located.oid for located in module.objects.values() if located.column.writes is not None]
    return make_view([(0,), (1,), (2,)], guarded)


def _row(row: AccessSettings) -> AccessRow:
    return AccessRow(
        LEVELS[row.level], row.read, row.write, row.notify, MODELS[row.model], row.context, MATCHES[row.match]
    )


def _view(view: ViewSettings) -> View:
    included = [Family(parse_oid(one.oid), included=True, mask=one.mask_octets) for one in view.include]
    excluded = [Family(parse_oid(one.oid), included=False, mask=one.mask_octets) for one in view.exclude]
    return view_of([*included, *excluded])


def make_user(user: UserSettings, engine_id: bytes) -> User:
    """A user with its keys localized to this engine."""
    name = user.name.encode()
    if user.auth is None:
        return User(name)
    auth = AUTH_PROTOCOLS[user.auth.protocol]
    key = _localized(user.auth, auth, engine_id)
    if user.priv is None:
        return User(name, auth, key)
    priv = PRIV_PROTOCOLS[user.priv.protocol]
    if user.priv.localized_key is not None:
        return User(name, auth, key, priv, user.priv.octets())
    return User(name, auth, key, priv, extended(_localized(user.priv, auth, engine_id), auth, priv, engine_id))


def _localized(key: Key, auth: AuthProtocol, engine_id: bytes) -> bytes:
    """The localized key, as long as the hash, whichever way it is given."""
    if key.localized_key is not None:
        return key.octets()
    if key.key is not None:
        return localized(key.octets(), auth, engine_id)
    return auth_key(key.octets(), auth, engine_id)
