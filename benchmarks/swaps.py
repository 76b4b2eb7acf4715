"""Figure 4: from a document in hand to its cells live in the front.

Run as `python -m benchmarks.swaps [--rounds 5]`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent.app import Plans
from agent.app.collection import collect_seldom
from agent.channel.back_end import BackEnd
from agent.channel.front_end import FrontEnd
from agent.config import DeviceSettings, Settings
from agent.mib.declaration import Feed
from agent.mib.module import northbound
from agent.model.document import Json
from agent.offline import NoIndexes
from agent.service.capture import read_documents
from agent.service.documents import Documents
from agent.service.keeper import Keeper, Limits, Surroundings
from agent.sim.documents import build_status
from agent.sim.spec import SimSpec
from agent.snmp.engineid import EngineIdentity, start_engine
from agent.snmp.service import WireService
from agent.snmp.sockets import open_sockets
from agent.wire.block import Block
from agent.wire.counters import Counters
from agent.wire.policy import make_policy
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from agent.wire.writing import Writer
from benchmarks import devices
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions, number
from benchmarks.serve import fork_front, refuse, snmp_settings

ROOT = Path(__file__).resolve().parents[1]
CAPTURES = Path(__file__).with_name("captures")
"""What `lantime-agent capture` brought from devices of one's own may be put here, and is measured too."""
MS = "ms"
SMALL, SOME, FULL, CHASSIS = "M300", "M3000 with two HPS100", "full M3000", "chassis of 10 x 4 x 2048"
FEW, ALL = "every 100th number changed", "all cells new"
_NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
_EVERY = 100
_STAGES = ("JSON", "reading, blocks", "channel, swap")
_PATIENCE_S = 120.0


class Telling(WireService):
    """The answering side, which tells through a pipe when an owner's blocks are live."""

    tell: socket.socket

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""
        super().swap(owner, blocks)
        self.tell.send(b"%d %s" % (time.monotonic_ns(), owner.encode()))


@dataclass(frozen=True, slots=True)
class Document:
    """What a device says: as it is, and with every hundredth number another one."""

    name: str
    text: str
    changed: str


class Bench:
    """A keeper as the back has it, and a front in a process of its own."""

    def __init__(self, identity: EngineIdentity) -> None:
        self._told, tell = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._told.setblocking(False)  # noqa: FBT003 - the socket's own signature
        settings = Settings()
        self._module = northbound(settings.root_oid)
        store = Store(located.oid for located in self._module.objects.values())
        snmp = snmp_settings("wire")
        sockets = open_sockets(snmp.listen)

        def front(lost: Callable[[], None]) -> tuple[WireService, FrontEnd]:
            service = Telling(identity, Shelf(store), Counters(), sockets, Writer([], refuse))
            service.tell = tell
            return service, FrontEnd(service, 0, lambda: None, lost)

        forked = fork_front(front)
        for opened in sockets:
            opened.close()
        self.back_end = BackEnd(refuse)
        self.back_end.obey(make_policy(snmp, identity.engine_id))
        self.back_end.attach(forked.channel)
        limits = Limits(settings.attributes.max_count, settings.http.max_count, settings.http.tracking)
        self._around = Surroundings(Plans(self._module, ()), self.back_end, NoIndexes(), limits)

    def keeper(self, index: int) -> Keeper:
        """A keeper of a device, whose cards' configuration is not asked for."""
        poll = {"configuration": False, "interval_s": 60}
        device = DeviceSettings.model_validate({"name": f"lts{index}", "address": "127.0.0.1", "poll": poll})
        return Keeper(index, device, self._around)

    async def take(self, keeper: Keeper, text: str) -> list[float]:
        """Have a document served; when it began, was parsed, was read, and was live, in seconds."""
        times = [time.monotonic()]
        parsed: Json = json.loads(text)
        times.append(time.monotonic())
        outcome = await asyncio.to_thread(keeper.poll, Documents({"status": parsed}))
        if outcome.error is not None:
            raise outcome.error
        times.append(time.monotonic())
        keeper.accept(outcome)
        times.append(await self.live({keeper.owner(feed) for feed in outcome.blocks}))
        return times

    async def live(self, owners: set[str]) -> float:
        """When the last of these owners' blocks came to be live."""
        loop, at_s = asyncio.get_running_loop(), 0.0
        while owners:
            told = await asyncio.wait_for(loop.sock_recv(self._told, 4096), _PATIENCE_S)
            moment, _, owner = told.decode().partition(" ")
            owners.discard(owner)
            at_s = int(moment) / 1e9
        return at_s

    async def empty(self, keeper: Keeper) -> None:
        """Have nothing of a device served."""
        keeper.retire()
        await self.live({keeper.owner(feed) for feed in Feed})


def documents() -> Iterator[Document]:
    """The documents that are taken, small ones first."""
    yield _document(SMALL, devices.status_of(devices.M300, 1, _NOON))
    path = ROOT / "tests" / "golden" / "api10-m3000.json"
    yield _document(SOME, read_documents(path.read_text(encoding="utf-8"), path.name)["status"])
    for found in sorted(CAPTURES.glob("*.json")):
        yield _document(found.stem, read_documents(found.read_text(encoding="utf-8"), found.name)["status"])
    yield _document(FULL, build_status(SimSpec(hps_cards=10, instances=4), _NOON))
    yield _document(CHASSIS, build_status(SimSpec(hps_cards=10, instances=4, clients=2048), _NOON))


def _document(name: str, content: Any) -> Document:
    text = json.dumps(content)
    other = json.loads(text)
    numbers = list(_numbers(other))
    for container, key in numbers[::_EVERY]:
        container[key] += 1
    return Document(name, text, json.dumps(other))


def _numbers(node: Any) -> Iterator[tuple[Any, Any]]:
    """Places of all numbers: the container, and the key or position in it."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, (dict, list)):
            yield from _numbers(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield node, key


async def measure(figure: Figure, identity: EngineIdentity, rounds: int) -> None:
    """Measure all documents in every round."""
    bench = Bench(identity)
    taken = list(enumerate(documents(), 1))
    stages: dict[tuple[str, str], list[list[float]]] = {}
    for done in range(rounds):
        for index, document in taken:
            keeper = bench.keeper(index)
            await bench.empty(keeper)
            for what, text in ((ALL, document.text), (FEW, document.changed)):
                times = await bench.take(keeper, text)
                figure.row(document.name, what, MS).values.append((times[-1] - times[0]) * 1000)
                stages.setdefault((document.name, what), []).append(times)
                _note(figure, document, what, stages[document.name, what], keeper)
        print(f"round {done + 1} of {rounds} done", flush=True)
    await bench.back_end.close()


def _note(figure: Figure, document: Document, what: str, stages: Sequence[list[float]], keeper: Keeper) -> None:
    parts = [statistics.median((times[n + 1] - times[n]) * 1000 for times in stages) for n in range(len(_STAGES))]
    said = ", ".join(f"{name} {number(part)}" for name, part in zip(_STAGES, parts, strict=True))
    figure.row(document.name, what, MS).notes = f"{said}; {keeper.cells} cells, {len(document.text) / 1e6:.2g} MB"


def swaps(rounds: int) -> Figure:
    """Measure it."""
    how = (
        "a document's text in hand, parsed, read into cells and blocks, what changed sent over the channel, swapped "
        "into the front's store; keeper, channel and front are the agent's own, in two processes. "
        "M300 is a document of the size of a real one of API 10. "
        "All cells new: neither keeper nor front know anything of the device before"
    )
    collect_seldom()
    figure = Figure("swaps", "Poll to served", how, conditions=conditions())
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as folder:
        asyncio.run(measure(figure, start_engine(Path(folder), None), rounds))
    for what in (FEW, ALL):
        figure.limit(SMALL, what, 5)
        figure.limit(FULL, what, 150)
    return figure


if __name__ == "__main__":
    run_alone(__doc__, lambda options: swaps)
