"""Answers a second of several peers, in turn: what figures 1 and 2 have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from benchmarks.figure import Figure, in_turn, number
from benchmarks.load import Run, drive
from benchmarks.peers import Peer
from benchmarks.requests import Task

SECONDS = 0.5
"""Of each measurement."""
UNIT = "answers/s"

Datagrams = Callable[[Task, Peer], tuple[list[bytes], int]]
"""Requests of a kind, made for a peer, and how many varbinds an answer has; looks whether it is right."""


def measure(figure: Figure, peers: Sequence[Peer], tasks: Sequence[Task], datagrams: Datagrams, rounds: int) -> None:
    """Measure every task of every peer in every round; rows come into the figure."""
    varbinds: dict[tuple[str, str], int] = {}
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)

    def once(task: Task, peer: Peer) -> None:
        made, varbinds[task.name, peer.name] = datagrams(task, peer)
        run = drive(peer.port, peer.pids, made, SECONDS)
        runs[task.name, peer.name].append(run)
        row = figure.row(task.name, peer.name, UNIT)
        row.values.append(run.rate)
        row.per_core.append(run.rate_per_core)

    in_turn(rounds, [partial(once, task, peer) for task in tasks for peer in peers])
    for (name, peer_name), done in runs.items():
        figure.row(name, peer_name, UNIT).notes = _notes(done, varbinds[name, peer_name])


def _notes(runs: Sequence[Run], varbinds: int) -> str:
    rate = median(run.rate for run in runs) * varbinds
    server, own = median(run.server_share for run in runs), median(run.own_share for run in runs)
    missing = sum(run.missing for run in runs)
    return (
        f"{number(rate)} varbinds/s, {varbinds} each; CPU server {server:.0%}, generator {own:.0%}; missing {missing}"
    )
