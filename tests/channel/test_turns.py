"""SETs of several fronts: one at a time, in order, and not too many."""

from __future__ import annotations

from collections.abc import Sequence

from agent.channel.turns import Turns
from agent.wire.later import Later
from agent.wire.writing import RESOURCE_UNAVAILABLE, WAITING_SETS, Assignment, Result

WANTED = [Assignment(1, "sysContact", (0,), "me")]


class Work:
    """What carries SETs out; each ends when it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open: list[Later[Result]] = []

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        self.begun.append(who)
        if who == "quick":
            return Result(0, 0)
        self.open.append(Later())
        return self.open[-1]


def ask(turns: Turns, who: str, heard: list[tuple[str, Result]]) -> None:
    result = turns.assign(WANTED, who)
    if isinstance(result, Later):
        result.then(lambda value: heard.append((who, value)))
    else:
        heard.append((who, result))


def test_the_next_begins_when_the_one_before_has_its_result_whatever_that_is() -> None:
    work, heard = Work(), list[tuple[str, Result]]()
    turns = Turns(work.assign)
    for who in ("quick", "slow 1", "quick", "slow 2"):
        ask(turns, who, heard)
    assert (work.begun, heard) == (["quick", "slow 1"], [("quick", Result(0, 0))])
    work.open[0].give(Result(5, 0))
    assert work.begun == ["quick", "slow 1", "quick", "slow 2"]
    assert dict(heard[1:]) == {"quick": Result(0, 0), "slow 1": Result(5, 0)}
    work.open[1].give(Result(0, 0))
    assert heard[-1] == ("slow 2", Result(0, 0))
    ask(turns, "quick", heard)
    assert len(heard) == 5


def test_of_too_many_that_wait_the_last_are_refused() -> None:
    work, heard = Work(), list[tuple[str, Result]]()
    turns = Turns(work.assign)
    ask(turns, "slow", heard)
    for _ in range(WAITING_SETS):
        ask(turns, "quick", heard)
    assert heard == []
    ask(turns, "one more", heard)
    assert heard == [("one more", Result(RESOURCE_UNAVAILABLE, 1))]
    work.open[0].give(Result(0, 0))
    assert len(heard) == WAITING_SETS + 2
