"""B.3.0.100: the text of notifications; when it is read, of what happened last."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from agent.mib.declaration import Column, Feed, Scalars
from agent.mib.host.vendor.common import DISPLAY, TRAPS, events, fixed, states, understood
from agent.mib.view import Row
from agent.model import reading

MESSAGE: Final = (*TRAPS, 100, 0)
"""mbgLtNgTrapMessage.0."""


def _latest(row: Row) -> str | None:
    """The event triggered last, and when; of several at the same second the last in the list."""
    stamped: list[tuple[datetime, str]] = []
    for event in events(row):
        when = understood(reading.moment, event.find("last-triggered"))
        if when is not None:
            stamped.append((when, event.keys[-1]))
    if not stamped:
        return fixed("no event")(row)
    when, name = max(reversed(stamped), key=lambda one: one[0])
    return f"{name}, {when:%Y-%m-%d %H:%M:%S} UTC"


GROUP = states(
    "mbgLtNgTraps",
    TRAPS,
    Scalars(
        0,
        "mbgLtNgTrapScalars",
        (
            Column(100, "mbgLtNgTrapMessage", DISPLAY, "The event of the device that was triggered last.",
                   value=_latest),
        ),
        feed=Feed.DOCUMENT,
    ),
)  # fmt: skip
