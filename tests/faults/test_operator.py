"""What an operator does by hand: test notifications, resync, receivers that are added and removed by a reload."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.noc import Noc
from tests.faults.site import Site, receiver
from tests.support.running import wait_for


@dataclass
class Running:
    folder: Path
    site: Site
    noc: Noc


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("site")
    with Noc(folder / "noc") as noc, Site(folder / "site", [], [receiver(noc.port)]) as site:
        noc.wait("lnbReady")
        yield Running(folder, site, noc)


def wait_message(site: Site, kind: str, source: str) -> None:
    """Until a message of this type, from this sender, has succeeded."""

    def found() -> bool:
        cells = site.walk("lnbIacMessageTable")
        return any(
            (one, cells["lnbIacState"][index]) == (kind, "succeeded")
            and cells["lnbIacSource"][index].startswith(source)
            for index, one in cells.get("lnbIacType", {}).items()
        )

    wait_for(found, f"{kind} from {source}")


def test_a_test_notification_is_sent_from_the_command_line(running: Running) -> None:
    command = [
        sys.executable, "-m", "agent", "send", "--config", str(running.site.config), "testNotification",
        "text=by hand", "--wait", "10",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert "testNotification succeeded" in done.stdout
    running.noc.wait("lnbTest", lnbAlarmTest="by hand")
    wait_message(running.site, "testNotification", "web:send")


def test_a_test_notification_is_sent_by_set(running: Running) -> None:
    done = running.site.snmpset("lnbAlarmTest", (0,), "s", "by set")
    assert done.returncode == 0, done.stderr
    running.noc.wait("lnbTest", lnbAlarmTest="by set")
    wait_message(running.site, "testNotification", "snmp:")


def test_a_resync_is_sent_by_set_with_every_active_alarm(running: Running) -> None:
    for kind in ("one", "two"):
        running.site.post(kind)
    before = len(running.noc.heard)
    done = running.site.snmpset("lnbAlarmResync", (0,), "i", "1")
    assert done.returncode == 0, done.stderr
    running.noc.wait("lnbResyncEnded")
    heard = [one for one in running.noc.heard[before:] if one.is_repeat or "Resync" in one.notification]
    assert [one.notification for one in heard] == [
        "lnbResyncStarted", "lnbInterAppFailed", "lnbInterAppFailed", "lnbResyncEnded",
    ]  # fmt: skip
    assert {one.alarm for one in heard if one.alarm} == set(running.site.active())
    wait_message(running.site, "resyncAlarms", "snmp:")


def test_a_set_that_is_no_command_is_refused_and_leaves_no_message(running: Running) -> None:
    before = running.site.scalar("lnbIacLastIndex")
    assert "wrongValue" in running.site.snmpset("lnbAlarmResync", (0,), "i", "2").stderr
    assert "noCreation" in running.site.snmpset("lnbAlarmAcknowledged", (0, 4_000_000), "i", "1").stderr
    assert running.site.scalar("lnbIacLastIndex") == before


def test_receivers_come_and_go_with_a_reload(running: Running) -> None:
    with Noc(running.folder / "second") as second:
        receivers = running.site.content["notifications"]["receivers"]
        receivers.append(receiver(second.port, "second", version="v3"))
        running.site.reload()
        running.site.post("after the reload")
        text = "Inter-application message failed: after the reload"
        for noc in (running.noc, second):
            noc.wait("lnbInterAppFailed", lnbAlarmText=text)
        assert [one.notification for one in second.heard] == ["lnbInterAppFailed"], "it is owed nothing from before"
        assert running.site.wait_receiver("second", lnbReceiverAcknowledged=1)["lnbReceiverQueue"] == 0

        receivers.pop()
        running.site.reload()
        running.site.post("without it")
        running.noc.wait("lnbInterAppFailed", lnbAlarmText="Inter-application message failed: without it")
        assert set(running.site.walk("lnbReceiverName")["lnbReceiverName"].values()) == {"nms"}
        assert len(second.heard) == 1
