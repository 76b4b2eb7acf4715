"""What tools and managers that know nothing but standard MIBs read from a device's context, over real UDP."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sim import SimSpec, Simulator
from tests.support.running import RunningAgent, configured, device, pace
from tests.support.tools import shared, tool

COMMUNITY = "fleet@one"
NET_SNMP_TEXTS = Path("/usr/share/snmp/mibs")
POLLED = {
    "system group": ("SNMPv2-MIB::sysDescr", "SNMPv2-MIB::sysObjectID", "SNMPv2-MIB::sysContact", "SNMPv2-MIB::sysName",
                     "SNMPv2-MIB::sysLocation", "SNMPv2-MIB::sysServices", "SNMPv2-MIB::sysUpTime"),
    "modules": ("SNMPv2-MIB::sysORID",),
    "engine time": ("SNMP-FRAMEWORK-MIB::snmpEngineTime",),
    "interfaces": ("IF-MIB::ifIndex", "IF-MIB::ifDescr", "IF-MIB::ifType", "IF-MIB::ifOperStatus", "IF-MIB::ifName",
                   "IF-MIB::ifHCInOctets", "IF-MIB::ifHCOutOctets", "IF-MIB::ifHighSpeed", "IF-MIB::ifAlias"),
    "addresses": ("RFC1213-MIB::ipAdEntIfIndex", "IP-MIB::ipAddressIfIndex"),
    "uptime of the host": ("HOST-RESOURCES-MIB::hrSystemUptime",),
    "storage": ("HOST-RESOURCES-MIB::hrStorageType", "HOST-RESOURCES-MIB::hrStorageDescr",
                "HOST-RESOURCES-MIB::hrStorageAllocationUnits", "HOST-RESOURCES-MIB::hrStorageSize",
                "HOST-RESOURCES-MIB::hrStorageUsed"),
    "processor": ("HOST-RESOURCES-MIB::hrProcessorLoad",),
    "memory and load": ("UCD-SNMP-MIB::memTotalReal", "UCD-SNMP-MIB::memAvailReal", "UCD-SNMP-MIB::laLoadInt"),
    "entities": ("ENTITY-MIB::entPhysicalDescr", "ENTITY-MIB::entPhysicalClass", "ENTITY-MIB::entPhysicalName",
                 "ENTITY-MIB::entPhysicalContainedIn", "ENTITY-MIB::entPhysicalModelName"),
    "ports of entities": ("ENTITY-MIB::entAliasMappingIdentifier",),
    "sensors": ("ENTITY-SENSOR-MIB::entPhySensorType", "ENTITY-SENSOR-MIB::entPhySensorValue",
                "ENTITY-SENSOR-MIB::entPhySensorOperStatus"),
    "states": ("ENTITY-STATE-MIB::entStateOper", "ENTITY-STATE-MIB::entStateAlarm"),
    "duplex": ("EtherLike-MIB::dot3StatsDuplexStatus",),
}  # fmt: skip
"""What generic pollers ask of a host, by what they make of it."""


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent with one device, polled once."""
    simulator = Simulator(SimSpec(clients=1, generation=20))
    simulator.start()
    one = device(simulator.port, "one", poll=pace(interval_s=3600))
    settings = configured(tmp_path_factory.mktemp("state"), one, snmp={"communities": [{"name": "fleet"}]})
    running = RunningAgent(settings).start()
    try:
        running.poll_now()
        running.wait_up()
        yield running
    finally:
        running.stop()
        simulator.stop()


def read(agent: RunningAgent, program: str, *words: str) -> list[str]:
    """The lines a program prints of the device's context."""
    host = f"127.0.0.1:{agent.port}"
    words = tuple(host if word == "HOST" else word for word in words)
    command = (tool(program), "-v2c", "-c", COMMUNITY, "-t", "5", "-r", "1", *words)
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout.decode(errors="replace").splitlines()


def texts(module: str) -> tuple[str, ...]:
    return ("-M", f"{shared('mibs')}:{NET_SNMP_TEXTS}", "-m", module)


def table(agent: RunningAgent, module: str, name: str) -> list[dict[str, str]]:
    """A table as snmptable prints it, cells separated by a sign that none of them has."""
    lines = read(agent, "snmptable", *texts(module), "-Cf", "|", "HOST", f"{module}::{name}")
    header, *rows = [line.split("|") for line in lines if "|" in line]
    return [dict(zip(header, row, strict=False)) for row in rows]


def test_snmptable_prints_interfaces(agent: RunningAgent) -> None:
    rows = {row["ifDescr"]: row for row in table(agent, "IF-MIB", "ifTable")}
    assert (rows["lan0"]["ifType"], rows["lan0"]["ifOperStatus"]) == ("ethernetCsmacd", "up")
    assert rows["lan2"]["ifOperStatus"] == "notPresent"
    assert int(rows["lan0"]["ifInUcastPkts"]) > 0
    assert "io1 (hps100)" in rows


def test_snmptable_prints_entities(agent: RunningAgent) -> None:
    rows = {row["entPhysicalName"]: row for row in table(agent, "ENTITY-MIB", "entPhysicalTable")}
    assert rows["chassis0"]["entPhysicalClass"] == "chassis"
    assert rows["io1 hps100"]["entPhysicalModelName"] == "hps100"
    assert rows["lan0"]["entPhysicalClass"] == "port"
    assert len(rows) > 100


def test_snmptable_prints_sensors_and_states(agent: RunningAgent) -> None:
    sensors = table(agent, "ENTITY-SENSOR-MIB", "entPhySensorTable")
    warm = [int(row["entPhySensorValue"]) for row in sensors if row["entPhySensorType"] == "celsius"]
    assert warm
    assert all(200 < value < 900 for value in warm)
    states = table(agent, "ENTITY-STATE-MIB", "entStateTable")
    assert {"enabled", "unknown"} >= {row["entStateOper"] for row in states} - {"disabled"}


def test_snmptable_prints_the_contexts_of_children(agent: RunningAgent) -> None:
    rows = table(agent, "ENTITY-MIB", "entLogicalTable")
    contexts = {row["entLogicalContextName"] for row in rows}
    assert {"one", "one/ptp1", "one/node1"} <= contexts


def test_snmpdf_prints_file_systems_with_plausible_shares(agent: RunningAgent) -> None:
    lines = read(agent, "snmpdf", *texts("HOST-RESOURCES-MIB"), "HOST")
    found = {}
    for line in lines[1:]:
        name, size, used, available, percent = re.fullmatch(r"(.+?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)%", line).groups()  # type: ignore[union-attr]
        assert int(used) + int(available) == int(size)
        found[name] = int(percent)
    assert {"/", "/var", "Physical memory"} <= found.keys()
    assert all(0 <= percent <= 100 for percent in found.values())


def test_snmpnetstat_prints_interfaces_with_their_addresses(agent: RunningAgent) -> None:
    lines = {line.split()[0]: line for line in read(agent, "snmpnetstat", "-Ci", "HOST")}
    assert {"lan0", "lan0:0", "io1"} <= lines.keys()
    assert "192.0.2.10" in lines["lan0:0"]
    assert "192.0.2.100" in lines["io1"]


def test_what_generic_pollers_read_is_there(agent: RunningAgent) -> None:
    lines = read(agent, "snmpwalk", *texts("ALL"), "HOST", ".1")
    # Where net-snmp has the text of DISMAN-EVENT-MIB, it has another name for this one.
    other, name = "DISMAN-EVENT-MIB::sysUpTimeInstance", "SNMPv2-MIB::sysUpTime."
    names = {line.replace(other, name).partition(".")[0] for line in lines}
    missing = {what: sorted(set(wanted) - names) for what, wanted in POLLED.items()}
    assert not {what: wanted for what, wanted in missing.items() if wanted}


def test_a_walk_with_all_mib_texts_names_every_standard_object(agent: RunningAgent) -> None:
    nameless = re.compile(r"(SNMPv2-SMI::mib-2|iso\.3\.6\.1\.2\.1|SNMPv2-SMI::transmission)\.\d")
    lines = read(agent, "snmpwalk", *texts("ALL"), "HOST", ".1.3.6.1.2.1")
    assert len(lines) > 1000
    assert not [line for line in lines if nameless.match(line) or "Wrong Type" in line][:5]
