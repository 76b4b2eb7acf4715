"""SETs that may succeed, over the wire path (S of the list): all of it or none, and the RFC's order of refusals."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.config import SnmpSettings
from agent.mib import writing
from agent.mib.declaration import Column
from tests.snmp import messages
from tests.snmp.agents import BASE, DEFAULTS, NUMBERS, SEALED, SUBTREE, RunningAgent, user_settings
from tests.snmp.messages import (
    AUTHORIZATION_ERROR,
    BAD_VALUE,
    COMMIT_FAILED,
    GEN_ERR,
    INCONSISTENT_VALUE,
    NO_ACCESS,
    NO_CREATION,
    NO_SUCH_NAME,
    NOT_WRITABLE,
    SET,
    TOO_BIG,
    V1,
    V2C,
    WRONG_ENCODING,
    WRONG_LENGTH,
    WRONG_TYPE,
    WRONG_VALUE,
    Answer,
    Oid,
    User,
    integer,
    string,
    varbind,
)  # fmt: skip
from tests.snmp.writables import LABEL, LEVEL, LOCK, MODE, RAW, Writables

VIEWS: dict[str, Any] = {
    # All of the test's subtree but RAW.
    "writable": {"include": [SUBTREE], "exclude": [f"{SUBTREE}.5.5"]},
}
CHIEF = User(b"chief", "SHA-256", b"authpass-7", "AES-128", b"privpass-7")


@dataclass
class Bench:
    """An agent and what may be written in it."""

    agent: RunningAgent
    here: Writables

    def set(self, *varbinds: bytes, version: int = V2C, community: bytes = b"private") -> Answer:
        body = messages.pdu(SET, varbinds, request_id=77)
        answer = self.agent.ask(messages.message(body, version=version, community=community))
        assert (answer.tag, answer.request_id) == (messages.RESPONSE, 77)
        if answer.status != TOO_BIG:
            # Success and failure return the request's varbinds.
            assert answer.varbinds == messages.read_pdu(body).varbinds
        return answer

    def outcome(self, *varbinds: bytes, **options: Any) -> tuple[int, int]:
        return self.set(*varbinds, **options).outcome


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    here = Writables()
    changes: dict[str, Any] = {
        "communities": [
            {"name": "public"}, {"name": "private", "write_view": "writable"},
            {"name": "blind", "view": "empty", "write_view": "writable"},
        ],
        "views": {**VIEWS, "empty": {"include": []}},
        "users": [user_settings(CHIEF, write_view="writable"), user_settings(SEALED)],
    }  # fmt: skip
    agent = RunningAgent(SnmpSettings.model_validate({**DEFAULTS, **changes}), tmp_path, writer=here.writer)
    agent.within(agent.store.swap, "writables", here.blocks())
    yield Bench(agent, here)
    agent.close()
    assert not agent.problems


def scalar(oid: Oid) -> Oid:
    return (*oid, 0)


def test_rfc3416_4_2_5_a_set_is_echoed_assigned_and_read_back(bench: Bench) -> None:
    answer = bench.set(varbind(scalar(LABEL), string(b"new")), varbind(scalar(LEVEL), integer(12)))
    assert answer.outcome == (0, 0)
    assert answer.varbinds == [(scalar(LABEL), (4, b"new")), (scalar(LEVEL), (2, b"\x0c"))]
    assert bench.here.assigned == [({"testLabel": "new", "testLevel": 12}, "community1@127.0.0.1")]
    values = bench.agent.ask(messages.get(scalar(LABEL), scalar(LEVEL))).values
    assert values == [(4, b"new"), (2, b"\x0c")]


def test_rfc3416_4_2_5_v1_and_v3_set_as_well(bench: Bench) -> None:
    assert bench.outcome(varbind(scalar(LABEL), string(b"one")), version=V1) == (0, 0)
    answer = bench.agent.ask_as(CHIEF, messages.pdu(SET, [varbind(scalar(MODE), integer(2))]))
    assert (answer.flags, answer.pdu.outcome) == (CHIEF.level, (0, 0))
    assert [who for _, who in bench.here.assigned] == ["community1@127.0.0.1", "chief@127.0.0.1"]
    assert bench.here.values["testLabel"] == "one"
    assert bench.here.values["testMode"] == "on"


def test_rfc3415_who_may_only_read_is_refused_and_changes_nothing(bench: Bench) -> None:
    new = varbind(scalar(LABEL), string(b"evil"))
    before = bench.agent.counters.in_bad_community_uses
    assert bench.outcome(new, community=b"public") == (NO_ACCESS, 1)
    assert bench.outcome(new, community=b"public", version=V1) == (NO_SUCH_NAME, 1)
    # RFC 3418 snmpInBadCommunityUses: an operation that the community is not allowed.
    assert bench.agent.counters.in_bad_community_uses == before + 2
    assert bench.agent.ask_as(SEALED, messages.pdu(SET, [new])).pdu.outcome == (NO_ACCESS, 1)
    for flags in (messages.REPORTABLE, messages.AUTH | messages.REPORTABLE):
        answer = bench.agent.ask_as(CHIEF, messages.pdu(SET, [new]), flags=flags)
        assert answer.pdu.outcome == (AUTHORIZATION_ERROR, 0)
    assert bench.here.assigned == []
    assert bench.agent.counters.in_bad_community_uses == before + 2


def test_who_may_write_need_not_be_allowed_to_read(bench: Bench) -> None:
    assert bench.outcome(varbind(scalar(LABEL), string(b"x")), community=b"blind") == (0, 0)
    assert bench.agent.ask(messages.get(scalar(LABEL), community=b"blind")).values == [messages.NO_SUCH_OBJECT]


REFUSED = [
    pytest.param(scalar(RAW), string(b"ab"), NO_ACCESS, NO_SUCH_NAME, id="1 outside the view"),
    pytest.param((1, 3, 6, 1, 4, 1, 1, 1, 0), integer(1), NO_ACCESS, NO_SUCH_NAME, id="1 unknown, outside the view"),
    pytest.param((*NUMBERS, 1, 1), integer(1), NOT_WRITABLE, NO_SUCH_NAME, id="2 read-only"),
    pytest.param((*BASE, 77, 0), integer(1), NOT_WRITABLE, NO_SUCH_NAME, id="2 unknown, in view"),
    pytest.param(BASE, integer(1), NOT_WRITABLE, NO_SUCH_NAME, id="2 above all"),
    pytest.param(scalar(LABEL), integer(5), WRONG_TYPE, BAD_VALUE, id="3 wrong type"),
    pytest.param(scalar(LEVEL), b"\x42\x01\x05", WRONG_TYPE, BAD_VALUE, id="3 unsigned for signed"),
    pytest.param(scalar(LEVEL), messages.NULL, WRONG_TYPE, BAD_VALUE, id="3 null"),
    pytest.param(scalar(LABEL), b"\x80\x00", WRONG_TYPE, BAD_VALUE, id="3 an exception"),
    pytest.param((*LABEL, 1), integer(5), WRONG_TYPE, BAD_VALUE, id="3 before 7"),
    pytest.param(scalar(LABEL), string(b"x" * 17), WRONG_LENGTH, BAD_VALUE, id="4 too long"),
    pytest.param(scalar(LABEL), string(b"x" * 300), WRONG_LENGTH, BAD_VALUE, id="4 far too long"),
    pytest.param(scalar(LEVEL), b"\x02\x00", (WRONG_LENGTH, WRONG_ENCODING), BAD_VALUE, id="5 no octets"),
    pytest.param(scalar(LEVEL), b"\x02\x09" + bytes(9), WRONG_ENCODING, BAD_VALUE, id="5 nine octets"),
    pytest.param(scalar(LEVEL), integer(0), WRONG_VALUE, BAD_VALUE, id="6 too small"),
    pytest.param(scalar(LEVEL), integer(1001), WRONG_VALUE, BAD_VALUE, id="6 too large"),
    pytest.param(scalar(LEVEL), integer(-(2**31)), WRONG_VALUE, BAD_VALUE, id="6 negative"),
    pytest.param(scalar(MODE), integer(3), WRONG_VALUE, BAD_VALUE, id="6 no label"),
    pytest.param(scalar(LABEL), string(b"\xff\xfe"), WRONG_VALUE, BAD_VALUE, id="6 no UTF-8"),
    pytest.param((*LABEL, 1), string(b"x"), NO_CREATION, NO_SUCH_NAME, id="7 another instance"),
    pytest.param(LABEL, string(b"x"), NO_CREATION, NO_SUCH_NAME, id="7 no instance"),
    pytest.param((*LABEL, 0, 0), string(b"x"), NO_CREATION, NO_SUCH_NAME, id="7 longer instance"),
    pytest.param(scalar(LOCK), integer(4), INCONSISTENT_VALUE, BAD_VALUE, id="10 a lock that does not match"),
]


@pytest.mark.parametrize(("name", "value", "status", "v1_status"), REFUSED)
def test_rfc3416_4_2_5_refusals_and_their_positions(
    bench: Bench, name: Oid, value: bytes, status: int | tuple[int, ...], v1_status: int
) -> None:
    """At each place of five, with nothing applied; as RFC 3584 4.4 has it in v1."""
    allowed = status if isinstance(status, tuple) else (status,)
    for place in range(1, 6):
        varbinds = [varbind(scalar(LABEL), string(b"other"))] * 5
        varbinds[place - 1] = varbind(name, value)
        found = bench.outcome(*varbinds)
        assert found[0] in allowed
        assert found[1] == place
        assert bench.outcome(*varbinds, version=V1) == (v1_status, place)
    assert bench.here.assigned == []


def test_rfc3416_4_2_5_the_first_of_several_refusals_is_named(bench: Bench) -> None:
    wrong = [
        varbind(scalar(LEVEL), integer(0)),
        varbind(scalar(RAW), string(b"a")),
        varbind((*BASE, 77, 0), string(b"a")),
    ]
    assert bench.outcome(varbind(scalar(LABEL), string(b"a")), *wrong) == (WRONG_VALUE, 2)
    assert bench.outcome(wrong[1], *wrong) == (NO_ACCESS, 1)


def test_rfc3416_4_2_5_one_name_twice_is_one_value_or_refused(bench: Bench) -> None:
    one, other = varbind(scalar(LABEL), string(b"one")), varbind(scalar(LABEL), string(b"other"))
    assert bench.outcome(one, one) == (0, 0)
    assert bench.outcome(one, other) == (INCONSISTENT_VALUE, 2)
    assert bench.here.values["testLabel"] == "one"


def test_rfc2579_test_and_incr_lets_one_of_two_managers_in(bench: Bench) -> None:
    known = messages.number(bench.agent.ask(messages.get(scalar(LOCK))).values[0][1])
    first, second = (
        [varbind(scalar(LOCK), integer(known)), varbind(scalar(LABEL), string(word))] for word in (b"first", b"second")
    )
    assert bench.outcome(*first) == (0, 0)
    assert bench.outcome(*second) == (INCONSISTENT_VALUE, 1)
    assert bench.here.values["testLabel"] == "first"
    assert bench.agent.ask(messages.get(scalar(LOCK))).values == [(2, bytes([known + 1]))]


def test_rfc3416_4_2_5_a_failed_assignment_is_commit_failed_logged_once_and_changes_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.here.problem = OSError("the disk is full")
    new = varbind(scalar(LABEL), string(b"new"))
    assert [bench.outcome(new) for _ in range(3)] == [(COMMIT_FAILED, 1)] * 3
    assert bench.outcome(new, version=V1) == (GEN_ERR, 1)
    assert bench.here.values["testLabel"] == "old"
    assert len([record for record in caplog.records if "set-failed" in record.message]) == 1
    bench.here.problem = None
    assert bench.outcome(new) == (0, 0)


def test_a_fault_while_checking_is_gen_err_and_changes_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded_for(column: Column, tag: int, content: bytes) -> Any:
        if column.name == "testLock":
            raise RuntimeError("a fault")
        return writing.decoded_for(column, tag, content)

    caplog.set_level(logging.ERROR)
    monkeypatch.setattr("agent.wire.writing.decoded_for", decoded_for)
    varbinds = [varbind(scalar(LABEL), string(b"new")), varbind(scalar(LOCK), integer(5))]
    assert bench.outcome(*varbinds) == (GEN_ERR, 0)
    assert bench.outcome(*varbinds, version=V1) == (GEN_ERR, 0)
    assert bench.here.assigned == []


@pytest.mark.parametrize("version", [V1, V2C])
def test_rfc3416_4_2_5_what_cannot_be_echoed_is_too_big_and_not_assigned(bench: Bench, version: int) -> None:
    varbinds = [varbind(scalar(LABEL), string(b"x" * 16))] * 60
    answer = bench.set(*varbinds, version=version)
    assert (answer.outcome, answer.varbinds) == ((TOO_BIG, 0), [])
    assert bench.here.assigned == []


def test_rfc3416_4_2_5_what_the_manager_cannot_take_is_too_big_and_not_assigned(bench: Bench) -> None:
    for count in range(1, 30):
        body = messages.pdu(SET, [varbind(scalar(LABEL), string(b"x" * 16))] * count)
        before = len(bench.here.assigned)
        answer = bench.agent.ask_as(CHIEF, body, max_size=484)
        assert answer.size <= 484
        assert (answer.pdu.outcome, len(answer.pdu.varbinds)) in {((0, 0), count), ((TOO_BIG, 0), 0)}
        assert len(bench.here.assigned) - before == (answer.pdu.status == 0)
    assert len(bench.here.assigned) > 5
