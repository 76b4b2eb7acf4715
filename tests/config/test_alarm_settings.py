"""Alarm settings: strict, with defaults from the declarations, overridable per device."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.config import AlarmSettings, Settings, load_settings
from agent.errors import ConfigError
from agent.model.alarm.catalogue import TYPES
from agent.model.alarm.step import Patience
from agent.model.alarm.storm import StormLimits
from agent.model.severity import Severity
from tests.support.tools import PROJECT

HIGH = {"temperatureOutOfRange": {"high_c": 60}}


def loaded(tmp_path: Path, **data: Any) -> Settings:
    path = tmp_path / "agent.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_settings(path)


def test_without_configuration_every_rule_is_as_declared() -> None:
    rules = AlarmSettings().rules
    assert {kind.name: rules.rule(kind.name) for kind in TYPES} == {kind.name: kind.defaults for kind in TYPES}


def test_patience_and_storms_are_by_default_what_the_model_has() -> None:
    assert AlarmSettings().patience == Patience()
    assert AlarmSettings().storm_limits == StormLimits()


def test_a_device_has_the_rules_at_the_top_and_its_own_key_by_key(tmp_path: Path) -> None:
    own = {"temperatureOutOfRange": {"low_c": 10}, "clockHoldover": {"severity": "critical"}}
    devices = [{"name": "a", "address": "h", "alarms": own}, {"name": "b", "address": "h"}]
    settings = loaded(tmp_path, alarms={"rules": HIGH}, devices=devices)
    a, b = (device.alarms for device in settings.devices)
    assert a.rule("temperatureOutOfRange").thresholds == {"high_c": 60.0, "low_c": 10.0, "band_c": 2.0}
    assert b.rule("temperatureOutOfRange").thresholds == {"high_c": 60.0, "low_c": 0.0, "band_c": 2.0}
    assert a.rule("clockHoldover").severity is Severity.CRITICAL
    assert settings.alarms.rules.rule("clockHoldover").severity is Severity.MINOR


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"alarms": {"rules": {"antenaFault": {}}}}, r"rules\.antenaFault: unknown key; known here: antennaFault"),
        ({"alarms": {"rules": {"antennaFault": {"high": 1}}}}, r"antennaFault\.high: unknown key; known here: clear"),
        ({"alarms": {"rules": {"antennaFault": {"severity": "cleared"}}}}, r"antennaFault\.severity: .*'warning'"),
        ({"alarms": {"rules": {"antennaFault": {"raise_after_s": -1}}}}, r"antennaFault\.raise_after_s"),
        ({"alarms": {"rules": {"ptpPortUnexpected": {"states": ["slaave"]}}}}, r"Unexpected\.states\[0\]: .*'slave'"),
        ({"alarms": {"log_max_count": 0}}, r"alarms\.log_max_count"),
        ({"alarms": {"storm": {"count": 4}}}, r"alarms\.storm\.count"),
        (
            {"devices": [{"name": "a", "address": "h", "alarms": {"antennaFault": {"x": 1}}}]},
            r"devices\[0\]\.alarms\.antennaFault\.x: unknown key",
        ),
        ({"devices": [{"name": "a", "address": "h", "alarms": 3}]}, r"devices\[0\]\.alarms"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_what_is_allowed(tmp_path: Path, data: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        loaded(tmp_path, **data)


def test_a_mistake_at_the_top_is_not_told_again_for_every_device(tmp_path: Path) -> None:
    devices = [{"name": name, "address": "h"} for name in "abc"]
    with pytest.raises(ConfigError) as problem:
        loaded(tmp_path, alarms={"rules": {"antennaFault": {"x": 1}}}, devices=devices)
    assert str(problem.value).count("unknown key") == 1


def test_the_sample_shows_every_alarm_setting_with_its_default() -> None:
    text = (PROJECT / "config" / "lantime-agent.yaml").read_text(encoding="utf-8")
    (section,) = re.findall(r"^# alarms:\n(?:#  .*\n)+", text, re.M)
    shown = yaml.safe_load("\n".join(line.removeprefix("# ") for line in section.splitlines()))["alarms"]
    assert shown == AlarmSettings().model_dump(mode="json") | {"rules": shown["rules"]}
    declared = {kind.name: _as_written(kind.name) for kind in TYPES}
    assert {name: {"enabled": True, **rule} for name, rule in shown["rules"].items()} == declared


def _as_written(name: str) -> dict[str, Any]:
    dumped: dict[str, Any] = AlarmSettings().rules.model_dump(mode="json")[name]
    return dumped
