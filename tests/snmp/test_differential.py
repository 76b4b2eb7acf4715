"""The two answering paths, which share the store and the answers from it but no decoder, USM or encoder, must agree.

Where they may differ is listed in tests/conformance/differences.py, which docs/conformance.md prints. The first three
there can meet a valid request to read, and are looked for here; the others have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from agent.wire.block import make_blocks
from agent.wire.store import Store
from tests.snmp import messages
from tests.snmp.agents import (
    BASE,
    LONG,
    NAMES,
    NUMBERS,
    OBJECTS,
    USERS,
    WIDE,
    RunningAgent,
    cells,
    snmp_settings,
    table_blocks,
)
from tests.snmp.messages import Answer, Oid, Peer, User, Value

FRAME_SLACK = 96
"""Octets by which the pysnmp path reckons its frame too large, at most: room for the longest digest, every header."""
ANSWER_S = 0.5
SPARSE = (*BASE, 1, 1, 9)
EMPTY = (*BASE, 1, 1, 10)
"""A declared column without cells."""


@dataclass
class Pair:
    """An agent of either path over one store, and what v3 managers know of them."""

    wire: RunningAgent
    pysnmp: RunningAgent
    peers: tuple[Peer, Peer]

    def ask(self, version: int, who: bytes | User, body: bytes, max_size: int) -> list[tuple[Answer | None, int]]:
        """Answers of both, and their sizes."""
        answers: list[tuple[Answer | None, int]] = []
        for agent, peer in zip((self.wire, self.pysnmp), self.peers, strict=True):
            if isinstance(who, User):
                raw = agent.exchange(peer.build(who, body, max_size=max_size), ANSWER_S)
                answers.append((None if raw is None else peer.read(raw, who).pdu, len(raw or b"")))
            else:
                raw = agent.exchange(messages.message(body, version=version, community=who), ANSWER_S)
                answers.append((None if raw is None else messages.read(raw), len(raw or b"")))
        return answers


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    store = Store([NUMBERS, NAMES, WIDE, LONG, *OBJECTS, SPARSE, EMPTY, (1, 3, 6, 1, 2, 1, 1, 4)])
    sparse = {(1, 2**32 - 1): b"last", (1,): b"first", (7, 0, 0): b"", (1, 300, *[5] * 90): b"deep"}
    blocks = [cells(SPARSE, 4, sparse), cells((1, 3, 6, 1, 2, 1, 1, 4), 4, {(0,): b"hidden from some"})]
    store.swap("table", [*table_blocks(), *make_blocks(blocks)])
    agents = [
        RunningAgent(snmp_settings(USERS, engine=engine), tmp_path_factory.mktemp(engine), store=store)
        for engine in ("wire", "pysnmp")
    ]
    yield Pair(agents[0], agents[1], (agents[0].discover(), agents[1].discover()))
    for agent in agents:
        agent.close()
        assert not agent.problems


COLUMNS = [NUMBERS, NAMES, WIDE, LONG, SPARSE, EMPTY]
CELLS = [(*column, 1, row) for column in COLUMNS[:4] for row in (1, 2, 15, 30)]
CELLS += [(*oid, 0) for oid in OBJECTS] + [(*SPARSE, 1), (*SPARSE, 7, 0, 0), (*SPARSE, 1, 2**32 - 1)]
PLACES = [
    (0, 0),
    (1, 3),
    (2, 5),
    BASE,
    BASE[:-1],
    (*BASE, 0),
    (*BASE, 3),
    (1, 3, 6, 1, 2, 1, 1, 4, 0),
    (1, 0),
    *COLUMNS,
]
TAILS = st.lists(st.sampled_from([0, 1, 7, 30, 31, 127, 128, 300, 2**31, 2**32 - 1]), max_size=3).map(tuple)
NAME: st.SearchStrategy[Oid] = (
    st.sampled_from(CELLS)
    | st.sampled_from(PLACES)
    | st.builds(lambda place, tail: (*place, *tail), st.sampled_from(PLACES), TAILS)
)
V1_VALUE = st.sampled_from([messages.NULL, messages.NULL, b"\x04\x03abc", b"\x02\x01\x07", b"\x41\x01\x07"])
V2_VALUE = V1_VALUE | st.sampled_from([b"\x80\x00", b"\x46\x01\x07"])
COUNT = st.sampled_from([0, 1, 2, 3, 5, 10, 40, 1000, 2**31 - 1, -1, -(2**31)])
WHO: st.SearchStrategy[tuple[int, bytes | User]] = st.one_of(
    st.tuples(st.sampled_from([0, 1]), st.sampled_from([b"public", b"view", b"instance", b"nothing"])),
    st.tuples(st.just(3), st.sampled_from(USERS)),
)


@st.composite
def requests(draw: Any) -> tuple[int, bytes | User, bytes, int]:
    """Version, sender, PDU, and the largest message a v3 manager takes."""
    version, who = draw(WHO)
    tag = draw(st.sampled_from([messages.GET, messages.GET_NEXT, *([messages.GET_BULK] * 2 if version else [])]))
    varbind = st.builds(messages.varbind, NAME, V2_VALUE if version else V1_VALUE)
    varbinds = draw(st.lists(varbind, max_size=6) | st.lists(varbind, min_size=8, max_size=40))
    request_id = draw(st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31)]) | st.integers(-(2**31), 2**31 - 1))
    a, b = (draw(COUNT), draw(COUNT)) if tag == messages.GET_BULK else (0, 0)
    return (
        version,
        who,
        messages.pdu(tag, varbinds, request_id=request_id, a=a, b=b),
        draw(st.sampled_from([484, 700, 1472, 65_507])),
    )


def plain(answer: Answer) -> list[tuple[Oid, int, object]]:
    """Varbinds with numbers as numbers."""
    numbers = {0x02, 0x41, 0x42, 0x43, 0x46}
    return [
        (name, tag, messages.number(content) if tag in numbers else content) for name, (tag, content) in answer.varbinds
    ]


def largest(varbinds: list[tuple[Oid, Value]]) -> int:
    return max(
        (len(messages.varbind(name, messages.tlv(tag, content))) for name, (tag, content) in varbinds), default=0
    )


LONG_GET = messages.pdu(messages.GET, [(*LONG, 1, row) for row in range(1, 5)])


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(asked=requests())
@example(asked=(1, b"public", LONG_GET, 484))
@example(asked=(3, USERS[2], LONG_GET, 484))
@example(asked=(3, USERS[2], messages.pdu(messages.GET_BULK, [LONG, NUMBERS], b=20), 1472))
def test_both_paths_give_the_same_answer(pair: Pair, asked: tuple[int, bytes | User, bytes, int]) -> None:
    version, who, body, max_size = asked
    (wire, wire_size), (pysnmp, _) = pair.ask(version, who, body, max_size)
    limit = min(1472, max_size) if version == 3 else 1472
    assert wire is not None
    assert pysnmp is not None
    assert wire_size <= limit
    assert (wire.tag, wire.request_id) == (pysnmp.tag, pysnmp.request_id)
    if body[0] == messages.GET_BULK and wire.outcome == pysnmp.outcome == (0, 0):
        ours, theirs = plain(wire), plain(pysnmp)
        assert ours[: len(theirs)] == theirs, "the wire path answers no less, and the same"
        if len(ours) > len(theirs):
            assert wire_size > limit - FRAME_SLACK, "the pysnmp path was cut though there was room"
        return
    if pysnmp.status == messages.TOO_BIG != wire.status:
        assert wire_size > limit - FRAME_SLACK
        return
    assert wire.outcome == pysnmp.outcome
    assert plain(wire) == plain(pysnmp)
