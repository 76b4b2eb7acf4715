"""Faults of receivers, and more alarms than usual. Tests judge the outcome, scripts.receivers prints it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from agent.sim import SimSpec, Simulator
from tests.faults.judging import outcome, wait_delivered, wait_known
from tests.faults.noc import Noc
from tests.faults.outcome import Outcome
from tests.faults.site import Site, receiver
from tests.faults.slow import SlowReceiver
from tests.support.running import wait_for

NO_STORMS = {"count": 10_000, "total_count": 100_000}
"""Limits that nothing here reaches."""


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
        before = max(noc.numbers())
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
            before = max(noc.numbers())
            began_s = time.monotonic()
            site.burst(count, 0.1)
            known_after_s = wait_known(site, noc, began_s)
            shown = wait_delivered(site, "slow")
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
        before = max(noc.numbers())
        noc.reinstall()
        began_s = time.monotonic()
        site.post("after")
        known_after_s = wait_known(site, noc, began_s)
        return outcome("receiver restarted, v3, other engine ID", site, noc, before, known_after_s)


def burst(folder: Path, count: int, seconds: float) -> Outcome:
    """Many failing messages, each an alarm of its own, and no storm control."""
    alarms = {"storm": NO_STORMS, "log_max_count": 10_000}
    with Noc(folder / "noc") as noc:
        receivers = [receiver(noc.port, queue_limit=100_000, timeout_s=5, retries=3)]
        with Site(folder / "site", [], receivers, alarms=alarms) as site:
            noc.wait("lnbReady")
            before = max(noc.numbers())
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
            before = max(noc.numbers())
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
    with (
        Simulator(SimSpec(clients=1)) as simulator,
        Noc(folder / "noc") as noc,
        Site(folder / "site", [simulator.port], [receiver(noc.port)], alarms=alarms) as site,
    ):
        noc.wait("lnbReady")
        site.poll()
        before = max(noc.numbers())
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
