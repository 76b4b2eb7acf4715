"""The two phases of a SET (RFC 3416 4.2.5), pure; tests/snmp/test_writing.py has them over the wire."""

from __future__ import annotations

import pytest

from agent.mib.encoding import packed
from agent.wire.pdu import SET, Request, Value
from agent.wire.view import NOTHING, make_view
from agent.wire.writing import Result
from tests.snmp.messages import (
    AUTHORIZATION_ERROR,
    COMMIT_FAILED,
    NO_ACCESS,
    NO_CREATION,
    WRONG_VALUE,
    Oid,
)
from tests.snmp.writables import LABEL, LEVEL, MODE, Writables

ALL = make_view([(1,)], [])


def request(*varbinds: tuple[Oid, int, bytes]) -> Request:
    names = [packed(name) for name, _, _ in varbinds]
    return Request(SET, b"\x02\x01\x01", 0, 0, names, [Value(tag, content) for _, tag, content in varbinds], b"")


@pytest.fixture
def here() -> Writables:
    return Writables()


def test_all_values_are_assigned_at_once_with_the_name_of_who_asks(here: Writables) -> None:
    asked = request(((*LABEL, 0), 4, b"new"), ((*LEVEL, 0), 2, b"\x03\xe8"), ((*MODE, 0), 2, b"\2"))
    assert here.writer.set(asked, ALL, "somebody") == Result(0, 0)
    assert here.assigned == [({"testLabel": "new", "testLevel": 1000, "testMode": "on"}, "somebody")]


def test_an_empty_set_assigns_nothing(here: Writables) -> None:
    assert here.writer.set(request(), ALL, "somebody") == Result(0, 0)
    assert here.writer.set(request(), NOTHING, "somebody") == Result(0, 0)
    assert here.assigned == []


def test_rfc3413_3_2_without_a_view_it_is_an_authorization_error(here: Writables) -> None:
    assert here.writer.set(request(), None, "somebody") == Result(AUTHORIZATION_ERROR, 0)


@pytest.mark.parametrize("place", range(1, 6))
def test_one_bad_varbind_stops_all(here: Writables, place: int) -> None:
    varbinds = [((*LABEL, 0), 4, b"new")] * 5
    varbinds[place - 1] = ((*LEVEL, 0), 2, b"\0")
    assert here.writer.set(request(*varbinds), ALL, "somebody") == Result(WRONG_VALUE, place)
    assert here.writer.set(request(*varbinds), NOTHING, "somebody") == Result(NO_ACCESS, 1)
    assert here.assigned == []


def test_what_assigning_raises_is_told(here: Writables) -> None:
    here.problem = OSError("the disk is full")
    result = here.writer.set(request(((*LABEL, 0), 4, b"new")), ALL, "somebody")
    assert result == Result(COMMIT_FAILED, 1, here.problem)


@pytest.mark.parametrize("tail", [(), (1,), (0, 0), (0, 1), (2**32 - 1,)])
def test_other_instances_cannot_be_made(here: Writables, tail: Oid) -> None:
    assert here.writer.set(request(((*LABEL, *tail), 4, b"new")), ALL, "somebody") == Result(NO_CREATION, 1)
