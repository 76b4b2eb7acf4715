"""The access policy of a configuration."""

from __future__ import annotations

from collections.abc import Mapping

from agent.config import SnmpSettings
from agent.mib.module import parse_oid
from agent.wire.access import Access, Grant, Level, Model
from agent.wire.view import NOTHING, View, make_view

_LEVELS = {
    "noAuthNoPriv": Level.NO_AUTH_NO_PRIV,
    "authNoPriv": Level.AUTH_NO_PRIV,
    "authPriv": Level.AUTH_PRIV,
}


def make_access(settings: SnmpSettings) -> Access:
    """The access policy of a configuration; communities act with v1 and v2c, users at their own level."""
    views: dict[str | None, View] = {
        name: make_view(map(parse_oid, view.include), map(parse_oid, view.exclude))
        for name, view in settings.all_views.items()
    }
    views[None] = NOTHING
    grants: dict[tuple[Model, str], Grant] = {}
    for number, community in enumerate(settings.communities):
        grant = Grant(Level.NO_AUTH_NO_PRIV, views[community.view], views[community.write_view])
        for model in (Model.V1, Model.V2C):
            grants[model, community_name(number)] = grant
    for user in settings.users:
        grants[Model.USM, user.name] = Grant(_LEVELS[user.level], views[user.view], views[user.write_view])
    return Access(grants)


def _write_view(views: Mapping[str, View], name: str | None) -> View:
    return NOTHING if name is None else views[name]


def community_name(number: int) -> str:
    """The security name of a community, which is no secret."""
    return f"community{number}"
