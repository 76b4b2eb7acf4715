"""Figure 2: the same over v3 with authentication (SHA-256) and privacy (AES-128).

Run as `python -m benchmarks.secure [--rounds 5]`.
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack

from benchmarks import peers
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions
from benchmarks.load import probe
from benchmarks.peers import Peer
from benchmarks.rates import measure
from benchmarks.reads import AGENT, PYSNMP, SNMPD
from benchmarks.requests import BULK_64, COUNT, GET, TASKS, Task, bodies, check
from tests.snmp import messages
from tests.snmp.agents import SEALED
from tests.snmp.messages import User


def secure(rounds: int) -> Figure:
    """Measure it."""
    figure = Figure("secure", "Reading by v3, SHA-256 and AES-128", "", conditions=conditions())
    with ExitStack() as stack:
        here = [stack.enter_context(peers.agent(engine))[0] for engine in ("wire", "pysnmp")]
        here.append(stack.enter_context(peers.snmpd("memory")))
        figure.how = "; ".join(f"{peer.name}: {peer.what}" for peer in here)
        measure(figure, here, TASKS, _requests, rounds)
    figure.ratio(GET, AGENT, PYSNMP, 15)
    figure.ratio(BULK_64, AGENT, PYSNMP, 80)
    figure.ratio(GET, AGENT, SNMPD, 0.7)
    figure.ratio(BULK_64, AGENT, SNMPD, 2)
    return figure


def discovered(port: int) -> messages.Peer:
    """An engine as it makes itself known now; requests are in time for 150 s from here (RFC 3414 3.2 step 7)."""
    nobody = User(b"")
    said = messages.Peer().read(probe(port, messages.Peer().build(nobody, messages.pdu(messages.GET))), nobody)
    known = messages.Peer(said.engine_id, said.boots, said.time)
    # The time of a Report to nobody need not be told; that of an answer to a signed message is.
    said = known.read(probe(port, known.build(SEALED, messages.pdu(messages.GET))), SEALED)
    return messages.Peer(said.engine_id, said.boots, said.time)


def _requests(task: Task, peer: Peer) -> tuple[list[bytes], int]:
    """Sealed messages; new ones for each measurement, so that they are in time."""
    engine = discovered(peer.port)
    made = [engine.build(SEALED, body) for body in itertools.islice(bodies(task, peer), COUNT)]
    return made, check(engine.read(probe(peer.port, made[0]), SEALED).pdu, task, peer)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: secure)
