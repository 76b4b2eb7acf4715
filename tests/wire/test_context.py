"""What the context of a device shows."""

from __future__ import annotations

from agent.mib.declaration import Table
from agent.mib.encoding import packed
from agent.mib.module import northbound
from agent.model.place import DEVICE, Place
from agent.wire.context import make_contexts
from agent.wire.view import EVERYTHING

MODULE = northbound()


def test_a_device_has_its_rows_of_every_table_by_device_and_no_other_rows() -> None:
    view = make_contexts(MODULE, {"a": Place(DEVICE, (7,))})["a"]
    tables = [part for _, part in MODULE.parts.values() if isinstance(part, Table)]
    assert len(tables) > 40
    for name, located in MODULE.objects.items():
        if not isinstance(located.part, Table) or located.column not in located.part.served:
            continue
        by_device = located.part.index[0].name in {"lnbDeviceIndex", "lnbAlarmDevice"}
        for rest in ((), (1,), (2**32 - 1, 3)):
            assert (packed((*located.oid, 7, *rest)) in view) is by_device, name
            assert packed((*located.oid, 6, *rest)) not in view, name
            assert packed((*located.oid, 8, *rest)) not in view, name
            assert packed((*located.oid, 70, *rest)) not in view, name


def test_a_device_has_the_standard_groups_and_nothing_of_the_agent_as_a_whole() -> None:
    view = make_contexts(MODULE, {"a": Place(DEVICE, (1,))})["a"]
    assert packed((1, 3, 6, 1, 2, 1, 1, 5, 0)) in view
    assert packed((1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0)) in view
    scalars = [located.oid for located in MODULE.objects.values() if not isinstance(located.part, Table)]
    assert len(scalars) > 10
    assert not [oid for oid in scalars if packed((*oid, 0)) in view]


def test_contexts_are_the_default_one_and_one_for_each_device() -> None:
    contexts = make_contexts(MODULE, {"a": Place(DEVICE, (1,)), "b": Place(DEVICE, (9,))})
    assert list(contexts) == ["", "a", "b"]
    assert len(contexts) == 3
    assert contexts[""] == EVERYTHING
    assert contexts["a"] != contexts["b"]
    assert "c" not in contexts
    assert contexts.get("c") is None
