"""Figure 1: reading by v2c, this agent and others.

Run as `python -m benchmarks.reads [--rounds 5]`.
"""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks import peers
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions
from benchmarks.load import probe
from benchmarks.peers import Peer
from benchmarks.rates import measure
from benchmarks.requests import BULK_64, GET, TASKS, Task, check, plain
from tests.snmp import messages

AGENT, PYSNMP, SNMPD = "this agent", "its pysnmp path", "snmpd"


def reads(rounds: int) -> Figure:
    """Measure it."""
    figure = Figure("reads", "Reading by v2c", "", conditions=conditions())
    with ExitStack() as stack:
        here = [stack.enter_context(peers.agent(engine))[0] for engine in ("wire", "pysnmp")]
        here += [stack.enter_context(peers.snmpd(kind)) for kind in ("memory", "passed")]
        absent: list[str] = []
        try:
            here.append(stack.enter_context(peers.snmpsim()))
        except FileNotFoundError as problem:
            absent = [f"not measured: {problem}"]
        figure.how = "; ".join([*(f"{peer.name}: {peer.what}" for peer in here), *absent])
        measure(figure, here, TASKS, _requests, rounds)
    figure.ratio(GET, AGENT, SNMPD, 1.2)
    figure.ratio(BULK_64, AGENT, SNMPD, 4)
    figure.ratio(GET, AGENT, PYSNMP, 40)
    figure.ratio(BULK_64, AGENT, PYSNMP, 150)
    return figure


def _requests(task: Task, peer: Peer) -> tuple[list[bytes], int]:
    made = plain(task, peer)
    return made, check(messages.read(probe(peer.port, made[0])), task, peer)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: reads)
