"""The groups of standard MIBs that a device shows as a host."""

from agent.mib.declaration import Group
from agent.mib.host import addresses, entity, interfaces, ntpv4, ptpbase, resources

GROUPS: tuple[Group, ...] = (
    *interfaces.GROUPS, *addresses.GROUPS, *entity.GROUPS, *resources.GROUPS, *ntpv4.GROUPS, *ptpbase.GROUPS,
)  # fmt: skip
