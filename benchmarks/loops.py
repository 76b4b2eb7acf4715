"""Loops: the same answers from different ways to wait for datagrams.

Run as `python -m benchmarks.loops [--rounds 5]`. uvloop is measured where it is installed; the agent does not need it.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import secrets
import selectors
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

from agent.snmp.engineid import start_engine
from agent.snmp.front import BATCH, Answering, Front
from agent.wire.command import Commands
from agent.wire.counters import Counters
from agent.wire.entity import Entity
from agent.wire.policy import make_policy
from agent.wire.usm import Usm
from agent.wire.writing import Writer
from benchmarks import table
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions
from benchmarks.load import probe
from benchmarks.peers import Peer, await_answer, in_table
from benchmarks.rates import measure
from benchmarks.requests import BULK_64, GET, TASKS, Task, check, plain
from benchmarks.serve import OWNER, new_store, refuse, snmp_settings
from tests.snmp import messages

_LARGEST = 65_535
Serve = Callable[[socket.socket, Answering], None]
"""Answers what comes to a socket, for ever."""


def loops(rounds: int) -> Figure:
    """Measure it."""
    how = (
        "one process with the table and one socket, which answers by the wire path; the agent has asyncio's reader. "
        "The last two are the floor: they have none of the front's care for faults, and one cannot wait for the back"
    )
    figure = Figure("loops", "Loops", how, conditions=conditions())
    kinds: dict[str, Serve] = {"asyncio, add_reader": _with_asyncio}
    with suppress(ImportError):
        importlib.import_module("uvloop")
        kinds["uvloop, add_reader"] = _with_uvloop
    kinds |= {"selectors": _with_selectors, "blocking recvfrom": _blocking}
    with ExitStack() as stack:
        here = [stack.enter_context(_served(name, serve)) for name, serve in kinds.items()]
        measure(figure, here, [task for task in TASKS if task.name in (GET, BULK_64)], _requests, rounds)
    return figure


def _requests(task: Task, peer: Peer) -> tuple[list[bytes], int]:
    made = plain(task, peer)
    return made, check(messages.read(probe(peer.port, made[0])), task, peer)


@contextmanager
def _served(name: str, serve: Serve) -> Iterator[Peer]:
    """The table, served in a process of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        port = opened.getsockname()[1]
        pid = os.fork()
        if not pid:
            try:
                serve(opened, _answering())
            finally:
                os._exit(1)
    try:
        peer = Peer(name, port, (pid,), in_table, "")
        await_answer(peer)
        yield peer
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _answering() -> Answering:
    """What the front answers with."""
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as folder:
        identity = start_engine(Path(folder), None)
    store, counters = new_store(), Counters()
    store.swap(OWNER, table.blocks())
    policy = make_policy(snmp_settings("wire"), identity.engine_id)
    salts = count(secrets.randbits(64))
    usm = Usm(identity.engine_id, identity.boots, lambda: 0, policy.users, counters, salts)
    commands = Commands(lambda context: store, policy.access, Writer([], refuse), lambda text, problem: None)
    return Entity(policy.communities, usm, commands, counters, policy.max_message_size).answer


def _with_asyncio(opened: socket.socket, answer: Answering) -> None:
    opened.settimeout(0)

    async def serve() -> None:
        front = Front([opened], answer, Counters())
        await asyncio.Event().wait()
        front.close()

    asyncio.run(serve())


def _with_uvloop(opened: socket.socket, answer: Answering) -> None:
    importlib.import_module("uvloop").install()
    _with_asyncio(opened, answer)


def _with_selectors(opened: socket.socket, answer: Answering) -> None:
    opened.settimeout(0)
    selector = selectors.DefaultSelector()
    selector.register(opened, selectors.EVENT_READ)
    while True:
        selector.select()
        with suppress(BlockingIOError):
            for _ in range(BATCH):
                _answer_one(opened, answer)


def _blocking(opened: socket.socket, answer: Answering) -> None:
    while True:
        _answer_one(opened, answer)


def _answer_one(opened: socket.socket, answer: Answering) -> None:
    datagram, address = opened.recvfrom(_LARGEST)
    answered = answer(datagram, address[0])
    if isinstance(answered, bytes):
        opened.sendto(answered, address)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: loops)
