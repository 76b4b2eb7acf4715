"""Counters of several fronts: what one tells, the others have at least, and a front that dies takes none away."""

from __future__ import annotations

import os

import pytest

from agent.channel.tally import Tally
from agent.wire.counters import Counters


def test_every_front_tells_what_all_have_counted() -> None:
    tally = Tally(3)
    shares = [tally.share(front) for front in range(3)]
    for number, share in enumerate(shares, 1):
        share.counters.in_pkts += 10**number
        share.counters.unknown_contexts += 1
        share.keep()
    assert [share.total().in_pkts for share in shares] == [1110] * 3
    assert shares[1].total() == Counters(in_pkts=1110, unknown_contexts=3)


def test_what_one_front_told_no_other_falls_behind_even_when_the_first_one_dies() -> None:
    tally = Tally(2)
    one, other = tally.share(0), tally.share(1)
    told = 0
    for turn in range(1, 50):
        (one if turn % 2 else other).counters.in_pkts += turn
        now = (one if turn % 3 else other).total().in_pkts
        assert now >= told
        told = now
    fresh = tally.share(0)
    assert fresh.counters == one.counters
    assert fresh.total().in_pkts == told == sum(range(1, 50))


def test_processes_share_it() -> None:
    tally = Tally(2)
    child = os.fork()
    if not child:
        share = tally.share(1)
        share.counters.wrong_digests = 2**40
        share.keep()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert tally.share(0).total().wrong_digests == 2**40


@pytest.mark.parametrize("front", [0, 1])
def test_a_front_that_counted_nothing_has_counted_nothing(front: int) -> None:
    assert Tally(2).share(front).total() == Counters()
