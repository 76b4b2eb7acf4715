"""A notifier in a process of its own, to be killed: sends informs of alarms 1 to 200 and stays."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from agent.service.deliverystate import KeptDeliveries
from agent.service.state import StateStore
from tests.notify.notices import notice
from tests.notify.running import Running, receiver

ALARMS = 200


def main(state: str, port: str) -> None:
    """Send; only a kill ends it before a minute is over."""
    settings = receiver(int(port), kind="inform", timeout_s=30, window=64)
    running = Running([settings], kept=KeptDeliveries(StateStore(Path(state))))
    for number in range(1, ALARMS + 1):
        running.send(notice(number))
        time.sleep(0.002)
    time.sleep(60)
    running.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
