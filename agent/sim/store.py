"""The configuration that a device has been given: in effect, on its way, and pending."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.sim.settings import Change
from agent.sim.shape import Node


@dataclass(frozen=True)
class Batch:
    """Changes that are not in effect yet.

    Attributes:
        changes: what will change.
        owner: who wrote them.
        due_s: monotonic time at which they take effect; None: when they are applied.
        staged: whether the device counts them as pending changes.
    """

    changes: tuple[Change, ...]
    owner: str
    due_s: float | None
    staged: bool


class Store:
    """What was written, as values by path that differ from the factory settings. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._running: dict[str, Node] = {}
        self._changed: dict[str, datetime] = {}
        self._batches: list[Batch] = []
        self._lock = threading.RLock()

    def running(self) -> dict[str, Node]:
        """The values in effect now."""
        with self._lock:
            self._settle()
            return dict(self._running)

    def candidate(self) -> dict[str, Node]:
        """The values in effect once everything accepted is."""
        with self._lock:
            found = self.running()
            for batch in self._batches:
                found |= {change.path: change.new for change in batch.changes}
            return found

    def changed(self) -> dict[str, datetime]:
        """When each value took effect."""
        with self._lock:
            self._settle()
            return dict(self._changed)

    def pending(self) -> list[tuple[str, Change]]:
        """Owner and change of what is staged, in the order of writing."""
        with self._lock:
            self._settle()
            return [(batch.owner, change) for batch in self._batches if batch.staged for change in batch.changes]

    def accept(self, changes: Iterable[Change], owner: str, after_s: float | None, *, staged: bool) -> bool:
        """Take changes that take effect after so many seconds, or (None) when they are applied.

        None takes effect before what was accepted earlier.

        Returns:
            Whether they are in effect.
        """
        due_s = None if after_s is None else time.monotonic() + after_s
        with self._lock:
            values = self.candidate()
            real = tuple(change for change in changes if change.new != values.get(change.path, change.old))
            if due_s is not None and not staged:
                due_s = max([due_s, *(one.due_s for one in self._batches if one.due_s is not None)])
            batch = Batch(real, owner, due_s, staged)
            if real:
                self._batches.append(batch)
            self._settle()
            return batch not in self._batches

    def put(self, changes: Iterable[Change]) -> None:
        """Let changes take effect now, whatever is under way."""
        with self._lock:
            for change in changes:
                self._put(change)

    def apply(self) -> None:
        """Let all that is staged take effect, whoever staged it."""
        with self._lock:
            for batch in [batch for batch in self._batches if batch.staged]:
                self._take_effect(batch)

    def discard(self, *, all_of_it: bool = False) -> None:
        """Forget what is staged; `all_of_it` also what was accepted and is still being applied."""
        with self._lock:
            self._settle()
            self._batches = [] if all_of_it else [batch for batch in self._batches if not batch.staged]

    def reset(self) -> None:
        """Back to the factory settings, with nothing pending."""
        with self._lock:
            self._batches = []
            self._running.clear()
            self._changed.clear()

    def _settle(self) -> None:
        now = time.monotonic()
        for batch in list(self._batches):
            if batch.due_s is not None and batch.due_s <= now:
                self._take_effect(batch)

    def _take_effect(self, batch: Batch) -> None:
        self._batches.remove(batch)
        for change in batch.changes:
            self._put(change)

    def _put(self, change: Change) -> None:
        self._running[change.path] = change.new
        self._changed[change.path] = self._clock()
