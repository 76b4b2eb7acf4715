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
_LONGEST_S = 300.0
_LINEAR = 1.3
"""Time per cell of the longest walk by that of the one before it, up to which growth counts as linear."""


def walks(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"snmpbulkwalk -v2c -Cr{REPETITIONS}, its output in a file; this agent's front and back, blocks sent over "
        "the channel; time of the walk is the client's and the agent's together; memory is resident, "
        "less what the same process has without a table"
    )
    figure = Figure("walks", "Walks", how, conditions=conditions())
    with ExitStack() as stack:
        served = [(size, *stack.enter_context(peers.agent("wire", size // table.COLUMNS))) for size in SIZES]
        bare = stack.enter_context(peers.agent("wire", 0))
        for size, peer, back in served:
            _weigh(figure, size, (peer.pids[0], back), (bare[0].pids[0], bare[1]))
        in_turn(rounds, [partial(_walk, figure, size, peer) for size, peer, _ in served])
    for size, before in zip(SIZES[1:], SIZES, strict=False):
        _grow(figure, before, size)
    figure.limit(_text(GROWTH, SIZES[-1]), "time per cell", _LINEAR)
    for size in SIZES[1:]:
        figure.limit(_text(MEMORY, size), "front and back", 120)
    return figure


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


def _weigh(figure: Figure, size: int, full: Sequence[int], bare: Sequence[int]) -> None:
    """What each process has more than it has without a table; weighed once, since memory is no matter of chance."""
    octets = [(usage(one).rss_kib - usage(other).rss_kib) * 1024 / size for one, other in zip(full, bare, strict=True)]
    for subject, each in zip(("front", "back"), octets, strict=True):
        figure.row(_text(MEMORY, size), subject, OCTETS).values.append(each)
    row = figure.row(_text(MEMORY, size), "front and back", OCTETS)
    row.values.append(sum(octets))
    row.notes = f"resident in all: {sum(usage(pid).rss_kib for pid in full) / 1024:.0f} MiB"


def _grow(figure: Figure, small: int, large: int) -> None:
    one, other = (figure.row(_text(WALK, size), "snmpbulkwalk", SECONDS) for size in (small, large))
    row = figure.row(_text(GROWTH, large), "time per cell", "times")
    row.values = [(b / large) / (a / small) for a, b in zip(one.values, other.values, strict=True)]
    row.notes = f"of {large} cells by that of {small}"


if __name__ == "__main__":
    run_alone(__doc__, lambda options: walks)
