"""GETBULK takes cells by the run; it must answer what as many GETNEXTs do, whatever the store and the view."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.mib.encoding import Oid, packed
from agent.wire import answer, ber
from agent.wire.family import Family
from agent.wire.store import Store
from agent.wire.view import View, view_of
from tests.wire.cells import block

COLUMNS: tuple[Oid, ...] = ((1, 3, 1), (1, 3, 2), (1, 3, 7, 1))
indexes = st.integers(0, 12)
owned = st.dictionaries(st.tuples(st.sampled_from(COLUMNS), st.integers(1, 4)), st.sets(indexes, min_size=1))
places = st.one_of(
    st.sampled_from([(0, 0), (1, 3), (1, 3, 9), (2, 9), *COLUMNS]),
    st.tuples(st.just(1), st.just(3), st.integers(1, 2), st.integers(0, 5), indexes),
)
masks = st.sampled_from([b"", b"", b"\xf0", b"\xe8", b"\xd8"])
"""None, and ones in which a sub-identifier does not count."""
subtrees = st.lists(
    st.one_of(
        st.sampled_from([(1,), (1, 3), *COLUMNS]),
        st.tuples(st.just(1), st.just(3), st.integers(1, 2), st.integers(1, 4)),
        st.tuples(st.just(1), st.just(3), st.integers(1, 2), st.integers(1, 4), indexes),
    ),
    max_size=4,
)


def one_by_one(store: Store, view: View, names: list[bytes], rows: int) -> list[bytes]:
    """The varbinds of so many repetitions, by GETNEXT."""
    varbinds: list[bytes] = []
    for _ in range(rows):
        row = answer.get_next(store, view, names, 10**6)
        assert isinstance(row, list)
        varbinds += row
        names = [packed(ber.varbind(varbind)[0]) for varbind in row]
        if all(ber.varbind(varbind)[1] == 0x82 for varbind in row):
            break
    return varbinds


@given(
    owned, subtrees, subtrees, masks, st.lists(places, min_size=1, max_size=3), st.integers(1, 15), st.integers(0, 500)
)
def test_rfc3416_4_2_3_a_get_bulk_is_as_many_get_nexts(
    cells: dict[tuple[Oid, int], set[int]],
    include: list[Oid],
    exclude: list[Oid],
    mask: bytes,
    asked: list[Oid],
    rows: int,
    limit: int,
) -> None:
    store = Store()
    for owner in {owner for _, owner in cells}:
        blocks = [
            block(column, {(owner, row): bytes([row]) for row in rows_of})
            for (column, who), rows_of in cells.items()
            if who == owner
        ]
        store.swap(f"owner {owner}", blocks)
    included = [Family(oid, included=True, mask=mask) for oid in include or [(1,)]]
    view = view_of([*included, *(Family(oid, included=False, mask=mask) for oid in exclude)])
    names = [packed(oid) for oid in asked]
    expected = one_by_one(store, view, names, rows)
    assert answer.get_bulk(store, view, names, 0, rows, 10**6) == expected
    cut = answer.get_bulk(store, view, names, 0, rows, limit)
    column = answer.get_bulk_column(store, view, names[0], rows, limit)
    assert b"".join(column) == b"".join(answer.get_bulk(store, view, names[:1], 0, rows, limit))
    assert cut == expected[: len(cut)]
    assert len(cut) == len(expected) or sum(map(len, expected[: len(cut) + 1])) > limit
