"""One poll's requests, in order, one at a time: what is asked depends on the configured mode and on what is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from agent.config import DeviceSettings
from agent.errors import (
    AccessDenied,
    BadAnswer,
    CredentialsRejected,
    DeviceError,
    NotFound,
    RateLimited,
    ServerError,
    TimedOut,
    UnsupportedVersion,
)
from agent.model.configuring import Posted
from agent.model.document import MISSING, Json, element_name, find, graft, parse_path, prune
from agent.model.envelope import generation, slot_ids
from agent.model.exchange import Purpose
from agent.model.pacing import RETRY_AFTER_LIMIT_S
from agent.model.slotchoice import SlotChoice

OLDEST_GENERATION = 8
"""The first generation whose shape is known (firmware 7.04)."""

_STATUS = "status"
_CHASSIS = "status/chassis0"
_CONFIGURATION = "configuration/chassis0/slots"
BRANCH = "/"
"""Begins the name under which it is noted when a branch of the configuration was read; no slot ID has it."""
_CONFIGURED = parse_path("configuration.chassis0.slots").steps


def configuration_of(path: str) -> str:
    """Under which name it is noted when what a REST path below /api lies in was read: a slot ID, or a branch."""
    if path.startswith(f"{_CONFIGURATION}/"):
        return path.split("/")[3]
    return BRANCH + path.removeprefix("configuration/")


def without(due: Due, path: str) -> Due:
    """What is due when the configuration that a REST path lies in is to be read anew."""
    wanted = configuration_of(path)
    return replace(
        due,
        configuration={
            name: asked
            for name, asked in due.configuration.items()
            if name != wanted and not (name.startswith(BRANCH) and wanted.startswith(f"{name}/"))
        },
    )


class Fetcher(Protocol):
    """A session to one device."""

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Json:
        """The answer to GET /api/<path>, or a DeviceError."""


class Session(Fetcher, Protocol):
    """A session to one device that is written to as well."""

    def post(self, path: str, body: Json, *, deadline_s: float, slot: str = "") -> Posted:
        """What became of POST /api/<path>; it is sent once."""


@dataclass(frozen=True, slots=True)
class Due:
    """When things that are not asked at every poll were asked last (monotonic seconds).

    Attributes:
        inventory: the chassis with all its slots; None when never.
        configuration: slot ID, or branch behind a slash, to when its configuration was read.
        pause_until: no configuration is asked before.
    """

    inventory: float | None = None
    configuration: Mapping[str, float] = field(default_factory=dict)
    pause_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a poll brought.

    Attributes:
        root: the merged document; parts that were not asked, or failed, are as they were.
        error: why the poll did not bring all of the status.
        changed: whether anything was received.
    """

    root: Mapping[str, Json]
    due: Due
    error: DeviceError | None
    duration_s: float
    changed: bool


class Poll:
    """One poll of one device; used once, in a worker thread."""

    def __init__(
        self,
        settings: DeviceSettings,
        fetcher: Fetcher,
        root: Mapping[str, Json],
        due: Due,
        monotonic: Callable[[], float] = time.monotonic,
        asks: Callable[[str], bool] | None = None,
    ) -> None:
        self._settings = settings
        self._asks = asks or SlotChoice(settings.slots).asks
        self._fetcher = fetcher
        self._root = root
        self._due = due
        self._now_s = monotonic
        self._started = monotonic()
        self._changed = False

    def run(self) -> Harvest:
        """Ask everything that is due; never raises a DeviceError."""
        error: DeviceError | None = None
        try:
            if self._settings.poll.mode == "tree":
                self._take(_STATUS)
            else:
                self._take_subtrees()
            self._check_version()
            self._take_configurations()
        except DeviceError as problem:
            error = problem
        return Harvest(self._root, self._due, error, self._elapsed(), self._changed)

    def _elapsed(self) -> float:
        return self._now_s() - self._started

    def _take(self, path: str, slot: str = "") -> None:
        left_s = self._settings.poll.whole_deadline_s - self._elapsed()
        if left_s <= 0:
            raise TimedOut(f"the poll took longer than {self._settings.poll.whole_deadline_s:g} s")
        answer = self._fetcher.get(path, deadline_s=left_s, slot=slot)
        if path in (_STATUS, _CHASSIS) and not _says_something(answer):
            # Taken at its word, every card would be missing.
            raise BadAnswer(f"/api/{path}: JSON, but nothing of a status in it")
        self._root = graft(self._root, path, answer)
        self._changed = True

    def _take_subtrees(self) -> None:
        poll = self._settings.poll
        now = self._now_s()
        whole = self._due.inventory is None or now - self._due.inventory >= poll.inventory_interval_s
        if whole:
            self._take(_CHASSIS)
            self._due = replace(self._due, inventory=now)
        for path in poll.subtrees:
            self._take_if_there(f"{_STATUS}/{path}")
        # The whole chassis has every module in it already.
        for slot in () if whole else self._occupied():
            if not self._take_if_there(f"{_CHASSIS}/slots/{slot}/module", slot):
                # The card was pulled, or its slot is gone: the chassis tells at the next poll.
                self._due = replace(self._due, inventory=None)

    def _take_if_there(self, path: str, slot: str = "") -> bool:
        try:
            self._take(path, slot)
        except NotFound:
            self._root = prune(self._root, path)
            self._changed = True
            return False
        return True

    def _occupied(self) -> list[str]:
        """Slots whose module is worth asking for: those chosen that exist, else all that hold something."""
        return [slot for slot in slot_ids(self._root) if self._asks(slot) and self._has_module(slot)]

    def _has_module(self, slot: str) -> bool:
        return find(self._root, parse_path(f"status.chassis0.slots.{slot}.module").steps) is not MISSING

    def _check_version(self) -> None:
        version = generation(self._root)
        if version is not None and version < OLDEST_GENERATION:
            raise UnsupportedVersion(f"REST API {version} is older than {OLDEST_GENERATION}, the oldest one known")

    def _take_configurations(self) -> None:
        """Card configurations that are due, as far as the time of this poll reaches; the rest waits for the next."""
        poll = self._settings.poll
        self._forget_configurations()
        if not poll.configuration or self._now_s() < self._due.pause_until:
            return
        for name in self._due_configurations()[: poll.configuration_batch]:
            if self._elapsed() > poll.whole_deadline_s / 2:
                return
            try:
                if name.startswith(BRANCH):
                    self._take_if_there(f"configuration{name}")
                else:
                    self._take_if_there(f"{_CONFIGURATION}/{name}/module", name)
            except DeviceError as problem:
                if isinstance(problem, CredentialsRejected) and not isinstance(problem, AccessDenied):
                    raise
                # The status is complete; configuration has time, and the device is left alone for a while.
                asked_for = problem.retry_after_s if isinstance(problem, (RateLimited, ServerError)) else None
                pause_s = max(2 * poll.interval_s, min(asked_for or 0, RETRY_AFTER_LIMIT_S))
                self._due = replace(self._due, pause_until=self._now_s() + pause_s)
                # Due again after the pause, but behind the cards that were not asked yet.
                self._note_configuration(name, self._now_s() - poll.configuration_interval_s)
                return
            self._note_configuration(name, self._now_s())

    def _due_configurations(self) -> list[str]:
        """Slots and branches whose configuration is due: those never asked first, then the longest ago."""
        asked, never = self._due.configuration, float("-inf")
        latest = self._now_s() - self._settings.poll.configuration_interval_s
        wanted = [*self._occupied(), *(BRANCH + branch for branch in self._settings.branches)]
        due = [name for name in wanted if asked.get(name, never) <= latest]
        return sorted(due, key=lambda name: asked.get(name, never))

    def _note_configuration(self, name: str, asked: float) -> None:
        self._due = replace(self._due, configuration={**self._due.configuration, name: asked})

    def _forget_configurations(self) -> None:
        """Drop the configuration of cards that are gone; the next card in the slot is asked for its own."""
        if not slot_ids(self._root):
            return
        occupied = set(self._occupied())
        slots = find(self._root, _CONFIGURED)
        for place, slot in enumerate(slots if isinstance(slots, list) else ()):
            if (name := element_name(slot, place)) not in occupied:
                self._root = prune(self._root, f"{_CONFIGURATION}/{name}")
        asked = {
            name: when for name, when in self._due.configuration.items() if name in occupied or name.startswith(BRANCH)
        }
        self._due = replace(self._due, configuration=asked)


def _says_something(answer: Json) -> bool:
    """Whether an answer holds an object with more in it than its own name."""
    data = answer.get("data", answer) if isinstance(answer, Mapping) else answer
    return isinstance(data, Mapping) and any(name != "object-id" for name in data)
