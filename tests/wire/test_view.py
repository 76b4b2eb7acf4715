"""Views against the longest match (RFC 3415 5), and walking within them."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.mib.encoding import Oid, packed, unpacked
from agent.wire import answer
from agent.wire.store import Store
from agent.wire.view import EVERYTHING, NOTHING, View, intersection, make_view
from tests.wire.cells import block

MAX = 2**32 - 1
NUMBER = st.sampled_from([0, 1, 2, 3, MAX - 1, MAX])
SUBTREES = st.lists(st.lists(NUMBER, min_size=1, max_size=4).map(tuple), max_size=6)
NAMES = st.lists(NUMBER, min_size=1, max_size=6).map(tuple)


def sees(include: list[Oid], exclude: list[Oid], name: Oid) -> bool:
    """RFC 3415 5, word by word; what is both included and excluded is excluded."""
    matching = [(len(tree), tree not in exclude) for tree in (*include, *exclude) if name[: len(tree)] == tree]
    return max(matching, default=(0, False))[1]


@settings(max_examples=300)
@given(SUBTREES, SUBTREES, st.lists(NAMES, min_size=1, max_size=20))
@example([(1, MAX)], [], [(2,)])
@example([(1, 2, MAX, MAX)], [], [(1, 3), (1, 3, 0), (1, 2, MAX, MAX, 5)])
@example([(MAX, MAX)], [(MAX, MAX, MAX)], [(MAX, MAX, MAX, MAX), (MAX, MAX, 0)])
@example([(1,), (1, 2, 3)], [(1, 2)], [(1, 2), (1, 2, 3), (1, 2, 4), (1, 3)])
def test_rfc3415_5_the_longest_match_decides(include: list[Oid], exclude: list[Oid], names: list[Oid]) -> None:
    view = make_view(include, exclude)
    for name in (*names, *include, *exclude):
        assert (packed(name) in view) is sees(include, exclude, name), name


@settings(max_examples=300)
@given(SUBTREES, SUBTREES, st.sets(NAMES.filter(lambda name: len(name) > 1), max_size=20), NAMES)
def test_following_never_leaves_the_view_and_misses_no_visible_cell(
    include: list[Oid], exclude: list[Oid], names: set[Oid], start: Oid
) -> None:
    store = Store()
    columns = {name[:1] for name in names}
    store.swap(
        "all", [block((1, *column), {name[1:]: b"" for name in names if name[:1] == column}) for column in columns]
    )
    view = make_view([(1, *tree) for tree in include], [(1, *tree) for tree in exclude])
    seen, key = [], packed((1, *start))
    while (found := answer.following(store, view, key)) is not None:
        assert found.key > key
        key = found.key
        seen.append(unpacked(key)[1:])
    assert seen == [name for name in sorted(names) if name > start and sees(include, exclude, name)]


def test_a_cell_exactly_at_the_start_of_a_range_is_found() -> None:
    store = Store()
    store.swap("all", [block((1, 3), {(1,): b"", (2,): b"", (3,): b""})])
    view = make_view([(1, 3, 2)], [])
    found = answer.following(store, view, packed((1,)))
    assert found is not None
    assert unpacked(found.key) == (1, 3, 2)
    assert answer.following(store, view, found.key) is None


def test_a_view_without_subtrees_shows_nothing() -> None:
    for view in (NOTHING, make_view([], []), make_view([], [(1,)])):
        assert packed((1, 3)) not in view
        assert view.resume(b"") is None


def test_ranges_that_meet_are_one() -> None:
    assert make_view([(1, 2), (1, 3)], []) == View((packed((1, 2)),), (packed((1, 4)),))


@settings(max_examples=300)
@given(SUBTREES, SUBTREES, SUBTREES, SUBTREES, st.lists(NAMES, min_size=1, max_size=20))
def test_an_intersection_holds_what_both_views_hold(
    include: list[Oid], exclude: list[Oid], other_include: list[Oid], other_exclude: list[Oid], names: list[Oid]
) -> None:
    one, other = make_view(include, exclude), make_view(other_include, other_exclude)
    both = intersection(one, other)
    assert intersection(other, one) == both
    for name in (*names, *include, *other_include):
        key = packed(name)
        assert (key in both) is (key in one and key in other)
    assert intersection(one, EVERYTHING) == one
    assert intersection(one, NOTHING) == NOTHING
