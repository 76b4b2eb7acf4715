"""GET and GETNEXT."""

from __future__ import annotations

import time

import pytest

from tests.conformance.subject import (
    NOT_AN_INSTANCE,
    NOT_AN_OBJECT,
    PAST_THE_END,
    SYS_DESCR,
    SYS_NAME,
    Subject,
)
from tests.snmp import messages
from tests.snmp.asking import dotted
from tests.snmp.messages import COUNTER64, NO_SUCH_NAME, NO_SUCH_OBJECT, STRING, TOO_BIG, V1, V2C, Oid

V1_PUBLIC = ["-v1", "-c", "public"]


def test_rfc3416_4_2_1_G01_an_unknown_object_is_no_such_object(subject: Subject) -> None:
    """An unknown object is noSuchObject."""
    answer = subject.ask(messages.get(NOT_AN_OBJECT))
    assert (answer.outcome, answer.varbinds) == ((0, 0), [(NOT_AN_OBJECT, NO_SUCH_OBJECT)])
    assert "No Such Object" in subject.run("snmpget", NOT_AN_OBJECT).stdout


def test_rfc3416_4_2_1_G02_a_missing_instance_is_no_such_instance(subject: Subject) -> None:
    """A missing instance of an object there is, is noSuchInstance."""
    column = subject.objects.numbers
    for name in (NOT_AN_INSTANCE, (*SYS_DESCR, 0), SYS_DESCR[:-1], (*column, 1, 999), (*column, 2, 1)):
        assert subject.ask(messages.get(name)).varbinds == [(name, messages.NO_SUCH_INSTANCE)]
    assert "No Such Instance" in subject.run("snmpget", NOT_AN_INSTANCE).stdout


def test_rfc3416_4_2_1_G03_of_several_only_the_missing_is_an_exception(subject: Subject) -> None:
    """Of several names only the missing ones are exceptions; the rest has its values."""
    (cell,) = subject.objects.rows(subject.objects.texts, 1)
    asked = (SYS_NAME, NOT_AN_OBJECT, cell, NOT_AN_INSTANCE)
    answer = subject.ask(messages.get(*asked))
    assert (answer.outcome, answer.names) == ((0, 0), list(asked))
    assert [tag for tag, _ in answer.values] == [STRING, 0x80, STRING, 0x81]
    lines = subject.run("snmpget", *asked).stdout.splitlines()
    assert ["No Such" in line for line in lines] == [False, True, False, True]


def test_rfc1157_4_1_2_G04_v1_names_the_missing_one_and_returns_the_request(subject: Subject) -> None:
    """In v1 a missing name is noSuchName with its position, and the request's varbinds come back."""
    (cell,) = subject.objects.rows(subject.objects.numbers, 1)
    asked = (SYS_NAME, NOT_AN_OBJECT, cell)
    answer = subject.ask(messages.get(*asked, version=V1))
    assert answer.outcome == (NO_SUCH_NAME, 2)
    assert answer.varbinds == [(name, (5, b"")) for name in asked]
    done = subject.run("snmpget", "-Cf", *asked, who=V1_PUBLIC)
    assert "noSuchName" in done.stderr
    assert f"Failed object: {dotted(NOT_AN_OBJECT)}" in done.stderr


def test_rfc3584_4_2_2_1_G05_a_v1_get_of_counter64_is_no_such_name(subject: Subject) -> None:
    """A v1 GET of a Counter64 is noSuchName."""
    ((cell, (tag, _)),) = subject.ask(messages.get_next(subject.objects.wide)).varbinds
    assert tag == COUNTER64
    assert subject.ask(messages.get(SYS_NAME, cell, version=V1)).outcome == (NO_SUCH_NAME, 2)
    assert "noSuchName" in subject.run("snmpget", cell, who=V1_PUBLIC).stderr


@pytest.mark.parametrize("version", [V1, V2C])
@pytest.mark.parametrize("tag", [messages.GET, messages.GET_NEXT])
def test_rfc3416_4_2_1_G06_an_empty_list_is_answered_with_an_empty_list(
    subject: Subject, tag: int, version: int
) -> None:
    """A request without varbinds is answered without varbinds and without error."""
    answer = subject.ask(messages.message(messages.pdu(tag), version=version))
    assert (answer.outcome, answer.varbinds) == ((0, 0), [])


@pytest.mark.parametrize("value", [b"\x02\x01\x07", b"\x04\x03abc", b"\x44\x02ab", b"\x46\x01\x01", b"\x82\x00"])
def test_rfc3416_4_2_1_G07_values_in_a_get_are_ignored(subject: Subject, value: bytes) -> None:
    """The value fields of a GET are ignored."""
    answer = subject.ask(messages.get(messages.varbind(SYS_NAME, value)))
    assert (answer.outcome, answer.names, answer.values[0][0]) == ((0, 0), [SYS_NAME], STRING)


def test_rfc3416_4_2_1_G08_a_name_given_twice_is_answered_twice(subject: Subject) -> None:
    """A name given twice is answered twice."""
    answer = subject.ask(messages.get(SYS_NAME, SYS_NAME))
    assert (answer.outcome, answer.names) == ((0, 0), [SYS_NAME] * 2)
    assert answer.values[0] == answer.values[1] != (5, b"")
    assert len(subject.run("snmpget", SYS_NAME, SYS_NAME).stdout.splitlines()) == 2


def test_rfc3416_4_2_1_G09_an_answer_too_large_is_too_big_with_an_empty_list(subject: Subject) -> None:
    """An answer over the limit (of UDP where the agent has none of its own) is tooBig, index 0, without varbinds."""
    (cell,) = subject.objects.rows(subject.objects.long, 1)
    enough = subject.max_message_size // 250 + 20
    answer = subject.ask(messages.get(*[cell] * enough))
    assert (answer.outcome, answer.varbinds) == ((TOO_BIG, 0), [])


def test_rfc3416_4_2_2_N01_a_walk_rises_and_ends_with_end_of_mib_view(subject: Subject) -> None:
    """A walk of everything rises strictly, misses nothing and ends with endOfMibView."""
    walked = [name for name, _ in subject.walk((1, 3))]
    assert walked[0] == SYS_DESCR
    for column in (subject.objects.numbers, subject.objects.texts, subject.objects.long):
        expected = subject.objects.rows(column, len(subject.objects.indexes))
        assert [name for name in walked if name[: len(column)] == column] == expected
    assert subject.ask(messages.get_next(PAST_THE_END)).varbinds == [(PAST_THE_END, messages.END_OF_MIB_VIEW)]
    done = subject.run("snmpwalk", (1, 3))
    assert (done.returncode, "not increasing" in done.stderr) == (0, False)


def test_rfc1157_4_1_3_N02_the_end_of_a_v1_walk_is_no_such_name_with_its_index(subject: Subject) -> None:
    """In v1 the end of the MIB is noSuchName with the position."""
    asked = (SYS_DESCR, PAST_THE_END)
    answer = subject.ask(messages.get_next(*asked, version=V1))
    assert (answer.outcome, answer.names) == ((NO_SUCH_NAME, 2), list(asked))
    done = subject.run("snmpgetnext", "-Cf", *asked, who=V1_PUBLIC)
    assert f"Failed object: {dotted(PAST_THE_END)}" in done.stderr


def test_rfc3584_4_2_2_1_N03_a_v1_get_next_steps_over_counter64_quickly(subject: Subject) -> None:
    """A v1 GETNEXT steps over Counter64, with 20 varbinds in less than a second."""
    wide = subject.objects.wide
    begun = time.monotonic()
    answer = subject.ask(messages.get_next(*[wide] * 20, version=V1))
    took_s = time.monotonic() - begun
    assert answer.outcome == (0, 0)
    ((name, (tag, _)),) = set(answer.varbinds)
    assert name[: len(wide)] > wide
    assert tag != COUNTER64
    assert took_s < 1


def test_rfc3416_4_2_2_N04_the_first_object_follows_zero_dot_zero(subject: Subject) -> None:
    """GETNEXT of 0.0 is the first object."""
    assert subject.ask(messages.get_next((0, 0))).names == [SYS_DESCR]
    assert subject.run("snmpgetnext", (0, 0)).stdout.startswith(f"{dotted(SYS_DESCR)} = STRING:")


@pytest.mark.parametrize("repetitions", [1, 17, 1000])
def test_rfc3416_4_2_3_N05_walking_by_get_bulk_and_by_get_next_is_the_same(subject: Subject, repetitions: int) -> None:
    """A walk by GETBULK shows what a walk by GETNEXT shows."""
    steady: Oid = subject.objects.steady
    walked = subject.walk(steady)
    assert len(walked) > 60
    assert subject.walk(steady, repetitions=repetitions) == walked
    lines = subject.run("snmpwalk", steady).stdout.splitlines()
    assert len(lines) == len(walked)
    assert subject.run("snmpbulkwalk", f"-Cr{repetitions}", steady).stdout.splitlines() == lines
