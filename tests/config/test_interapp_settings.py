"""Settings of the bus and its endpoint, and how the sample shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from agent.config import HttpSettings, InterAppSettings, WebSettings

SAMPLE = Path(__file__).parents[2] / "config" / "lantime-agent.yaml"
TOKEN = {"token": "${TOKEN}"}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "a-token-of-the-test-0123")


@pytest.mark.parametrize(
    ("section", "kind"), [("interapp", InterAppSettings), ("web", WebSettings), ("http", HttpSettings)]
)
def test_the_sample_shows_every_key_with_its_default(section: str, kind: type[BaseModel]) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"# {section}:")
    shown = []
    for line in lines[start + 1 :]:
        if not line.startswith("#   "):
            break
        shown.append(line.removeprefix("# "))
    values = yaml.safe_load("\n".join(shown))
    assert set(values) == set(kind.model_fields)
    assert kind.model_validate(values) == kind()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"listen": ["0.0.0.0:8180"], **TOKEN}, "allow_remote: true"),
        ({"listen": ["[::]:8180"], **TOKEN}, "allow_remote: true"),
        ({"listen": ["192.0.2.1:8180"], **TOKEN}, "allow_remote: true"),
        ({"listen": ["127.0.0.1:8180"]}, "token: is needed"),
        ({"listen": ["localhost:8180"], **TOKEN}, "not an address and port"),
        ({"token": "written-into-the-file"}, "a secret is not written into this file"),
        ({"return_urls": ["ftp://127.0.0.1/"]}, "not a URL"),
        ({"return_urls": ["http://user:hush@127.0.0.1/"]}, "no credentials"),
        ({"return_urls": ["http://127.0.0.1:x/"]}, "not a URL"),
        ({"body_limit_kb": 0}, "greater than or equal to 1"),
        ({"sockets": True}, "Extra inputs"),
    ],
)
def test_an_endpoint_that_would_be_open_or_cannot_work_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        WebSettings.model_validate(settings)


def test_a_short_token_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "short-token")
    with pytest.raises(ValidationError) as refused:
        WebSettings.model_validate(TOKEN)
    assert "16 characters" in str(refused.value)
    assert "short-token" not in str(refused.value)


def test_other_addresses_are_listened_on_when_that_is_written() -> None:
    settings = WebSettings.model_validate({"listen": ["0.0.0.0:8180"], "allow_remote": True, **TOKEN})
    assert "a-token" not in repr(settings)


@pytest.mark.parametrize(
    "settings",
    [{"max_count": 0}, {"max_count": 10_001}, {"timeout_s": 0}, {"timeout_s": 700}, {"keep_minutes": -1}],
)
def test_bounds_of_the_bus_are_kept(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        InterAppSettings.model_validate(settings)
