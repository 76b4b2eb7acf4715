"""A process that raises and clears alarms as fast as it can, and prints what it sends; for being killed.

python -m tests.service.alarm_child FOLDER FIRST
"""

from __future__ import annotations

import sys
from pathlib import Path

from agent.model.alarm.events import MessageFailed, MessageSucceeded
from agent.wire.notice import Notice
from tests.support.watching import Watch, settings


def say(notice: Notice) -> None:
    print(notice.sequence, notice.identity or "-", int(notice.cleared), flush=True)


def main(folder: Path) -> None:
    limits = {"storm": {"count": 10_000, "total_count": 100_000}, "log_max_count": 10_000}
    watch = Watch(folder, settings(limits, devices=()), send=say)
    for number in range(100_000):
        kind = f"kind-{number % 7}"
        failed = MessageFailed(number, kind, "", "timeout")
        watch.watcher.happened(MessageSucceeded(kind, "") if number % 3 == 0 else failed)
        watch.tick()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
