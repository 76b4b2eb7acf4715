"""`python -m scripts.soak`: an agent and simulated devices for an hour, asked, written to, disturbed, reloaded.

What managers are told is checked all the time; the exit code is 1 when one answer was wrong or missing.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from scripts.client import Client, NoAnswerError, NotTrueError
from scripts.disturbance import Operator
from scripts.manager import Manager
from scripts.processes import AgentProcess, start_simulator
from scripts.settings import COMMUNITY, devices_section, secrets_of, snmp_section
from scripts.trend import Trend
from tests.snmp.agents import SEALED

LONGEST_MIN = 24 * 60.0
SAMPLE_S = 5.0
PAUSE_S = 0.02
"""Between two actions: some tens of actions a second, as a busy site of managers has them."""
POLL = {"interval_s": 10, "backoff_max_s": 10, "deadline_s": 5, "down_after_s": 30, "configuration_interval_s": 60}


def soak(minutes: float, seed: int, devices: int) -> int:
    """Run for so many minutes; prints figures, and gives the exit code."""
    generator = random.Random(seed)
    print(f"python {platform.python_version()}, {platform.platform()}; seed {seed}, {minutes:g} min, {devices} devices")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantime-soak-")))
        urls = {}
        for number in range(1, devices + 1):
            generation = ("10", "20", "16", "8")[number % 4 - 1]
            child, urls[f"lantime-{number}"] = start_simulator(folder, number, "--generation", generation)
            stack.enter_context(child)
        rest = {**devices_section(urls), "poll": POLL}
        agent = AgentProcess(snmp_section(), rest, secrets_of())
        stack.enter_context(agent)
        clients = [stack.enter_context(closing(Client(agent.port, who))) for who in (COMMUNITY, SEALED)]
        manager = Manager(generator, clients[0], clients[1])
        operator = Operator(generator, agent, urls)
        trend = Trend(agent.pid)
        _act(minutes * 60, generator, manager, operator, trend)
        return _report(manager, operator, trend, agent)


def _act(seconds: float, generator: random.Random, manager: Manager, operator: Operator, trend: Trend) -> None:
    """Do what managers and operators do, in random order, until the time is over."""
    actions = [*manager.actions, *operator.actions]
    names, weights = [action for action, _ in actions], [weight for _, weight in actions]
    manager.settle()
    ends_s = time.monotonic() + seconds
    due_s = 0.0
    while (now_s := time.monotonic()) < ends_s:
        if now_s >= due_s:
            trend.sample()
            due_s = now_s + SAMPLE_S
        action = generator.choices(names, weights)[0]
        try:
            action()
        except NoAnswerError as problem:
            manager.complain(f"no answer: {problem}")
        except (NotTrueError, AssertionError, ValueError, IndexError) as problem:
            manager.complain(f"{action.__name__}: {problem}")
        time.sleep(PAUSE_S)


def _report(manager: Manager, operator: Operator, trend: Trend, agent: AgentProcess) -> int:
    trend.sample()
    for client in (manager.plain, manager.sealed):
        seen = client.record
        name = "v2c" if client is manager.plain else "v3 authPriv"
        print(
            f"{name}: {seen.asked} requests, {seen.unanswered} unanswered, {seen.retried} retries, "
            f"p50 {seen.percentile_ms(50):.2f} ms, p99 {seen.percentile_ms(99):.2f} ms"
        )
    print("actions:", json.dumps({**manager.done, **operator.done}, sort_keys=True))
    print(f"cells of the last whole walk: {manager.cells}; polls of devices seen: {manager.polls}")
    print("\n".join(trend.lines()))
    running = agent.process.poll() is None
    tracebacks = agent.output.count("Traceback")
    print(f"log: {agent.output_octets} octets, {tracebacks} tracebacks; agent still running: {running}")
    print(f"missed polls: {manager.missed_polls}; wrong answers: {len(manager.wrong)}")
    for text in manager.wrong[:20]:
        print(f"  wrong: {text}")
    return 1 if manager.wrong or tracebacks or not running else 0


def main() -> None:
    """Run as the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--devices", type=int, default=3, choices=range(1, 9), help="simulated devices")
    options = parser.parse_args()
    raise SystemExit(soak(min(options.minutes, LONGEST_MIN), options.seed, options.devices))


if __name__ == "__main__":
    main()
