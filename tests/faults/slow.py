"""Receivers that are not well: one that answers late, and one that never does."""

from __future__ import annotations

import threading
import time

from tests.notify.receivers import Recorder
from tests.snmp import messages
from tests.support.cells import MODULE

SEQUENCE = MODULE.objects["lnbAlarmSequence"].oid
PAUSE_S = 0.01


class SlowReceiver:
    """Acknowledges every v2c inform so many seconds late; use it as a context manager."""

    def __init__(self, delay_s: float) -> None:
        self._recorder = Recorder()
        self._delay_s = delay_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slow-receiver")
        self.port = self._recorder.port

    def __enter__(self) -> SlowReceiver:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._recorder.close()

    def _run(self) -> None:
        due_s: list[float] = []
        answered = 0
        while not self._stopping.wait(PAUSE_S):
            now_s = time.monotonic()
            due_s += [now_s + self._delay_s] * (self._recorder.read() - len(due_s))
            while answered < len(due_s) and due_s[answered] <= now_s:
                self._recorder.answer(answered)
                answered += 1

    @property
    def numbers(self) -> list[int]:
        """Numbers of what came about alarms, as often as it came."""
        return numbers_in(self._recorder)


def numbers_in(recorder: Recorder) -> list[int]:
    """Numbers of what a recorder got about alarms."""
    found = []
    for datagram in tuple(recorder.datagrams):
        for name, (_, content) in messages.read(datagram).varbinds:
            if name[: len(SEQUENCE)] == SEQUENCE:
                found.append(messages.number(content))
    return found
