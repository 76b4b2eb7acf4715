"""A notification decided on, with finished varbinds, ready for every receiver."""

from __future__ import annotations

from dataclasses import dataclass

from agent.mib.encoding import Oid
from agent.model.severity import Severity


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
