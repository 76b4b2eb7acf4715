"""What the processes of an agent take over time, and whether it rises."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.processes import Usage, tree, usage


def slope_per_h(times_s: Sequence[float], values: Sequence[float]) -> float:
    """The rise of values in an hour, by least squares; 0 for fewer than two."""
    if len(times_s) < 2:
        return 0.0
    mean_s, mean = sum(times_s) / len(times_s), sum(values) / len(values)
    spread = sum((at - mean_s) ** 2 for at in times_s)
    if spread == 0:
        return 0.0
    return 3600 * sum((at - mean_s) * (value - mean) for at, value in zip(times_s, values, strict=True)) / spread


@dataclass
class Trend:
    """Samples of the processes of a tree.

    Attributes:
        samples: per process, the seconds since the beginning and what it took.
    """

    pid: int
    begun_s: float = field(default_factory=time.monotonic)
    samples: dict[int, list[tuple[float, Usage]]] = field(default_factory=dict)

    def sample(self) -> None:
        """Look at every process that lives now."""
        now_s = time.monotonic() - self.begun_s
        for pid in tree(self.pid):
            taken = usage(pid)
            if taken.rss_kib:
                self.samples.setdefault(pid, []).append((now_s, taken))

    def lines(self) -> list[str]:
        """One line for each process: memory at first and last, its slope, the same for the second half, handles."""
        return [self._line(number, pid) for number, pid in enumerate(self.samples, 1)]

    def _line(self, number: int, pid: int) -> str:
        samples = self.samples[pid]
        half = samples[len(samples) // 2 :]
        (_, first), (ended_s, last) = samples[0], samples[-1]
        most = max(taken.handles for _, taken in samples)
        return (
            f"process {number}: rss {first.rss_kib} KiB at first, {last.rss_kib} KiB after {ended_s:.0f} s; "
            f"slope {_slope(samples):+.0f} KiB/h, of the second half {_slope(half):+.0f} KiB/h; "
            f"handles {first.handles} at first, {last.handles} at last, {most} at most; threads {last.threads}"
        )


def _slope(samples: Sequence[tuple[float, Usage]]) -> float:
    return slope_per_h([at for at, _ in samples], [taken.rss_kib for _, taken in samples])
