"""The command line of a script that measures one figure."""

from __future__ import annotations

import argparse
import time
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


def run_alone(
    about: str | None,
    measuring: Callable[[argparse.Namespace], Measure],
    add_options: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
) -> None:
    """Measure as the command line asks for, and print what came out; what misses its target is no failure.

    Args:
        about: what the script is for.
        measuring: the measure that options ask for.
        add_options: adds options beside the number of rounds.
    """
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--rounds", type=rounds_of, default=ROUNDS)
    add_options(parser)
    options = parser.parse_args()
    figure = timed(measuring(options), options.rounds)
    figure.show()
    for name, text in figure.conditions.items():
        print(f"  {name}: {text}")


def timed(measure: Measure, rounds: int) -> Figure:
    """A measured figure that says in how many rounds and how long it was measured."""
    begun_s = time.monotonic()
    figure = measure(rounds)
    figure.conditions |= {"rounds": str(rounds), "took": f"{(time.monotonic() - begun_s) / 60:.1f} minutes"}
    return figure
