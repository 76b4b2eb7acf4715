"""What successive polls tell."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from agent.errors import TimedOut
from agent.model.exchange import ExchangeLog
from agent.model.message import DataLossCrossed, Direction, Event
from agent.service.letter import Letter
from agent.service.pollwatch import PollWatch
from tests.model.test_cards import document
from tests.service.buses import NOW

SOUND = SimpleNamespace(error=None)
FAILED = SimpleNamespace(error=TimedOut("late"))


class Watched:
    """A watch, what it sent and what it told."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.events: list[Event] = []
        self.watch = PollWatch(self.letters.append, self.events.append, lambda: NOW)  # type: ignore[arg-type]

    def poll(self, root: Any, outcome: Any = SOUND, log: ExchangeLog | None = None, name: str = "lts1") -> Any:
        known = SimpleNamespace(root=root, log=log or ExchangeLog(25))
        keeper: Any = SimpleNamespace(settings=SimpleNamespace(name=name), known=known)
        self.watch.look(keeper, outcome)
        return keeper

    def told(self) -> list[tuple[str, str, str]]:
        told = [(one.type, one.content["slot"], one.content["family"]) for one in self.letters]
        self.letters.clear()
        return told


def test_the_cards_of_the_first_poll_are_nothing_new() -> None:
    watched = Watched()
    watched.poll(document(io1="hps100"))
    assert watched.told() == []


def test_cards_that_come_and_go_are_told_as_events_of_the_agents_own() -> None:
    watched = Watched()
    watched.poll(document(io1="hps100", io2=None))
    watched.poll(document(io1=None, io2="lno180"))
    assert all(letter.direction is Direction.OUTBOUND for letter in watched.letters)
    assert watched.told() == [("cardGone", "io1", "HPS"), ("cardFound", "io2", "LNO")]
    watched.poll(document(io1=None, io2="lno180"))
    assert watched.told() == []


def test_a_poll_that_failed_or_says_nothing_of_slots_tells_nothing() -> None:
    watched = Watched()
    watched.poll(document(io1="hps100"))
    watched.poll(document(io1=None), FAILED)
    watched.poll({})
    watched.poll(document(io1="hps100"))
    assert watched.told() == []


def test_devices_are_watched_apart() -> None:
    watched = Watched()
    watched.poll(document(io1="hps100"))
    watched.poll(document(io1=None), name="lts2")
    assert watched.told() == []


def test_data_loss_is_told_when_it_crosses_its_limit_also_by_a_change_of_the_limit() -> None:
    watched = Watched()
    lossy = ExchangeLog(25, loss_limit_percent=50, latest=(True,) * 10)
    for _ in range(2):
        watched.poll({}, FAILED, lossy)
    lenient = watched.poll({}, FAILED, ExchangeLog(25, loss_limit_percent=100, latest=(True,) * 10))
    watched.watch.keep({"lts1": lenient})
    assert watched.events == [
        DataLossCrossed(NOW, "lts1", 1000, 50, over=True), DataLossCrossed(NOW, "lts1", 1000, 100, over=False),
    ]  # fmt: skip
