"""What each syntax takes, refuses and encodes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.mib import syntax
from agent.mib.syntax import enumeration
from agent.model.reading import OutOfRange, Unreadable

BOUNDS = [
    (syntax.INTEGER32, -(2**31), 2**31 - 1),
    (syntax.UNSIGNED32, 0, 2**32 - 1),
    (syntax.GAUGE, 0, 2**32 - 1),
    (syntax.INDEX, 1, 2**32 - 1),
    (syntax.PERCENT, 0, 100),
    (syntax.NANOSECONDS, -(2**31), 2**31 - 1),
    (syntax.integer32(-90, 90), -90, 90),
    (syntax.unsigned32(5, 7), 5, 7),
]


@pytest.mark.parametrize(("one", "low", "high"), BOUNDS, ids=lambda value: getattr(value, "smi", value))
def test_numbers_are_encoded_within_their_bounds_and_refused_outside(one: syntax.Syntax, low: int, high: int) -> None:
    for value in (low, high):
        content = one.content(value)
        assert content is not None
        assert int.from_bytes(content, "big", signed=True) == value
    for value in (low - 1, high + 1):
        with pytest.raises(OutOfRange):
            one.content(value)


def test_bounds_are_written_only_where_they_narrow_the_type() -> None:
    assert syntax.INTEGER32.smi == "Integer32"
    assert syntax.UNSIGNED32.smi == "Unsigned32"
    assert syntax.INDEX.smi == "Unsigned32 (1..4294967295)"
    assert syntax.integer32(-90, 90).smi == "Integer32 (-90..90)"


def test_tags_are_those_of_rfc_3417() -> None:
    tags = [
        syntax.INTEGER32, syntax.UNSIGNED32, syntax.GAUGE, syntax.COUNTER32, syntax.COUNTER64, syntax.TIME_TICKS,
        syntax.TEXT, syntax.OBJECT_IDENTIFIER, syntax.TRUTH, syntax.DATE_AND_TIME, syntax.MAC_ADDRESS,
    ]  # fmt: skip
    assert [one.tag for one in tags] == [0x02, 0x42, 0x42, 0x41, 0x46, 0x43, 0x04, 0x06, 0x02, 0x04, 0x04]


@pytest.mark.parametrize(("one", "bits"), [(syntax.COUNTER32, 32), (syntax.COUNTER64, 64)])
def test_counters_wrap_and_are_never_negative(one: syntax.Syntax, bits: int) -> None:
    def number(raw: int) -> int:
        return int.from_bytes(one.content(raw) or b"", "big", signed=True)

    assert number(2**bits - 1) == 2**bits - 1
    assert number(2**bits) == 0
    assert number(2**bits + 5) == 5
    with pytest.raises(Unreadable):
        one.content(-1)


def test_time_ticks_wrap_after_497_days() -> None:
    assert syntax.TIME_TICKS.content(2**32 + 7) == b"\x07"


@given(st.text(), st.integers(0, 12))
def test_text_is_cut_to_whole_characters_and_no_shorter_than_needed(value: str, limit: int) -> None:
    octets = value.encode("utf-8", "replace")
    cut = syntax.text(limit).encode(value)
    assert len(cut) <= limit
    assert octets.startswith(cut)
    cut.decode("utf-8")
    if len(octets) > limit:
        assert limit - len(cut) < 4
    else:
        assert cut == octets


def test_text_is_cut_before_the_character_that_does_not_fit() -> None:
    assert syntax.text(4).encode("abc\u00b5") == b"abc"
    assert syntax.text(5).encode("abc\u00b5") == "abc\u00b5".encode()
    assert syntax.text(4).encode("ab\U0001f552") == b"ab"
    assert len(syntax.TEXT.encode("x" * 300)) == 255
    assert syntax.text(8).encode("\ud800") == b"?"
    assert syntax.text(8).smi == "SnmpAdminString (SIZE (0..8))"


@pytest.mark.parametrize(
    "raw", ["00:13:95:03:66:aa", "00-13-95-03-66-AA", "0013.9503.66aa", "0013950366aa", " 00:13:95:03:66:aa "]
)
def test_a_mac_address_is_read_in_every_usual_form(raw: str) -> None:
    assert syntax.MAC_ADDRESS.content(raw) == bytes.fromhex("0013950366aa")


@pytest.mark.parametrize("raw", ["00:13:95:03:66", "00:13:95:03:66:aa:bb", "zz:13:95:03:66:aa", "x", 5, True])
def test_what_is_no_mac_address_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        syntax.MAC_ADDRESS.content(raw)


def test_truth_is_1_and_2() -> None:
    assert [syntax.TRUTH.content(raw) for raw in (True, False)] == [b"\x01", b"\x02"]
    assert syntax.TRUTH.content("N/A") is None


def test_a_time_is_encoded_and_never_is_no_cell() -> None:
    stamp = datetime(2026, 3, 22, 20, 26, 47, tzinfo=timezone.utc)
    expected = bytes.fromhex("07ea0316141a2f002b0000")
    assert syntax.DATE_AND_TIME.content(stamp) == expected
    assert syntax.DATE_AND_TIME.content("2026-03-22T20:26:47") == expected
    assert syntax.DATE_AND_TIME.content("never") is None
    with pytest.raises(Unreadable):
        syntax.DATE_AND_TIME.content("soon")


def test_octets_are_cut_at_their_limit() -> None:
    assert syntax.octets(3).encode(b"abcdef") == b"abc"
    assert syntax.octets(3).smi == "OCTET STRING (SIZE (0..3))"


WORDS = enumeration("synchronized", "notSynchronized", "none", codes={0: "none", 3: "synchronized", "10mhz": "none"})


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("synchronized", 2), ("SYNCHRONIZED", 2), ("not-synchronized", 3), ("notSynchronized", 3),
        ("not synchronized", 3), ("none", 4), (0, 4), (3, 2), ("3", 2), ("10mhz", 4), ("other", 1), ("brand-new", 1),
        (77, 1), (True, 1), ("***", 1),
    ],
)  # fmt: skip
def test_words_and_raw_codes_read_as_labels_and_unknown_ones_as_other(raw: Any, number: int) -> None:
    assert WORDS.content(raw) == bytes((number,))


@pytest.mark.parametrize("raw", [None, "", "-", "N/A"])
def test_no_word_is_no_cell(raw: Any) -> None:
    assert WORDS.content(raw) is None


@pytest.mark.parametrize("raw", [1.5, [], {}, ["synchronized"]])
def test_what_is_no_word_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        WORDS.content(raw)


def test_an_enumeration_lists_its_labels_by_number_with_other_first() -> None:
    assert WORDS.smi == "INTEGER { other(1), synchronized(2), notSynchronized(3), none(4) }"


def test_an_enumeration_with_a_standards_own_numbers_keeps_them_and_other_is_255() -> None:
    states = enumeration(master=6, slave=9, codes={6: "master"})
    assert states.smi == "INTEGER { master(6), slave(9), other(255) }"
    assert states.content("slave") == b"\x09"
    assert states.content(6) == b"\x06"
    assert states.content("odd") == b"\x00\xff"
