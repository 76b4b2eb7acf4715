"""Figures: what is made of measured values, and that what misses its target is printed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.figure import Figure, figure_of, number
from benchmarks.page import page
from benchmarks.picture import bars, line

CONDITIONS = {"processor": "one", "load": "0.1 when it began"}


def figure(ones: list[float], others: list[float]) -> Figure:
    made = Figure("secure", "Reading", "two peers", conditions=CONDITIONS)
    made.row("GET", "one", "answers/s").values += ones
    made.row("GET", "other", "answers/s").values += others
    return made


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    made = figure([100, 10, 90], [50, 10, 30])
    made.ratio("GET", "one", "other", 2)
    assert made.targets[0].measured == 2  # not 90 by 30, which were measured while nothing disturbed
    assert made.targets[0].verdict == "hit"


@pytest.mark.parametrize(("wanted", "verdict"), [(1.9, "hit"), (2, "hit"), (2.1, "missed")])
def test_a_ratio_is_hit_when_it_is_reached(wanted: float, verdict: str) -> None:
    made = figure([4.0], [2.0])
    made.ratio("GET", "one", "other", wanted)
    assert made.targets[0].verdict == verdict


@pytest.mark.parametrize(("wanted", "verdict"), [(3.9, "missed"), (4, "hit")])
def test_a_limit_is_hit_when_it_is_kept(wanted: float, verdict: str) -> None:
    made = figure([4.0], [2.0])
    made.limit("GET", "one", wanted)
    assert made.targets[0].verdict == verdict


def test_a_peer_that_is_not_there_is_no_hit() -> None:
    made = figure([4.0], [])
    made.ratio("GET", "one", "other", 1)
    assert (made.targets[0].verdict, made.targets[0].is_hit) == ("not measured", False)


def test_the_page_says_what_was_missed_and_how_far() -> None:
    made = figure([4.0], [2.0])
    made.ratio("GET", "one", "other", 3)
    printed = page([made], 1)
    assert "0 of 1 targets are hit" in printed
    assert "missed: Reading: GET, one ÷ other: 2 where at least 3 was wanted" in printed


def test_a_figure_comes_back_from_json_as_it_was() -> None:
    made = figure([4.0], [2.0])
    made.ratio("GET", "one", "other", 3)
    assert figure_of(made.plain()) == made


@pytest.mark.parametrize(
    ("value", "text"), [(38716.4, "38 716"), (1000, "1 000"), (387.4, "387"), (3.874, "3.87"), (0.06421, "0.0642")]
)
def test_numbers_have_the_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_pictures_are_well_formed_and_have_every_value() -> None:
    drawn = bars("Reading", "a second", [("GET", [("one", 40_000.0), ("a < b", 400.0)])])
    texts = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {"GET", "one", "a < b", "40k", "400"} <= set(texts)
    walked = ElementTree.fromstring(line("Walks", ("cells", "seconds"), [(1e4, 0.05), (1e6, 5.0)]))
    assert len(list(walked.iter("{http://www.w3.org/2000/svg}circle"))) == 2


def test_a_longer_bar_is_a_greater_value() -> None:
    drawn = ElementTree.fromstring(bars("Reading", "a second", [("GET", [("one", 40_000.0), ("other", 400.0)])]))
    widths = [float(bar.get("width") or 0) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")][-2:]
    assert widths[0] > widths[1] > 0
