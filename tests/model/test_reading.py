"""From raw JSON to typed values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model import reading
from agent.model.reading import ABSENT, Unreadable

UTC = timezone.utc
NOTHING = [None, "", "-", "N/A", "n/a", "never", "Never", "  ", " N/A ", "none", "null", "not available"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
HOSTILE = [
    10**400, -(10**400), 1e308, -1e308, math.inf, -math.inf, math.nan, "9" * 400, "1e400", "1" * 4400, "\ud800", "²",
    "less-than-" + "9" * 400 + "s", "less-than-1n\u017f", "<5\u03bcs", "9" * 400 + " s", "1e400 s", "1e99 s",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-03-22T20:26:47+99:99", [[[[]]]], [{}], {"a": 1},
    "(99 %)", "V", True, -0.0,
]  # fmt: skip
READERS: dict[str, Callable[[Any], Any]] = {
    "number": reading.number, "integer": reading.integer, "ns_from_s": reading.ns_from_s, "milli": reading.milli,
    "micro": reading.micro, "centi": reading.centi, "truth": reading.truth,
    "text": reading.text, "word": reading.word, "words": reading.words, "moment": reading.moment,
    "quality_ns": reading.quality_ns, "label": reading.label, "nanoseconds": reading.nanoseconds,
    "nanoseconds_text": reading.nanoseconds_text, "part": reading.part(r"(\d+) %"),
    "part of text": reading.part(r"(.+)", reading.nanoseconds),
}  # fmt: skip

every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())


def harmless(reader: Callable[[Any], Any], raw: Any) -> None:
    with suppress(Unreadable):
        reader(raw)


@every_reader
@settings(max_examples=40)
@given(raw=JSON)
def test_a_reader_raises_nothing_but_unreadable(reader: Callable[[Any], Any], raw: Any) -> None:
    harmless(reader, raw)


@every_reader
@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: ascii(raw)[:20])
def test_a_reader_survives_hostile_values(reader: Callable[[Any], Any], raw: Any) -> None:
    harmless(reader, raw)


@pytest.mark.parametrize("raw", NOTHING, ids=repr)
@pytest.mark.parametrize("name", ["number", "integer", "truth", "text", "moment", "quality_ns", "nanoseconds", "part"])
def test_words_for_nothing_are_no_value(name: str, raw: Any) -> None:
    assert READERS[name](raw) is ABSENT


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (100, 100), ("100", 100), (" 7 ", 7), ("-5", -5), ("+5", 5), (12.5, 12.5), ("12.5 %", 12.5), ("57%", 57),
        ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), (0, 0), ("0", 0), (0.00011999999999999999, 0.00011999999999999999),
        (18446744073709551615, 18446744073709551615), ("18446744073709551615", 18446744073709551615),
    ],
)  # fmt: skip
def test_numbers_are_read_in_every_form_the_device_writes(raw: Any, value: float) -> None:
    assert reading.number(raw) == value
    assert type(reading.number(raw)) is type(value)


@pytest.mark.parametrize(
    "raw",
    [
        True, False, "5 V", "12 s", "0x10", "1,5", "five", "1 2", "--5", "1_000", "NaN", "inf", math.nan, math.inf, [],
        {}, [5], "5" * 41, "%", "0 1 2",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_plain_number_is_unreadable_rather_than_guessed(raw: Any) -> None:
    with pytest.raises(Unreadable):
        reading.number(raw)


@pytest.mark.parametrize(("raw", "value"), [(55.0, 55), (54.6, 55), ("54.4", 54), (-0.4, 0), (7, 7)])
def test_a_whole_number_is_rounded(raw: Any, value: int) -> None:
    assert reading.integer(raw) == value
    assert type(reading.integer(raw)) is int


def test_changes_of_unit_scale_and_round() -> None:
    assert reading.ns_from_s(0.00011999999999999999) == 120_000
    assert reading.ns_from_s("0.00012") == 120_000
    assert reading.milli(45.3) == 45_300
    assert reading.micro("46.951083") == 46_951_083
    assert reading.centi("0.26") == 26
    assert reading.ns_from_s(-1) == -1_000_000_000
    assert reading.milli("N/A") is ABSENT


@pytest.mark.parametrize("raw", [True, 1, "1", "true", "True", "yes", "on", "ENABLED", " on "], ids=repr)
def test_truth_is_read_from_its_usual_words(raw: Any) -> None:
    assert reading.truth(raw) is True


@pytest.mark.parametrize("raw", [False, 0, "0", "false", "no", "OFF", "disabled"], ids=repr)
def test_untruth_is_read_from_its_usual_words(raw: Any) -> None:
    assert reading.truth(raw) is False


@pytest.mark.parametrize("raw", [2, -1, 1.0, 0.0, "maybe", "truee", [], {}, [True]], ids=repr)
def test_what_is_neither_true_nor_false_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        reading.truth(raw)


def test_text_loses_its_padding_and_keeps_numbers_and_truth_as_written() -> None:
    assert reading.text("0123456789      ") == "0123456789"
    assert reading.text(5) == "5"
    assert reading.text(0.5) == "0.5"
    assert [reading.text(raw) for raw in (True, False)] == ["true", "false"]
    assert reading.text(["a", 1]) == "a, 1"


def test_words_are_one_line_and_lists_of_objects_are_refused() -> None:
    assert reading.words(["gps28 ", "gps1"]) == "gps28, gps1"
    assert reading.words("gps28") == "gps28"
    assert reading.words([]) is ABSENT
    with pytest.raises(Unreadable):
        reading.words([{"a": 1}])


def test_a_word_of_an_enumeration_may_be_none_or_never() -> None:
    assert reading.word("none") == "none"
    assert reading.word("N/A") == "N/A"
    assert reading.word(" x ") == "x"
    assert [reading.word(raw) for raw in (None, "", " ", "-")] == [ABSENT] * 4


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-03-22T20:26:47", datetime(2026, 3, 22, 20, 26, 47, tzinfo=UTC)),
        ("2026-03-22T20:26:47.622Z", datetime(2026, 3, 22, 20, 26, 47, 622_000, tzinfo=UTC)),
        ("2026-03-22T20:26:47.622380042 UTC", datetime(2026, 3, 22, 20, 26, 47, 622_380, tzinfo=UTC)),
        ("2026-02-11 21:53:08", datetime(2026, 2, 11, 21, 53, 8, tzinfo=UTC)),
        ("2026.02.11 21:53:08", datetime(2026, 2, 11, 21, 53, 8, tzinfo=UTC)),
        (" 2026.02.11 21:53:08 ", datetime(2026, 2, 11, 21, 53, 8, tzinfo=UTC)),
        ("20260211215308", datetime(2026, 2, 11, 21, 53, 8, tzinfo=UTC)),
        ("202602112153", datetime(2026, 2, 11, 21, 53, tzinfo=UTC)),
        ("2026-02-11 21:53", datetime(2026, 2, 11, 21, 53, tzinfo=UTC)),
        ("2026-02-11T21:53:08+02:00", datetime(2026, 2, 11, 19, 53, 8, tzinfo=UTC)),
        ("2026-02-11T21:53:08-0130", datetime(2026, 2, 11, 23, 23, 8, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-02-29T00:00:00", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_every_format_of_a_time_stamp_is_read_as_utc(raw: str, expected: datetime) -> None:
    assert reading.moment(raw) == expected
    assert reading.moment(raw).utcoffset().total_seconds() == 0


@pytest.mark.parametrize("raw", ["1970-01-01 00:00:00", "1970-01-01T00:00:00Z", "1900-01-01 00:00:00", "197001010000"])
def test_a_time_stamp_of_1970_or_before_means_never(raw: str) -> None:
    assert reading.moment(raw) is ABSENT


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30T00:00:00", "2025-02-29 00:00:00", "2026-13-01 00:00:00", "2026-01-01 24:00:00", "yesterday", 5,
        1.5, True, "2026-01-01", "21:53:08", "2026/01/01 00:00:00", "2026-01-01T00:00:00 CET", [], {}, "2026",
        "9999-12-31T23:59:59-01:00",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_time_stamp_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        reading.moment(raw)


@pytest.mark.parametrize(
    ("raw", "bound"),
    [
        ("less-than-100ns", 100), ("less-than-1us", 1_000), ("less-than-2.5us", 2_500), ("less-than-10ms", 10_000_000),
        ("less-than-1s", 1_000_000_000), ("<250ns", 250), ("< 250 ns", 250), ("less-than-1\u00b5s", 1_000),
        ("less-than-1\u03bcs", 1_000), ("LESS-THAN-25NS", 25), (6, 100), (3, 1), (9, 2_500), (14, 1_000_000),
        (20, 1_000_000_000), (21, 10_000_000_000),
    ],
)  # fmt: skip
def test_a_time_quality_is_its_upper_bound_in_ns(raw: Any, bound: int) -> None:
    assert reading.quality_ns(raw) == bound


@pytest.mark.parametrize("raw", ["unknown", "more-than-10s", 0, 2, 22, 999, "N/A", None], ids=repr)
def test_a_time_quality_without_a_bound_is_no_number(raw: Any) -> None:
    assert reading.quality_ns(raw) is ABSENT


@pytest.mark.parametrize("raw", [True, 1.5, [], {}], ids=repr)
def test_what_is_no_time_quality_is_unreadable(raw: Any) -> None:
    with pytest.raises(Unreadable):
        reading.quality_ns(raw)


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("not-warmed-up", "notWarmedUp"), ("dcf77-pzf-receiver", "dcf77PzfReceiver"), ("synchronized", "synchronized"),
        ("none", "none"), ("never", "never"), ("10mhz-freqin", "10mhzFreqin"), (3, "3"), ("3", "3"), (True, "true"),
        ("Compressed", "compressed"), ("TIME MODE", "timeMode"), ("a__b", "aB"), ("-x", "x"), ("UTC+OK", "utcOk"),
        ("***", ""),
    ],
)  # fmt: skip
def test_a_word_becomes_a_label_in_lower_camel_case(raw: Any, label: str) -> None:
    assert reading.label(raw) == label


@pytest.mark.parametrize("raw", [None, "", " ", "-", "N/A", "n/a"], ids=repr)
def test_no_word_is_no_label(raw: Any) -> None:
    assert reading.label(raw) is ABSENT


@given(st.text(max_size=40))
def test_a_label_has_only_letters_and_digits_and_reading_it_again_keeps_its_letters(raw: str) -> None:
    label = reading.label(raw)
    if label is not ABSENT:
        assert re.fullmatch(r"[A-Za-z0-9]*", label)
        assert label.lower() == re.sub(r"[^a-z0-9]", "", re.sub(r"[^A-Za-z0-9]", "", raw).lower())
        assert not label[:1].isupper()


@pytest.mark.parametrize(
    ("ns", "shown"),
    [
        (0, "0 ns"), (-123, "-123 ns"), (999, "999 ns"), (1000, "1 us"), (1500, "1.50 us"), (-1_500_000, "-1.50 ms"),
        (12_345, "12.3 us"), (123_456, "123 us"), (2_500_000_000, "2.50 s"), (3_600_000_000_000, "3600 s"),
        (0.25, "0.25 ns"), (0.004, "0.004 ns"), (0.12345, "0.123 ns"),
    ],
)  # fmt: skip
def test_a_time_is_shown_in_the_unit_that_suits_its_size(ns: float, shown: str) -> None:
    assert reading.time_text(ns) == shown


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_a_scaled_text_keeps_three_significant_figures(ns: float) -> None:
    figure, unit = reading.time_text(ns).split()
    back = float(figure) * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[unit]
    assert back == pytest.approx(ns, rel=0.0051, abs=1e-300)
    assert not (abs(float(figure)) >= 1000.5 and unit != "s")


def test_sizes_and_durations_are_shown_for_people() -> None:
    assert reading.size_text(99_052) == "96.7 MiB"
    assert reading.size_text(512) == "512 KiB"
    assert reading.size_text(1024) == "1 MiB"
    assert reading.size_text(3 * 1024**3) == "3 TiB"
    assert reading.duration_text(960_935.94) == "11 d 02:55:35"
    assert reading.duration_text(59) == "00:00:59"
    assert reading.duration_text(86_400) == "1 d 00:00:00"


@pytest.mark.parametrize(
    ("raw", "ns"),
    [
        (-17, -17), ("-17", -17), ("1.5 us", 1500), ("-2ms", -2_000_000), ("3\u00b5s", 3000), ("3\u03bcs", 3000),
        ("1e3 ns", 1000), ("0.5 s", 500_000_000), (0, 0), (0.0, 0), (12.4, 12), ("+4 ns", 4),
    ],
)  # fmt: skip
def test_nanoseconds_are_a_number_or_name_their_unit(raw: Any, ns: int) -> None:
    assert reading.nanoseconds(raw) == ns


@pytest.mark.parametrize("raw", [0.5, -0.00012, "0.00012", "5 h", "5 min", True, [], "x"], ids=repr)
def test_nanoseconds_of_a_doubtful_unit_are_refused_and_stay_as_text(raw: Any) -> None:
    with pytest.raises(Unreadable):
        reading.nanoseconds(raw)
    if not isinstance(raw, list):
        assert reading.nanoseconds_text(raw) == (raw if isinstance(raw, str) else str(raw).replace("True", "true"))


def test_a_part_of_a_text_is_read_and_another_text_is_unreadable() -> None:
    free = reading.part(r"(\d+)\s*kB free")
    assert free("99052 kB total memory, 56816 kB free (57 %)") == 56_816
    for raw in ("99052 kB total", 5, [], True):
        with pytest.raises(Unreadable):
            free(raw)


def test_a_leaf_is_written_exactly_as_far_as_json_carries_it() -> None:
    values = (None, True, False, 5, 1.0, 1e-7, " x ", [], {}, [1, "a", None], {"a": 1})
    shown = ["", "true", "false", "5", "1.0", "1e-07", " x ", "[]", "{}", "1, a, ", "object"]
    assert [reading.written(value) for value in values] == shown
