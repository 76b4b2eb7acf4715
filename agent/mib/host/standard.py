"""The groups of standard MIBs that a device shows as a host."""

from agent.mib.declaration import Group
from agent.mib.host import ptpbase

GROUPS: tuple[Group, ...] = ptpbase.GROUPS
