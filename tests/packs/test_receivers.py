"""snmptrapd and snmptt with the files of their packs, told by a running agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.mib.module import NAME
from agent.sim import SimSpec, Simulator
from tests.faults.noc import MODULES, Noc, mib_folders
from tests.faults.site import DEVICE, Site, receiver
from tests.notify.receivers import Trapd
from tests.support.cells import MODULE
from tests.support.running import wait_for
from tests.support.tools import PROJECT, tool

PACKS = PROJECT / "config" / "packs"
AT_ONCE = {"raise_after_s": 0, "clear_after_s": 0}
RULES = {
    "clockNotSynchronized": AT_ONCE, "antennaFault": {**AT_ONCE, "severity": "critical"}, "clockHoldover": AT_ONCE,
}  # fmt: skip
INI = """\
[General]
mode = standalone
[Logging]
log_enable = 1
log_file = {log}
syslog_enable = 0
syslog_system_enable = 0
[TrapFiles]
snmptt_conf_files = <<END
{events}
END
"""


@dataclass(frozen=True)
class Faulty:
    """A site whose device is given faults."""

    site: Site
    simulator: Simulator

    def make(self, fault: str, **options: object) -> None:
        """Give the device a fault, and look at it."""
        self.simulator.faults.set(fault, **options)
        self.site.poll()

    def end(self) -> None:
        """End all faults, and look."""
        self.simulator.faults.clear()
        self.site.poll()


def site_told(folder: Path, port: int) -> Iterator[Faulty]:
    with Simulator(SimSpec(clients=1)) as simulator:
        told = [receiver(port, kind="trap")]
        with Site(folder, [simulator.port], told, alarms={"rules": RULES}) as site:
            site.poll()
            yield Faulty(site, simulator)


def lines_of(path: Path, *words: str) -> list[str]:
    """The lines of a file that have all the words."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if all(word in line for word in words)]


def wait_line(path: Path, *words: str) -> str:
    return wait_for(lambda: lines_of(path, *words), f"{words} in {path}: {lines_of(path)}", 20)[0]


def unknown(noc: Noc) -> int:
    """Notifications that are not of our MIB, of which the pack has no event."""
    return len(noc.of("coldStart"))


def oid(notification: str) -> str:
    one = next(one for one in MODULE.notifications if one.name == notification)
    return "." + ".".join(map(str, MODULE.notification_oid(one)))


def test_snmptt_gives_every_alarm_the_severity_the_agent_sent_and_its_end_normal(tmp_path: Path) -> None:
    log, ini = tmp_path / "snmptt.log", tmp_path / "snmptt.ini"
    ini.write_text(INI.format(log=log, events=PACKS / "snmptt" / "snmptt.conf.lantime"))
    with Noc(tmp_path / "noc", more=[f"traphandle default {tool('snmptt')} --ini={ini}"]) as noc:
        for faulty in site_told(tmp_path / "site", noc.port):
            faulty.make("clock-unsync")
            line = wait_line(log, f"{oid('lnbClockNotSynchronized')} Major")
            assert line.endswith(f"{DEVICE}: Clock is not synchronised, notSynchronized ()")
            faulty.make("antenna-fault")  # the type's severity is major, the site's configuration says critical
            wait_line(log, f"{oid('lnbAntennaFault')} Critical", "(clk1)")
            wait_line(log, f"{oid('lnbDeviceEvent')} Major", "antenna-faulty")  # the case decides, not the type
            faulty.end()
            wait_line(log, f"{oid('lnbAntennaFault')} Normal", "cleared: Antenna fault")
            wait_line(log, f"{oid('lnbClockNotSynchronized')} Normal", "cleared: Clock is not synchronised")
            faulty.make("clock-unsync", state="holdover")
            wait_line(log, f"{oid('lnbClockHoldover')} Minor")
            wait_line(log, f"{oid('lnbReady')} Normal", "lnbAlarmLastSequence")
            wait_for(lambda: len(lines_of(log)) == len(noc.heard) - unknown(noc), "one event for each notification", 20)


@pytest.mark.parametrize(
    ("names", "printed"), [(True, ""), (True, "-OQ"), (False, "")], ids=["names", "as the page says", "digits"]
)
def test_snmptrapds_handler_writes_a_line_for_each_alarm_with_its_severity(
    tmp_path: Path, *, names: bool, printed: str
) -> None:
    alarms = tmp_path / "alarms"
    configuration = (PACKS / "snmptrapd" / "snmptrapd.conf").read_text()
    configuration = configuration.replace("/etc/snmp/lantime-trap", str(PACKS / "snmptrapd" / "lantime-trap"))
    configuration = configuration.replace("/var/log/lantime-alarms", str(alarms))
    (tmp_path / "trapd").mkdir()
    mibs = (mib_folders(), MODULES) if names else ("", "")
    trapd = Trapd(tmp_path / "trapd", mibs=mibs, configuration=configuration, printed=printed).start()
    try:
        for faulty in site_told(tmp_path / "site", trapd.port):
            faulty.make("clock-unsync")
            faulty.make("antenna-fault")
            wait_line(alarms, f" critical {DEVICE} clk1 antennaFault: Antenna fault (")
            faulty.end()
            wait_line(alarms, f" cleared {DEVICE} clk1 antennaFault: Antenna fault (")
            line = wait_line(alarms, f" major {DEVICE} - clockNotSynchronized: Clock is not synchronised (notSync")
            assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ", line)
    finally:
        trapd.stop()
    if names:
        shown, kind = trapd.text(), "" if printed else "STRING: "
        assert f"{NAME}::lnbAlarmSeverity." in shown
        assert re.search(rf"^    {NAME}::lnbAlarmText\S+ = {kind}Antenna fault$", shown, re.MULTILINE)
        assert re.search(rf"lnbAlarmResourceText\S+ = {kind}clk1$", shown, re.MULTILINE)
