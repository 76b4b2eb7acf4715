"""`python -m scripts.receivers`: faults of receivers, agent and disk, against Debian's snmptrapd; prints the outcome.

The exit code is 1 when something was lost that an inform promised.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import agent
from tests.faults import disasters, scenarios
from tests.faults.outcome import Outcome

COUNT, SECONDS = 5000, 10.0
HEADER = ("fault", "decided", "arrived", "overtaken", "lost", "again", "known after", "")
Scenario = Callable[[Path], Outcome]

SCENARIOS: dict[str, Scenario] = {
    "dead": scenarios.receiver_dead,
    "slow": lambda folder: scenarios.receiver_slow(folder, 0.7, 40),
    "reinstalled": scenarios.receiver_reinstalled,
    "agent-killed": lambda folder: disasters.agent_killed(folder, disasters.kill_all, "agent"),
    "back-killed": lambda folder: disasters.agent_killed(folder, disasters.kill_back, "back"),
    "burst": lambda folder: scenarios.burst(folder, COUNT, SECONDS),
    "storm": lambda folder: scenarios.storm(folder, COUNT, SECONDS),
    "flapping": lambda folder: scenarios.flapping(folder, 10),
    "clock-jump": disasters.clock_jump,
    "disk-full": disasters.disk_full,
    "state-corrupt": disasters.state_corrupt,
}


def machine() -> str:
    """What it was measured on."""
    trapd = subprocess.run(["snmptrapd", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    version = next((line.split()[-1] for line in trapd.stdout.splitlines() if "Version" in line), "unknown")
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    return (
        f"agent {agent.__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()} "
        f"{platform.machine()}, {cores} cores, net-snmp {version}"
    )


def cells(outcome: Outcome) -> tuple[str, ...]:
    """A row of the table."""
    return (
        outcome.fault,
        str(len(outcome.decided)),
        str(len(outcome.decided & outcome.arrived)),
        str(outcome.superseded),
        str(outcome.lost),
        str(outcome.again),
        f"{outcome.known_after_s:.1f} s",
        outcome.note,
    )


def row(columns: Iterable[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(columns)} |"


def run(names: Iterable[str]) -> int:
    """Make the faults one after the other; the exit code."""
    code = 0
    print(f"{time.strftime('%Y-%m-%d')}: {machine()}\n")
    print(row(HEADER))
    print(row("---" for _ in HEADER))
    for name in names:
        with tempfile.TemporaryDirectory(prefix="lantime-faults-") as folder:
            try:
                outcome = SCENARIOS[name](Path(folder))
            except pytest.skip.Exception as reason:
                print(row((name, *[""] * (len(HEADER) - 2), f"not made: {reason}")))
                continue
        print(row(cells(outcome)), flush=True)
        if not outcome.is_whole:
            print(f"NOT WHOLE: missing {sorted(outcome.missing)[:20]}, active {len(outcome.active)}, "
                  f"told {len(outcome.told)}", file=sys.stderr)  # fmt: skip
            code = 1
    return code


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.receivers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="FAULT", help=f"of {', '.join(SCENARIOS)}; all if left out")
    names = parser.parse_args().names or list(SCENARIOS)
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        parser.error(f"no fault {unknown[0]!r}; there are {', '.join(SCENARIOS)}")
    return run(names)


if __name__ == "__main__":
    sys.exit(main())
