"""Debian's check_snmp with the commands of the pack, against an agent."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.sim import SimSpec, Simulator
from tests.support.running import COMMUNITY, FAST, RunningAgent, configured, device, pace, wait_for
from tests.support.tools import PROJECT, tool

PACK = PROJECT / "config" / "packs" / "nagios"
PLUGINS = Path("/usr/lib/nagios/plugins")
COMMANDS = dict(
    re.findall(r"command_name +(\w+)\n +command_line +(.*)\n", (PACK / "lantime.cfg").read_text(encoding="utf-8"))
)
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
AT_ONCE = {"raise_after_s": 0, "clear_after_s": 0}
OFF = {"enabled": False}  # what a simulated device always has: a supply without power, nodes beyond their limits
RULES = {
    "clockNotSynchronized": AT_ONCE, "antennaFault": {**AT_ONCE, "severity": "critical"}, "powerSupplyLost": OFF,
    "syncmonNodeAlert": OFF,
}  # fmt: skip


@dataclass(frozen=True)
class Running:
    agent: RunningAgent
    simulator: Simulator

    def check(self, name: str, row: str = "") -> tuple[int, str]:
        """Exit code and output of a command, run as Nagios does."""
        macros = {
            "$USER1$": str(PLUGINS), "$HOSTADDRESS$": "127.0.0.1", "$_HOSTSNMP_PORT$": str(self.agent.port),
            "$_HOSTSNMP_COMMUNITY$": COMMUNITY, "$ARG1$": row,
        }  # fmt: skip
        line = COMMANDS[f"check_lantime_{name}"]
        for macro, value in macros.items():
            line = line.replace(macro, value)
        assert "$" not in line
        done = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stdout

    def wait(self, code: int, name: str, row: str = "") -> None:
        wait_for(lambda: self.check(name, row)[0] == code, f"{code} of {name}: {self.check(name, row)}", 15)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{os.environ['PATH']}:{PLUGINS}")
        tool("check_snmp")
    poll = pace(**FAST | {"interval_s": 0.1, "backoff_max_s": 0.1, "rejected_pause_s": 0.1, "down_after_s": 3.0})
    with Simulator(SimSpec(clients=1)) as simulator:
        folder = tmp_path_factory.mktemp("state")
        receivers = [{"name": "noc", "address": "127.0.0.1:9", "community": "public"}]
        agent = RunningAgent(
            configured(
                folder, device(simulator.port, poll=poll, alarms=RULES), notifications={"receivers": receivers},
            )
        ).start()  # fmt: skip
        try:
            agent.wait_up()
            yield Running(agent, simulator)
        finally:
            agent.stop()


@pytest.fixture(autouse=True)
def healthy(running: Running) -> Iterator[None]:
    yield
    running.simulator.faults.clear()
    running.wait(OK, "device_state", "1")


def rows() -> list[tuple[str, str]]:
    """The services of the pack, as command and row."""
    text = (PACK / "lantime.cfg").read_text(encoding="utf-8")
    found = re.findall(r"check_command +check_lantime_(\w+)!?(\S*)\n", text)
    assert len(found) == len(COMMANDS)
    return found


@pytest.mark.parametrize(("name", "row"), rows())
def test_every_service_of_the_pack_is_ok_while_all_is_well(running: Running, name: str, row: str) -> None:
    if name == "clock_state":  # the example's row is a slot; of this device's slots the first with a clock
        row = ".".join(map(str, min(running.agent.walk("lnbClockTable")["lnbClockState"])))
    running.wait(OK, name, row)
    assert running.check(name, row)[1].startswith("SNMP OK - ")


def test_a_clock_that_is_not_synchronized_is_critical_and_one_in_holdover_a_warning(running: Running) -> None:
    running.simulator.faults.set("clock-unsync")
    running.wait(CRITICAL, "sync_clock_state", "1")
    running.wait(CRITICAL, "alarm_active_major")
    running.simulator.faults.clear()
    running.wait(OK, "alarm_active_major")
    running.simulator.faults.set("clock-unsync", state="holdover")
    running.wait(WARNING, "sync_clock_state", "1")


def test_an_antenna_that_is_off_is_critical(running: Running) -> None:
    running.simulator.faults.set("antenna-fault")
    running.wait(CRITICAL, "sync_antenna", "1")
    running.wait(CRITICAL, "alarm_active_critical")


def test_a_card_that_is_pulled_is_critical(running: Running) -> None:
    slots = {text: index for index, text in running.agent.walk("lnbSlotTable")["lnbSlotId"].items()}
    row = ".".join(map(str, slots["io1"]))
    running.wait(OK, "module_state", row)
    running.simulator.faults.set("card-pulled", slot="io1")
    running.wait(CRITICAL, "module_state", row)
    running.wait(OK, "slot_state", row)  # it is empty, which is no fault of a slot


def test_a_device_that_does_not_answer_is_a_warning_and_later_critical(running: Running) -> None:
    running.simulator.faults.set("hang")
    running.wait(WARNING, "device_state", "1")
    running.wait(WARNING, "agent_devices_stale")
    running.wait(CRITICAL, "device_state", "1")
    running.wait(CRITICAL, "agent_devices_down")


def test_a_row_that_is_not_there_is_unknown(running: Running) -> None:
    code, said = running.check("device_state", "99")
    assert code == UNKNOWN, said


def test_refused_credentials_are_critical(running: Running) -> None:
    running.simulator.faults.set("unauthorized")
    running.wait(CRITICAL, "device_credential_state", "1")


def test_icinga_has_the_same_checks_with_the_same_limits() -> None:
    services = re.findall(
        r'apply Service "lantime-([\w-]+)( [\d.]+)?" \{(.*?)\n\}', (PACK / "lantime.conf").read_text(), re.DOTALL
    )
    shown = {name.replace("-", "_"): dict(re.findall(r'vars\.(\w+) = "(.*)"', text)) for name, _, text in services}
    assert set(shown) == {name.removeprefix("check_lantime_") for name in COMMANDS}
    for name, variables in shown.items():
        words = shlex.split(COMMANDS[f"check_lantime_{name}"])
        options = {word: words[place + 1] for place, word in enumerate(words) if word in ("-o", "-w", "-c")}
        assert variables.get("snmp_warn") == options.get("-w")
        assert variables.get("snmp_crit") == options.get("-c")
        assert variables["snmp_oid"].startswith(options["-o"].removesuffix("$ARG1$"))
