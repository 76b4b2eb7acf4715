"""Contradictory declarations are refused when they are made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from agent.errors import DeclarationError
from agent.mib.declaration import Access, Column, Group, Module, Scalars, Table, described, with_text
from agent.mib.module import northbound
from agent.mib.standard import STANDARD
from agent.mib.syntax import GAUGE, TEXT, enumeration


def column(arc: int = 1, name: str = "lnbOne", **options: Any) -> Column:
    return Column(arc, name, TEXT, "What it is.", **({"paths": ("a",)} | options))


def table(**options: Any) -> Table:
    return Table(
        **({"arc": 1, "name": "lnbTable", "description": "d", "row": "r", "index": (), "columns": (column(),),
            "rows": ("a[]",)} | options)
    )  # fmt: skip


def module(*parts: Any) -> Module:
    return Module("TEST-MIB", (1, 3), (Group(1, "lnbGroup", "d", parts),))


CONTRADICTIONS: dict[str, tuple[Callable[[], object], str]] = {
    "a name of 33 characters": (lambda: column(name="lnb" + "n" * 30), "lnbn{30}: longer than 32 characters"),
    "a standard name of 65 characters": (lambda: column(name="n" * 65), "n{65}: longer than 64 characters"),
    "paths and a function": (lambda: column(value=lambda row: 1), "lnbOne: has both"),
    "neither paths nor a function": (lambda: column(paths=()), "lnbOne: has neither"),
    "a table not named so": (lambda: table(name="lnbThings"), "lnbThings: a table's name ends in Table"),
    "no rows": (lambda: table(rows=()), "lnbTable: rows come either"),
    "rows from two sources": (lambda: table(source=lambda view: ()), "lnbTable: rows come either"),
    "an arc twice in a table": (lambda: table(columns=(column(), column(name="lnbTwo"))), "lnbTable: an arc is given"),
    "an arc twice in scalars": (lambda: Scalars(1, "lnbS", (column(), column(name="lnbTwo"))), "lnbS: an arc is given"),
    "an arc twice in a group": (lambda: module(table(), table(name="lnbOtherTable")), "lnbGroup: an arc is given"),
    "an object declared twice": (lambda: module(table(), Scalars(2, "lnbS", (column(),))), "lnbOne: declared twice"),
}


@pytest.mark.parametrize(("make", "problem"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_refused_and_named(make: Callable[[], object], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem):
        make()


def test_what_is_not_accessible_needs_no_source() -> None:
    assert column(paths=(), access=Access.NOT_ACCESSIBLE).name == "lnbOne"
    assert column(name="n" * 32).name == "n" * 32


def test_objects_are_located_below_their_group_table_and_entry() -> None:
    made = Module(
        "TEST-MIB",
        (1, 3, 6),
        (
            Group(7, "lnbA", "d", (table(arc=2), Scalars(0, "lnbS", (column(5, "lnbTwo"),)))),
            Group(9, "std", "d", (Scalars(0, "s", (column(3, "stdOne"),)),), oid=(1, 3, 6, 1)),
        ),
    )
    oids = {name: located.oid for name, located in made.objects.items()}
    assert oids == {"lnbOne": (1, 3, 6, 1, 7, 2, 1, 1), "lnbTwo": (1, 3, 6, 1, 7, 5), "stdOne": (1, 3, 6, 1, 3)}


def test_a_word_and_its_text_are_neighbours_read_from_the_same_place() -> None:
    one, beside = described(4, "lnbState", enumeration("a"), "State.", "x", "y", measured=True)
    assert (one.arc, one.name, one.paths) == (4, "lnbState", ("x", "y"))
    assert (beside.arc, beside.name, beside.paths, beside.follows) == (5, "lnbStateText", ("x", "y"), "lnbState")
    assert one.measured
    assert beside.measured


def test_a_number_and_its_text_are_neighbours_read_from_the_same_place() -> None:
    one, beside = with_text(Column(1, "lnbSize", GAUGE, "Size.", ("x",), measured=True), lambda raw: f"{raw} B")
    assert one.name == "lnbSize"
    assert (beside.arc, beside.name, beside.paths, beside.follows) == (2, "lnbSizeText", ("x",), "lnbSize")
    assert beside.measured
    assert beside.syntax.content(5, beside.read) == b"5 B"


@pytest.mark.parametrize("made", [northbound(), STANDARD], ids=lambda made: made.name)
def test_no_two_objects_share_an_oid_and_none_lies_below_another(made: Module) -> None:
    oids = sorted(located.oid for located in made.objects.values())
    for one, following in pairwise(oids):
        assert following[: len(one)] != one


def test_every_follower_follows_an_object_of_its_own_table() -> None:
    objects = northbound().objects
    for located in objects.values():
        if located.column.follows:
            leader = objects[located.column.follows]
            assert leader.part is located.part
            assert leader.column.paths
