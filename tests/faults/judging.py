"""What came of a fault is looked at in one way."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.noc import Noc
from tests.faults.outcome import Outcome, repeated
from tests.faults.site import Site
from tests.support.running import wait_for


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
    wait_for(lambda: noc.told_active() == set(site.active()), "the receiver knows what is active", seconds)
    known_after_s = time.monotonic() - began_s
    wait_delivered(site, seconds=seconds)
    return known_after_s


def wait_delivered(site: Site, name: str = "nms", seconds: float = 60) -> dict[str, Any]:
    """The row of a receiver once the newest is delivered and nothing waits; rows are up to a second old."""

    def found() -> dict[str, Any] | None:
        last, shown = site.last_sequence, site.receiver_row(name)
        is_done = shown.get("lnbReceiverLastSequence", 0) >= last and not shown["lnbReceiverQueue"]
        return shown if is_done else None

    return wait_for(found, f"everything delivered to {name}", seconds)
