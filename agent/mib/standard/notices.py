"""The standard notifications about the agent itself, by their OIDs (RFC 3418)."""

from __future__ import annotations

from agent.mib.encoding import Oid

SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Oid = (*SNMP_TRAPS, 1)
AUTHENTICATION_FAILURE: Oid = (*SNMP_TRAPS, 5)
SNMP_TRAP_ENTERPRISE: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0)
