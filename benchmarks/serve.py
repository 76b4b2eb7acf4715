"""`python -m benchmarks.serve`: serves the table until SIGTERM, and says in one line of JSON where.

On the wire path there are two processes with the channel between them, as in `lantime-agent run`: the back makes the
blocks and sends them, the front answers. The pysnmp path is one process, as it always is. What is left out is the
polling: the table does not come from devices.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from agent.channel.back_end import BackEnd
from agent.channel.front_end import FrontEnd
from agent.config import SnmpSettings
from agent.snmp.engineid import EngineIdentity, start_engine
from agent.snmp.service import WireService, open_service
from agent.snmp.sockets import open_sockets
from agent.wire.counters import Counters
from agent.wire.policy import make_policy
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from agent.wire.writing import Result, Writer
from benchmarks import table
from tests.snmp.agents import SEALED, user_settings

COMMUNITY = "public"
LARGEST_MESSAGE = 65_507
"""So that no peer is stopped by the size of a message; the agent's default is 1472, one frame of Ethernet."""
OWNER = "table"


def snmp_settings(engine: str) -> SnmpSettings:
    """One community and one user with authentication and privacy, who may read everything."""
    return SnmpSettings.model_validate(
        {
            "listen": ["127.0.0.1:0"], "engine": engine, "max_message_size": LARGEST_MESSAGE,
            "communities": [{"name": COMMUNITY}], "users": [user_settings(SEALED)],
        }
    )  # fmt: skip


def new_store() -> Store:
    """An empty store that knows the table's columns."""
    return Store((*table.ENTRY, column) for column in range(1, table.COLUMNS + 1))


def refuse(wanted: object, who: str) -> Result:
    """Nothing can be written here."""
    return Result(0, 0)


def announce(port: int, front: int, back: int) -> None:
    """Say where it answers, and which processes those are."""
    print(json.dumps({"port": port, "front": front, "back": back}), flush=True)


def serve_whole(settings: SnmpSettings, identity: EngineIdentity, rows: int) -> None:
    """Everything in one process."""

    async def serve() -> None:
        sockets = open_sockets(settings.listen)
        store = new_store()
        store.swap(OWNER, table.blocks(rows))
        service = open_service(settings, identity, Shelf(store), Counters(), sockets, Writer([], refuse))
        announce(sockets[0].getsockname()[1], os.getpid(), os.getpid())
        await _stopped().wait()
        await service.close()

    asyncio.run(serve())


def serve_apart(settings: SnmpSettings, identity: EngineIdentity, rows: int) -> None:
    """Front and back, as the agent has them."""
    sockets = open_sockets(settings.listen)
    connected = fork_front(lambda ready: front(identity, sockets, new_store(), ready))
    port = sockets[0].getsockname()[1]
    for opened in sockets:
        opened.close()

    async def back() -> None:
        back_end = BackEnd(refuse)
        back_end.obey(make_policy(settings, identity.engine_id))
        back_end.swap(OWNER, table.blocks(rows))
        back_end.open([OWNER])
        back_end.attach(connected.channel)
        announce(port, connected.pid, os.getpid())
        await _stopped().wait()
        await back_end.close()

    asyncio.run(back())


class Forked:
    """A front in a process of its own, and the channel to it."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid = pid
        self.channel = channel


def fork_front(make: Callable[[Callable[[], None]], tuple[WireService, FrontEnd]]) -> Forked:
    """Fork a process that answers until the channel to it ends.

    Args:
        make: makes service and front_end within the new process's event loop; what it is given ends the process.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return Forked(pid, ours)
    ours.close()

    async def answer() -> None:
        lost = asyncio.Event()
        service, front_end = make(lost.set)
        front_end.attach(theirs)
        await lost.wait()
        await front_end.close()
        await service.close()

    try:
        asyncio.run(answer())
    finally:
        os._exit(0)


def front(
    identity: EngineIdentity, sockets: list[socket.socket], store: Store, lost: Callable[[], None]
) -> tuple[WireService, FrontEnd]:
    """What runs in the answering process."""
    service = WireService(identity, Shelf(store), Counters(), sockets, Writer([], refuse))
    return service, FrontEnd(service, 0, lambda: None, lost)


def _stopped() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def main() -> None:
    """Serve as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--engine", choices=["wire", "pysnmp"], default="wire")
    parser.add_argument("--rows", type=int, default=table.ROWS)
    options = parser.parse_args()
    settings = snmp_settings(options.engine)
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as folder:
        identity = start_engine(Path(folder), None)
        serve = serve_whole if options.engine == "pysnmp" else serve_apart
        serve(settings, identity, options.rows)
    sys.exit(0)


if __name__ == "__main__":
    main()
