"""Hosts over a shared store: each context has objects of its own, and what all share."""

from __future__ import annotations

from agent.mib.build import Cells
from agent.mib.encoding import Oid, packed
from agent.wire import answer, ber
from agent.wire.answer import following
from agent.wire.block import Block, make_blocks
from agent.wire.family import Family
from agent.wire.shelf import Shelf, context_of, host_owner
from agent.wire.store import Found, Store
from agent.wire.view import EVERYTHING, view_of

SYSTEM = (1, 3, 6, 1, 2, 1, 1)
SYS_DESCR, SYS_UPTIME, SYS_NAME, SYS_SERVICES = ((*SYSTEM, arc) for arc in (1, 3, 5, 7))
SNMP_IN = (1, 3, 6, 1, 2, 1, 11, 1)
IF_DESCR = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
OURS = (1, 3, 6, 1, 4, 1, 8072, 9999, 1, 2)
VENDOR = (1, 3, 6, 1, 4, 1, 5597, 30, 0, 1)


def column(oid: Oid, *texts: str) -> list[Block]:
    """A column with one cell for each text, numbered from 0."""
    keys = tuple(packed((number,)) for number in range(len(texts)))
    return list(make_blocks([Cells(oid, 4, keys, tuple(text.encode() for text in texts))]))


def filled() -> Shelf:
    shelf = Shelf(Store([SYS_NAME, OURS]), [SYS_NAME, SYS_DESCR, IF_DESCR])
    agents = (SYS_DESCR, "agent"), (SYS_UPTIME, "time"), (SYS_NAME, "agent"), (SYS_SERVICES, "x"), (SNMP_IN, "in")
    shelf.swap("self", [block for oid, text in agents for block in column(oid, text)])
    shelf.swap("one/status", column(OURS, "a", "b", "c"))
    shelf.swap(
        host_owner("one", "host"),
        [*column(SYS_DESCR, "dev"), *column(SYS_NAME, "dev"), *column(IF_DESCR, "p", "q"), *column(VENDOR, "v")],
    )
    return shelf


def walked(shelf: Shelf, context: str) -> list[tuple[Oid, bytes]]:
    source, key, cells = shelf.source(context), b"", []
    while (found := following(source, EVERYTHING, key)) is not None:
        name, _, content = ber.varbind(found.varbind)
        assert packed(name) == found.key > key
        cells.append((name, content))
        key = found.key
    return cells


HOST = [
    ((*SYS_DESCR, 0), b"dev"),
    ((*SYS_UPTIME, 0), b"time"),
    ((*SYS_NAME, 0), b"dev"),
    ((*IF_DESCR, 0), b"p"),
    ((*IF_DESCR, 1), b"q"),
    ((*SNMP_IN, 0), b"in"),
    ((*VENDOR, 0), b"v"),
    ((*OURS, 0), b"a"),
    ((*OURS, 1), b"b"),
    ((*OURS, 2), b"c"),
]


def test_a_host_has_its_own_objects_and_the_shared_ones_in_order_and_nothing_of_the_agents_system_group() -> None:
    assert walked(filled(), "one") == HOST


def test_a_host_that_was_not_read_yet_does_not_pass_for_the_agent() -> None:
    source = filled().source("three")
    assert source.get(packed((*SYS_NAME, 0))) is None
    assert source.get(packed((*SYS_UPTIME, 0))) is not None
    assert source.is_declared(packed((*SYS_NAME, 0)))


def test_the_default_context_has_nothing_of_a_host() -> None:
    names = [name for name, _ in walked(filled(), "")]
    assert (*IF_DESCR, 0) not in names
    assert (*SYS_SERVICES, 0) in names


def test_a_bulk_in_a_host_is_what_getnexts_in_a_row_are() -> None:
    source = filled().source("one")
    for start in (b"", packed(SYS_DESCR), packed((*IF_DESCR, 0)), packed(VENDOR), packed((*OURS, 1))):
        expected, key = [], start
        while (found := source.next(key)) is not None:
            expected.append(found.varbind)
            key = found.key
        assert answer.get_bulk(source, EVERYTHING, [start], 0, 100, 60_000)[: len(expected)] == expected
        assert b"".join(answer.get_bulk_column(source, EVERYTHING, start, len(expected), 60_000)) == b"".join(expected)


def test_rows_that_a_mask_hides_are_passed_in_either_store() -> None:
    shelf, theirs, shared = filled(), (*IF_DESCR[:-1], 3), (*OURS[:-1], 9)
    keys = tuple(packed((number, number)) for number in range(200))
    for owner, oid in ((host_owner("one", "rows"), theirs), ("rows", shared)):
        shelf.swap(owner, list(make_blocks([Cells(oid, 4, keys, (b"",) * len(keys))])))
    view = view_of(Family((*oid, 0, 150), included=True, mask=any_at(len(oid))) for oid in (theirs, shared))
    seen, key = [], b""
    while (found := following(shelf.source("one"), view, key)) is not None:
        key = found.key
        seen.append(key)
    assert seen == [packed((*theirs, 150, 150)), packed((*shared, 150, 150))]


def any_at(place: int) -> bytes:
    """A mask in which the sub-identifier at a place does not count."""
    return ((1 << 256) - 1 - (1 << 255 - place)).to_bytes(32, "big")


def test_stepping_over_a_column_finds_the_next_one_in_either_store() -> None:
    source = filled().source("one")

    def after(oid: Oid) -> Oid | None:
        found: Found | None = source.next_column(packed((*oid, 0)))
        return None if found is None else ber.varbind(found.varbind)[0][:-1]

    assert after(SYS_DESCR) == SYS_UPTIME
    assert after(SYS_UPTIME) == SYS_NAME
    assert after(SYS_NAME) == IF_DESCR
    assert after(IF_DESCR) == SNMP_IN
    assert after(VENDOR) == OURS
    assert after(OURS) is None


def test_an_object_that_a_host_can_have_is_declared_there_and_not_in_the_default_context() -> None:
    shelf = filled()
    assert shelf.source("one").is_declared(packed((*IF_DESCR, 9)))
    assert not shelf.source("").is_declared(packed((*IF_DESCR, 9)))
    assert shelf.source("one").is_declared(packed((*OURS, 9)))


def test_a_host_goes_with_its_last_block_and_the_others_stay() -> None:
    shelf = filled()
    shelf.swap(host_owner("two", "host"), column(SYS_NAME, "two"))
    shelf.swap(host_owner("one", "host"), [])
    assert dict(walked(shelf, "two"))[(*SYS_NAME, 0)] == b"two"
    assert walked(shelf, "one") == [pair for pair in HOST if pair[1] in (b"time", b"in", b"a", b"b", b"c")]
    assert host_owner("one", "host") not in shelf.owners


def test_a_proposal_does_not_replace_what_a_host_has() -> None:
    shelf = filled()
    shelf.propose(host_owner("one", "host"), column(SYS_NAME, "other"))
    assert dict(walked(shelf, "one"))[(*SYS_NAME, 0)] == b"dev"
    shelf.propose(host_owner("two", "host"), column(SYS_NAME, "other"))
    assert dict(walked(shelf, "two"))[(*SYS_NAME, 0)] == b"other"


def test_an_owner_says_whose_its_blocks_are() -> None:
    assert context_of(host_owner("m3000/ptp1", "host")) == "m3000/ptp1"
    assert context_of("m3000/status") is None
