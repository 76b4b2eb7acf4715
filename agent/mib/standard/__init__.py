"""The standard objects an agent has of itself.

Declared as every other object; their OIDs are their own, and no MIB text is printed for them.
"""

from agent.mib.declaration import Module
from agent.mib.standard import access, communities, engine, system, target, users
from agent.mib.standard.view import LiveView, SelfView

STANDARD = Module(
    "SNMPv2-MIB",
    (1, 3, 6, 1),
    (*system.GROUPS, *engine.GROUPS, *users.GROUPS, *access.GROUPS, *communities.GROUPS, *target.GROUPS),
)

__all__ = ["STANDARD", "LiveView", "SelfView"]
