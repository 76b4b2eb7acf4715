"""Settings that managers may write: which they are, and how what was written meets what is configured.

A written value holds over restarts until the configured value of the same setting changes: then the operator who
edited the file has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from agent.config import Settings
from agent.mib.encoding import Oid
from agent.wire.writing import Assignment

FIELDS: Final = {
    "lnbHttpTracking": ("http", "tracking"),
    "lnbHttpMaxCount": ("http", "max_count"),
    "lnbHttpDataLossLimit": ("http", "data_loss_limit_percent"),
    "lnbIacMaxCount": ("interapp", "max_count"),
    "lnbIacKeepMinutes": ("interapp", "keep_minutes"),
    "lnbNotifyLogMaxCount": ("alarms", "log_max_count"),
    "lnbNotifyLogKeepMinutes": ("alarms", "log_keep_minutes"),
    "sysContact": ("snmp", "contact"),
    "sysName": ("snmp", "system_name"),
    "sysLocation": ("snmp", "location"),
}
"""Object name to section and key of the settings."""


def configured(settings: Settings, name: str) -> Any:
    """The value of a writable object in the settings."""
    section, key = FIELDS[name]
    return getattr(getattr(settings, section), key)


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with new values of writable objects; the given ones are not changed."""
    sections: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name in FIELDS:
            section, key = FIELDS[name]
            sections.setdefault(section, {})[key] = value
    changed = {
        section: getattr(settings, section).model_copy(update=values_of) for section, values_of in sections.items()
    }
    return settings.model_copy(update=changed)


def still_valid(settings: Settings, written: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Of what was written (value, configured value then), what holds with these settings."""
    return {
        name: value for name, (value, then) in written.items() if name in FIELDS and configured(settings, name) == then
    }


class WrittenSettings:
    """Owner of settings that are objects and that nobody else looks after.

    Args:
        names: the objects.
        take: has the settings changed, or raises and has changed nothing.
    """

    def __init__(self, names: Iterable[str], take: Callable[[Mapping[str, Any], str], None]) -> None:
        self.names = tuple(names)
        self._take = take

    def check(self, name: str, instance: Oid, value: Any) -> int:
        """No setting depends on anything but its own syntax."""
        return 0

    def assign(self, wanted: Sequence[Assignment], who: str) -> None:
        """Take the values, all of them, or raise and have changed nothing."""
        self._take({each.name: each.value for each in wanted}, who)
