"""GET, GETNEXT and GETBULK (RFC 3416 4.2.1 to 4.2.3) and their v1 forms, over a small store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.mib import encoding
from agent.mib.encoding import Oid, packed
from agent.wire import answer, ber
from agent.wire.answer import NoSuchName, TooBig
from agent.wire.store import Found, Store
from agent.wire.view import NOTHING, View, make_view
from tests.wire.cells import block

ALL = make_view([(0,), (1,), (2,)], [])
A, B, C, D = (1, 3, 1), (1, 3, 2), (1, 3, 3), (1, 3, 9)
STORE = Store([A, B, C, D])
STORE.swap(
    "device",
    [
        block(A, {(row,): b"a" for row in (1, 2, 3)}),
        block(B, {(row,): b"bb" for row in (1, 2, 3)}),
        block(C, {(row,): b"\x01" for row in (1, 2)}, encoding.COUNTER64),
    ],
)
NO_LIMIT = 10**6
OBJECT, INSTANCE, END = 0x80, 0x81, 0x82


def read(varbinds: object) -> list[tuple[Oid, int, bytes]]:
    assert isinstance(varbinds, list), varbinds
    return [ber.varbind(varbind) for varbind in varbinds]


def names(*oids: Oid) -> list[bytes]:
    return [packed(oid) for oid in oids]


def bulk(non_repeaters: int, repetitions: int, *oids: Oid, view: View = ALL, limit: int = NO_LIMIT) -> list[Oid]:
    varbinds = answer.get_bulk(STORE, view, names(*oids), non_repeaters, repetitions, limit)
    assert sum(map(len, varbinds)) <= limit
    return [oid for oid, *_ in read(varbinds)]


def test_rfc3416_4_2_1_get_answers_value_no_such_object_and_no_such_instance() -> None:
    asked = ((*A, 2), (1, 3, 77, 0), (*A, 9), D, (*A, 2))
    assert read(answer.get(STORE, ALL, names(*asked), NO_LIMIT)) == [
        ((*A, 2), 4, b"a"),
        ((1, 3, 77, 0), OBJECT, b""),
        ((*A, 9), INSTANCE, b""),
        (D, INSTANCE, b""),
        ((*A, 2), 4, b"a"),
    ]


def test_rfc3416_4_2_1_what_is_not_in_view_is_no_such_object() -> None:
    view = make_view([A], [])
    assert read(answer.get(STORE, view, names((*B, 1), (*B, 9)), NO_LIMIT)) == [
        ((*B, 1), OBJECT, b""),
        ((*B, 9), OBJECT, b""),
    ]


def test_rfc3416_4_2_1_get_that_does_not_fit_is_too_big() -> None:
    varbinds = answer.get(STORE, ALL, names((*A, 1), (*A, 2)), NO_LIMIT)
    assert isinstance(varbinds, list)
    size = sum(map(len, varbinds))
    assert answer.get(STORE, ALL, names((*A, 1), (*A, 2)), size) == varbinds
    assert answer.get(STORE, ALL, names((*A, 1), (*A, 2)), size - 1) == TooBig()
    assert answer.get(STORE, ALL, [], 0) == []


def test_rfc3416_4_2_2_get_next_answers_the_next_cell_and_the_end_with_the_name_asked() -> None:
    asked = ((0, 0), A, (*A, 1), (*A, 1, 5), (*A, 3), (*C, 2), (2, 5))
    assert read(answer.get_next(STORE, ALL, names(*asked), NO_LIMIT)) == [
        ((*A, 1), 4, b"a"), ((*A, 1), 4, b"a"), ((*A, 2), 4, b"a"), ((*A, 2), 4, b"a"), ((*B, 1), 4, b"bb"),
        ((*C, 2), END, b""), ((2, 5), END, b""),
    ]  # fmt: skip


def test_rfc3416_4_2_2_get_next_that_does_not_fit_is_too_big() -> None:
    assert answer.get_next(STORE, ALL, names(A, B), 10) == TooBig()


@pytest.mark.parametrize(
    ("non_repeaters", "repetitions", "asked", "answered"),
    [
        (0, 2, [A], [(*A, 1), (*A, 2)]),
        (1, 2, [A, A, B], [(*A, 1), (*A, 1), (*B, 1), (*A, 2), (*B, 2)]),
        (0, 0, [A], []),
        (1, 0, [A, B], [(*A, 1)]),
        (-1, 1, [A], [(*A, 1)]),
        (1, -5, [A, B], [(*A, 1)]),
        (-(2**31), -(2**31), [A], []),
        (9, 9, [A, B], [(*A, 1), (*B, 1)]),
        (0, 9, [], []),
        (0, 5, [(*C, 1)], [(*C, 2), (*C, 2)]),
        (2, 5, [(2, 9), (2, 9)], [(2, 9), (2, 9)]),
    ],
)
def test_rfc3416_4_2_3_get_bulk(non_repeaters: int, repetitions: int, asked: list[Oid], answered: list[Oid]) -> None:
    assert bulk(non_repeaters, repetitions, *asked) == answered


def test_rfc3416_4_2_3_get_bulk_of_100_repeaters_answers_each() -> None:
    assert bulk(0, 2, *[A] * 100) == [(*A, 1)] * 100 + [(*A, 2)] * 100


@pytest.mark.parametrize("repetitions", [9, 100, 2**31 - 1])
def test_rfc3416_4_2_3_repetitions_end_when_every_repeater_is_at_the_end(repetitions: int) -> None:
    cells = [(*A, 1), (*A, 2), (*A, 3), (*B, 1), (*B, 2), (*B, 3), (*C, 1), (*C, 2)]
    assert bulk(0, repetitions, (0, 0)) == [*cells, (*C, 2)]
    both = bulk(0, repetitions, (0, 0), (*C, 1))
    assert both[::2] == [*cells, (*C, 2)]
    assert both[1::2] == [(*C, 2)] * 9


def test_rfc3416_4_2_3_an_empty_view_is_at_its_end_at_once() -> None:
    assert bulk(0, 2**31 - 1, A, B, view=NOTHING) == [A, B]


@given(
    st.integers(0, 400), st.integers(0, 5), st.integers(0, 20), st.lists(st.sampled_from([A, B, C, (2, 9)]), max_size=5)
)
def test_rfc3416_4_2_3_cut_at_the_limit_is_the_longest_beginning_that_fits(
    limit: int, non_repeaters: int, repetitions: int, asked: list[Oid]
) -> None:
    whole = answer.get_bulk(STORE, ALL, names(*asked), non_repeaters, repetitions, NO_LIMIT)
    cut = answer.get_bulk(STORE, ALL, names(*asked), non_repeaters, repetitions, limit)
    assert cut == whole[: len(cut)]
    assert sum(map(len, cut)) <= limit
    assert len(cut) == len(whole) or sum(map(len, whole[: len(cut) + 1])) > limit


def test_rfc3416_4_2_3_a_first_varbind_that_does_not_fit_leaves_none() -> None:
    assert bulk(0, 5, A, limit=5) == []
    assert answer.get_bulk(STORE, ALL, names(A), 0, 5, -50) == []


def test_rfc1157_4_1_2_v1_get_names_what_there_is_not() -> None:
    assert read(answer.get_v1(STORE, ALL, names((*A, 1)), NO_LIMIT)) == [((*A, 1), 4, b"a")]
    assert answer.get_v1(STORE, ALL, names((*A, 1), (*A, 9), (*A, 8)), NO_LIMIT) == NoSuchName(2)
    assert answer.get_v1(STORE, NOTHING, names((*A, 1)), NO_LIMIT) == NoSuchName(1)
    assert answer.get_v1(STORE, ALL, names((*A, 1)), 3) == TooBig()


def test_rfc3584_4_2_2_1_v1_get_of_a_counter64_is_no_such_name() -> None:
    assert answer.get_v1(STORE, ALL, names((*A, 1), (*C, 1)), NO_LIMIT) == NoSuchName(2)


def test_rfc3584_4_2_2_1_v1_get_next_steps_over_counter64() -> None:
    store = Store()
    store.swap("one", [block(C, {(1,): b"\x01"}, encoding.COUNTER64), block(D, {(0,): b"d"})])
    assert read(answer.get_next_v1(store, ALL, names(A, C), NO_LIMIT)) == [((*D, 0), 4, b"d")] * 2


def test_rfc3584_4_2_2_1_v1_get_next_steps_over_a_column_at_once_and_stays_in_view() -> None:
    store = Store()
    rows = {(row,): b"\x01" for row in range(1000)}
    store.swap("one", [block(B, rows, encoding.COUNTER64), block(C, rows, encoding.COUNTER64), block(D, {(0,): b"d"})])
    steps = 0

    def step(*arguments: bytes) -> Found | None:
        nonlocal steps
        steps += 1
        return Store.next(store, *arguments)

    store.next = step  # type: ignore[method-assign]
    assert read(answer.get_next_v1(store, ALL, names(A, (*B, 500)), NO_LIMIT)) == [((*D, 0), 4, b"d")] * 2
    assert steps == 2
    hidden = make_view([A, B, C], [])
    assert answer.get_next_v1(store, hidden, names(A), NO_LIMIT) == NoSuchName(1)
    scattered = make_view([*((*B, row) for row in range(0, 1000, 2)), D], [])
    assert read(answer.get_next_v1(store, scattered, names(A), NO_LIMIT)) == [((*D, 0), 4, b"d")]


def test_rfc1157_4_1_3_v1_get_next_at_the_end_is_no_such_name() -> None:
    assert answer.get_next_v1(STORE, ALL, names(A, (*B, 3)), NO_LIMIT) == NoSuchName(2)
    assert answer.get_next_v1(STORE, ALL, names(A, B), 3) == TooBig()


def test_a_name_of_fewer_than_two_sub_identifiers_still_makes_a_valid_answer() -> None:
    assert read(answer.get(STORE, ALL, [b"", packed((1,))], NO_LIMIT)) == [((0, 0), OBJECT, b""), ((1, 0), OBJECT, b"")]
