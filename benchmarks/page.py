"""docs/performance.md, printed from the figures of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks import fleet
from benchmarks.figure import Figure, Row, Target, number
from benchmarks.picture import bars, lines
from benchmarks.requests import BULK_64, GET, GET_10
from benchmarks.walks import SECONDS

_HEAD = """\
# Performance

Printed by `make bench` from [performance.json](performance.json), which keeps what was measured of each figure, when
and where; `make bench ARGS="--figure fleet --minutes 10"` measures one figure anew and keeps the others. Every peer is
started by the figure that measures it, on the loopback network. Do not edit.

What counts are **ratios within one run on one machine**: digits change with the machine and with what else it does.
Rounds are interleaved: each peer is measured once, then each again, and so on, so that a disturbance hits all. A value
is the median of the rounds, least and greatest in brackets; a ratio is the median of the ratios of each round.
*Per core* is by second of CPU time that the answering process took: what others on the machine take does not count
there. Where the CPU shares of server and generator add up to 100 %, both had one core between them, and the value per
core is what the server would give with a core of its own. *Hit* and *missed* go by answers a second as they came.
"""


_OF_FIGURE = ("date", "took", "rounds", "load")
"""Conditions that each figure has its own of; the others are the machine's."""


def page(figures: Sequence[Figure]) -> str:
    """The whole page."""
    parts = [_HEAD, _summary(figures), _conditions(figures)]
    parts += [_section(figure) for figure in figures]
    return "\n".join(parts)


def _summary(figures: Sequence[Figure]) -> str:
    targets = [(figure, target) for figure in figures for target in figure.targets]
    missed = [(figure, target) for figure, target in targets if not target.is_hit]
    lines = ["## Targets\n", f"{len(targets) - len(missed)} of {len(targets)} targets are hit.\n"]
    lines += [f"* {target.verdict}: {figure.title}: {_said(target)}" for figure, target in missed]
    return "\n".join(lines) + "\n"


def _said(target: Target) -> str:
    measured = "nothing" if target.measured is None else number(target.measured)
    return f"{target.what}: {measured} where {_wanted(target)} was wanted"


def _wanted(target: Target) -> str:
    return f"{'at least' if target.at_least else 'at most'} {number(target.wanted)}"


def _conditions(figures: Sequence[Figure]) -> str:
    """When and how long each figure was measured, and on which machine; there may be several machines."""
    machines: list[dict[str, str]] = []
    rows = []
    for figure in figures:
        machine = {name: text for name, text in figure.conditions.items() if name not in _OF_FIGURE}
        if machine not in machines:
            machines.append(machine)
        own = " | ".join(figure.conditions.get(name, "not noted") for name in _OF_FIGURE)
        rows.append(f"| {figure.title} | {own} | {machines.index(machine) + 1} |")
    names = dict.fromkeys(name for machine in machines for name in machine)
    known = [f"| {name} | {' | '.join(machine.get(name, '') for machine in machines)} |" for name in names]
    numbers = range(1, len(machines) + 1)
    lines = ["## Machine\n", f"| | {' | '.join(map(str, numbers))} |", f"|---|{'---|' * len(machines)}", *known, ""]
    lines += ["| figure | measured | in | rounds | load | machine |", "|---|---|---|--:|---|--:|", *rows]
    return "\n".join(lines) + "\n"


def _section(figure: Figure) -> str:
    lines = [f"## {figure.title}\n", f"{figure.how[:1].upper()}{figure.how[1:]}.\n"]
    if figure.key in PICTURES:
        lines.append(f"![{figure.title}](performance-{figure.key}.svg)\n")
    per_core = any(row.per_core for row in figure.rows)
    lines.append(f"| what | of what | {'answers/s | per core' if per_core else 'measured'} | |")
    lines.append(f"|---|---|--:|{'--:|' if per_core else ''}---|")
    lines += [_line(row, per_core=per_core) for row in figure.rows]
    if figure.targets:
        lines += ["", "| target | wanted | measured | |", "|---|--:|--:|---|"]
    for target in figure.targets:
        measured = "-" if target.measured is None else number(target.measured)
        beside = f" ({target.beside})" if target.beside else ""
        verdict = target.verdict if target.is_hit else f"**{target.verdict}**"
        lines.append(f"| {target.what} | {_wanted(target)} | {measured}{beside} | {verdict} |")
    return "\n".join(lines) + "\n"


def _line(row: Row, *, per_core: bool) -> str:
    middle = f"{row.text()} | {number(row.median_per_core)}" if per_core else f"{row.text()} {row.unit}"
    return f"| {row.task} | {row.subject} | {middle} | {row.notes} |"


def _reads_picture(figure: Figure) -> str:
    groups = []
    for task in (GET, GET_10, BULK_64):
        group = [(row.subject, row.median) for row in figure.rows if row.task == task and row.values]
        groups.append((task, group))
    return bars(figure.title, "answers a second", groups)


def _walks_picture(figure: Figure) -> str:
    rows = [row for row in figure.rows if row.unit == SECONDS and row.task.startswith("walk of")]
    points = [(float("".join(filter(str.isdigit, row.task))), row.median) for row in rows]
    return lines("Time of a walk by its cells", ("cells", "seconds"), [("walk", sorted(points))])


def _fleet_picture(figure: Figure) -> str:
    subjects = {fleet.CPU: "CPU, cores", fleet.P99: "p99 of a GET, ms", fleet.MEMORY: "memory of a device, MiB"}
    series = []
    for subject, name in subjects.items():
        rows = [row for row in figure.rows if row.subject == subject and row.values]
        # What is too small to be measured cannot be drawn on a logarithmic scale.
        series.append((name, [(float(row.task.split()[0]), row.median) for row in rows if row.median > 0]))
    return lines("How a fleet grows", ("devices", ""), [(name, points) for name, points in series if points])


PICTURES = {"reads": _reads_picture, "walks": _walks_picture, "fleet": _fleet_picture}


def pictures(figures: Sequence[Figure]) -> Mapping[str, str]:
    """Pictures by file name."""
    return {f"performance-{each.key}.svg": PICTURES[each.key](each) for each in figures if each.key in PICTURES}
