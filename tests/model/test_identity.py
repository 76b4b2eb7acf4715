"""Indexes: given once, kept, never used for another thing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.model.identity import Given, Identities


def test_indexes_count_from_one_per_sort() -> None:
    one = Identities()
    asked = [("slot", "io1"), ("slot", "io2"), ("ptp", "io1/0"), ("slot", "io1")]
    assert [one.index(kind, key) for kind, key in asked] == [1, 2, 1, 1]


def test_what_was_given_is_handed_out_once_to_be_written_down() -> None:
    one = Identities()
    one.index("slot", "io1")
    one.index("slot", "io1")
    one.index("ptp", "x")
    assert one.take_fresh() == [Given("slot", "io1", 1), Given("ptp", "x", 1)]
    assert one.take_fresh() == []
    one.index("slot", "io1")
    assert one.take_fresh() == []


def test_after_a_restart_things_have_their_indexes_and_new_ones_go_on() -> None:
    again = Identities([Given("slot", "io9", 9), Given("slot", "io1", 1)])
    assert again.index("slot", "io9") == 9
    assert again.index("slot", "new") == 10
    assert again.index("slot", "io1") == 1
    assert again.take_fresh() == [Given("slot", "new", 10)]


@given(st.lists(st.tuples(st.sampled_from(["slot", "ptp"]), st.text(max_size=2), st.booleans())))
def test_no_index_is_ever_used_for_two_things(asked: list[tuple[str, str, bool]]) -> None:
    kept: list[Given] = []
    one = Identities()
    owners: dict[tuple[str, int], str] = {}
    for kind, key, restart in asked:
        index = one.index(kind, key)
        assert index >= 1
        assert owners.setdefault((kind, index), key) == key
        if restart:
            kept += one.take_fresh()
            one = Identities(kept)
    assert len(set(owners.values())) <= len(owners)
