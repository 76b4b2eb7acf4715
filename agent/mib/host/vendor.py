"""The groups of the vendor's MIB (MBG-SNMP-LTNG-MIB) that a device shows as a host."""

from agent.mib.declaration import Group

GROUPS: tuple[Group, ...] = ()
