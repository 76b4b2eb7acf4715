"""The command line of a script that measures one figure."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks.figure import ROUNDS, Figure

Measure = Callable[[int], Figure]
"""Measures a figure in so many rounds."""
MOST_ROUNDS = 50


def rounds_of(text: str) -> int:
    """A number of rounds."""
    rounds = int(text)
    if not 1 <= rounds <= MOST_ROUNDS:
        raise argparse.ArgumentTypeError(f"1 to {MOST_ROUNDS}; fewer than {ROUNDS} are for trying out")
    return rounds


def run_alone(about: str | None, measure: Measure) -> None:
    """Measure as the command line asks for, and print what came out; what misses its target is no failure."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--rounds", type=rounds_of, default=ROUNDS)
    figure = measure(parser.parse_args().rounds)
    figure.show()
    for name, text in figure.conditions.items():
        print(f"  {name}: {text}")
