"""Every field of every message with every anomaly: taken, answered soundly or not at all, counted, and forgotten."""

from __future__ import annotations

import pytest

from tests.hostile.elements import signed
from tests.hostile.enumerated import GROUPS, cases
from tests.hostile.seeds import HEADS, REQUEST_TAGS, TRAP_TAGS, Head, body
from tests.hostile.victim import Victim
from tests.snmp import messages
from tests.wire.entities import Bench

LEAST = {"req-enc": 30_000, "req-app": 10_000, "trap-enc": 30_000, "trap-app": 10_000}
"""Cases of a group at least, so that an empty enumeration is no success."""


@pytest.mark.parametrize("group", GROUPS)
def test_all_cases_of_a_group_are_taken(group: str) -> None:
    victim = Victim()
    count = victim.takes(cases(group, victim.bench.peer))
    assert count >= LEAST[group]
    if group.startswith("req"):
        assert count / 50 < victim.answered < count * 0.75, "some is good enough for an answer, much is not"
    else:
        assert victim.answered < count / 4, "notifications are not for an agent; broken heads are reported on"


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
def test_the_messages_that_are_broken_are_good_before(head: Head) -> None:
    bench = Bench()
    for tag in REQUEST_TAGS:
        if (head.version, tag) != (messages.V1, messages.GET_BULK):
            assert bench.answer(signed(head.wrap(body(tag), bench.peer), head.user, bench.peer)) is not None
    for tag in TRAP_TAGS:
        answer = bench.answer(signed(head.wrap(body(tag), bench.peer), head.user, bench.peer))
        # No notification receiver is here; only v3 has a way to say so (RFC 3412 7.2 step 13).
        assert (answer is not None) == (head.version == messages.V3 and tag == messages.INFORM)
