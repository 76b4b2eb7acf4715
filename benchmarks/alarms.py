"""Figure 6: from an alarm decided on to the datagram at a receiver, and how many informs a second are acknowledged.

Run as `python -m benchmarks.alarms [--rounds 5]`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from benchmarks.alarmer import Outcome, alarmed
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions, in_turn, number
from benchmarks.receiver import Arrival, receivers
from tests.snmp import messages

RATE, SECONDS = 500, 5
INFORMS = 2000
WINDOW = 4
"""Informs in flight to a receiver, as configured by default."""
WIDE = 64
_LONGEST_S = 240.0
TRAPS = f"traps, {RATE} alarms/s"
P99, MIDDLE, WHOLE = "p99, decided to received", "median, decided to received", "p99, given to received"


def alarms(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"front and back of the agent in two processes, without devices; {RATE} failures a second for {SECONDS} s, "
        "evenly, are given to the alarm rules within the back, each an alarm of its own, storm control off, log level "
        "info. *Decided* is when the alarm has its number and varbinds (its line in the log); after that it is written "
        "to disk, offered to the receiver, put into a v2c trap and sent. *Received* is the kernel's timestamp "
        "(SO_TIMESTAMPNS) on the receiver's datagram; both are moments of one wall clock. *Given* is when a failure "
        "was due, so that the gathering of what happens within 20 ms, and the rules, are in it. Informs: "
        f"{INFORMS} failures given at once, v2c, receivers in one process that answer each inform at once by turning "
        "its own octets into a Response; a rate is of informs acknowledged, from the first inform received to the "
        f"last, all receivers together; {WINDOW} in flight to each (the default), or {WIDE}. Every round is a new agent"
    )
    figure = Figure("alarms", "Alarms", how, conditions=conditions())
    work: list[Callable[[], None]] = [partial(_traps, figure)]
    work += [partial(_informs, figure, count, window) for window in (WINDOW, WIDE) for count in (1, 10)]
    in_turn(rounds, work)
    figure.limit(TRAPS, P99, 20)
    return figure


def informs_to(count: int, window: int) -> str:
    """The rows of informs to so many receivers."""
    to = "1 receiver" if count == 1 else f"{count} receivers"
    return f"informs to {to}, {window} in flight"


def _traps(figure: Figure) -> None:
    outcome, arrivals = _measured(1, "trap", RATE * SECONDS, RATE, WINDOW)
    decided, whole, missing = delays_ms(outcome, arrivals)
    for name, value in ((P99, quantiles(decided, n=100)[-1]), (MIDDLE, median(decided)),
                        (WHOLE, quantiles(whole, n=100)[-1])):  # fmt: skip
        figure.row(TRAPS, name, "ms").values.append(value)
    row = figure.row(TRAPS, P99, "ms")
    row.notes = (
        f"in the last round: {len(decided)} traps, {missing} did not arrive, the longest {number(max(decided))} ms; "
        f"CPU of the back {outcome.cpu_s / SECONDS:.0%}"
    )


def _informs(figure: Figure, count: int, window: int) -> None:
    outcome, arrivals = _measured(count, "inform", INFORMS, 0, window)
    informs = [each for each in arrivals if each.tag == messages.INFORM]
    different = len({(each.receiver, each.sequence) for each in informs})
    if different != count * INFORMS or outcome.acknowledged < different:
        raise RuntimeError(f"of {count * INFORMS} informs {different} arrived, {outcome.acknowledged} acknowledged")
    moments = [each.at_s for each in informs]
    row = figure.row(informs_to(count, window), "acknowledged", "informs/s")
    row.values.append(different / (max(moments) - min(moments)))
    row.notes = f"in the last round: {different} informs, {outcome.retried} repeated, {outcome.dropped} dropped"


def _measured(count: int, kind: str, given: int, rate: float, window: int) -> tuple[Outcome, list[Arrival]]:
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as name:
        folder = Path(name)
        with receivers(folder, count, _LONGEST_S) as there:
            outcome = alarmed(folder, there.ports, kind, given, rate, window)
            return outcome, there.stop()


def delays_ms(outcome: Outcome, arrivals: Sequence[Arrival]) -> tuple[list[float], list[float], int]:
    """From decided to received, from given to received, both in ms, and how many alarms did not arrive."""
    first: dict[int, float] = {}
    for each in arrivals:
        first[each.sequence] = min(each.at_s, first.get(each.sequence, each.at_s))
    heard = [(first[each.sequence], each) for each in outcome.decisions if each.sequence in first]
    decided = [(at_s - each.decided_s) * 1000 for at_s, each in heard]
    given = [(at_s - each.given_s) * 1000 for at_s, each in heard]
    return decided, given, len(outcome.decisions) - len(heard)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: alarms)
