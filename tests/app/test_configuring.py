"""The devices' configuration written by SET: net-snmp over real UDP, the whole agent, a simulated device."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.config.secret import Secret
from agent.service.letter import Letter
from agent.sim import SimSpec, Simulator, WriteOptions
from tests.support.running import FAST, RunningAgent, Starting, configured, device, pace, wait_for
from tests.support.tools import tool

OBJECTS = "1.3.6.1.4.1.8072.9999.9999.5597.1"
ENTRY = f"{OBJECTS}.8.10.1"
"""lnbPtpConfigEntry."""
MESSAGES = f"{OBJECTS}.18.2.1"
INSTANCE = "chassis0/slots/io1/module/ptp-instances/instance0"
LOCATION = f"{OBJECTS}.23.12.1.3.1"
"""lnbSystemConfigLocation of the first device."""
KEYS = ("-a", "SHA-256", "-A", "authentication", "-x", "AES", "-X", "privacy-secret")
SECURE = ("-v3", "-u", "admin", "-l", "authPriv", *KEYS)
USER = {
    "name": "admin",
    "auth": {"protocol": "SHA-256", "passphrase": Secret("authentication")},
    "priv": {"protocol": "AES-128", "passphrase": Secret("privacy-secret")},
    "write_view": "default",
}
SNMP = {
    "communities": [{"name": "public"}, {"name": "writer", "write_view": "default"}],
    "users": [USER, {**USER, "name": "viewer", "write_view": None}, {**USER, "name": "open", "level": "authNoPriv"}],
}
PATIENT = {"read_timeout_s": 1.0, "deadline_s": 5.0, "interval_s": 0.5}


def asked(program: str, port: int, *arguments: str, who: tuple[str, ...] = SECURE, tries: str = "0") -> str:
    """What net-snmp prints; its complaint where the agent refuses."""
    command = (tool(program), *who, "-Oqv", "-t", "4", "-r", tries, f"127.0.0.1:{port}", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() or done.stderr.strip()


@dataclass
class Bench:
    """An agent and the device it may write."""

    agent: RunningAgent
    simulator: Simulator

    @property
    def port(self) -> int:
        """Where it answers."""
        return self.agent.port

    def set(self, *arguments: str, **options: Any) -> str:
        """Snmpset."""
        return asked("snmpset", self.port, *arguments, **options)

    def get(self, oid: str) -> str:
        """Snmpget."""
        return asked("snmpget", self.port, oid)

    def ended(self) -> Any:
        """The one writeConfig message, once it has ended."""
        return wait_for(self._ended, "the message ends", 20)

    def done(self, *arguments: str) -> Any:
        """snmpset, and the message that came of it once it has ended."""
        before = len(self.messages())
        self.set(*arguments)
        return wait_for(lambda: next((one for one in self.messages()[before:] if one.message.state.ended), None))

    def _ended(self) -> Any:
        ended = [one for one in self.messages() if one.message.state.ended]
        return ended[-1] if ended else None

    def messages(self) -> list[Any]:
        """All writeConfig messages."""
        return [one for one in self.agent.app.interapp.bus.entries() if one.message.type == "writeConfig"]

    def value(self, name: str, path: str = INSTANCE) -> Any:
        """What is configured in the device."""
        return self.simulator.configuration.get(f"{path}/{name}")

    def posts(self) -> list[Any]:
        """The writes that reached the device."""
        return [write for write in self.simulator.writes if write.method == "POST"]


Benching = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path, agent_on: Starting) -> Iterator[Benching]:
    running: list[Simulator] = []

    def make(
        *, writes: Any = True, writing: dict[str, Any] | None = None, options: WriteOptions | None = None,
        overlay: str = "", **device_keys: Any,
    ) -> Bench:  # fmt: skip
        simulator = Simulator(SimSpec(clients=1), writes=options or WriteOptions())
        running.append(simulator.__enter__())
        if overlay:
            (tmp_path / "overlay.yaml").write_text(overlay)
            device_keys["overlays"] = (tmp_path / "overlay.yaml",)
        poll = pace(**FAST | PATIENT | device_keys.pop("poll", {}))
        one = device(simulator.port, poll=poll, writes=writes, **device_keys)
        agent = agent_on(configured(tmp_path / "state", one, snmp=SNMP, writing=writing or {}))
        made = Bench(agent, simulator)
        agent.poll_now()
        wait_for(lambda: made.get(f"{ENTRY}.7.1.1").isdigit(), "the configuration is read", 15)
        return made

    yield make
    for simulator in running:
        simulator.__exit__(None, None, None)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One agent and one device for tests that leave each other alone."""
    with Simulator(SimSpec(clients=1), writes=WriteOptions()) as simulator:
        one = device(simulator.port, poll=pace(**FAST | PATIENT), writes=True)
        agent = RunningAgent(configured(tmp_path_factory.mktemp("state"), one, snmp=SNMP)).start()
        made = Bench(agent, simulator)
        wait_for(lambda: made.get(LOCATION) == '"Rack 4"', "the configuration is read", 15)
        yield made
        agent.stop()


def test_a_value_that_is_set_is_written_to_the_device_and_served_as_the_device_says_it(bench: Benching) -> None:
    here = bench()
    assert here.value("domain-number") == 0
    assert here.set(f"{ENTRY}.7.1.1", "u", "42") == "42"
    entry = here.ended()
    assert (entry.message.state.value, entry.message.error_text) == ("succeeded", "")
    assert entry.message.source == "snmp:admin@127.0.0.1"
    assert here.value("domain-number") == 42
    assert here.get(f"{ENTRY}.7.1.1") == "42"
    wait_for(lambda: here.get(f"{OBJECTS}.8.2.1.10.1.1") == "42", "the status follows in the poll after it")


@pytest.mark.parametrize(
    ("arc", "kind", "value", "member", "raw"),
    [
        (1, "s", "north", "alias", "north"), (2, "i", "1", "flags/disabled", True),
        (3, "i", "3", "role", "unicast-slave"), (5, "i", "6", "profile", "telecom-g8265-1"),
        (8, "i", "3", "delay-mech", "p2p"), (10, "i", "4", "protocol", "ieee-802-3"), (12, "u", "7", "priority-1", 7),
        (13, "u", "8", "priority-2", 8), (14, "i", "0", "intvs/ann-intv", 0), (15, "i", "-3", "intvs/sync-intv", -3),
        (16, "i", "-2", "intvs/del-req-intv", -2), (17, "u", "5", "ann-rcpt-timeout", 5),
        (18, "i", "-250", "delay-asymmetry", -250), (20, "u", "9", "multicast-ttl", 9),
        (21, "u", "64", "unicast-ttl", 64), (39, "u", "100", "max-uc-slaves", 100),
    ],
)  # fmt: skip
def test_each_object_of_an_instance_reaches_its_member(
    here: Bench, arc: int, kind: str, value: str, member: str, raw: Any
) -> None:
    entry = here.done(f"{ENTRY}.{arc}.1.1", kind, value)
    assert (entry.message.state.value, entry.message.error_text) == ("succeeded", "")
    assert here.value(member) == raw
    assert here.get(f"{ENTRY}.{arc}.1.1").strip('"') in {value, {"1": "true"}.get(value)}


SETTINGS = [
    ("23.12.1.3.1", "s", "Rack 9", "system/location", "Rack 9"),
    ("23.4.1.3.1", "s", "192.0.2.9", "network/general/default-gateway-ipv4", "192.0.2.9"),
    ("23.1.1.4.1.{io1}", "s", "192.0.2.54", "chassis0/slots/io1/module/network/nameserver-2", "192.0.2.54"),
    ("23.1.1.5.1.{io1}", "i", "1", "chassis0/slots/io1/module/network/dhcp", True),
    ("23.1.1.6.1.{io1}", "s", "192.0.2.77", "chassis0/slots/io1/module/network/ipv4-address", "192.0.2.77"),
    ("23.3.1.3.1.{clk2}.{mrs0}", "u", "3", "chassis0/slots/clk2/module/mrs/priority0/settings/id/instance", 3),
    (
        "23.3.1.1.1.{clk2}.{mrs1}",
        "i",
        "15",
        "chassis0/slots/clk2/module/mrs/priority1/settings/id/type",
        "gnss-receiver",
    ),
    ("23.8.1.1.1", "u", "9", "ntp/local-clock-stratum", 9),
    ("23.1.1.10.1.{io1}", "u", "12", "chassis0/slots/io1/module/network/vlan-id", 12),
    ("23.1.1.17.1.{io1}", "i", "3", "chassis0/slots/io1/module/sync-e/sdh-option", "opt2"),
    ("23.1.1.22.1.{io1}", "i", "3", "chassis0/slots/io1/module/ntp-service/op-mode", "ntp"),
    ("23.1.1.25.1.{io1}", "i", "2", "chassis0/slots/io1/module/ntp-service/ntpd/enabled", False),
    ("23.2.1.7.1.{clk2}", "i", "4", "chassis0/slots/clk2/module/gps/timezone/dst-off/hour", 4),
    ("23.2.1.1.1.{clk2}", "s", "UTC", "chassis0/slots/clk2/module/gps/timezone/dst-off/name", "UTC"),
    ("23.9.1.4.1.1", "i", "5", "ntp/servers/server0/minpoll", 5),
    ("23.11.1.1.1.{ftp}", "i", "1", "services/network/ftp/enabled", True),
    ("23.10.1.1.1.{event}", "i", "1", "notification/events/ntp-not-sync/actions/email", True),
    ("23.5.1.2.1.1", "s", "100", "network/ports/lan0/speed", "100"),
    ("23.7.1.5.1.1.1", "s", "192.0.2.99", "network/interfaces/vif0/addresses/ipv4-static/address", "192.0.2.99"),
]


@pytest.mark.parametrize(("oid", "kind", "value", "path", "raw"), SETTINGS, ids=[row[3] for row in SETTINGS])
def test_each_part_of_the_configuration_can_be_written(
    here: Bench, oid: str, kind: str, value: str, path: str, raw: Any
) -> None:
    keeper = here.agent.app.keepers["lts1"]
    known = keeper.view().identities.known
    indexes = {name: keeper.slot_index(name) for name in ("io1", "clk2")}
    indexes |= {"mrs0": known("mrs", "clk2/priority0"), "mrs1": known("mrs", "clk2/priority1")}
    indexes |= {"ftp": known("service", "network/ftp"), "event": known("event", "ntp-not-sync")}
    cell = f"{OBJECTS}.{oid.format(**indexes)}"
    wait_for(lambda: "No Such" not in here.get(cell), "the value is read")
    entry = here.done(cell, kind, value)
    assert (entry.message.state.value, entry.message.error_text) == ("succeeded", "")
    assert here.simulator.configuration.get(path) == raw


def test_values_of_one_object_are_one_post_of_that_object(bench: Benching) -> None:
    here = bench()
    here.set(f"{ENTRY}.12.1.1", "u", "1", f"{ENTRY}.13.1.1", "u", "2")
    assert here.ended().message.state.value == "succeeded"
    (post,) = here.posts()
    assert post.path == f"/api/configuration/{INSTANCE}"
    assert {"priority-1": 1, "priority-2": 2, "domain-number": 0}.items() <= post.body.items(), "the whole object"
    assert "object-id" not in post.body


def test_only_what_changes_is_posted_where_the_device_wants_that(bench: Benching) -> None:
    here = bench(writes={"enabled": True, "body": "changes"})
    here.set(f"{ENTRY}.12.1.1", "u", "1")
    assert here.ended().message.state.value == "succeeded"
    assert [post.body for post in here.posts()] == [{"priority-1": 1}]


def test_a_value_that_is_there_already_is_not_posted(bench: Benching) -> None:
    here = bench()
    here.set(f"{ENTRY}.12.1.1", "u", "128")
    assert here.ended().message.state.value == "succeeded"
    assert here.posts() == []


def test_the_exchanges_are_those_of_the_message(bench: Benching) -> None:
    here = bench()
    here.set(f"{ENTRY}.12.1.1", "u", "1")
    entry = here.ended()
    log = here.agent.app.keepers["lts1"].known.log
    mine = [(one.method, one.status_code) for one in log.entries if one.message == entry.index]
    assert mine[:3] == [("GET", 200), ("POST", 200), ("GET", 200)]
    assert entry.handler.http_first <= entry.handler.http_last - 2
    post = next(one for one in log.entries if one.method == "POST")
    assert post.slot == "io1"
    assert b'"priority-1":1' in post.request_data


REFUSALS = [
    ("wrongType", (f"{ENTRY}.7.1.1", "s", "x")),
    ("wrongValue", (f"{ENTRY}.7.1.1", "u", "256")),
    ("wrongValue", (f"{ENTRY}.3.1.1", "i", "99")),
    ("wrongValue", (f"{ENTRY}.3.1.1", "i", "1")),
    ("wrongValue", (f"{ENTRY}.1.1.1", "s", "x" * 32)),
    ("wrongValue", (f"{OBJECTS}.23.4.1.3.1", "s", "not an address")),
    ("wrongLength", (LOCATION, "s", "x" * 256)),
    ("notWritable", (f"{ENTRY}.4.1.1", "s", "unicast-slave")),
    ("noCreation", (f"{ENTRY}.7.1.9", "u", "4")),
    ("noCreation", (f"{ENTRY}.7.9.1", "u", "4")),
]


@pytest.mark.parametrize(("status", "arguments"), REFUSALS, ids=[f"{row[0]}-{row[1][2][:12]}" for row in REFUSALS])
def test_what_can_never_be_right_is_refused_at_once(here: Bench, status: str, arguments: tuple[str, ...]) -> None:
    before = len(here.messages())
    assert status in here.set(*arguments)
    assert len(here.messages()) == before


def test_one_bad_varbind_is_named_and_nothing_is_written(bench: Benching) -> None:
    here = bench()
    refused = here.set(f"{ENTRY}.12.1.1", "u", "1", f"{ENTRY}.7.1.1", "u", "999", LOCATION, "s", "Rack 9")
    assert "wrongValue" in refused
    assert "5597.1.8.10.1.7.1.1" in refused
    assert here.messages() == []
    assert here.value("priority-1") == 128


def test_the_spin_lock_guards_the_configuration_too(bench: Benching) -> None:
    here = bench()
    serial = "1.3.6.1.6.3.1.1.6.1.0"
    number = int(here.get(serial))
    assert "inconsistentValue" in here.set(serial, "i", str(number + 1), f"{ENTRY}.12.1.1", "u", "1")
    assert here.messages() == []
    here.set(serial, "i", str(number), f"{ENTRY}.12.1.1", "u", "1")
    assert here.ended().message.state.value == "succeeded"
    assert int(here.get(serial)) == number + 1


def test_nothing_is_written_unless_the_device_is_configured_for_it(bench: Benching) -> None:
    here = bench(writes=False)
    assert "notWritable" in here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.messages() == []
    assert "configuration/system" not in {request.path for request in here.simulator.requests}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (("-v2c", "-c", "writer"), "noAccess"),
        (("-v1", "-c", "writer"), "noSuchName"),
        (("-v3", "-u", "open", "-l", "authNoPriv", *KEYS), "noAccess"),
        (("-v3", "-u", "viewer", "-l", "authPriv", *KEYS), "noAccess"),
        (("-v3", "-u", "viewer", "-l", "authNoPriv", *KEYS), "authorizationError"),
        (("-v2c", "-c", "public"), "noAccess"),
    ],
    ids=["v2c", "v1", "authNoPriv", "no write view", "below its level", "community without write view"],
)
def test_who_asks_without_privacy_or_without_a_view_writes_nothing(
    here: Bench, who: tuple[str, ...], status: str
) -> None:
    before = len(here.messages())
    said = here.set(f"{ENTRY}.7.1.1", "u", "4", who=who)
    assert status in said
    assert len(here.messages()) == before


def test_the_same_user_writes_at_authpriv(bench: Benching) -> None:
    here = bench()
    assert here.set(f"{ENTRY}.7.1.1", "u", "4", who=("-v3", "-u", "open", "-l", "authPriv", *KEYS)) == "4"
    assert here.ended().message.state.value == "succeeded"


def test_communities_write_where_that_is_asked_for(bench: Benching) -> None:
    here = bench(writing={"allow_insecure": True})
    assert here.set(f"{ENTRY}.7.1.1", "u", "4", who=("-v2c", "-c", "writer")) == "4"
    assert here.ended().message.state.value == "succeeded"
    assert here.value("domain-number") == 4


def test_a_device_that_does_not_answer_takes_no_set(bench: Benching) -> None:
    here = bench()
    here.simulator.kill()
    wait_for(lambda: here.agent.app.keepers["lts1"].known.health.state.value != "up", "the device is missed")
    assert "resourceUnavailable" in here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.messages() == []


def failure(here: Bench) -> tuple[str, str]:
    """Reason and text of the message that failed."""
    message = here.ended().message
    assert message.state.value == "failed"
    return message.reason.value, message.error_text


@pytest.mark.parametrize("how", ["close", "hang"])
def test_an_answer_that_is_lost_after_the_write_is_made_up_for_by_reading_back(bench: Benching, how: str) -> None:
    here = bench(poll={"read_timeout_s": 0.5})
    here.simulator.faults.set("answer-lost", taken=True, how=how, times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.ended().message.state.value == "succeeded"
    assert here.value("domain-number") == 4
    assert len(here.posts()) == 1, "a POST is never sent twice"


def test_an_answer_that_is_lost_before_the_write_fails_the_message(bench: Benching) -> None:
    here = bench(writes={"enabled": True, "settle_s": 0.5})
    here.simulator.faults.set("answer-lost", taken=False, times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    reason, text = failure(here)
    assert reason == "timeout"
    assert "wanted 4; no answer came" in text
    assert "the device still says 0" in text
    assert here.value("domain-number") == 0
    assert len(here.posts()) == 1


def test_a_value_that_the_device_rounds_fails_with_both_values_and_is_taken_back(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("value-adjusted", leaf="delay-asymmetry", step=100, times=1)
    here.set(f"{ENTRY}.18.1.1", "i", "130")
    reason, text = failure(here)
    assert reason == "mismatchAfterWrite"
    assert "wanted 130, the device took it and says 100" in text
    assert "taken back" in text
    assert here.value("delay-asymmetry") == 0
    assert here.get(f"{ENTRY}.18.1.1") == "0"


def test_a_write_that_the_device_ignores_fails(bench: Benching) -> None:
    here = bench(writes={"enabled": True, "settle_s": 0.4})
    here.simulator.faults.set("write-ignored")
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    reason, text = failure(here)
    assert reason == "mismatchAfterWrite"
    assert "wanted 4, the device took it and says 0" in text


def test_a_write_that_takes_effect_late_is_waited_for(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("slow-apply", seconds=0.6)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.ended().message.state.value == "succeeded"


def test_a_write_that_is_only_held_ready_fails_and_says_so(bench: Benching) -> None:
    here = bench(writes={"enabled": True, "settle_s": 0.2}, options=WriteOptions(mode="staged"))
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    reason, text = failure(here)
    assert reason == "mismatchAfterWrite"
    assert "it holds 1 pending changes" in text


def test_a_device_that_holds_writes_ready_is_told_to_apply_them(bench: Benching) -> None:
    options = WriteOptions(mode="staged", apply_path="/api/apply")
    here = bench(writes={"enabled": True, "apply_path": "apply"}, options=options)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.ended().message.state.value == "succeeded"
    assert here.value("domain-number") == 4


@pytest.mark.parametrize("status", [400, 401, 403, 409, 423, 429, 500, 503])
def test_a_refusal_is_the_reason_of_the_message(bench: Benching, status: int) -> None:
    here = bench()
    here.simulator.faults.set("write-refused", status=status, times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    reason, text = failure(here)
    assert reason == "deviceRejected"
    assert str(status) in text
    assert here.value("domain-number") == 0
    assert len(here.posts()) == 1


def test_a_locked_configuration_is_told(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("config-locked", times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert failure(here)[0] == "deviceRejected"
    assert "423" in failure(here)[1]


def test_a_device_that_dies_before_the_write_is_not_reached(bench: Benching) -> None:
    here = bench(poll={"interval_s": 60})
    here.simulator.kill()
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert failure(here)[0] == "deviceUnreachable"


def test_what_was_written_before_a_refusal_is_taken_back(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("write-refused", status=400, skip=1, times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4", f"{ENTRY}.15.1.1", "i", "-3", LOCATION, "s", "Rack 9")
    reason, text = failure(here)
    assert reason == "deviceRejected"
    assert text.startswith("lnbPtpConfigSyncInterval.1.1: ")
    assert "what had changed was taken back" in text
    assert (here.value("domain-number"), here.value("intvs/sync-intv")) == (0, -4)
    assert here.simulator.configuration.get("system/location") == "Rack 4"


def test_what_cannot_be_taken_back_is_named(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("write-refused", status=400, skip=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4", f"{ENTRY}.15.1.1", "i", "-3")
    text = failure(here)[1]
    assert "not taken back: lnbPtpConfigDomain.1.1" in text
    assert here.value("domain-number") == 4


def test_a_failure_raises_the_alarm_of_failed_messages(bench: Benching) -> None:
    here = bench()
    here.simulator.faults.set("write-refused", status=403, times=1)
    here.set(f"{ENTRY}.7.1.1", "u", "4")
    failure(here)
    told = "deviceRejected, message 1: lnbPtpConfigDomain.1.1"
    wait_for(lambda: told in asked("snmpwalk", here.port, f"{OBJECTS}.19"), "the alarm tells the refusal")


def test_set_again_while_it_is_under_way_it_is_one_write_and_every_asking_is_answered(bench: Benching) -> None:
    here = bench(writing={"answer": "after", "deadline_s": 10})
    here.simulator.faults.set("delay", seconds=2.5, method="POST")
    # One second of patience, five more tries: v3 repeats under the same request-id, v2c under another one.
    command = (tool("snmpset"), *SECURE, "-Oqv", "-t", "1", "-r", "5", f"127.0.0.1:{here.port}")
    done = subprocess.run(
        [*command, f"{ENTRY}.7.1.1", "u", "4"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "4"
    assert len(here.messages()) == 1
    assert len(here.posts()) == 1
    assert here.value("domain-number") == 4


def test_v2c_set_again_is_one_write_too(bench: Benching) -> None:
    here = bench(writing={"answer": "after", "deadline_s": 10, "allow_insecure": True})
    here.simulator.faults.set("delay", seconds=2.5, method="POST")
    command = (tool("snmpset"), "-v2c", "-c", "writer", "-Oqv", "-t", "1", "-r", "5", f"127.0.0.1:{here.port}")
    done = subprocess.run(
        [*command, f"{ENTRY}.7.1.1", "u", "4"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "4"
    assert len(here.messages()) == 1
    assert len(here.posts()) == 1


def test_answered_after_the_write_the_manager_hears_of_the_failure(bench: Benching) -> None:
    here = bench(writing={"answer": "after", "deadline_s": 10})
    here.simulator.faults.set("write-refused", status=403, times=1)
    assert "commitFailed" in here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.ended().message.state.value == "failed"
    assert here.set(f"{ENTRY}.7.1.1", "u", "5") == "5"
    assert here.value("domain-number") == 5


def test_answered_after_the_write_but_not_in_time_it_is_generr(bench: Benching) -> None:
    here = bench(writing={"answer": "after", "deadline_s": 0.5})
    here.simulator.faults.set("delay", seconds=0.9, method="POST", times=1)
    assert "genError" in here.set(f"{ENTRY}.7.1.1", "u", "4")
    assert here.ended().message.state.value == "succeeded", "the write goes on all the same"


def test_reading_does_not_wait_for_a_write(bench: Benching) -> None:
    here = bench(writing={"answer": "after", "deadline_s": 10})
    here.simulator.faults.set("delay", seconds=1.5, method="POST")
    thread = threading.Thread(target=here.set, args=(f"{ENTRY}.7.1.1", "u", "4"))
    thread.start()
    wait_for(lambda: here.messages() and here.messages()[0].message.state.value == "processing")
    assert here.get(f"{ENTRY}.12.1.1") == "128"
    assert not here.messages()[0].message.state.ended
    thread.join()


def test_an_overlay_names_another_place_to_write_to(bench: Benching) -> None:
    overlay = "writes:\n  lnbPtpConfigPriority1: priority-2\n  lnbPtpConfigDomain: ^.^.^.missing\n"
    here = bench(overlay=overlay)
    here.set(f"{ENTRY}.12.1.1", "u", "5")
    assert here.ended().message.state.value == "succeeded"
    assert (here.value("priority-1"), here.value("priority-2")) == (128, 5)
    assert "not" in here.set(f"{ENTRY}.7.1.1", "u", "4"), "a place that is no part of the configuration"


def test_a_manager_of_one_device_writes_in_its_context(bench: Benching) -> None:
    here = bench()
    assert here.set(f"{ENTRY}.7.1.1", "u", "4", who=(*SECURE, "-n", "lts1")) == "4"
    assert here.ended().message.state.value == "succeeded"


def test_refused_passwords_of_writes_count_like_those_of_polls(bench: Benching) -> None:
    here = bench(poll={"interval_s": 30})
    here.simulator.faults.set("write-refused", status=401)
    for _ in range(2):
        here.set(f"{ENTRY}.7.1.1", "u", "4")
        wait_for(lambda: all(one.message.state.ended for one in here.messages()), "the message ends")
    assert "resourceUnavailable" in here.set(f"{ENTRY}.7.1.1", "u", "4"), "a third refusal could lock the account"
    assert len(here.posts()) == 2


def test_other_applications_write_by_message_and_a_bad_one_is_refused(bench: Benching) -> None:
    here = bench()
    bus = here.agent.app.interapp.bus

    def send(**cell: Any) -> Any:
        content = {"device": "lts1", "changes": [{"object": "lnbPtpConfigRole", "instance": [1, 1], **cell}]}
        index = here.agent.call(lambda: bus.submit(Letter("writeConfig", content, "web"))).index
        ended = lambda: next(one for one in here.messages() if one.index == index).message.state.ended  # noqa: E731
        wait_for(ended, "the message ends")
        return next(one for one in here.messages() if one.index == index).message

    assert send(value="unicastSlave").state.value == "succeeded"
    assert here.value("role") == "unicast-slave"
    assert send(value="boss").reason.value == "badContent"
    assert "none of multicastSlave(2)" in send(value="boss").error_text
    assert "no such row" in send(value="unicastSlave", instance=[1, 77]).error_text
    assert "there is no object" in send(value=1, object="lnbNothing").error_text
    assert "is not written to a device" in send(value=1, object="lnbSlotType").error_text
    assert send(value=1.5).reason.value == "badContent"
    assert send(value=1, instance=[]).reason.value == "badContent"
