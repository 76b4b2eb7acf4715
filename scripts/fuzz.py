"""`python -m scripts.fuzz`: hostile messages to a running agent for some minutes, and what they did to it.

The agent and a simulated device are started for it. The exit code is 1 when the agent stopped, complained, or left
somebody who asked properly unanswered.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import random
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from scripts.client import Client
from scripts.processes import AgentProcess, start_simulator, total
from scripts.settings import COMMUNITY, devices_section, secrets_of, snmp_section
from scripts.trend import Trend
from tests.hostile.enumerated import GROUPS, cases
from tests.hostile.mutation import hostile
from tests.hostile.seeds import SERVICES
from tests.snmp.agents import PLAIN, SEALED, SIGNED

LONGEST_MIN = 24 * 60.0
BATCH = 5000
CHECK = 50
"""Datagrams between two honest requests, few enough for the smallest receive buffer."""
SAMPLE_S = 5.0
_SERVICES_VALUE = [(2, b"\x48")]


def messages_for_ever(seed: int, known: Client) -> Iterator[bytes]:
    """All enumerated cases, then mutations without end, in batches for the engine time that is then right."""
    for group in GROUPS:
        known.discover()
        yield from cases(group, known.peer)
    for batch in itertools.count():
        known.discover()
        yield from hostile(random.Random(seed * 1_000_003 + batch), known.peer, BATCH)


class Fuzzer:
    """Sends, hears, and asks honestly in between.

    Attributes:
        sent: hostile datagrams.
        answered: datagrams that came back for them.
        octets_sent, octets_answered: their sizes together.
        wrong: honest requests that were answered wrongly.
    """

    def __init__(self, agent: AgentProcess) -> None:
        self.sent = self.answered = self.octets_sent = self.octets_answered = self.wrong = 0
        self._address = ("127.0.0.1", agent.port)
        self._agent = agent
        self.honest = [Client(agent.port, who, "127.0.0.9") for who in (COMMUNITY, PLAIN, SIGNED, SEALED)]
        self.trend = Trend(agent.pid)

    def run(self, seconds: float, seed: int) -> float:
        """Send for so long; for how long it was."""
        with (
            closing(Client(self._agent.port, PLAIN, "127.0.0.8")) as known,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending,
        ):
            sending.bind(("127.0.2.1", 0))
            sending.settimeout(0)
            begun_s = time.monotonic()
            due_s = begun_s
            for datagram in messages_for_ever(seed, known):
                sending.sendto(datagram, self._address)
                self.sent += 1
                self.octets_sent += len(datagram)
                if self.sent % CHECK == 0:
                    self._ask()
                    self._hear(sending)
                    now_s = time.monotonic()
                    if now_s >= due_s:
                        self.trend.sample()
                        due_s = now_s + SAMPLE_S
                    if now_s - begun_s >= seconds:
                        break
        for client in self.honest:
            client.close()
        return time.monotonic() - begun_s

    def _ask(self) -> None:
        client = self.honest[self.sent // CHECK % len(self.honest)]
        self.wrong += client.get(SERVICES).values != _SERVICES_VALUE

    def _hear(self, sending: socket.socket) -> None:
        try:
            while True:
                self.octets_answered += len(sending.recv(65_535))
                self.answered += 1
        except OSError:
            return

    def report(self, seconds: float) -> str:
        """What was sent and heard, and how honest managers fared."""
        records = [client.record for client in self.honest]
        return (
            f"sent {self.sent} datagrams of {self.octets_sent} octets in {seconds:.0f} s: {self.sent / seconds:.0f}/s; "
            f"answered {self.answered} by {self.octets_answered} octets\n"
            f"honest: {sum(one.asked for one in records)} requests, {sum(one.retried for one in records)} retries, "
            f"{sum(one.unanswered for one in records)} unanswered, {self.wrong} wrong"
        )


def fuzz(minutes: float, seed: int) -> int:
    """Run for so many minutes; prints figures, and gives the exit code."""
    print(f"python {platform.python_version()}, {platform.platform()}; seed {seed}, {minutes:g} min")
    with tempfile.TemporaryDirectory(prefix="lantime-fuzz-") as folder:
        simulator, url = start_simulator(Path(folder), 1)
        with simulator, AgentProcess(snmp_section(), devices_section({"lantime-1": url}), secrets_of()) as agent:
            fuzzer = Fuzzer(agent)
            before, logged = total(agent.pid), agent.output_octets
            seconds = fuzzer.run(minutes * 60, seed)
            print(fuzzer.report(seconds))
            for when, taken in (("before", before), ("after", total(agent.pid))):
                print(f"{when}: rss {taken.rss_kib} KiB, {taken.handles} handles, {taken.threads} threads")
            print("\n".join(fuzzer.trend.lines()))
            return _judge(agent, logged) or (1 if fuzzer.wrong else 0)


def _judge(agent: AgentProcess, logged: int) -> int:
    """Print what the agent logged; 1 when it stopped or complained."""
    lines = agent.output.splitlines()
    written = sum(" written by=" in line for line in lines)
    tracebacks = agent.output.count("Traceback")
    running = agent.process.poll() is None
    print(
        f"log: {agent.output_octets - logged} octets more, {len(lines)} lines in all, {written} of them for SETs done; "
        f"{tracebacks} tracebacks; agent still running: {running}"
    )
    return 1 if tracebacks or not running else 0


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    raise SystemExit(fuzz(min(options.minutes, LONGEST_MIN), options.seed))


if __name__ == "__main__":
    main()
