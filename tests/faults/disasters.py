"""Faults of the agent, its clock and its disk. Tests judge the outcome, scripts.receivers prints it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.judging import outcome, wait_delivered, wait_known
from tests.faults.noc import Noc
from tests.faults.outcome import Outcome, contradictions
from tests.faults.site import Site, receiver
from tests.faults.slow import numbers_in
from tests.notify.receivers import Recorder
from tests.support.ports import free_port
from tests.support.running import wait_for
from tests.support.tools import tool


def agent_killed(folder: Path, kill: Callable[[Site], None], what: str) -> Outcome:
    """The agent is killed while informs are open, and started again."""
    hole = Recorder(free_port())
    with Site(folder / "site", [], [receiver(hole.port, timeout_s=2, retries=5)]) as site:
        site.burst(10, 0.1)
        hole.wait(4)  # as many as may be open at once
        site.post("last")
        before, last = 0, site.last_sequence
        hole.read()
        sent = set(numbers_in(hole))
        port = hole.port
        hole.close()
        with Noc(folder / "noc", port=port) as noc:
            began_s = time.monotonic()
            kill(site)
            wait_for(lambda: set(range(1, last + 1)) <= set(noc.numbers()), "everything that was owed", 30)
            known_after_s = time.monotonic() - began_s
            site.post("afterwards")
            after = noc.wait("lnbInterAppFailed", lnbAlarmText="Inter-application message failed: afterwards")
            assert after.sequence > last
            assert after.alarm > max(one.alarm for one in noc.heard if one.sequence <= last)
            assert not contradictions(noc.heard), "a number was used twice"
            wait_known(site, noc, began_s)
            note = f"{len(sent)} informs were open, {last} notifications were owed; the time is from the kill"
            return outcome(f"{what} killed (-9), started again", site, noc, before, known_after_s, note)


def kill_all(site: Site) -> None:
    """Kill the parent, and start the agent."""
    site.kill_all()
    site.start_again()


def kill_back(site: Site) -> None:
    """Kill the back; the parent starts another."""
    site.reborn("back", site.kill("back"))


def clock_jump(folder: Path) -> Outcome:
    """The wall clock of the agent's machine jumps a day ahead, and back."""
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        pytest.skip(f"{tool('faketime')} has no library")
    with Noc(folder / "noc") as noc:
        site = Site(folder / "site", [], [receiver(noc.port)], alarms={"heartbeat_s": 1})
        clock = folder / "clock"
        clock.write_text("+0\n")
        site.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
        with site:
            noc.wait("lnbReady")
            site.post("before")
            noc.wait("lnbInterAppFailed")
            before = max(noc.numbers())
            times, slowest_s = [], 0.0
            for kind, offset in (("ahead", "+1d"), ("back", "-1d"), ("right", "+0")):
                clock.write_text(f"{offset}\n")
                began_s = time.monotonic()
                site.post(kind)
                heard = noc.wait("lnbInterAppFailed", lnbAlarmText=f"Inter-application message failed: {kind}")
                slowest_s = max(slowest_s, time.monotonic() - began_s)
                times.append(heard.values["lnbAlarmRaised"])
                beats = len(noc.of("lnbHeartbeat"))
                wait_for(lambda beats=beats: len(noc.of("lnbHeartbeat")) > beats, "the next heartbeat")  # type: ignore[misc]
            assert len({one[:11] for one in times}) == 3, f"the agent's clock did jump: {times}"
            assert len(site.active()) == 4, "no alarm ended by it"
            wait_known(site, noc, began_s)
            note = "alarms of clear_after_s 3600 stayed, heartbeats went on; the time is the longest of three alarms"
            return outcome("clock jumps a day ahead, two back, one ahead", site, noc, before, slowest_s, note)


@contextmanager
def small_disk(folder: Path, size_kib: int = 4096) -> Iterator[Path]:
    """A file system of its own; whoever calls is skipped where it cannot be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system is mounted for this; only root may")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def disk_full(folder: Path) -> Outcome:
    """The state directory's disk fills up, and is made room on."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "disk"))
        noc = stack.enter_context(Noc(folder / "noc"))
        site = stack.enter_context(Site(folder / "site", [], [receiver(noc.port)], state_dir=str(disk / "state")))
        site.post("before")
        noc.wait("lnbReady")
        before = max(noc.numbers())
        fill(disk / "filler")
        began_s = time.monotonic()
        site.burst(40, 0.5, "during")
        raised = noc.wait("lnbStateNotWritten", lnbAlarmCleared=2)
        told_s = time.monotonic() - began_s
        wait_known(site, noc, began_s)
        (disk / "filler").unlink()
        room_s = time.monotonic()
        noc.wait("lnbStateNotWritten", lnbAlarmCleared=1, lnbAlarmNumber=raised.alarm)
        known_after_s = wait_known(site, noc, room_s)
        wait_for(lambda: site.logged("alarms-kept-again"), "the log's word")
        numbers, alarms = site.logged_numbers(), site.active()
        site.kill_all()
        site.start_again()
        assert site.logged_numbers() >= numbers, "the log was written"
        assert site.active() == alarms, "the alarms were written"
        site.post("afterwards")
        assert noc.wait(
            "lnbInterAppFailed", lnbAlarmText="Inter-application message failed: afterwards"
        ).sequence > max(numbers)
        assert not contradictions(noc.heard)
        wait_known(site, noc, room_s)
        note = f"stateNotWritten was there {told_s:.1f} s after the first alarm; the time is from room to all written"
        return outcome("disk of the state directory full", site, noc, before, known_after_s, note)


def fill(path: Path) -> None:
    """Take all the room there is on a disk."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def state_corrupt(folder: Path) -> Outcome:
    """The state file is damaged while the agent is down."""
    with Noc(folder / "noc") as noc, Site(folder / "site", [], [receiver(noc.port)]) as site:
        site.burst(5, 0.1)
        wait_known(site, noc, time.monotonic())
        highest = site.last_sequence
        noc.wait("lnbReady")
        site.stop()
        state = Path(site.content["state_dir"])
        damage(state / "state.db")
        began_s = time.monotonic()
        site.start_again()
        lost = noc.wait("lnbStateLost")
        told_s = time.monotonic() - began_s
        noc.wait("lnbResyncEnded")
        known_after_s = wait_known(site, noc, began_s)
        kept = list(state.glob("state.db.corrupt-*"))
        assert kept, "it is kept aside"
        assert site.logged("state-corrupt .*kept_as="), "the log says so"
        assert lost.sequence > highest, "numbers go on above the old ones"
        site.post("afterwards")
        after = noc.wait("lnbInterAppFailed", lnbAlarmText="Inter-application message failed: afterwards")
        assert after.sequence > lost.sequence
        assert not contradictions(noc.heard)
        wait_delivered(site)
        first = min(site.logged_numbers()) - 1
        note = (
            f"told of the loss {told_s:.1f} s after the start, what is over by the resync; numbers went on at "
            f"{lost.sequence}, {highest} was the highest before"
        )
        wait_known(site, noc, began_s)
        return outcome("state file corrupt at the start", site, noc, first, known_after_s, note)


def damage(path: Path) -> None:
    """Overwrite the beginning of a database, and of what is beside it."""
    for each in path.parent.glob(f"{path.name}*"):
        with each.open("r+b") as file:
            file.write(os.urandom(4096))
