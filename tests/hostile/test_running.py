"""Hostile senders around a running agent: others are answered, and it stays as large and as quiet as it was."""

from __future__ import annotations

import itertools
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from scripts.client import Client
from scripts.processes import AgentProcess, total
from scripts.settings import COMMUNITY
from tests.hostile.enumerated import GROUPS, cases
from tests.hostile.mutation import hostile
from tests.hostile.seeds import SERVICES
from tests.snmp import messages
from tests.snmp.agents import PLAIN, SEALED, SIGNED
from tests.snmp.messages import Peer, User

MUTATIONS = int(os.environ.get("HOSTILE_UDP_MUTATIONS", "20000"))
STEP = 100
GROWTH_KIB = 24 * 1024
"""What a batch may add to the resident memory: the packed names that are remembered (65 536 of up to 0.5 kB), sources
(3 times 4096), and the snapshot that a poll builds beside the old one."""
LOG_OCTETS = 8192
"""What a batch of less than a minute may add to the log: one line for each reason, and what the polls say."""
BASE = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 5597, 1)


@contextmanager
def unharmed(agent: AgentProcess) -> Iterator[None]:
    """Within, whatever happens; after it the agent answers, and takes and logs as much as before."""
    assert_answers(agent)
    before, logged = total(agent.pid), octets_about_bad_input(agent)
    yield
    assert_answers(agent)
    after = total(agent.pid)
    assert after.handles <= before.handles + 4, "sockets of a poll under way"
    assert after.threads <= before.threads + 2, "workers of polls"
    assert after.rss_kib - before.rss_kib < GROWTH_KIB
    assert octets_about_bad_input(agent) - logged < LOG_OCTETS, agent.output[-LOG_OCTETS:]
    assert "Traceback" not in agent.output


def octets_about_bad_input(agent: AgentProcess) -> int:
    """Octets of the log, without the line that each SET of those who may set has for the record."""
    return sum(len(line) for line in agent.output.splitlines() if " written by=" not in line)


def assert_answers(agent: AgentProcess) -> None:
    """Everybody who is known is answered, from an address that did nothing bad."""
    for who in (COMMUNITY, PLAIN, SIGNED, SEALED):
        with closing(Client(agent.port, who, "127.0.0.9")) as client:
            assert client.get(SERVICES).values == [(2, b"\x48")]


@contextmanager
def opened(*sources: str) -> Iterator[list[socket.socket]]:
    """UDP sockets at these loopback addresses; what comes to them is not read."""
    with ExitStack() as stack:
        found = []
        for source in sources:
            one = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            one.bind((source, 0))
            found.append(one)
        yield found


def known(agent: AgentProcess) -> Peer:
    """The agent as a manager knows it after its discovery."""
    with closing(Client(agent.port, PLAIN, "127.0.0.8")) as client:
        client.discover()
        return client.peer


def send_all(agent: AgentProcess, datagrams: Iterator[bytes]) -> int:
    """Send all of these; now and then another manager must be answered, so that none piles up unheard."""
    count = 0
    with opened("127.0.2.1") as (sending,), closing(Client(agent.port, COMMUNITY, "127.0.0.7")) as checking:
        for count, datagram in enumerate(datagrams, 1):
            sending.sendto(datagram, ("127.0.0.1", agent.port))
            if count % STEP == 0:
                assert checking.get(SERVICES).values == [(2, b"\x48")]
    return count


def test_mutations_over_udp_leave_a_running_agent_unharmed(agent: AgentProcess) -> None:
    with unharmed(agent):
        assert send_all(agent, hostile(random.Random(1702), known(agent), MUTATIONS)) == MUTATIONS


@pytest.mark.parametrize("group", GROUPS)
def test_enumerated_anomalies_over_udp_leave_a_running_agent_unharmed(agent: AgentProcess, group: str) -> None:
    """Every seventh case; all of them are tried in process."""
    with unharmed(agent):
        assert send_all(agent, itertools.islice(cases(group, known(agent)), 0, None, 7)) > 1000


def test_two_hundred_slow_senders_of_half_messages_harm_nobody(agent: AgentProcess) -> None:
    """Each sends a good message in pieces of a few octets, one datagram each: nothing waits for the rest."""
    whole = messages.get(SERVICES)
    parts = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    with unharmed(agent), opened(*(f"127.0.3.{number}" for number in range(1, 201))) as senders:
        for part, sender in itertools.product(parts, senders):
            sender.sendto(part, ("127.0.0.1", agent.port))
            if sender is senders[-1]:
                time.sleep(0.02)
        for sender in senders:
            sender.sendto(whole, ("127.0.0.1", agent.port))
        for sender in senders:
            sender.settimeout(5)
            assert messages.read(sender.recv(65_535)).values == [(2, b"\x48")]


def test_a_storm_of_discoveries_with_random_engines_and_users_harms_no_manager(agent: AgentProcess) -> None:
    generator = random.Random(1703)
    managing = closing(Client(agent.port, SEALED, "127.0.0.6"))
    with managing as manager, unharmed(agent), opened(*(f"127.0.4.{number}" for number in range(1, 201))) as senders:
        assert manager.get(SERVICES).values == [(2, b"\x48")]
        for turn in range(20_000):
            engine = generator.randbytes(generator.randint(0, 32))
            user = User(generator.randbytes(generator.randint(0, 32)))
            datagram = Peer(engine, generator.randrange(2**31), generator.randrange(2**31)).build(
                user, messages.pdu(messages.GET)
            )
            senders[turn % 200].sendto(datagram, ("127.0.0.1", agent.port))
            if turn % 200 == 199:
                assert manager.get(SERVICES).values == [(2, b"\x48")]
        manager.discover()
        assert manager.record.unanswered == 0


def test_a_request_sent_again_is_answered_again(agent: AgentProcess) -> None:
    peer = known(agent)
    with unharmed(agent), opened("127.0.5.1") as (sender,):
        sender.settimeout(5)
        for datagram in (messages.get(SERVICES), peer.build(SIGNED, messages.pdu(messages.GET, [SERVICES]))):
            for _ in range(200):
                sender.sendto(datagram, ("127.0.0.1", agent.port))
                sender.recv(65_535)


def test_senders_who_are_gone_when_the_answer_comes_harm_nobody(agent: AgentProcess) -> None:
    """Their ports are closed, so that the answers bring ICMP errors back to the agent's socket."""
    asking = messages.get(SERVICES)
    with unharmed(agent), closing(Client(agent.port, COMMUNITY, "127.0.0.7")) as checking:
        for turn in range(2000):
            with opened(f"127.0.6.{1 + turn % 200}") as (sender,):
                sender.sendto(asking, ("127.0.0.1", agent.port))
            if turn % STEP == 0:
                assert checking.get(SERVICES).values == [(2, b"\x48")]


def test_honest_managers_are_all_answered_beside_a_flood(
    agent: AgentProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two managers, each by GETs and whole walks; a try may be lost, as UDP promises nothing, a request may not."""
    command = [sys.executable, "-m", "scripts.flood", "--port", str(agent.port), "--seconds", "5", "--seed", "1704"]
    with (
        closing(Client(agent.port, COMMUNITY, "127.0.0.5")) as plain,
        closing(Client(agent.port, SEALED, "127.0.0.5")) as sealed,
        unharmed(agent),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as flood,
    ):
        walks = 0
        while flood.poll() is None:
            for manager in (plain, sealed):
                for _ in range(50):
                    assert manager.get(SERVICES).values == [(2, b"\x48")]
                walks += len(dict(manager.walk(BASE))) > 1000
        said = json.loads(flood.communicate()[0])
    with capsys.disabled():
        rate = said["sent"] / said["seconds"]
        print(f"\nflood: {said['sent']} datagrams in {said['seconds']} s, {rate:.0f}/s; {walks} walks beside it")
        for name, seen in (("v2c", plain.record), ("v3 authPriv", sealed.record)):
            print(
                f"{name}: {seen.asked} requests, {seen.unanswered} unanswered, {seen.retried} retries, "
                f"p50 {seen.percentile_ms(50):.2f} ms, p99 {seen.percentile_ms(99):.2f} ms"
            )
    assert said["sent"] > 5000
    assert walks > 0
    assert plain.record.unanswered == sealed.record.unanswered == 0
