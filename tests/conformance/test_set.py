"""SET."""

from __future__ import annotations

import pytest

from tests.conformance.conftest import wrong_on_pysnmp
from tests.conformance.subject import (
    NOT_AN_OBJECT,
    READ_ONLY,
    READ_WRITE,
    SIGNED,
    SYS_LOCATION,
    SYS_UP_TIME,
    Subject,
)
from tests.snmp import messages
from tests.snmp.asking import as_user, dotted
from tests.snmp.messages import (
    AUTHORIZATION_ERROR,
    BAD_VALUE,
    NO_ACCESS,
    NO_CREATION,
    NO_SUCH_NAME,
    NOT_WRITABLE,
    STRING,
    V1,
    V2C,
    WRONG_LENGTH,
    WRONG_TYPE,
    Answer,
    integer,
    string,
    varbind,
)  # fmt: skip
from tests.snmp.messages import (
    READ_ONLY as READ_ONLY_STATUS,
)

INCONSISTENT_NAME = 18
PRIVATE = ["-v2c", "-c", "private"]
writes_nothing = wrong_on_pysnmp("RFC 3416 4.2.5: the pysnmp path is read-only; it answers every SET notWritable")


def setting(subject: Subject, *varbinds: bytes, version: int = V2C, community: bytes = READ_WRITE) -> Answer:
    """The answer to a SET, which returns the request's varbinds whatever it says."""
    body = messages.pdu(messages.SET, varbinds, request_id=77)
    answer = subject.ask(messages.message(body, version=version, community=community))
    assert (answer.tag, answer.request_id) == (messages.RESPONSE, 77)
    assert answer.varbinds == messages.read_pdu(body).varbinds
    return answer


@writes_nothing
def test_rfc3416_4_2_5_S01_a_set_is_carried_out_echoed_and_read_back(whole: Subject) -> None:
    """A SET is carried out, echoed and read back."""
    answer = setting(whole, varbind(SYS_LOCATION, string(b"rack 7")))
    assert (answer.outcome, answer.varbinds) == ((0, 0), [(SYS_LOCATION, (STRING, b"rack 7"))])
    assert whole.value(SYS_LOCATION) == (STRING, b"rack 7")
    done = whole.run("snmpset", SYS_LOCATION, "s", "rack 8", who=PRIVATE)
    assert done.stdout == f'{dotted(SYS_LOCATION)} = STRING: "rack 8"\n'
    assert setting(whole, varbind(SYS_LOCATION, string(b"rack 9")), version=V1).outcome == (0, 0)
    assert whole.value(SYS_LOCATION) == (STRING, b"rack 9")


def test_rfc3415_3_2_S02_who_may_only_read_is_refused_and_changes_nothing(subject: Subject) -> None:
    """A community or user that may only read is refused, and nothing changes."""
    name = subject.objects.writable
    before = subject.value(name)
    evil = varbind(name, string(b"evil"))
    answer = setting(subject, evil, community=READ_ONLY)
    assert answer.status in {NO_ACCESS, NOT_WRITABLE, AUTHORIZATION_ERROR}
    assert setting(subject, evil, version=V1, community=READ_ONLY).status == NO_SUCH_NAME
    assert subject.ask_as(SIGNED, messages.pdu(messages.SET, [evil])).pdu.status in {NO_ACCESS, NOT_WRITABLE, 16}
    for who in (["-v2c", "-c", "public"], as_user(SIGNED)):
        done = subject.run("snmpset", name, "s", "evil", who=who)
        assert (done.stdout, done.returncode) == ("", 2)
    assert subject.value(name) == before


def test_rfc3416_4_2_5_S03_a_read_only_object_is_not_writable(subject: Subject) -> None:
    """A read-only object is notWritable; noSuchName or readOnly in v1."""
    setting_it = varbind(SYS_UP_TIME, integer(1, 0x43))
    assert setting(subject, setting_it).outcome == (NOT_WRITABLE, 1)
    assert setting(subject, setting_it, version=V1).outcome in {(NO_SUCH_NAME, 1), (READ_ONLY_STATUS, 1)}
    assert "notWritable" in subject.run("snmpset", SYS_UP_TIME, "t", "1", who=PRIVATE).stderr


@writes_nothing
def test_rfc3416_4_2_5_S04_a_value_of_the_wrong_type_is_wrong_type(subject: Subject) -> None:
    """A value of the wrong type is wrongType; badValue in v1."""
    name = subject.objects.writable
    assert setting(subject, varbind(name, integer(5))).outcome == (WRONG_TYPE, 1)
    assert setting(subject, varbind(name, integer(5)), version=V1).outcome == (BAD_VALUE, 1)
    assert "wrongType" in subject.run("snmpset", name, "i", "5", who=PRIVATE).stderr


@writes_nothing
def test_rfc3416_4_2_5_S05_a_value_of_the_wrong_length_is_wrong_length(subject: Subject) -> None:
    """A value too long is wrongLength."""
    name = subject.objects.writable
    assert setting(subject, varbind(name, string(b"x" * 300))).outcome == (WRONG_LENGTH, 1)
    assert "wrongLength" in subject.run("snmpset", name, "s", "x" * 300, who=PRIVATE).stderr


@writes_nothing
@pytest.mark.parametrize("place", range(1, 6))
def test_rfc3416_4_2_5_S06_the_error_index_is_right_at_every_place_and_nothing_is_applied(
    subject: Subject, place: int
) -> None:
    """The error index is right at each of five places, and nothing of the others is applied."""
    name = subject.objects.writable
    before = subject.value(name)
    varbinds = [varbind(name, string(b"other"))] * 5
    varbinds[place - 1] = varbind(name, integer(5))
    assert setting(subject, *varbinds).outcome == (WRONG_TYPE, place)
    assert setting(subject, *varbinds, version=V1).outcome == (BAD_VALUE, place)
    values = [word for at in range(1, 6) for word in (name, *(("i", "5") if at == place else ("s", "other")))]
    done = subject.run("snmpset", *values, who=PRIVATE)
    assert "wrongType" in done.stderr
    assert subject.value(name) == before


@pytest.mark.parametrize("name", [NOT_AN_OBJECT, None], ids=["of no object", "of an object there is"])
def test_rfc3416_4_2_5_S07_an_instance_there_is_not_is_refused(subject: Subject, name: messages.Oid | None) -> None:
    """An instance that does not exist is noCreation, notWritable, noAccess or inconsistentName."""
    name = name or (*subject.objects.writable[:-1], 7)
    allowed = {NO_CREATION, NOT_WRITABLE, NO_ACCESS, INCONSISTENT_NAME}
    answer = setting(subject, varbind(name, string(b"x")))
    assert answer.status in allowed
    assert answer.index == 1


@pytest.mark.parametrize("version", [V1, V2C])
def test_rfc3416_4_2_5_S08_an_empty_set_is_answered_without_error(subject: Subject, version: int) -> None:
    """A SET without varbinds is answered without error."""
    assert setting(subject, version=version).outcome == (0, 0)
    answer = subject.ask_as(SIGNED, messages.pdu(messages.SET)).pdu
    assert (answer.tag, answer.varbinds) == (messages.RESPONSE, [])
