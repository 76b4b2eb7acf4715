"""What fails is heard: through the whole agent, by Debian's snmptrapd with the MIB loaded, in three dialects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from agent.sim import SimSpec, Simulator
from tests.faults.noc import Heard, Noc
from tests.faults.site import DEVICE, Site, every_kind
from tests.support.cells import row
from tests.support.running import wait_for

DIALECTS = ("INFORM, SNMP v2c, community public", "INFORM, SNMP v3, user noc", "TRAP, SNMP v1, community public")
NAMES = "LANTIME-NORTHBOUND-MIB::"
RULES = {"deviceUnreachable": {"failures": 1}}


@dataclass
class Running:
    simulator: Simulator
    site: Site
    noc: Noc


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("site")
    with Simulator(SimSpec(clients=1)) as simulator, Noc(folder / "noc", names=True) as noc:
        site = Site(folder, [simulator.port], every_kind(noc.port), interapp={"max_count": 4}, alarms={"rules": RULES})
        with site:
            noc.wait("lnbReady")
            yield Running(simulator, site, noc)


@pytest.fixture(autouse=True)
def healthy(running: Running) -> Iterator[None]:
    """Every test leaves a device behind that is well."""
    yield
    running.simulator.faults.clear()


def in_every_dialect(noc: Noc, notification: str, **values: object) -> list[Heard]:
    """The newest notification with these values, of each dialect; all three say the same."""
    found = [noc.wait(notification, who, **values) for who in DIALECTS]
    told = [{name: value for name, value in one.values.items() if name.startswith("lnb")} for one in found]
    assert told[0] == told[1] == told[2]
    assert all(f"{NAMES}lnbAlarmText" in one.line for one in found), "names are printed"
    return found


def alarm_row(site: Site, number: int) -> dict[str, object]:
    cells = site.walk("lnbAlarmTable")
    found = (row(cells, "lnbAlarmTable", *index) for index in cells.get("lnbAlarmType", {}) if index[1] == number)
    return next(found, {})


def failed_row(site: Site, index: int) -> dict[str, object]:
    """The row of a message once it is shown as failed."""

    def found() -> dict[str, object] | None:
        shown = row(site.walk("lnbIacMessageTable"), "lnbIacMessageTable", index)
        return shown if shown.get("lnbIacState") == "failed" else None

    return wait_for(found, f"message {index} as failed")


def test_a_poll_that_a_device_does_not_answer_is_heard_and_its_later_success_ends_the_same_alarm(
    running: Running,
) -> None:
    running.simulator.faults.set("hang")
    failed = running.site.poll()
    assert failed["state"] == "failed"

    raised = in_every_dialect(running.noc, "lnbInterAppFailed", lnbAlarmCleared=2)[0]
    assert raised.values["lnbAlarmText"] == "Inter-application message failed: pollNow"
    assert raised.values["lnbAlarmDeviceName"] == DEVICE
    assert f"message {failed['index']}" in raised.values["lnbAlarmValue"]
    shown = failed_row(running.site, failed["index"])
    assert (shown["lnbIacType"], shown["lnbIacReason"]) == ("pollNow", failed["reason"])
    wait_for(lambda: alarm_row(running.site, raised.alarm).get("lnbAlarmSequence") == raised.sequence, "its alarm")

    running.simulator.faults.clear()
    assert running.site.poll()["state"] == "succeeded"
    for one in in_every_dialect(running.noc, "lnbInterAppFailed", lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm):
        assert one.sequence > raised.sequence
    wait_for(lambda: raised.alarm not in running.site.active(), "its row to go")


def test_a_device_that_does_not_answer_is_unreachable_until_it_answers(running: Running) -> None:
    running.simulator.faults.set("hang")
    running.site.poll()
    raised = in_every_dialect(running.noc, "lnbDeviceUnreachable", lnbAlarmCleared=2)[0]
    running.simulator.faults.clear()
    running.site.poll()
    in_every_dialect(running.noc, "lnbDeviceUnreachable", lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm)


def test_an_unknown_type_is_heard_and_over_once_it_is_acknowledged(running: Running) -> None:
    refused = running.site.post("noSuchType")
    assert refused["state"] == "failed"
    raised = in_every_dialect(
        running.noc, "lnbInterAppFailed", lnbAlarmText="Inter-application message failed: noSuchType"
    )[0]
    shown = failed_row(running.site, refused["index"])
    assert (shown["lnbIacType"], shown["lnbIacReason"]) == ("noSuchType", "unknownType")

    done = running.site.snmpset("lnbAlarmAcknowledged", (0, raised.alarm), "i", "1")
    assert done.returncode == 0, done.stderr
    in_every_dialect(running.noc, "lnbInterAppFailed", lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm)
    wait_for(
        lambda: "acknowledgeAlarm" in running.site.walk("lnbIacMessageTable")["lnbIacType"].values(), "its message"
    )


def test_a_full_table_is_heard_and_over_when_there_is_room(running: Running) -> None:
    running.simulator.faults.set("hang")
    for _ in range(3):
        running.site.post("pollNow", {"device": DEVICE}, wait_s=0)
    refused = running.site.post("pollNow", {"device": DEVICE}, wait_s=0)
    assert refused["reason"] == "queueFull"
    raised = in_every_dialect(running.noc, "lnbInterAppFull", lnbAlarmCleared=2)[0]
    assert failed_row(running.site, refused["index"])["lnbIacReason"] == "queueFull"
    running.simulator.faults.clear()
    in_every_dialect(running.noc, "lnbInterAppFull", lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm)


@pytest.mark.parametrize(
    ("fault", "options", "notification", "resource"),
    [
        ("antenna-fault", {}, "lnbAntennaFault", "clk1"),
        ("clock-unsync", {}, "lnbClockNotSynchronized", ""),
        ("card-pulled", {"slot": "io1"}, "lnbSlotEmptied", "io1"),
    ],
)
def test_a_fault_of_a_device_is_heard_and_its_end_too(
    running: Running, fault: str, options: dict[str, str], notification: str, resource: str
) -> None:
    running.site.poll()
    running.simulator.faults.set(fault, **options)
    running.site.poll()
    raised = in_every_dialect(running.noc, notification, lnbAlarmCleared=2, lnbAlarmResourceText=resource)[0]
    assert raised.values["lnbAlarmDeviceName"] == DEVICE
    kind = notification[3].lower() + notification[4:]
    wait_for(lambda: running.site.active().get(raised.alarm) == kind, "its row")
    running.simulator.faults.clear()
    running.site.poll()
    in_every_dialect(running.noc, notification, lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm)
