"""The standard objects an agent has of itself.

Declared as every other object; their OIDs are their own, and no MIB text is printed for them.
"""

from agent.mib.declaration import Module
from agent.mib.standard import engine, system, target
from agent.mib.standard.view import SelfView

STANDARD = Module("SNMPv2-MIB", (1, 3, 6, 1), (*system.GROUPS, *engine.GROUPS, *target.GROUPS))

__all__ = ["STANDARD", "SelfView"]
