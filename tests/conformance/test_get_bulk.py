"""GETBULK."""

from __future__ import annotations

import pytest

from tests.conformance.subject import PAST_THE_END, SYS_DESCR, Subject
from tests.snmp import messages
from tests.snmp.messages import V1, Oid

SCALAR: Oid = SYS_DESCR[:-1]


def test_rfc3416_4_2_3_B01_five_repetitions_are_five_varbinds(subject: Subject) -> None:
    """No non-repeaters and five repetitions are five varbinds."""
    numbers = subject.objects.numbers
    answer = subject.ask(messages.get_bulk(0, 5, numbers))
    assert (answer.outcome, answer.names) == ((0, 0), subject.objects.rows(numbers, 5))
    assert len(subject.run("snmpbulkget", "-Cn0", "-Cr5", numbers).stdout.splitlines()) == 5


def test_rfc3416_4_2_3_B02_repeaters_are_interleaved_behind_non_repeaters(subject: Subject) -> None:
    """One non-repeater, three repetitions of two: seven varbinds, row by row."""
    objects = subject.objects
    answer = subject.ask(messages.get_bulk(1, 3, SCALAR, objects.numbers, objects.texts))
    rows = [(*column, *index) for index in objects.indexes[:3] for column in (objects.numbers, objects.texts)]
    assert (answer.outcome, answer.names) == ((0, 0), [SYS_DESCR, *rows])
    done = subject.run("snmpbulkget", "-Cn1", "-Cr3", SCALAR, objects.numbers, objects.texts)
    assert len(done.stdout.splitlines()) == 7


def test_rfc3416_4_2_3_B03_max_repetitions_zero_gives_the_non_repeaters_only(subject: Subject) -> None:
    """Zero repetitions give the non-repeaters only, without error."""
    numbers = subject.objects.numbers
    for non_repeaters, names in ((0, []), (1, [SYS_DESCR])):
        answer = subject.ask(messages.get_bulk(non_repeaters, 0, SCALAR, numbers))
        assert (answer.outcome, answer.names) == ((0, 0), names)
    assert subject.run("snmpbulkget", "-Cn0", "-Cr0", numbers).returncode == 0


@pytest.mark.parametrize(
    ("non_repeaters", "repetitions", "count"), [(-1, 2, 4), (1, -1, 1), (-(2**31), -(2**31), 0), (-1, 0, 0)]
)
def test_rfc3416_4_2_3_B04_negative_numbers_count_as_zero(
    subject: Subject, non_repeaters: int, repetitions: int, count: int
) -> None:
    """Negative non-repeaters and max-repetitions count as zero."""
    answer = subject.ask(messages.get_bulk(non_repeaters, repetitions, subject.objects.numbers, subject.objects.texts))
    assert (answer.outcome, len(answer.varbinds)) == ((0, 0), count)


@pytest.mark.parametrize("number", [9, 2**31 - 1])
def test_rfc3416_4_2_3_B05_more_non_repeaters_than_names_are_all_non_repeaters(subject: Subject, number: int) -> None:
    """With more non-repeaters than names all are non-repeaters."""
    objects = subject.objects
    expected = [*objects.rows(objects.numbers, 1), *objects.rows(objects.texts, 1)]
    answer = subject.ask(messages.get_bulk(number, number, objects.numbers, objects.texts))
    assert (answer.outcome, answer.names) == ((0, 0), expected)


def test_rfc3416_4_2_3_B06_more_repetitions_than_fit_are_truncated(subject: Subject) -> None:
    """With 2^31-1 repetitions the answer is truncated, without error."""
    objects = subject.objects
    answer = subject.ask(messages.get_bulk(0, 2**31 - 1, objects.numbers))
    assert answer.outcome == (0, 0)
    assert answer.names[:20] == objects.rows(objects.numbers, 20)
    assert answer.names == sorted(set(answer.names))
    assert answer.size <= subject.max_message_size
    done = subject.run("snmpbulkget", "-Cn0", "-Cr2147483647", objects.numbers)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, len(answer.names))


def test_rfc3416_4_2_3_B07_a_hundred_repeaters_are_answered(subject: Subject) -> None:
    """A hundred repeaters are answered."""
    numbers = subject.objects.numbers
    answer = subject.ask(messages.get_bulk(0, 1, *[numbers] * 100))
    assert answer.outcome == (0, 0)
    assert 40 <= len(answer.names) <= 100
    assert set(answer.names) == set(subject.objects.rows(numbers, 1))
    assert len(subject.run("snmpbulkget", "-Cn0", "-Cr1", *[numbers] * 60).stdout.splitlines()) >= 40


def test_rfc3416_4_2_3_B08_large_values_are_truncated_at_the_limit(subject: Subject) -> None:
    """Large values are truncated at the limit (of UDP where the agent has none of its own)."""
    objects = subject.objects
    answer = subject.ask(messages.get_bulk(0, 20, *[objects.long] * 20))
    assert answer.outcome == (0, 0)
    assert set(answer.names) <= set(objects.rows(objects.long, 20))
    assert 0 < len(answer.names) < 400
    assert answer.size <= subject.max_message_size
    largest = max(len(messages.varbind(name, messages.tlv(*value))) for name, value in answer.varbinds)
    assert answer.size + largest > min(subject.max_message_size, 1472), "room is left unused"


@pytest.mark.parametrize("repetitions", [1, 10])
def test_rfc3416_4_2_3_B09_past_the_end_is_end_of_mib_view(subject: Subject, repetitions: int) -> None:
    """Past the end there is endOfMibView."""
    answer = subject.ask(messages.get_bulk(0, repetitions, PAST_THE_END))
    assert answer.outcome == (0, 0)
    assert set(answer.varbinds) == {(PAST_THE_END, messages.END_OF_MIB_VIEW)}
    assert "No more variables" in subject.run("snmpbulkget", "-Cn0", f"-Cr{repetitions}", PAST_THE_END).stdout


def test_rfc3416_4_2_3_B10_a_get_bulk_in_a_v1_message_meets_silence(subject: Subject) -> None:
    """A GETBULK in a v1 message, which has none, meets silence."""
    body = messages.pdu(messages.GET_BULK, [subject.objects.numbers], b=5)
    assert subject.is_silent_on(messages.message(body, version=V1))
