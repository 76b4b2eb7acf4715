"""What holds for all groups of the status, and what they make of a real document."""

from __future__ import annotations

import json

import pytest
from reading_cells import CAPTURE, NO_CAPTURE, Reader

from agent.mib.declaration import Access, Group, Module, Table
from agent.mib.groups import event, firmware, network, ntp, service, storage, syncmon, syncteam
from agent.model.reading import says_nothing

ARCS = {syncmon: 9, network: 10, ntp: 11, service: 12, storage: 13, firmware: 14, event: 15, syncteam: 16}
GROUPS = tuple(module.GROUP for module in ARCS)
BRANCHES = {
    "system/storage": storage,
    "system/firmware": firmware,
    "notification": event,
    "network": network,
    "services": service,
    "ntp": ntp,
    "syncmon": syncmon,
    "syncteam": syncteam,
}

every_group = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)


def tables(group: Group) -> list[Table]:
    return [part for part in group.parts if isinstance(part, Table)]


def test_arcs_and_names_are_given_once() -> None:
    assert [module.GROUP.arc for module in ARCS] == list(ARCS.values())
    module = Module("TEST-MIB", (1, 3), GROUPS)
    nodes = [group.name for group in GROUPS] + list(module.parts) + list(module.objects)
    assert len(set(nodes)) == len(nodes)


@every_group
def test_names_and_descriptions_fit_into_a_mib(group: Group) -> None:
    for table in tables(group):
        for name, text in [(table.name, table.description), *((one.name, one.description) for one in table.columns)]:
            assert name.startswith("lnb")
            assert len(name) <= 32
            assert text.isascii()
            assert '"' not in text
            assert text.endswith(".")


@every_group
def test_every_table_begins_with_the_device_and_declares_its_own_index(group: Group) -> None:
    declared = {
        column.name for table in tables(group) for column in table.columns if column.access is Access.NOT_ACCESSIBLE
    }
    for place, table in enumerate(tables(group), start=1):
        first, *others = table.index
        assert table.arc == place
        assert first.name == "lnbDeviceIndex"
        assert {index.name for index in others} <= declared


@every_group
def test_arcs_within_a_table_have_no_gaps(group: Group) -> None:
    for table in tables(group):
        assert [column.arc for column in table.columns] == list(range(1, len(table.columns) + 1))


@every_group
def test_a_document_without_the_branch_gives_no_cells(group: Group) -> None:
    reader = Reader(group)
    assert reader.read({}) == {}
    nonsense = {branch.split("/")[0]: "gone" for branch in BRANCHES}
    assert reader.read(nonsense) == {}


@pytest.mark.skipif(not CAPTURE.is_file(), reason=NO_CAPTURE)
@pytest.mark.parametrize("branch", BRANCHES)
def test_every_leaf_of_the_real_document_is_served(branch: str) -> None:
    status = json.loads(CAPTURE.read_text())["data"]
    reader = Reader(BRANCHES[branch].GROUP)
    assert reader.read(status)
    assert [path for path, value in reader.unserved(branch) if not says_nothing(value)] == []
    assert reader.drift == {}
