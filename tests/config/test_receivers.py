"""Notification receivers in the configuration: what is wrong is named with its place and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.config import NotificationSettings, ReceiverSettings, load_settings
from agent.config.receivers import parse_endpoint, parse_source
from agent.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]
NMS = {"name": "nms", "address": "192.0.2.1", "community": "public"}
V3 = {"name": "nms", "address": "192.0.2.1", "version": "v3", "user": "noc"}


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *receivers: dict[str, Any], **keys: Any) -> Any:
    monkeypatch.setenv("PASSPHRASE", "a passphrase")
    key = {"passphrase": "${PASSPHRASE}"}
    users = [{"name": "noc", "auth": key}, {"name": "open", "allow_unauthenticated": True}]
    path = tmp_path / "agent.yaml"
    written = {"snmp": {"users": users}, "notifications": {"receivers": list(receivers), **keys}}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    return load_settings(path).notifications


@pytest.mark.parametrize(
    ("written", "endpoint"),
    [
        ("192.0.2.1", ("192.0.2.1", 162)),
        ("192.0.2.1:1162", ("192.0.2.1", 1162)),
        ("[2001:db8::1]", ("2001:db8::1", 162)),
        ("[fe80::1%eth0]:1162", ("fe80::1%eth0", 1162)),
        ("nms.example.net:65535", ("nms.example.net", 65535)),
        ("nms", ("nms", 162)),
    ],
)
def test_an_address_is_a_name_or_ip_address_with_or_without_a_port(written: str, endpoint: tuple[str, int]) -> None:
    assert parse_endpoint(written) == endpoint


def test_a_source_is_an_ip_address_with_or_without_a_port() -> None:
    assert parse_source("192.0.2.5") == ("192.0.2.5", 0)
    assert parse_source("192.0.2.5:1162") == ("192.0.2.5", 1162)
    assert parse_source("2001:db8::5") == ("2001:db8::5", 0)
    assert parse_source("[2001:db8::5]:1162") == ("2001:db8::5", 1162)


@pytest.mark.parametrize(
    ("changes", "place", "allowed"),
    [
        ({"address": "2001:db8::1"}, ".address", "[2001:db8::1]:162"),
        ({"address": "192.0.2.1:0"}, ".address", "192.0.2.1:162"),
        ({"address": "192.0.2.1:70000"}, ".address", "192.0.2.1:162"),
        ({"address": "300.0.2.1"}, ".address", "192.0.2.1:162"),
        ({"address": "http://nms"}, ".address", "nms.example.net"),
        ({"address": "a b"}, ".address", "nms.example.net"),
        ({"address": ""}, ".address", "nms.example.net"),
        ({"source": "nms"}, ".source", "192.0.2.5"),
        ({"source": "2001:db8::5"}, "", "do not mix"),
        ({"version": "v2"}, ".version", "'v2c'"),
        ({"version": "v1", "kind": "inform"}, "", "v1 has no informs"),
        ({"user": "noc"}, "", "only with v3"),
        ({"community": None}, "", "needs one"),
        ({"timeout_s": 0}, ".timeout_s", "0.1"),
        ({"retries": 256}, ".retries", "255"),
        ({"window": 0}, ".window", "1"),
        ({"queue_limit": 0}, ".queue_limit", "1"),
        ({"resend_s": 0.5}, "", "1 second"),
        ({"minimum_severity": "bad"}, ".minimum_severity", "'critical'"),
        ({"view": "nope"}, ".view", "views are: default"),
        ({"context": "device"}, "", "context: only with v3; v2c has no contexts"),
        ({"version": "v3", "community": None, "user": "noc", "context": "berlin"}, ".context", "'device'"),
        ({"unknown": 1}, ".unknown", "known here: address, community"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(
    changes: dict[str, Any], place: str, allowed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, monkeypatch, {**NMS, **changes})
    assert f"notifications.receivers[0]{place}:" in str(caught.value)
    assert allowed in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"community": "public"}, "community: not with v3"),
        ({"view": "default"}, "view: not with v3"),
        ({"user": None}, "v3 needs a user"),
        ({"user": "nobody"}, "receivers[0].user: 'nobody' is no user of snmp.users; known: noc, open"),
        ({"level": "authPriv"}, "receivers[0].level: authPriv is more than 'noc' has; up to authNoPriv"),
        ({"level": "best"}, "'noAuthNoPriv'"),
    ],
)
def test_v3_receivers_name_a_user_that_can_do_what_is_asked(
    changes: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, monkeypatch, {**V3, **changes})
    assert said in str(caught.value)
    assert load(tmp_path, monkeypatch, V3, {**V3, "name": "b", "user": "open", "level": "noAuthNoPriv"})


def test_names_and_sources_are_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="receivers: the name 'nms' is given twice"):
        load(tmp_path, monkeypatch, NMS, NMS)
    with pytest.raises(ConfigError, match=r"the source 192\.0\.2\.5 port 1162 is given twice"):
        load(
            tmp_path, monkeypatch,
            {**NMS, "source": "192.0.2.5:1162"}, {**NMS, "name": "b", "source": "192.0.2.5:1162"},
        )  # fmt: skip
    assert load(tmp_path, monkeypatch, {**NMS, "source": "192.0.2.5"}, {**NMS, "name": "b", "source": "192.0.2.5"})


def test_a_community_is_not_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hush-hush" not in repr(load(tmp_path, monkeypatch, {**NMS, "community": "hush-hush"}))


def test_the_commented_sample_shows_every_key_with_its_default() -> None:
    lines = (REPOSITORY / "config" / "lantime-agent.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("# notifications:")
    block = lines[start : lines.index("", start)]
    uncommented = "\n".join(re.sub(r"^( *)# (?=\w+:)", r"\1", line.removeprefix("#")) for line in block[1:])
    shown = yaml.safe_load(uncommented)
    (receiver,) = shown.pop("receivers")
    defaults = NotificationSettings()
    assert shown == {key: getattr(defaults, key) for key in NotificationSettings.model_fields if key != "receivers"}
    assert set(receiver) == set(ReceiverSettings.model_fields)
    required = {"name", "address", "community", "user", "level", "source", "view", "minimum_severity"}
    plain = ReceiverSettings.model_validate(NMS)
    for key in receiver.keys() - required:
        assert receiver[key] == (list(value) if isinstance(value := getattr(plain, key), tuple) else value), key
