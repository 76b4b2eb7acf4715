"""Figure 5: what one agent takes for ten and for a hundred devices, and how fast it answers meanwhile.

Run as `python -m benchmarks.fleet [--rounds 5]`; each round is some polls of every device.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions
from benchmarks.load import cpu_s
from benchmarks.starts import Asker, run_agent, settings_of
from scripts.client import Client
from scripts.mib import Mib
from scripts.processes import free_port, start_simulator, total, tree
from scripts.settings import COMMUNITY
from tests.snmp import messages
from tests.snmp.messages import Oid

SIZES = (10, 100)
INTERVAL_S = 10
ROUND_S = 20
SIMULATORS = 2
_PAUSE_S = 0.005
_SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)


def fleet(rounds: int) -> Figure:
    """Measure it."""
    how = (
        f"`lantime-agent run`, every device polled each {INTERVAL_S} s, rounds of {ROUND_S} s; devices are simulated "
        f"ones of generation 10 with two HPS100 cards, {SIMULATORS} processes under many names; meanwhile a GET each "
        f"{_PAUSE_S * 1000:g} ms, one in flight; memory is resident, of all the agent's processes"
    )
    figure = Figure("fleet", "Fleet", how, conditions=conditions())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantime-bench-")))
        urls = []
        for seed in range(1, SIMULATORS + 1):
            child, url = start_simulator(folder, seed)
            stack.enter_context(child)
            urls.append(url)
        bare = _measure(figure, folder, urls, 0, rounds=1)
        for size in SIZES:
            resident = _measure(figure, folder, urls, size, rounds)
            row = figure.row(_of(size), "memory per device", "MiB")
            row.values = [(resident - bare) / size]
            row.notes = f"{resident:.0f} MiB in all, {bare:.0f} without a device"
    figure.limit(_of(SIZES[-1]), "memory per device", 1.5)
    figure.limit(_of(SIZES[-1]), "p99 of a GET", 5)
    figure.limit(_of(SIZES[-1]), "missed polls", 0)
    return figure


def _of(size: int) -> str:
    return f"{size} devices"


def _measure(figure: Figure, folder: Path, urls: Sequence[str], size: int, rounds: int) -> float:
    """Measure a fleet of a size; resident memory at the end, in MiB."""
    place = folder / f"fleet-{size}"
    place.mkdir()
    port, mib = free_port(), Mib()
    named = {f"lantime-{number}": urls[number % len(urls)] for number in range(size)}
    config = place / "agent.yaml"
    config.write_text(json.dumps(settings_of(named, port, INTERVAL_S)), encoding="utf-8")
    with run_agent(config, place) as agent, closing(Client(port, COMMUNITY)) as client:
        asker = Asker(port)
        asker.seconds_until(mib.oid("lnbAgentDevicesUp", 0), expected=bytes((size,)))
        for done in range(rounds if size else 0):
            before, begun_cpu_s = _polls(client, mib), cpu_s(tree(agent.pid))
            times_ms, begun_s = [], time.monotonic()
            while time.monotonic() < begun_s + ROUND_S:
                asked_s = time.monotonic()
                asker.value(_SYS_NAME)
                times_ms.append((time.monotonic() - asked_s) * 1000)
                time.sleep(_PAUSE_S)
            passed_s = time.monotonic() - begun_s
            share = (cpu_s(tree(agent.pid)) - begun_cpu_s) / passed_s
            polls = sum(_polls(client, mib)) - sum(before)
            figure.row(_of(size), "CPU", "cores").values.append(share)
            figure.row(_of(size), "p99 of a GET", "ms").values.append(statistics.quantiles(times_ms, n=100)[-1])
            # A poll may fall on either side of a round's end, as jitter has it.
            missed = sum(1 for one, other in zip(before, _polls(client, mib), strict=True) if one == other)
            figure.row(_of(size), "missed polls", "devices").values.append(missed)
            figure.row(_of(size), "CPU of a poll", "ms").values.append(share * passed_s / max(polls, 1) * 1000)
            print(f"{_of(size)}: round {done + 1} of {rounds} done", flush=True)
        return total(agent.pid).rss_kib / 1024


def _polls(client: Client, mib: Mib) -> list[int]:
    """How often each device was polled."""
    return [messages.number(content) for _, (_, content) in client.walk(mib.oid("lnbDevicePolls"))]


if __name__ == "__main__":
    run_alone(__doc__, fleet)
