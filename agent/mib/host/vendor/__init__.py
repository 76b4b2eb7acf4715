"""The vendor's MIB (MBG-SNMP-LTNG-MIB) as a device of ours shows it, one file per branch.

Served as real devices serve it, so that what managers have for a LANTIME works unchanged: index columns can be read,
numbers have the types that devices send, and there is no row for an empty bay or slot. What measures or tells a state
goes while the device is down: a manager that asks a device which is down gets nothing either.
"""

from agent.mib.declaration import Group
from agent.mib.host.vendor import (
    cluster,
    configuration,
    ethernet,
    frequency,
    info,
    ntp,
    ptp,
    refclock,
    system,
    trap,
)

GROUPS: tuple[Group, ...] = (
    info.GROUP,
    refclock.GROUP,
    *ntp.GROUPS,
    ptp.GROUP,
    frequency.GROUP,
    *system.GROUPS,
    cluster.GROUP,
    ethernet.GROUP,
    *configuration.GROUPS,
    trap.GROUP,
)

__all__ = ["GROUPS"]
