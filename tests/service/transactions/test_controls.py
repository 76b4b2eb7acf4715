"""SETs on transactions: checked as a whole in the order of their varbinds, and then messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.mib.declaration import Access
from agent.mib.encoding import Oid
from agent.mib.groups import transaction
from agent.model.configuring import State
from agent.service.assigner import Assigner
from agent.service.transactions.controls import TransactionControls
from agent.wire.writing import Assignment, Result
from tests.service.buses import BusBench, until
from tests.service.transactions.desks import DOMAIN, Devices, Life

OK, WRONG_VALUE, NO_CREATION, INCONSISTENT, UNAVAILABLE, INCONSISTENT_NAME = 0, 10, 11, 12, 13, 18
STATUS, ACTION = "lnbConfigTxnStatus", "lnbConfigTxnAction"
TARGET, VALUE, EDIT_STATUS = "lnbConfigEditTarget", "lnbConfigEditValue", "lnbConfigEditStatus"
CELL = (*DOMAIN, 1, 1, 1)
NOC, OTHER = "noc@192.0.2.1", "noc@192.0.2.2"


class Bench(BusBench):
    """A bus, transactions, and the owner of their objects."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder, **settings)
        self.devices = Devices()
        self.life = Life(folder, self.devices)
        self.bus._lanes.reach = replace(self.bus._lanes.reach, transactions=self.life.desk)
        self.assigner = Assigner([TransactionControls(self.bus, self.life.desk, self.life.instant)])

    def set(self, *wanted: tuple[str, Oid, Any], who: str = NOC) -> tuple[int, int]:
        places = [Assignment(place, *each) for place, each in enumerate(wanted, 1)]
        result = self.assigner.assign(places, who)
        assert isinstance(result, Result)
        return result.status, result.index

    def types(self) -> list[str]:
        return [entry.message.type for entry in self.bus.entries()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.life.state.close()


def test_every_writable_object_of_the_group_is_taken_by_the_controls() -> None:
    writable = {
        column.name for part in transaction.GROUP.parts for column in part.columns
        if column.access in (Access.READ_WRITE, Access.READ_CREATE)
    }  # fmt: skip
    assert writable == TransactionControls.names


def test_a_set_becomes_messages_that_are_done_when_it_is_answered_but_for_the_action(bench: Bench) -> None:
    async def test() -> None:
        wanted = [
            (ACTION, (4,), "commit"), (VALUE, (4, 1), "24"), (TARGET, (4, 1), CELL), (STATUS, (4,), "createAndGo"),
            ("lnbConfigTxnLease", (4,), 60),
        ]  # fmt: skip
        assert bench.set(*wanted) == (OK, 0)
        assert bench.types() == ["openConfig", "editConfig", "commitConfig"]
        assert (bench.life.known(4).owner, bench.life.known(4).lease_s) == (f"snmp:{NOC}", 60)
        await until(lambda: bench.life.known(4).state is State.COMMITTED)
        assert bench.devices.writes == [("lts1", "lnbPtpConfigDomain.1.1.1", 24)]

    bench.run(test)


def test_an_action_sent_again_is_the_same_action(bench: Bench) -> None:
    async def test() -> None:
        bench.set((STATUS, (1,), "createAndGo"), (TARGET, (1, 1), CELL), (VALUE, (1, 1), "24"))
        assert bench.set((STATUS, (1,), "createAndGo")) == (OK, 0)
        for _ in range(3):
            assert bench.set((ACTION, (1,), "commit")) == (OK, 0)
        assert bench.types().count("commitConfig") == 1
        await until(lambda: bench.life.known().state is State.COMMITTED)
        assert bench.set((ACTION, (1,), "commit")) == (OK, 0)
        await until(lambda: not bench.bus.open())
        assert len(bench.devices.writes) == 1
        assert bench.set((ACTION, (1,), "validate")) == (INCONSISTENT, 1)

    bench.run(test)


REFUSED = [
    ([(STATUS, (0,), "createAndGo")], (NO_CREATION, 1)),
    ([(STATUS, (1, 1), "createAndGo")], (NO_CREATION, 1)),
    ([(TARGET, (1,), CELL)], (NO_CREATION, 1)),
    ([(STATUS, (1,), "createAndWait")], (WRONG_VALUE, 1)),
    ([(STATUS, (1,), "active")], (INCONSISTENT, 1)),
    ([(VALUE, (1, 1), "3")], (INCONSISTENT_NAME, 1)),
    ([(ACTION, (1,), "none"), (STATUS, (1,), "createAndGo"), (TARGET, (1, 1), (1, 3, 6))], (WRONG_VALUE, 3)),
    ([(STATUS, (1,), "createAndGo"), (TARGET, (1, 1), (*DOMAIN, 9, 9, 9))], (INCONSISTENT, 2)),
    ([(STATUS, (1,), "createAndGo"), (VALUE, (1, 1), "300"), (TARGET, (1, 1), CELL)], (WRONG_VALUE, 2)),
    ([(STATUS, (1,), "createAndGo"), (ACTION, (1,), "commit")], (INCONSISTENT, 2)),
    ([(STATUS, (1,), "createAndGo"), (ACTION, (1,), "confirm")], (INCONSISTENT, 2)),
    ([(STATUS, (1,), "createAndGo"), (EDIT_STATUS, (1, 1), "notInService")], (WRONG_VALUE, 2)),
    ([(STATUS, (1,), "createAndGo"), (EDIT_STATUS, (1, 1), "active")], (INCONSISTENT, 2)),
    ([(STATUS, (1,), "destroy"), (VALUE, (1, 1), "3")], (INCONSISTENT, 1)),
]


@pytest.mark.parametrize(("wanted", "result"), REFUSED)
def test_what_cannot_be_is_refused_at_its_varbind_and_nothing_is_done(
    bench: Bench, wanted: list[Any], result: tuple[int, int]
) -> None:
    async def test() -> None:
        assert bench.set(*wanted) == result
        assert (bench.types(), bench.life.desk.records().transactions) == ([], ())

    bench.run(test)


def test_another_owner_may_neither_open_nor_act_nor_edit_nor_destroy(bench: Bench) -> None:
    async def test() -> None:
        bench.set((STATUS, (1,), "createAndGo"), (TARGET, (1, 1), CELL), (VALUE, (1, 1), "24"))
        assert bench.set((STATUS, (2,), "createAndGo"), who=OTHER) == (UNAVAILABLE, 1)
        for wanted in (
            (ACTION, (1,), "commit"), (STATUS, (1,), "destroy"), (VALUE, (1, 1), "3"), (EDIT_STATUS, (1, 1), "destroy"),
            ("lnbConfigTxnLease", (1,), 60),
        ):  # fmt: skip
            assert bench.set(wanted, who=OTHER) == (INCONSISTENT, 1)
        assert bench.set((STATUS, (1,), "destroy")) == (OK, 0)
        assert bench.set((STATUS, (1,), "destroy")) == (OK, 0), "what is not there is destroyed"
        assert bench.set((STATUS, (1,), "createAndGo")) == (INCONSISTENT, 1), "a number is given once"
        assert bench.set((STATUS, (2,), "createAndGo"), who=OTHER) == (OK, 0)

    bench.run(test)


def test_edits_are_created_changed_and_destroyed_row_by_row(bench: Bench) -> None:
    async def test() -> None:
        bench.set((STATUS, (1,), "createAndGo"))
        assert bench.set((EDIT_STATUS, (1, 7), "createAndWait"), (VALUE, (1, 7), "24")) == (OK, 0)
        assert bench.set((ACTION, (1,), "validate")) == (OK, 0)
        await until(lambda: bench.life.known().state is State.INVALID)
        assert bench.set((TARGET, (1, 7), CELL), (EDIT_STATUS, (1, 7), "active")) == (OK, 0)
        assert bench.life.known().edits[0].wanted == 24
        assert bench.set((TARGET, (1, 7), (*DOMAIN, 2, 1, 1))) == (OK, 0)
        assert bench.life.known().edits[0].target == bench.devices.resolve((*DOMAIN, 2, 1, 1))
        assert bench.set((EDIT_STATUS, (1, 7), "destroy")) == (OK, 0)
        assert bench.life.known().edits == ()

    bench.run(test)


def test_while_the_bus_is_full_an_action_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path, max_count=1)

    async def test() -> None:
        bench.life.begin(f"snmp:{NOC}")
        bench.send("pollNow", {"device": "lts1"})
        assert bench.set((ACTION, (1,), "commit")) == (UNAVAILABLE, 1)

    bench.run(test)
    bench.life.state.close()
