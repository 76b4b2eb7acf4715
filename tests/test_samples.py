"""The samples that are shipped work as they are, and the OID lock holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent.app import load_overlays
from agent.config import load_overlay, load_settings
from agent.config.device import HostSettings
from agent.mib.lock import lock_lines, violations
from agent.mib.module import northbound

REPOSITORY = Path(__file__).parents[1]
CONFIG = REPOSITORY / "config"


def test_the_documented_sample_loads_once_its_secrets_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("noc-auth", "noc-priv"):
        (tmp_path / name).write_text("a passphrase\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for name in ("LANTIME_AGENT_COMMUNITY", "LANTIME_USER", "LANTIME_PASSWORD"):
        monkeypatch.setenv(name, "secret-of-the-test")

    settings = load_settings(CONFIG / "lantime-agent.yaml")

    assert [device.name for device in settings.devices] == ["lantime-1", "lantime-2"]
    assert settings.devices[1].slots == {"clk1": None, "io1": "HPS", "io2": "HPS"}
    assert "secret-of-the-test" not in repr(settings)


def test_the_commented_defaults_of_the_sample_are_the_defaults() -> None:
    """Each commented line of the form `key: value` below `poll:` says the default that is in force."""
    from agent.config import PollSettings

    lines = (CONFIG / "lantime-agent.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("# poll:")
    shown = {}
    for line in lines[start + 1 :]:
        key, colon, value = line.removeprefix("#   ").partition(":")
        if not line.startswith("#   ") or not colon:
            break
        shown[key] = value.partition("#")[0].strip()

    defaults = PollSettings()
    assert float(shown["interval_s"]) == defaults.interval_s
    assert float(shown["deadline_s"]) == defaults.whole_deadline_s
    assert shown["subtrees"].strip("[]").split(", ") == list(defaults.subtrees)
    for key in set(shown) - {"mode", "subtrees", "configuration", "deadline_s", "branches"}:
        assert float(shown[key]) == getattr(defaults, key), key
    assert set(shown) == set(PollSettings.model_fields)


def test_the_commented_keys_of_a_host_in_the_sample_are_the_defaults() -> None:
    lines = (CONFIG / "lantime-agent.yaml").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    # host:"))
    size = len(HostSettings.model_fields)
    shown = yaml.safe_load("\n".join(line.removeprefix("    # ") for line in lines[start + 1 : start + 1 + size]))

    assert shown.keys() == HostSettings.model_fields.keys()
    assert HostSettings(**shown) == HostSettings()


def test_the_demonstration_configuration_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTIME_SIM_PASSWORD", "x")

    assert load_settings(CONFIG / "demo.yaml").devices[0].name == "simulated"


@pytest.mark.parametrize("path", sorted((CONFIG / "overlays").glob("*.yaml")), ids=lambda path: path.name)
def test_every_overlay_names_objects_there_are(path: Path) -> None:
    assert load_overlay(path).paths
    load_overlays(northbound(), (path,))


def test_no_published_object_was_renumbered_retyped_or_dropped_and_new_ones_are_locked() -> None:
    locked = (REPOSITORY / "mibs" / "oid-lock.txt").read_text(encoding="ascii").splitlines()
    current = list(lock_lines(northbound()))

    assert violations(locked, current) == []
    assert locked == current, "add the new objects to the lock: make lock"


def test_the_lock_sees_a_moved_a_retyped_and_a_dropped_object_and_allows_a_new_label() -> None:
    locked = ["1.1 a Integer32", "1.2 b INTEGER { up(1), down(2) }", "1.3 c Gauge32"]

    assert violations(locked, ["1.9 a Integer32", "1.2 b INTEGER { up(1), down(3) }"]) == [
        "a moved from 1.1 to 1.9",
        "b changed its syntax from INTEGER { up(1), down(2) } to INTEGER { up(1), down(3) }",
        "c is gone; published objects stay (STATUS deprecated at most)",
    ]
    assert violations(locked, ["1.1 a Integer32", "1.2 b INTEGER { up(1), down(2), x(3) }", "1.3 c Gauge32"]) == []
