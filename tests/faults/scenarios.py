"""Faults, each made to a whole site, and what came of them. Tests judge the outcome, scripts.receivers prints it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from agent.sim import SimSpec, Simulator
from tests.faults.noc import Noc
from tests.faults.outcome import Outcome, contradictions, repeated
from tests.faults.site import Site, receiver
from tests.faults.slow import SlowReceiver, numbers_in
from tests.notify.receivers import Recorder, free_port
from tests.support.running import wait_for

NO_STORMS = {"count": 10_000, "total_count": 100_000}
"""Limits that nothing here reaches."""


def outcome(fault: str, site: Site, noc: Noc, before: int, known_after_s: float, note: str = "") -> Outcome:
    """What came of a fault, of the notifications behind a number."""
    shown = site.receiver_row()
    heard = noc.heard
    return Outcome(
        fault,
        decided=frozenset(range(before + 1, site.last_sequence + 1)),
        arrived=frozenset(one for one in noc.numbers() if one > before),
        superseded=int(shown["lnbReceiverSuperseded"]),
        dropped=int(shown["lnbReceiverDropped"]),
        active=frozenset(site.active()),
        told=frozenset(noc.told_active()),
        again=repeated(heard),
        known_after_s=known_after_s,
        note=note,
    )


def wait_known(site: Site, noc: Noc, began_s: float, seconds: float = 60) -> float:
    """Until the receiver knows every active alarm, and no other; seconds since the beginning."""
    active = set(site.active())
    wait_for(lambda: noc.told_active() == active, f"{len(active)} alarms known, not {len(noc.told_active())}", seconds)
    known_after_s = time.monotonic() - began_s
    wait_for(lambda: not site.receiver_row()["lnbReceiverQueue"], "an empty queue", seconds)
    return known_after_s


def receiver_dead(folder: Path) -> Outcome:
    """A receiver that dies while alarms come, change and go, and is started again; another one has no part in it."""
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator(SimSpec(clients=1)))
        noc, other = (stack.enter_context(Noc(folder / name)) for name in ("noc", "other"))
        receivers = [receiver(noc.port), receiver(other.port, "other")]
        site = stack.enter_context(Site(folder / "site", [simulator.port], receivers))
        for each in (noc, other):
            each.wait("lnbReady")
        site.post("before")
        noc.wait("lnbInterAppFailed")
        before = site.last_sequence
        noc.stop()
        for kind in ("one", "two", "three", "one", "two", "before"):
            site.post(kind)
        simulator.faults.set("antenna-fault")
        site.poll()
        simulator.faults.clear()
        site.poll()
        site.wait_receiver(lnbReceiverState="pinging")
        last = site.last_sequence
        wait_for(lambda: last in other.numbers(), "the other receiver to have everything")
        heard = len(noc.heard)
        noc.start()
        known_after_s = wait_known(site, noc, time.monotonic())
        site.wait_receiver(lnbReceiverState="up")
        back = [one.alarm for one in noc.heard[heard:] if one.alarm]
        assert len(back) == len(set(back)), "each alarm once"
        assert set(site.active()) <= set(back), "every active alarm"
        assert other.numbers() == list(range(1, last + 1)), "the other receiver got everything in order"
        note = f"{len(back)} alarms sent once each when it was back; another receiver missed nothing"
        return outcome("receiver dead, then back", site, noc, before, known_after_s, note)


def receiver_slow(folder: Path, delay_s: float, count: int) -> Outcome:
    """A receiver that acknowledges later than the agent waits; another one has no part in it."""
    with SlowReceiver(delay_s) as slow, Noc(folder / "noc") as noc:
        receivers = [receiver(noc.port), receiver(slow.port, "slow", retries=3)]
        with Site(folder / "site", [], receivers) as site:
            noc.wait("lnbReady")
            before = site.last_sequence
            began_s = time.monotonic()
            site.burst(count, 0.1)
            known_after_s = wait_known(site, noc, began_s)
            shown = site.wait_receiver("slow", lnbReceiverQueue=0, seconds=60)
            slow_s = time.monotonic() - began_s
            wanted = set(range(before + 1, site.last_sequence + 1))
            assert wanted <= set(slow.numbers), "the slow receiver has everything"
            assert shown["lnbReceiverState"] == "up", "it was never taken for dead"
            assert not shown["lnbReceiverDropped"] + shown["lnbReceiverSuperseded"]
            assert shown["lnbReceiverRetried"], "it was late"
            note = f"it had all {count} after {slow_s:.1f} s; the time beside is the other receiver's"
            return outcome(f"receiver acknowledges {delay_s:g} s late", site, noc, before, known_after_s, note)


def receiver_reinstalled(folder: Path) -> Outcome:
    """A v3 receiver that comes back with another engine ID."""
    with Noc(folder / "noc") as noc, Site(folder / "site", [], [receiver(noc.port, version="v3")]) as site:
        site.post("before")
        noc.wait("lnbInterAppFailed", "SNMP v3")
        before = site.last_sequence
        noc.reinstall()
        began_s = time.monotonic()
        site.post("after")
        known_after_s = wait_known(site, noc, began_s)
        return outcome("receiver restarted, v3, other engine ID", site, noc, before, known_after_s)


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
            kill(site)
            began_s = time.monotonic()
            wait_for(lambda: set(range(1, last + 1)) <= set(noc.numbers()), "everything that was owed", 30)
            known_after_s = wait_known(site, noc, began_s)
            site.post("afterwards")
            after = noc.wait("lnbInterAppFailed", lnbAlarmText="Inter-application message failed: afterwards")
            assert after.sequence > last
            assert after.alarm > max(one.alarm for one in noc.heard if one.sequence <= last)
            assert not contradictions(noc.heard), "a number was used twice"
            wait_known(site, noc, began_s)
            note = f"{len(sent)} informs were open, {last} were owed"
            return outcome(f"{what} killed (-9), started again", site, noc, before, known_after_s, note)


def kill_all(site: Site) -> None:
    """Kill the parent, and start the agent."""
    site.kill_all()
    site.start_again()


def kill_back(site: Site) -> None:
    """Kill the back; the parent starts another."""
    site.reborn("back", site.kill("back"))


def burst(folder: Path, count: int, seconds: float) -> Outcome:
    """Many failing messages, each an alarm of its own, and no storm control."""
    alarms = {"storm": NO_STORMS, "log_max_count": 10_000}
    with Noc(folder / "noc") as noc:
        receivers = [receiver(noc.port, queue_limit=100_000, timeout_s=5, retries=3)]
        with Site(folder / "site", [], receivers, alarms=alarms) as site:
            noc.wait("lnbReady")
            before = site.last_sequence
            began_s = time.monotonic()
            took_s = site.burst(count, seconds)
            wait_for(lambda: site.scalar("lnbAlarmActive") == count, f"{count} alarms", 120)
            known_after_s = wait_known(site, noc, began_s, 120) - took_s
            note = f"posted in {took_s:.1f} s; the time is from the last message on"
            return outcome(f"{count} alarms, storm control off", site, noc, before, known_after_s, note)


def storm(folder: Path, count: int, seconds: float) -> Outcome:
    """The same with storm control."""
    alarms = {"storm": {"count": 50, "total_count": 200, "within_s": 10, "quiet_s": 2}}
    with Noc(folder / "noc") as noc:
        receivers = [receiver(noc.port, queue_limit=100_000, timeout_s=5, retries=3)]
        with Site(folder / "site", [], receivers, alarms=alarms) as site:
            noc.wait("lnbReady")
            before = site.last_sequence
            began_s = time.monotonic()
            with ThreadPoolExecutor(1) as beside:
                posting = beside.submit(site.burst, count, seconds)
                noc.wait("lnbStormStarted", seconds=60)
                told_s = time.monotonic() - began_s
                took_s = posting.result()
            noc.wait("lnbResyncEnded", seconds=60)
            known_after_s = wait_known(site, noc, began_s, 120) - took_s
            order = [one.notification for one in noc.heard if one.notification.startswith(("lnbStorm", "lnbResync"))]
            begun = order.count("lnbStormStarted")  # one of the type, and where there are enough one of all types
            storms = ["lnbStormStarted"] * begun + ["lnbStormEnded"] * begun
            assert order == [*storms, "lnbResyncStarted", "lnbResyncEnded"]
            held_back = sum(int(one.values["lnbStormHeldBack"]) for one in noc.of("lnbStormEnded"))
            note = (
                f"posted in {took_s:.1f} s; told of the storm {told_s:.1f} s after the first, {held_back} held back, "
                "known by the resync after 2 s of quiet"
            )
            return outcome(f"{count} alarms, storm control on", site, noc, before, known_after_s, note)


def flapping(folder: Path, times: int) -> Outcome:
    """A link that goes down and up again and again."""
    alarms = {"flapping": {"count": 3, "within_s": 120, "hold_s": 3}}
    with Simulator(SimSpec(clients=1)) as simulator, Noc(folder / "noc") as noc:
        with Site(folder / "site", [simulator.port], [receiver(noc.port)], alarms=alarms) as site:
            noc.wait("lnbReady")
            site.poll()
            before = site.last_sequence
            for _ in range(times):
                simulator.faults.set("link-down", port="lan0")
                site.poll()
                simulator.faults.clear()
                site.poll()
            began_s = time.monotonic()
            kind = "networkLinkDown"
            held = [number for number, one in site.active().items() if one == kind]
            assert len(held) == 1, "the alarm is held"
            assert "true" in site.walk("lnbAlarmTable")["lnbAlarmFlapping"].values()
            noc.wait("lnbNetworkLinkDown", lnbAlarmNumber=held[0], lnbAlarmCleared=1)
            known_after_s = wait_known(site, noc, began_s)
            told = [one.is_cleared for one in noc.of("lnbNetworkLinkDown")]
            assert told == [False, True, False, True, False, True]
            note = f"{2 * times} changes of the link, {len(told)} notifications; the last clear came after the hold of 3 s"
            return outcome(f"link flaps {times} times", site, noc, before, known_after_s, note)


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
        before = site.last_sequence
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
        wait_for(lambda: not site.receiver_row()["lnbReceiverQueue"], "an empty queue")
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


