"""Answers a second of several peers, in turn: what figures 1 and 2 have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from benchmarks.figure import Figure, in_turn
from benchmarks.load import Run, drive
from benchmarks.peers import Peer
from benchmarks.requests import Task

SECONDS = 0.5
"""Of each measurement."""
UNIT = "answers/s"

Datagrams = Callable[[Task, Peer], list[bytes]]
"""Requests of a kind, made for a peer; checks by the way that the peer answers them rightly."""


def measure(figure: Figure, peers: Sequence[Peer], tasks: Sequence[Task], datagrams: Datagrams, rounds: int) -> None:
    """Measure every task of every peer in every round; rows come into the figure."""
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)

    def once(task: Task, peer: Peer) -> None:
        run = drive(peer.port, peer.pids, datagrams(task, peer), SECONDS)
        runs[task.name, peer.name].append(run)
        row = figure.row(task.name, peer.name, UNIT)
        row.values.append(run.rate)
        row.per_core.append(run.rate_per_core)

    in_turn(rounds, [partial(once, task, peer) for task in tasks for peer in peers])
    for task in tasks:
        for peer in peers:
            figure.row(task.name, peer.name, UNIT).notes = _notes(runs[task.name, peer.name], task)


def _notes(runs: Sequence[Run], task: Task) -> str:
    rate = median(run.rate for run in runs) * task.varbinds
    core = median(run.rate_per_core for run in runs)
    server, own = median(run.server_share for run in runs), median(run.own_share for run in runs)
    missing = sum(run.missing for run in runs)
    return f"{core:,.0f} per core; {rate:,.0f} varbinds/s; CPU server {server:.0%}, generator {own:.0%}; missing {missing}".replace(
        ",", " "
    )
