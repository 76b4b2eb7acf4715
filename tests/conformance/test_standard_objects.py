"""What the agent says of itself, and its restart."""

from __future__ import annotations

import time

from tests.conformance.subject import (
    IN_BAD_COMMUNITY_NAMES,
    IN_BAD_VERSIONS,
    IN_PARSE_ERRS,
    IN_PKTS,
    SNMP,
    SYS_UP_TIME,
    SYSTEM,
    Subject,
)
from tests.snmp import messages
from tests.snmp.asking import dotted
from tests.snmp.messages import COUNTER32, INTEGER, STRING, Oid
from tests.support.running import wait_for

ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)
OBJECT_ID, TIME_TICKS = 0x06, 0x43


def test_rfc3418_2_K01_snmp_in_pkts_rises_by_one_a_request(subject: Subject) -> None:
    """The counter snmpInPkts rises by one with each request."""
    values = [subject.number(IN_PKTS) for _ in range(3)]
    assert values[1:] == [values[0] + 1, values[0] + 2]
    printed = subject.run("snmpget", IN_PKTS).stdout
    assert printed == f"{dotted(IN_PKTS)} = Counter32: {values[0] + 3}\n"


def test_rfc3418_2_K02_sys_up_time_advances_by_100_a_second(whole: Subject) -> None:
    """The time sysUpTime advances by 100 a second."""

    def ticks() -> tuple[float, int, float]:
        """The time before asking, the answer, the time after."""
        return time.monotonic(), whole.number(SYS_UP_TIME), time.monotonic()

    asked, first, answered = ticks()
    wait_for(lambda: whole.number(SYS_UP_TIME) >= first + 50, "half a second")
    asked_again, second, answered_again = ticks()
    assert whole.value(SYS_UP_TIME)[0] == TIME_TICKS
    # No less than between the two moments, no more than from before the first to after the second; rounded down.
    assert (asked_again - answered) * 100 - 2 <= second - first <= (answered_again - asked) * 100 + 2


def test_rfc3418_2_K03_the_system_group_is_complete_and_of_the_right_types(whole: Subject) -> None:
    """The system group is complete, each object of its type."""
    answer = whole.ask(messages.get(*((*SYSTEM, arc, 0) for arc in range(1, 9))))
    assert answer.outcome == (0, 0)
    expected = [STRING, OBJECT_ID, TIME_TICKS, STRING, STRING, STRING, INTEGER, TIME_TICKS]
    assert [tag for tag, _ in answer.values] == expected
    assert answer.values[0][1] != b""
    lines = whole.run("snmpwalk", SYSTEM).stdout.splitlines()
    kinds = [line.split(" = ")[1].split(":")[0].strip('"') for line in lines[:8]]
    words = ["STRING", "OID", "Timeticks", "STRING", "STRING", "STRING", "INTEGER", "Timeticks"]
    assert all(found in (word, "") for found, word in zip(kinds, words, strict=True))  # an empty text has no word


def test_rfc3411_5_K04_the_engine_group_says_what_discovery_says(whole: Subject) -> None:
    """The engine group says what discovery says."""
    peer = whole.discover()
    answer = whole.ask(messages.get(*((*ENGINE, arc, 0) for arc in range(1, 5))))
    assert [tag for tag, _ in answer.values] == [STRING, INTEGER, INTEGER, INTEGER]
    engine_id, boots, engine_time, size = (content for _, content in answer.values)
    assert (engine_id, messages.number(boots)) == (peer.engine_id, peer.boots)
    assert abs(messages.number(engine_time) - peer.time) <= 1
    assert 484 <= messages.number(size) < 2**31
    assert whole.run("snmpwalk", ENGINE).stdout.count(dotted(ENGINE)) == 4


def test_rfc3418_2_K05_the_counters_of_the_snmp_group_are_served(subject: Subject) -> None:
    """The counters of the snmp group are served, snmpSilentDrops and snmpProxyDrops too."""
    drops = ((*SNMP, 31, 0), (*SNMP, 32, 0))
    names = (IN_PKTS, IN_BAD_VERSIONS, IN_BAD_COMMUNITY_NAMES, (*SNMP, 5, 0), IN_PARSE_ERRS, *drops)
    answer = subject.ask(messages.get(*names))
    assert answer.outcome == (0, 0)
    assert {tag for tag, _ in answer.values} == {COUNTER32}
    assert subject.run("snmpget", *drops).stdout.count("Counter32") == 2


def test_rfc3418_2_K06_sys_or_table_lists_the_modules(subject: Subject) -> None:
    """The table sysORTable lists the modules, each with an OID, a text and a time."""
    entry: Oid = (*SYSTEM, 9, 1)
    table = dict(subject.walk(entry))
    rows = {name[-1] for name in table}
    assert len(rows) >= 5
    assert set(table) == {(*entry, arc, row) for arc in (2, 3, 4) for row in rows}
    for arc, tag in ((2, OBJECT_ID), (3, STRING), (4, TIME_TICKS)):
        assert {table[(*entry, arc, row)][0] for row in rows} == {tag}
    assert len(subject.run("snmpwalk", entry).stdout.splitlines()) == len(table)


def test_rfc3414_2_3_R01_a_restart_keeps_the_engine_id_and_raises_the_boots(whole: Subject) -> None:
    """After a restart the engine ID is the same, boots are one more, the time is near zero."""
    for _ in range(2):
        before = whole.discover()
        whole.stop()
        whole.start()
        after = whole.discover()
        assert after.engine_id == before.engine_id
        assert after.boots == before.boots + 1
        assert after.time <= 3
