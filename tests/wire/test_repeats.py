"""SETs sent again: which are the same, and how each is answered."""

from __future__ import annotations

from agent.wire.later import Later
from agent.wire.repeats import REMEMBERED, REMEMBERED_S, WAITING, Repeats


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def heard(result: object) -> list[str]:
    """What is given to who waits for a result."""
    assert isinstance(result, Later)
    words: list[str] = []
    result.then(words.append)
    return words


def test_what_is_under_way_is_answered_to_everybody_who_asks_once_it_ends() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    work: Later[str] = Later()
    first = heard(repeats.begun("noc", "a=1", b"1", work))
    same_id, other_id = heard(repeats.known("noc", "a=1", b"1")), heard(repeats.known("noc", "a=1", b"2"))
    assert first == same_id == other_id == []
    work.give("done")
    assert (first, same_id, other_id) == (["done"], ["done"], ["done"])
    assert repeats.known("noc", "a=1", b"3") is None, "it has ended"


def test_another_asker_or_other_values_are_another_set() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    repeats.begun("noc", "a=1", b"1", Later())
    assert repeats.known("other", "a=1", b"1") is None
    assert repeats.known("noc", "a=2", b"1") is None


def test_a_value_set_again_behind_another_one_is_a_new_set_unless_its_request_id_says_otherwise() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    repeats.begun("noc", "a=1", b"1", Later())
    repeats.begun("noc", "a=2", b"2", Later())
    assert repeats.known("noc", "a=1", b"3") is None
    assert repeats.known("noc", "a=1", b"1") is not None
    assert repeats.known("noc", "a=2", b"4") is not None


def test_the_last_set_that_was_done_is_known_by_its_request_id_for_a_while() -> None:
    clock = Clock()
    repeats: Repeats[str] = Repeats(clock)
    repeats.done("noc", "a=1", b"1", "fine")
    assert repeats.known("noc", "a=1", b"1") == "fine"
    assert repeats.known("noc", "a=1", b"2") is None, "asked anew"
    clock.now_s += REMEMBERED_S
    assert repeats.known("noc", "a=1", b"1") == "fine"
    clock.now_s += 0.001
    assert repeats.known("noc", "a=1", b"1") is None


def test_only_the_last_one_counts_and_none_behind_a_refusal() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    repeats.done("noc", "a=1", b"1", "fine")
    repeats.done("noc", "a=2", b"1", "fine")
    assert repeats.known("noc", "a=1", b"1") is None
    repeats.forget("noc")
    assert repeats.known("noc", "a=2", b"1") is None


def test_a_flood_of_repetitions_costs_a_bounded_number_of_answers() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    work: Later[str] = Later()
    answers = [heard(repeats.begun("noc", "a=1", b"1", work))]
    answers += [heard(repeats.known("noc", "a=1", b"1")) for _ in range(2 * WAITING)]
    work.give("done")
    assert sum(map(len, answers)) == WAITING


def test_the_memory_is_bounded() -> None:
    repeats: Repeats[str] = Repeats(Clock())
    for number in range(REMEMBERED + 1):
        repeats.done(f"noc{number}", "a=1", b"1", "fine")
    assert repeats.known("noc0", "a=1", b"1") is None
    assert repeats.known("noc1", "a=1", b"1") == "fine"
