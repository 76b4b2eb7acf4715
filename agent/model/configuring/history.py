"""The history: every write to a device's configuration, by whom, and what came of it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Result(Enum):
    """What came of a write."""

    WRITTEN = "written"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    DIFFERS = "differs"
    RESTORED = "restored"
    NOT_RESTORED = "notRestored"
    LEFT_ALONE = "leftAlone"

    @property
    def may_have_changed(self) -> bool:
        """Whether the device may hold something else than before."""
        return self not in (Result.REFUSED, Result.UNREACHABLE, Result.LEFT_ALONE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One write, before it is numbered.

    Attributes:
        who: who asked for it ("snmp:noc@192.0.2.1", "web:config", "agent").
        target: the cell ("lnbPtpDomain.1.7.1"), `path` where it stands below /api of the device.
        old: what was there, as text; `new` what was to be there.
        transaction: its number, 0 for a plain SET; `message` index of the inter-app message, 0 for none.
    """

    who: str
    device: str
    target: str
    path: str
    old: str
    new: str
    result: Result
    detail: str = ""
    transaction: int = 0
    message: int = 0


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One write. Its number is also the serial number of the configuration from then on."""

    index: int
    when: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote, in parts: user (or community, or program), address, context."""

    user: str
    address: str = ""
    context: str = ""

    @classmethod
    def of(cls, source: str) -> Author:
        """The parts of a message's source. Addresses and contexts hold neither @ nor /, user names may."""
        kind, _, who = source.partition(":")
        if kind != "snmp" or "@" not in who:
            return cls(source)
        user, _, behind = who.rpartition("@")
        address, _, context = behind.partition("/")
        return cls(user, address, context)
