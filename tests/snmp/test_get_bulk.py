"""GETBULK over the wire (B of the list)."""

from __future__ import annotations

import pytest

from tests.snmp import messages
from tests.snmp.agents import BASE, LONG, NAMES, NUMBERS, RunningAgent
from tests.snmp.messages import Oid
from tests.snmp.test_get import walk

SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1)


def test_rfc3416_4_2_3_five_repetitions_are_five_varbinds(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(0, 5, NUMBERS))
    assert (answer.outcome, answer.names) == ((0, 0), [(*NUMBERS, 1, row) for row in range(1, 6)])


def test_rfc3416_4_2_3_repeaters_are_interleaved_behind_non_repeaters(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(1, 3, SYS_DESCR, NUMBERS, NAMES))
    rows = [(*column, 1, row) for row in (1, 2, 3) for column in (NUMBERS, NAMES)]
    assert (answer.outcome, answer.names) == ((0, 0), [(*SYS_DESCR, 0), *rows])


@pytest.mark.parametrize(
    ("non_repeaters", "repetitions", "count"),
    [(0, 0, 0), (1, 0, 1), (-1, 2, 4), (1, -1, 1), (-(2**31), -(2**31), 0), (9, 9, 2), (2**31 - 1, 2**31 - 1, 2)],
)
def test_rfc3416_4_2_3_no_negative_and_too_many_of_either(
    agent: RunningAgent, non_repeaters: int, repetitions: int, count: int
) -> None:
    answer = agent.ask(messages.get_bulk(non_repeaters, repetitions, NUMBERS, NAMES))
    assert (answer.outcome, len(answer.varbinds)) == ((0, 0), count)


def test_rfc3416_4_2_3_an_empty_list_is_answered_with_an_empty_list(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(3, 5))
    assert (answer.outcome, answer.varbinds) == ((0, 0), [])


@pytest.mark.parametrize("repetitions", [100, 1000, 2**31 - 1])
def test_rfc3416_4_2_3_more_than_fits_is_cut_at_the_limit(agent: RunningAgent, repetitions: int) -> None:
    answer = agent.ask(messages.get_bulk(0, repetitions, NUMBERS))
    rows = [(*NUMBERS, 1, row) for row in range(1, 31)]
    assert answer.outcome == (0, 0)
    assert answer.names[:30] == rows
    assert answer.names == sorted(set(answer.names))
    assert agent.settings.max_message_size - 60 < answer.size <= agent.settings.max_message_size


def test_rfc3416_4_2_3_large_values_are_cut_at_the_limit(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(0, 10, LONG))
    assert (answer.outcome, answer.names) == ((0, 0), [(*LONG, 1, row) for row in range(1, 5)])
    assert answer.size <= agent.settings.max_message_size


def test_rfc3416_4_2_3_a_hundred_repeaters_are_answered(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(0, 1, *[NUMBERS] * 100))
    assert answer.outcome == (0, 0)
    assert 50 <= len(answer.names) <= 100
    assert set(answer.names) == {(*NUMBERS, 1, 1)}


def test_rfc3416_4_2_3_past_the_end_is_end_of_mib_view(agent: RunningAgent) -> None:
    end: Oid = (1, 3, 6, 1, 7, 999)
    assert agent.ask(messages.get_bulk(0, 10, end)).varbinds == [(end, messages.END_OF_MIB_VIEW)]


@pytest.mark.parametrize("repetitions", [1, 17, 1000])
def test_rfc3416_walking_by_get_bulk_and_by_get_next_is_the_same(agent: RunningAgent, repetitions: int) -> None:
    seen: list[tuple[Oid, messages.Value]] = []
    name: Oid = (0, 0)
    while True:
        varbinds = agent.ask(messages.get_bulk(0, repetitions, name)).varbinds
        assert varbinds
        seen += [varbind for varbind in varbinds if varbind[1] != messages.END_OF_MIB_VIEW]
        if varbinds[-1][1] == messages.END_OF_MIB_VIEW:
            break
        name = varbinds[-1][0]
    walked = walk(agent)
    assert [name for name, _ in seen] == [name for name, _ in walked]
    # Counters and times are not the same from one walk to the next.
    assert [cell for cell in seen if cell[0][: len(BASE)] == BASE] == [c for c in walked if c[0][: len(BASE)] == BASE]
