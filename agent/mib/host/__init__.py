"""What a device shows as an SNMP host of its own: the objects that managers know from any host and from a LANTIME.

Declared as every other object, with the OIDs that standards and the vendor gave them; no MIB text is printed for
them. What has no source is absent. They are served in the device's context, below no device index.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from agent.mib.declaration import Module
from agent.mib.host import lists, standard, system, vendor

STANDARD_VIEW: Final = "standard"
VENDOR_VIEW: Final = "vendor"

_ROOT: Final = (1, 3, 6, 1)

SYSTEM: Final = Module("SNMPv2-MIB", _ROOT, system.GROUPS)
"""The system group, which every host has."""
CHILD: Final = Module("SNMPv2-MIB", _ROOT, system.CHILD_GROUPS)
"""The system group of a child of a device."""
VIEWS: Final = {
    STANDARD_VIEW: Module("standard", _ROOT, standard.GROUPS),
    VENDOR_VIEW: Module("vendor", _ROOT, vendor.GROUPS),
}
"""What a device shows beside, by the name of the view."""


@lru_cache(maxsize=8)
def host_modules(views: Collection[str]) -> tuple[Module, ...]:
    """The modules of a host that shows these views."""
    return (SYSTEM, *(module for name, module in VIEWS.items() if name in views))


LISTS: Final = (lists.WHOLE, lists.LISTS, lists.LOGS)
"""Alarms and notifications, which every host has of its own and the default context of all."""


def declared() -> tuple[Module, ...]:
    """All modules that a host can show."""
    return (SYSTEM, *VIEWS.values(), *LISTS)


__all__ = ["CHILD", "LISTS", "STANDARD_VIEW", "SYSTEM", "VENDOR_VIEW", "VIEWS", "declared", "host_modules"]
