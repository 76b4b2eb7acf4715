"""From documents to cells: what is absent, what is drift, what stays and for how long."""

from __future__ import annotations

import copy
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from agent.config import DeviceSettings, PollSettings
from agent.mib.declaration import Column, Feed, Group, Index, Module, Table
from agent.mib.plan import make_plan
from agent.mib.syntax import GAUGE, TEXT, WORDS, enumeration, integer32
from agent.model.health import DeviceState
from tests.support.devices import NOW, PLAN, Device, simulated

STATE = enumeration("good", "bad")


def columns() -> tuple[Column, ...]:
    return (
        Column(1, "lnbThingName", TEXT, "d", value=lambda row: row.keys[-1]),
        Column(2, "lnbThingSize", GAUGE, "d", ("size", "length"), measured=True),
        Column(3, "lnbThingState", STATE, "d", ("state",)),
        Column(4, "lnbThingWords", WORDS, "d", ("words",)),
        Column(5, "lnbThingOffset", integer32(), "d", ("offset",), units="nanoseconds"),
        Column(6, "lnbThingPresence", enumeration("present", "missing"), "d",
               value=lambda row: "present" if row.present else "missing"),
        Column(7, "lnbThingParent", TEXT, "d", ("^.title",)),
        Column(8, "lnbThingKeyed", TEXT, "d", ("$0.text",)),
        Column(9, "lnbThingBeyond", TEXT, "d", ("$5.text", "^.^.^.^.x")),
        Column(10, "lnbThingComputed", GAUGE, "d", value=lambda row: row.find("computed")),
    )  # fmt: skip


def thing(hold_missing_s: float = 100, **options: Any) -> Device:
    index = (
        Index("lnbDeviceIndex", lambda row: (row.view.index,)),
        Index("lnbThingIndex", lambda row: (row.view.identities.index("thing", row.keys[0]),)),
    )
    table = Table(
        1, "lnbThingTable", "d", "d", index, columns(), **({"rows": ("status.things[]",), "keep": True} | options)
    )
    settings = DeviceSettings(name="test", address="192.0.2.1", poll=PollSettings(hold_missing_s=hold_missing_s))
    plan = make_plan(Module("TEST-MIB", (1, 3), (Group(1, "lnbThings", "d", (table,)),)))
    return Device(plan=plan, settings=settings)


def things(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"status": {"title": "all", "things": list(elements)}}


A, B = {"object-id": "a", "size": 5}, {"object-id": "b", "size": 6}


def test_what_the_device_does_not_say_is_an_absent_cell() -> None:
    cells = thing().build(
        things(A, {"object-id": "b", "size": None}, {"object-id": "c"}, {"object-id": "d", "size": "N/A"})
    )
    assert cells["lnbThingSize"] == {(1,): b"\x05"}
    assert cells["lnbThingName"] == {(1,): b"a", (2,): b"b", (3,): b"c", (4,): b"d"}
    assert "lnbThingState" not in cells


def test_of_several_paths_the_first_that_is_there_counts() -> None:
    device = thing()
    cells = device.build(things({"object-id": "a", "length": 7}, {"object-id": "b", "size": 1, "length": 7}))
    assert cells["lnbThingSize"] == {(1,): b"\x07", (2,): b"\x01"}
    assert device.view.notes.found == {"lnbThingTable": "status.things[]", "lnbThingSize": "length"}


def test_an_unreadable_field_costs_its_cell_and_is_counted_once_with_its_place() -> None:
    device = thing()
    bad = {"object-id": "a", "size": "five", "state": "good", "words": [{"x": 1}]}
    cells = device.build(things(bad, B))
    assert cells["lnbThingSize"] == {(2,): b"\x06"}
    assert cells["lnbThingState"] == {(1,): b"\x02"}
    assert sorted(device.drift) == [("lnbThingSize", "a: size"), ("lnbThingWords", "a: words")]
    (size,) = (one for one in device.view.notes.drift.values() if one.object_name == "lnbThingSize")
    assert (size.raw, size.problem) == ('"five"', "not a number")


def test_an_unknown_word_reads_other_and_is_drift_and_the_word_other_is_not() -> None:
    device = thing()
    cells = device.build(things({"object-id": "a", "state": "brand-new"}, {"object-id": "b", "state": "other"}))
    assert cells["lnbThingState"] == {(1,): b"\x01", (2,): b"\x01"}
    assert device.drift == [("lnbThingState", "a: state")]


def test_nanoseconds_that_do_not_fit_are_absent_without_drift_and_other_numbers_with() -> None:
    device = thing()
    cells = device.build(things({"object-id": "a", "offset": 3_000_000_000, "size": 2**32}))
    assert "lnbThingOffset" not in cells
    assert "lnbThingSize" not in cells
    assert device.drift == [("lnbThingSize", "a: size")]


def test_a_function_that_cannot_cope_costs_its_cell() -> None:
    device = thing()
    cells = device.build(things({"object-id": "a", "computed": "x"}, {"object-id": "b", "computed": 3}))
    assert cells["lnbThingComputed"] == {(2,): b"\x03"}
    assert device.drift == [("lnbThingComputed", "a: computed")]


def test_of_two_elements_with_the_same_name_the_first_stays_and_the_second_is_drift() -> None:
    device = thing()
    cells = device.build(things(A, {"object-id": "a", "size": 99}, B))
    assert cells["lnbThingSize"] == {(1,): b"\x05", (2,): b"\x06"}
    assert device.drift == [("lnbThingTable", "a")]


def test_paths_lead_up_and_by_keys_and_beyond_either_to_nothing() -> None:
    root = {"status": {"things": {"k": {"title": "mine", "k": {"text": "t"}}}}, "title": "root"}
    cells = thing().build(root)
    assert cells["lnbThingParent"] == {(1,): b"root"}
    assert cells["lnbThingKeyed"] == {(1,): b"t"}
    assert "lnbThingBeyond" not in cells


def test_measured_cells_go_when_the_device_is_down_and_only_then() -> None:
    device = thing()
    full = device.build(things(A, B))
    for state in (DeviceState.STALE, DeviceState.NEVER):
        assert device.build(things(A, B), state) == full
    down = device.build(things(A, B), DeviceState.DOWN)
    assert "lnbThingSize" not in down
    assert {**down, "lnbThingSize": full["lnbThingSize"]} == full


def test_measured_cells_that_went_do_not_come_back_as_attributes() -> None:
    root = simulated(10)
    device = Device()
    up, down = device.build(root), device.build(root, DeviceState.DOWN)
    assert "lnbSystemUptime" in up
    assert "lnbSystemUptime" not in down
    assert down["lnbAttributePath"] == up["lnbAttributePath"]


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def presence(device: Device, root: dict[str, Any], seconds: float) -> dict[tuple[int, ...], bytes]:
    return device.build(root, now=later(seconds)).get("lnbThingPresence", {})


PRESENT, MISSING = b"\x02", b"\x03"


def test_a_vanished_thing_stays_missing_without_measured_cells_for_the_hold_and_then_goes() -> None:
    device = thing(hold_missing_s=100)
    device.build(things(A, B))
    gone = device.build(things(A), now=later(10))
    assert gone["lnbThingPresence"] == {(1,): PRESENT, (2,): MISSING}
    assert gone["lnbThingName"] == {(1,): b"a", (2,): b"b"}
    assert gone["lnbThingSize"] == {(1,): b"\x05"}
    assert presence(device, things(A), 109) == {(1,): PRESENT, (2,): MISSING}
    assert presence(device, things(A), 110) == {(1,): PRESENT}
    assert presence(device, things(A), 111) == {(1,): PRESENT}


def test_a_thing_that_comes_back_has_its_index_again_and_a_new_hold() -> None:
    device = thing(hold_missing_s=100)
    device.build(things(A, B))
    assert presence(device, things(B), 10) == {(1,): MISSING, (2,): PRESENT}
    assert presence(device, things(B, A), 20) == {(1,): PRESENT, (2,): PRESENT}
    assert presence(device, things(B), 90) == {(1,): MISSING, (2,): PRESENT}
    assert presence(device, things(B), 189) == {(1,): MISSING, (2,): PRESENT}
    assert presence(device, things(B), 190) == {(2,): PRESENT}
    assert presence(device, things({"object-id": "c"}, A), 200) == {(1,): PRESENT, (2,): MISSING, (3,): PRESENT}


def test_without_a_hold_a_vanished_thing_goes_at_once() -> None:
    device = thing(hold_missing_s=0)
    device.build(things(A, B))
    assert presence(device, things(A), 1) == {(1,): PRESENT}


def test_tables_that_keep_nothing_drop_what_vanished() -> None:
    device = thing(keep=False)
    device.build(things(A, B))
    assert presence(device, things(B), 1) == {(2,): PRESENT}


def test_a_row_counts_only_when_its_condition_holds() -> None:
    device = thing(when=lambda row: row.find("size") == 6)
    assert device.build(things(A, B))["lnbThingName"] == {(1,): b"b"}


def test_of_alternative_row_paths_the_first_that_opens_counts_or_all_of_them() -> None:
    root = {"status": {"things": [A], "more": [B]}}
    rows = ("status.none[]", "status.things[]", "status.more[]")
    assert thing(rows=rows).build(root)["lnbThingName"] == {(1,): b"a"}
    assert thing(rows=rows, every=True).build(root)["lnbThingName"] == {(1,): b"a", (2,): b"b"}


def test_served_leaves_are_noted_and_unreadable_and_empty_ones_are_not() -> None:
    device = thing()
    root = things({"object-id": "a", "size": 5, "state": "N/A", "words": [{"x": 1}]})
    device.build(root)
    element = root["status"]["things"][0]
    served = device.view.notes.served
    assert (id(element), "size") in served
    assert (id(element), "state") not in served
    assert (id(element), "words") not in served


def test_slots_in_another_order_keep_their_indexes() -> None:
    device = Device()
    root = simulated(10)
    first = device.build(root)
    slots = root["status"]["chassis0"]["slots"]
    root["status"]["chassis0"]["slots"] = slots[::-1]
    again = device.build(root)
    assert again["lnbSlotId"] == first["lnbSlotId"]
    assert again["lnbModuleModel"] == first["lnbModuleModel"]
    assert len(first["lnbSlotId"]) == len(slots)


def test_an_empty_document_builds_the_device_row_and_nothing_else() -> None:
    cells = Device().build({})
    assert cells["lnbDeviceName"] == {(): b"test"}
    assert all(name.startswith("lnbDevice") for name in cells)


HOSTILE = [
    None, True, 10**30, 10**400, -1, 1e308, 1.5, "", "N/A", "x", "\ud800", "9" * 400, "9999-12-31T23:59:59-23:59",
    [], {}, [1], [[1]], [{}], [{"object-id": "a"}, {"object-id": "a"}],
    [{"object-id": "a", "b": 1}, {"object-id": "a", "b": 2}], {"a": {"b": []}}, [None],
]  # fmt: skip


@pytest.mark.parametrize("generation", [10, 20])
def test_nothing_a_device_may_say_anywhere_breaks_a_build(generation: int) -> None:
    root = simulated(generation)
    chance = random.Random(generation)
    places = list(_places(root))
    containers = [(node, key) for node, key in places if isinstance(node[key], (dict, list))]
    for node, key in chance.sample(places, 25) + chance.sample(containers, 30):
        value = node[key]
        node[key] = copy.deepcopy(chance.choice(HOSTILE))
        assert Device().build(root)["lnbDeviceName"] == {(): b"test"}
        node[key] = value


def _places(node: Any) -> list[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [place for key in keys for place in ((node, key), *_places(node[key]))]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: ascii(raw)[:20])
def test_no_column_raises_but_unreadable_whatever_its_leaf_says(raw: Any) -> None:
    broken = []
    for parts in (PLAN.parts[Feed.STATUS], PLAN.parts[Feed.DOCUMENT]):
        for one in (plan.column for part in parts for plan in part.columns if plan.paths):
            try:
                one.syntax.content(raw, one.read)
            except ValueError:
                continue
            except Exception as problem:
                broken.append((one.name, repr(problem)))
    assert broken == []


def test_an_object_where_a_value_belongs_is_a_mismatch_and_so_is_a_value_where_a_list_belongs() -> None:
    device = Device()
    device.build({"status": {"system": {"uptime": [1, 2]}, "chassis0": {"slots": "nonsense"}}})
    found = {name: drift.problem for (name, _), drift in device.view.notes.drift.items()}
    assert found["lnbSystemUptime"] == "an object or list where a value belongs"
    assert found["lnbSlotTable"] == "a value where a list or object belongs"


def test_of_two_of_the_same_name_the_second_is_read_when_the_first_is_gone() -> None:
    device = thing()
    first, second = {"object-id": "a", "size": 1}, {"object-id": "a", "size": 2}
    assert device.build(things(first, second))["lnbThingSize"] == {(1,): b"\x01"}
    assert device.build(things(second))["lnbThingSize"] == {(1,): b"\x02"}
