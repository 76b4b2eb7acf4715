"""Overlays: other paths for named objects, checked by name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agent.errors import ConfigError
from agent.mib.declaration import Feed
from agent.mib.module import northbound
from agent.mib.plan import check_overrides, check_writes, make_plan

MODULE = northbound()


def paths(**overrides: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return make_plan(MODULE, overrides).paths()


def test_without_an_overlay_the_declared_paths_count() -> None:
    assert paths()["lnbSlotTable"] == ("status.chassis0.slots[]",)
    assert paths()["lnbSystemUptime"] == ("uptime",)


def test_an_overlay_replaces_a_columns_paths_and_those_of_its_followers_only() -> None:
    changed = paths(lnbSystemUptime=("up-time", "uptime"))
    assert changed["lnbSystemUptime"] == changed["lnbSystemUptimeText"] == ("up-time", "uptime")
    others = {name: value for name, value in changed.items() if not name.startswith("lnbSystemUptime")}
    assert others == {name: value for name, value in paths().items() if not name.startswith("lnbSystemUptime")}


def test_a_follower_may_have_an_overlay_of_its_own() -> None:
    changed = paths(lnbSystemUptime=("a",), lnbSystemUptimeText=("b",))
    assert (changed["lnbSystemUptime"], changed["lnbSystemUptimeText"]) == (("a",), ("b",))


def test_an_overlay_replaces_a_tables_rows() -> None:
    assert paths(lnbSlotTable=("status.chassis1.slots[]",))["lnbSlotTable"] == ("status.chassis1.slots[]",)


def test_an_overlay_leaves_oids_as_they_are() -> None:
    def oids(plan: Any) -> list[Any]:
        return [(part.part.name, [one.oid for one in part.columns]) for feed in Feed for part in plan.parts[feed]]

    assert oids(make_plan(MODULE, {"lnbSystemUptime": ("a",)})) == oids(make_plan(MODULE))


def test_every_object_is_planned_once() -> None:
    planned = [one.oid for parts in make_plan(MODULE).parts.values() for part in parts for one in part.columns]
    assert len(planned) == len(set(planned))
    readable = [one.oid for one in MODULE.objects.values() if one.column.access.value != "not-accessible"]
    assert sorted(planned) == sorted(readable)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"lnbSystemUptme": ("a",)}, ["lnbSystemUptme", "no object of that name", "did you mean lnbSystemUptime"]),
        ({"lnbSlotTabel": ("a[]",)}, ["lnbSlotTabel", "did you mean lnbSlotTable"]),
        ({"zzz": ("a",)}, ["zzz", "lantime-agent explain"]),
        ({"lnbDeviceName": ("a",)}, ["lnbDeviceName", "no object of that name is read from the device"]),
        ({"lnbDriftTable": ("a[]",)}, ["lnbDriftTable", "no object of that name is read from the device"]),
        ({"lnbSystemUptime": ()}, ["lnbSystemUptime", "at least one path"]),
        ({"lnbSystemUptime": ("a", "b..c")}, ["lnbSystemUptime", "'b..c'", "empty step"]),
        ({"lnbSystemUptime": ("a[x]",)}, ["lnbSystemUptime", "'[x]' is none of [], [number], [member=value]"]),
        ({"lnbSystemUptime": ("a[].b",)}, ["lnbSystemUptime", "'a[].b'", "belongs into a table's path"]),
        ({"lnbSlotTable": ("a",)}, ["lnbSlotTable", "has 0 '[]'", "needs 1"]),
        ({"lnbSlotTable": ("a[].b[]",)}, ["lnbSlotTable", "has 2 '[]'", "needs 1"]),
        ({"lnbSlotTable": ("^.a[]",)}, ["lnbSlotTable", "'^'", "column's path"]),
        ({"lnbSlotTable": ("a[].$0",)}, ["lnbSlotTable", "'$n'", "column's path"]),
    ],
)
def test_an_overlay_that_cannot_work_is_refused_with_object_and_remedy(
    overrides: dict[str, tuple[str, ...]], words: list[str]
) -> None:
    with pytest.raises(ConfigError, match=re.escape("lab.yaml: paths.")) as caught:
        check_overrides(MODULE, overrides, "lab.yaml")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"lnbSystemUptime": ("up.time", "x[0].y", "z[a=b]", "^.w", "$0")},
        {"lnbSlotTable": ("status.chassis1.slots[]", "a[].b")},
        {"lnbSystemTable": ("status.host",)},
    ],
)
def test_an_overlay_that_can_work_is_accepted(overrides: dict[str, tuple[str, ...]]) -> None:
    check_overrides(MODULE, overrides, "lab.yaml")
    make_plan(MODULE, overrides)


@pytest.mark.parametrize(
    ("writes", "told"),
    [
        ({"lnbPtpConfigDomian": ("x",)}, "writes.lnbPtpConfigDomian: no object of that name is written to"),
        ({"lnbSlotType": ("x",)}, "writes.lnbSlotType: no object of that name is written to the device"),
        ({"lnbPtpConfigDomain": ()}, "writes.lnbPtpConfigDomain: at least one path"),
        ({"lnbPtpConfigDomain": ("a..b",)}, "an empty step"),
        ({"lnbPtpConfigDomain": (".",)}, "does not end in the member"),
        ({"lnbPtpConfigDomain": ("^",)}, "does not end in the member"),
        ({"lnbPtpConfigDomain": ("a[].b",)}, "'[]' opens rows"),
    ],
)  # fmt: skip
def test_a_mistake_in_where_an_object_is_written_is_told(writes: dict[str, tuple[str, ...]], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_writes(northbound(), writes, "lab.yaml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("lab.yaml: writes.")


def test_an_object_is_written_where_it_is_read_unless_an_overlay_says_otherwise() -> None:
    plan = make_plan(northbound(), {"lnbPtpConfigAlias": ("name",)}, writes={"lnbPtpConfigDomain": ("general.domain",)})
    writes = plan.writes()
    assert writes["lnbPtpConfigAlias"] == ("name",)
    assert writes["lnbPtpConfigDomain"] == ("general.domain",)
    assert plan.paths()["lnbPtpConfigDomain"] == ("domain-number",)
    assert "lnbSlotType" not in writes
