"""The groups of standard MIBs that a device shows as a host."""

from agent.mib.declaration import Group

GROUPS: tuple[Group, ...] = ()
