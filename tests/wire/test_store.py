"""Blocks and the store, against a sorted dictionary."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.mib import encoding
from agent.mib.build import Cells
from agent.mib.encoding import Oid, packed, unpacked
from agent.wire import ber
from agent.wire.block import LiveBlock, make_blocks
from agent.wire.store import Store
from tests.wire.cells import block

COLUMNS: list[Oid] = [(1, 3, 1), (1, 3, 2), (1, 3, 3, 1), (1, 3, 3, 2), (1, 3, 2**32 - 1), (1, 4)]
TAIL = st.lists(st.sampled_from([0, 1, 2, 127, 128, 300, 2**32 - 1]), max_size=3).map(tuple)
CONTENT = st.binary(max_size=3) | st.just(bytes(200))
# The device, here the owner, is the first index: blocks of different owners do not interleave.
OWNED = st.dictionaries(st.sampled_from(COLUMNS), st.dictionaries(TAIL, CONTENT, max_size=6), max_size=4)
SWAPS = st.lists(st.tuples(st.integers(1, 4), OWNED), max_size=8)
ASKED = st.builds(lambda column, tail: (*column, *tail), st.sampled_from([*COLUMNS, (1, 3), (1,), (2,), ()]), TAIL)

Model = dict[Oid, bytes]


def apply(swaps: list[tuple[int, dict[Oid, dict[Oid, bytes]]]]) -> tuple[Store, Model]:
    store, owned = Store(COLUMNS), dict[int, Model]()
    for owner, columns in swaps:
        store.swap(
            owner,
            [block(oid, {(owner, *tail): value for tail, value in rows.items()}) for oid, rows in columns.items()],
        )
        owned[owner] = {(*oid, owner, *tail): value for oid, rows in columns.items() for tail, value in rows.items()}
    return store, {oid: value for cells in owned.values() for oid, value in cells.items()}


@settings(max_examples=150)
@given(SWAPS, st.lists(ASKED, max_size=8))
def test_get_next_and_walk_are_those_of_a_sorted_dictionary(
    swaps: list[tuple[int, dict[Oid, dict[Oid, bytes]]]], asked: list[Oid]
) -> None:
    store, model = apply(swaps)
    ordered = sorted(model)
    assert len(store) == len(model)
    walked, key = [], b""
    while (found := store.next(key)) is not None:
        assert found.key > key
        key = found.key
        walked.append((unpacked(key), ber.varbind(found.varbind)))
    assert walked == [(oid, (oid, encoding.OCTET_STRING, model[oid])) for oid in ordered]
    for oid in [*asked, *ordered]:
        found_varbind = store.get(packed(oid))
        assert (None if found_varbind is None else ber.varbind(found_varbind)[2]) == model.get(oid)
        place = bisect_right(ordered, oid)
        behind = store.next(packed(oid))
        assert (None if behind is None else unpacked(behind.key)) == (ordered[place] if place < len(ordered) else None)
        column = max((column for column in COLUMNS if oid[: len(column)] == column), default=None)
        later = [one for one in ordered if one > oid and (column is None or one[: len(column)] != column)]
        behind = store.next_column(packed(oid))
        assert (None if behind is None else unpacked(behind.key)) == (later[0] if later else None)
        assert store.is_declared(packed(oid)) is any(oid[: len(column)] == column for column in COLUMNS)


@given(SWAPS)
def test_what_all_owners_take_away_is_gone(swaps: list[tuple[int, dict[Oid, dict[Oid, bytes]]]]) -> None:
    store, _ = apply(swaps)
    for owner in range(1, 5):
        store.swap(owner, [])
    assert len(store) == 0
    assert store.next(b"") is None


def test_a_swap_leaves_the_blocks_of_other_owners_alone() -> None:
    store = Store()
    store.swap("one", [block((1, 3, 1), {(1, 1): b"a", (1, 2): b"b"})])
    store.swap("two", [block((1, 3, 1), {(2, 1): b"c"})])
    store.swap("one", [block((1, 3, 1), {(1, 2): b"d"}), block((1, 3, 2), {})])
    assert store.get(packed((1, 3, 1, 1, 1))) is None
    assert [ber.varbind(store.get(packed(oid)) or b"")[2] for oid in [(1, 3, 1, 1, 2), (1, 3, 1, 2, 1)]] == [b"d", b"c"]


def test_a_walk_across_swaps_rises_and_ends() -> None:
    store, key, seen = Store(), b"", []
    for turn in range(1000):
        store.swap("device", [block((1, 3, 1), {(1, row): b"x" for row in range(turn % 7, 40, 1 + turn % 3)})])
        found = store.next(key)
        if found is None:
            break
        assert found.key > key
        key = found.key
        seen.append(key)
    assert 13 <= len(seen) <= 40


@given(st.dictionaries(TAIL, CONTENT, min_size=1, max_size=8))
def test_a_block_has_the_varbinds_of_its_rows_in_order(rows: dict[Oid, bytes]) -> None:
    made = block((1, 3, 1), rows)
    for position, tail in enumerate(sorted(rows)):
        assert ber.varbind(made.varbind(position)) == ((1, 3, 1, *tail), encoding.OCTET_STRING, rows[tail])


def test_blocks_of_columns_that_share_their_keys_are_those_of_columns_that_do_not() -> None:
    keys = tuple(map(packed, [(1, 1), (1, 2), (1, 300)]))
    contents = (b"a", b"", b"c" * 200)
    shared = [Cells((1, 3, arc), 4, keys, contents) for arc in (1, 2)]
    apart = [Cells((1, 3, arc), 4, (*keys,), contents) for arc in (1, 2)]
    assert list(make_blocks(shared)) == list(make_blocks(apart))


def test_a_live_block_is_read_when_it_is_asked_for() -> None:
    values = iter([b"\x01", b"\x02"])
    store = Store()
    store.swap("self", [LiveBlock((1, 3, 1), encoding.TIME_TICKS, lambda: next(values))])
    read = [ber.varbind(store.get(packed((1, 3, 1, 0))) or b"") for _ in range(2)]
    assert read == [((1, 3, 1, 0), encoding.TIME_TICKS, b"\x01"), ((1, 3, 1, 0), encoding.TIME_TICKS, b"\x02")]


@pytest.mark.parametrize("size", [0, 100, 127, 128, 255, 256, 70_000])
def test_varbinds_of_any_size_are_valid(size: int) -> None:
    made = block((1, 3, 6), {(1,): bytes(size)})
    assert ber.varbind(made.varbind(0)) == ((1, 3, 6, 1), 4, bytes(size))
