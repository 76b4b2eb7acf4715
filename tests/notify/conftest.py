"""Running notifiers and receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notify.receivers import Recorder, Trapd
from tests.notify.running import start

__all__ = ["start"]

StartTrapd = Callable[..., Trapd]
Record = Callable[..., Recorder]


@pytest.fixture
def trapd(tmp_path: Path) -> Iterator[StartTrapd]:
    """Starts snmptrapds; they are stopped after the test."""
    started: list[Trapd] = []

    def make(*users: str, **options: Any) -> Trapd:
        folder = tmp_path / f"trapd{len(started)}"
        folder.mkdir()
        one = Trapd(folder, users, **options)
        started.append(one)
        return one.start()

    yield make
    for one in started:
        one.stop()


@pytest.fixture
def record() -> Iterator[Record]:
    """Opens receivers that record; they are closed after the test."""
    opened: list[Recorder] = []

    def make(*arguments: Any, **options: Any) -> Recorder:
        one = Recorder(*arguments, **options)
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.close()
