"""Secrets are had from reveal() alone."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.config import Secret, Settings, load_settings
from agent.errors import ConfigError

VALUES = {"LAB_PASSWORD": "hunter2-password", "LAB_AUTH": "hunter2-auth", "LAB_PRIV": "hunter2-priv"}
COMMUNITY = "hunter2-community"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a secret of every sort."""
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)
    data = {
        "devices": [{"name": "a", "address": "192.0.2.1", "username": "u", "password": "${LAB_PASSWORD}"}],
        "snmp": {
            "communities": [{"name": COMMUNITY}],
            "users": [{"name": "n", "auth": {"passphrase": "${LAB_AUTH}"}, "priv": {"passphrase": "${LAB_PRIV}"}}],
        },
    }
    (tmp_path / "agent.yaml").write_text(yaml.safe_dump(data))
    return load_settings(tmp_path / "agent.yaml")


def test_the_secrets_are_there(settings: Settings) -> None:
    (device,), (community,), (user,) = settings.devices, settings.snmp.communities, settings.snmp.users
    assert device.password is not None
    assert user.auth is not None
    assert user.priv is not None
    found = [one.reveal() for one in (device.password, user.auth.passphrase, user.priv.passphrase, community.name)]
    assert found == [*VALUES.values(), COMMUNITY]


def test_no_way_to_print_settings_shows_a_secret(settings: Settings) -> None:
    printed = [
        repr(settings), str(settings), f"{settings}", repr(settings.model_dump()), settings.model_dump_json(),
        repr(settings.model_dump(mode="json")), json.dumps(settings.model_dump(mode="json")),
        repr(settings.model_copy()), logging.makeLogRecord({"msg": "%s", "args": (settings,)}).getMessage(),
        repr(settings.devices[0].__dict__), repr(vars(settings.snmp)),
    ]  # fmt: skip
    for text in printed:
        assert "hunter2" not in text
        assert "***" in text


def test_settings_with_secrets_are_not_pickled(settings: Settings) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not to be pickled"):
            pickle.dumps(settings, protocol)
    with pytest.raises(TypeError, match="not to be pickled"):
        copy.deepcopy(settings)


def test_a_secret_shows_stars_in_every_format_and_compares_by_value() -> None:
    secret = Secret("hunter2")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", "%s" % secret, ascii(secret)]  # noqa: UP031
    assert not any("hunter2" in text for text in shown)
    assert secret == Secret("hunter2")
    assert secret != Secret("other")
    assert secret != "hunter2"
    assert len({secret, Secret("hunter2")}) == 1


BROKEN: list[dict[str, Any]] = [
    {"devices": [{"name": "a", "address": "x", "username": "u", "password": "hunter2"}]},
    {"devices": [{"name": "a", "address": "x", "username": "u", "password": ["hunter2"]}]},
    {"devices": [{"name": "a", "address": "x", "passwort": "hunter2"}]},
    {"devices": [{"name": "a", "address": "x", "proxy": "http://u:hunter2@proxy"}]},
    {"devices": [{"name": "a", "address": "u:hunter2@x"}]},
    {"devices": [{"name": "a", "address": "x", "password": "${LAB_SECRET}"}]},
    {"snmp": {"communities": [{"name": "hunter2"}, {"name": "hunter2"}]}},
    {"snmp": {"communities": [{"name": "hunter2", "view": "nowhere"}]}},
    {"snmp": {"communities": ["hunter2"]}},
    {"snmp": {"users": [{"name": "n", "auth": {"passphrase": "${LAB_SECRET}"}}]}},
    {"snmp": {"users": [{"name": "n", "auth": {"passphrase": "hunter2"}}]}},
    {"snmp": {"users": [{"name": "n", "auth": "hunter2"}]}},
]


@pytest.mark.parametrize("data", BROKEN, ids=str)
def test_no_error_shows_a_secret(data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_SECRET", "hunter2")
    (tmp_path / "agent.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path / "agent.yaml")
    assert "hunter2" not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"


def secret_of(folder: Path, written: str) -> str:
    data = {"devices": [{"name": "a", "address": "x", "username": "u", "password": written}]}
    (folder / "agent.yaml").write_text(yaml.safe_dump(data))
    password = load_settings(folder / "agent.yaml").devices[0].password
    assert password is not None
    return password.reveal()


def test_a_secret_comes_from_a_file_without_its_last_line_break(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text(" top secret \r\n")
    assert secret_of(tmp_path, f"file:{tmp_path}/pw") == " top secret "


def test_a_secret_comes_from_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pw").write_text("top secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert secret_of(tmp_path, "credential:pw") == "top secret"
    for name in ("../pw", "a/b", "", ".", ".."):
        with pytest.raises(ConfigError, match="takes a plain name"):
            secret_of(tmp_path, f"credential:{name}")


def test_an_empty_secret_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pw").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        secret_of(tmp_path, f"file:{tmp_path}/pw")
    monkeypatch.setenv("EMPTY", "")
    with pytest.raises(ConfigError, match="EMPTY is not set"):
        secret_of(tmp_path, "${EMPTY}")


def test_a_variable_in_a_user_name_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_USER", "ops")
    monkeypatch.setenv("LAB_SECRET", "x")
    data = {"devices": [{"name": "a", "address": "x", "username": "${LAB_USER}-ro", "password": "${LAB_SECRET}"}]}
    (tmp_path / "agent.yaml").write_text(yaml.safe_dump(data))
    assert load_settings(tmp_path / "agent.yaml").devices[0].user == "ops-ro"
