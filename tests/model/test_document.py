"""Paths into a document, its records and leaves, and answers put in and taken out."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import OperatorError
from agent.model.document import (
    MISSING,
    Each,
    KeyOf,
    Match,
    Member,
    Position,
    Up,
    children,
    element_name,
    find,
    graft,
    leaves,
    locate,
    parse_path,
    prune,
    records,
)

TREE: dict[str, Any] = {
    "system-information": {"API Version": "LANTIME REST API V10.21.016"},
    "status": {
        "ntp": [
            {"object-id": "sys", "leap": "0"},
            {"object-id": "12345", "leap": "1"},
            {"leap": "no name"},
        ],
        "firmware": [{"object-id": "fw_7.06.014", "type": "Standard"}],
        "chassis0": {
            "object-id": "chassis0",
            "slots": [
                {"object-id": "cpu", "slot-id": "cpu", "module": {"info": {"model": "c05f1"}}},
                {"slot-id": "io1", "module": {"ptp2": {"a": {"port": 1}, "b": {"port": 2}}}},
            ],
        },
        "matrix": [[1, 2], [3]],
    },
}


def steps(text: str) -> tuple[Any, ...]:
    return parse_path(text).steps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uptime", (Member("uptime"),)),
        ("a.b", (Member("a"), Member("b"))),
        ("API Version", (Member("API Version"),)),
        ("slots[]", (Member("slots"), Each())),
        ("[]", (Each(),)),
        ("ntp[object-id=sys].leap", (Member("ntp"), Match("object-id", "sys"), Member("leap"))),
        ("fw[object-id=fw_7.06.014].type", (Member("fw"), Match("object-id", "fw_7.06.014"), Member("type"))),
        ("mrs[0]", (Member("mrs"), Position(0))),
        ("a[1][]", (Member("a"), Position(1), Each())),
        ("$2.x", (KeyOf(2), Member("x"))),
        ("^.^.slot-id", (Up(), Up(), Member("slot-id"))),
        (".", ()),
        ("x[name=]", (Member("x"), Match("name", ""))),
    ],
)
def test_a_path_is_parsed_into_its_steps(text: str, expected: tuple[Any, ...]) -> None:
    assert parse_path(text).steps == expected
    assert parse_path(text).text == text


@pytest.mark.parametrize("text", ["", "a..b", ".a", "a.", "a[", "a[x]", "a[-1]", "a[0]b", "a.^", "a[=x]"])
def test_what_is_no_path_is_refused_with_the_path_named(text: str) -> None:
    with pytest.raises(OperatorError, match="path") as caught:
        parse_path(text)
    assert repr(text) in str(caught.value)


def test_levels_are_the_number_of_brackets_that_open_rows() -> None:
    assert parse_path("a[].b[0].c[x=y].d[]").levels == 2


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ({"object-id": "a", "slot-id": "b"}, "a"),
        ({"slot-id": "b"}, "b"),
        ({"object-id": "", "slot-id": "b"}, "b"),
        ({"object-id": True}, "7"),
        ({"object-id": None}, "7"),
        ({"object-id": 3}, "3"),
        ({"object-id": 0}, "0"),
        ({"object-id": ["x"]}, "7"),
        ({}, "7"),
        ("text", "7"),
    ],
)
def test_an_element_is_named_by_object_id_then_slot_id_then_position(element: Any, name: str) -> None:
    assert element_name(element, 7) == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("system-information.API Version", "LANTIME REST API V10.21.016"),
        ("status.ntp.sys.leap", "0"),
        ("status.ntp[object-id=12345].leap", "1"),
        ("status.ntp[2].leap", "no name"),
        ("status.ntp.2.leap", "no name"),
        ("status.firmware[object-id=fw_7.06.014].type", "Standard"),
        ("status.chassis0.slots.io1.module.ptp2.b.port", 2),
        ("status.chassis0.slots[slot-id=io1].slot-id", "io1"),
        ("status.matrix[1][0]", 3),
        (".", TREE),
    ],
)
def test_a_path_leads_to_its_value(text: str, value: Any) -> None:
    assert find(TREE, steps(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "status.nothing", "status.ntp[9].leap", "status.ntp[object-id=nobody]", "status.ntp.sys.leap.more",
        "status.matrix.sys", "status[0]", "status[object-id=status]", "^", "$0", "status.ntp[]",
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_missing(text: str) -> None:
    assert find(TREE, steps(text)) is MISSING
    assert locate(TREE, steps(text)) is None


def test_null_is_a_value_and_not_missing() -> None:
    assert find({"a": None}, steps("a")) is None


def test_a_place_is_the_container_itself_and_the_key() -> None:
    container, key = locate(TREE, steps("status.ntp.12345.leap"))  # type: ignore[misc]
    assert container is TREE["status"]["ntp"][1]
    assert key == "leap"
    container, key = locate(TREE, steps("status.ntp.12345"))  # type: ignore[misc]
    assert container is TREE["status"]["ntp"]
    assert key == 1


def test_children_of_an_object_are_its_members_without_its_name() -> None:
    assert list(children({"object-id": "x", "a": 1})) == [("a", 1)]
    assert list(children([{"object-id": "x"}, 5])) == [("x", {"object-id": "x"}), ("1", 5)]
    assert list(children("leaf")) == []


def test_records_of_a_list_have_its_elements_names_as_keys() -> None:
    slots = TREE["status"]["chassis0"]["slots"]
    found = list(records(TREE, parse_path("status.chassis0.slots[]")))
    assert [record.keys for record in found] == [("cpu",), ("io1",)]
    assert [record.chain for record in found] == [(TREE, slots[0]), (TREE, slots[1])]
    assert [record.node for record in found] == slots
    assert found[1].place is not None
    assert found[1].place[0] is slots
    assert found[1].place[1] == 1


def test_records_open_objects_like_lists_and_nest() -> None:
    instances = TREE["status"]["chassis0"]["slots"][1]["module"]["ptp2"]
    found = list(records(TREE, parse_path("status.chassis0.slots[].module.ptp2[]")))
    assert [record.keys for record in found] == [("io1", "a"), ("io1", "b")]
    assert found[0].node is instances["a"]
    assert found[0].chain[0] is TREE
    assert found[0].chain[1] is TREE["status"]["chassis0"]["slots"][1]


def test_members_behind_the_last_bracket_lead_to_the_rows_own_node() -> None:
    found = list(records(TREE, parse_path("status.chassis0.slots[].module.info")))
    assert [(record.keys, record.node) for record in found] == [(("cpu",), {"model": "c05f1"})]
    assert len(found[0].chain) == 3


def test_a_path_without_brackets_opens_one_record_without_keys() -> None:
    assert [(record.keys, record.node) for record in records(TREE, parse_path("."))] == [((), TREE)]
    (record,) = records(TREE, parse_path("status.chassis0"))
    assert (record.keys, record.node, record.place) == ((), TREE["status"]["chassis0"], (TREE["status"], "chassis0"))


@pytest.mark.parametrize("path", ["status.nothing[]", "status.ntp[].leap[]", "nothing", "^", "$0[]"])
def test_a_row_path_that_leads_nowhere_opens_nothing(path: str) -> None:
    assert list(records(TREE, parse_path(path))) == []


def as_dict(node: Any) -> dict[str, Any]:
    return {leaf.path: leaf.value for leaf in leaves(node)}


def test_leaves_have_the_devices_own_rest_paths() -> None:
    assert as_dict(TREE) == {
        "/system-information/API Version": "LANTIME REST API V10.21.016",
        "/status/ntp/sys/leap": "0",
        "/status/ntp/12345/leap": "1",
        "/status/ntp/2/leap": "no name",
        "/status/firmware/fw_7.06.014/type": "Standard",
        "/status/chassis0/object-id": "chassis0",
        "/status/chassis0/slots/cpu/slot-id": "cpu",
        "/status/chassis0/slots/cpu/module/info/model": "c05f1",
        "/status/chassis0/slots/io1/slot-id": "io1",
        "/status/chassis0/slots/io1/module/ptp2/a/port": 1,
        "/status/chassis0/slots/io1/module/ptp2/b/port": 2,
        "/status/matrix/0/0": 1,
        "/status/matrix/0/1": 2,
        "/status/matrix/1/0": 3,
    }


def test_empty_lists_objects_and_null_are_leaves() -> None:
    assert as_dict({"a": [], "b": {}, "c": None, "d": [{}, []]}) == {
        "/a": [], "/b": {}, "/c": None, "/d/0": {}, "/d/1": [],
    }  # fmt: skip


def test_an_element_that_holds_nothing_but_its_name_is_not_lost() -> None:
    assert as_dict({"a": [{"object-id": "x"}]}) == {"/a/x/object-id": "x"}


@pytest.mark.parametrize("useless", ["", None, True, 1.5])
def test_an_object_id_that_names_nothing_is_a_leaf(useless: Any) -> None:
    assert as_dict([{"object-id": useless, "a": 1}]) == {"/0/a": 1, "/0/object-id": useless}


def test_elements_of_the_same_name_have_leaves_of_different_paths() -> None:
    twins = [{"object-id": "x", "a": 1}, {"object-id": "x", "a": 2}, {"object-id": "2", "a": 3}, {"a": 4}]
    found = [leaf.path for leaf in leaves(twins)]
    assert len(found) == len(set(found)) == 4


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["object-id", "slot-id", "slots", "a", "status", "io1"]), inner, max_size=4)
    ),
    max_leaves=15,
)
documents = st.dictionaries(st.sampled_from(["status", "configuration", "links"]), json_values, max_size=3)
rest_paths = st.lists(
    st.sampled_from(["status", "chassis0", "slots", "io1", "module", "a", "0"]), min_size=1, max_size=5
).map("/".join)


def scalars(node: Any) -> int:
    """Scalars and empty containers, counted without the code under test."""
    if isinstance(node, dict) and node:
        return sum(scalars(value) for value in node.values())
    if isinstance(node, list) and node:
        return sum(scalars(value) for value in node)
    return 1


@given(json_values)
def test_no_scalar_is_lost_but_names_that_stand_in_the_path(node: Any) -> None:
    found = [(id(leaf.container), leaf.key) for leaf in leaves({"root": node})]
    assert len(found) == len(set(found))

    def names(value: Any, listed: bool) -> int:  # noqa: FBT001
        if isinstance(value, dict):
            own = value.get("object-id")
            usable = isinstance(own, (str, int)) and not isinstance(own, bool) and own != ""
            named = listed and len(value) > 1 and usable
            return named + sum(names(member, False) for member in value.values())  # noqa: FBT003
        return sum(names(element, True) for element in value) if isinstance(value, list) else 0  # noqa: FBT003

    held = [value.get("object-id") for value in _objects(node)]
    if not any(
        isinstance(value, (dict, list)) and value for value in held
    ):  # an object-id that is a container is one leaf, and no device has it
        assert len(found) == scalars(node) - names(node, False)  # noqa: FBT003


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _objects(value))]
    return [found for value in node for found in _objects(value)] if isinstance(node, list) else []


@given(documents, rest_paths, json_values)
def test_graft_never_changes_what_it_is_given(root: dict[str, Any], path: str, answer: Any) -> None:
    before, said = copy.deepcopy(root), copy.deepcopy(answer)
    graft(root, path, answer)
    assert repr(root) == repr(before)
    assert repr(answer) == repr(said)


@given(documents, rest_paths)
def test_prune_never_changes_what_it_is_given(root: dict[str, Any], path: str) -> None:
    before = copy.deepcopy(root)
    prune(root, path)
    assert repr(root) == repr(before)


@given(documents, rest_paths, st.integers())
def test_what_was_grafted_is_found_at_its_path(root: dict[str, Any], path: str, value: int) -> None:
    grafted = graft(root, path, value)
    names = tuple(Member(name) for name in path.split("/"))
    if path.split("/")[-2:-1] != ["slots"]:  # a bare number as a slot has no name to be found by
        assert find(grafted, names) == value


ANSWER = {
    "system-information": {"version": "fw_2"},
    "data": {"object-id": "status", "system": {"uptime": 1.0}},
    "changes": {"pending-changes": 0},
    "links": {"self": "http://localhost/api/status"},
}


def test_a_whole_tree_replaces_the_tree_and_the_envelope_and_leaves_the_rest() -> None:
    known = {"status": {"old": 1}, "configuration": {"kept": True}, "system-information": {"version": "fw_1"}}
    assert graft(known, "status", ANSWER) == {
        "status": ANSWER["data"],
        "configuration": {"kept": True},
        "system-information": {"version": "fw_2"},
        "changes": {"pending-changes": 0},
        "links": {"self": "http://localhost/api/status"},
    }


def test_a_slots_module_lands_in_its_slot_wherever_that_stands_in_the_list() -> None:
    slots = [{"object-id": "clk1", "slot-id": "clk1"}, {"object-id": "io1", "slot-id": "io1", "module": {"old": 1}}]
    for order in (slots, slots[::-1]):
        known = {"status": {"chassis0": {"model": "M3000", "slots": order}}}
        got = graft(known, "status/chassis0/slots/io1/module", {"data": {"new": 2}})
        assert got["status"]["chassis0"]["model"] == "M3000"
        assert {slot["slot-id"]: slot.get("module") for slot in got["status"]["chassis0"]["slots"]} == {
            "clk1": None,
            "io1": {"new": 2},
        }
        assert [slot["slot-id"] for slot in got["status"]["chassis0"]["slots"]] == [one["slot-id"] for one in order]


def test_a_slot_nobody_knows_yet_is_added_with_its_name() -> None:
    got = graft({}, "configuration/chassis0/slots/io3/module", {"data": {"a": 1}})
    assert got == {
        "configuration": {"chassis0": {"slots": [{"object-id": "io3", "slot-id": "io3", "module": {"a": 1}}]}}
    }
    whole = graft(got, "configuration/chassis0/slots/io4", {"data": {"object-id": "io4", "b": 2}})
    assert whole["configuration"]["chassis0"]["slots"][1] == {"object-id": "io4", "b": 2}
    assert find(whole, steps("configuration.chassis0.slots.io3.module.a")) == 1


def test_an_answer_without_an_envelope_is_the_node_itself() -> None:
    assert graft({}, "/status/ntp/", [1]) == {"status": {"ntp": [1]}}


def test_pruning_a_module_leaves_its_slot_and_pruning_a_slot_leaves_the_others() -> None:
    slots = [{"object-id": "clk1", "module": {"x": 1}}, {"object-id": "io1", "module": {"y": 1}}]
    known = {"status": {"chassis0": {"slots": slots}}}
    assert prune(known, "status/chassis0/slots/io1/module") == {
        "status": {"chassis0": {"slots": [slots[0], {"object-id": "io1"}]}}
    }
    assert prune(known, "status/chassis0/slots/clk1") == {"status": {"chassis0": {"slots": [slots[1]]}}}
    assert prune(known, "status/chassis0/slots/io9/module") == known
    assert prune(known, "status/nothing/at/all") == known
    assert prune(known, "status") == {}
