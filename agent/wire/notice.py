"""A notification decided on, with finished varbinds, ready for every receiver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from agent.mib.encoding import Oid
from agent.mib.standard.notices import SNMP_TRAPS
from agent.model.severity import Severity

OWN, VENDOR, BOTH = "own", "vendor", "both"
"""In whose words a receiver is told: this agent's MIB, the vendor's, or one notification of each."""

_VENDORS: Final = "vendor|"
"""Before the identity of what is told in the vendor's words, so that it never takes the place of ours in a queue."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A notification in the words of one MIB.

    Attributes:
        oid: value of snmpTrapOID.0.
        varbinds: whole VarBinds behind sysUpTime.0 and snmpTrapOID.0.
    """

    oid: Oid
    varbinds: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification, whatever version it is sent in.

    Attributes:
        oid: value of snmpTrapOID.0.
        varbinds: whole VarBinds behind sysUpTime.0 and snmpTrapOID.0, in the order of the declaration.
        uptime_ticks: sysUpTime when it was decided on, hundredths of a second.
        sequence: its number, rising over restarts; 0 for notifications that are not numbered.
        device: name of the device it is about, "" for the agent itself.
        alarm_type: name of the alarm type, "" for what is no alarm (coldStart, heartbeat, ...).
        identity: the alarm it is about, "" for none; of one identity the latest is what counts.
        severity: of the alarm; of a cleared one the severity it had, so that filters let its clear through.
        cleared: whether it says that the alarm is over.
        other: the same in the vendor's words, None where the vendor has none; of what is in the vendor's words, ours.
        is_vendors: whether oid and varbinds are the vendor's.
    """

    oid: Oid
    varbinds: tuple[bytes, ...] = ()
    uptime_ticks: int = 0
    sequence: int = 0
    device: str = ""
    alarm_type: str = ""
    identity: str = ""
    severity: Severity = Severity.INDETERMINATE
    cleared: bool = False
    other: Wording | None = None
    is_vendors: bool = False

    def told(self, words: str) -> tuple[Notice, ...]:
        """What a receiver is sent that is told in these words; standard notifications are the same in all."""
        if self.oid[:-1] == SNMP_TRAPS:
            return (self,)
        ours = (self,) if words in (OWN, BOTH) else ()
        return (*ours, self._turned()) if self.other is not None and words in (VENDOR, BOTH) else ours

    def as_decided(self) -> Notice:
        """The notification as it was decided on, in our words."""
        return self._turned() if self.is_vendors else self

    def _turned(self) -> Notice:
        """The same in the other words."""
        if self.other is None:
            return self
        identity = self.identity.removeprefix(_VENDORS) if self.is_vendors else f"{_VENDORS}{self.identity}"
        return replace(
            self,
            oid=self.other.oid,
            varbinds=self.other.varbinds,
            identity=identity if self.identity else "",
            other=Wording(self.oid, self.varbinds),
            is_vendors=not self.is_vendors,
        )
