"""Figure 5: what one agent takes for ten, a hundred and a thousand devices, and how fast it answers meanwhile.

Run as `python -m benchmarks.fleet [--rounds 5] [--minutes 10] [--devices 1000] [--kind m300]`; rounds are equal parts
of the minutes, which are those of the largest fleet.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks import devices
from benchmarks.command import run_alone
from benchmarks.figure import Figure, conditions, number
from benchmarks.load import cpu_s
from benchmarks.site import INTERVAL_S, LARGE_INTERVAL_S, PATIENCE_S, RATE, Site, running, settings_of, site_of
from benchmarks.starts import Asker
from benchmarks.steady import Timed
from scripts.mib import Mib
from scripts.processes import total
from tests.support.ports import free_port

SIZES = (10, 100, 1000)
MINUTES = 1.0
"""Of each size, unless asked otherwise: two polls of every device."""
MOST_MINUTES = 30.0
LARGE_S = 45.0
"""How long the large document is polled; again and again for that time."""
_NEEDED_KIB = 4096
"""Memory that a device may take at most, so that a machine with less is not driven into a corner."""
_MISSED = 1.5
"""A device that is not asked for so many intervals has missed a poll; jitter is a tenth."""
_STEP_S = 0.05
_BESIDE_S = PATIENCE_S + LARGE_S + 240
"""How long the simulated devices last beside the planned time."""
CPU, FRONT, BACK, POLL = "CPU, all processes", "CPU of the front", "CPU of the back", "CPU of a poll"
P99, P99_LARGE = "p99 of a GET", "p99 of a GET while 10 MB are parsed"
UP, MISSED, MEMORY = "start until all are up", "missed polls", "memory per device"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        minutes: of the largest size, beside the time until every device was polled; smaller ones take the shortest.
        sizes: of the fleets, rising.
        kind: of the devices.
    """

    minutes: float = MINUTES
    sizes: Sequence[int] = SIZES
    kind: str = devices.M300

    def minutes_of(self, size: int) -> float:
        """How long a size is measured."""
        return self.minutes if size == self.sizes[-1] else MINUTES


DEFAULT = Plan()


def fleet(rounds: int, plan: Plan = DEFAULT) -> Figure:
    """Measure it.

    Raises:
        RuntimeError: the machine has too little memory, or something does not start.
    """
    _check_memory(plan.sizes[-1])
    figure = Figure("fleet", "Fleet", _how(rounds, plan), conditions=conditions())
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as name:
        folder = Path(name)
        bare_kib = _bare(folder)
        for size in plan.sizes:
            with site_of(folder, size, plan.kind, plan.minutes_of(size) * 60 + _BESIDE_S) as site:
                _watch(figure, site, plan, rounds)
                _weigh(figure, site, bare_kib)
                _disturb(figure, site)
    for size in plan.sizes:
        figure.limit(of(size), MISSED, 0)
        figure.limit(of(size), P99, 5)
        figure.limit(of(size), P99_LARGE, 5)
        if plan.kind == devices.M300:
            figure.limit(of(size), MEMORY, 1.5)
    return figure


def _how(rounds: int, plan: Plan) -> str:
    return (
        f"`lantime-agent run`, every device polled each {INTERVAL_S} s, {MINUTES:g} min for each size, "
        f"{plan.minutes:g} for the largest, in {rounds} equal rounds from when all devices are up; devices are "
        f"simulated, {devices.ABOUT[plan.kind]}, in "
        f"one process with all answers rendered before; meanwhile {RATE} GETs/s of cells of all devices, sent by plan: "
        "a GET's time runs from when it was due until its answer reached the generator's socket, and one without an "
        f"answer counts as lasting to the end; a poll is missed when it failed, or came more than {_MISSED:g} "
        "intervals after the one before; memory is resident, of all the agent's processes at the end. Then, for "
        f"{LARGE_S:g} s, one more device with a document of 10 MB is polled each {LARGE_INTERVAL_S} s; of that only "
        "the GETs count that were due between the document's delivery and the poll's end"
    )


def of(size: int) -> str:
    """The rows of a size."""
    return f"{size} devices"


def _check_memory(size: int) -> None:
    fields = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    free_kib = int(fields["MemAvailable"].split()[0])
    if free_kib < (size + 500) * _NEEDED_KIB:
        raise RuntimeError(f"{size} devices want {(size + 500) * _NEEDED_KIB >> 10} MiB, {free_kib >> 10} are free")


def _bare(folder: Path) -> int:
    """What an agent without devices has resident, in KiB."""
    place, port = folder / "bare", free_port()
    place.mkdir()
    with running(place, settings_of(range(0), 0, port)) as agent:
        Asker(port).seconds_until(Mib().oid("lnbAgentDevicesUp", 0))
        time.sleep(5)
        return total(agent.pid).rss_kib


def _watch(figure: Figure, site: Site, plan: Plan, rounds: int) -> None:
    """The fleet as it is polled, for the planned time."""
    minutes = plan.minutes_of(site.size)
    task, each_s = of(site.size), minutes * 60 / rounds
    figure.row(task, UP, "seconds").values.append(site.up_after_s)
    failed = site.failed()
    steady = site.steady("steady", minutes * 60)
    with steady.child:
        begun_s = time.monotonic()
        marks = [(begun_s, site.cpu_s())]
        for done in range(rounds):
            time.sleep(max(begun_s + each_s * (done + 1) - time.monotonic(), 0))
            marks.append((time.monotonic(), site.cpu_s()))
            print(f"{task}: round {done + 1} of {rounds} done", flush=True)
        farm_share = cpu_s([site.farm.pid]) / (time.monotonic() - begun_s)
        timed = steady.result()
    asked_s = site.asked_s()
    for (from_s, before), (to_s, after) in pairwise(marks):
        polls = sum(from_s <= each < to_s for times in asked_s.values() for each in times)
        shares = [(late - early) / (to_s - from_s) for early, late in zip(before, after, strict=True)]
        for name, share in zip((CPU, FRONT, BACK), shares, strict=True):
            figure.row(task, name, "cores").values.append(share)
        # Without the front's, which answers GETs meanwhile.
        figure.row(task, POLL, "ms").values.append(shares[2] * (to_s - from_s) / max(polls, 1) * 1000)
        _add(figure, (task, P99), timed, [(from_s, to_s)])
    figure.row(task, CPU, "cores").notes = f"the simulated devices took {farm_share:.2f}, their start included"
    figure.row(task, FRONT, "cores").notes = f"with {RATE} GETs/s"
    figure.row(task, POLL, "ms").notes = "of the back's time"
    figure.row(task, P99, "ms").notes = _notes(timed)
    missed = missed_polls([asked_s.get(each, []) for each in range(site.size)], begun_s, marks[-1][0], INTERVAL_S)
    failed = site.failed() - failed
    row = figure.row(task, MISSED, "polls")
    row.values = [missed + failed]
    polls = sum(begun_s <= each < marks[-1][0] for times in asked_s.values() for each in times)
    row.notes = f"of {polls} in {minutes:g} min; {failed} failed, {missed} not made"


def _add(figure: Figure, names: tuple[str, str], timed: Timed, windows: Sequence[tuple[float, float]]) -> None:
    measured = timed.p99_ms(windows)
    if measured is not None:
        figure.row(*names, "ms").values.append(measured)


def _notes(timed: Timed) -> str:
    ordered = sorted(timed.took_s)
    middle, longest = ordered[len(ordered) // 2] * 1000, ordered[-1] * 1000
    return (
        f"{len(ordered)} GETs, unanswered {timed.unanswered}; median {number(middle)}, longest {number(longest)} ms; "
        f"p99 of the generator's own lateness {number(timed.late_ms)} ms"
    )


def missed_polls(asked_s: Sequence[Sequence[float]], begun_s: float, ended_s: float, interval_s: float) -> int:
    """Polls that were due between two moments and did not come.

    Args:
        asked_s: for each device when it was asked, from before the beginning on, rising.
        begun_s: the first moment.
        ended_s: the other one.
        interval_s: how often each was to be asked.
    """
    missed = 0
    for times in asked_s:
        before = [each for each in times if each < begun_s][-1:] or [begun_s]
        moments = [*before, *(each for each in times if begun_s <= each < ended_s), ended_s]
        for one, other in pairwise(moments):
            if (gaps := (other - one) / interval_s) > _MISSED:
                missed += math.ceil(gaps - 0.5) - 1
    return missed


def _weigh(figure: Figure, site: Site, bare_kib: int) -> None:
    resident_kib = total(site.agent.pid).rss_kib
    row = figure.row(of(site.size), MEMORY, "MiB")
    row.values = [(resident_kib - bare_kib) / 1024 / site.size]
    each = ", ".join(f"{name} {total(pid).rss_kib >> 10}" for name, pid in site.children.items())
    row.notes = f"{resident_kib >> 10} MiB in all ({each}), {bare_kib >> 10} without a device"


def _disturb(figure: Figure, site: Site) -> None:
    """The same GETs while a document of 10 MB is polled again and again."""
    site.add_large()
    index, name, ends_s = None, f"lantime-{site.size}".encode(), time.monotonic() + 60
    while index is None or not site.polls_of(index):
        if time.monotonic() > ends_s:
            raise RuntimeError(f"the large device is not polled; the agent says:\n{site.agent.output[-2000:]}")
        time.sleep(0.2)
        index = next((each for each, content in site.column("lnbDeviceName").items() if content == name), None)
    steady = site.steady("disturbed", LARGE_S)
    ended_s, polls = [], site.polls_of(index)
    with steady.child:
        begun_s = time.monotonic()
        while time.monotonic() < begun_s + LARGE_S:
            time.sleep(_STEP_S)
            if (now := site.polls_of(index)) != polls:
                ended_s.append(time.monotonic())
                polls = now
        timed = steady.result()
    windows = windows_of(site.asked_s().get(site.size, []), ended_s)
    row = figure.row(of(site.size), P99_LARGE, "ms")
    for window in windows:
        _add(figure, (row.task, row.subject), timed, [window])
    lasted_s = sum(b - a for a, b in windows) / max(len(windows), 1)
    row.notes = f"a value for each of {len(windows)} polls, of {lasted_s:.1f} s; of all in this time: {_notes(timed)}"
    print(f"{row.task}: {len(windows)} polls of the large document", flush=True)


def windows_of(delivered_s: Sequence[float], ended_s: Sequence[float]) -> list[tuple[float, float]]:
    """From each delivery of a document to the end of its poll; a delivery whose end was not seen is left out."""
    windows: list[tuple[float, float]] = []
    for end_s in ended_s:
        before = [each for each in delivered_s if each < end_s]
        if before and (not windows or windows[-1][1] < before[-1]):
            windows.append((before[-1], end_s))
    return windows


def minutes_of(text: str) -> float:
    """A number of minutes."""
    minutes = float(text)
    if not MINUTES <= minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"{MINUTES:g} to {MOST_MINUTES:g}")
    return minutes


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this figure."""
    parser.add_argument(
        "--minutes", type=minutes_of, default=MINUTES, help="fleet: how long the largest size is measured"
    )
    parser.add_argument("--devices", type=int, choices=SIZES, default=SIZES[-1], help="fleet: the largest size")
    parser.set_defaults(kind=devices.M300)


def add_all_options(parser: argparse.ArgumentParser) -> None:
    """The same, and the kind of devices, which the page has but one of."""
    add_options(parser)
    parser.add_argument("--kind", choices=[devices.M300, devices.M3000], default=devices.M300, help="of devices")


def planned(options: argparse.Namespace) -> Plan:
    """What the options ask for."""
    return Plan(options.minutes, tuple(size for size in SIZES if size <= options.devices), options.kind)


if __name__ == "__main__":
    run_alone(__doc__, lambda options: partial(fleet, plan=planned(options)), add_all_options)
