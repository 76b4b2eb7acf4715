"""The switchboard of faults: set, clear, and taken by each request they apply to."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from agent.sim.catalogue import CATALOGUE, Default, Fault, FaultKind, Scope


class Observer(Protocol):
    """Something that changes when a fault begins or ends."""

    def begin(self, fault: Fault) -> None:
        """The fault has been set."""

    def end(self, fault: Fault) -> None:
        """The fault has been cleared or is used up."""


class Faults:
    """The active faults of one simulated device. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], datetime], observers: Sequence[Observer] = ()) -> None:
        self._clock = clock
        self._observers = observers
        self._active: dict[tuple[str, ...], Fault] = {}
        self._lock = threading.RLock()

    def set(self, name: str, **parameters: object) -> None:
        """Switch a fault on. Setting it again with the same target replaces it.

        Args:
            name: a name of the catalogue.
            parameters: those of the catalogue, and for every fault `times` (the number of requests it
                applies to), `prefix` (only requests whose path begins so), `method` (only such requests), `skip`
                (the number of requests it lets pass first) and `lasting` (seconds after which it ends by itself).

        Raises:
            ValueError: unknown name or parameter, or a value of a wrong type.
        """
        fault = _fault(name, dict(parameters), self._clock())
        with self._lock:
            for observer in self._observers:
                observer.begin(fault)
            if not fault.kind.momentary:
                self._active[fault.key] = fault

    def clear(self, name: str | None = None) -> None:
        """Switch all faults of that name off, or all there are."""
        with self._lock:
            for fault in list(self._active.values()):
                if name in (None, fault.kind.name):
                    self._end(fault)

    def active(self) -> list[Fault]:
        """The active faults, oldest first."""
        with self._lock:
            self._end_old()
            return list(self._active.values())

    def take(self, path: str, recent: Callable[[float], int], method: str = "GET") -> list[Fault]:
        """The faults that apply to a request, each of which thereby has been applied once.

        Of refusals, bad deliveries and bad ends of writes only the oldest applies: a request can be spoilt in one
        way only, so several such faults with `times` make a script.

        Args:
            path: path of the request.
            recent: number of requests within the last so many seconds, this one included.
            method: method of the request; faults of writes do not apply to a GET.
        """
        taken: list[Fault] = []
        spoilt = False
        with self._lock:
            self._end_old()
            for fault in list(self._active.values()):
                exclusive = fault.kind.scope in (Scope.REFUSAL, Scope.DELIVERY, Scope.WRITE)
                if (exclusive and spoilt) or not _concerns(fault, path, method):
                    continue
                if fault.kind.name == "rate-limited" and recent(fault.number("window")) <= fault.integer("after"):
                    continue
                if fault.skip:
                    self._active[fault.key] = dataclasses.replace(fault, skip=fault.skip - 1)
                    continue
                spoilt = spoilt or exclusive
                taken.append(fault)
                self._count(fault)
        return taken

    def is_active(self, fault: Fault) -> bool:
        """Whether the fault is still on (a used-up one is not)."""
        with self._lock:
            self._end_old()
            return fault.key in self._active

    def _end_old(self) -> None:
        now = time.monotonic()
        for fault in list(self._active.values()):
            if fault.ends_s is not None and fault.ends_s <= now:
                self._end(fault)

    def _count(self, fault: Fault) -> None:
        if fault.times is None:
            return
        left = dataclasses.replace(fault, times=fault.times - 1)
        if left.times:
            self._active[fault.key] = left
        else:
            self._end(fault)

    def _end(self, fault: Fault) -> None:
        del self._active[fault.key]
        for observer in self._observers:
            observer.end(fault)


def _fault(name: str, parameters: dict[str, object], since: datetime) -> Fault:
    """A fault from what the caller gave, checked against the catalogue."""
    kind = CATALOGUE.get(name)
    if kind is None:
        raise ValueError(f"unknown fault {name!r}; known are {', '.join(CATALOGUE)}")
    times = parameters.pop("times", 1 if kind.once else None)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise ValueError("times must be a positive number")
    skip = parameters.pop("skip", 0)
    if not isinstance(skip, int) or isinstance(skip, bool) or skip < 0:
        raise ValueError("skip must be a number of requests")
    prefix, method = str(parameters.pop("prefix", "")), str(parameters.pop("method", "")).upper()
    ends_s = _end_time(parameters.pop("lasting", None))
    values = dict(kind.defaults)
    for key, value in parameters.items():
        values[key.replace("-", "_")] = _checked(kind, key.replace("-", "_"), value)
    return Fault(kind, values, since, times, prefix, method, skip, ends_s)


def _end_time(lasting: object) -> float | None:
    if lasting is None:
        return None
    if not isinstance(lasting, (int, float)) or isinstance(lasting, bool) or lasting <= 0:
        raise ValueError("lasting must be a positive number of seconds")
    return time.monotonic() + lasting


def _concerns(fault: Fault, path: str, method: str) -> bool:
    """Whether a request is one of those that the fault applies to."""
    if fault.kind.scope in (Scope.WRITE, Scope.EFFECT) and method == "GET":
        return False
    return path.startswith(fault.prefix) and fault.method in ("", method)


def _checked(kind: FaultKind, key: str, value: object) -> Default:
    """The value of a parameter if it has the type of its default; texts may be given as numbers."""
    if key not in kind.defaults:
        raise ValueError(f"fault {kind.name} has no parameter {key!r}; it has {list(kind.defaults)}")
    default = kind.defaults[key]
    if isinstance(default, bool) or isinstance(value, bool):
        if isinstance(default, bool) and isinstance(value, bool):
            return value
    elif isinstance(default, (int, float)):
        if isinstance(value, (int, float)):
            return value
    elif isinstance(default, list):
        if isinstance(value, (list, tuple)):
            return list(value)
    elif isinstance(value, (str, int, float)):
        return str(value)
    raise ValueError(f"parameter {key} of {kind.name} must be like {default!r}, not {value!r}")
