"""`python -m benchmarks.alarmer`: an agent that is given things to be alarmed about, and says when it decided on each.

Front and back are the agent's own, in two processes with the channel between them, as in `lantime-agent run`; what is
left out is the endpoint, where messages would come in more slowly than they are given here: events go to the alarm
rules directly. The agent logs what it logs by default. It ends by itself, and writes to a file, for each alarm, its
sequence number, when it was given and when it was decided on, in seconds of the wall clock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent.app.answering import Inside, make_answering
from agent.app.back import Back, Start
from agent.channel.back_end import BackEnd
from agent.channel.front_end import FrontEnd
from agent.channel.tally import Tally
from agent.cli.run import start_logging
from agent.config import Settings
from agent.device.client import Client
from agent.model.alarm.events import MessageFailed
from agent.snmp.engineid import start_engine
from agent.snmp.service import WireService
from agent.snmp.sockets import open_sockets
from benchmarks.serve import fork_front, refuse
from scripts.processes import Child

PATIENCE_S = 90.0
"""How long what was given may take to be delivered."""
_QUIET_S = 1.0
_STEP_S = 0.01
_RESOURCE = "interapp/"
"""What the failure of a message is about, before the message's type."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One alarm; both moments are seconds of the wall clock."""

    sequence: int
    given_s: float
    decided_s: float


class Decisions(logging.Handler):
    """Notes when the watcher says what it decided; it does so as soon as the alarm has its number."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.found: dict[str, tuple[int, float]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Note one line of the log."""
        if str(record.msg).startswith("alarm-") and isinstance(record.args, tuple) and record.args[0] == "active":
            sequence, resource = record.args[1], str(record.args[6])
            self.found[resource.removeprefix(_RESOURCE)] = (int(str(sequence)), record.created)


def settings_of(folder: Path, receivers: list[int], kind: str, window: int) -> Settings:
    """An agent without devices and storm control, and with these receivers."""
    entries = [
        {
            "name": f"nms{number}", "address": f"127.0.0.1:{port}", "community": "public", "kind": kind,
            "queue_limit": 100_000, "window": window,
        }
        for number, port in enumerate(receivers)
    ]  # fmt: skip
    return Settings.model_validate(
        {
            "state_dir": folder / "state", "snmp": {"listen": ["127.0.0.1:0"], "communities": [{"name": "public"}]},
            "notifications": {"receivers": entries},
            "alarms": {"storm": {"count": 10_000, "total_count": 100_000}, "log_max_count": 10_000},
        }
    )  # fmt: skip


async def give(back: Back, count: int, rate: float) -> dict[str, float]:
    """Have so many messages fail; without a rate all at once. When each was given, by its name."""
    given, begun_s, lead_s = {}, time.monotonic(), time.time() - time.monotonic()
    for number in range(count):
        due_s = begun_s + (number / rate if rate else 0)
        if (left_s := due_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)
        back.alarming.happened(MessageFailed(number + 1, f"burst{number}", "", "internal"))
        given[f"burst{number}"] = due_s + lead_s
    return given


async def delivered(back: Back, count: int) -> None:
    """Wait until every receiver has so many more than it has now, or is owed nothing.

    Raises:
        RuntimeError: it takes too long.
    """
    ends_s = time.monotonic() + PATIENCE_S
    while any(row.delivery.waiting or row.delivery.tally.sent < count for row in back.alarming.receivers()):
        if time.monotonic() > ends_s:
            raise RuntimeError(f"not delivered within {PATIENCE_S:g} s: {back.alarming.receivers()}")
        await asyncio.sleep(_STEP_S)


async def run(back: Back, decisions: Decisions, count: int, rate: float) -> dict[str, Any]:
    """Give, wait, and say what came of it."""
    await asyncio.sleep(_QUIET_S)  # what the start itself has to tell
    before = max((row.delivery.tally.sent for row in back.alarming.receivers()), default=0)
    cpu_s = time.process_time()
    given = await give(back, count, rate)
    await delivered(back, before + count)
    cpu_s = time.process_time() - cpu_s
    tallies = [row.delivery.tally for row in back.alarming.receivers()]
    lines = [[sequence, given[name], decided_s] for name, (sequence, decided_s) in decisions.found.items()]
    return {
        "decisions": lines, "cpu_s": cpu_s,
        "retried": sum(each.retried for each in tallies), "dropped": sum(each.dropped for each in tallies),
        "acknowledged": sum(each.acknowledged for each in tallies),
    }  # fmt: skip


async def serve(settings: Settings, work: Callable[[Back], Any]) -> Any:
    """Front and back with everything they have, while something is done with the back."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    sockets, identity = open_sockets(settings.snmp.listen), start_engine(settings.state_dir, None)

    def front(lost: Callable[[], None]) -> tuple[WireService, FrontEnd]:
        inside = Inside(dict.fromkeys(sockets, ""), Tally().share(), identity.salts(0))
        answering = make_answering(settings, identity, inside, refuse, lambda failure: None)
        assert isinstance(answering, WireService)  # noqa: S101 - as `snmp.engine` says
        return answering, FrontEnd(answering, 0, lambda: None, lost)

    forked = fork_front(front)
    for opened in sockets:
        opened.close()
    back_end = BackEnd(refuse)
    back = Back(settings, Start(identity, datetime.now(timezone.utc)), back_end, Client)
    await back.start()
    back_end.attach(forked.channel)
    try:
        return await work(back)
    finally:
        await back_end.close()
        await back.stop(0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an agent that was given alarms says.

    Attributes:
        cpu_s: CPU time of the back from the first alarm to the last delivery.
        retried: informs that were repeated.
        dropped: notifications that were given up.
        acknowledged: informs that were.
    """

    decisions: list[Decision]
    cpu_s: float
    retried: int
    dropped: int
    acknowledged: int


def alarmed(folder: Path, receivers: list[int], kind: str, count: int, rate: float, window: int) -> Outcome:
    """Have an agent decide on so many alarms, and wait until they are delivered.

    Args:
        folder: its own.
        receivers: ports.
        kind: trap or inform.
        count: how many alarms.
        rate: so many a second; 0 for all at once.
        window: informs in flight at most to each receiver.

    Raises:
        RuntimeError: it failed.
    """
    said = folder / "said"
    arguments = [
        sys.executable, "-m", "benchmarks.alarmer", "--kind", kind, "--count", str(count), "--rate", str(rate),
        "--window", str(window), "--receivers", ",".join(map(str, receivers)), str(folder), str(said),
    ]  # fmt: skip
    with Child(arguments, folder / "agent.log") as child:
        if child.process.wait((count / rate if rate else 0) + PATIENCE_S + 60):
            raise RuntimeError(f"the agent failed:\n{child.output[-2000:]}")
    found = json.loads(said.read_text(encoding="ascii"))
    return Outcome(**{**found, "decisions": [Decision(*each) for each in found["decisions"]]})


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alarmer", description=__doc__)
    parser.add_argument("--receivers", required=True, help="ports, with commas between them")
    parser.add_argument("--kind", choices=["trap", "inform"], default="trap")
    parser.add_argument("--count", type=int, default=1000, help="alarms; storm control and log admit 9000")
    parser.add_argument("--rate", type=float, default=500, help="alarms a second; 0 for all at once")
    parser.add_argument("--window", type=int, default=4, help="informs in flight at most")
    parser.add_argument("folder", type=Path, help="where it keeps its state")
    parser.add_argument("said", type=Path, help="where to write what it decided")
    options = parser.parse_args()
    start_logging("info")
    decisions = Decisions()
    logging.getLogger("agent.service.watcher").addHandler(decisions)
    ports = [int(port) for port in options.receivers.split(",")]
    settings = settings_of(options.folder, ports, options.kind, options.window)
    said = asyncio.run(serve(settings, lambda back: run(back, decisions, options.count, options.rate)))
    options.said.write_text(json.dumps(said), encoding="ascii")


if __name__ == "__main__":
    main()
