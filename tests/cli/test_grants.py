"""`check` says in words who may see and set what, and what is unwise about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli import grants as words
from agent.config import Settings, load_settings
from tests.cli.conftest import PASSWORD, Commands
from tests.support.tools import PROJECT

CONFIGURATION = """
snmp:
  listen: ["127.0.0.1:0"]
  communities:
    - {name: Public}
    - {name: operators-1, group: operators, sources: [192.0.2.0/24]}
    - {name: setting-1, write_view: settings, contexts: ["", lantime-1]}
    - {name: fixed-1, context: lantime-1, write_view: none}
    - {name: shut-1, group: shut}
  users:
    - {name: noc, auth: {passphrase: "${PASSWORD}"}, priv: {passphrase: "${PASSWORD}"}, write_view: settings}
    - {name: old, auth: {protocol: MD5, passphrase: "${PASSWORD}"}, allow_weak: true, group: operators}
    - {name: guest, allow_unauthenticated: true, view: settings}
    - {name: keyed, auth: {protocol: SHA-256, localized_key: "${KEY}"}}
  groups:
    operators:
      - {level: noAuthNoPriv, read: row, match: prefix}
      - {model: usm, level: authNoPriv, read: default, write: settings, context: lantime-, match: prefix}
      - {model: usm, level: authPriv, read: default}
    shut:
      - {model: usm, level: authPriv, read: default}
  views:
    settings: {include: [1.3.6.1.2.1.1]}
    row: {include: [1.3.6.1.2.1.1, {oid: 1.3.6.1.2.1.2.2.1.0.7, mask: "ff:bf"}]}
devices:
  - {name: lantime-1, address: 192.0.2.10, scheme: http, username: x, password: "${PASSWORD}"}
  - {name: lantime-2, address: 192.0.2.11, username: x, password: "${PASSWORD}"}
"""

GRANTS = """\
community 0: from everywhere
  v1 and v2c from noAuthNoPriv up, all contexts: reads default, sets nothing, is told default
community 1: from 192.0.2.0/24, group operators
  v1 and v2c from noAuthNoPriv up, all contexts: reads row, sets nothing, is told nothing
community 2: from everywhere
  v1 and v2c from noAuthNoPriv up, default context, context lantime-1: reads default, sets settings, is told default
community 3: from everywhere, always in context lantime-1
  v1 and v2c from noAuthNoPriv up, all contexts: reads default, sets nothing, is told default
community 4: from everywhere, group shut
  v1 and v2c nothing: its group has no row for it
user noc: SHA-256 and AES-128
  usm from authPriv up, all contexts: reads default, sets settings, is told default
user old: MD5, group operators
  usm from noAuthNoPriv up, all contexts: reads row, sets nothing, is told nothing
  usm from authNoPriv up, contexts lantime-*: reads default, sets settings, is told nothing
user guest: no auth, no priv
  usm from noAuthNoPriv up, all contexts: reads settings, sets nothing, is told settings
user keyed: SHA-256
  usm from authNoPriv up, all contexts: reads default, sets nothing, is told default
view default: 1.3.6.1 without 1.3.6.1.6.3.15.1.2, 1.3.6.1.6.3.16, 1.3.6.1.6.3.18
view none: nothing
view settings: 1.3.6.1.2.1.1
view row: 1.3.6.1.2.1.1, 1.3.6.1.2.1.2.2.1.0.7 mask ff:bf
"""

WARNINGS = """\
community 0: its name is one that everybody tries first
community 2: may set objects, and may come from everywhere; give it sources
user old: MD5 is weak
user old: may ask without keys; who knows the name has what it has at noAuthNoPriv
user guest: may ask without keys; who knows the name has what it has at noAuthNoPriv
user keyed: its localized key is right for one engine ID only; set snmp.engine_id
device lantime-1: Basic over plain http; who listens on the way has the password
"""


@pytest.fixture
def settings(command: Commands, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("KEY", "ab" * 32)
    (command.folder / "agent.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return load_settings(Path("agent.yaml"))


def test_everybody_and_every_view_is_put_into_words(settings: Settings) -> None:
    assert list(words.grants(settings.snmp)) == GRANTS.splitlines()


def test_what_is_unwise_is_warned_of(settings: Settings) -> None:
    assert list(words.warnings(settings)) == WARNINGS.splitlines()


def test_check_prints_both_and_no_secret(command: Commands, settings: Settings) -> None:
    result = command("check", "-c", "agent.yaml")
    assert result.exit_code == 0
    for line in (*GRANTS.splitlines(), *(f"warning: {line}" for line in WARNINGS.splitlines())):
        assert f"  {line}\n" in result.output
    for community in settings.snmp.communities:
        assert community.name.reveal() not in result.output
    for secret in (PASSWORD, "ab" * 32):
        assert secret not in result.output


WRITTEN = """
snmp:
  listen: ["127.0.0.1:0"]
  users:
    - {name: noc, auth: {passphrase: "${PASSWORD}"}, priv: {passphrase: "${PASSWORD}"}, write_view: WRITE}
    - {name: half, auth: {passphrase: "${PASSWORD}"}, write_view: default}
  views:
    narrow: {include: [1.3.6.1.2.1.1]}
devices:
  - {name: lantime-1, address: 192.0.2.10, scheme: SCHEME, username: x, password: "${PASSWORD}", writes: true}
"""


def test_a_device_whose_name_leaves_no_room_for_contexts_in_it_is_warned_of(settings: Settings) -> None:
    device = settings.devices[1]
    for octets, warned in ((26, False), (27, True)):
        named = device.model_copy(update={"name": "x" * octets})
        found = list(words.warnings(settings.model_copy(update={"devices": (named,)})))
        assert (
            f"device {'x' * 27}: its name leaves 5 characters of 32 for contexts of what is in it" in found
        ) == warned


@pytest.mark.parametrize(
    ("write", "scheme", "more", "warned"),
    [
        ("default", "https", "", []),
        ("none", "https", "", ["lantime-1: writes are on, and no user may set their configuration at authPriv"]),
        ("narrow", "https", "", ["lantime-1: writes are on, and no user may set their configuration at authPriv"]),
        ("default", "https", "poll: {configuration: false}\n", ["device lantime-1: writes are on, and poll.conf"]),
        ("default", "https", "writing: {allow_insecure: true}\n", ["writing.allow_insecure: who listens on the way"]),
        ("default", "http", "", ["device lantime-1: Basic over plain", "device lantime-1: is written over plain http"]),
    ],
)
def test_what_is_unwise_about_writing_devices_is_warned_of(
    command: Commands, write: str, scheme: str, more: str, warned: list[str]
) -> None:
    text = WRITTEN.replace("WRITE", write).replace("SCHEME", scheme) + more
    (command.folder / "agent.yaml").write_text(text, encoding="utf-8")
    output = command("check", "-c", "agent.yaml").output
    assert "is written\n" in output
    lines = [line for line in output.splitlines() if "warning: " in line]
    assert len(lines) == len(warned)
    for line, start in zip(lines, warned, strict=True):
        assert line.strip().startswith(f"warning: {start}")


def test_a_configuration_with_nothing_unwise_is_not_warned_of(command: Commands) -> None:
    text = (
        "snmp: {communities: [{name: testing, write_view: default, sources: [192.0.2.0/24]}], listen: ['127.0.0.1:0']}"
    )
    (command.folder / "agent.yaml").write_text(text, encoding="utf-8")
    assert "warning" not in command("check", "-c", "agent.yaml").output


def test_the_example_of_the_documentation_is_put_into_the_words_it_shows(
    command: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NOC_AUTH", "NOC_PRIV", "LANTIME_PASSWORD"):
        monkeypatch.setenv(name, PASSWORD)
    page = (PROJECT / "docs" / "access.md").read_text(encoding="utf-8").partition("## An example")[2]
    written, said = page.split("```")[1], page.split("```")[3]
    (command.folder / "agent.yaml").write_text(written.removeprefix("yaml"), encoding="utf-8")
    settings = load_settings(command.folder / "agent.yaml")
    assert [f"  {line}" for line in words.grants(settings.snmp)] == said.strip("\n").splitlines()
