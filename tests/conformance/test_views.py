"""Access control and contexts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.conftest import RECORDED
from tests.conformance.subject import (
    CLOSED,
    CONTEXT,
    IN_CONTEXT,
    PART,
    SEALED,
    SIGNED,
    SYS_CONTACT,
    SYS_NAME,
    SYS_UP_TIME,
    SYSTEM,
    Subject,
)
from tests.snmp import messages
from tests.snmp.asking import as_user, dotted
from tests.snmp.messages import AUTHORIZATION_ERROR, NO_SUCH_NAME, NO_SUCH_OBJECT, REPORT, STRING, V1, V2C, Oid, User

VIEWED = ["-v2c", "-c", "view"]
in_contexts = pytest.mark.parametrize("kind", ["wire", "pysnmp", RECORDED], indirect=True)
ASKING = messages.pdu(messages.GET, [SYS_NAME])


@pytest.mark.parametrize("repetitions", [0, 7], ids=["GETNEXT", "GETBULK"])
def test_rfc3415_3_2_V01_an_excluded_subtree_is_invisible_to_walks(subject: Subject, repetitions: int) -> None:
    """An excluded subtree is invisible: GET says noSuchObject, walks step over it."""
    whole = [name for name, _ in subject.walk(SYSTEM, repetitions=repetitions)]
    assert SYS_CONTACT in whole
    seen = [name for name, _ in subject.walk(SYSTEM, community=PART, repetitions=repetitions)]
    assert seen == [name for name in whole if name != SYS_CONTACT]
    walked = subject.run("snmpwalk", SYSTEM, who=VIEWED).stdout
    assert dotted(SYS_NAME) in walked
    assert dotted(SYS_CONTACT) not in walked


def test_rfc3415_3_2_V01_an_excluded_instance_is_no_such_object(subject: Subject) -> None:
    """An excluded subtree is invisible: GET says noSuchObject, walks step over it."""
    answer = subject.ask(messages.get(SYS_CONTACT, SYS_NAME, community=PART))
    assert (answer.outcome, answer.values[0], answer.values[1][0]) == ((0, 0), NO_SUCH_OBJECT, STRING)
    answer = subject.ask(messages.get(SYS_NAME, SYS_CONTACT, community=PART, version=V1))
    assert answer.outcome == (NO_SUCH_NAME, 2)
    assert "No Such Object" in subject.run("snmpget", SYS_CONTACT, who=VIEWED).stdout


def test_rfc3415_3_2_V02_access_at_auth_priv_is_closed_to_communities_and_lower_levels(subject: Subject) -> None:
    """What is open to authPriv alone is closed to a community and to the user's own lower levels."""
    peer = subject.discover()
    for user in (User(b"sealed"), replace(SEALED, priv="")):
        for raw in subject.answers(peer.build(user, ASKING)):
            answer = peer.read(raw, user).pdu
            assert answer.tag == REPORT or (answer.status, answer.values) == (AUTHORIZATION_ERROR, [(5, b"")])
        assert subject.run("snmpget", SYS_NAME, who=as_user(user), retries=0).stdout == ""
    names = [CLOSED, b"sealed"]
    for version in (V1, V2C):
        for raw in subject.answers(*(messages.message(ASKING, version=version, community=name) for name in names)):
            answer = messages.read(raw)
            assert answer.community == CLOSED
            assert answer.status != 0 or answer.values == [NO_SUCH_OBJECT]
    assert subject.ask_as(SEALED, ASKING).pdu.values[0][0] == STRING


@in_contexts
def test_rfc3584_5_2_1_V03_a_community_is_answered_from_its_context(whole: Subject) -> None:
    """A community is answered from the context that it belongs to, as a v3 user is who names that context."""

    def seen(**options: object) -> list[tuple[Oid, messages.Value]]:
        body = messages.pdu(messages.GET_BULK, [SYSTEM], b=7)
        if "community" in options:
            answer = whole.ask(messages.message(body, **options))  # type: ignore[arg-type]
        else:
            answer = whole.ask_as(SIGNED, body, context=CONTEXT).pdu
        return [cell for cell in answer.varbinds if cell[0] != SYS_UP_TIME]

    inside = seen(community=IN_CONTEXT)
    assert any(name[: len(SYSTEM)] == SYSTEM for name, _ in inside)
    assert [cell for cell in inside if cell[0] != SYS_CONTACT] == [cell for cell in seen() if cell[0] != SYS_CONTACT]
    assert whole.walk((1, 3), community=IN_CONTEXT) != whole.walk((1, 3))
