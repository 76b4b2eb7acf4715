"""The device's own notification events, changes of its configuration, restarts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.model.alarm.facts import Key, Scene
from agent.model.alarm.finding import Condition, Sight
from agent.model.alarm.kind import AlarmType, RuleSettings, Threshold
from agent.model.severity import Severity

_SEVERITY: Final = {"critical": Severity.CRITICAL, "error": Severity.MAJOR, "warning": Severity.WARNING}
"""Types of events that are alarms."""

_CONFIGURATION_CHANGED: Final = "device-configuration-changed"
_REBOOT: Final = "system-reboot"
_SELF_SIGNED: Final = "self-signed-https-certificate-in-use"


def _happened(scene: Scene, key: Key) -> bool:
    """Whether an event was triggered anew since the poll before."""
    now = scene.facts.at("lnbEventLastTriggered", key)
    if scene.before is None or now is None or scene.before.at("lnbEventKey", key) is None:
        return False
    return bool(now != scene.before.at("lnbEventLastTriggered", key))


def _events(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    """An event is the case while it is triggered; one that came and went between two polls is seen by its time."""
    ignored = settings.words("ignored")
    for key, name in scene.facts.rows("lnbEventKey").items():
        severity = _SEVERITY.get(scene.facts.at("lnbEventType", key))
        if severity is None or name in ignored:
            continue
        triggered = scene.facts.at("lnbEventTriggered", key)
        if triggered is None:
            condition = Condition.UNKNOWN
        else:
            condition = Condition.TRUE if triggered or _happened(scene, key) else Condition.FALSE
        chosen = severity if settings.severity is Severity.INDETERMINATE else settings.severity
        text = f"Device event {name}"
        yield Sight(f"event/{name}", condition, name, text, "lnbEventTriggered", key, chosen)


def _action(scene: Scene, event: str) -> Iterator[Sight]:
    for key, name in scene.facts.rows("lnbEventKey").items():
        if name == event and _happened(scene, key):
            yield Sight("", Condition.TRUE, name, object_name="lnbEventLastTriggered", key=key)


def _configuration(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _action(scene, _CONFIGURATION_CHANGED)


def _rebooted(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    """By the uptime, which fell; where there is none, by the device's own event."""
    key = (scene.site.index,)
    now = scene.facts.at("lnbSystemUptime", key)
    before = scene.before.at("lnbSystemUptime", key) if scene.before else None
    if now is None or before is None:
        yield from _action(scene, _REBOOT)
    elif now < before:
        yield Sight("", Condition.TRUE, f"up for {now} s", object_name="lnbSystemUptime", key=key)


_EVENT_COLUMNS: Final = ("lnbEventKey", "lnbEventLastTriggered")

DEVICE_EVENT = AlarmType(
    27, "deviceEvent", Severity.INDETERMINATE,
    text="Device event",
    cause="A notification event of type warning, error or critical is triggered on the device, or was between two "
    "polls. The value is its name; the severity follows its type (critical, error: major, warning) unless one is "
    "configured.",
    remedy="See the device's manual for the event; events that do not concern you go into `ignored`.",
    rule=_events, reads=(*_EVENT_COLUMNS, "lnbEventType", "lnbEventTriggered"),
    thresholds=(Threshold("ignored", (_SELF_SIGNED,), "keys of events (lnbEventKey) that are no alarms"),),
)  # fmt: skip
DEVICE_CONFIG_CHANGED = AlarmType(
    28, "deviceConfigChanged", Severity.WARNING,
    text="Configuration of the device was changed",
    cause="The device's event device-configuration-changed was triggered since the poll before.",
    remedy="None when it was done on purpose: acknowledge it.",
    rule=_configuration, reads=_EVENT_COLUMNS, once=True, clear_after_s=3600,
)  # fmt: skip
DEVICE_REBOOTED = AlarmType(
    29, "deviceRebooted", Severity.MINOR,
    text="Device was restarted",
    cause="The device's uptime fell from one poll to the next.",
    remedy="Find out why, if it was not done on purpose: power, watchdog, firmware update.",
    rule=_rebooted, reads=("lnbSystemUptime", *_EVENT_COLUMNS), once=True, clear_after_s=3600,
)  # fmt: skip

TYPES = (DEVICE_EVENT, DEVICE_CONFIG_CHANGED, DEVICE_REBOOTED)
