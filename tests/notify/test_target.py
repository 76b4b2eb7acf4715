"""Receivers of a configuration: who is told what, as which user at which level."""

from __future__ import annotations

import pytest

from agent.config import NotificationSettings
from agent.snmp.target import make_targets
from agent.wire.access import Level
from agent.wire.view import View
from tests.notify.running import ALL, users, view


def test_a_receiver_has_the_view_it_names_or_its_users_at_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def of_user(name: str, level: Level, context: str) -> View:
        asked.append((name, level))
        return view("1.3.6.1.4")

    receivers = [
        {"name": "a", "address": "192.0.2.1", "community": "x"},
        {"name": "b", "address": "192.0.2.1", "community": "x", "version": "v1", "view": "little"},
        {"name": "c", "address": "192.0.2.1", "version": "v3", "user": "user-priv"},
        {"name": "d", "address": "192.0.2.1", "version": "v3", "user": "user-priv", "level": "authNoPriv"},
    ]
    settings = NotificationSettings.model_validate({"receivers": receivers})
    known = users(monkeypatch)
    targets = make_targets(settings, known, {"default": ALL, "little": view("1.3.6.1.2.1.1")}, of_user)
    assert [target.view for target in targets] == [ALL, view("1.3.6.1.2.1.1"), view("1.3.6.1.4"), view("1.3.6.1.4")]
    assert asked == [("user-priv", Level.AUTH_PRIV), ("user-priv", Level.AUTH_NO_PRIV)]
    assert [target.user for target in targets] == [None, None, known[0], known[0]]


def test_a_receiver_that_is_told_contexts_has_the_view_of_each_where_that_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def of_user(name: str, level: Level, context: str) -> View:
        return view("1.3.6.1.2") if context == "two" else ALL

    receivers = [
        {"name": name, "address": "192.0.2.1", "version": "v3", "user": "user-priv", "context": context}
        for name, context in (("a", "device"), ("b", "default"))
    ]
    settings = NotificationSettings.model_validate({"receivers": receivers})
    told, untold = make_targets(settings, users(monkeypatch), {}, of_user, ["one", "two"])
    assert (told.view, told.views) == (ALL, {"two": view("1.3.6.1.2")})
    assert (untold.view, untold.views) == (ALL, {})
