"""A watcher with its state in a folder, notices in a list, and time by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from agent.config import Settings
from agent.mib.module import northbound
from agent.model.alarm.facts import Instant
from agent.model.health import Health
from agent.service.alarmstate import AlarmStore
from agent.service.state import StateStore
from agent.service.watched import Watched, watched
from agent.service.watcher import Surroundings, Watcher
from agent.wire.notice import Notice
from tests.support.scenes import SITE, Scenery

START = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
LOGIN = {"username": "info", "password": "${PATH}"}
NAMES = {(*northbound().root, 0, one.arc): one.name for one in northbound().notifications}


def settings(alarms: Mapping[str, Any] | None = None, devices: Iterable[str] = (SITE.name,)) -> Watched:
    """What is watched, of a configuration with these alarm settings and devices."""
    data = {"alarms": {"heartbeat_s": 0, **(alarms or {})},
            "devices": [{"name": name, "address": SITE.address, **LOGIN} for name in devices]}  # fmt: skip
    return watched(Settings.model_validate(data), {name: SITE.index + place for place, name in enumerate(devices)})


class Watch:
    """One life of a watcher; open another on the same folder for the next.

    Attributes:
        notices: what was sent, oldest first.
    """

    def __init__(
        self,
        folder: Path,
        what: Watched | None = None,
        at_s: float = 0,
        send: Callable[[Notice], None] | None = None,
    ) -> None:
        self.state = StateStore(folder / "state.db")
        self.store = AlarmStore(self.state, folder)
        self.notices: list[Notice] = []
        self.seconds = at_s
        aside = str(self.state.set_aside) if self.state.set_aside else ""
        around = Surroundings(northbound(), self.store, send or self.notices.append, lambda: int(self.seconds * 100))
        self.watcher = Watcher(around, what or settings(), self.now, aside)

    @property
    def now(self) -> Instant:
        """The moment by both clocks."""
        return Instant(START + timedelta(seconds=self.seconds), self.seconds)

    def tick(self, after_s: float = 1) -> list[tuple[str, str, bool]]:
        """Let time go by and tick once; name, resource and cleared of what was sent."""
        self.seconds += after_s
        before = len(self.notices)
        self.watcher.tick(self.now)
        return [told(one) for one in self.notices[before:]]

    def read(self, device: Scenery, health: Health | None = None) -> list[tuple[str, str, bool]]:
        """One poll of a device, and a tick."""
        self.watcher.device_read(device.settings.name, device.facts(), health or device.health)
        return self.tick()

    def stop(self) -> None:
        self.state.close()


def told(notice: Notice) -> tuple[str, str, bool]:
    """Name of the notification, resource of its alarm, and whether it is a clear."""
    parts = notice.identity.split("|")
    return (NAMES[notice.oid], parts[1] if len(parts) == 3 else "", notice.cleared)
