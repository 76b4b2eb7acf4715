"""Figure 3: whole walks by net-snmp's snmpbulkwalk, and the memory that a cell takes.

Run as `python -m benchmarks.walks [--rounds 5]`.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks import peers, table
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions, in_turn
from benchmarks.peers import Peer
from scripts.processes import usage

SIZES = (10_000, 100_000, 1_000_000)
REPETITIONS = 50
SECONDS, OCTETS = "seconds", "octets/cell"
WALK, MEMORY, GROWTH = "walk of {:,} cells", "memory of {:,} cells", "growth to {:,} cells"
BOTH, WALKED = "front and back", "front and back, after a walk"
_LONGEST_S = 300.0
_LINEAR = 1.3
"""Time per cell of the longest walk by that of the one before it, up to which growth counts as linear."""


def walks(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"net-snmp's snmpbulkwalk -v2c -Cr{REPETITIONS}, its output in a file; this agent's front and back, blocks "
        "sent over the channel, started anew in every round; time of the walk is the client's and the agent's "
        "together. Memory is resident, less what the same process has with a table of one row "
        f"({table.COLUMNS} cells), before anybody has asked, and again after the walk, when the front remembers names "
        "that were asked for (a bounded number); a cell is a text of seven octets"
    )
    figure = Figure("walks", "Walks", how, conditions=conditions())
    in_turn(rounds, [partial(_round, figure)])
    for size, before in zip(SIZES[1:], SIZES, strict=False):
        _grow(figure, before, size)
    figure.limit(_text(GROWTH, SIZES[-1]), "time per cell", _LINEAR)
    for size in SIZES:
        figure.limit(_text(MEMORY, size), BOTH, 120)
    return figure


def _round(figure: Figure) -> None:
    with ExitStack() as stack:
        bare = _pids(stack.enter_context(peers.agent("wire", 1)))
        for size in SIZES:
            with peers.agent("wire", size // table.COLUMNS) as (peer, back):
                full = _pids((peer, back))
                front_octets, back_octets = _octets(size, full, bare)
                for subject, octets in (("front", front_octets), ("back", back_octets)):
                    figure.row(_text(MEMORY, size), subject, OCTETS).values.append(octets)
                row = figure.row(_text(MEMORY, size), BOTH, OCTETS)
                row.values.append(front_octets + back_octets)
                row.notes = f"resident in all: {sum(usage(pid).rss_kib for pid in full) / 1024:.0f} MiB"
                walked = figure.row(_text(MEMORY, size), WALKED, OCTETS)
                _walk(figure, size, peer)
                walked.values.append(sum(_octets(size, full, bare)))


def _pids(served: tuple[Peer, int]) -> tuple[int, int]:
    """Front and back."""
    peer, back = served
    return peer.pids[0], back


def _octets(size: int, full: Sequence[int], bare: Sequence[int]) -> list[float]:
    """What each process has for a cell more than it has with next to no table."""
    cells = size - table.COLUMNS
    return [(usage(one).rss_kib - usage(other).rss_kib) * 1024 / cells for one, other in zip(full, bare, strict=True)]


def _text(what: str, size: int) -> str:
    return what.format(size).replace(",", " ")


def _walk(figure: Figure, size: int, peer: Peer) -> None:
    base = "." + ".".join(map(str, table.ENTRY))
    command = ["snmpbulkwalk", "-v2c", "-cpublic", f"-Cr{REPETITIONS}", "-Onq", f"127.0.0.1:{peer.port}", base]
    begun_s = time.monotonic()
    with tempfile.TemporaryFile() as output:
        subprocess.run(command, stdout=output, timeout=_LONGEST_S, env={**os.environ, "MIBS": ""}, check=True)
        passed_s = time.monotonic() - begun_s
        output.seek(0)
        lines = sum(b"No more variables" not in line for line in output)
    if lines != size:
        raise RuntimeError(f"a walk of {size} cells brought {lines}")
    row = figure.row(_text(WALK, size), "snmpbulkwalk", SECONDS)
    row.values.append(passed_s)
    row.notes = f"{passed_s / size * 1e6:.2f} µs a cell in the last round"


def _grow(figure: Figure, small: int, large: int) -> None:
    one, other = (figure.row(_text(WALK, size), "snmpbulkwalk", SECONDS) for size in (small, large))
    row = figure.row(_text(GROWTH, large), "time per cell", "times")
    row.values = [(b / large) / (a / small) for a, b in zip(one.values, other.values, strict=True)]
    row.notes = f"of {large} cells by that of {small}"


if __name__ == "__main__":
    run_alone(__doc__, lambda options: walks)
