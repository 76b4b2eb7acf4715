"""snmptt, as Debian has it, with the events that its own converter makes of our MIB."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from agent.mib.module import NAME
from tests.faults.noc import Noc, mib_folders
from tests.faults.site import Site, receiver
from tests.support.cells import MODULE
from tests.support.running import wait_for
from tests.support.tools import PROJECT, tool

MIB = PROJECT / "mibs" / f"{NAME}.txt"

INI = """\
[General]
mode = standalone
[Logging]
log_enable = 1
log_file = {folder}/snmptt.log
syslog_enable = 0
syslog_system_enable = 0
[TrapFiles]
snmptt_conf_files = <<END
{folder}/lantime.conf
END
"""


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with what snmpttconvertmib made of the MIB, and what it printed."""
    folder = tmp_path_factory.mktemp("snmptt")
    command = [
        tool("snmpttconvertmib"), f"--in={MIB}", f"--out={folder / 'lantime.conf'}", "--format_desc=1",
    ]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "MIBDIRS": mib_folders(), "MIBS": NAME, "HOME": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)
    return folder, done.stdout + done.stderr


def test_every_notification_of_the_mib_is_converted(converted: tuple[Path, str]) -> None:
    folder, printed = converted
    count = len(MODULE.notifications)
    assert re.search(r"Failed translations:\s+0\n", printed)
    assert re.search(rf"Successful translations:\s+{count}\n", printed)
    events = re.findall(r"^EVENT (\w+) \.([\d.]+)", (folder / "lantime.conf").read_text(), re.MULTILINE)
    root = ".".join(map(str, MODULE.root))
    assert set(events) == {(one.name, f"{root}.0.{one.arc}") for one in MODULE.notifications}


def test_a_trap_of_the_agent_is_translated(converted: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = converted
    ini, log = folder / "snmptt.ini", folder / "snmptt.log"
    ini.write_text(INI.format(folder=folder))
    handle = f"traphandle default {tool('snmptt')} --ini={ini}"
    with (
        Noc(tmp_path / "noc", more=[handle]) as noc,
        Site(tmp_path / "site", [], [receiver(noc.port, kind="trap")]) as site,
    ):
        site.post("noSuchType")
        noc.wait("lnbInterAppFailed")
        oid = ".".join(map(str, MODULE.root)) + ".0.1"
        (line,) = wait_for(lambda: [one for one in _lines(log) if f".{oid} " in one], "a line of snmptt", 20)
    assert "Inter-application message failed. " in line, "the description's first sentence"
    assert "Inter-application message failed: noSuchType" in line, "the alarm's text"


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []
