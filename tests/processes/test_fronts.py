"""Two fronts on one address: both answer, either may die, and what must be one is one."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.snmp import messages
from tests.snmp.messages import INCONSISTENT_VALUE, Answer, Oid, Peer, User
from tests.support.cells import MODULE
from tests.support.ports import free_port
from tests.support.process import COMMUNITY, CONTACT, SERVICES, WRITER, AgentProcess
from tests.support.running import wait_for

IN_PKTS: Oid = (1, 3, 6, 1, 2, 1, 11, 1, 0)
SERIAL_NUMBER: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 6, 1, 0)
CLIENTS = 24
NOC = User(b"noc", "SHA-256", b"a long passphrase", "AES-128", b"another passphrase")


class Client:
    """A manager with one socket, which the kernel gives to one front."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *problem: object) -> None:
        self.socket.close()

    def ask(self, datagram: bytes, wait_s: float = 5.0) -> bytes | None:
        """The answer to a datagram, None for silence."""
        self.socket.send(datagram)
        return self.hear(wait_s)

    def hear(self, wait_s: float) -> bytes | None:
        """The next datagram, None when none comes."""
        self.socket.settimeout(wait_s)
        try:
            return self.socket.recv(65_535)
        except (TimeoutError, ConnectionRefusedError):
            return None

    def get(self, oid: Oid) -> int:
        """A number that is served."""
        answer = self.ask(messages.get(oid, community=COMMUNITY))
        assert answer is not None
        return int.from_bytes(messages.read(answer).values[0][1], "big")

    def set(self, *varbinds: bytes) -> Answer:
        """The answer to a SET."""
        answer = self.ask(messages.message(messages.pdu(messages.SET, varbinds), community=WRITER), 10)
        assert answer is not None
        return messages.read(answer)


class Fronts:
    """An agent with two fronts, and clients of each, told apart by stopping one front for a moment."""

    def __init__(self, agent: AgentProcess, undo: ExitStack) -> None:
        self.agent = agent
        self.pids = agent.children()
        clients = [undo.enter_context(Client(agent.port)) for _ in range(CLIENTS)]
        os.kill(self.pids["front1"], signal.SIGSTOP)
        try:
            for client in clients:
                client.socket.send(messages.get(SERVICES, community=COMMUNITY))
            time.sleep(0.5)
            heard = [client.hear(0.01) is not None for client in clients]
        finally:
            os.kill(self.pids["front1"], signal.SIGCONT)
        self.of_second = [client for client, is_heard in zip(clients, heard, strict=True) if is_heard]
        self.of_first = [client for client, is_heard in zip(clients, heard, strict=True) if not is_heard]
        self.late = [client.hear(5) for client in self.of_first]


@pytest.fixture
def fronts(tmp_path: Path) -> Iterator[Fronts]:
    secrets = {"auth": {"passphrase": "${AUTH}"}, "priv": {"passphrase": "${PRIV}"}}
    agent = AgentProcess(tmp_path, snmp={"fronts": 2, "users": [{"name": "noc", **secrets}]})
    agent.environment = {"AUTH": NOC.auth_secret.decode(), "PRIV": NOC.priv_secret.decode()}
    with agent, ExitStack() as undo:
        yield Fronts(agent, undo)


def test_both_answer_and_what_is_sent_to_a_stopped_one_waits(fronts: Fronts) -> None:
    assert set(fronts.pids) == {"front1", "front2", "back"}
    # 24 sockets at one front of two: once in 8 million starts.
    assert fronts.of_first
    assert fronts.of_second
    assert None not in fronts.late
    for client in (*fronts.of_first, *fronts.of_second):
        assert client.get(SERVICES) == 72


class Asking(threading.Thread):
    """Asks on and on over one socket, one request after the other."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self.is_over = False
        self.answered = 0
        self.missing = 0

    def run(self) -> None:
        """Ask until it is over."""
        while not self.is_over:
            if self._client.ask(messages.get(SERVICES, community=COMMUNITY), 3) is None:
                self.missing += 1
            else:
                self.answered += 1


def test_a_killed_front_costs_the_clients_of_the_other_nothing_and_its_own_a_pause(fronts: Fronts) -> None:
    asking = Asking(fronts.of_second[0])
    asking.start()
    agent, first = fronts.agent, fronts.pids["front1"]
    for _ in range(2):
        before = asking.answered
        agent.kill("front1")
        waiting = fronts.of_first[0].ask(messages.get(SERVICES, community=COMMUNITY), 20)
        assert waiting is not None, "it waited in the socket for the next front"
        first = agent.reborn("front1", first)
        wait_for(lambda before=before: asking.answered > before + 50, "more answers")  # type: ignore[misc]
    asking.is_over = True
    asking.join()
    assert asking.missing == 0
    assert agent.children()["front2"] == fronts.pids["front2"]
    restarts = (*MODULE.objects["lnbAgentFrontRestarts"].oid, 0)
    wait_for(lambda: fronts.of_second[0].get(restarts) == 2, "the count of deaths")
    kind: Oid = MODULE.objects["lnbAlarmResourceText"].oid
    answer = fronts.of_second[0].ask(messages.get_next(kind, community=COMMUNITY)) or b""
    assert messages.read(answer).values[0][1] == b"process/front1"


def test_counters_are_one_and_never_fall_whoever_is_asked_and_whoever_dies(fronts: Fronts) -> None:
    told = 0
    for turn in range(300):
        side = fronts.of_first if turn % 2 else fronts.of_second
        now = side[turn % len(side)].get(IN_PKTS)
        assert now > told, "each had at least this one to count"
        told = now
    time.sleep(1.2)  # written down by then
    first = fronts.agent.kill("front1")
    assert fronts.of_second[0].get(IN_PKTS) > told
    fronts.agent.reborn("front1", first)
    assert fronts.of_first[0].get(IN_PKTS) > told


def test_sets_by_both_are_seen_by_both_and_one_serial_number_is_good_for_one_of_them(fronts: Fronts) -> None:
    one, other = fronts.of_first[0], fronts.of_second[0]
    for client, asked, text in ((one, other, b"by the first"), (other, one, b"by the second")):
        assert client.set(messages.varbind(CONTACT, messages.string(text))).outcome == (0, 0)

        def contact(asked: Client = asked) -> bytes:
            return messages.read(asked.ask(messages.get(CONTACT, community=COMMUNITY)) or b"").values[0][1]

        wait_for(lambda contact=contact, text=text: contact() == text, "the other front")  # type: ignore[misc]
    for _ in range(10):
        number = one.get(SERIAL_NUMBER)
        wait_for(lambda number=number: other.get(SERIAL_NUMBER) == number, "the same number")  # type: ignore[misc]
        varbinds = [
            messages.varbind(SERIAL_NUMBER, messages.integer(number)),
            messages.varbind(CONTACT, messages.string(b"both")),
        ]
        datagram = messages.message(messages.pdu(messages.SET, varbinds), community=WRITER)
        one.socket.send(datagram)
        other.socket.send(datagram)
        outcomes = [messages.read(client.hear(10) or b"").outcome for client in (one, other)]
        assert sorted(outcomes) == [(0, 0), (INCONSISTENT_VALUE, 1)]


def test_a_v3_manager_is_known_to_both_and_no_salt_comes_twice(fronts: Fronts) -> None:
    peer = Peer()
    report = peer.read(fronts.of_first[0].ask(peer.build(User(b""), messages.pdu(messages.GET))) or b"", User(b""))
    peer.engine_id, peer.boots, peer.time = report.engine_id, report.boots, report.time
    salts: dict[int, set[int]] = {0: set(), 1: set()}
    for turn in range(200):
        side = fronts.of_first if turn % 2 else fronts.of_second
        body = messages.pdu(messages.GET, [SERVICES], request_id=turn)
        datagram = side[turn % len(side)].ask(peer.build(NOC, body))
        answer = peer.read(datagram or b"", NOC)
        assert answer.pdu.values == [(2, b"\x48")], "boots and time of one engine"
        salts[turn % 2].add(int.from_bytes(answer.salt, "big"))
    assert [len(each) for each in salts.values()] == [100, 100]
    ends = [{salt % 4 for salt in each} for each in salts.values()]
    assert [len(each) for each in ends] == [1, 1], "each front has salts of an end of its own"
    assert ends[0] != ends[1]


def test_it_stops_with_both_fronts_and_leaves_no_process(fronts: Fronts) -> None:
    assert fronts.agent.stop() == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in fronts.pids.values())
    assert fronts.agent.logged("level=(ERROR|WARNING)") == []


def test_addresses_that_come_by_reload_come_to_both(fronts: Fronts) -> None:
    agent = fronts.agent
    port = free_port()
    agent.content["devices"] = [
        {"name": "one", "address": "127.0.0.1", "enabled": False, "listen": [f"127.0.0.1:{port}"]}
    ]
    agent.write()
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_logged("reloaded devices=1")
    names = MODULE.objects["lnbDeviceName"].oid

    with ExitStack() as undo:
        for client in [undo.enter_context(Client(port)) for _ in range(CLIENTS)]:
            answer = wait_for(lambda client=client: client.ask(messages.get_next(names, community=COMMUNITY), 1), "")  # type: ignore[misc]
            assert messages.read(answer).values[0] == (4, b"one")
    agent.content["snmp"]["fronts"] = 3
    agent.write()
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_logged("reload-refused .*snmp.fronts: cannot change")
