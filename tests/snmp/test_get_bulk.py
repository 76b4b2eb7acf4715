"""GETBULK over the wire, beyond what tests/conformance shows."""

from __future__ import annotations

import pytest

from tests.snmp import messages
from tests.snmp.agents import NUMBERS, RunningAgent
from tests.snmp.messages import Oid


def test_an_empty_list_is_answered_with_an_empty_list(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get_bulk(3, 5))
    assert (answer.outcome, answer.varbinds) == ((0, 0), [])


@pytest.mark.parametrize("repetitions", [100, 1000, 2**31 - 1])
def test_an_answer_is_filled_to_the_limit(agent: RunningAgent, repetitions: int) -> None:
    answer = agent.ask(messages.get_bulk(0, repetitions, NUMBERS))
    rows = [(*NUMBERS, 1, row) for row in range(1, 31)]
    assert answer.outcome == (0, 0)
    assert answer.names[:30] == rows
    assert answer.names == sorted(set(answer.names))
    assert agent.settings.max_message_size - 60 < answer.size <= agent.settings.max_message_size


def test_repetitions_end_with_the_view(agent: RunningAgent) -> None:
    end: Oid = (1, 3, 6, 1, 7, 999)
    assert agent.ask(messages.get_bulk(0, 10, end)).varbinds == [(end, messages.END_OF_MIB_VIEW)]
