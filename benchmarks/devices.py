"""Documents of simulated devices, rendered before the clock runs: what a fleet is made of.

A kind is what one device says at one moment. Everything comes from `agent.sim`; an M300 is what its documents say of
a chassis with one receiver and no IMS cards: about as many cells as a captured one has (928).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent.sim.documents import NodeNotFoundError, build_configuration, build_status
from agent.sim.render import render
from agent.sim.spec import SimSpec

M300, M3000, LARGE = "m300", "m3000", "large"
STATUS = "/api/status"
STEP_S = 30
"""What a device says changes so often."""
SEEDS = 16
"""So many devices differ in all they say; of the others only name and serial number do."""
_HOST = SimSpec().hostname
_M300_SLOTS = {
    "pwr1": "pwr1", "pwr4": "pwr2", "cpu": "cpu", "io9": "clk1", "io14": "clk2", "io15": "int1", "io16": "int2",
}  # fmt: skip
"""Slots of the simulated chassis that stand for those of an M300: a supply, an empty bay, the processor, a long-wave
receiver, empty slots."""
_M300_EVENTS = 28
"""The events behind these are those of a modular chassis."""
_SPECS = {
    M300: SimSpec(hps_cards=0, syncmon_nodes=0, rubidium=True),
    M3000: SimSpec(),
    LARGE: SimSpec(hps_cards=10, instances=4, clients=600),
}
ABOUT = {
    M300: "of the size of an M300: one receiver, no IMS cards",
    M3000: "M3000 with every kind of card and two HPS100",
}


def spec_of(kind: str, seed: int) -> SimSpec:
    """What is simulated of a kind."""
    return replace(_SPECS[kind], seed=seed)


def status_of(kind: str, seed: int, now: datetime) -> Any:
    """The whole answer to `GET /api/status`."""
    document: Any = build_status(spec_of(kind, seed), now)
    if kind == M300:
        data = document["data"]
        document["system-information"]["model"] = data["chassis0"]["model"] = "M300"
        data["notification"]["events"] = data["notification"]["events"][:_M300_EVENTS]
        slots = {slot["slot-id"]: slot for slot in data["chassis0"]["slots"]}
        data["chassis0"]["slots"] = [
            {**slots[one], "object-id": other, "slot-id": other, "slot-type": other.rstrip("12")}
            for one, other in _M300_SLOTS.items()
        ]
    return document


def answers_of(kind: str, seed: int, now: datetime) -> dict[str, bytes]:
    """All that one of a kind answers at a moment, by path: its status, and the configuration of its cards."""
    status = status_of(kind, seed, now)
    found = {STATUS: _rendered(status)}
    origins = {other: one for one, other in _M300_SLOTS.items()} if kind == M300 else {}
    for slot in status["data"]["chassis0"]["slots"]:
        name = slot["slot-id"]
        with suppress(NodeNotFoundError):
            configuration = build_configuration(spec_of(kind, seed), origins.get(name, name), now)
            found[f"/api/configuration/chassis0/slots/{name}/module"] = _rendered(configuration)
    return found


def _rendered(document: Any) -> bytes:
    return render(document, long_floats=True)


class Kind:
    """Devices of a kind over a time, everything rendered before: `body` costs next to nothing.

    Args:
        kind: one of the kinds.
        count: how many devices there are.
        begin: when time begins; `clock` gives the seconds since then.
        seconds: how long what they say changes; after that it stays.
    """

    def __init__(self, kind: str, count: int, begin: datetime, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        steps = range(int(seconds / STEP_S) + 1)
        self._answers = [
            [answers_of(kind, seed, begin + timedelta(seconds=STEP_S * step)) for step in steps]
            for seed in range(1, min(count, SEEDS) + 1)
        ]
        self._serials = [spec_of(kind, seed).serial("chassis").encode() for seed in range(1, len(self._answers) + 1)]

    def body(self, number: int, path: str) -> bytes | None:
        """What the device of a number answers now; None where it has nothing."""
        seed = number % len(self._answers)
        steps = self._answers[seed]
        found = steps[min(int(self._clock() / STEP_S), len(steps) - 1)].get(path)
        if found is None or number < len(self._answers):
            return found
        other = found.replace(_HOST.encode(), b"lantime-%d.example.net" % (number + 1))
        return other.replace(self._serials[seed], b"99%010d" % number)


class Large:
    """One device with a large document, rendered anew when it is asked for: it is asked seldom, and changes always."""

    def __init__(self, begin: datetime, clock: Callable[[], float]) -> None:
        self._begin = begin
        self._clock = clock

    def body(self, number: int, path: str) -> bytes | None:
        """What it answers now; None where it has nothing."""
        if path != STATUS:
            return None
        return _rendered(status_of(LARGE, 1, self._begin + timedelta(seconds=self._clock())))
