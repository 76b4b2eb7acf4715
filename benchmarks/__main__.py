"""`python -m benchmarks`: measures all figures and prints docs/performance.md and its pictures from them.

What was measured stays in docs/performance.json, each figure with when, how long and where. `--figure NAME` measures
one anew and takes the others from there; `--figure none` measures nothing and prints the page anew.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path

from benchmarks.alarms import alarms
from benchmarks.command import Measure, rounds_of, timed
from benchmarks.figure import ROUNDS, Figure, dump, figure_of
from benchmarks.fleet import add_options, fleet, planned
from benchmarks.fronts import fronts
from benchmarks.loops import loops
from benchmarks.page import page, pictures
from benchmarks.reads import reads
from benchmarks.secure import secure
from benchmarks.starts import starts
from benchmarks.swaps import swaps
from benchmarks.walks import walks

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS = "performance.json"
FIGURES: dict[str, Measure] = {
    "reads": reads, "secure": secure, "walks": walks, "swaps": swaps, "fleet": fleet, "alarms": alarms,
    "starts": starts, "loops": loops, "fronts": fronts,
}  # fmt: skip


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=rounds_of, default=ROUNDS)
    parser.add_argument("--figure", action="append", choices=["none", *FIGURES], help="measure this one; default: all")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where results are kept and the page is printed")
    add_options(parser)
    options = parser.parse_args()
    measures: dict[str, Measure] = {**FIGURES, "fleet": partial(fleet, plan=planned(options))}
    known = known_in(options.docs)
    for name, measure in measures.items():
        if name in (options.figure or FIGURES):
            print(f"\n{name}:", flush=True)
            known[name] = timed(measure, options.rounds)
            known[name].show()
            keep(known, options.docs)  # what has been measured stays, whatever comes
    keep(known, options.docs)


def known_in(docs: Path) -> dict[str, Figure]:
    """What earlier runs left, by name."""
    results = docs / RESULTS
    if not results.exists():
        return {}
    figures = map(figure_of, json.loads(results.read_text(encoding="utf-8")))
    return {figure.key: figure for figure in figures}


def keep(known: dict[str, Figure], docs: Path) -> None:
    """Keep results, and print the page and its pictures from them."""
    figures = [known[name] for name in FIGURES if name in known]
    docs.mkdir(parents=True, exist_ok=True)
    (docs / RESULTS).write_text(dump(figures) + "\n", encoding="utf-8")
    (docs / "performance.md").write_text(page(figures), encoding="utf-8")
    for name, picture in pictures(figures).items():
        (docs / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
