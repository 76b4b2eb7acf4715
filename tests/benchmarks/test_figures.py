"""Figures: what is made of measured values, and that what misses its target is printed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import keep, known_in
from benchmarks.command import timed
from benchmarks.figure import Figure, figure_of, number
from benchmarks.page import page
from benchmarks.picture import bars, lines

CONDITIONS = {"processor": "one", "load": "0.1 when it began", "date": "today", "rounds": "5", "took": "2 minutes"}


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


def test_a_row_without_values_is_told_as_not_measured() -> None:
    made = figure([4.0], [])
    assert "| GET | other | not measured" in page([made])
    made.show()


def test_the_page_says_what_was_missed_and_how_far() -> None:
    made = figure([4.0], [2.0])
    made.ratio("GET", "one", "other", 3)
    printed = page([made])
    assert "0 of 1 targets are hit" in printed
    assert "missed: Reading: GET, one ÷ other: 2 where at least 3 was wanted" in printed


def test_a_figure_without_a_target_has_no_table_of_them() -> None:
    assert "| target |" not in page([figure([4.0], [2.0])])


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
    walked = ElementTree.fromstring(lines("Walks", ("cells", "seconds"), [("walk", [(1e4, 0.05), (1e6, 5.0)])]))
    assert len(list(walked.iter("{http://www.w3.org/2000/svg}circle"))) == 2


def test_growth_as_large_as_that_of_the_other_axis_is_drawn_at_45_degrees() -> None:
    drawn = ElementTree.fromstring(lines("Fleet", ("devices", ""), [("CPU", [(10, 0.02), (1000, 2.0)]),
                                                                    ("p99", [(10, 1.0), (1000, 1.0)])]))  # fmt: skip
    points = [tuple(map(float, point.split(","))) for each in drawn.iter("{http://www.w3.org/2000/svg}polyline")
              for point in (each.get("points") or "").split()]  # fmt: skip
    (x, y), (other_x, other_y), level, other_level = points
    assert other_x - x == pytest.approx(y - other_y, abs=0.2)
    assert level[1] == other_level[1]
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"CPU", "p99", "10", "100", "1k"} <= set(texts)


def test_the_page_says_of_each_figure_when_how_long_and_where_it_was_measured() -> None:
    here, there = figure([4.0], [2.0]), figure([4.0], [2.0])
    there.title, there.conditions = "Fleet", {**CONDITIONS, "processor": "two", "date": "yesterday"}
    printed = page([here, there])
    assert "| Reading | today | 2 minutes | 5 | 0.1 when it began | 1 |" in printed
    assert "| Fleet | yesterday | 2 minutes | 5 | 0.1 when it began | 2 |" in printed
    assert "| processor | one | two |" in printed


def test_one_figure_measured_anew_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    keep({"secure": figure([4.0], [2.0])}, tmp_path)
    known = known_in(tmp_path)
    known["walks"] = Figure("walks", "Walks", "far", conditions=CONDITIONS)
    known["walks"].row("walk of 10 000 cells", "snmpbulkwalk", "seconds").values += [0.5]
    keep(known, tmp_path)
    assert known_in(tmp_path) == known
    printed = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert "## Reading" in printed
    assert "## Walks" in printed
    assert (tmp_path / "performance-walks.svg").exists()


def test_a_measured_figure_says_in_how_many_rounds_and_how_long() -> None:
    made = timed(lambda rounds: figure([1.0] * rounds, []), 3)
    assert made.conditions["rounds"] == "3"
    assert made.conditions["took"].endswith("minutes")


def test_a_longer_bar_is_a_greater_value() -> None:
    drawn = ElementTree.fromstring(bars("Reading", "a second", [("GET", [("one", 40_000.0), ("other", 400.0)])]))
    widths = [float(bar.get("width") or 0) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")][-2:]
    assert widths[0] > widths[1] > 0
