"""Frames between front and back, pure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.mib.encoding import Oid, packed
from agent.wire import frames
from agent.wire.block import PIECE, FrozenBlock, make_blocks
from agent.wire.frames import HEAD_OCTETS, LARGEST, FrameError, Hello, Kind, SwapReader, read_head, swap_frames
from agent.wire.writing import Assignment, Result
from tests.wire.cells import block, cells_of

COLUMNS: tuple[Oid, ...] = ((1, 3, 1), (1, 3, 2), (1, 3, 3))
rows = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 2**32 - 1)), st.binary(max_size=40), min_size=1)
owners = st.lists(st.tuples(st.sampled_from(COLUMNS), rows), unique_by=lambda pair: pair[0], max_size=3)


def blocks(content: Sequence[tuple[Oid, dict[Oid, bytes]]]) -> list[FrozenBlock]:
    return [block(column, cells) for column, cells in sorted(content, key=lambda pair: pair[0])]


def taken_over(before: Sequence[FrozenBlock], after: Sequence[FrozenBlock]) -> tuple[list[FrozenBlock], int]:
    """The blocks as the other end has them, and the octets that it took."""
    sent = list(swap_frames("owner", before, after))
    payloads = []
    for each in sent:
        kind, size = read_head(each[:HEAD_OCTETS])
        assert size == len(each) - HEAD_OCTETS
        payloads.append((kind, each[HEAD_OCTETS:]))
    (kind, head), *others = payloads
    assert kind is Kind.SWAP
    assert frames.read_text(head) == ["owner", len(after)]
    reader = SwapReader("owner", len(after), before)
    for kind, payload in others:
        assert kind is Kind.BLOCK
        assert not reader.is_whole
        reader.take(payload)
    assert reader.is_whole
    return reader.blocks, sum(map(len, sent))


@given(owners, owners)
def test_an_owner_has_at_the_other_end_what_it_has_here(
    before: list[tuple[Oid, dict[Oid, bytes]]], after: list[tuple[Oid, dict[Oid, bytes]]]
) -> None:
    assert taken_over(blocks(before), blocks(after))[0] == blocks(after)


def test_what_did_not_change_stays_the_same_object_and_costs_next_to_nothing() -> None:
    cells = {(1, row): bytes(100) for row in range(1000)}
    before = blocks([(column, cells) for column in COLUMNS])
    changed = blocks([(COLUMNS[0], cells), (COLUMNS[1], {**cells, (1, 5): b"new"}), (COLUMNS[2], cells)])
    after, octets = taken_over(before, changed)
    assert after[0] is before[0]
    assert after[2] is before[2]
    assert after[1].keys is before[1].keys
    assert octets < 1.1 * len(changed[1].varbinds)


def test_columns_that_share_their_keys_share_them_at_the_other_end() -> None:
    cells = {(1, row): b"x" for row in range(100)}
    keys = block(COLUMNS[0], cells).keys
    shared = list(make_blocks(cells_of(column, keys) for column in COLUMNS))
    after, _ = taken_over([], shared)
    assert after == shared
    assert after[0].keys is after[1].keys is after[2].keys


def test_a_long_column_is_several_frames_each_within_the_bound() -> None:
    keys = tuple(packed((1, row)) for row in range(2 * PIECE + 5))
    made = list(make_blocks([cells_of(COLUMNS[0], keys, bytes(1024))]))
    assert [len(piece.keys) for piece in made] == [PIECE, PIECE, 5]
    assert all(len(each) < LARGEST for each in swap_frames("owner", [], made))


def test_a_set_and_its_result_come_over_whole() -> None:
    wanted = [
        Assignment(1, "text", (0,), "ü"), Assignment(2, "octets", (1, 2), b"\0\xff"), Assignment(3, "number", (), -5),
        Assignment(4, "truth", (0,), value=True),
    ]  # fmt: skip
    assert frames.read_set(frames.set_frame(7, wanted, "who@here")[HEAD_OCTETS:]) == (7, wanted, "who@here")
    assert frames.read_result(frames.result_frame(7, Result(12, 3))[HEAD_OCTETS:]) == (7, Result(12, 3))


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"5", b'{"wanted":[[1]],"number":1,"who":""}', b"\xff", b""])
def test_a_set_or_result_that_is_none_is_refused(payload: bytes) -> None:
    for read in (frames.read_set, frames.read_result):
        with pytest.raises(FrameError):
            read(payload)


def test_a_hello_of_another_version_is_refused() -> None:
    hello = Hello(("a", "b"), 3)
    assert Hello.read(hello.frame()[HEAD_OCTETS:]) == hello
    with pytest.raises(FrameError, match="version 99"):
        Hello.read(b'{"version":99,"owners":[],"restarts":0}')


@pytest.mark.parametrize(
    "octets",
    [b"\0\0\0\0\1", b"\xff\xff\xff\xff\1", b"\0\0\0\1\0", b"\0\0\0\1\xff", (LARGEST + 1).to_bytes(4, "big") + b"\1"],
)
def test_a_head_that_is_none_is_refused(octets: bytes) -> None:
    with pytest.raises(FrameError):
        read_head(octets)


def test_what_is_too_large_is_not_sent() -> None:
    with pytest.raises(FrameError, match="too many"):
        frames.frame(Kind.BLOCK, bytes(LARGEST))


@given(st.binary(max_size=60))
def test_a_block_of_any_octets_is_refused_or_a_block(octets: bytes) -> None:
    reader = SwapReader("owner", 1, [])
    try:
        reader.take(octets)
    except FrameError:
        assert reader.blocks == []
    else:
        assert isinstance(reader.blocks[0], FrozenBlock)
