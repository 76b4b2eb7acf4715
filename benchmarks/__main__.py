"""`python -m benchmarks`: measures all figures and prints docs/performance.md and its pictures from them.

`--from FILE` prints the page anew from what an earlier run left.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.command import Measure, rounds_of
from benchmarks.figure import ROUNDS, Figure, dump, figure_of
from benchmarks.page import page, pictures
from benchmarks.reads import reads
from benchmarks.secure import secure
from benchmarks.starts import starts
from benchmarks.swaps import swaps
from benchmarks.walks import walks

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS = DOCS.parent / "build" / "performance.json"
FIGURES: dict[str, Measure] = {"reads": reads, "secure": secure, "walks": walks, "swaps": swaps, "starts": starts}


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=rounds_of, default=ROUNDS)
    parser.add_argument("--from", dest="results", type=Path, help=f"results of an earlier run (as {RESULTS.name})")
    options = parser.parse_args()
    if options.results is not None:
        figures = [figure_of(plain) for plain in json.loads(options.results.read_text(encoding="utf-8"))]
    else:
        figures = _measured(options.rounds)
    rounds = max(len(row.values) for figure in figures for row in figure.rows)
    (DOCS / "performance.md").write_text(page(figures, rounds), encoding="utf-8")
    for name, picture in pictures(figures).items():
        (DOCS / name).write_text(picture, encoding="utf-8")


def _measured(rounds: int) -> list[Figure]:
    figures = []
    RESULTS.parent.mkdir(exist_ok=True)
    for name, measure in FIGURES.items():
        print(f"\n{name}:", flush=True)
        figures.append(measure(rounds))
        figures[-1].show()
        RESULTS.write_text(dump(figures), encoding="utf-8")  # what has been measured stays, whatever comes
    return figures


if __name__ == "__main__":
    main()
