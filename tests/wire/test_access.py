"""VACM (RFC 3415 3.2): groups, the row that counts, what is told apart, contexts, and the rule for communities."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.mib.encoding import packed
from agent.wire import access
from agent.wire.access import Access, AccessRow, Level, Match, Model, Refusal
from agent.wire.family import Family
from agent.wire.view import EVERYTHING, NOTHING, View, make_view, view_of
from tests.wire.grants import Grant, granting

NO_AUTH, AUTH, PRIV = Level
SYSTEM = make_view([(1, 3, 6, 1, 2, 1, 1)], [])
ACCESS = granting(
    {
        (Model.V2C, "community0"): Grant(NO_AUTH, SYSTEM),
        (Model.USM, "sealed"): Grant(PRIV, make_view([(1, 3)], []), SYSTEM),
    }
)


def test_rfc3415_3_2_what_is_granted_is_seen() -> None:
    assert ACCESS.read_view(2, "community0", 1, "") == SYSTEM
    assert ACCESS.read_view(3, "sealed", 3, "") == make_view([(1, 3)], [])
    assert ACCESS.write_view(3, "sealed", 3, "") == SYSTEM
    assert ACCESS.write_view(2, "community0", 1, "") == NOTHING


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ((1, "community0", 1, ""), Refusal.NO_GROUP),
        ((3, "community0", 3, ""), Refusal.NO_GROUP),
        ((2, "sealed", 1, ""), Refusal.NO_GROUP),
        ((0, "sealed", 3, ""), Refusal.NO_GROUP),
        ((99, "sealed", 3, ""), Refusal.NO_GROUP),
        ((3, "", 1, ""), Refusal.NO_GROUP),
        ((3, "sealed", 1, ""), Refusal.NO_ACCESS_ENTRY),
        ((3, "sealed", 2, ""), Refusal.NO_ACCESS_ENTRY),
        ((3, "sealed", 3, "other"), Refusal.NO_CONTEXT),
        ((3, "nobody", 3, "other"), Refusal.NO_CONTEXT),
    ],
)
def test_rfc3415_3_2_what_is_not_granted_is_refused(asked: tuple[int, str, int, str], refusal: Refusal) -> None:
    assert ACCESS.read_view(*asked) is refusal
    assert ACCESS.write_view(*asked) is refusal
    assert ACCESS.notify_view(*asked) is refusal


def test_rfc3415_3_2_step_5_a_view_there_is_not_is_refused() -> None:
    rows = {"ops": (AccessRow(NO_AUTH, read="gone", notify="all"),)}
    here = Access({(3, "u"): "ops"}, rows, {"all": EVERYTHING})
    assert here.read_view(3, "u", 3, "") is Refusal.NO_VIEW
    assert here.write_view(3, "u", 3, "") is Refusal.NO_VIEW
    assert here.notify_view(3, "u", 3, "") == EVERYTHING


def test_what_is_told_in_a_context_is_not_cut_to_what_it_shows_and_still_needs_a_row_for_it() -> None:
    rows = {"ops": (AccessRow(PRIV, read="all", notify="all", context="clock"),)}
    here = Access({(3, "u"): "ops"}, rows, {"all": EVERYTHING}, {"": EVERYTHING, "clock": SYSTEM, "other": SYSTEM})
    assert here.read_view(3, "u", 3, "clock") == SYSTEM
    assert here.notify_view(3, "u", 3, "clock") == EVERYTHING
    assert here.notify_view(3, "u", 3, "other") is Refusal.NO_ACCESS_ENTRY


def number(view: View | Refusal) -> int | Refusal:
    """Which of the numbered views this is."""
    return view if isinstance(view, Refusal) else view.starts[0][-1]


def numbered(rows: list[AccessRow]) -> Access:
    """The rows for one user, each with a view of its number; in contexts a, ab and abc."""
    views = {str(place): make_view([(1, 3, place)], []) for place in range(len(rows))}
    named = tuple(
        AccessRow(row.level, str(place), model=row.model, context=row.context, match=row.match)
        for place, row in enumerate(rows)
    )
    contexts = dict.fromkeys(["", "a", "ab", "abc"], EVERYTHING)
    return Access({(3, "u"): "g", (2, "u"): "g"}, {"g": named}, views, contexts)


EXACT, PREFIX = Match


@pytest.mark.parametrize(
    ("rows", "asked", "chosen"),
    [
        # the model's own row before any, even if its context is shorter and its level lower
        ([AccessRow(PRIV, context="abc"), AccessRow(NO_AUTH, model=Model.USM, match=PREFIX)], (3, 3, "abc"), 1),
        # the context that is the same before a longer level
        ([AccessRow(PRIV, context="ab", match=PREFIX), AccessRow(NO_AUTH, context="abc")], (3, 3, "abc"), 1),
        # the longer prefix before the higher level
        ([AccessRow(PRIV, context="a", match=PREFIX), AccessRow(AUTH, context="ab", match=PREFIX)], (3, 3, "abc"), 1),
        # the highest level that is not above the asked one
        ([AccessRow(NO_AUTH), AccessRow(AUTH), AccessRow(PRIV)], (3, 3, ""), 2),
        ([AccessRow(NO_AUTH), AccessRow(AUTH), AccessRow(PRIV)], (3, 2, ""), 1),
        ([AccessRow(NO_AUTH), AccessRow(AUTH), AccessRow(PRIV)], (3, 1, ""), 0),
        # a row at a lower level lets a user of a higher one ask there
        ([AccessRow(AUTH, model=Model.USM)], (3, 2, ""), 0),
        ([AccessRow(AUTH, model=Model.USM)], (3, 1, ""), Refusal.NO_ACCESS_ENTRY),
        # rows of another model or context are no candidates
        ([AccessRow(NO_AUTH, model=Model.USM)], (2, 1, ""), Refusal.NO_ACCESS_ENTRY),
        ([AccessRow(NO_AUTH, context="a")], (3, 3, "ab"), Refusal.NO_ACCESS_ENTRY),
        ([AccessRow(NO_AUTH)], (3, 3, "ab"), Refusal.NO_ACCESS_ENTRY),
        ([AccessRow(NO_AUTH, match=PREFIX)], (3, 3, "ab"), 0),
        ([AccessRow(NO_AUTH, context="abcd", match=PREFIX)], (3, 3, "abc"), Refusal.NO_ACCESS_ENTRY),
    ],
)
def test_rfc3415_3_2_step_4_of_several_rows_one_counts(
    rows: list[AccessRow], asked: tuple[int, int, str], chosen: int | Refusal
) -> None:
    model, level, context = asked
    for order in itertools.permutations(range(len(rows))):
        found = number(numbered([rows[place] for place in order]).read_view(model, "u", level, context))
        assert (found if isinstance(found, Refusal) else order[found]) == chosen


ROW = st.builds(
    AccessRow,
    st.sampled_from(Level),
    model=st.sampled_from([Model.ANY, Model.V2C, Model.USM]),
    context=st.sampled_from(["", "a", "ab", "abc"]),
    match=st.sampled_from(Match),
)


@given(
    st.lists(ROW, max_size=8, unique_by=lambda row: (row.context, row.model, row.level)),
    st.sampled_from([2, 3]),
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["", "a", "ab", "abc"]),
)
@example([AccessRow(NO_AUTH, context="a", match=PREFIX), AccessRow(AUTH)], 3, 3, "ab")
def test_rfc3415_4_the_row_that_counts_is_found_as_the_rfc_narrows_the_set(
    rows: list[AccessRow], model: int, level: int, context: str
) -> None:
    left = [
        row for row in rows
        if row.model in (0, model) and row.level <= level
        and (row.context == context or (row.match is PREFIX and context.startswith(row.context)))
    ]  # fmt: skip
    for preferred in (  # vacmAccessTable's DESCRIPTION, 1 to 4
        [row for row in left if row.model == model],
        [row for row in left if row.context == context],
    ):
        left = [row for row in left if row in preferred] or left
    longest = max((len(row.context) for row in left), default=0)
    left = [row for row in left if len(row.context) == longest]
    highest = max((row.level for row in left), default=0)
    left = [row for row in left if row.level == highest]
    found = number(numbered(rows).read_view(model, "u", level, context))
    assert found is Refusal.NO_ACCESS_ENTRY if not left else [rows[int(found)]] == left  # type: ignore[arg-type]


def test_a_context_shows_no_more_than_its_own_view_and_no_more_than_is_granted() -> None:
    contexts = {"": EVERYTHING, "one": make_view([(1, 3, 6, 1, 2, 1, 1, 5), (1, 3, 6, 1, 4)], [])}
    rows = {"g": (AccessRow(NO_AUTH, "system", "system", match=PREFIX),)}
    here = Access({(3, "u"): "g"}, rows, {"system": SYSTEM}, contexts)
    assert here.read_view(3, "u", 1, "") == SYSTEM
    assert here.read_view(3, "u", 1, "one") == make_view([(1, 3, 6, 1, 2, 1, 1, 5)], [])
    assert here.write_view(3, "u", 1, "") == SYSTEM
    assert here.write_view(3, "u", 1, "one") == NOTHING  # a host's name is not the manager's to give


def test_rfc3584_5_communities_are_told_at_auth_priv_only_whatever_the_view() -> None:
    names = [(1, 3, 6, 1, 6, 3, 18, 1, 1, 1, 2, 65), (1, 3, 6, 1, 6, 3, 18)]
    masked = view_of([Family((1, 3, 6, 1, 6, 3, 99), included=True, mask=b"\xfc")])
    for view in (EVERYTHING, make_view([(1, 3, 6, 1, 6, 3, 18)], []), masked):
        here = granting({(Model.USM, "u"): Grant(NO_AUTH, view, view), (Model.V2C, "c"): Grant(NO_AUTH, view, view)})
        low: list[Any] = [(3, "u", 1, ""), (3, "u", 2, ""), (2, "c", 1, "")]
        for asked in low:
            for found in (here.read_view(*asked), here.write_view(*asked)):
                assert isinstance(found, View)
                assert not any(packed(name) in found for name in names)
                assert found.resume(packed((1, 3, 6, 1, 6, 3, 17, 9))) not in map(packed, names)
        whole = here.read_view(3, "u", 3, "")
        assert isinstance(whole, View)
        assert all(packed(name) in whole for name in names)


def test_what_was_resolved_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "REMEMBERED", 3)
    contexts = {str(place): EVERYTHING for place in range(9)}
    rows = {"g": (AccessRow(NO_AUTH, "all", match=PREFIX),)}
    here = Access({(3, "u"): "g"}, rows, {"all": EVERYTHING}, contexts)
    assert here.read_view(3, "u", 1, "0") is here.read_view(3, "u", 1, "0")
    for context in contexts:
        assert isinstance(here.read_view(3, "u", 1, context), View)
        assert here.read_view(3, "nobody", 1, context) is Refusal.NO_GROUP
        assert len(here._known) <= 3


def test_what_is_written_to_devices_is_in_no_view_for_writing_below_privacy() -> None:
    everything = make_view([(1, 3)], [])
    guarded = make_view([(0,), (1,), (2,)], [(1, 3, 6, 9)])
    grants = {
        (Model.USM, "noc"): Grant(AUTH, everything, everything),
        (Model.V2C, "noc"): Grant(NO_AUTH, everything, everything),
    }
    plain = granting(grants)
    guarding = Access(plain.groups, plain.rows, plain.views, plain.contexts, guarded)
    inside, outside = packed((1, 3, 6, 9, 1)), packed((1, 3, 6, 8, 1))
    for model, level, writes in ((3, 3, True), (3, 2, False), (2, 1, False)):
        view = guarding.write_view(model, "noc", level, "")
        assert isinstance(view, View)
        assert (inside in view) is writes
        assert outside in view
        reading = guarding.read_view(model, "noc", level, "")
        assert isinstance(reading, View)
        assert inside in reading
        unguarded = plain.write_view(model, "noc", level, "")
        assert isinstance(unguarded, View)
        assert inside in unguarded
