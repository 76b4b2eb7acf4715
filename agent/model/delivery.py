"""How notifications fare on their way to one receiver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class DeliveryState(Enum):
    """What is thought of a receiver."""

    UP = "up"
    PINGING = "pinging"
    FAILED = "failed"
    DISABLED = "disabled"


@dataclass(slots=True)
class Tally:
    """What became of the notifications for one receiver, since the agent started.

    Attributes:
        sent: put onto the network, repetitions not counted.
        acknowledged: informs that the receiver acknowledged.
        retried: repetitions of informs.
        dropped: given up: the queue was full, the message too large, or the receiver answered with an error.
        superseded: not sent because a newer notification about the same thing took their place.
        filtered: not for this receiver, by its filters.
        withheld: not for this receiver, by its view, or because SNMPv1 cannot carry them.
    """

    sent: int = 0
    acknowledged: int = 0
    retried: int = 0
    dropped: int = 0
    superseded: int = 0
    filtered: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One receiver at one moment.

    Attributes:
        address: as configured: host and port.
        waiting: notifications that are not sent, or not acknowledged, yet.
        last_error: empty for none since the agent started.
        last_sequence: the highest sequence number acknowledged (informs) or sent (traps), None for none yet.
    """

    name: str
    address: str
    version: str
    kind: str
    state: DeliveryState
    tally: Tally
    waiting: int
    queue_limit: int
    last_error: str = ""
    last_sent: datetime | None = None
    last_acknowledged: datetime | None = None
    last_sequence: int | None = None
