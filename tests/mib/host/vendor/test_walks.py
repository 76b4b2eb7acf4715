"""Whole walks of the vendor's MIB: of a real device's answer, and of a simulated M3000 with HPS cards."""

from __future__ import annotations

from typing import Any

from agent import __version__
from agent.config.device import HostSettings
from agent.mib.encoding import Oid
from agent.mib.host.vendor.common import LANTIME, STATUS
from agent.offline import walk_store
from agent.service.capture import read_documents
from tests.mib.host.hosts import NAMES, answers, shelf
from tests.support.tools import shared

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


def walk(documents: dict[str, Any], base: Oid) -> list[str]:
    """What a device that gives these answers shows in its context below an OID."""
    return [NAMES.line(cell) for cell in walk_store(shelf(documents).source("m3000"), base)]


def test_the_status_of_a_real_m300() -> None:
    path = shared("captures/m300-api10.json")
    expected = [f"mbgLtNg{line}" for line in M300.format(version=__version__).strip().splitlines()]
    assert walk(dict(read_documents(path.read_text(encoding="utf-8"), path.name)), STATUS) == expected


def test_a_device_that_shows_no_vendor_view_has_none_of_it() -> None:
    shown = shelf(answers("api20-m3000"), host=HostSettings(views=("standard",))).source("m3000")
    assert list(walk_store(shown, LANTIME)) == []
    assert len(walk(answers("api20-m3000"), LANTIME)) > 200


PTP = (
    "Index PortState GrandmasterMac ClockAccuracy ClockClass TimeSource UtcOffset PortLinkup OffsetFromGM PathDelay "
    "DelayMec Domain DelayAsymmetry Avail"
)
M3000 = """
1 master(6) 02:00:56:8f:5e:be timeAccurateTo100ns(33) 6 gps(32) 37 on(1) 0 0 end2End(0) 0 0 yes(1)
2 slave(9) 02:00:71:e7:c9:54 timeAccurateToGT10s(49) 248 gps(32) 37 on(1) 13 1826 end2End(0) 1 0 yes(1)
3 master(6) 02:00:cf:86:0f:04 timeAccurateTo100ns(33) 6 gps(32) 37 on(1) 0 0 end2End(0) 24 0 yes(1)
4 disabled(3) 02:00:cf:86:0f:04 timeAccurateTo100ns(33) 6 gps(32) 37 on(1) 0 0 peer2Peer(1) 1 0 yes(1)
"""


def test_the_ptp_instances_of_a_simulated_m3000() -> None:
    said = {}
    for line in walk(answers("api20-m3000"), (*STATUS, 3, 2)):
        name, _, value = line.partition(" = ")
        said[name.removeprefix("mbgLtNgPtp")] = value.partition(": ")[2].split(" ")[0]
    rows = [" ".join(said[f"{column}.{index}"] for column in PTP.split()) for index in range(1, 5)]
    assert rows == M3000.strip().splitlines()
