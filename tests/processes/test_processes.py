"""Front and back as processes: what is lost when one is killed, and what goes on."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sim import SimSpec, Simulator
from tests.snmp import messages
from tests.snmp.messages import Oid, Peer, User
from tests.support.cells import MODULE
from tests.support.ports import free_port
from tests.support.process import COMMUNITY, CONTACT, EARLY, SERVICES, UPTIME, AgentProcess
from tests.support.running import wait_for

BOOTS: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)
IN_PKTS: Oid = (1, 3, 6, 1, 2, 1, 11, 1, 0)
RATE, SECONDS = 1000, 6
RESOURCE_UNAVAILABLE = 13


def state_of(agent: AgentProcess) -> int:
    return agent.number((*MODULE.objects["lnbDeviceState"].oid, 1))


def wait_polled(agent: AgentProcess) -> None:
    model: Oid = (*MODULE.objects["lnbDeviceModel"].oid, 1)
    wait_for(lambda: agent.get(model).values[0][0] == 4, "the first poll", 30)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    with Simulator(SimSpec(clients=1)) as simulator, AgentProcess(tmp_path, simulator.port) as running:
        wait_polled(running)
        yield running


class Asking(threading.Thread):
    """Sends GETs at a steady rate, and counts the answers."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self.sent = 0
        self.answered: set[int] = set()

    def run(self) -> None:
        """Send for some seconds, then wait for what is still on its way."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            asking.connect(("127.0.0.1", self._port))
            asking.settimeout(0.0005)
            began = time.monotonic()
            while self.sent < RATE * SECONDS:
                while self.sent < min((time.monotonic() - began) * RATE, RATE * SECONDS):
                    self.sent += 1
                    asking.send(messages.get(SERVICES, community=COMMUNITY, request_id=self.sent))
                self._hear(asking)
            asking.settimeout(2)
            while len(self.answered) < self.sent and self._hear(asking):
                pass

    def _hear(self, asking: socket.socket) -> bool:
        try:
            answer = messages.read(asking.recv(65_535))
        except OSError:
            return False
        assert answer.values == [(2, b"\x48")]
        self.answered.add(answer.request_id)
        return True


def test_a_back_killed_during_a_thousand_gets_a_second_loses_no_answer(agent: AgentProcess) -> None:
    asking = Asking(agent.port)
    asking.start()
    time.sleep(1)
    first = agent.kill("back")
    second = agent.reborn("back", first)
    agent.wait_logged("started version", lambda count: count == 2)
    agent.kill("back")
    agent.reborn("back", second)
    asking.join()
    assert asking.sent == RATE * SECONDS
    assert len(asking.answered) == asking.sent
    assert len(agent.logged("child-died child=back status=-9")) == 2


def test_a_front_killed_during_a_thousand_gets_a_second_costs_less_than_two_seconds(agent: AgentProcess) -> None:
    asking = Asking(agent.port)
    asking.start()
    time.sleep(1)
    began = time.monotonic()
    agent.kill("front")
    assert agent.answers(SERVICES)
    silent_s = time.monotonic() - began
    asking.join()
    assert silent_s < 2
    # What waited in the front's hands died with it; what waited in the socket did not.
    assert len(asking.answered) > asking.sent - 2 * RATE
    print(f"silent for {silent_s:.2f} s, {asking.sent - len(asking.answered)} of {asking.sent} unanswered")


def test_boots_time_uptime_and_counters_go_on_in_a_new_front(agent: AgentProcess) -> None:
    for _ in range(200):
        agent.number(SERVICES)
    boots, uptime, received = agent.number(BOOTS), agent.number(UPTIME), agent.number(IN_PKTS)
    time.sleep(1.5)  # the back learns the counters every second
    front = agent.kill("front")
    agent.reborn("front", front)
    assert agent.number(BOOTS) == boots == 1
    assert agent.number(UPTIME) > uptime
    assert agent.number(IN_PKTS) > received
    told = Peer().read(agent.ask(Peer().build(User(b""), messages.pdu(messages.GET))) or b"", User(b""))
    assert (told.boots, told.time * 100 <= agent.number(UPTIME)) == (1, True)
    assert abs(told.time * 100 - agent.number(UPTIME)) < 500


def test_a_killed_back_leaves_the_last_snapshot_served_until_the_next_poll(agent: AgentProcess) -> None:
    walked = agent.number((*MODULE.objects["lnbAgentCells"].oid, 0))
    serial: Oid = (*MODULE.objects["lnbDeviceSerial"].oid, 1)
    before, state = agent.get(serial).values, state_of(agent)
    back = agent.kill("back")
    for _ in range(50):
        assert agent.get(serial).values == before
        assert state_of(agent) == state
    agent.reborn("back", back)
    agent.wait_logged("started version", lambda count: count == 2)
    for _ in range(50):
        assert agent.get(serial).values == before
        assert state_of(agent) == state
    wait_for(lambda: agent.number((*MODULE.objects["lnbAgentCells"].oid, 0)) >= walked, "the next poll", 30)
    assert agent.get(serial).values == before


def test_with_both_killed_nothing_is_answered_wrong_until_all_is_there_again(agent: AgentProcess) -> None:
    state: Oid = (*MODULE.objects["lnbDeviceState"].oid, 1)
    front, back = agent.kill("front"), agent.kill("back")
    answers = []
    ends = time.monotonic() + 20
    while time.monotonic() < ends and len(answers) < 20:
        answer = agent.ask(messages.get(state, community=COMMUNITY), 0.2)
        if answer is not None:
            answers.append(messages.read(answer).values[0])
    assert len(answers) == 20
    assert {tag for tag, _ in answers} == {2}, "an object was said not to exist while the agent was incomplete"
    assert {front, back}.isdisjoint(agent.children().values())


def test_a_set_is_carried_out_by_the_back_and_refused_while_there_is_none(agent: AgentProcess) -> None:
    assert agent.set(CONTACT, messages.string(b"operations")).outcome == (0, 0)
    assert agent.get(CONTACT).values == [(4, b"operations")]
    back = agent.kill("back")
    answer = agent.set(CONTACT, messages.string(b"nobody"))
    if answer.outcome == (0, 0):  # the new back was there already
        assert agent.get(CONTACT).values == [(4, b"nobody")]
    else:
        assert answer.outcome in {(RESOURCE_UNAVAILABLE, 1), (messages.GEN_ERR, 0)}
    agent.reborn("back", back)
    wait_for(lambda: agent.set(CONTACT, messages.string(b"again")).outcome == (0, 0), "a back that takes SETs", 20)
    assert agent.get(CONTACT).values == [(4, b"again")]


def test_a_back_that_keeps_dying_is_started_less_and_less_often(agent: AgentProcess) -> None:
    back = 0
    for _ in range(3):
        back = wait_for(lambda: agent.children().get("back", 0), "a back", 20)
        agent.kill("back")
    delays = [float(line.rpartition("=")[2]) for line in agent.logged("child-died child=back")]
    assert delays == sorted(delays)
    assert delays[0] == 0 < delays[-1]
    agent.reborn("back", back)


def test_a_process_that_died_is_an_alarm_and_counted(agent: AgentProcess) -> None:
    def alarms() -> set[bytes]:
        kind: Oid = MODULE.objects["lnbAlarmResourceText"].oid
        return {agent.get((*kind, 0, index)).values[0][1] for index in range(1, 6)}

    front, back = agent.kill("front"), agent.children()["back"]
    agent.reborn("front", front)
    wait_for(lambda: b"process/front" in alarms(), "the front's alarm", 20)
    assert agent.number((*MODULE.objects["lnbAgentFrontRestarts"].oid, 0)) == 1
    agent.kill("back")
    agent.reborn("back", back)
    wait_for(lambda: b"process/back" in alarms(), "the back's alarm", 20)
    assert b"process/front" in alarms(), "alarms outlive the process that raised them"
    wait_for(lambda: agent.number((*MODULE.objects["lnbAgentBackRestarts"].oid, 0)) == 1, "the count", 20)


def test_the_children_end_when_their_parent_is_killed(agent: AgentProcess) -> None:
    children = agent.children()
    assert set(children) == {"front", "back"}
    agent.process.kill()
    agent.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children.values()), "the children's end", 20)
    assert len(agent.logged("parent-gone")) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_seconds_with_exit_code_zero_and_leaves_no_process(
    agent: AgentProcess, number: signal.Signals
) -> None:
    children = agent.children()
    os.kill(agent.process.pid, number)
    assert agent.process.wait(20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())
    assert agent.logged("level=(ERROR|WARNING)") == []


def test_sighup_reloads_without_a_new_process_and_a_broken_file_changes_nothing(agent: AgentProcess) -> None:
    children = agent.children()
    agent.content["snmp"]["communities"].append({"name": "fresh"})
    agent.write()
    agent.process.send_signal(signal.SIGHUP)
    wait_for(lambda: agent.ask(messages.get(SERVICES, community=b"fresh"), 0.3), "the new community", 20)

    agent.config.write_text("snmp: [")
    agent.process.send_signal(signal.SIGHUP)
    agent.wait_logged("reload-refused")
    assert agent.answers(SERVICES)
    assert agent.ask(messages.get(SERVICES, community=b"fresh")) is not None
    assert agent.children() == children
    # A back that is started now goes on with what was good.
    back = agent.kill("back")
    agent.reborn("back", back)
    agent.wait_logged("started version", lambda count: count == 2)
    assert agent.ask(messages.get(SERVICES, community=b"fresh")) is not None


NAMES: Oid = MODULE.objects["lnbDeviceName"].oid


def name_at(port: int) -> bytes:
    """The device that stands first in the table at a port, b"" without an answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.3)
        asking.connect(("127.0.0.1", port))
        asking.send(messages.get_next(NAMES, community=COMMUNITY))
        try:
            return messages.read(asking.recv(65_535)).values[0][1]
        except OSError:
            return b""


def test_addresses_of_devices_come_move_and_go_by_sighup_without_a_new_process(tmp_path: Path) -> None:
    with Simulator(SimSpec(clients=1)) as simulator, AgentProcess(tmp_path, simulator.port, simulator.port) as agent:
        children = agent.children()
        one, two = agent.content["devices"]
        ports = [free_port() for _ in range(2)]

        def reload(first: list[int], second: list[int]) -> None:
            one["listen"], two["listen"] = ([f"127.0.0.1:{port}" for port in own] for own in (first, second))
            agent.write()
            agent.process.send_signal(signal.SIGHUP)

        reload(ports, [])
        wait_for(lambda: [name_at(port) for port in ports] == [EARLY[0].encode()] * 2, "both addresses", 20)
        reload([ports[1]], [ports[0]])
        wait_for(lambda: name_at(ports[0]) == EARLY[1].encode(), "the address that moved", 20)
        assert name_at(ports[1]) == EARLY[0].encode()

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            reload([stranger.getsockname()[1]], [])
            agent.wait_logged("reload-refused .*cannot listen on")
        assert [name_at(port) for port in ports] == [EARLY[1].encode(), EARLY[0].encode()]

        front = agent.kill("front")  # the next one has them too
        agent.reborn("front", front)
        wait_for(lambda: name_at(ports[0]) == EARLY[1].encode(), "the new front", 20)
        reload([], [])
        wait_for(lambda: is_free(ports[0]) and is_free(ports[1]), "the addresses to be given up", 20)
        assert agent.answers(SERVICES)
        assert agent.children()["back"] == children["back"]
        assert len(agent.logged("child-died")) == 1


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture
def few_files() -> Iterator[None]:
    """Programs that are started may have 128 files, as long as they do not ask for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_files")
def test_three_hundred_addresses_come_by_one_reload(tmp_path: Path) -> None:
    with AgentProcess(tmp_path) as agent:
        ports = sorted({free_port() for _ in range(300)})
        agent.content["devices"] = [
            {"name": f"d{port}", "address": "127.0.0.1", "listen": [f"127.0.0.1:{port}"], "enabled": False}
            for port in ports
        ]
        agent.write()
        front = agent.children()["front"]
        agent.process.send_signal(signal.SIGHUP)
        for port in ports:
            wait_for(lambda port=port: name_at(port) == f"d{port}".encode(), f"port {port}", 20)  # type: ignore[misc]
        assert agent.children()["front"] == front


def test_what_cannot_be_had_at_the_start_ends_the_agent_with_its_exit_code(tmp_path: Path) -> None:
    with AgentProcess(tmp_path) as first:
        (tmp_path / "other").mkdir()
        second = AgentProcess(tmp_path / "other")
        second.content["snmp"]["listen"] = first.content["snmp"]["listen"]
        second.write()
        second.begin()
        assert second.process.wait(20) == 71
        assert second.logged("cannot listen on")

        second.content["snmp"]["listen"] = ["127.0.0.1:0"]
        second.content["state_dir"] = first.content["state_dir"]
        second.write()
        second.begin()
        assert second.process.wait(20) == 71
        assert second.logged("is in use by another agent")


def test_a_set_answered_after_the_device_was_written_may_take_longer_than_other_sets(tmp_path: Path) -> None:
    domain: Oid = (*MODULE.objects["lnbPtpConfigDomain"].oid, 1, 1)
    writing = {"answer": "after", "deadline_s": 20, "allow_insecure": True}
    with Simulator(SimSpec(clients=1)) as simulator:
        agent = AgentProcess(tmp_path, simulator.port, writing=writing)
        agent.content["devices"][0]["writes"] = True
        agent.write()
        with agent:
            wait_for(lambda: agent.get(domain).values == [(2, b"\0")] or agent.get(domain).values == [(66, b"\0")],
                     "the configuration is read", 30)  # fmt: skip
            simulator.faults.set("delay", seconds=6.5, method="POST", times=1)
            assert agent.set(domain, b"\x42\x01\x07").outcome == (0, 0)
            instance = "chassis0/slots/io1/module/ptp-instances/instance0/domain-number"
            assert simulator.configuration.get(instance) == 7
            simulator.faults.set("write-refused", status=403, times=1)
            assert agent.set(domain, b"\x42\x01\x08").outcome == (14, 1)
            assert agent.get(domain).values == [(66, b"\x07")]
