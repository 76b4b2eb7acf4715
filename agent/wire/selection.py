"""Which notifications a receiver gets: its filters, and its view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from agent.mib.encoding import COUNTER64, packed
from agent.model.severity import Severity
from agent.wire import ber
from agent.wire.notice import Notice
from agent.wire.view import View


class Reason(Enum):
    """Why a receiver does not get a notification."""

    FILTERED = "filtered"
    NOT_IN_VIEW = "not in view"
    COUNTER64 = "SNMPv1 has no Counter64"
    NO_WORDS = "the vendor has no such notification"


@dataclass(slots=True)
class Selection:
    """The filters and the view of one receiver.

    Attributes:
        view: names of varbinds and types of notifications that it may see.
        views: the same of notifications about single devices, where it is another one.
        carries_counter64: not so in SNMPv1.
        minimum: alarms less severe are filtered out; None for no such filter.
        devices: patterns; what is about the agent itself passes. Empty: all.
        types: patterns of alarm types; what is no alarm passes. Empty: all.
        known: alarms the receiver was told of and that are not over; what follows on them passes the filters, or it
            would never hear of their end.
    """

    view: View
    carries_counter64: bool = True
    minimum: Severity | None = None
    devices: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    known: set[str] = field(default_factory=set)
    views: Mapping[str, View] = field(default_factory=dict)

    def against(self, notice: Notice) -> Reason | None:
        """Why a notification is not for this receiver; None when it is."""
        if not self._passes(notice):
            return Reason.FILTERED
        reason = self._withheld(notice)
        if reason is None and notice.identity:
            (self.known.discard if notice.cleared else self.known.add)(notice.identity)
        return reason

    def _passes(self, notice: Notice) -> bool:
        if notice.identity in self.known:
            return True
        if notice.device and self.devices and not _matches(notice.device, self.devices):
            return False
        if not notice.alarm_type:
            return True
        if self.types and not _matches(notice.alarm_type, self.types):
            return False
        # The worse the smaller; of an alarm of unknown severity nothing says that it is not bad.
        return self.minimum is None or notice.severity <= self.minimum

    def _withheld(self, notice: Notice) -> Reason | None:
        """Why it may not go there (RFC 3413 3.3, RFC 3584 3.2)."""
        view = self.views.get(notice.device, self.view)
        if packed(notice.oid) not in view:
            return Reason.NOT_IN_VIEW
        for octets in notice.varbinds:
            name, tag, _ = ber.varbind(octets)
            if packed(name) not in view:
                return Reason.NOT_IN_VIEW
            if tag == COUNTER64 and not self.carries_counter64:
                return Reason.COUNTER64
        return None


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
