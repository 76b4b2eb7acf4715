"""GET and GETNEXT over the wire, beyond what tests/conformance shows."""

from __future__ import annotations

import time

import pytest

from tests.snmp import messages
from tests.snmp.agents import BASE, LONG, NAMES, NUMBERS, OBJECTS, ROWS, WIDE, RunningAgent, cells, make_blocks
from tests.snmp.messages import Oid

SYS_DESCR, SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 1, 0), (1, 3, 6, 1, 2, 1, 1, 5, 0)
MISSING = (1, 3, 6, 1, 2, 1, 999, 1, 0)


def test_rfc1157_4_1_2_v1_too_big_returns_the_request(agent: RunningAgent) -> None:
    asked = [(*LONG, 1, row) for row in range(1, 9)]
    answer = agent.ask(messages.get(*asked, version=messages.V1))
    assert (answer.outcome, answer.names) == ((messages.TOO_BIG, 0), asked)


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
def test_a_request_whose_own_names_do_not_fit_into_the_answer_is_too_big(agent: RunningAgent, version: int) -> None:
    answer = agent.ask(messages.get(*[MISSING] * 200, version=version))
    assert (answer.outcome, answer.varbinds) == ((messages.TOO_BIG, 0), [])


def test_every_type_is_served_as_it_is_stored(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get(*((*oid, 0) for oid in OBJECTS)))
    for (name, (tag, content)), (oid, (stored_tag, stored)) in zip(answer.varbinds, OBJECTS.items(), strict=True):
        assert (name, tag) == ((*oid, 0), stored_tag)
        if tag in {0x02, 0x41, 0x42, 0x43, 0x46}:
            # pysnmp writes the smallest Integer32 in five octets; the value is what counts.
            assert messages.number(content) == messages.number(stored)
        else:
            assert content == stored


def walk(agent: RunningAgent, start: Oid = (0, 0), version: int = messages.V2C) -> list[tuple[Oid, messages.Value]]:
    seen: list[tuple[Oid, messages.Value]] = []
    name = start
    while True:
        answer = agent.ask(messages.get_next(name, version=version))
        if answer.status == messages.NO_SUCH_NAME:
            return seen
        ((found, value),) = answer.varbinds
        if value == messages.END_OF_MIB_VIEW:
            assert found == name
            return seen
        assert found > name, "the walk does not rise"
        seen.append((found, value))
        name = found


def test_a_walk_shows_every_cell(agent: RunningAgent) -> None:
    names = [name for name, _ in walk(agent)]
    assert names[0] == SYS_DESCR
    assert [name for name in names if name[: len(BASE)] == BASE] == sorted(
        [(*column, 1, row) for column in (NUMBERS, NAMES, WIDE, LONG) for row in range(1, ROWS + 1)]
        + [(*oid, 0) for oid in OBJECTS]
    )


def test_rfc3584_4_2_2_1_a_v1_walk_is_the_same_without_counter64(agent: RunningAgent) -> None:
    v2, v1 = walk(agent), walk(agent, version=messages.V1)
    assert [name for name, _ in v1] == [name for name, value in v2 if value[0] != messages.COUNTER64]
    # Counters and times are not the same from one walk to the next.
    assert [cell for cell in v1 if cell[0][: len(BASE)] == BASE] == [
        cell for cell in v2 if cell[0][: len(BASE)] == BASE and cell[1][0] != messages.COUNTER64
    ]


def test_v1_get_next_over_20_000_counter64_is_as_quick_as_over_one(agent: RunningAgent) -> None:
    column = (*BASE, 3, 1, 1)
    blocks = list(make_blocks([cells(column, messages.COUNTER64, {(1, row): b"\1" for row in range(20_000)})]))
    agent.within(agent.store.swap, "wide", blocks)
    begun = time.monotonic()
    answer = agent.ask(messages.get_next(*[column] * 20, version=messages.V1))
    took = time.monotonic() - begun
    agent.within(agent.store.swap, "wide", [])
    assert answer.outcome == (0, 0)
    ((name, (tag, _)),) = set(answer.varbinds)
    assert name > (*column, 1, 19_999)
    assert tag != messages.COUNTER64
    assert took < 0.2


def test_an_error_of_our_own_is_gen_err_and_logged_once(agent: RunningAgent, caplog: pytest.LogCaptureFixture) -> None:
    from agent.wire.block import LiveBlock

    def fail() -> bytes:
        raise RuntimeError("cannot be read")

    agent.within(agent.store.swap, "broken", [LiveBlock((*BASE, 4), 2, fail)])
    outcomes = [agent.ask(messages.get((*BASE, 4, 0), version=version)).outcome for version in (0, 1, 0, 1)]
    agent.within(agent.store.swap, "broken", [])
    assert outcomes == [(messages.GEN_ERR, 0)] * 4
    assert len([record for record in caplog.records if "request-failed" in record.message]) == 1
