"""Alarms at a rate: what is decided is heard, however many there are."""

from __future__ import annotations

import time
from pathlib import Path

from agent.model.alarm.events import MessageFailed
from tests.faults.noc import Noc
from tests.faults.scenarios import NO_STORMS
from tests.faults.site import receiver
from tests.support.running import RunningAgent, configured, wait_for

COUNT, SECONDS = 5000, 10.0


def test_five_thousand_alarms_in_ten_seconds_are_all_heard(tmp_path: Path) -> None:
    alarms = {"storm": NO_STORMS, "log_max_count": 2 * COUNT}
    with Noc(tmp_path / "noc") as noc:
        receivers = [receiver(noc.port, queue_limit=20 * COUNT, timeout_s=5, retries=3)]
        agent = RunningAgent(configured(tmp_path / "state", alarms=alarms, notifications={"receivers": receivers}))
        agent.start()
        try:
            noc.wait("lnbReady")
            before, began_s = max(noc.numbers()), time.monotonic()
            for number in range(COUNT):
                due_s = began_s + SECONDS * number / COUNT - time.monotonic()
                if due_s > 0:
                    time.sleep(due_s)
                event = MessageFailed(number + 1, f"burst{number}", "", "internal")
                agent.call(lambda event=event: agent.app.back.alarming.happened(event))  # type: ignore[misc]
            given_s = time.monotonic() - began_s
            wait_for(lambda: len({one for one in noc.numbers() if one > before}) >= COUNT, "all of them", 60)
            heard_s = time.monotonic() - began_s - given_s
        finally:
            agent.stop()
        numbers = [one for one in noc.numbers() if one > before]
    print(f"{COUNT} alarms given in {given_s:.1f} s, all heard {heard_s:.1f} s after the last")
    assert set(numbers) == set(range(before + 1, before + 1 + COUNT))
