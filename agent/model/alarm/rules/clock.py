"""Reference clocks: synchronisation, holdover, antenna, oscillator; of the device and of each clock module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.model.alarm.facts import Key, Scene
from agent.model.alarm.finding import Condition, Sight, known
from agent.model.alarm.kind import AlarmType, RuleSettings
from agent.model.severity import Severity

_UNTOLD = frozenset({"unknown", "notAvailable", "other", None})
_SLOT = "lnbClockSlotId"


def _words(scene: Scene, of_device: str, of_clock: str, bad: Callable[[str], bool]) -> Iterator[Sight]:
    """A state word of the device, and the same of each clock."""
    for key, word in scene.facts.rows(of_device).items():
        yield Sight("", _told(word, bad), word, object_name=of_device, key=key)
    for key, slot in scene.facts.rows(_SLOT).items():
        word = scene.facts.at(of_clock, key)
        if word is not None:
            yield Sight(slot, _told(word, bad), word, object_name=of_clock, key=key)


def _told(word: str, bad: Callable[[str], bool]) -> Condition:
    return known(None if word in _UNTOLD else bad(word))


def _not_synchronized(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _words(scene, "lnbSyncClockState", "lnbClockState", lambda word: word == "notSynchronized")


def _holdover(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _words(scene, "lnbSyncClockState", "lnbClockState", lambda word: word == "holdover")


def _oscillator(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _words(scene, "lnbSyncOscillatorState", "lnbClockOscillatorState", lambda word: word == "notWarmedUp")


def _antenna(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, word in scene.facts.rows("lnbSyncAntenna").items():
        yield Sight("", _told(word, lambda word: word != "connected"), word, object_name="lnbSyncAntenna", key=key)
    for key, slot in scene.facts.rows(_SLOT).items():
        yield from _antenna_of(scene, key, slot)


def _antenna_of(scene: Scene, key: Key, slot: str) -> Iterator[Sight]:
    connected = scene.facts.at("lnbClockAntennaConnected", key)
    short = scene.facts.at("lnbClockAntennaShortCircuit", key)
    if connected is None and short is None:
        return
    word = "shortCircuit" if short else "notConnected" if connected is False else "connected"
    yield Sight(slot, known(word != "connected"), word, object_name="lnbClockAntennaConnected", key=key)


CLOCK_NOT_SYNCHRONIZED = AlarmType(
    9, "clockNotSynchronized", Severity.MAJOR,
    text="Clock is not synchronised",
    cause="The device, or one of its clocks, follows no reference and is not in holdover either.",
    remedy="Check antenna, cable and reference signals; after a start a receiver needs some minutes.",
    rule=_not_synchronized, reads=("lnbSyncClockState", "lnbClockState", _SLOT),
)  # fmt: skip
CLOCK_HOLDOVER = AlarmType(
    10, "clockHoldover", Severity.MINOR,
    text="Clock is in holdover",
    cause="The reference was lost; the oscillator keeps the time, and the error grows.",
    remedy="Restore the reference before the error exceeds what the users of the time can bear.",
    rule=_holdover, reads=("lnbSyncClockState", "lnbClockState", _SLOT),
)  # fmt: skip
ANTENNA_FAULT = AlarmType(
    11, "antennaFault", Severity.MAJOR,
    text="Antenna fault",
    cause="A receiver's antenna is not connected or its line is short-circuited; the value says which.",
    remedy="Check antenna, cable, connectors and surge protection.",
    rule=_antenna,
    reads=("lnbSyncAntenna", "lnbClockAntennaConnected", "lnbClockAntennaShortCircuit", _SLOT),
)  # fmt: skip
OSCILLATOR_FAULT = AlarmType(
    12, "oscillatorFault", Severity.WARNING,
    text="Oscillator is not warmed up",
    cause="The oscillator has not reached its working point; normal for a while after a start.",
    remedy="Wait; if it lasts, have the clock module checked.",
    rule=_oscillator, reads=("lnbSyncOscillatorState", "lnbClockOscillatorState", _SLOT),
)  # fmt: skip

TYPES = (CLOCK_NOT_SYNCHRONIZED, CLOCK_HOLDOVER, ANTENNA_FAULT, OSCILLATOR_FAULT)
