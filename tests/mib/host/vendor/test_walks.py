"""Whole walks of the vendor's MIB: of a real device's answer, and of a simulated M3000 with HPS cards."""

from __future__ import annotations

import difflib
import os
from datetime import datetime, timezone
from pathlib import Path

from agent import __version__
from agent.config import DeviceSettings, Secret, Settings
from agent.mib.host import VENDOR_VIEW, VIEWS
from agent.mib.host.vendor.common import LANTIME, STATUS
from agent.mib.render import Names
from agent.offline import store_of, walk_store
from agent.service.capture import read_documents
from tests.support.tools import PROJECT, shared

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)
NAMES = Names((VIEWS[VENDOR_VIEW],))
M3000 = PROJECT / "tests" / "golden" / "api20-m3000.json"
WALK = Path(__file__).with_name("m3000.walk")

M300 = """
SnmpSubagentVersion.0 = STRING: lantime-agent {version}
FirmwareVersion.0 = STRING: 7.06.014
SerialNumber.0 = STRING: 0123456789
SubagentTimeticks.0 = Counter64: 0 seconds
NumberOfRefclocks.0 = Gauge32: 1
RefclockIndex.1 = Gauge32: 1
RefclockType.1 = INTEGER: pzf511(13)
RefclockUsage.1 = INTEGER: primary(3)
RefclockState.1 = INTEGER: synchronized(1)
RefclockSubstate.1 = INTEGER: lwSync(52)
RefclockStatusA.1 = Gauge32: 56
RefclockMaxStatusA.1 = Gauge32: 100
RefclockStatusB.1 = Gauge32: 40
RefclockMaxStatusB.1 = Gauge32: 100
RefclockAdditionalInfo.1 = INTEGER: notAvailable(0)
RefclockLeapSecondDate.1 = STRING: not announced
RefclockGpsPos.0 = STRING: Lat: 46.9511 Lon: 7.4386
NtpCurrentState.0 = INTEGER: synchronized(2)
NtpStratum.0 = INTEGER: 1
NtpRefclockName.0 = STRING: PZF
NtpRefclockOffset.0 = STRING: -0.004 milliseconds
NtpVersion.0 = STRING: ntp package 7.6.13
NtpCCStartedAt.0 = Counter64: 0
NtpCCDuration.0 = Gauge32: 0
NtpCCNumberOfClients.0 = Gauge32: 0
NtpCCTotalRequests.0 = Counter64: 0
NtpCCTotalRequestsCurrentDay.0 = Counter64: 0
NtpCCTotalRequestsLastHour.0 = Counter64: 0
NtpCCTotalRequestsLastMinute.0 = Counter64: 0
NtpCCTodaysClients.0 = Gauge32: 0
NtpMrsServer.0 = STRING: n/a
NtpMrsOffset.0 = STRING: n/a seconds
PtpNumberOfModules.0 = Gauge32: 0
PtpIndex.1 = Gauge32: 1
PtpPortState.1 = INTEGER: disabled(3)
PtpAvail.1 = INTEGER: no(0)
SysNumberOfPowerSupplies.0 = Gauge32: 1
SysPsIndex.1 = Gauge32: 1
SysPsStatus.1 = INTEGER: up(2)
SysTempCelsius.0 = Gauge32: 55 degrees Celsius
EthPortLinkIndex.1 = Gauge32: 1
EthPortLinkIndex.2 = Gauge32: 2
EthPortLinkState.1 = INTEGER: up(1)
EthPortLinkState.2 = INTEGER: down(0)
"""


def walk(path: Path, base: tuple[int, ...]) -> list[str]:
    """What the agent would serve of a file's documents below an OID."""
    device = DeviceSettings(name="golden", address="192.0.2.1", username="info", password=Secret("unused"))
    answers = read_documents(path.read_text(encoding="utf-8"), str(path))
    return [NAMES.line(cell) for cell in walk_store(store_of(answers, Settings(), device, lambda: NOW), base)]


def test_the_status_of_a_real_m300() -> None:
    expected = [f"mbgLtNg{line}" for line in M300.format(version=__version__).strip().splitlines()]
    assert walk(shared("captures/m300-api10.json"), STATUS) == expected


def test_the_walk_of_a_simulated_m3000_with_hps_cards() -> None:
    lines = [line for line in walk(M3000, LANTIME) if not line.startswith("mbgLtNgSnmpSubagentVersion")]
    if os.environ.get("UPDATE_GOLDEN"):
        WALK.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = WALK.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(expected, lines, "expected", "walked", lineterm="", n=0))
    assert not difference, "\n".join(difference[:60])
    assert sum(line.startswith("mbgLtNgPtpAvail.") and line.endswith("yes(1)") for line in lines) > 1
