"""Families with masks against RFC 3415 5 word by word, and walking in views of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from agent.mib.encoding import Oid, packed, unpacked
from agent.wire import answer
from agent.wire.family import Family
from agent.wire.store import Found, Store
from agent.wire.view import MaskedView, View, intersection, make_view, view_of
from tests.wire.cells import block

MAX = 2**32 - 1
NUMBER = st.sampled_from([0, 1, 2, 3, 7, MAX - 1, MAX])
NAMES = st.lists(NUMBER, min_size=1, max_size=6).map(tuple)
FAMILY = st.builds(
    Family,
    st.lists(NUMBER, min_size=1, max_size=5).map(tuple),
    included=st.booleans(),
    mask=st.sampled_from([b"", b"\xff", b"\x7f", b"\xbf", b"\xa8", b"\xd0", b"\xef", b"\x00", b"\xf8\xff"]),
)
FAMILIES = st.lists(FAMILY, max_size=6, unique_by=lambda family: family.subtree)


def in_family(family: Family, name: Oid) -> bool:
    """RFC 3415 5, vacmViewTreeFamilyMask: bits beyond the mask are 1."""
    bits = "".join(f"{octet:08b}" for octet in family.mask).ljust(128, "1")
    if len(name) < len(family.subtree):
        return False
    pairs = zip(family.subtree, name, bits, strict=False)
    return all(bit == "0" or wanted == number for wanted, number, bit in pairs)


def sees(families: list[Family], name: Oid) -> bool:
    """RFC 3415 5, vacmViewTreeFamilyTable: the most sub-identifiers, then the lexicographically greatest."""
    matching = [family for family in families if in_family(family, name)]
    return bool(matching) and max(matching, key=lambda family: (len(family.subtree), family.subtree)).included


@settings(max_examples=500)
@given(FAMILIES, st.lists(NAMES, min_size=1, max_size=20))
@example([Family((1, 2, 3), included=True, mask=b"\xbf"), Family((1, 7, 3), included=False)], [(1, 7, 3), (1, 9, 3)])
@example([Family((1, 2), included=False, mask=b"\xbf"), Family((1, 3), included=True, mask=b"\xbf")], [(1, 1), (1, 5)])
@example([Family((1, 3), included=False, mask=b"\x7f"), Family((2, 3), included=True)], [(2, 3), (1, 3), (7, 3)])
def test_rfc3415_5_of_families_that_match_the_longest_then_the_greatest_decides(
    families: list[Family], names: list[Oid]
) -> None:
    view = view_of(families)
    for name in (*names, *(family.subtree for family in families)):
        assert (packed(name) in view) is sees(families, name), name


@settings(max_examples=500)
@given(FAMILIES, NAMES)
def test_resuming_leads_to_the_first_oid_in_view_and_past_none(families: list[Family], name: Oid) -> None:
    view = view_of(families)
    key = packed(name)
    assume(key not in view)
    resumed = view.resume(key)
    # Every OID that could be the first one is made of numbers in families, in the name, the ones behind those, and 0.
    said = {number for family in families for number in family.subtree} | set(name) | {0}
    numbers = sorted({near for number in said for near in (number, number + 1) if near <= MAX})
    if resumed is not None:
        assert resumed > key
        assert sees(families, unpacked(resumed))
    for length in (1, 2):
        for place in range(len(name) + 1):
            for number in numbers:
                other = (*name[:place], *[number] * length)
                if other > name and sees(families, other):
                    assert resumed is not None
                    assert resumed <= packed(other), other


PLAIN = FAMILIES.map(lambda families: [replace(family, mask=b"") for family in families])


def test_views_that_both_have_masks_are_not_intersected() -> None:
    masked = view_of([Family((1, 3, 0, 5), included=True, mask=b"\xd0")])
    with pytest.raises(ValueError, match="both have masks"):
        intersection(masked, masked)


@settings(max_examples=300)
@given(FAMILIES, st.sets(NAMES.filter(lambda name: len(name) > 2), max_size=30), NAMES, PLAIN)
def test_following_in_a_masked_view_never_leaves_it_and_misses_no_visible_cell(
    families: list[Family], names: set[Oid], start: Oid, others: list[Family]
) -> None:
    store = Store()
    columns = {name[:2] for name in names}
    store.swap("all", [block(column, {name[2:]: b"" for name in names if name[:2] == column}) for column in columns])
    for view, visible in (
        (view_of(families), lambda name: sees(families, name)),
        (intersection(view_of(families), view_of(others)), lambda name: sees(families, name) and sees(others, name)),
    ):
        seen, key = [], packed(start)
        while (found := answer.following(store, view, key)) is not None:
            assert found.key > key
            key = found.key
            seen.append(unpacked(key))
        assert seen == [name for name in sorted(names) if name > start and visible(name)]


def test_masks_that_leave_nothing_out_make_a_view_of_ranges() -> None:
    plain = make_view([(1, 3)], [(1, 3, 6)])
    families = [Family((1, 3), included=True, mask=b"\xc0"), Family((1, 3, 6), included=False, mask=b"\xff\x00")]
    assert view_of(families) == plain
    assert type(view_of(families)) is View
    assert type(view_of([Family((1, 3), included=True, mask=b"\x80")])) is MaskedView


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0

    def get(self, key: bytes) -> bytes | None:
        self.asked += 1
        return self._store.get(key)

    def next(self, key: bytes) -> Found | None:
        self.asked += 1
        return self._store.next(key)

    def first_of(self, view: View, key: bytes, count: int) -> Found:
        self.asked += count
        return self._store.first_of(view, key, count)

    def next_column(self, key: bytes) -> Found | None:
        return self._store.next_column(key)

    def is_declared(self, key: bytes) -> bool:
        return self._store.is_declared(key)


@pytest.mark.parametrize("row", [1, 1000, 2000])
def test_one_row_of_a_large_table_is_walked_without_looking_at_the_others(row: int) -> None:
    store = Store()
    rows = {(device, number): b"" for device in range(1, 4) for number in range(1, 2001)}
    store.swap("all", [block((1, 3, column), rows) for column in range(1, 6)])
    source = Counting(store)
    view = view_of([Family((1, 3, 0, 2, row), included=True, mask=b"\xd8")])
    seen, key = [], b""
    while (found := answer.following(source, view, key)) is not None:
        key = found.key
        seen.append(unpacked(key))
    assert seen == [(1, 3, column, 2, row) for column in range(1, 6)]
    assert source.asked < 40


@given(
    st.sets(st.tuples(st.integers(1, 40), st.integers(1, 4)), max_size=160),
    st.sampled_from([b"\xe8", b"\xf0", b"\xf8"]),
)
def test_rows_hidden_behind_an_open_index_are_passed_and_none_in_view_is(rows: set[Oid], mask: bytes) -> None:
    store = Store()
    store.swap("all", [block((1, 3, 1), {(*row, 1): b"" for row in rows})] if rows else [])
    families = [Family((1, 3, 1, 7, 3), included=True, mask=mask), Family((1, 3, 1, 9), included=True)]
    seen, key = [], b""
    while (found := answer.following(store, view_of(families), key)) is not None:
        key = found.key
        seen.append(unpacked(key)[3:5])
    assert seen == [row for row in sorted(rows) if sees(families, (1, 3, 1, *row))]
