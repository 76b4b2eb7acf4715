"""The groups of standard MIBs that a device shows as a host."""

from agent.mib.declaration import Group
from agent.mib.host import ntpv4, ptpbase

GROUPS: tuple[Group, ...] = (*ntpv4.GROUPS, *ptpbase.GROUPS)
