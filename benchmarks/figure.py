"""What a figure says: rows of measured values, and targets for ratios between them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

ROUNDS = 5
"""The fewest that count."""


@dataclass(slots=True)
class Row:
    """What was measured of one subject, a value a round.

    Attributes:
        values: in the unit of the figure.
        per_core: the same by second of CPU time of the subject, where that has a meaning.
        notes: what belongs to it beside them: CPU shares, missing answers.
    """

    task: str
    subject: str
    unit: str
    values: list[float] = field(default_factory=list)
    per_core: list[float] = field(default_factory=list)
    notes: str = ""

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.values)

    @property
    def median_per_core(self) -> float:
        """The median of the rounds by second of CPU time; nothing where that was not measured."""
        return statistics.median(self.per_core) if self.per_core else 0.0

    def text(self) -> str:
        """Median, least and greatest."""
        if not self.values:
            return "not measured"
        return f"{number(self.median)} ({number(min(self.values))}-{number(max(self.values))})"


@dataclass(frozen=True, slots=True)
class Target:
    """What was to be reached.

    Attributes:
        what: in words.
        wanted: the value to be reached.
        beside: what says more about it.
        at_least: whether more is better.
        measured: None where it could not be measured.
    """

    what: str
    wanted: float
    measured: float | None
    at_least: bool = True
    beside: str = ""

    @property
    def is_hit(self) -> bool:
        """Whether it was reached."""
        if self.measured is None:
            return False
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    @property
    def verdict(self) -> str:
        """Whether it was reached, in words."""
        return "not measured" if self.measured is None else "hit" if self.is_hit else "missed"

    def text(self) -> str:
        """One line."""
        said = "-" if self.measured is None else number(self.measured)
        sign = "at least" if self.at_least else "at most"
        beside = f" ({self.beside})" if self.beside else ""
        return f"{self.what}: {said}, target {sign} {number(self.wanted)}: {self.verdict}{beside}"


@dataclass(slots=True)
class Figure:
    """One figure: how it was made, what came out."""

    key: str
    title: str
    how: str
    rows: list[Row] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    conditions: dict[str, str] = field(default_factory=dict)

    def row(self, task: str, subject: str, unit: str) -> Row:
        """The row of a subject, a new one the first time."""
        for row in self.rows:
            if (row.task, row.subject) == (task, subject):
                return row
        row = Row(task, subject, unit)
        self.rows.append(row)
        return row

    def found(self, task: str, subject: str) -> Row | None:
        """The row of a subject, if it was measured."""
        return next((row for row in self.rows if (row.task, row.subject) == (task, subject) and row.values), None)

    def ratio(self, task: str, one: str, other: str, wanted: float) -> None:
        """A target for the ratio of two subjects' rates.

        Values of the same round are divided: what disturbed one disturbed the other; of those the median.
        """
        left, right = self.found(task, one), self.found(task, other)
        measured, beside = None, ""
        if left is not None and right is not None:
            measured = _quotient(left.values, right.values)
            if left.per_core and right.per_core:
                beside = f"per core {number(_quotient(left.per_core, right.per_core))}"
        self.targets.append(Target(f"{task}, {one} ÷ {other}", wanted, measured, beside=beside))

    def limit(self, task: str, subject: str, wanted: float) -> None:
        """A target for a median that is to stay below something."""
        row = self.found(task, subject)
        unit = f" ({row.unit})" if row else ""
        measured = row.median if row else None
        self.targets.append(Target(f"{task}, {subject}{unit}", wanted, measured, at_least=False))

    def show(self) -> None:
        """Print it."""
        print(f"\n{self.title}\n{self.how}")
        for row in self.rows:
            print(f"  {row.task:<34} {row.subject:<22} {row.text():>32} {row.unit:<12} {row.notes}")
        for target in self.targets:
            print(f"  {target.text()}")

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def _quotient(ones: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def figure_of(plain: dict[str, Any]) -> Figure:
    """A figure as `plain` gave it."""
    rows, targets = [Row(**row) for row in plain["rows"]], [Target(**target) for target in plain["targets"]]
    return Figure(**{**plain, "rows": rows, "targets": targets})


def number(value: float) -> str:
    """A measured number with three digits that count."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def conditions() -> dict[str, str]:
    """Machine and versions, as far as they count."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as opened:
        for line in opened:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "system": f"Linux {platform.release()}",
        "Python": platform.python_version(),
        "cryptography": version("cryptography"),
        "pysnmp": version("pysnmp"),
        "net-snmp": _net_snmp(),
        "load": f"{os.getloadavg()[0]:.1f} when it began",
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
    }


def _net_snmp() -> str:
    try:
        said = subprocess.run(["snmpget", "-V"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S607
    except OSError:
        return "not installed"
    return (said.stderr + said.stdout).split(":")[-1].strip()


def in_turn(rounds: int, work: Sequence[Callable[[], None]]) -> None:
    """Do each piece of work once a round, one behind the other, so that a disturbance hits all of them."""
    for done in range(rounds):
        for each in work:
            each()
        print(f"round {done + 1} of {rounds} done", flush=True)


def dump(figures: Sequence[Figure]) -> str:
    """Figures as JSON."""
    return json.dumps([figure.plain() for figure in figures], indent=1, ensure_ascii=False)
