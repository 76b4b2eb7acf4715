"""Facts: typed values of the cells that rules look at, and of no others."""

from __future__ import annotations

from agent.mib.build import Cells
from agent.mib.facts import facts_of
from agent.mib.module import northbound
from agent.model.alarm.catalogue import WATCHED_COLUMNS
from agent.model.alarm.facts import Facts
from tests.support.scenes import SITE, Scenery

MODULE = northbound()
DEVICE = (SITE.index,)


def test_text_labels_truth_numbers_and_times_have_their_types() -> None:
    facts = Scenery().facts()
    assert facts.at("lnbSyncClockState", DEVICE) == "synchronized"
    assert facts.at("lnbNtpSystemStratum", DEVICE) == 1
    assert facts.at("lnbSystemUptime", DEVICE) > 0
    assert set(facts.rows("lnbNetPortLink").values()) == {True}
    assert "clk1" in facts.rows("lnbSlotId").values()
    assert all(isinstance(one, bytes) and len(one) == 11 for one in facts.rows("lnbEventLastTriggered").values())


def test_negative_numbers_stay_negative() -> None:
    oid = MODULE.objects["lnbPtpOffset"].oid
    facts = facts_of(MODULE, [Cells(oid, 2, (b"\0\0\0\7\0\0\0\1",), (b"\xff\x85",))])
    assert facts.at("lnbPtpOffset", (7, 1)) == -123


def test_only_watched_objects_are_kept_and_all_of_them_can_be_there() -> None:
    facts = Scenery(generation=20, slots={"io1": "HPS"}).facts()
    assert facts.columns.keys() <= WATCHED_COLUMNS
    assert WATCHED_COLUMNS - facts.columns.keys() == set()


def test_an_absent_cell_is_none() -> None:
    assert Facts().at("lnbSyncClockState", DEVICE) is None
    assert Facts().rows("lnbSlotState") == {}
