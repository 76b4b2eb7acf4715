"""`python -m benchmarks`: measures all figures and prints docs/performance.md and its pictures from them.

What was measured stays in build/performance.json; `--figure NAME` measures one anew and takes the others from there.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.command import Measure, rounds_of
from benchmarks.figure import ROUNDS, Figure, dump, figure_of
from benchmarks.fleet import fleet
from benchmarks.page import page, pictures
from benchmarks.reads import reads
from benchmarks.secure import secure
from benchmarks.starts import starts
from benchmarks.swaps import swaps
from benchmarks.walks import walks

DOCS = Path(__file__).resolve().parents[1] / "docs"
RESULTS = DOCS.parent / "build" / "performance.json"
FIGURES: dict[str, Measure] = {
    "reads": reads, "secure": secure, "walks": walks, "swaps": swaps, "starts": starts, "fleet": fleet,
}  # fmt: skip


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=rounds_of, default=ROUNDS)
    parser.add_argument("--figure", action="append", choices=["none", *FIGURES], help="measure this one; default: all")
    options = parser.parse_args()
    known = _known() if options.figure else {}
    for name, measure in FIGURES.items():
        if name in (options.figure or FIGURES):
            print(f"\n{name}:", flush=True)
            known[name] = measure(options.rounds)
            known[name].show()
            _keep(known)  # what has been measured stays, whatever comes
    figures = [known[name] for name in FIGURES if name in known]
    rounds = max(len(row.values) for figure in figures for row in figure.rows)
    (DOCS / "performance.md").write_text(page(figures, rounds), encoding="utf-8")
    for name, picture in pictures(figures).items():
        (DOCS / name).write_text(picture, encoding="utf-8")


def _known() -> dict[str, Figure]:
    """What earlier runs left, by name."""
    if not RESULTS.exists():
        return {}
    figures = map(figure_of, json.loads(RESULTS.read_text(encoding="utf-8")))
    return {figure.key: figure for figure in figures}


def _keep(known: dict[str, Figure]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(dump(list(known.values())), encoding="utf-8")


if __name__ == "__main__":
    main()
