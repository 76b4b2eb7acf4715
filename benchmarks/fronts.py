"""Several fronts: GETs a second of one and of two processes that answer on one address.

Run as `python -m benchmarks.fronts [--rounds 5]`.
"""

from __future__ import annotations

import json
import os
import selectors
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions, in_turn
from benchmarks.load import Run, connected, cpu_s
from benchmarks.rates import SECONDS, UNIT
from benchmarks.starts import Asker, run_agent, settings_of
from scripts.processes import tree
from scripts.settings import COMMUNITY
from tests.snmp import messages
from tests.snmp.messages import Oid
from tests.support.ports import free_port

COUNTS = (1, 2)
SOCKETS = 32
"""Managers: of so many the kernel gives each front about its share."""
TASK = f"GET, {SOCKETS} managers"
_SERVICES: Oid = (1, 3, 6, 1, 2, 1, 1, 7, 0)
_PATIENCE_S = 1.0


def fronts(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"`lantime-agent run` without devices, with `snmp.fronts` 1 and 2; {SOCKETS} sockets of one generator, a GET "
        "of sysServices.0 in flight on each; the generator is a process beside the fronts, so with two of them three "
        f"processes share {os.cpu_count()} cores, and a second front shows its full worth only where there are more"
    )
    figure = Figure("fronts", "Several fronts", how, conditions=conditions())
    runs: dict[int, list[Run]] = {count: [] for count in COUNTS}
    with ExitStack() as stack:
        ports = {count: stack.enter_context(_agent(count)) for count in COUNTS}

        def once(count: int) -> None:
            port, pids = ports[count]
            run = drive_many(port, pids, messages.get(_SERVICES, community=COMMUNITY), SECONDS)
            runs[count].append(run)
            row = figure.row(TASK, _named(count), UNIT)
            row.values.append(run.rate)
            row.per_core.append(run.rate_per_core)

        in_turn(rounds, [partial(once, count) for count in COUNTS])
    for count, done in runs.items():
        server, own = median(run.server_share for run in done), median(run.own_share for run in done)
        missing = sum(run.missing for run in done)
        figure.row(TASK, _named(count), UNIT).notes = f"CPU fronts {server:.0%}, generator {own:.0%}; missing {missing}"
    return figure


def _named(count: int) -> str:
    return "1 front" if count == 1 else f"{count} fronts"


@contextmanager
def _agent(count: int) -> Iterator[tuple[int, list[int]]]:
    """An agent with so many fronts: its port, and the fronts' processes."""
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as name:
        folder, port = Path(name), free_port()
        settings = settings_of({}, port, 10)
        settings["snmp"]["fronts"] = count
        config = folder / "agent.yaml"
        config.write_text(json.dumps(settings), encoding="utf-8")
        with run_agent(config, folder) as agent:
            Asker(port).seconds_until(_SERVICES)
            time.sleep(1)  # every front has answered its first by then, not only the one asked
            yield port, [pid for pid in tree(agent.pid) if _is_front(pid)]


def _is_front(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text(encoding="ascii").startswith("lantime-front")


def drive_many(port: int, pids: Sequence[int], datagram: bytes, seconds: float, sockets: int = SOCKETS) -> Run:
    """Send a datagram over and over on so many sockets, one in flight on each, and count answers."""
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        opened = [stack.enter_context(connected(port)) for _ in range(sockets)]
        for each in opened:
            selector.register(each, selectors.EVENT_READ)
        buffer, clock = bytearray(65_535), time.perf_counter
        server_s, own_s, begun_s = cpu_s(pids), time.process_time(), clock()
        ends_s, answers, sent = begun_s + seconds, 0, len(opened)
        for each in opened:
            each.send(datagram)
        while (now_s := clock()) < ends_s:
            ready = _ready(selector)
            for each in ready:
                each.recv_into(buffer)
            for each in ready or opened:
                each.send(datagram)
            answers += len(ready)
            sent += len(ready or opened)
        passed_s = now_s - begun_s
        shares = (cpu_s(pids) - server_s) / passed_s, (time.process_time() - own_s) / passed_s
        late = 0
        while late < sent - answers and (ready := _ready(selector)):
            for each in ready:
                each.recv_into(buffer)
            late += len(ready)
    return Run(answers, passed_s, *shares, sent - answers - late)


def _ready(selector: selectors.BaseSelector) -> list[Any]:
    """Sockets with an answer; none when there is none for long."""
    return [key.fileobj for key, _ in selector.select(_PATIENCE_S)]


if __name__ == "__main__":
    run_alone(__doc__, lambda options: fronts)
